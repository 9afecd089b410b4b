"""From a dataset to results against their targets, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.marks import TABLES, Marks, build_marks, unknown_in_marks
from analysis.disclosure.estimates import FEWEST_REGIONS
from analysis.errors import DesignError, Problem
from analysis.reports.target_progress.params import TargetProgressParams

FIFTHS = 5


def tables(params: TargetProgressParams) -> set[str]:  # noqa: ARG001
    """The tables that the report reads."""
    return set(TABLES)


def unknown_names(data: Dataset, params: TargetProgressParams) -> list[Problem]:
    """Names that the dataset does not hold, and an indicator without a target."""
    return unknown_in_marks(data, params)


def ask(data: Dataset, params: TargetProgressParams) -> Marks:
    """The results that are asked about.

    Raises
    ------
    AnalysisError: names unknown to the dataset, results that tell nothing, or of few regions.
    """
    found = build_marks(data, params)
    if found.regions < FIFTHS * FEWEST_REGIONS:
        what = f"with results are {found.regions}; {FIFTHS * FEWEST_REGIONS} are needed"
        remedy = "Ask about a larger region: every fifth of them is told of together"
        raise DesignError([Problem("regions", what, remedy)])
    return found
