"""The object that ``notebooks/market_entry_exit.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.methods import rates, survival
from analysis.page.plates import SiteLine
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.site_lines import site_line
from analysis.reports.market_entry_exit import drawings, sentences
from analysis.reports.market_entry_exit.answer import Entries
from analysis.result import plain
from analysis.verdicts.averages import Over, averages_of


class MarketEntryExit(Entries):
    """Do openings, dormancy and exits change with easier registration?"""

    preload = ("analysis.methods.counts", "analysis.methods.imputation",
               "analysis.methods.survival", "statsmodels.formula.api")  # fmt: skip

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The change, in log points."""
        course = self.main.examined.own_course
        value = course.headline.value if course and len(self.frame) else None
        words = self.say("{Outcome}, with {name}")
        return {"change": OwnNumber(words, self.say("log points"), value, 3)}

    def results(self) -> Mapping[str, Any]:
        """The headline, and the chance to leave."""
        return {"headline": plain(self.main.headline), "leaving": list(self.leaving)}

    def averages(self) -> Over:
        """The event in the regions compared, by each way to estimate."""
        return tuple(averages_of(self.main.study, self.main.examined.averages))

    def site_lines(self) -> tuple[SiteLine, ...]:
        """What the intervention changed."""
        main, sample = self.main, self.main.headline.sample
        names = (self.intervention, self.say("{outcome} of {kind}"))
        regions = (sample.treated, sample.units)
        line = site_line(self, names, main.shares, main.verdict, regions, sentences.why(self))
        return (line,)

    @property
    def methods(self) -> tuple[str, ...]:
        """The headline's, and those of exits and of the stay."""
        more = (survival.METHOD.name,) if self.stay else ()
        return (self.main.headline.method, rates.METHOD.name, *more)

    summary = sentences.summary
    event_time = drawings.event_time
    sample = sentences.sample
    adoption = drawings.adoption
    flows = drawings.flows
    stay_curves = drawings.stay
    certainty = sentences.certainty
    truth = drawings.truth
