"""Interventions beside one another: estimates, verdicts, and the numbers that sentences name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.data.frames.interventions import InterventionsPanel
from analysis.disclosure.estimates import published_jointly
from analysis.disclosure.regions import protected_effects
from analysis.disclosure.store import noise_of
from analysis.methods import joint_effects
from analysis.methods.shared.joint import rows_of
from analysis.page.numbers import period_span
from analysis.page.shared.log_points import LogPoints
from analysis.page.shared.pairs import Pairs
from analysis.page.shared.single_regions import SingleRegions
from analysis.reports.compare_interventions.params import CompareInterventionsParams
from analysis.reports.compare_interventions.question import options_of
from analysis.reports.report import Report
from analysis.result import Result
from analysis.stats.joint.contrasts import Contrast
from analysis.verdicts.joint import JointAnswer, JointFinding, answered


class Interventions(Report, LogPoints):
    """Joint estimates of several interventions with their verdicts."""

    params: CompareInterventionsParams

    @property
    def panel(self) -> InterventionsPanel:
        """Regions over time."""
        panel: InterventionsPanel = self.subject
        return panel

    @property
    def rounded(self) -> bool:
        """Whether no more than three digits may leave."""
        return noise_of(self.data) is not None

    @cached_property
    def exact(self) -> Result:
        """Joint estimates, contrasts, overlaps and paths, to the last digit."""
        asked = options_of(self.panel, self.params)
        return self.estimate(joint_effects.METHOD, self.panel.frame, **asked)

    @cached_property
    def result(self) -> Result:
        """The same as far as it may leave."""
        return published_jointly(self.exact) if self.rounded else self.exact

    @property
    def options(self) -> joint_effects.Options:
        """What the method is asked."""
        return joint_effects.Options(**options_of(self.panel, self.params))

    @cached_property
    def answer(self) -> JointAnswer:
        """Estimates, verdicts and pairs."""
        recording = self.words(self.params.outcome).moved_by_recording
        return answered(self.panel, self.params, self.options, self.result, recording)

    @property
    def findings(self) -> tuple[JointFinding, ...]:
        """Every intervention with its verdict, in the order of the question."""
        return self.answer.findings

    @property
    def contrasts(self) -> tuple[Contrast, ...]:
        """Every pair, as one family."""
        return self.answer.contrasts

    @property
    def claims(self) -> str:
        """Of how many interventions a direction is claimed."""
        return self.number(sum(finding.verdict.claims for finding in self.findings))

    @property
    def frame(self) -> pd.DataFrame:
        """One row per region and period that is used; ``columns`` are all that is estimated."""
        return rows_of(self.answer.given, self.answer.course.design, self.columns)

    @property
    def columns(self) -> list[str]:
        """Names of what is estimated jointly."""
        return [estimate.name for estimate in self.result.estimates]

    @cached_property
    def told(self) -> Pairs:
        """The pairs as they are shown."""
        ends = (self.panel.frequency, self.params.level)
        return Pairs(self, self.interventions, self.contrasts, *ends)

    @property
    def regions_of(self) -> str:
        """The intervention whose effects are given region by region."""
        usual = max(self.result.series["effects"], key=lambda one: one["regions_alone"])
        return self.params.regions_of or str(usual["intervention"])

    @cached_property
    def single_regions(self) -> SingleRegions:
        """Effects of single regions, from protected counts alone, as all that is said of them."""
        params, panel = self.params, self.panel
        found, codes = protected_effects(self.data, panel, params, self.options, self.regions_of)
        name, table = self.named(self.regions_of), self.data.tables["regions"]
        levels = (params.level, params.false_discoveries)
        return SingleRegions(self, name, found, codes, panel.names, table, *levels)

    @property
    def interventions(self) -> dict[str, str]:
        """Names in a sentence, by key, in the order of the question."""
        return {name: self.named(name) for name in self.panel.interventions}

    def named(self, name: str) -> str:
        """An intervention's name in a sentence."""
        return self.words(name).of(self.language)

    @property
    def verdict_key(self) -> str:
        """Whether one did more than another."""
        return self.told.verdict_key

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
            "stand": len(self.told.standing),
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
