"""Which counts stand behind a reported percentage, and how far chance alone could carry it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.stats.pooling.exact import Interval, ratio_interval


@dataclass(frozen=True)
class ConsistentCounts:
    """Later counts that turn a baseline into the reported fall, and what they say of the rate.

    ``fall`` is the exact interval of the fall in the underlying rate: its value and limits are
    the widest over all later counts.
    """

    baseline: int
    fewest: int
    most: int
    fall: Interval


def consistent_counts(
    fall: float, precision: float, baseline: int, level: float = 0.95
) -> ConsistentCounts | None:
    """The later counts that print as the reported fall, or ``None`` where no whole number does.

    Parameters
    ----------
    fall: as printed, in per cent: 98 means 98 % fewer.
    precision: worth of its last digit, in per cent: 1 where 98 is printed without decimals.
    baseline: how many were counted before, over a window of the same length.
    """
    low, high = (1 - (fall + sign * precision / 2) / 100 for sign in (1, -1))
    fewest = max(0, math.ceil(baseline * low - 1e-9))
    most = math.floor(baseline * high + 1e-9)
    if fewest > most:
        return None
    best = ratio_interval(fewest, baseline, level)
    worst = ratio_interval(most, baseline, level)
    reported = Interval(1 - fewest / baseline, 1 - worst.high, 1 - best.low)
    return ConsistentCounts(baseline, fewest, most, reported)


def smallest_baseline(fall: float, precision: float, most: int = 100_000) -> int:
    """The smallest number before that can print as the fall with something left after.

    Without anything left after, the fall would be 100 %.
    """
    for baseline in range(1, most):
        found = consistent_counts(fall, precision, baseline)
        if found is not None and found.most > 0:
            return baseline
    return most


def smallest_whole(share: float, precision: float, most: int = 100_000) -> int | None:
    """The smallest whole of which some whole part prints as the share, or ``None``."""
    for whole in range(1, most):
        if whole_part(share, precision, whole) is not None:
            return whole
    return None


def whole_part(share: float, precision: float, whole: int) -> int | None:
    """A whole number of a whole that prints as the share in per cent, or ``None``."""
    low, high = ((share + sign * precision / 2) * whole / 100 for sign in (-1, 1))
    nearest = math.ceil(low - 1e-9)
    return nearest if nearest <= high + 1e-9 else None


def earlier_level(level: float, growth: float, precision: float, step: float) -> float | None:
    """An earlier level, in whole steps, from which the growth in per cent prints as reported."""
    exact = level / (1 + growth / 100) / step
    for candidate in (math.floor(exact), math.ceil(exact)):
        if candidate > 0:
            printed = 100 * (level / (candidate * step) - 1)
            if abs(printed - growth) <= precision / 2 + 1e-9:
                return candidate * step
    return None


def apparent_falls(
    rng: np.random.Generator, mean: float, dispersion: float, peak_share: float, draws: int
) -> np.ndarray:
    """Falls that appear from regression to the mean alone, where nothing changed.

    Windows have a constant mean. Counting starts after a window among the highest
    ``peak_share`` of all, and the next window, drawn afresh, is compared with it.

    Parameters
    ----------
    mean: mean count of a window.
    dispersion: variance is mean + dispersion × mean²; 0 for Poisson counts.
    peak_share: 1/12 for the highest month in twelve.

    Returns
    -------
    Falls as shares, 1 − after / before, shape (about draws × peak_share,).
    """
    before = _counts(rng, mean, dispersion, draws)
    order = np.argsort(before + rng.random(draws), kind="stable")  # ties are broken at random
    chosen = before[order[-max(1, round(draws * peak_share)) :]]
    chosen = chosen[chosen > 0]
    after = _counts(rng, mean, dispersion, chosen.size)
    falls: np.ndarray = 1 - after / chosen
    return falls


def _counts(rng: np.random.Generator, mean: float, dispersion: float, size: int) -> np.ndarray:
    if dispersion == 0:
        return rng.poisson(mean, size)
    return rng.poisson(mean * rng.gamma(1 / dispersion, dispersion, size))
