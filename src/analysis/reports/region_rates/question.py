"""From a dataset to regions side by side, and what is refused on the way."""

from __future__ import annotations

from dataclasses import replace

from analysis.data.dataset import Dataset
from analysis.data.frames import names
from analysis.data.frames.frame import require_frame
from analysis.data.frames.names import shared_columns
from analysis.data.frames.rates import Comparison, comparison_tables
from analysis.disclosure.regions import protected_comparison
from analysis.errors import DesignError, ParamsError, Problem
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
    if problems := unknown_names(data, params):
        raise ParamsError(problems)
    comparison = protected_comparison(data, params)
    if params.cluster:
        comparison = _clustered(data, comparison, params.cluster)
    require_frame(comparison.frame, rates.METHOD.takes)
    return comparison


def unknown_names(data: Dataset, params: RegionRatesParams) -> list[Problem]:
    """Names that the dataset does not hold."""
    asked = [("cluster", params.cluster, shared_columns(data))] if params.cluster else []
    return [*names.unknown_names(data, params), *names.not_held(asked)]


def _clustered(data: Dataset, comparison: Comparison, column: str) -> Comparison:
    """The comparison with what regions share that move together."""
    shared = data.tables["regions"].set_index("region_code")[column].astype(object)
    groups = shared.reindex(comparison.frame["region"])
    blank = int((groups.isna() | (groups == "")).sum())
    if blank:
        what = f"has no value for {blank} of {len(groups)} regions"
        remedy = "Complete it, leave those regions out (exclude_regions), or name another"
        raise DesignError([Problem(f"cluster, column {column}", what, remedy)])
    return replace(comparison, frame=comparison.frame.assign(cluster=groups.to_numpy()))
