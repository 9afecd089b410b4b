"""From a dataset to regions side by side, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.frame import require_frame
from analysis.data.frames.names import unknown_names
from analysis.data.frames.rates import Comparison, comparison_tables
from analysis.disclosure.regions import protected_comparison
from analysis.methods import rates
from analysis.reports.region_rates.params import RegionRatesParams

__all__ = ["ask", "tables", "unknown_names"]


def tables(_: RegionRatesParams) -> set[str]:
    """The tables that the report reads."""
    return comparison_tables()


def ask(data: Dataset, params: RegionRatesParams) -> Comparison:
    """Protected events and size of every region.

    Raises
    ------
    AnalysisError: names unknown to the dataset, or too few regions to compare.
    """
    comparison = protected_comparison(data, params)
    require_frame(comparison.frame, rates.METHOD.takes)
    return comparison
