"""The object that ``notebooks/random_inspection.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.page.plates import Provenance, SiteLine
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.site_lines import site_line
from analysis.reports.random_inspection import drawings, sentences
from analysis.reports.random_inspection.answer import Draws
from analysis.result import plain


class RandomInspection(Draws):
    """Was the draw random, and does being drawn matter?"""

    preload = ("analysis.methods.randomisation", "statsmodels.formula.api")

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The difference between drawn and others that is stated."""
        value = self.result.headline.value
        words = self.say("Drawn less not drawn")
        unit = self.say("mean of one on the list")
        return {"difference": OwnNumber(words, unit, value, self.digits_of(value))}

    def results(self) -> Mapping[str, Any]:
        """The difference that is stated."""
        found = replace(self.result, series={})
        return {"headline": plain(self.may_leave(found))}

    def site_lines(self) -> tuple[SiteLine, ...]:
        """What being drawn changed, where it is told."""
        if self.found.effect is None:
            return ()
        names = (self.say("Drawn for a visit at random"), self.outcome)
        drawn = (int(self.frame["treated"].sum()), len(self.frame))
        effect, verdict, unit = self.found.effect, self.found.verdict, self.named("unit")
        doubts = sentences.doubts(self)
        return (site_line(self, names, effect, verdict, drawn, doubts, unit=unit),)

    summary = sentences.summary
    along = drawings.along
    sample = sentences.sample
    balance = drawings.balance
    chance = drawings.chance
    groups = drawings.groups
    hits = drawings.hits
    burden = drawings.burden
    certainty = sentences.certainty
    truth = drawings.truth

    def provenance(self) -> Provenance:
        """Where the numbers come from and with what they were made."""
        return self._provenance(self.protection, self.result.method)
