"""Exact intervals of single counts, shares and ratios, as values with their limits."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.stats.pooling.rates import exact_limits


@dataclass(frozen=True)
class Interval:
    """A value with the limits of its interval."""

    value: float
    low: float
    high: float


def share_interval(successes: int, trials: int, level: float = 0.95) -> Interval:
    """A share with its exact binomial interval."""
    limits = exact_limits(successes, trials, level, "binomial")
    return Interval(successes / trials, float(limits.low), float(limits.high))


def rate_interval(count: int, exposure: float, level: float = 0.95) -> Interval:
    """A count per exposure with its exact Poisson interval."""
    limits = exact_limits(count, exposure, level, "poisson")
    return Interval(count / exposure, float(limits.low), float(limits.high))


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
