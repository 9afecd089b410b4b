"""The object that ``notebooks/sampling_pass_rates.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.page.plates import Provenance
from analysis.page.shared.agreement import OwnNumber
from analysis.reports.sampling_pass_rates import drawings, sentences
from analysis.reports.sampling_pass_rates.answer import PassRates


class SamplingPassRates(PassRates):
    """How much of what is sold fails, and what can a sample say of it?"""

    preload = ("statsmodels.formula.api", "statsmodels.stats.proportion")

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The share of the whole, before it is rounded."""
        rows = self.subject.strata
        value = None if rows is None else float(rows["weight"] @ (rows["failed"] / rows["taken"]))
        words, unit = self.say("Share that fails, by weight"), self.say("share")
        digits = self.digits_of(value) - int(self.joined)
        return {"failing": OwnNumber(words, unit, value, digits)}

    def results(self) -> Mapping[str, Any]:
        """The share of the whole with its range."""
        return {"failing": vars(self.whole)} if self.whole else {}

    summary = sentences.summary
    products = drawings.products
    sample = sentences.sample
    modes = drawings.modes
    plan = drawings.plan
    certainty = sentences.certainty
    truth = drawings.truth

    def provenance(self) -> Provenance:
        """Where the numbers come from and with what they were made."""
        return self._provenance(self.protection)
