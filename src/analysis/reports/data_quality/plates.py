"""The object that ``notebooks/data_quality.ipynb`` works with: its plates in order."""

from __future__ import annotations

from analysis.reports.data_quality import sentences
from analysis.reports.data_quality.answer import Checked


class DataQuality(Checked):
    """Can this dataset carry the question?"""

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
