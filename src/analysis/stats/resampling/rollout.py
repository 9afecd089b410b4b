"""Inference from the order in which regions adopted, as one of the orders that could have been."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.stats.resampling.assignments import (
    Assignments,
    share_as_far,
    unrejected_effects,
)

BLOCK = 500
"""Orders computed together, which bounds memory."""


@dataclass(frozen=True)
class Linear:
    """What each region would add to the estimate in each cohort; shape (N, C)."""

    outcome: np.ndarray
    effect: np.ndarray
    """The same of the actual treatment: what a constant effect of 1 adds."""


def cohort_weights(
    labels: np.ndarray,
    size: np.ndarray,
    periods: int,
    chosen: np.ndarray,
    never_only: bool,
    anticipation: int,
) -> np.ndarray:
    """Weights of a cohort's regions by period in an average of ATT(g, t); shape (C, T).

    Parameters
    ----------
    labels: shape (C,), first treated period, 0 for never. size: shape (C,), regions.
    chosen: shape (C, T), which ATT(g, t) are averaged, weighted by the cohort's size.

    References
    ----------
    Roth and Sant'Anna (2023), "Efficient estimation for staggered rollout designs", Journal of
    Political Economy Microeconomics 1, for such estimators as sums over randomly drawn cohorts.
    """
    labels = np.asarray(labels, dtype=int)
    weights, total = np.zeros((len(labels), periods)), 0.0
    for own, start in enumerate(labels):
        base = int(start) - 1 - anticipation
        if start == 0 or base < 1:
            continue
        for t in np.flatnonzero(chosen[own]):
            later = labels > max(int(t) + 1, base) + anticipation
            others = (labels == 0) | (later & (not never_only))
            others[own] = False
            if not others.any():
                continue
            share = np.where(others, 1.0, 0.0) / size[others].sum()
            gap = -share
            gap[own] = 1 / size[own]
            weights[:, t] += size[own] * gap
            weights[:, base - 1] -= size[own] * gap
            total += size[own]
    return weights / total


@dataclass(frozen=True)
class Moments:
    """Sums over each cohort of what its regions add, in each order; all of shape (B, C).

    ``y`` is the outcome's part and ``e`` that of an effect of 1, so that the statistic under any
    constant effect costs no further look at the regions. ``size`` has shape (C,).
    """

    size: np.ndarray
    y: np.ndarray
    e: np.ndarray
    yy: np.ndarray
    ye: np.ndarray
    ee: np.ndarray

    def statistics(self, effect: float) -> tuple[np.ndarray, np.ndarray]:
        """The estimate of outcomes less the effect, and its Neyman variance; both (B,)."""
        total = self.y - effect * self.e
        squares = self.yy - 2 * effect * self.ye + effect**2 * self.ee
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = self.size * (squares - total**2 / self.size) / (self.size - 1)
        return total.sum(axis=1), np.maximum(variance, 0.0).sum(axis=1)


def rollout_moments(linear: Linear, orders: Assignments) -> Moments:
    """Sums over cohorts in every order, a block of orders at a time."""
    cohorts, regions = linear.outcome.shape[1], np.arange(orders.given.shape[1])
    sums = np.empty((5, len(orders.given), cohorts))
    for first in range(0, len(orders.given), BLOCK):
        block = orders.given[first : first + BLOCK]
        y, e = linear.outcome[regions, block], linear.effect[regions, block]
        for label in range(cohorts):
            member = (block == label).astype(float)
            parts = (y, e, y * y, y * e, e * e)
            for place, part in enumerate(parts):
                found = np.einsum("bn,bn->b", part, member)
                sums[place, first : first + BLOCK, label] = found
    size = np.bincount(orders.given[0], minlength=cohorts).astype(float)
    return Moments(size, *sums)


def order_p_value(moments: Moments, effect: float, studentised: bool) -> float:
    """Share of orders whose statistic is as far from 0 if every effect were ``effect``."""
    estimate, variance = moments.statistics(effect)
    if studentised:
        with np.errstate(divide="ignore", invalid="ignore"):
            estimate = np.nan_to_num(estimate / np.sqrt(variance), posinf=1e300, neginf=-1e300)
    return share_as_far(estimate)


def order_interval(moments: Moments, level: float, studentised: bool) -> tuple[float, float]:
    """Constant effects that the test does not reject at 1 − level.

    Raises
    ------
    ValueError: there are too few orders ever to reject at this level.
    """
    value, variance = moments.statistics(0.0)
    spread = float(np.sqrt(variance[0]))
    step = spread if np.isfinite(spread) and spread > 0 else float(value.std()) or 1.0

    def excess(effect: float) -> float:
        p_value = order_p_value(moments, effect, studentised)
        return p_value - (1 - level) - 0.5 / len(value)

    try:
        return unrejected_effects(
            excess, float(value[0]), step, widen=1.7, most=1e3, tolerance=1e-5
        )
    except ValueError as error:
        raise ValueError(f"{len(value)} possible orders {error}") from None
