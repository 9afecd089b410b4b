"""The object that ``notebooks/service_assessment.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.data.frames.ratings import WITHIN
from analysis.data.frames.routes import INFLUENCED, OTHERS
from analysis.disclosure.store import noise_of
from analysis.methods import agreement
from analysis.page.plates import Figure, Notes, Provenance, Table
from analysis.page.shared import rated
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.truth import Held, truth_table
from analysis.page.wording import capital
from analysis.reports.service_assessment import drawings, grounds, sentences, tables
from analysis.reports.service_assessment.answer import Ratings
from analysis.result import plain
from analysis.verdicts.averages import Average, Over

RECORDED = {"phone", "counter"}


class ServiceAssessment(Ratings):
    """What is a rating worth, and what may be done with a score?"""

    preload = (
        *("analysis.methods.agreement", "analysis.methods.reliability", "analysis.methods.counts"),
        "statsmodels.stats.oneway",
    )

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """How much more the rated differ than one score of them does, in the last round."""
        words = self.say("Ratio of mean squares between and within {rated}")
        return {"ratio": OwnNumber(words, self.say("ratio"), self.worth.ratio, 3)}

    def results(self) -> Mapping[str, Any]:
        """Results without single ones of the rated."""
        found = {"headline": self.result, **self.routes}
        return {name: plain(replace(result, series={})) for name, result in found.items()}

    def averages(self) -> Over:
        """Complaints, and the ways they came, in the regions of their studies."""
        if noise_of(self.data) is None:
            return ()
        over = [
            (study.panel, Average.of(study.panel.outcome, self.routes[name].sample))
            for name, study in self.subject.routes.items()
        ]
        # The ways add up to the outcome, of which other pages may speak.
        names = [(panel, panel.outcome.partition("/")[0]) for panel, _ in over[:1]]
        every = [(panel, replace(over[0][1], outcome=name)) for panel, name in names]
        return (*every, *over)

    summary = sentences.ratings_summary
    sample = grounds.ratings_sample
    ceilings = tables.ceilings
    composite = tables.composite
    records = drawings.records
    certainty = grounds.ratings_certainty

    def answers_table(self) -> Table | Notes:
        """Who answers the next round, by how satisfied they were in this one."""
        return rated.answers_again_table(self, self.again)

    def split_figure(self) -> Figure | Notes:
        """What the variance of one score is made of."""
        return rated.split_figure(self, self.worth.split, self.named("rated"))

    def funnel(self) -> Figure | Notes:
        """The rated as points without names, between the limits of chance."""
        known = self.ratings.raters_known
        more = (
            self.say("Scores are drawn as if the mean of every {region} were the same.")
            if self.ratings.place == WITHIN
            else ""
        )
        return rated.unnamed_figure(self, self.points, self.named("rated"), known, more)

    def truth(self) -> Table | Notes:
        """Effects on records beside what simulated data were made with."""
        held = []
        # The truth is of the channels that officers record in the simulated province.
        own = set(self.params.influenceable) == RECORDED
        for name in (INFLUENCED, OTHERS) if own else ():
            truth = self.ratings.truth.get(f"{self.params.intervention}/{name}")
            if truth is not None and name in self.routes:
                one = self.routes[name].headline
                words = capital(self.ways(name == INFLUENCED))
                held.append(Held(name, words, truth, one.value, one.low or 0.0, one.high or 0.0))
        return truth_table(self, self.say("Complaints"), held)

    def provenance(self) -> Provenance:
        """Where the numbers come from and with what they were made."""
        return self._provenance(grounds.privacy(self), self.result.method, agreement.METHOD.name)
