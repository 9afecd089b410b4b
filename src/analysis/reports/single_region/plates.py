"""The object that ``notebooks/single_region.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.methods import its
from analysis.page.plates import Notes, SiteLine, Table
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.site_lines import site_line
from analysis.reports.single_region import drawings, sentences
from analysis.reports.single_region.answer import Alone
from analysis.result import plain


class SingleRegion(Alone):
    """What happened in one region that acted?"""

    preload = (
        "analysis.methods.its",
        "analysis.methods.synthetic_control",
        "statsmodels.formula.api",
        "statsmodels.tsa.statespace.structural",
    )

    @property
    def methods(self) -> tuple[str, ...]:
        """The synthetic control, and the interrupted series beside it."""
        return (self.result.method, its.METHOD.name)

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The plain comparison, in the unit of the estimate."""
        unit = self.say("log points") if self.counted else self.unit
        words = self.say(drawings.WAY_WORDS["plain"])
        return {"plain": OwnNumber(words, unit, self.subject.plain.headline.value, 5)}

    def results(self) -> Mapping[str, Any]:
        """Every estimate, from protected counts."""
        found = {"headline": self.result, "plain": self.subject.plain}
        found |= {"controlled": self.controlled} if self.controlled else {}
        return {name: plain(result) for name, result in found.items()}

    def drawn(self) -> tuple[str, ...]:
        """The outcome, where it is counted."""
        return (self.params.outcome,) if self.counted else ()

    def site_lines(self) -> tuple[SiteLine, ...]:
        """One line: the change of one region, as a share of what others lead to expect."""
        names, sample = (self.intervention, self.outcome), self.result.sample
        doubts = sentences.doubts(self)
        return (site_line(self, names, self.shares, self.verdict, (1, sample.units), doubts),)

    summary = sentences.summary
    sample = sentences.sample
    ways = drawings.ways
    certainty = sentences.certainty
    truth = drawings.truth

    def what_if(self) -> Table | Notes:
        """Which fall a region of so many records a year could ever show."""
        return self.could_show(self.params.what_if)
