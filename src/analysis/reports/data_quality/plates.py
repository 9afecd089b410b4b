"""The object that ``notebooks/data_quality.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.page.shared.agreement import OwnNumber
from analysis.reports.data_quality import sentences
from analysis.reports.data_quality.answer import Checked


class DataQuality(Checked):
    """Can this dataset carry the question?"""

    preload = ("statsmodels.formula.api",)

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The last month of the largest table against the half-year before, in log points."""
        frame = self.frame
        value = None if frame.empty else float(frame["logs"].iloc[-1] - frame["logs"][:-1].mean())
        words = self.say("Last month of the largest table against the half-year before")
        return {"last": OwnNumber(words, self.say("log points"), value, 3)}

    @property
    def verdict_key(self) -> str:
        """Whether anything is to be seen to first."""
        return "repair" if self.quality.first else "sound"

    summary = sentences.summary
    sample = sentences.sample
    coverage = sentences.coverage
    defects = sentences.defects
    readiness_table = sentences.readiness
    certainty = sentences.certainty
