"""From a dataset to its tables, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.names import not_held
from analysis.errors import DesignError, ParamsError, Problem
from analysis.reports.data_quality.params import DataQualityParams
from analysis.reports.readiness import askable


def tables(_: DataQualityParams) -> None:
    """The tables that the report reads: all."""


def unknown_names(data: Dataset, params: DataQualityParams) -> list[Problem]:
    """Tables that the dataset does not hold, and notebooks that there are not."""
    asked = [("only", name, list(data.tables)) for name in params.only]
    return not_held([*asked, *(("notebooks", name, askable()) for name in params.notebooks)])


def ask(data: Dataset, params: DataQualityParams) -> Dataset:
    """The dataset.

    Raises
    ------
    AnalysisError: names unknown to it, or no table that rows come into.
    """
    ParamsError.raise_for(unknown_names(data, params))
    if not any(len(frame) for frame in data.tables.values()):
        what = "holds no table with rows"
        raise DesignError([Problem("dataset", what, "See analysis check for what was read")])
    return data
