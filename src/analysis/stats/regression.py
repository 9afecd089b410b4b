"""Least squares with region and period effects on a balanced panel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Slope:
    """One coefficient with its conventional and its region-clustered standard error."""

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


def two_way_slope(outcome: np.ndarray, treatment: np.ndarray) -> Slope:
    """Coefficient of treatment with region and period effects.

    Parameters
    ----------
    outcome, treatment: shape (N, T), balanced.

    References
    ----------
    Wooldridge (2010), "Econometric Analysis of Cross Section and Panel Data", ch. 10.
    """
    regions, periods = outcome.shape
    used = regions + periods - 1
    return _slope(two_way_within(outcome), two_way_within(treatment), used)


def first_difference_slope(outcome: np.ndarray, treatment: np.ndarray) -> Slope:
    """Coefficient of the change in treatment on the change in outcome, with period effects.

    Parameters
    ----------
    outcome, treatment: shape (N, T), balanced.
    """
    y, d = np.diff(outcome, axis=1), np.diff(treatment, axis=1)
    return _slope(y - y.mean(axis=0), d - d.mean(axis=0), used=y.shape[1])


def _slope(y: np.ndarray, d: np.ndarray, used: int) -> Slope:
    """Least squares of y on d, both with effects already taken out; ``used`` effects in all."""
    regions = y.shape[0]
    total = float((d**2).sum())
    value = float((d * y).sum()) / total
    residual = y - value * d
    free = y.size - used - 1
    conventional = np.sqrt((residual**2).sum() / free / total)
    scores = (d * residual).sum(axis=1)
    correction = regions / (regions - 1) * (y.size - 1) / free
    clustered = np.sqrt(correction * (scores**2).sum()) / total
    return Slope(value, float(conventional), float(clustered))
