"""The object that ``notebooks/region_rates.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.data.frames.rates import Comparison
from analysis.disclosure.editions import Edition, earlier_edition
from analysis.methods import rates
from analysis.page.agreement import OwnNumber
from analysis.page.numbers import PER_EXPOSURE
from analysis.reports.region_rates import sentences
from analysis.reports.region_rates.answer import RegionsBrief
from analysis.reports.region_rates.funnel import funnel_figure
from analysis.reports.report import Report
from analysis.result import Result, plain


class RegionRates(Report, RegionsBrief):
    """Which regions differ by more than chance?"""

    preload = (
        "analysis.methods.rates",
        "statsmodels.stats.multitest",
        "statsmodels.stats.proportion",
        "statsmodels.stats.rates",
        "statsmodels.genmod.generalized_linear_model",
    )

    @property
    def comparison(self) -> Comparison:
        """Regions over one span."""
        comparison: Comparison = self.subject
        return comparison

    @property
    def frame(self) -> pd.DataFrame:
        """One row per region."""
        return self.comparison.frame

    @cached_property
    def result(self) -> Result:
        """Rates, limits of the funnel and shrunken rates."""
        options = {name: getattr(self.params, name) for name in ("over_dispersion", "level")}
        return self.estimate(rates.METHOD, self.frame, **options)

    @cached_property
    def before(self) -> Edition:
        """What the last edition showed."""
        return earlier_edition()

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The rate of all regions together."""
        words, value = self.say("Overall rate"), self.result.headline.value
        return {"pooled": OwnNumber(words, self.unit, value, 3, PER_EXPOSURE)}

    def results(self) -> Mapping[str, Any]:
        """The result without single regions."""
        return {"headline": plain(replace(self.result, series={}))}

    summary = sentences.regions_summary
    sample = sentences.regions_sample
    funnel = funnel_figure
    rates = sentences.regions_table
    certainty = sentences.regions_certainty
    provenance = sentences.regions_provenance
