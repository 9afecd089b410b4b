"""The object that ``notebooks/published_figures.ipynb`` works with: its plates in order."""

from __future__ import annotations

from analysis.page.plates import Figure, Table
from analysis.reports.figures import FiguresReport
from analysis.reports.published_figures import sentences
from analysis.reports.published_figures.kinds import topics


class PublishedFigures(FiguresReport):
    """What do printed figures allow to compare?"""

    def compare(self, topic: str) -> Figure | Table:
        """One topic of ``topics.csv``: a figure where it has an axis, else a table."""
        return topics(self)[topic].plate()

    facts = sentences.profile_facts
    summary = sentences.profile_summary
    comparable_next = sentences.comparable_next
