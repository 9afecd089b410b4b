"""Pass rates of samples against what chance alone would allow around their common rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.data.published.comparisons import Compared
from analysis.stats.pooling.rates import funnel_limits

FUNNEL_LEVELS = (0.95, 0.998)
"""About two and three standard errors, the usual limits of a funnel."""


@dataclass(frozen=True)
class SampleFunnel:
    """Common pass rate, how many rates lie outside its inner limits, and the limits by size."""

    pooled: float
    outside: int
    sizes: np.ndarray
    limits: Sequence[tuple[np.ndarray, np.ndarray]]


def funnel_of(items: Sequence[Compared]) -> SampleFunnel:
    """The funnel of all samples whose result is printed."""
    given = [item for item in items if item.count is not None and item.value is not None]
    tested = np.array([round(item.figure.number) for item in given])
    if not given:
        return SampleFunnel(float("nan"), 0, tested, ())
    passed = np.array([item.count for item in given])
    pooled = float(passed.sum() / tested.sum())
    inner = funnel_limits(pooled, tested, FUNNEL_LEVELS[0], "binomial")
    rate = passed / tested
    outside = int(((rate < inner.low) | (rate > inner.high)).sum())
    sizes = np.unique(np.geomspace(10, 1.15 * tested.max(), 120).astype(int))
    limits = [funnel_limits(pooled, sizes, level, "binomial") for level in FUNNEL_LEVELS]
    return SampleFunnel(pooled, outside, sizes, [(limit.low, limit.high) for limit in limits])
