"""Counties counted by month, with and without something new, for tests of forecasts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.disclosure.noise import Noise, noise_table
from analysis.simulated.incidents import SEASON
from analysis.stats.forecasts.edition import Watched


def watched_world(
    rng: np.random.Generator,
    *,
    counties: int = 120,
    months: int = 49,
    mean: float = 25.0,
    beyond: float = 0.03,
    own: float = 0.08,
    shared: float = 0.04,
    uneven: float = 0.0,
    protected: bool = True,
    growth: float = 0.0,
) -> Watched:
    """Negative binomial counts as the simulated province has them, with a step at month 12.

    Parameters
    ----------
    own, shared: of a county and of ten of them, the spread of noise that lasts. uneven: spread of
        the spreads. protected: with the noise of the store. growth: a month, in log points.
    """
    shape, along = (counties, months), np.arange(months)
    step = (along >= 12).astype(float)
    level = np.log(mean) + rng.normal(0, 0.35, (counties, 1)) + growth * along
    stray = _lasting(rng, shape, own) * rng.lognormal(0, uneven, (counties, 1))
    together = _lasting(rng, (counties // 10 + 1, months), shared)[np.arange(counties) // 10]
    rate = np.exp(level + SEASON[along % 12] + 0.06 * step + stray + together)
    counts = rng.poisson(rate * (rng.gamma(1 / beyond, beyond, shape) if beyond else 1.0))
    noise = np.zeros(shape)
    if protected:
        setting = Noise()
        table = noise_table(setting.variance, setting.bound, setting.threshold)
        drawn = (table[np.minimum(counts, setting.bound + 1)] < rng.random((*shape, 1))).sum(-1)
        noise = np.where(counts > 0, float(setting.variance), 0.0)
        counts = np.where(counts > 0, counts + drawn - setting.bound, 0)
    counts = counts.astype(float)
    return Watched(
        counts, noise, np.ones(shape, dtype=bool), np.maximum(counts.sum(axis=0), 0.5),
        along % 12 + 1, step[:, None], np.ones(months),
    )  # fmt: skip


def jumped(world: Watched, many: int, factor: float) -> Watched:
    """The first counties hold so many times as much in the last month."""
    counts = world.counts.copy()
    counts[:many, -1] = np.round(counts[:many, -1] * factor)
    return replace(world, counts=counts, total=np.maximum(counts.sum(axis=0), 0.5))


def _lasting(rng: np.random.Generator, shape: tuple[int, int], size: float) -> np.ndarray:
    """Noise of which two fifths last from month to month."""
    noise = rng.normal(0, size, shape)
    for month in range(1, shape[1]):
        noise[:, month] = 0.4 * noise[:, month - 1] + np.sqrt(1 - 0.16) * noise[:, month]
    return noise
