"""One region by its own course, and which change a region of its size could ever show."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.page.charts.lines import Line, Lines
from analysis.page.numbers import number_cell, percent_cell
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.alone.likeness import Likeness
from analysis.page.wording import joined
from analysis.result import Result
from analysis.verdicts.ratings import Estimating

WHAT_IF_WORDS = {
    "records": "{Outcome} a year",
    "fall": "Smallest fall found in four of five cases",
}


class OwnCourse(Likeness):
    """What a report shows of one region's interrupted series beside its likeness."""

    estimate: Estimating

    @property
    def course(self) -> pd.DataFrame:
        """The region alone, period by period, with all donors together as comparison."""
        return self.subject.course

    @cached_property
    def controlled(self) -> Result | None:
        """The interrupted series held against all donors together."""
        return self.subject.series(self.estimate, self.result.level, against=True)

    @cached_property
    def interrupted(self) -> Result | None:
        """The interrupted series of the region by itself."""
        return self.subject.series(self.estimate, self.result.level, against=False)

    def detectable(self, records: float | None = None) -> float | None:
        """A change that would be found in four of five such regions, or of ones of that size."""
        return self.subject.detectable(self.result.level, self.controlled, records)

    def series(self) -> Figure | Notes:
        """The region by itself: its own course before, carried on, and what was recorded."""
        say, found = self.say, self.interrupted
        if found is None:
            point = say(
                "No interrupted series: at least eight periods are needed on either side of the "
                "start ({before} before, {after} since), and counts without zeros."
            )
            return self.notes("series", say("Interrupted series"), point)
        up, scale, unit = self._rate()
        size = self.course["exposure"].to_numpy()
        rows = found.series["path"]
        keys = ("observed", "without")
        observed, without = (scale * np.array([r[key] for r in rows]) / size for key in keys)
        lines = (Line("early", self.name, self.shown(observed)),
                 Line("grey", say("own course carried on"), self.shown(without)))  # fmt: skip
        past = self.check("own_past", self.controlled or found).detail
        text = (
            "A trend and a level that may wander (statsmodels); what builds up slowly is partly "
            "taken for that. The same change against all others together, also tried at {tried} "
            "starts in its own past: as rare as {rank} in {among}."
            if past["among"] > 1
            else "A trend and a level that may wander (statsmodels); what builds up slowly is "
            "partly taken for that. The time before is too short to try the same change in its "
            "own past."
        )
        said = {key: self.number(past[key]) for key in ("rank", "among")}
        return Lines(lines, self._periods(), up, self._start()).figure(
            **self.plate("series"),
            title=say(
                "{name} by its own course: {value} ({likely})",
                value=self.change(found.headline.value),
                likely=self.likely_of(found.headline),
            ),
            caption=joined(
                self.language,
                say("In {unit}.", unit=unit),
                say(text, tried=self.number(past["among"] - 1), **said),
            ),
            alt=say("Two lines, {span}: {name}, and its own course carried on."),
        )

    def power_sentence(self) -> str:
        """The change that would have been found; blank where that cannot be told."""
        change = self.detectable()
        if change is None or self.subject.synthetic is None:
            return ""
        if self.counted:
            size = self.percent(1 - math.exp(-change), 0)
            return self.say(
                "A fall of {size} in a {region} like this one would be found in four cases out of "
                "five; a smaller one may well go unseen.",
                size=size,
            )
        return self.say(
            "A change of {size} in a {region} like this one would be found in four cases out of "
            "five; a smaller one may well go unseen.",
            size=self.amount(change),
        )

    def could_show(self, sizes: Iterable[int]) -> Table | Notes:
        """Which fall a region of so many records a year could ever show.

        Parameters
        ----------
        sizes: records a year; the change that the region itself would show where there are none.
        """
        say, plate = self.say, self.plate("what_if")
        known = self.counted and self.controlled and self.result.headline.standard_error
        changes = [(records, self.detectable(records)) for records in sizes if known]
        found = [(n, math.expm1(-change)) for n, change in changes if change is not None]
        title = say("What a single {region} could show")
        if not changes:
            point = self.power_sentence() or say(
                "Which change would be found cannot be told: too little is known to give an error."
            )
            return self.notes("what_if", title, point)
        falls = dict(found)
        cells = [
            [
                number_cell(n, self.language),
                percent_cell(falls[n], self.language) if n in falls else ("–", None),
            ]
            for n, _ in changes
        ]
        text = (
            "With {records} {outcome} a year, a fall of {fall} would be found in four of five cases"
            if found
            else "With so few {outcome} a year it cannot be told which fall would be found"
        )
        first = found[0] if found else (0, 0.0)
        caption = say(
            "For one {region} as {name} here, over the same periods and beside the same "
            "others, with other counts. A smaller fall is found less often, and is easily "
            "taken for chance."
        )
        if len(found) < len(changes):
            few = say(
                "–: cannot be told; such a fall could leave periods without any record, "
                "with which nothing is estimated."
            )
            caption = joined(self.language, caption, few)
        return Table(
            **plate,
            title=say(text, records=self.number(first[0]), fall=self.percent(-first[1], 0)),
            caption=caption,
            data=self.worded(WHAT_IF_WORDS, cells, ()),
        )
