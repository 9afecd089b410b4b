"""The verdict on one region that acted alone, from a synthetic control and its own course.

A direction is claimed where the likely range of the synthetic control leaves out no change and the
interrupted series against all others together does so, too, at ``SECOND``, on the same side. Of one
region certainty is never more than low.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
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
NO_RECORDS = 0.05
"""Chance of a period without any record beyond which nothing is said of what would be found: with
.2 what was said to be claimed in .8 was claimed in .4 of worlds with 40 records a year."""
LARGEST_FALL = 6.0
"""In log points, beyond which none is looked for."""
LEANS = 2.0
"""So many times does the noise of small counts count in a series whose level may wander, which
leans on the periods about the start: with 50 records a year, what was said to be claimed in .8 was
claimed in .5 of worlds without it, and in .7 with it."""
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

    def detectable(
        self, level: float, controlled: Result | None, records: float | None = None
    ) -> float | None:
        """The fall that would be claimed in four of five regions like this one, or of that size.

        In the unit of the estimate: what the range needs, or what the second look does, whichever
        is more. ``None`` where no direction could be claimed, or where a period without any record,
        with which nothing is estimated, is likelier than ``NO_RECORDS``.
        """
        error = self.result.headline.standard_error
        noise = next((check.value for check in self.result.checks if check.name == "noise"), None)
        second = controlled.headline.standard_error if controlled else None
        if not error or not noise or not controlled or not second:
            return None
        looks = (Needs(level, self.result.degrees), Needs(SECOND, controlled.degrees))
        if not self.panel.counted:
            return max(look.size(e, e) for look, e in zip(looks, (error, second), strict=True))
        before = (self.course["after"] == 0).to_numpy()
        periods = int(before.sum()), int((~before).sum())
        own = float(1 / (1 / self.course["value"][before]).mean())
        mean = own if records is None else records / self.panel.per_year
        beyond = _of_log(mean) - _of_log(own)
        first = error**2 * max(1 + beyond / noise**2, 0.0)
        beyond *= sum(1 / n for n in periods) * (LEANS if beyond > 0 else 1)
        other = max(second**2 + beyond, 0.0)
        # Without the intervention it would have gone as all others together went.
        course = (self.course["comparison"] * self.course["exposure"]).to_numpy()
        course = mean * course / course[before].mean()
        for size in np.linspace(0, LARGEST_FALL, 3001):
            left = course * np.where(before, 1.0, math.exp(-size))
            more = float(_of_log(left[~before]).mean() - _of_log(mean)) / periods[1]
            # Placebos show the noise of the time before, a series that of all its periods.
            own_then, other_then = max(first + more, 0.0), max(other + more, 0.0)
            shown = (first, own_then), (other_then, other_then)
            needed = (n.size(*map(math.sqrt, pair)) for n, pair in zip(looks, shown, strict=True))
            if size >= max(needed):
                none = 1 - float(np.prod(1 - np.exp(-left)))
                return float(size) if none <= NO_RECORDS else None
        return None


@dataclass(frozen=True)
class Needs:
    """What a look needs: its level, and Student's degrees of freedom."""

    level: float
    degrees: float

    def size(self, shown: float, error: float) -> float:
        """What it finds, with the error it shows and the one it has."""
        return self.bounds[0] * shown + self.bounds[1] * error

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """Quantiles of its own, and of being found.

        Errors of two looks are their own: each must be found oftener, that both are in four of
        five.
        """
        oftener = float(scipy.stats.t.ppf(math.sqrt(POWER), self.degrees))
        return t_critical(self.level, self.degrees), oftener


def _of_log(mean: Any) -> Any:
    """Variance of the log of a Poisson count of this mean, or of these, to the second order."""
    return (1 + 1.5 / mean) / mean


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
