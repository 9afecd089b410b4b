"""One month of many series, held against their forecasts from the months before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import scipy

from analysis.stats.forecasts.course import Course, course_of
from analysis.stats.forecasts.series import Forecasts, forecast

BACK = 12
"""Months before over which ranges are held against what came."""
TOTAL_HELD = 0.93
"""Share of ranges of a total, and of steps, at 95 % that held in 350 worlds of seven kinds."""


class Expected(NamedTuple):
    """A range and what lies in its middle."""

    low: float
    high: float
    mean: float


@dataclass(frozen=True)
class Edition:
    """N series in one month, their forecasts and flags; K months of history before it.

    ``adjusted`` are p-values by Benjamini and Hochberg; ``flagged`` those up to the share asked
    for. ``history`` and ``weight`` (N, K) are what levels were made of, ``usual`` the factor of
    season and steps, (K + 1,). ``held`` is the share of the last year's ranges that held what came.
    """

    count: np.ndarray
    forecasts: Forecasts
    adjusted: np.ndarray
    flagged: np.ndarray
    history: np.ndarray
    weight: np.ndarray
    usual: np.ndarray
    held: float
    course: Course
    total_count: float
    total: Expected
    level: float
    share: float

    @property
    def mean(self) -> np.ndarray:
        """What each series was expected to hold; (N,)."""
        return self.forecasts.mean[:, -1]

    @property
    def low(self) -> np.ndarray:
        """From where on a count would lie within its range; (N,)."""
        return self.forecasts.low[:, -1]

    @property
    def high(self) -> np.ndarray:
        """Up to where; (N,)."""
        return self.forecasts.high[:, -1]

    def smallest(self, power: float) -> float:
        """The rise of a middling series, alone among all, that would be flagged with this power."""
        place = int(np.argsort(self.mean)[len(self.mean) // 2])
        mean, error = self.mean[place], np.sqrt(self.forecasts.variance[place, -1])
        counts = mean + np.arange(0.0, 20 * error + 50)
        p = self.forecasts.p_values_of(place, counts)
        first = counts[np.argmax(p <= self.share / len(self.mean))]
        # A higher mean strays more: by the same share beyond chance.
        reach = scipy.stats.norm.ppf(power) * error * np.sqrt(first / mean)
        return float((first + reach) / mean - 1)


@dataclass(frozen=True)
class Watched:
    """N series over T months: what they hold and what they share.

    ``counts``, ``noise``, ``usable`` (N, T) as :func:`forecast` takes them. ``total`` is of all,
    above zero, (T,); ``months`` 1 to 12, (T,); ``steps`` (T, S); ``entered`` the share of each
    month's records that is there by now, (T,).
    """

    counts: np.ndarray
    noise: np.ndarray
    usable: np.ndarray
    total: np.ndarray
    months: np.ndarray
    steps: np.ndarray
    entered: np.ndarray


def edition(given: Watched, at: int, level: float, share: float) -> Edition:
    """One month held against the months before it.

    Parameters
    ----------
    at: the place of the month. level: of ranges. share: of false flags among flags.
    """
    from statsmodels.stats.multitest import multipletests

    counts, usable, entered = given.counts, given.usable, given.entered
    course = course_of(given.total[:at] / entered[:at], given.months, given.steps)
    logs = course.log_mean + np.log(entered)
    course = replace(course, usual=course.usual * entered, log_mean=logs)
    end = slice(0, at + 1)
    own = replace(course, usual=course.usual[end], design=course.design[end])
    found = forecast(counts[:, end], given.noise[:, end], usable[:, end], own, level)
    p = found.p_values(counts[:, end])[:, -1]
    flagged, adjusted = multipletests(p, share, method="fdr_bh")[:2]
    past = slice(max(at - BACK, 0), at)
    told = usable[:, past] & np.isfinite(found.low[:, past])
    inside = (found.low[:, past] <= counts[:, past]) & (counts[:, past] <= found.high[:, past])
    low, high = course.limits(level)
    return Edition(
        counts[:, at],
        found,
        adjusted,
        flagged,
        counts[:, :at],
        usable[:, :at] * found.discount ** np.arange(at - 1, -1, -1.0),
        own.usual,
        float(inside[told].mean()),
        course,
        float(given.total[at]),
        Expected(float(low[at]), float(high[at]), float(np.exp(course.log_mean[at]))),
        level,
        share,
    )
