"""From a dataset to joiners and like ones, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.joiners import (
    TABLES,
    Joined,
    build_joined,
    unknown_in_joiners,
)
from analysis.disclosure.estimates import FEWEST_REGIONS
from analysis.disclosure.store import noise_of
from analysis.errors import DesignError, Problem
from analysis.reports.enterprise_comparison.params import EnterpriseComparisonParams


def tables(params: EnterpriseComparisonParams) -> set[str]:
    """The tables that the report reads."""
    return {*TABLES, "regions"} if params.region else set(TABLES)


def unknown_names(data: Dataset, params: EnterpriseComparisonParams) -> list[Problem]:
    """Names that the dataset does not hold."""
    return unknown_in_joiners(data, params)


def ask(data: Dataset, params: EnterpriseComparisonParams) -> Joined:
    """Joiners and like ones.

    Raises
    ------
    AnalysisError: names unknown to the dataset, fewer than 20 joiners, no overlap, or so few
        regions that an effect would tell of these.
    """
    found = build_joined(data, params, params.seed)
    if noise_of(data) is not None and 0 < found.regions < FEWEST_REGIONS:
        what = f"with joiners are {found.regions}: an effect is told of {FEWEST_REGIONS} or more"
        raise DesignError([Problem("regions", what, "Ask about a larger region")])
    return found
