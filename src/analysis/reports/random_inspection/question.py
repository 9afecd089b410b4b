"""From a dataset to the lists, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.draws import TABLES, Drawn, build_drawn, unknown_in_draws
from analysis.errors import Problem
from analysis.reports.random_inspection.params import RandomInspectionParams


def tables(params: RandomInspectionParams) -> set[str]:
    """The tables that the report reads."""
    return {*TABLES, "regions"} if params.region else set(TABLES)


def unknown_names(data: Dataset, params: RandomInspectionParams) -> list[Problem]:
    """Names that the dataset does not hold."""
    return unknown_in_draws(data, params)


def ask(data: Dataset, params: RandomInspectionParams) -> Drawn:
    """The units of the lists.

    Raises
    ------
    AnalysisError: names unknown to the dataset, or lists that tell nothing.
    """
    return build_drawn(data, params)
