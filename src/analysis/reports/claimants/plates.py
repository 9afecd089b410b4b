"""The object that ``notebooks/claimants.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.data.frames.claimants import RATIO
from analysis.data.frames.panels.panel import Panel
from analysis.page.plates import Provenance, SiteLine
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.protection import protection_record
from analysis.page.shared.site_lines import site_line
from analysis.reports.claimants import drawings, sentences
from analysis.reports.claimants.answer import Claims
from analysis.result import plain


class Claimants(Claims):
    """Did an intervention act on those who complain often, or on everybody?"""

    preload = ("analysis.methods.counts", "analysis.methods.imputation", "statsmodels.formula.api")

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The difference between the classes, in log points."""
        course = self.main.examined.own_course
        value = course.headline.value if course and len(self.frame) else None
        words = self.say("Frequent against others")
        return {RATIO: OwnNumber(words, self.say("log points"), value, 3)}

    def results(self) -> Mapping[str, Any]:
        """Every headline."""
        found = {name: one.headline for name, one in self.findings.items()} | dict(self.marked)
        return {name: plain(result) for name, result in found.items()}

    def averaged(self) -> tuple[Panel, str] | None:
        """The outcome in the regions of both classes."""
        study = self.main.study
        return (study.panel, self.params.outcome) if study.shielded else None

    def site_lines(self) -> tuple[SiteLine, ...]:
        """One class against the other."""
        main, sample = self.main, self.main.headline.sample
        names = (self.intervention, self.say("{outcome}, frequent against other claimants"))
        regions = (sample.treated, sample.units)
        doubts = sentences.why(self, main)
        return (site_line(self, names, main.shares, main.verdict, regions, doubts,
                          sentences.against(self)),)  # fmt: skip

    summary = sentences.summary
    effects = drawings.effects
    sample = sentences.sample
    concentration = drawings.concentration
    adoption = drawings.adoption
    event_time = drawings.event_time
    marks = drawings.marks
    certainty = sentences.certainty
    truth = drawings.truth

    def provenance(self) -> Provenance:
        """Where the numbers come from and with what they were made."""
        record = protection_record(self, self.data)
        return self._provenance(record, self.main.headline.method)
