"""Interventions beside one another: estimates, verdicts, and the numbers that sentences name."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.interventions import InterventionsPanel
from analysis.errors import AnalysisError
from analysis.methods import joint_effects
from analysis.methods.shared.joint import JointFrame
from analysis.page.numbers import PER_EXPOSURE, period_span
from analysis.reports.compare_interventions.params import CompareInterventionsParams
from analysis.reports.compare_interventions.question import options_of
from analysis.reports.report import Report
from analysis.result import Result
from analysis.stats.panels.joint_contrasts import Contrast, contrasts
from analysis.stats.panels.joint_course import JointCourse
from analysis.stats.panels.own_course import Look, OwnCourse
from analysis.stats.resampling.jackknife import minimum_detectable
from analysis.verdict import RULE_LEVEL, Verdict, find, judge

FEW = 5
"""Adopting clusters, or regions behind a number, below which it is said or not shown."""
POWER = 0.8
LOOKS = ("own_slope", "trend_break", "without_eve")


@dataclass(frozen=True)
class Effect:
    """One intervention: its estimates, its verdict, and what the same does to the reporting mix.

    ``mixes`` and ``placebo`` are ``None`` where they could not be estimated; ``placebo`` also where
    none was asked for.
    """

    name: str
    course: OwnCourse
    verdict: Verdict
    record: Mapping[str, Any]
    mixes: Mapping[str, Look | None]
    placebo: Look | None


class Interventions(Report):
    """Joint estimates of several interventions with their verdicts."""

    params: CompareInterventionsParams

    @property
    def panel(self) -> InterventionsPanel:
        """Regions over time."""
        panel: InterventionsPanel = self.subject
        return panel

    @property
    def options(self) -> dict[str, Any]:
        """What the method is asked."""
        return options_of(self.panel, self.params)

    @cached_property
    def result(self) -> Result:
        """Joint estimates, contrasts, overlaps and paths."""
        return self.estimate(joint_effects.METHOD, self.panel.frame, **self.options)

    @cached_property
    def _estimated(self) -> tuple[JointFrame, JointCourse]:
        return self._estimate_on(self.panel.frame)

    def _estimate_on(self, frame: pd.DataFrame) -> tuple[JointFrame, JointCourse]:
        options = joint_effects.Options(**self.options)
        rng = np.random.default_rng(self.params.seed)
        return joint_effects.course_of(frame, options, rng)

    @property
    def course(self) -> JointCourse:
        """All estimates, the headline's and the second ones."""
        return self._estimated[1]

    @property
    def frame(self) -> pd.DataFrame:
        """One row per region and period that is used, with its weight; ``untreated`` tells which.

        Interactions and doses are columns too, so that ``columns`` are all that is estimated.
        """
        (given, course), either = self._estimated, self._estimated[1].joint.either
        rows, periods = np.nonzero(either.untreated | either.active)
        frame = pd.DataFrame(
            {
                "region": np.array(given.regions)[rows],
                "period": periods + 1,
                "count": either.values[rows, periods],
                "exposure": either.exposure[rows, periods],
                "weight": either.weights[rows],
                "untreated": either.untreated[rows, periods],
            }
        )
        columns = zip(self.columns, course.design[:, rows, periods], strict=True)
        return frame.assign(**dict(columns))

    @property
    def columns(self) -> list[str]:
        """Names of what is estimated jointly."""
        return [estimate.name for estimate in self.result.estimates]

    @cached_property
    def contrasts(self) -> tuple[Contrast, ...]:
        """Every pair, as one family."""
        given, course = self._estimated
        return contrasts(course, self.params.level, given.kinds)

    @property
    def standing(self) -> tuple[Contrast, ...]:
        """The pairs of which one did more, the largest difference first."""
        found = [c for c in self.contrasts if c.stands(self.params.level)]
        return tuple(sorted(found, key=lambda c: -abs(c.look.value if c.look else 0)))

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """Every intervention, in the order of the question."""
        mixes = {name: self._looks_on(frame) for name, frame in self.panel.mixes.items()}
        placebo = self._looks_on(self.panel.placebo)
        found = []
        for k, name in enumerate(self.panel.interventions):
            own = self.course.own_course(k)
            shares = {mix: looks[k] if looks else None for mix, looks in mixes.items()}
            other = placebo[k] if placebo else None
            record = self.result.series["effects"][k]
            verdict = self._judged(k, own, shares, other)
            found.append(Effect(name, own, verdict, record, shares, other))
        return tuple(found)

    def _looks_on(self, frame: pd.DataFrame | None) -> list[Look] | None:
        """The same interventions on other counts; none where they cannot be estimated."""
        if frame is None:
            return None
        try:
            course = self._estimate_on(frame)[1]
        except AnalysisError:
            return None
        looks = [course.look(k) for k in range(len(self.panel.interventions))]
        return (
            looks if all(math.isfinite(look.value) and look.error > 0 for look in looks) else None
        )

    def _judged(
        self, k: int, own: OwnCourse, shares: Mapping[str, Look | None], placebo: Look | None
    ) -> Verdict:
        """The verdict on one intervention, by the rule for one alone."""
        level = max(RULE_LEVEL, self.params.level)
        smallest = math.log1p(self.params.smallest_effect)
        finding = find(own, own.headline.limits(level), self.params.onset, smallest)
        recording = self.words(self.params.outcome).moved_by_recording
        path = [r for r in self.result.series["paths"] if r["intervention"] == self._name(k)]
        ahead = [r for r in path if r["event_time"] < 0 and r["low"] is not None]
        left_out = self.course.headline[1:, k] * own.headline.value
        asked = bool(self.params.placebo_outcome)
        lost = [*(look not in own.looks for look in LOOKS), *(not s for s in shares.values())]
        reasons = {
            "placebo_outcome": placebo is not None and self._moved(placebo),
            "leave_one_out": bool((left_out < 0).any()),
            "leads": any(r["low"] > 0 or r["high"] < 0 for r in ahead),
            "reporting": any(look is not None and self._moved(look) for look in shares.values()),
            "few_adopters": own.adopting < FEW,
            "checks_lost": any(lost) or not ahead or (asked and placebo is None),
            "not_drawn": not self.panel.drawn,
            "no_placebo_outcome": not asked,
            "reporting_unknown": recording and not shares,
        }
        return judge(
            finding,
            reasons=[name for name, held in reasons.items() if held],
            better=self.params.better,
            recording=recording,
        )

    def _name(self, k: int) -> str:
        return self.panel.interventions[k]

    def _moved(self, look: Look) -> bool:
        low, high = look.limits(self.params.level)
        return low > 0 or high < 0

    def named(self, name: str) -> str:
        """An intervention's name in a sentence."""
        return self.words(name).of(self.language)

    def pair_names(self, contrast: Contrast) -> tuple[str, str]:
        """The two of a pair, the one with fewer records first where one did more."""
        first, second = (self.named(self._name(k)) for k in contrast.pair)
        return (
            (first, second) if contrast.look is None or contrast.look.value < 0 else (second, first)
        )

    def detectable(self, contrast: Contrast) -> float | None:
        """The difference that would be found in four of five studies, in log points."""
        if contrast.look is None:
            return None
        told = sum(c.look is not None for c in self.contrasts)
        level = 1 - (1 - self.params.level) / told
        return minimum_detectable(contrast.look.error, level, POWER, contrast.look.degrees)

    @property
    def verdict_key(self) -> str:
        """Whether one did more than another."""
        if self.standing:
            return "one_did_more"
        told = any(contrast.look is not None for contrast in self.contrasts)
        return "none_stands" if told else "not_comparable"

    @property
    def numbers(self) -> Mapping[str, str]:
        """Counts and shares that sentences name."""
        sample = self.result.sample
        first, last = self.panel.periods[0], self.panel.periods[-1]
        return {
            "count": self.number(len(self.panel.interventions)),
            "treated": self.number(sample.treated),
            "never": self.number(sample.units - sample.treated),
            "all": self.number(sample.units),
            "pairs": self.number(len(self.contrasts)),
            "level": self.percent(self.params.level, 0),
            "span": period_span(first, last, self.language),
            "left_out": self.number(sum(self.panel.dropped.values())),
            "base": self.number(PER_EXPOSURE),
        }

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        return {
            "verdict": self.verdict_key,
            "effects": {
                effect.name: [
                    effect.verdict.key,
                    effect.verdict.certainty,
                    *(
                        round(100 * math.expm1(effect.record[key]), 1)
                        for key in ("value", "low", "high")
                    ),
                ]
                for effect in self.effects
            },
            "contrasts": [
                [
                    *map(self._name, c.pair),
                    c.look and round(c.look.value, 4),
                    c.stands(self.params.level),
                ]
                for c in self.contrasts
            ],
            "regions": self.result.sample.units,
            "periods": [self.panel.periods[0], self.panel.periods[-1]],
        }

    def shifts(self) -> Iterator[tuple[Effect, str, Look | None]]:
        """Every share of records under every intervention."""
        for effect in self.effects:
            for mix, look in effect.mixes.items():
                yield effect, mix, look
