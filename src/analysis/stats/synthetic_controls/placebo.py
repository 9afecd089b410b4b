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


def cluster_starts(starts: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """First start of any region of each cluster, 0 where none has one; shape (G,).

    Parameters
    ----------
    starts, clusters: shape (N,), clusters from 0.
    """
    latest = np.iinfo(int).max
    found = np.full(int(clusters.max()) + 1, latest)
    np.minimum.at(found, clusters, np.where(starts > 0, starts, latest))
    return np.where(found < latest, found, 0)


def placebo_statistics(
    starts: np.ndarray,
    estimator: Estimator,
    limit: int,
    rng: np.random.Generator,
    clusters: np.ndarray,
) -> np.ndarray:
    """Statistics of every placebo among the untreated clusters of regions; shape (B, K).

    References
    ----------
    Arkhangelsky and others (2021), American Economic Review 111, algorithm 4.
    """
    together = cluster_starts(starts, clusters)
    untreated = np.flatnonzero(together[clusters] == 0)
    place = np.unique(clusters[untreated], return_inverse=True)[1]
    given = placebo_starts(together, limit, rng)
    return np.array([estimator(untreated, row[place]) for row in given])


def bootstrap_statistics(
    starts: np.ndarray,
    estimator: Estimator,
    draws: int,
    fewest: int,
    rng: np.random.Generator,
    clusters: np.ndarray,
) -> np.ndarray:
    """Statistics of clusters of regions drawn with replacement, weights fitted anew; shape (B, K).

    Resamples with fewer than ``fewest`` untreated or treated regions are drawn again.

    Raises
    ------
    ValueError: hardly any resample has enough of both.

    References
    ----------
    Arkhangelsky and others (2021), American Economic Review 111, algorithm 2.
    """
    found: list[np.ndarray] = []
    groups = int(clusters.max()) + 1
    members = [np.flatnonzero(clusters == group) for group in range(groups)]
    for _ in range(TRIES * draws):
        rows = np.concatenate([members[g] for g in np.sort(rng.integers(0, groups, groups))])
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
