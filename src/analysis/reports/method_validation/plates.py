"""The object that ``notebooks/method_validation.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.page.shared.agreement import OwnNumber
from analysis.reports.method_validation import drawings, sentences
from analysis.reports.method_validation.answer import Validated


class MethodValidation(Validated):
    """May I trust these methods?"""

    preload = ("statsmodels.stats.proportion",)

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The lower limit of the share that is lowest."""
        value = self.tried[0].covered.low
        words = self.say("Lowest share of ranges that hold the truth, lower limit")
        return {"lowest": OwnNumber(words, self.say("share"), value, self.digits_of(value))}

    summary = sentences.summary
    published_numbers = drawings.published_numbers
    sample = sentences.sample
    covered = drawings.covered
    false_claims = drawings.false_claims
    power = drawings.power
    misfits = drawings.misfits
    certainty = sentences.certainty
