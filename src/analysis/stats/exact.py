"""Exact intervals of counts and shares, and the limits of a funnel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import proportion_confint


@dataclass(frozen=True)
class Interval:
    """A value with the limits of its interval."""

    value: float
    low: float
    high: float


def share_interval(successes: int, trials: int, level: float = 0.95) -> Interval:
    """A share with its exact binomial interval.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26.
    """
    low, high = proportion_confint(successes, trials, alpha=1 - level, method="beta")
    return Interval(successes / trials, float(low), float(high))


def rate_interval(count: int, exposure: float, level: float = 0.95) -> Interval:
    """A count per exposure with its exact Poisson interval.

    References
    ----------
    Garwood (1936), Biometrika 28.
    """
    tail = (1 - level) / 2
    low = stats.chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    high = stats.chi2.ppf(1 - tail, 2 * count + 2) / 2
    return Interval(count / exposure, float(low) / exposure, float(high) / exposure)


def ratio_interval(after: int, before: int, level: float = 0.95) -> Interval:
    """The ratio of two Poisson counts over equal exposures, with its exact interval.

    Given their sum the later count is binomial, so that limits of its share are limits of the
    ratio. The upper limit is infinite where nothing was counted before.

    References
    ----------
    Przyborowski and Wilenski (1940), Biometrika 31.
    """
    share = share_interval(after, after + before, level)
    ratio = after / before if before else float("inf")
    high = share.high / (1 - share.high) if share.high < 1 else float("inf")
    return Interval(ratio, share.low / (1 - share.low), high)


def funnel_limits(
    trials: np.ndarray, share: float, levels: tuple[float, ...] = (0.95, 0.998)
) -> dict[float, tuple[np.ndarray, np.ndarray]]:
    """Between which shares chance alone would keep samples of each size, by level.

    Parameters
    ----------
    trials: whole numbers, shape (N,).
    share: the common share that all samples are compared with.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, with exact binomial quantiles.
    """
    limits = {}
    for level in levels:
        tail = (1 - level) / 2
        low = stats.binom.ppf(tail, trials, share) / trials
        high = stats.binom.ppf(1 - tail, trials, share) / trials
        limits[level] = (low, high)
    return limits
