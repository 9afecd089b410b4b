"""From a dataset to the lists, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.draws import TABLES, Drawn, build_drawn, unknown_in_draws
from analysis.disclosure.estimates import FEWEST_REGIONS
from analysis.disclosure.store import noise_of
from analysis.errors import DesignError, Problem
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
    AnalysisError: names unknown to the dataset, lists that tell nothing, or of so few regions that
        an effect would tell of these: it rests on recorded counts.
    """
    found = build_drawn(data, params)
    if noise_of(data) is not None and found.measured and 0 < found.regions < FEWEST_REGIONS:
        what = f"on the lists are {found.regions}: an effect is told of {FEWEST_REGIONS} or more"
        remedy = "Ask about a larger region, or leave outcome blank to look at the draw alone"
        raise DesignError([Problem("regions", what, remedy)])
    return found
