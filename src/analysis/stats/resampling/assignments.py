"""Assignments that could have been drawn, and effects that a test over them does not reject."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import factorial, prod

import numpy as np
import scipy

ROUNDING = 1e-9
"""Statistics this close, as a share, count as equal: sums are not exact to the last digit."""


@dataclass(frozen=True)
class Assignments:
    """What every unit could have been given, (B, N), the actual one first; ``exact`` if all are."""

    given: np.ndarray
    exact: bool


def count_arrangements(labels: np.ndarray) -> int:
    """In how many ways labels, some of them alike, can be laid out."""
    counts = np.unique(labels, return_counts=True)[1]
    return factorial(len(labels)) // prod(factorial(int(count)) for count in counts)


def every_arrangement(labels: np.ndarray) -> Iterator[np.ndarray]:
    """Every different way to lay labels out, as rows."""
    (first, *others), counts = np.unique(labels, return_counts=True)

    def rows(left: list[tuple[float, int]]) -> Iterator[np.ndarray]:
        if not left:
            yield np.full(len(labels), first)
            return
        (label, count), *after = left
        for row in rows(after):
            for places in combinations(np.flatnonzero(row == first), count):
                filled = row.copy()
                filled[list(places)] = label
                yield filled

    yield from rows(list(zip(others, counts[1:].tolist(), strict=True)))


def possible_assignments(
    given: np.ndarray,
    strata: np.ndarray,
    draws: int,
    rng: np.random.Generator,
    most: int = 50_000,
) -> Assignments:
    """Assignments with as many units of every label in every stratum as there were; (B, N).

    Parameters
    ----------
    given, strata: shape (N,), such as 1 for treated and 0, or the number of a cohort. most: up to
    so many every one is counted; beyond, ``draws`` of them are drawn.
    """
    members = [np.flatnonzero(strata == s) for s in np.unique(strata)]
    if prod(count_arrangements(given[own]) for own in members) <= most:
        rows = np.empty((1, len(given)), dtype=given.dtype)
        for own in members:
            found = np.array(list(every_arrangement(given[own])))
            rows = np.repeat(rows, len(found), axis=0)
            rows[:, own] = np.tile(found, (len(rows) // len(found), 1))
        actual = (rows == given).all(axis=1)
        return Assignments(np.vstack([given, rows[~actual]]), exact=True)
    drawn = np.empty((draws, len(given)), dtype=given.dtype)
    for own in members:
        drawn[:, own] = rng.permuted(np.tile(given[own], (draws, 1)), axis=1)
    return Assignments(np.vstack([given, drawn]), exact=False)


def share_as_far(statistics: np.ndarray) -> float:
    """Share of statistics (B,) that are as far from 0 as the first."""
    far = np.abs(statistics)
    return float((far >= far[0] * (1 - ROUNDING)).mean())


def unrejected_effects(
    excess: Callable[[float], float],
    estimate: float,
    step: float,
    *,
    widen: float,
    most: float,
    tolerance: float,
) -> tuple[float, float]:
    """The effects, to either side of the estimate, up to which a test does not reject.

    Parameters
    ----------
    excess: p-value of an effect less the one that rejects. step: how far to look at first, then
    ``widen`` times as far, and so on up to ``most`` steps. tolerance: of limits, in steps.

    Raises
    ------
    ValueError: nothing so far is rejected, or everything but the estimate.
    """
    if not 0 < step < np.inf:
        raise ValueError("do not vary, or their squares are too large")
    limits = []
    for side in (-1, 1):
        reach = side * step
        while excess(estimate + reach) > 0:
            reach *= widen
            if abs(reach) > most * step:
                raise ValueError("are too few at this level")
        far = estimate + reach
        limits.append(float(scipy.optimize.bisect(excess, estimate, far, xtol=tolerance * step)))
    if limits[1] - limits[0] <= 4 * tolerance * step:
        raise ValueError("do not vary beside the effect, which leaves no error")
    return limits[0], limits[1]
