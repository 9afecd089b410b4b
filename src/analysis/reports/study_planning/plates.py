"""The object that ``notebooks/study_planning.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.methods import counts
from analysis.page.shared.agreement import OwnNumber
from analysis.reports.study_planning import sentences
from analysis.reports.study_planning.answer import Plan


class StudyPlanning(Plan):
    """Is a roll-out worth studying, and in which order should it start?"""

    preload = ("analysis.methods.counts", "statsmodels.formula.api")

    @property
    def verdict_key(self) -> str:
        """A plan judges nothing."""
        return "planned"

    @property
    def methods(self) -> tuple[str, ...]:
        """The method that will evaluate it."""
        return (counts.METHOD.name,)

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The spread of estimates where nothing changes."""
        words = self.say("Spread of the estimates where nothing changes")
        return {"spread": OwnNumber(words, self.say("log points"), self.at_none.spread, 4)}

    summary = sentences.summary
    power = sentences.power
    sample = sentences.sample
    sizes = sentences.sizes
    analysis_table = sentences.analysis
    order_table = sentences.order
    certainty = sentences.certainty
