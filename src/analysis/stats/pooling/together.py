"""One rate of all units together, honest where a few of them hold most of the size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from analysis.stats.pooling.rates import Family, exact_limits, noiseless_share
from analysis.stats.resampling.jackknife import t_critical

STEPS = 101
"""Quantiles at which the variance between units is taken."""


@dataclass(frozen=True)
class Together:
    """The rate with its interval, and how many units of equal size would weigh as these do.

    ``error`` is the standard error with which Student's t(N − 1) gives the wider side.
    """

    rate: float
    error: float
    low: float
    high: float
    effective: float


def pooled_rate(
    events: np.ndarray,
    size: np.ndarray,
    level: float,
    family: Family,
    noise: np.ndarray | float = 0.0,
) -> Together:
    """All events over all size, as a draw of units like these would give it.

    The error of log R is e(τ²)² = c/Σy + τ² Σ s_i², with s_i the share of size, τ² the variance of
    units' rates about their mean as a share of it, and c = 1 (Poisson) or 1 − R (binomial). What τ²
    is stays in doubt: limits are quantiles of the mixture of N(0, e(τ²)²) over its confidence
    distribution, the τ² whose Q equals a χ²(N − 1) variate, as in random-effects pooling. With
    equal sizes this is Cochran's t interval of a ratio. Residuals about R cannot give the error
    where one unit is most of R: with one of 10 holding 90 % of the size their interval missed in
    38 % of worlds without and 78 % with over-dispersion, this one in 0 and 6 %. It is never
    narrower than the exact interval of all events.

    Parameters
    ----------
    events, size: shape (N,), with some event. noise: variance that was added to each count.

    References
    ----------
    Cochran (1977), "Sampling Techniques", ch. 6; Nagashima, Noma and Furukawa (2019), Statistical
    Methods in Medical Research 28, for the distribution of τ².
    """
    total, units = float(events.sum()), len(events)
    rate, share = float(total / size.sum()), size / size.sum()
    kept = noiseless_share(rate * size, noise)
    between = _between(events / size / rate, 1 / (rate * size * kept), rate, family)
    all_kept = float(noiseless_share(np.array(total), np.sum(noise)))
    least = (1.0 if family == "poisson" else 1 - rate) / (total * all_kept)
    errors = np.sqrt(least + between * (share**2).sum())
    margin = _margin(errors, level)
    exact = exact_limits(total * all_kept, size.sum() * all_kept, level, family)
    low = min(rate * np.exp(-margin), float(exact.low))
    high = max(rate * np.exp(margin), float(exact.high))
    if family == "binomial":
        high = min(high, 1.0)
    error = rate * max(np.log(high / rate), np.log(rate / low)) / t_critical(level, units - 1)
    return Together(rate, float(error), float(low), float(high), float(1 / (share**2).sum()))


def _between(ratio: np.ndarray, chance: np.ndarray, rate: float, family: Family) -> np.ndarray:
    """τ² at quantiles of its confidence distribution; shape (STEPS,).

    Parameters
    ----------
    ratio: rates over R, shape (N,). chance: variance of each at a mean of 1 by chance (Poisson).
    """
    free = len(ratio) - 1
    highest = 100 * float(ratio.var() + chance.max())
    grid = np.concatenate([[0.0], highest * np.geomspace(1e-8, 1, 600)])
    mean = np.ones(len(grid))
    # Units have a mean of their own, which is not R where one of them is most of R.
    for _ in range(2):
        own = mean if family == "poisson" else mean * np.maximum(1 - mean * rate, 1e-9)
        weight = 1 / (own[:, None] * chance + grid[:, None])
        mean = np.maximum(weight @ ratio / weight.sum(axis=1), 0.2)
    statistic = (weight * (ratio - mean[:, None]) ** 2).sum(axis=1)
    quantiles = scipy.stats.chi2.ppf((np.arange(STEPS) + 0.5) / STEPS, free)
    falling = np.minimum.accumulate(statistic)
    found: np.ndarray = np.interp(-quantiles, -falling, grid / mean**2)
    return found


def _margin(errors: np.ndarray, level: float) -> float:
    """Half the width of the central interval of a mixture of normals with these errors."""
    if errors.max() == 0:
        return 0.0

    def beyond(margin: float) -> float:
        return float(scipy.special.ndtr(margin / errors).mean()) - (1 + level) / 2

    return float(scipy.optimize.brentq(beyond, 0.0, 40 * errors.max()))
