"""The object that ``notebooks/across_places.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.page.plates import RestsOn
from analysis.page.shared.agreement import OwnNumber
from analysis.reports.across_places import sentences
from analysis.reports.across_places.answer import Places
from analysis.result import plain


class AcrossPlaces(Places):
    """Did it come to the same in several places, and what is to be expected in another?"""

    preload = (
        "analysis.methods.meta",
        "statsmodels.stats.contingency_tables",
        "statsmodels.stats.meta_analysis",
    )

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """Each way to pool, in log points."""
        unit = self.say("log points")
        words = sentences.POOLING_WORDS
        return {
            one.key: OwnNumber(self.say(words[one.key]), unit, one.estimate.value, 5)
            for one in self.poolings
        }

    def results(self) -> Mapping[str, Any]:
        """The mean with its places."""
        return {"headline": plain(self.result)}

    def rests_on(self) -> RestsOn:
        """What the reports rest on whose effects it shows."""
        return replace(super().rests_on(), beside=self.subject.rested)

    summary = sentences.summary
    sample = sentences.sample
    forest = sentences.forest
    poolings_table = sentences.poolings
    certainty = sentences.certainty
