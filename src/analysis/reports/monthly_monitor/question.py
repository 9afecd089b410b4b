"""From a dataset to counts by month, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.months import Months, unknown_in_months
from analysis.disclosure.months import protected_months
from analysis.errors import Problem
from analysis.reports.monthly_monitor.params import MonthlyMonitorParams


def tables(_: MonthlyMonitorParams) -> set[str]:
    """The tables that the report reads."""
    return {"regions", "complaints", "outcomes", "crosswalk", "breaks", "truth"}


def unknown_names(data: Dataset, params: MonthlyMonitorParams) -> list[Problem]:
    """Names that the dataset does not hold."""
    return unknown_in_months(data, params)


def ask(data: Dataset, params: MonthlyMonitorParams) -> Months:
    """Counts by month of the regions or categories that are asked about.

    Raises
    ------
    AnalysisError: names unknown to the dataset, or nothing of which a forecast can be made.
    """
    return protected_months(data, params)
