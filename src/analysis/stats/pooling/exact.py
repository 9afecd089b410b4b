"""Exact intervals of single counts, shares and ratios, as values with their limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

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


def two_digits(found: Interval) -> Interval:
    """A share to two digits; its limits are rounded outwards, so that they hold what they held."""
    return Interval(
        _to_two(found.value, round), _to_two(found.low, math.floor), _to_two(found.high, math.ceil)
    )


def _to_two(share: float, whole: Callable[[float], int]) -> float:
    if share <= 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(share)) - 1)
    # Ten decimals: a quotient is a whole number only nearly.
    return float(f"{whole(round(share / step, 10)) * step:.2g}")


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


def weighted_share(
    failed: np.ndarray, taken: np.ndarray, weight: np.ndarray, level: float = 0.95
) -> Interval:
    """A share over strata that count by their weights, with limits for its effective size.

    The size is that of a simple sample with the same variance, never more than unequal weights
    leave (Kish). The variance is that of shares with half a sample more of each result: of few
    samples often none or all fail, and such a stratum would seem to vary not at all. Limits cover
    about as often as they say, and are not exact.

    Parameters
    ----------
    failed, taken, weight: shape (S,); weights add up to 1, and every stratum has a sample.

    References
    ----------
    Korn and Graubard (1998), "Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data", Survey Methodology 24; Kish (1965), "Survey
    Sampling".
    """
    share = failed / taken
    value = float(weight @ share)
    likely = (failed + 0.5) / (taken + 1)
    variance = float(weight**2 @ (likely * (1 - likely) / np.maximum(taken - 1, 1)))
    kish = 1 / float(weight**2 @ (1 / taken))
    mean = float(weight @ likely)
    size = min(mean * (1 - mean) / variance, kish)
    limits = exact_limits(value * size, size, level, "binomial")
    return Interval(value, float(limits.low), float(limits.high))


def batches_to_tell(good: float, bad: float, level: float, power: float, most: int = 20_000) -> int:
    """The fewest samples of which a number of failing ones tells two shares apart; 0 for none.

    The share of failing ones is 1 − ``good`` or 1 − ``bad``. Above so many failing ones the better
    lies outside of the exact range at ``level``, which leaves (1 − ``level``) / 2 at each side:
    that happens in at least ``power`` of samples of the worse.
    """
    low, high = 0, most
    if not _tells(high, good, bad, level, power):
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _tells(middle, good, bad, level, power) else (middle, high)
    return high


def _tells(size: int, good: float, bad: float, level: float, power: float) -> bool:
    """Whether samples of this size, and of any up to a tenth more, tell the two shares apart.

    Whole numbers make power fall a little at some larger sizes.
    """
    sizes = np.arange(size, size + max(size // 10, 1))
    limit = scipy.stats.binom.ppf((1 + level) / 2, sizes, 1 - good)
    return bool((scipy.stats.binom.sf(limit, sizes, 1 - bad) >= power).all())
