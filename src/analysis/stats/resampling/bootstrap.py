"""Wild, cluster and block bootstrap, and step-down adjustment of many tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from analysis.stats.panels.regression import two_way_slope, two_way_within

Weights = Literal["webb", "rademacher"]
BLOCK = 1000
"""Draws computed together, which bounds memory."""


@dataclass(frozen=True)
class Wild:
    """Bootstrap p-value of the null and the t statistics behind it, shape (B,)."""

    p_value: float
    statistic: float
    draws: np.ndarray


def wild_weights(clusters: int, draws: int, form: Weights, rng: np.random.Generator) -> np.ndarray:
    """Random factors of residuals by cluster; shape (draws, clusters), mean 0, variance 1.

    References
    ----------
    Webb (2023), "Reworking wild bootstrap-based inference for clustered errors", Canadian
    Journal of Economics 56: six points, for few clusters.
    """
    if form == "rademacher":
        return rng.choice(np.array([-1.0, 1.0]), (draws, clusters))
    points = np.sqrt(np.array([0.5, 1.0, 1.5]))
    return rng.choice(np.concatenate([-points, points]), (draws, clusters))


def wild_two_way(
    outcome: np.ndarray, treatment: np.ndarray, weights: np.ndarray, null: float = 0.0
) -> Wild:
    """Restricted wild cluster bootstrap of the two-way coefficient, clusters being regions.

    Residuals u under β = null are multiplied by one factor per region. The statistic of a draw
    needs only Σ_t d_it u_it and the period means of the draw, so that B draws on an (N, T) panel
    cost B·N·T operations and no refit.

    Parameters
    ----------
    outcome, treatment: shape (N, T), balanced. weights: shape (B, N).

    References
    ----------
    Cameron, Gelbach and Miller (2008), "Bootstrap-based improvements for inference with
    clustered errors", Review of Economics and Statistics 90; Roodman, Nielsen, MacKinnon and
    Webb (2019), "Fast and wild", Stata Journal 19.
    """
    d, y = two_way_within(treatment), two_way_within(outcome)
    total = float((d**2).sum())
    residual = y - null * d
    actual = _t_statistics(residual, d, total, np.ones((1, len(y))))[0]
    draws = np.concatenate(
        [
            _t_statistics(residual, d, total, weights[first : first + BLOCK])
            for first in range(0, len(weights), BLOCK)
        ]
    )
    extreme = np.abs(draws) >= abs(actual) * (1 - 1e-9)
    return Wild(float(extreme.mean()), float(actual), draws)


def _t_statistics(
    residual: np.ndarray, d: np.ndarray, total: float, weights: np.ndarray
) -> np.ndarray:
    """β*/se* of outcomes ``weights · residual``, without the constant factor both share."""
    own = (d * residual).sum(axis=1)
    value = weights @ own / total
    period = weights @ residual / len(residual)
    scores = weights * own - period @ d.T - value[:, None] * (d**2).sum(axis=1)
    return np.asarray(value * total / np.sqrt((scores**2).sum(axis=1)))


def wild_interval(
    outcome: np.ndarray, treatment: np.ndarray, weights: np.ndarray, level: float
) -> tuple[float, float]:
    """Coefficients that the bootstrap test does not reject at 1 − level."""
    slope = two_way_slope(outcome, treatment)

    def kept(null: float) -> float:
        return wild_two_way(outcome, treatment, weights, null).p_value - (1 - level)

    limits = []
    for side in (-1, 1):
        reach = 2 * side * slope.clustered
        while kept(slope.value + reach) > 0 and abs(reach) < 1e3 * slope.clustered:
            reach *= 1.5
        far = slope.value + reach
        limits.append(
            float(scipy.optimize.bisect(kept, slope.value, far, xtol=1e-5 * slope.clustered))
        )
    return limits[0], limits[1]


def cluster_counts(clusters: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """How often each cluster is drawn when as many are drawn anew with replacement.

    Shape (draws, clusters); rows are weights for any statistic that takes weights of clusters.

    References
    ----------
    Efron and Tibshirani (1993), "An Introduction to the Bootstrap", ch. 8.
    """
    return rng.multinomial(clusters, np.full(clusters, 1 / clusters), draws).astype(float)


def block_counts(periods: int, length: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """How often each period is drawn when blocks of neighbouring periods are drawn.

    The last period is followed by the first, so that all are as likely; the last block is cut
    where periods would be too many. Shape (draws, periods).

    References
    ----------
    Politis and Romano (1992), "A circular block-resampling procedure for stationary data".
    """
    blocks = -(-periods // length)
    start = rng.integers(0, periods, (draws, blocks, 1))
    chosen = ((start + np.arange(length)) % periods).reshape(draws, -1)[:, :periods]
    offset = chosen + periods * np.arange(draws)[:, None]
    counted = np.bincount(offset.ravel(), minlength=draws * periods)
    return counted.reshape(draws, periods).astype(float)


def bootstrap_limits(draws: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Percentile limits of statistics; draws of shape (B, K), limits of shape (K,)."""
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    return low, high


def romano_wolf(statistics: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """P-values of K tests adjusted so that any false finding is as rare as the level says.

    Parameters
    ----------
    statistics: shape (K,), t statistics. draws: shape (B, K), the same under their nulls,
        drawn together so that their dependence is kept. Returns shape (K,).

    References
    ----------
    Romano and Wolf (2016), "Efficient computation of adjusted p-values for resampling-based
    stepdown multiple testing", Statistics and Probability Letters 113.
    """
    order = np.argsort(-np.abs(statistics))
    sizes = np.abs(draws)[:, order]
    largest = np.maximum.accumulate(sizes[:, ::-1], axis=1)[:, ::-1]
    reached = (largest >= np.abs(statistics)[order]).sum(axis=0)
    stepped = np.maximum.accumulate((reached + 1) / (len(draws) + 1))
    adjusted = np.empty(len(statistics))
    adjusted[order] = stepped
    return adjusted
