"""The object that ``notebooks/enforcement_leniency.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.page.plates import SiteLine
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.site_lines import site_line
from analysis.reports.enforcement_leniency import drawings, sentences
from analysis.reports.enforcement_leniency.answer import Leniency
from analysis.result import plain


class EnforcementLeniency(Leniency):
    """Does sparing first minor violations bring more of them?"""

    preload = (
        "analysis.methods.survival",
        "analysis.methods.bunching",
        "statsmodels.duration.hazard_regression",
    )

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The log ratio of rates with one baseline for all, before it is rounded."""
        value = self.found.plain.headline.value
        words, unit = self.say("Rate of repeats, one baseline for all"), self.say("log ratio")
        return {"rate": OwnNumber(words, unit, value, self.digits_of(value))}

    def results(self) -> Mapping[str, Any]:
        """The headline."""
        return {"headline": plain(self.may_leave(self.result))}

    def site_lines(self) -> tuple[SiteLine, ...]:
        """What the list did to repeats."""
        found, frame = self.found, self.subject.frame
        names = (self.say("Sparing first violations"), self.say("repeats"))
        if not found.of_list:
            names = (self.name("group"), self.name("event"))
        counts = (int(frame["treated"].sum()), len(frame))
        shares, doubts = self.shares(found.repeats), sentences.doubts(self)
        unit = self.named("unit")
        return (site_line(self, names, shares, found.verdict, counts, doubts, unit=unit),)

    summary = sentences.summary
    curves = drawings.curves
    sample = sentences.sample
    by_time = drawings.by_time
    looks = drawings.looks
    held_equal = drawings.held_equal
    at_limit = drawings.at_limit
    certainty = sentences.certainty
    truth = drawings.truth
