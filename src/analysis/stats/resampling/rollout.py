"""Inference from the order in which regions adopted, as one of the orders that could have been."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.stats.resampling.assignments import Assignments, share_as_far, unrejected_effects

BLOCK = 500
"""Orders computed together, which bounds memory."""


@dataclass(frozen=True)
class Linear:
    """What each region would add to the estimate in each cohort; all of shape (N, C).

    ``outcome`` is the part of the periods compared, ``base`` that of the base periods before, and
    ``effect`` and ``base_effect`` what a constant effect of 1, where regions really were treated,
    adds to them.
    """

    outcome: np.ndarray
    base: np.ndarray
    effect: np.ndarray
    base_effect: np.ndarray


def cohort_weights(
    labels: np.ndarray,
    size: np.ndarray,
    periods: int,
    chosen: np.ndarray,
    never_only: bool,
    anticipation: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Weights of a cohort's regions by period in an average of ATT(g, t); both of shape (C, T).

    First those of the periods t, then those of the base periods b, which are to be taken off.

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
    weights, bases, total = *np.zeros((2, len(labels), periods)), 0.0
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
            bases[:, base - 1] += size[own] * gap
            total += size[own]
    return weights / total, bases / total


@dataclass(frozen=True)
class Moments:
    """Sums over each cohort of what its regions add, in each order, and of the products of it.

    ``sums`` has shape (4, B, C), for the parts of ``Linear``, ``products`` (4, 4, B, C), ``size``
    (C,): the statistic under any constant effect costs no further look at the regions.

    With ``efficient`` the base is not taken off as it is but times β = Cov(outcome, base) /
    Var(base), which under a drawn order makes the variance smallest; β = 1 is the difference in
    differences.

    References
    ----------
    Roth and Sant'Anna (2023), "Efficient estimation for staggered rollout designs", Journal of
    Political Economy Microeconomics 1, section 2.
    """

    size: np.ndarray
    sums: np.ndarray
    products: np.ndarray
    efficient: bool = False

    def statistics(self, effect: float) -> tuple[np.ndarray, np.ndarray]:
        """The estimate of outcomes less the effect, and its Neyman variance; both (B,)."""
        first, base = np.array([[1.0, 0.0, -effect, 0.0], [0.0, 1.0, 0.0, -effect]])
        if not self.efficient:
            whole = first - base
            estimate = np.einsum("k,kbc->b", whole, self.sums)
            return estimate, np.maximum(self._covariance(whole, whole), 0.0)
        spread, crossed = self._covariance(base, base), self._covariance(first, base)
        with np.errstate(invalid="ignore"):
            beta = np.where(spread > 0, crossed / spread, 1.0)
            variance = self._covariance(first, first) - 2 * beta * crossed + beta**2 * spread
        estimate = np.einsum("k,kbc->b", first, self.sums)
        estimate = estimate - beta * np.einsum("k,kbc->b", base, self.sums)
        return estimate, np.maximum(variance, 0.0)

    def _covariance(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Neyman covariance of two sums over regions; shape (B,)."""
        products = np.einsum("k,l,klbc->bc", one, other, self.products)
        means = np.einsum("k,kbc->bc", one, self.sums) * np.einsum("k,kbc->bc", other, self.sums)
        with np.errstate(invalid="ignore", divide="ignore"):
            within = self.size * (products - means / self.size) / (self.size - 1)
            # Of cohorts of one region there is no variance: sums are infinite, or no number.
            return np.asarray(within.sum(axis=1))


def rollout_moments(linear: Linear, orders: Assignments, efficient: bool) -> Moments:
    """Sums over cohorts in every order, a block of orders at a time."""
    cohorts, regions = linear.outcome.shape[1], np.arange(orders.given.shape[1])
    sums = np.empty((4, len(orders.given), cohorts))
    products = np.empty((4, 4, len(orders.given), cohorts))
    for first in range(0, len(orders.given), BLOCK):
        block = orders.given[first : first + BLOCK]
        given = (linear.outcome, linear.base, linear.effect, linear.base_effect)
        parts = np.stack([part[regions, block] for part in given])
        place = slice(first, first + BLOCK)
        for label in range(cohorts):
            own = parts * (block == label)
            sums[:, place, label] = own.sum(axis=2)
            products[:, :, place, label] = np.einsum("kbn,lbn->klb", own, own)
    size = np.bincount(orders.given[0], minlength=cohorts).astype(float)
    return Moments(size, sums, products, efficient)


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
