"""The object that ``notebooks/published_figures.ipynb`` works with: its plates in order."""

from __future__ import annotations

from analysis.reports.figures import FiguresReport
from analysis.reports.published_figures import sentences
from analysis.reports.published_figures.comparison import comparison


class PublishedFigures(FiguresReport):
    """What do printed figures allow to compare?"""

    facts = sentences.profile_facts
    summary = sentences.profile_summary
    compare = comparison
    comparable_next = sentences.comparable_next
