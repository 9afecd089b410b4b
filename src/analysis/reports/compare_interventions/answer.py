"""Interventions beside one another: estimates, verdicts, and the numbers that sentences name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.interventions import InterventionsPanel
from analysis.disclosure.estimates import published_jointly, three_digits
from analysis.disclosure.regions import protected_interventions
from analysis.disclosure.store import noise_of
from analysis.methods import joint_effects
from analysis.methods.shared.joint import JointFrame
from analysis.page.charts.axes import Cell
from analysis.page.numbers import percent_cell, percent_change, percent_span, period_span
from analysis.reports.compare_interventions.params import CompareInterventionsParams
from analysis.reports.compare_interventions.question import options_of
from analysis.reports.report import Report
from analysis.result import Result
from analysis.stats.joint.contrasts import Contrast, detectable
from analysis.stats.joint.course import JointCourse
from analysis.stats.joint.region_effects import RegionEffects, region_effects
from analysis.verdicts.joint import JointFinding, Rule, judged_jointly

POWER = 0.8


class Interventions(Report):
    """Joint estimates of several interventions with their verdicts."""

    params: CompareInterventionsParams

    @property
    def panel(self) -> InterventionsPanel:
        """Regions over time."""
        panel: InterventionsPanel = self.subject
        return panel

    @cached_property
    def exact(self) -> Result:
        """Joint estimates, contrasts, overlaps and paths, to the last digit."""
        asked = options_of(self.panel, self.params)
        return self.estimate(joint_effects.METHOD, self.panel.frame, **asked)

    @cached_property
    def result(self) -> Result:
        """The same as far as it may leave."""
        return published_jointly(self.exact) if noise_of(self.data) else self.exact

    @cached_property
    def _estimated(self) -> tuple[JointFrame, JointCourse, tuple[JointFinding, ...]]:
        params, words = self.params, self.words(self.params.outcome)
        options = joint_effects.Options(**options_of(self.panel, params))
        rng = np.random.default_rng(params.seed)
        given, course = joint_effects.course_of(self.panel.frame, options, rng)
        rule = Rule(
            params.onset,
            params.smallest_effect,
            params.better,
            params.level,
            words.moved_by_recording,
            bool(params.placebo_outcome),
            params.seed,
        )
        return given, course, judged_jointly(self.panel, course, self.result, options, rule)

    @property
    def findings(self) -> tuple[JointFinding, ...]:
        """Every intervention with its verdict, in the order of the question."""
        return self._estimated[2]

    @property
    def claims(self) -> str:
        """Of how many interventions a direction is claimed."""
        return self.number(sum(finding.verdict.claims for finding in self.findings))

    @property
    def frame(self) -> pd.DataFrame:
        """One row per region and period that is used, with its weight; ``untreated`` tells which.

        Interactions and doses are columns too, so that ``columns`` are all that is estimated.
        """
        given, course, _ = self._estimated
        either = course.joint.either
        rows, periods = np.nonzero(either.untreated | either.active)
        held = ("count", "exposure", "untreated")
        arrays = zip(held, (either.values, either.exposure, either.untreated), strict=True)
        designs = zip(self.columns, course.design, strict=True)
        region = {"region": np.array(given.regions)[rows], "period": periods + 1}
        cells = {name: values[rows, periods] for name, values in (*arrays, *designs)}
        return pd.DataFrame({**region, "weight": either.weights[rows], **cells})

    @property
    def columns(self) -> list[str]:
        """Names of what is estimated jointly."""
        return [estimate.name for estimate in self.result.estimates]

    @cached_property
    def contrasts(self) -> tuple[Contrast, ...]:
        """Every pair, as one family."""
        given, course, _ = self._estimated
        options = joint_effects.Options(**options_of(self.panel, self.params))
        return joint_effects.family_of(given, course, options)

    @property
    def standing(self) -> tuple[Contrast, ...]:
        """The pairs of which one did more, the largest difference first."""
        found = [c for c in self.contrasts if c.stands(self.params.level)]
        return tuple(sorted(found, key=lambda c: -abs(c.look.value if c.look else 0)))

    @property
    def regions_of(self) -> str:
        """The intervention whose effects are given region by region."""
        usual = max(self.result.series["effects"], key=lambda one: one["regions_alone"])
        return self.params.regions_of or str(usual["intervention"])

    @cached_property
    def _regional(self) -> tuple[RegionEffects | None, list[str]]:
        """From protected counts alone, as all that is said of single regions."""
        frame = protected_interventions(self.data, self.panel, self.params.outcome)
        options = joint_effects.Options(**options_of(self.panel, self.params))
        rng = np.random.default_rng(self.params.seed)
        given, course = joint_effects.course_of(frame, options, rng)
        which = self.panel.interventions.index(self.regions_of)
        noise = noise_of(self.data)
        variance = noise.variance if noise else 0.0
        found = region_effects(course, which, self.params.level, variance)
        return found, [given.regions[i] for i in found.regions] if found else []

    @property
    def regional(self) -> RegionEffects | None:
        """Effects of single regions, where enough of them have one."""
        return self._regional[0]

    @property
    def regional_codes(self) -> list[str]:
        """Which regions these are."""
        return self._regional[1]

    def region_name(self, code: str) -> str:
        """A region's name in the language of the report."""
        return self.panel.names[code][self.language == "zh"]

    def modelled(self, contrast: Contrast) -> bool:
        """Whether what the two of a pair do together is in the model."""
        return contrast.pair in self._estimated[1].pairs

    def named(self, name: str) -> str:
        """An intervention's name in a sentence."""
        return self.words(name).of(self.language)

    def pair(self, contrast: Contrast) -> dict[str, str]:
        """The two of a pair by name, first the one under which fewer were recorded."""
        names = [self.named(self.panel.interventions[k]) for k in contrast.pair]
        if contrast.look is not None and contrast.look.value > 0:
            names.reverse()
        return {"first": names[0], "second": names[1]}

    def detectable(self, contrast: Contrast) -> float:
        """The difference that would be found in four of five studies, in log points."""
        return detectable(contrast, self.contrasts, self.params.level, POWER)

    def share(self, value: float) -> float:
        """Log points as a change, of so many digits of them as may leave."""
        return math.expm1(three_digits(value) if noise_of(self.data) else value)

    def change(self, value: float) -> str:
        """Log points as a change in per cent, for a sentence."""
        return percent_change(self.share(value), self.language)

    def likely(self, low: float, high: float) -> str:
        """A range of log points as changes in per cent, for a sentence."""
        return percent_span(self.share(low), self.share(high), self.language)

    def cells(self, values: Iterable[float | None]) -> list[Cell]:
        """Log points as changes in per cent, for a table."""
        shares = (None if value is None else self.share(value) for value in values)
        return [percent_cell(share, self.language) for share in shares]

    @property
    def verdict_key(self) -> str:
        """Whether one did more than another."""
        told = any(contrast.look is not None for contrast in self.contrasts)
        return "one_did_more" if self.standing else "none_stands" if told else "not_comparable"

    @property
    def numbers(self) -> Mapping[str, str]:
        """Counts and shares that sentences name."""
        sample, periods = self.result.sample, self.panel.periods
        counts = {
            "count": len(self.panel.interventions),
            "treated": sample.treated,
            "never": sample.units - sample.treated,
            "all": sample.units,
            "pairs": len(self.contrasts),
            "stand": len(self.standing),
        }
        return {
            **{name: self.number(count) for name, count in counts.items()},
            "claims": self.claims,
            "level": self.percent(self.params.level, 0),
            "span": period_span(periods[0], periods[-1], self.language),
        }

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        contrasts = self.result.series["contrasts"]
        return {
            "verdict": self.verdict_key,
            "effects": {
                f.name: [f.verdict.key, f.verdict.certainty, round(f.record["value"], 4)]
                for f in self.findings
            },
            "contrasts": [
                [c["first"], c["second"], c["value"] and round(c["value"], 4), c["stands"]]
                for c in contrasts
            ],
            "regions": self.result.sample.units,
            "periods": [self.panel.periods[0], self.panel.periods[-1]],
        }
