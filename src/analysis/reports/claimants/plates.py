"""The object that ``notebooks/claimants.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.data.frames.claimants import RATIO
from analysis.page.plates import SiteLine
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.site_lines import site_line
from analysis.reports.claimants import drawings, sentences
from analysis.reports.claimants.answer import Claims
from analysis.result import plain
from analysis.verdicts.averages import Average, Over, averages_of


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

    def averages(self) -> Over:
        """The outcome in the regions of both classes; these, by each way to estimate; the marks."""
        outcome, main = self.params.outcome, self.main
        studies = [(one.study, one.examined.averages) for one in self.findings.values()]
        studies += [
            (study, (Average.of(study.panel.outcome, self.marked[name].sample),))
            for name, study in self.asked.studies.items()
            if name in self.marked
        ]
        over = [pair for study, averages in studies for pair in averages_of(study, averages)]
        both = averages_of(main.study, [Average.of(main.study.panel.outcome, main.headline.sample)])
        other = self.params.placebo_outcome
        named = (
            (
                panel,
                one if one.outcome == other else replace(one, outcome=f"{outcome}/{one.outcome}"),
            )
            for panel, one in over
        )
        every = ((panel, replace(one, outcome=outcome)) for panel, one in both)
        # The placebo stands beside each of the classes.
        return tuple({one: (panel, one) for panel, one in (*every, *named)}.values())

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

    @property
    def methods(self) -> tuple[str, ...]:
        """That of frequent claimants against others."""
        return (self.main.headline.method,)
