"""Inference from the order in which regions adopted, as one of the orders that could have been."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial, prod

import numpy as np
from scipy import optimize

ALL_ORDERS = 20_000
"""Up to so many possible orders every one is counted; beyond, orders are sampled."""
ROUNDING = 1e-9
BLOCK = 2000
"""Orders computed together, which bounds memory."""


@dataclass(frozen=True)
class Orders:
    """Cohort of every region in every order, the actual one first, (B, N); ``exact`` if all."""

    cohort: np.ndarray
    exact: bool


def possible_orders(
    cohort: np.ndarray, strata: np.ndarray, draws: int, rng: np.random.Generator
) -> Orders:
    """Orders with as many regions of every cohort in every stratum as there were.

    Parameters
    ----------
    cohort, strata: shape (N,), whole numbers from 0.
    """
    members = [np.flatnonzero(strata == s) for s in np.unique(strata)]
    number = prod(_arrangements(cohort[own]) for own in members)
    if number <= ALL_ORDERS:
        rows = _products([np.array(list(_distinct(cohort[own]))) for own in members])
        everything = np.empty((len(rows), len(cohort)), dtype=int)
        everything[:, np.concatenate(members)] = rows
        actual = (everything == cohort).all(axis=1)
        return Orders(np.vstack([cohort, everything[~actual]]), exact=True)
    drawn = np.empty((draws, len(cohort)), dtype=int)
    for own in members:
        drawn[:, own] = rng.permuted(np.tile(cohort[own], (draws, 1)), axis=1)
    return Orders(np.vstack([cohort, drawn]), exact=False)


def _arrangements(labels: np.ndarray) -> int:
    counts = np.unique(labels, return_counts=True)[1]
    return factorial(len(labels)) // prod(factorial(int(count)) for count in counts)


def _distinct(labels: np.ndarray) -> Iterator[tuple[int, ...]]:
    """Every distinct arrangement of labels, one place after the other."""
    if len(labels) <= 1:
        yield tuple(int(label) for label in labels)
        return
    for label in np.unique(labels):
        rest = np.delete(labels, int(np.argmax(labels == label)))
        for tail in _distinct(rest):
            yield (int(label), *tail)


def _products(parts: list[np.ndarray]) -> np.ndarray:
    """Every combination of a row from each part, side by side."""
    rows = parts[0]
    for part in parts[1:]:
        rows = np.hstack([np.repeat(rows, len(part), axis=0), np.tile(part, (len(rows), 1))])
    return rows


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


def rollout_statistics(values: np.ndarray, cohort: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The estimate in each order and its Neyman variance; both of shape (B,).

    Parameters
    ----------
    values: shape (N, C), what a region adds in each cohort. cohort: shape (B, N).
    """
    size = np.bincount(cohort[0], minlength=values.shape[1]).astype(float)
    estimate, variance = np.empty(len(cohort)), np.empty(len(cohort))
    regions = np.arange(cohort.shape[1])
    for first in range(0, len(cohort), BLOCK):
        block = cohort[first : first + BLOCK]
        own = values[regions, block]
        estimate[first : first + BLOCK] = own.sum(axis=1)
        spread = np.zeros(len(block))
        for label, count in enumerate(size):
            member = block == label
            mean = (own * member).sum(axis=1) / count
            squares = (((own - mean[:, None]) ** 2) * member).sum(axis=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                spread += count * squares / (count - 1)
        variance[first : first + BLOCK] = spread
    return estimate, variance


def order_p_value(linear: Linear, orders: Orders, effect: float, studentised: bool) -> float:
    """Share of orders whose statistic is as far from 0 if every effect were ``effect``."""
    estimate, variance = rollout_statistics(linear.outcome - effect * linear.effect, orders.cohort)
    if studentised:
        with np.errstate(divide="ignore", invalid="ignore"):
            estimate = np.nan_to_num(estimate / np.sqrt(variance), posinf=1e300, neginf=-1e300)
    far = np.abs(estimate)
    return float((far >= far[0] * (1 - ROUNDING)).mean())


def order_interval(
    linear: Linear, orders: Orders, level: float, studentised: bool
) -> tuple[float, float]:
    """Constant effects that the test does not reject at 1 − level.

    Raises
    ------
    ValueError: there are too few orders ever to reject at this level.
    """
    value, variance = rollout_statistics(linear.outcome, orders.cohort[:1])
    spread = float(np.sqrt(variance[0]))
    step = spread if np.isfinite(spread) and spread > 0 else float(np.ptp(linear.outcome)) or 1.0

    def kept(effect: float) -> float:
        p_value = order_p_value(linear, orders, effect, studentised)
        return p_value - (1 - level) - 0.5 / len(orders.cohort)

    limits = []
    for side in (-1, 1):
        reach = side * step
        while kept(float(value[0]) + reach) > 0:
            reach *= 1.7
            if abs(reach) > 1e3 * step:
                raise ValueError(f"{len(orders.cohort)} possible orders are too few at this level")
        limits.append(
            optimize.bisect(kept, float(value[0]), float(value[0]) + reach, xtol=1e-5 * step)
        )
    return float(limits[0]), float(limits[1])
