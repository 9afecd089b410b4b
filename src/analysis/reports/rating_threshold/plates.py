"""The object that ``notebooks/rating_threshold.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.page.plates import SiteLine
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.site_lines import site_line
from analysis.reports.rating_threshold import drawings, sentences
from analysis.reports.rating_threshold.answer import Thresholds
from analysis.result import plain


class RatingThreshold(Thresholds):
    """What does a colour code, a list or a star do to those just over the line?"""

    preload = ("analysis.methods.rdd", "analysis.methods.randomisation", "statsmodels.formula.api")

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """The change that is stated, as the method gives it before its curve is corrected."""
        value, say = self.plain_value, self.say
        words, unit = say("Those {here} less those {there}"), say("mean of one with a score")
        if not self.found.told:
            words, unit = say("On the line against its smooth course"), say("log of their ratio")
        return {"jump": OwnNumber(words, unit, value, self.digits_of(value))}

    def results(self) -> Mapping[str, Any]:
        """What the method gave."""
        found = self.result
        return (
            {} if found is None else {"headline": plain(self.may_leave(replace(found, series={})))}
        )

    def site_lines(self) -> tuple[SiteLine, ...]:
        """What crossing changed, where it is told."""
        if self.found.effect is None:
            return ()
        names = (self.say("Crossing a line in a score"), self.outcome)
        rows = self.found.rows
        # Who stands between two lines is in the rows of both.
        counts = (rows.loc[rows["x"] >= 0, "unit"].nunique(), rows["unit"].nunique())
        effect, verdict, unit = self.found.effect, self.found.verdict, self.named("unit")
        doubts = sentences.doubts(self)
        return (site_line(self, names, effect, verdict, counts, doubts, unit=unit),)

    summary = sentences.summary
    scores = drawings.scores
    sample = sentences.sample
    lines = drawings.lines
    sides = drawings.sides
    effects = drawings.effects
    windows = drawings.windows
    nothing = drawings.nothing
    certainty = sentences.certainty
    truth = drawings.truth
