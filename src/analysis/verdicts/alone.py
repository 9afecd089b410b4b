"""The verdict on one region that acted alone, from a synthetic control and its own course.

A direction is claimed where the likely range of the synthetic control leaves out no change and the
interrupted series against all others together does so, too, at ``SECOND``, on the same side. Of one
region certainty is never more than low.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import scipy

from analysis.data.frames.panels.panel import Panel
from analysis.errors import AnalysisError
from analysis.methods import its
from analysis.result import Result
from analysis.stats.resampling.jackknife import t_critical
from analysis.verdicts.ratings import Estimating
from analysis.verdicts.rule import Key, Verdict

SECOND = 0.9
"""Level at which a second estimate, with a course of its own, must leave out no change."""
POWER = 0.8
SEASONS = {"quarter": 4, "month": 12}


@dataclass(frozen=True)
class Single:
    """One region, its donors, from protected counts, and what is estimated of it.

    ``start`` is its first period under the intervention; ``synthetic`` is ``None`` where too little
    is known before it. ``plain`` is difference-in-differences with all donors alike. ``acted`` is
    how many others began within the data, and are neither it nor its donors.
    """

    panel: Panel
    code: str
    start: int
    plain: Result
    synthetic: Result | None
    acted: int = 0

    @property
    def result(self) -> Result:
        """The synthetic control; where nothing can be matched, the plain comparison."""
        return self.synthetic or self.plain

    @cached_property
    def course(self) -> pd.DataFrame:
        """The region alone, period by period, with all donors together as comparison."""
        panel, frame = self.panel, self.panel.frame
        treated = frame["region"] == self.code
        others = frame[~treated].groupby("period")
        own = frame[treated].reset_index(drop=True)
        value = own[panel.measured]
        together = others[panel.measured].sum() / others["exposure"].sum()
        comparison = together if panel.counted else others[panel.measured].mean()
        after = (own["period"] >= self.start).astype(int)
        exposure = own["exposure"] if panel.counted else 1.0
        found = {"period": own["period"], "value": value, "after": after, "exposure": exposure}
        return pd.DataFrame(found).assign(comparison=comparison.to_numpy())

    def series(self, estimate: Estimating, level: float, against: bool) -> Result | None:
        """Its interrupted series, against all donors together or by itself; none if too short."""
        frame = self.course if against else self.course.drop(columns="comparison")
        model = "log" if self.panel.counted else "linear"
        asked = {"model": model, "slope": False, "errors": "local_level"}
        seasons = 0 if against else SEASONS.get(self.panel.frequency, 0)
        try:
            return estimate(its.METHOD, frame, level=level, seasons=seasons, **asked)
        except AnalysisError:  # too few periods, or a zero: this part alone is left out
            return None

    def claimed(self, controlled: Result | None) -> int:
        """The direction that both estimates have: −1, 1, or 0 for none."""
        found = self.synthetic and self.synthetic.headline
        if not found or found.low is None or found.high is None:
            return 0
        side = int(found.low > 0) - int(found.high < 0)
        return side if side == _side(controlled) else 0

    def chance(self, controlled: Result | None) -> float | None:
        """p of a direction: the larger of the synthetic control's and of the other's on that side.

        Below 1 − level just where a direction is claimed, at the usual 95 %. 1 without a second
        estimate on that side, none where the first has no error.
        """
        own = _tail(self.synthetic)
        if self.synthetic is None or own is None:
            return None
        second = _tail(controlled)
        if controlled is None or second is None:
            return 1.0
        agree = self.synthetic.headline.value * controlled.headline.value > 0
        return max(2 * own, second) if agree else 1.0

    def verdict(self, controlled: Result | None) -> Verdict:
        """The same as other reports have it: what is too short cannot be told."""
        counts: dict[int, Key] = {-1: "fewer", 1: "more"}
        levels: dict[int, Key] = {-1: "lower", 1: "higher"}
        side = self.claimed(controlled)
        keys = counts if self.panel.counted else levels
        return Verdict(keys[side], "low") if side else Verdict("cannot_tell")

    def detectable(self, level: float, records: float | None = None) -> float | None:
        """A change that would be found in four of five regions like this one, or of that size.

        In the unit of the estimate. The noise to be expected of a region of so many records a year
        is that of this one with other counts.
        """
        error = self.result.headline.standard_error
        (noise,) = (check.value for check in self.result.checks if check.name == "noise")
        if error is None or noise is None:
            return None
        own = self.course[self.course["after"] == 0]["value"]
        square = noise**2
        if records is not None:
            square += self.panel.per_year / records - float((1 / own).mean())
        degrees = self.result.options["degrees"]
        needed = t_critical(level, degrees) + scipy.stats.t.ppf(POWER, degrees)
        return float(needed * error * math.sqrt(max(square, 0.0)) / noise)


def _tail(result: Result | None) -> float | None:
    """How rarely chance alone leads as far on one side, by Student's t; none without an error."""
    if result is None or not result.headline.standard_error:
        return None
    own = result.headline
    size = abs(own.value) / result.headline.standard_error
    return float(scipy.stats.t.sf(size, result.options["degrees"]))


def _side(controlled: Result | None) -> int:
    """On which side of no change the controlled series lies at ``SECOND``; 0 on both."""
    if controlled is None:
        return 0
    found = controlled.headline
    margin = (found.standard_error or 0) * t_critical(SECOND, controlled.options["degrees"])
    return int(found.value > margin) - int(found.value < -margin)
