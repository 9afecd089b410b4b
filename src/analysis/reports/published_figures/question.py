"""From a dataset of printed figures to figures that resolve."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.published.figures import Published, published_in
from analysis.data.published.tables import NAMES
from analysis.errors import Problem
from analysis.reports.published_figures.params import PublishedFiguresParams


def tables(_: PublishedFiguresParams) -> set[str]:
    """The tables that the report reads."""
    return set(NAMES)


def unknown_names(_: Dataset, __: PublishedFiguresParams) -> list[Problem]:
    """The parameters name nothing in the data."""
    return []


def ask(data: Dataset, _: PublishedFiguresParams) -> Published:
    """The figures.

    Raises
    ------
    AnalysisError: the dataset holds no figures, or some do not resolve.
    """
    return published_in(data)
