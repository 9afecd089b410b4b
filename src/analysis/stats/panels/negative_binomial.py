"""Two-way negative binomial models of counts with exposure, and a test of over-dispersion.

statsmodels' ``NegativeBinomial`` with dummies gives the same means, which a test holds. Leaving out
each of 20 regions took it 300 times as long (``benchmarks/methods.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from analysis.stats.panels.poisson import TwoWayPoisson, fit_two_way

CELLS = 4_000_000
"""Cells of fits computed together, which bounds memory."""
LARGEST = 50.0
"""Dispersions are looked for up to here."""


def fit_negative_binomial(
    counts: np.ndarray,
    exposure: np.ndarray,
    use: np.ndarray,
    weights: np.ndarray,
    dispersion: float,
    tolerance: float = 1e-9,
    iterations: int = 2000,
) -> TwoWayPoisson:
    """Effects of a model with variance μ + α μ², α given; one fit per weighting of regions.

    Each region and period effect in turn solves its likelihood equation
    ``Σ (y − μ)/(1 + α μ) = 0`` with the divisor held at its last value.

    Parameters
    ----------
    counts, exposure, use: shape (N, T). weights: shape (B, N). dispersion: α, 0 for Poisson.

    References
    ----------
    Cameron and Trivedi (2013), "Regression Analysis of Count Data", ch. 3.3 (NB2).
    """
    block = max(CELLS // counts.size, 1)
    if len(weights) > block:
        parts = [
            fit_negative_binomial(counts, exposure, use, some, dispersion, tolerance, iterations)
            for some in np.split(weights, range(block, len(weights), block))
        ]
        region, period, converged = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("region", "period", "converged")
        )
        return TwoWayPoisson(region, period, converged)
    first = fit_two_way(counts, exposure, use, weights, tolerance=1e-4)
    region, period = first.region, first.period
    observed, size = np.where(use, counts, 0.0), np.where(use, exposure, 0.0)
    converged = np.zeros(len(weights), dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for _ in range(iterations):
            mean = size * region[:, :, None] * period[:, None, :]
            share = 1 / (1 + dispersion * mean)
            region = region * (share * observed).sum(axis=2) / (share * mean).sum(axis=2)
            mean = size * region[:, :, None] * period[:, None, :]
            share = weights[:, :, None] / (1 + dispersion * mean)
            factor = (share * observed).sum(axis=1) / (share * mean).sum(axis=1)
            period = period * factor
            region, period = region * period[:, :1], period / period[:, :1]
            converged = np.abs(np.log(factor / factor[:, :1])).max(axis=1) < tolerance
            if converged.all():
                break
    return TwoWayPoisson(region, period, converged)


def fit_dispersion(counts: np.ndarray, exposure: np.ndarray, use: np.ndarray) -> float:
    """α of the highest likelihood, effects fitted anew for each; 0 where Poisson is as good."""
    every = np.ones((1, len(counts)))

    def loss(logarithm: float) -> float:
        alpha = float(np.exp(logarithm))
        fit = fit_negative_binomial(counts, exposure, use, every, alpha)
        mean = (exposure * fit.region[0][:, None] * fit.period[0])[use]
        return -_likelihood(counts[use], mean, alpha)

    bounds = (np.log(1e-8), np.log(LARGEST))
    found = scipy.optimize.minimize_scalar(
        loss, bounds=bounds, method="bounded", options={"xatol": 1e-6}
    )
    alpha = float(np.exp(found.x))
    return alpha if alpha > 1e-7 else 0.0


def _likelihood(counts: np.ndarray, mean: np.ndarray, alpha: float) -> float:
    known = mean > 0
    law = scipy.stats.nbinom(1 / alpha, 1 / (1 + alpha * mean[known]))
    return float(law.logpmf(counts[known]).sum())


@dataclass(frozen=True)
class Overdispersion:
    """Excess variance α in μ + α μ², its t statistic, and the chance of one as large if α = 0."""

    alpha: float
    statistic: float
    p_value: float


def overdispersion(counts: np.ndarray, mean: np.ndarray, estimated: int) -> Overdispersion:
    """Whether counts vary more than Poisson counts of these means would.

    ``((y − μ)² n/(n − k) − y)/μ`` is regressed on μ without a constant; k numbers behind the
    fitted means make squared residuals too small, hence the factor.

    Parameters
    ----------
    counts, mean: shape (n,), means above 0. estimated: k.

    References
    ----------
    Cameron and Trivedi (1990), "Regression-based tests for overdispersion in the Poisson
    model", Journal of Econometrics 46.
    """
    from statsmodels.regression.linear_model import OLS

    cells = len(counts)
    excess = ((counts - mean) ** 2 * cells / (cells - estimated) - counts) / mean
    fit = OLS(excess, mean).fit()
    # Counts that fit without any error vary less than Poisson counts, not more.
    statistic = float(fit.tvalues[0]) if fit.bse[0] > 0 else -np.inf
    return Overdispersion(float(fit.params[0]), statistic, float(scipy.stats.norm.sf(statistic)))
