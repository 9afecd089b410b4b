"""The object that ``notebooks/region_rates.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.page.shared.agreement import OwnNumber
from analysis.reports.region_rates import sentences
from analysis.reports.region_rates.answer import Regions
from analysis.reports.region_rates.funnel import funnel_figure
from analysis.result import plain


class RegionRates(Regions):
    """Which regions differ by more than chance?"""

    preload = (
        "analysis.methods.rates",
        "statsmodels.stats.multitest",
        "statsmodels.stats.proportion",
        "statsmodels.stats.rates",
        "statsmodels.genmod.generalized_linear_model",
    )

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The rate of all regions together."""
        words, value = self.say("Overall rate"), self.result.headline.value
        return {"pooled": OwnNumber(words, self.unit, value, 3, self.base)}

    def results(self) -> Mapping[str, Any]:
        """The result without single regions."""
        return {"headline": plain(replace(self.result, series={}))}

    def drawn(self) -> tuple[str, ...]:
        """The outcome."""
        return (self.params.outcome,)

    summary = sentences.regions_summary
    sample = sentences.regions_sample
    funnel = funnel_figure
    rates = sentences.regions_table
    certainty = sentences.regions_certainty
