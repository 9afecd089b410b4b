"""Least squares with region and period effects on a balanced panel.

statsmodels' ``OLS`` with a dummy per region and period gives the same numbers, which a test holds,
and takes thousands of times as long and a column per region (``benchmarks/methods.py``); the
notebook on an intervention's effect says one of them again in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Slope:
    """One coefficient with its conventional and its clustered standard error."""

    value: float
    conventional: float
    clustered: float


def two_way_within(matrix: np.ndarray) -> np.ndarray:
    """Deviations from region and period means of a balanced (N, T) array."""
    centred: np.ndarray = (
        matrix
        - matrix.mean(axis=1, keepdims=True)
        - matrix.mean(axis=0, keepdims=True)
        + matrix.mean()
    )
    return centred


def two_way_slope(
    outcome: np.ndarray,
    treatment: np.ndarray,
    clusters: np.ndarray | None = None,
    *,
    nested: bool = False,
) -> Slope:
    """Coefficient of treatment with region and period effects.

    Parameters
    ----------
    outcome, treatment: shape (N, T), balanced. clusters: shape (N,), from 0; by default regions.
    nested: leave region effects out of the small-sample factor, as they lie within clusters.

    References
    ----------
    Wooldridge (2010), "Econometric Analysis of Cross Section and Panel Data", ch. 10.
    """
    estimated = sum(outcome.shape)
    within = two_way_within(outcome), two_way_within(treatment)
    return _slope(*within, estimated, clusters, nested=nested)


def first_difference_slope(
    outcome: np.ndarray, treatment: np.ndarray, clusters: np.ndarray | None = None
) -> Slope:
    """Coefficient of the change in treatment on the change in outcome, with period effects.

    Parameters
    ----------
    outcome, treatment: shape (N, T), balanced.
    """
    y, d = np.diff(outcome, axis=1), np.diff(treatment, axis=1)
    return _slope(y - y.mean(axis=0), d - d.mean(axis=0), y.shape[1] + 1, clusters)


def by_cluster(scores: np.ndarray, clusters: np.ndarray | None) -> np.ndarray:
    """Sums of columns, one a region, over clusters; from shape (…, N) to (…, G)."""
    if clusters is None:
        return scores
    member = clusters[:, None] == np.arange(int(clusters.max()) + 1)
    return np.asarray(scores @ member.astype(float))


def _slope(
    y: np.ndarray,
    d: np.ndarray,
    estimated: int,
    clusters: np.ndarray | None = None,
    *,
    nested: bool = False,
) -> Slope:
    """Least squares of y on d, both with effects already taken out, errors by cluster.

    ``estimated`` numbers were estimated in all; with ``nested`` the region effects among them do
    not count in the clustered error.
    """
    regions = y.shape[0]
    total = float((d**2).sum())
    value = float((d * y).sum()) / total
    residual = y - value * d
    conventional = np.sqrt((residual**2).sum() / (y.size - estimated) / total)
    free = y.size - estimated + (regions - 1 if nested else 0)
    scores = by_cluster((d * residual).sum(axis=1), clusters)
    correction = len(scores) / (len(scores) - 1) * (y.size - 1) / free
    clustered = np.sqrt(correction * (scores**2).sum()) / total
    return Slope(value, float(conventional), float(clustered))


def absorb(
    matrix: np.ndarray,
    weights: np.ndarray,
    groups: np.ndarray,
    tolerance: float = 1e-12,
    iterations: int = 2000,
) -> np.ndarray:
    """What region effects and group-by-period effects leave of a balanced array; shape (N, T).

    Weighted means of regions and of groups in a period are taken out in turn until nothing
    moves; where weights do not change over time two rounds suffice.

    Parameters
    ----------
    matrix, weights: shape (N, T). groups: shape (N,), whole numbers from 0.

    Raises
    ------
    ValueError: the rounds did not settle.
    """
    member = (groups == np.arange(int(groups.max()) + 1)[:, None]).astype(float)
    by_region = weights.sum(axis=1, keepdims=True)
    by_period = member @ weights
    left: np.ndarray = matrix - (weights * matrix).sum(axis=1, keepdims=True) / by_region
    scale = max(float(np.abs(left).max()), np.finfo(float).tiny)
    for _ in range(iterations):
        left = left - (member @ (weights * left) / by_period)[groups]
        shift = (weights * left).sum(axis=1, keepdims=True) / by_region
        left = left - shift
        if float(np.abs(shift).max()) <= tolerance * scale:
            return left
    raise ValueError(f"effects did not settle in {iterations} rounds")


def weighted_slope(
    outcome: np.ndarray,
    treatment: np.ndarray,
    weights: np.ndarray,
    groups: np.ndarray,
    controls: tuple[np.ndarray, ...] = (),
    nested: bool = False,
    clusters: np.ndarray | None = None,
) -> Slope:
    """Coefficient of treatment with region effects, group-by-period effects and controls.

    Parameters
    ----------
    outcome, treatment, weights, each of controls: shape (N, T). groups: shape (N,), from 0.
    nested: leave region effects out of the small-sample factor, as they lie within clusters.

    Raises
    ------
    ValueError: effects did not settle, or treatment does not vary beside effects and controls.

    References
    ----------
    Frisch and Waugh (1933) for taking out effects first; Cameron and Miller (2015), "A
    practitioner's guide to cluster-robust inference", Journal of Human Resources 50, section
    IIIA for effects nested in clusters.
    """
    root = np.sqrt(weights)
    y, d, *others = (root * absorb(m, weights, groups) for m in (outcome, treatment, *controls))
    spread = float((d**2).sum())
    columns = np.column_stack([x.ravel() for x in others]) if others else np.empty((y.size, 0))
    fitted, _, rank, _ = np.linalg.lstsq(columns, np.stack([y.ravel(), d.ravel()], axis=1))
    y, d = (m - (columns @ fitted[:, k]).reshape(y.shape) for k, m in enumerate((y, d)))
    total = float((d**2).sum())
    if total <= 1e-10 * max(spread, float((weights * treatment**2).sum())):
        raise ValueError("treatment does not vary beside effects and controls")
    regions, periods = outcome.shape
    estimated = regions + (int(groups.max()) + 1) * (periods - 1) + int(rank) + 1
    return _slope(y, d, estimated, clusters, nested=nested)
