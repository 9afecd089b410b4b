"""From a dataset to repeats, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.repeats import (
    TABLES,
    Repeats,
    build_repeats,
    unknown_in_repeats,
)
from analysis.disclosure.estimates import FEWEST_REGIONS
from analysis.disclosure.store import noise_of
from analysis.errors import DesignError, Problem
from analysis.reports.enforcement_leniency.params import EnforcementLeniencyParams


def tables(params: EnforcementLeniencyParams) -> set[str]:
    """The tables that the report reads."""
    return {*TABLES, "regions"} if params.region else set(TABLES)


def unknown_names(data: Dataset, params: EnforcementLeniencyParams) -> list[Problem]:
    """Names that the dataset does not hold."""
    return unknown_in_repeats(data, params)


def ask(data: Dataset, params: EnforcementLeniencyParams) -> Repeats:
    """The cases that are compared.

    Raises
    ------
    AnalysisError: names unknown to the dataset, cases that tell nothing, or of so few regions that
        repeats would tell of these.
    """
    found = build_repeats(data, params)
    problems = []
    if found.last is not None and params.model != "cox":
        what = "has no baseline of its own for each region, before and after"
        problems.append(Problem(f"model {params.model}", what, "Use model: cox"))
    if noise_of(data) is not None and 0 < found.regions < FEWEST_REGIONS:
        what = f"with cases are {found.regions}: repeats are told of {FEWEST_REGIONS} or more"
        problems.append(Problem("regions", what, "Ask about a larger region"))
    DesignError.raise_for(problems)
    return found
