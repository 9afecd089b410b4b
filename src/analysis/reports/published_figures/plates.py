"""The object that ``notebooks/published_figures.ipynb`` works with: its plates in order."""

from __future__ import annotations

import pandas as pd

from analysis.data.published.figures import Published
from analysis.page.printed_figures import FiguresBrief
from analysis.page.printed_sources import figures_provenance, sources_table
from analysis.reports.published_figures import sentences
from analysis.reports.published_figures.comparison import comparison
from analysis.reports.report import Report


class PublishedFigures(Report, FiguresBrief):
    """What do printed figures allow to compare?"""

    @property
    def published(self) -> Published:
        """The figures."""
        published: Published = self.subject
        return published

    @property
    def frame(self) -> pd.DataFrame:
        """One row per printed figure."""
        return self.data.tables["figures"]

    facts = sentences.profile_facts
    summary = sentences.profile_summary
    documents = sources_table
    compare = comparison
    comparable_next = sentences.comparable_next
    provenance = figures_provenance
