"""The object that ``notebooks/enterprise_comparison.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.data.settings import Words
from analysis.page.plates import SiteLine
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.site_lines import site_line
from analysis.reports.enterprise_comparison import drawings, sentences
from analysis.reports.enterprise_comparison.answer import Joiners

ENTERPRISE = Words(en="enterprise", zh="企业", zh_measure="家")


class EnterpriseComparison(Joiners):
    """Do enterprises that joined a programme do better than like ones that did not?"""

    preload = ("statsmodels.formula.api",)

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The log ratio, before it is rounded."""
        value = self.found.ratio[0]
        words = self.say("Joiners against like ones, after against before")
        return {"ratio": OwnNumber(words, self.say("log ratio"), value, self.digits_of(value))}

    def results(self) -> Mapping[str, Any]:
        """The change with its range."""
        return {"headline": list(self.shares(self.found.ratio))}

    def site_lines(self) -> tuple[SiteLine, ...]:
        """What joining changed."""
        given = self.subject
        others = int((given.frame["treated"] == 0).sum())
        counts = (given.joiners, given.joiners + others)
        shares, names = self.shares(self.found.ratio), (self.programme, self.outcome)
        verdict, doubts = self.found.verdict, sentences.doubts(self)
        return (site_line(self, names, shares, verdict, counts, doubts, unit=ENTERPRISE),)

    summary = sentences.summary
    by_quarter = drawings.by_quarter
    sample = sentences.sample
    balance = drawings.balance
    looks = drawings.looks
    certainty = sentences.certainty
    truth = drawings.truth
