"""The object that ``notebooks/target_progress.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.methods import reliability
from analysis.page.plates import Provenance
from analysis.page.shared.agreement import OwnNumber
from analysis.reports.target_progress import drawings, sentences
from analysis.reports.target_progress.answer import Progress


class TargetProgress(Progress):
    """Do targets move the work, or its reporting?"""

    preload = ("analysis.methods.bunching", "statsmodels.genmod.generalized_linear_model")

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The height of the course at the mark before it is held to what was counted."""
        rows = self.histogram
        window = rows["window"] == 1
        share = float(rows.loc[rows["at"], "expected"].sum() / rows.loc[window, "count"].sum())
        words = self.say("Of the results near the target, share expected above it")
        return {"expected": OwnNumber(words, self.say("share"), share, self.digits_of(share))}

    def results(self) -> Mapping[str, Any]:
        """The excess, and what was taken back."""
        return {"excess": self.may_leave(list(self.excess)), "back": self.may_leave(self.back)}

    summary = sentences.summary
    marks = drawings.marks
    sample = sentences.sample
    pace = drawings.pace
    ends = drawings.ends
    twins = drawings.twins
    after = drawings.after
    certainty = sentences.certainty
    truth = drawings.truth

    def provenance(self) -> Provenance:
        """Where the numbers come from and with what they were made."""
        more = (reliability.METHOD.name,) if self.sections else ()
        return self._provenance(self.protection, self.result.method, *more)
