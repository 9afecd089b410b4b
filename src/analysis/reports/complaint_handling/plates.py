"""The object that ``notebooks/complaint_handling.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.data.settings import Words
from analysis.methods import bunching
from analysis.page.plates import Provenance, SiteLine
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.site_lines import site_line
from analysis.reports.complaint_handling import deadlines, drawings, sentences
from analysis.reports.complaint_handling.answer import Handling
from analysis.result import plain

CASE = Words(en="case", zh="案件", zh_measure="件")


class ComplaintHandling(Handling):
    """How long do cases take, and do routes and deadlines change it?"""

    preload = (
        "analysis.methods.survival",
        "analysis.methods.bunching",
        "statsmodels.duration.hazard_regression",
    )

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The ratio of the rates at which open cases end, before it is rounded."""
        value = self.hazard.headline.value
        words, unit = self.say("Rate at which open cases end, by Cox"), self.say("log ratio")
        return {"hazard": OwnNumber(words, unit, value, self.digits_of(value))}

    def results(self) -> Mapping[str, Any]:
        """The ratios of times and of rates."""
        found = {"headline": self.result, "hazard": self.hazard}
        return {k: plain(self.may_leave(replace(v, series={}))) for k, v in found.items()}

    def site_lines(self) -> tuple[SiteLine, ...]:
        """The difference in time."""
        value, low, high = (float(np.expm1(v)) for v in self.range)
        counts, unit = (self.subject.regions, self.subject.regions), None
        if not self.subject.regions:
            own = self.subject.cases["route"].isin(("group", self.params.route))
            some, every = (self.may_leave(float(count)) for count in (own.sum(), len(own)))
            counts, unit = (int(some), int(every)), CASE
        names = (self.arms[0], self.say("time that cases take"))
        words = self.say(sentences.SITE_WORDS[self.verdict.key])
        shares = (value, low, high)
        doubts = sentences.doubts(self)
        return (site_line(self, names, shares, self.verdict, counts, doubts, words, unit),)

    summary = sentences.summary
    curves = drawings.curves
    sample = sentences.sample
    ages = drawings.ages
    routes = drawings.routes
    hazards = drawings.hazards
    deadline = deadlines.deadline
    on_time = deadlines.on_time
    certainty = sentences.certainty
    truth = deadlines.truth

    def provenance(self) -> Provenance:
        """Where the numbers come from and with what they were made."""
        return self._provenance(self.protection, self.result.method, bunching.METHOD.name)
