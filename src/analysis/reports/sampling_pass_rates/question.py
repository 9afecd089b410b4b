"""From a dataset to samples, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.samples import Samples, build_samples, unknown_in_samples
from analysis.disclosure.estimates import FEWEST_REGIONS
from analysis.disclosure.store import noise_of
from analysis.errors import DesignError, Problem
from analysis.reports.sampling_pass_rates.params import SamplingPassRatesParams


def tables(params: SamplingPassRatesParams) -> set[str]:
    """The tables that the report reads."""
    return {"samples", "sample_counts", "regions", "truth", *(["strata"] * params.weighted)}


def unknown_names(data: Dataset, params: SamplingPassRatesParams) -> list[Problem]:
    """Names that the dataset does not hold, and modes that would be put together."""
    return unknown_in_samples(data, params)


def ask(data: Dataset, params: SamplingPassRatesParams) -> Samples:
    """The samples that are asked about.

    Raises
    ------
    AnalysisError: names unknown to the dataset, samples that tell nothing, or of so few regions
        that a share would tell of these: no protected store counts samples.
    """
    found = build_samples(data, params)
    if noise_of(data) is not None and 0 < found.regions < FEWEST_REGIONS:
        what = (
            f"behind a share are {found.regions}: shares of recorded samples are told of "
            f"{FEWEST_REGIONS} or more"
        )
        remedy = "Ask about a larger region, or see disclosure in dataset.yml for printed figures"
        raise DesignError([Problem("regions", what, remedy)])
    return found
