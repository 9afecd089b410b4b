"""From a dataset to samples, and what is refused on the way."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.samples import Samples, build_samples, unknown_in_samples
from analysis.errors import Problem
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
    AnalysisError: names unknown to the dataset, or samples that tell nothing.
    """
    return build_samples(data, params)
