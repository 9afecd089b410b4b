"""Effects by cohort and period from comparisons of means, with every leave-one-out replicate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Cells:
    """ATT(g, t) of C cells, in the full sample (row 0) and without each of G groups of regions.

    ``cohort`` and ``period`` have shape (C,); ``value`` has shape (1 + G, C), not a number where
    a cell cannot be estimated; ``size`` has shape (1 + G, C), regions in the cell's cohort.
    """

    cohort: np.ndarray
    period: np.ndarray
    value: np.ndarray
    size: np.ndarray

    def mean(self, chosen: np.ndarray) -> np.ndarray:
        """Average over the chosen cells, weighted by cohort size; shape (1 + G,)."""
        value = self.value[:, chosen]
        known = np.isfinite(value)
        weight = np.where(known, self.size[:, chosen], 0.0)
        total = (weight * np.where(known, value, 0.0)).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total / weight.sum(axis=1))

    def base_gap(self, anticipation: int) -> np.ndarray:
        """How far cohorts stand out in their base period from all periods before; (1 + G,).

        Adopters chosen for a bad or good period return from it by themselves, which would be
        taken for an effect.
        """
        return -self.mean(self.period - self.cohort < -1 - anticipation)

    @property
    def after(self) -> np.ndarray:
        """Which cells lie in or after their cohort's first treated period; shape (C,)."""
        return np.asarray(self.period >= self.cohort)


def cohort_effects(
    outcome: np.ndarray,
    starts: np.ndarray,
    groups: np.ndarray | None = None,
    never_only: bool = False,
    anticipation: int = 0,
) -> Cells:
    """Every ATT(g, t) against one base period per cohort, and its leave-one-out replicates.

    ``ATT(g, t) = mean_g[y_t − y_b] − mean_C[y_t − y_b]``, b = g − 1 − anticipation, with C the
    never treated and, unless ``never_only``, those that start after both t and b (plus the
    periods of anticipation). Sums over a sample without a group are total sums less the
    group's, so that all replicates together cost about as much as one estimate.

    Parameters
    ----------
    outcome: shape (N, T). starts: shape (N,), first treated period from 1, 0 for never.
    groups: shape (N,), 0 … G − 1, which regions are left out together; none by default.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, eq. 2.8 and 2.9 without
    covariates.
    """
    values, sizes = [], []
    cohorts = usable_cohorts(starts, anticipation)
    for cohort in cohorts:
        base = cohort - 1 - anticipation
        change = outcome - outcome[:, [base - 1]]
        own = np.broadcast_to((starts == cohort)[:, None], change.shape)
        others = compared_with(starts, cohort, outcome.shape[1], never_only, anticipation)
        own_mean, size = _means(change, own, groups)
        values.append(own_mean - _means(change, others, groups)[0])
        sizes.append(size)
    rows = 1 if groups is None else 2 + int(groups.max())
    return stacked_cells(cohorts, values, sizes, (rows, outcome.shape[1]))


def usable_cohorts(starts: np.ndarray, anticipation: int) -> np.ndarray:
    """First treated periods before which there is a base period; shape (C,)."""
    cohorts = np.unique(starts[starts > 0])
    return cohorts[cohorts - 2 - anticipation >= 0]


def compared_with(
    starts: np.ndarray, cohort: int, periods: int, never_only: bool, anticipation: int
) -> np.ndarray:
    """Which regions a cohort is compared with in each period; shape (N, T)."""
    latest = np.maximum(np.arange(1, periods + 1), cohort - 1 - anticipation)
    later = starts[:, None] > latest + anticipation
    others = (starts == 0)[:, None] | (later & (not never_only))
    return np.asarray(others & (starts != cohort)[:, None])


def stacked_cells(
    cohorts: np.ndarray,
    values: list[np.ndarray],
    sizes: list[np.ndarray],
    shape: tuple[int, int],
) -> Cells:
    """Cells of all cohorts from those of each; each has the shape of samples and periods."""
    empty = np.empty((shape[0], 0))
    return Cells(
        np.repeat(cohorts, shape[1]),
        np.tile(np.arange(1, shape[1] + 1), len(cohorts)),
        np.hstack([empty, *values]),
        np.hstack([empty, *sizes]),
    )


def without_each(total: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Column sums of (N, T) over all rows and over all but each group; shape (1 + G, T)."""
    full: np.ndarray = total.sum(axis=0, keepdims=True)
    if groups is None:
        return full
    order = np.argsort(groups, kind="stable")
    first = np.searchsorted(groups[order], np.arange(groups.max() + 1))
    return np.vstack([full, full - np.add.reduceat(total[order], first, axis=0)])


def _means(
    values: np.ndarray, use: np.ndarray, groups: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Means of the used rows by column, and how many they are; shapes (1 + G, T)."""
    counts = without_each(use.astype(float), groups)
    sums = without_each(np.where(use, values, 0.0), groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(counts > 0, sums / counts, np.nan)), counts


def groups_of_sides(
    starts: np.ndarray,
    groups: np.ndarray,
    times: np.ndarray,
    periods: int,
    never_only: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Groups with an adopter at each event time, and with what it is compared with; both (K,).

    The latter on average over cohorts. A group that holds both counts on either side.

    Parameters
    ----------
    starts, groups: shape (N,), first treated period, 0 for never, and what is left out together.
    times: shape (K,), periods since the start.
    """
    number, forever = int(groups.max()) + 1, periods + 1 + int(np.max(times))
    until_when = np.where(starts == 0, forever, starts)
    adopting, others = np.zeros(len(times)), np.zeros(len(times))
    seen = np.zeros((number, len(times)), dtype=bool)
    for start in np.unique(starts[starts > 0]):
        own, last = np.unique(groups[starts == start]), np.zeros(number, dtype=int)
        np.maximum.at(last, groups[starts != start], until_when[starts != start])
        at = start + times
        there = (at >= 1) & (at <= periods)
        seen[own] |= there
        begun = np.full(len(times), forever - 1) if never_only else np.maximum(at, start - 1)
        adopting += len(own) * there
        others += len(own) * there * (number - np.searchsorted(np.sort(last), begun, side="right"))
    return seen.sum(axis=0), others / np.maximum(adopting, 1)
