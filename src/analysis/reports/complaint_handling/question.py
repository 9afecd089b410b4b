"""From a dataset to cases, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.handling import (
    TABLES,
    Handled,
    build_handled,
    unknown_in_handling,
)
from analysis.disclosure.estimates import FEWEST_REGIONS
from analysis.disclosure.store import noise_of
from analysis.errors import DesignError, Problem
from analysis.reports.complaint_handling.params import ComplaintHandlingParams


def tables(params: ComplaintHandlingParams) -> set[str]:
    """The tables that the report reads."""
    return {*TABLES, "regions"} if params.region else set(TABLES)


def unknown_names(data: Dataset, params: ComplaintHandlingParams) -> list[Problem]:
    """Names that the dataset does not hold."""
    return unknown_in_handling(data, params)


def ask(data: Dataset, params: ComplaintHandlingParams) -> Handled:
    """The cases that are asked about.

    Raises
    ------
    AnalysisError: names unknown to the dataset, cases that tell nothing, or of so few regions that
        times would tell of these.
    """
    found = build_handled(data, params)
    problems = []
    if found.covariates and params.model == "median":
        what = "compares two groups, and these are followed before and after a change"
        problems.append(Problem("model median", what, "Choose lognormal, weibull or loglogistic"))
    if noise_of(data) is not None and 0 < found.regions < FEWEST_REGIONS:
        what = f"with cases of a route are {found.regions}: times are told of {FEWEST_REGIONS}"
        remedy = "Ask about a larger region, or see disclosure in dataset.yml"
        problems.append(Problem("regions", what, remedy))
    DesignError.raise_for(problems)
    return found
