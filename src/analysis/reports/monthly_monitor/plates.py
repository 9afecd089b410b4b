"""The object that ``notebooks/monthly_monitor.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.page.shared.agreement import OwnNumber
from analysis.reports.monthly_monitor import drawings, sentences
from analysis.reports.monthly_monitor.answer import Monitor


class MonthlyMonitor(Monitor):
    """What is new this month?"""

    preload = (
        "statsmodels.formula.api",
        "statsmodels.genmod.generalized_linear_model",
        "statsmodels.stats.multitest",
        "statsmodels.tsa.statespace.structural",
    )

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """What a series with any records was expected to hold, in the mean of all."""
        held = (self.now.history * self.now.weight).sum(axis=1) > 0
        value = float(np.mean(self.now.mean[held]))
        words = self.say("Expected in {month}, mean of {series}")
        return {"expected": OwnNumber(words, self.outcome, value, min(self.digits_of(value), 1))}

    def drawn(self) -> tuple[str, ...]:
        """The outcome; none where categories are averages of recorded counts."""
        return () if self.recorded else (self.params.outcome,)

    summary = sentences.summary
    apart = drawings.apart
    sample = sentences.sample
    path = drawings.path
    breaks = drawings.breaks
    changes = drawings.changes
    certainty = sentences.certainty
    truth = drawings.truth
