"""Estimates where nothing happened, and where regions are drawn anew: the errors of few treated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.stats.resampling.assignments import count_arrangements, every_arrangement

Estimator = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Statistics (K,) of regions, by their rows in the data and the starts they are given."""

TRIES = 50
"""Resamples thrown away, for each kept, before giving up: no treated or too few donors in them."""


def possible_placebos(starts: np.ndarray) -> int:
    """In how many ways the untreated can take over the starts of the treated.

    Parameters
    ----------
    starts: shape (N,), 0 for never.
    """
    given = _starts_to_give(starts)
    return count_arrangements(given) if len(given) == (starts == 0).sum() else 0


def _starts_to_give(starts: np.ndarray) -> np.ndarray:
    """The starts of the treated, and 0 for every untreated region beyond their number."""
    given = np.sort(starts[starts > 0])
    return np.append(given, np.repeat(0, max(int((starts == 0).sum()) - len(given), 0)))


def placebo_starts(starts: np.ndarray, limit: int, rng: np.random.Generator) -> np.ndarray:
    """Starts that the untreated are given in turn; shape (B, J), 0 for none.

    As many regions as really started take over their starts: every way there is, or ``limit``
    drawn ones where there are more.
    """
    given = _starts_to_give(starts)
    if possible_placebos(starts) <= limit:
        return np.array(list(every_arrangement(given)))
    rows = np.zeros((limit, len(given)), dtype=int)
    for row in rows:
        row[rng.permutation(len(given))] = given
    return rows


def placebo_statistics(
    starts: np.ndarray, estimator: Estimator, limit: int, rng: np.random.Generator
) -> np.ndarray:
    """Statistics of every placebo among the untreated; shape (B, K).

    References
    ----------
    Arkhangelsky and others (2021), American Economic Review 111, algorithm 4.
    """
    untreated = np.flatnonzero(starts == 0)
    return np.array([estimator(untreated, row) for row in placebo_starts(starts, limit, rng)])


def bootstrap_statistics(
    starts: np.ndarray, estimator: Estimator, draws: int, fewest: int, rng: np.random.Generator
) -> np.ndarray:
    """Statistics of regions drawn with replacement, weights fitted anew; shape (B, K).

    Resamples with fewer than ``fewest`` untreated or treated regions are drawn again.

    Raises
    ------
    ValueError: hardly any resample has enough of both.

    References
    ----------
    Arkhangelsky and others (2021), American Economic Review 111, algorithm 2.
    """
    found: list[np.ndarray] = []
    for _ in range(TRIES * draws):
        rows = np.sort(rng.integers(0, len(starts), len(starts)))
        treated = int((starts[rows] > 0).sum())
        if min(treated, len(rows) - treated) >= fewest:
            found.append(estimator(rows, starts[rows]))
        if len(found) == draws:
            return np.array(found)
    raise ValueError("hardly any resample has both treated and untreated regions")


def simultaneous_band(
    replicates: np.ndarray, shown: np.ndarray, level: float, least: float
) -> np.ndarray:
    """Half-widths of a band that holds a whole path in ``level`` of the replicates; NaN if hidden.

    Parameters
    ----------
    replicates: shape (B, K), not a number where a replicate has no such event time.
    shown: shape (K,). least: a multiple of the error below which the band never falls.
    """
    margins = np.full(len(shown), np.nan)
    covered = np.flatnonzero(shown & np.isfinite(replicates).any(axis=0))
    paths = replicates[:, covered]
    spread = np.nanstd(paths, axis=0)
    paths, spread, covered = (part[..., spread > 0] for part in (paths, spread, covered))
    apart = np.abs(paths - np.nanmean(paths, axis=0)) / spread if covered.size else paths
    largest = apart[np.isfinite(apart).all(axis=1)].max(axis=1, initial=0.0)
    if covered.size and len(largest):
        margins[covered] = max(float(np.quantile(largest, level)), least) * spread
    return margins
