"""From a dataset to scores around cut-offs, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.thresholds import (
    READ,
    Scored,
    build_scored,
    unknown_in_thresholds,
)
from analysis.disclosure.estimates import FEWEST_REGIONS
from analysis.disclosure.store import noise_of
from analysis.errors import DesignError, Problem
from analysis.reports.rating_threshold.params import RatingThresholdParams


def tables(params: RatingThresholdParams) -> set[str]:
    """The tables that the report reads."""
    return {*READ, "regions"} if params.region else set(READ)


def unknown_names(data: Dataset, params: RatingThresholdParams) -> list[Problem]:
    """Names that the dataset does not hold."""
    return unknown_in_thresholds(data, params)


def ask(data: Dataset, params: RatingThresholdParams) -> Scored:
    """The scores around the cut-offs.

    Raises
    ------
    AnalysisError: names unknown to the dataset, cut-offs that tell nothing, or scores of so few
        regions that an effect would tell of these: it rests on recorded counts.
    """
    found = build_scored(data, params)
    if noise_of(data) is not None and 0 < found.regions < FEWEST_REGIONS:
        what = f"with scores are {found.regions}: an effect is told of {FEWEST_REGIONS} or more"
        raise DesignError([Problem("regions", what, "Ask about a larger region")])
    return found
