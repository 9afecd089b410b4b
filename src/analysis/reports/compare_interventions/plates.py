"""The object that ``notebooks/compare_interventions.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.disclosure.store import noise_of
from analysis.page.plates import Figure, Notes, RestsOn, SiteLine
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.certainty import reasons
from analysis.page.shared.site_lines import site_line
from analysis.reports.compare_interventions import drawings, sentences, tables
from analysis.reports.compare_interventions.answer import Interventions
from analysis.result import plain


class CompareInterventions(Interventions):
    """Which interventions lowered an outcome, and did one do more than another?"""

    preload = (
        "analysis.methods.joint_effects",
        "statsmodels.genmod.generalized_linear_model",
        "statsmodels.formula.api",
    )

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """Every joint estimate, in log points."""
        unit = self.say("log points")
        return {
            name: OwnNumber(self._words_of(name), unit, value, self.digits_of(value))
            for name, value in ((one.name, one.value) for one in self.exact.estimates)
        }

    def _words_of(self, name: str) -> str:
        """An estimate's name in words."""
        if name in self.panel.interventions:
            return self.named(name)
        return " × ".join(map(self.named, name.split(" × "))) if " × " in name else name

    def results(self) -> Mapping[str, Any]:
        """The joint estimates."""
        return {"headline": plain(self.result)}

    def drawn(self) -> tuple[str, ...]:
        """The outcome."""
        return (self.params.outcome,)

    def rests_on(self) -> RestsOn:
        """Over which regions its averages of recorded counts are, placebo and mixes too."""
        found, panel, outcome = super().rests_on(), self.panel, self.params.outcome
        if noise_of(self.data) is None:
            return found
        frames = {outcome: panel.frame}
        frames |= {f"{outcome}/{mix}": frame for mix, frame in panel.mixes.items()}
        frames |= {self.params.placebo_outcome: panel.placebo} if panel.placebo is not None else {}
        own, *others = (
            replace(
                found,
                outcome=name,
                periods=(panel.periods[0], panel.periods[-1]),
                regions=tuple(frame["region"].drop_duplicates()),
                editions={},
            )
            for name, frame in frames.items()
        )
        return replace(own, editions=found.editions, beside=tuple(others))

    def site_lines(self) -> tuple[SiteLine, ...]:
        """A line an intervention."""
        return tuple(
            site_line(
                self,
                (self.named(one.name), self.outcome),
                self.ranged(one.record),
                one.verdict,
                (one.record["regions"], self.result.sample.units),
                reasons(self.say, one.verdict, one.record["low"] <= 0 <= one.record["high"]),
            )
            for one in self.findings
        )

    summary = sentences.summary
    forest = drawings.forest
    evidence = tables.evidence
    sample = sentences.sample
    overlap = tables.overlap
    adoption = drawings.adoption
    event_time = drawings.event_time
    interactions = tables.interactions

    def pairs(self) -> Figure:
        """Every pair: how much more the first did than the second, over the family."""
        return self.told.figure(self.result.series["contrasts"])

    def head_to_head(self) -> Notes:
        """On which conditions one can be compared with another, pair by pair."""
        return self.told.head_to_head()

    def tiles(self) -> Figure | Notes:
        """Every region that had one intervention alone, shaded by its own effect."""
        return self.single_regions.tiles()

    def funnel(self) -> Figure | Notes:
        """How far each lies from the average effect."""
        return self.single_regions.funnel()

    certainty = sentences.certainty
    reporting = tables.reporting
    truth = tables.truth
