"""The object that ``notebooks/compare_interventions.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.page.agreement import OwnNumber
from analysis.page.plates import Provenance
from analysis.page.protection import describe
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
            estimate.name: OwnNumber(self._words_of(estimate.name), unit, estimate.value, 5)
            for estimate in self.result.estimates
        }

    def _words_of(self, name: str) -> str:
        """An estimate's name in words."""
        if name in self.panel.interventions:
            return self.named(name)
        return " × ".join(map(self.named, name.split(" × "))) if " × " in name else name

    def results(self) -> Mapping[str, Any]:
        """The joint estimates."""
        return {"headline": plain(self.result)}

    summary = sentences.summary
    forest = drawings.forest
    evidence = tables.evidence
    sample = sentences.sample
    overlap = tables.overlap
    adoption = drawings.adoption
    event_time = drawings.event_time
    pairs = drawings.pairs
    head_to_head = sentences.head_to_head
    interactions = tables.interactions
    certainty = sentences.certainty
    reporting = tables.reporting

    def provenance(self) -> Provenance:
        """Where the numbers come from and with what they were made."""
        rule = describe(self.params.disclosure_threshold, self.say)
        return self._provenance(rule, self.result.method)
