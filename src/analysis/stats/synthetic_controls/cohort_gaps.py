"""Effects of cohorts against synthetic controls made of regions that never start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.stats.panels.cohorts import Cells
from analysis.stats.synthetic_controls.synthetic import Synthetic

Fitter = Callable[[np.ndarray, np.ndarray, int], Synthetic]
"""Weights from the rows of treated regions, the rows of donors and the periods they may see."""


@dataclass(frozen=True)
class CohortGap:
    """A cohort's first treated period, its rows, its donors' rows and the weights found."""

    start: int
    rows: np.ndarray
    donors: np.ndarray
    weights: Synthetic


def fit_cohorts(starts: np.ndarray, anticipation: int, fitter: Fitter) -> tuple[CohortGap, ...]:
    """Every cohort's synthetic control.

    Parameters
    ----------
    starts: shape (N,), first treated period from 1, 0 for never. anticipation: periods before
    the start that the weights may not see.
    """
    donors = np.flatnonzero(starts == 0)
    found = []
    for start in np.unique(starts[starts > 0]):
        rows = np.flatnonzero(starts == start)
        weights = fitter(rows, donors, int(start) - 1 - anticipation)
        found.append(CohortGap(int(start), rows, donors, weights))
    return tuple(found)


def gap_cells(outcome: np.ndarray, cohorts: tuple[CohortGap, ...]) -> Cells:
    """Gaps by cohort and period, in one row.

    Parameters
    ----------
    outcome: shape (N, T).
    """
    periods = outcome.shape[1]
    paths = [_gap(outcome, cohort) for cohort in cohorts]
    sizes = np.repeat([float(len(cohort.rows)) for cohort in cohorts], periods)
    return Cells(
        np.repeat([cohort.start for cohort in cohorts], periods),
        np.tile(np.arange(1, periods + 1), len(cohorts)),
        np.concatenate(paths)[None, :],
        sizes[None, :],
    )


def _gap(outcome: np.ndarray, cohort: CohortGap) -> np.ndarray:
    return cohort.weights.gap(outcome[cohort.rows].mean(axis=0), outcome[cohort.donors])


def average_without(outcome: np.ndarray, cohorts: tuple[CohortGap, ...]) -> np.ndarray:
    """The average gap without each region in turn; shape (N,).

    The weights of the other regions are rescaled, not fitted anew. Not a number where nothing is
    left: without the only treated region, or the only donor that counts.
    """
    late = [np.arange(1, outcome.shape[1] + 1) >= cohort.start for cohort in cohorts]
    pairs = list(zip(cohorts, late, strict=True))
    spans = np.array([len(cohort.rows) * after.sum() for cohort, after in pairs])
    parts = np.array([_gap(outcome, cohort)[after].mean() for cohort, after in pairs])
    values = np.empty(len(outcome))
    values[cohorts[0].donors] = 0.0
    for place, (cohort, after) in enumerate(pairs):
        share = spans[place] / spans.sum()
        values[cohort.donors] += share * _without_donors(outcome, cohort)[:, after].mean(axis=1)
        for row in cohort.rows:
            kept = cohort.rows[cohort.rows != row]
            left, means = spans.astype(float), parts.copy()
            left[place] = len(kept) * after.sum()
            if kept.size:
                own = CohortGap(cohort.start, kept, cohort.donors, cohort.weights)
                means[place] = _gap(outcome, own)[after].mean()
            values[row] = left @ means / left.sum() if left.any() else np.nan
    return values


def _without_donors(outcome: np.ndarray, cohort: CohortGap) -> np.ndarray:
    """Gap without each donor; shape (J, T). Not a number where one donor is all there is."""
    unit, time = cohort.weights.unit, cohort.weights.time
    others = outcome[cohort.donors]
    left = np.where(np.abs(1 - unit) < 1e-9, np.nan, 1 - unit)
    paths = (unit @ others - unit[:, None] * others) / left[:, None]
    distance = outcome[cohort.rows].mean(axis=0) - paths
    gaps: np.ndarray = distance - (distance[:, : len(time)] @ time)[:, None]
    return gaps


def gap_noise(variance: np.ndarray, cohorts: tuple[CohortGap, ...]) -> tuple[float, float]:
    """Sampling variance of a gap before the start, and how much of what moves single regions.

    Parameters
    ----------
    variance: of the outcome, shape (N, T).

    Returns
    -------
    c and 1/n + Σω² of :mod:`~analysis.stats.synthetic_controls.likeness`, over cohorts as the fit.
    """
    size = np.array([float(len(one.rows) * len(one.weights.time)) for one in cohorts])
    usual = [variance[:, : len(one.weights.time)].mean(axis=1) for one in cohorts]
    parts = [
        (
            mean[one.rows].mean() / len(one.rows) + one.weights.unit**2 @ mean[one.donors],
            1 / len(one.rows) + (one.weights.unit**2).sum(),
        )
        for one, mean in zip(cohorts, usual, strict=True)
    ]
    counting, spread = size @ np.array(parts) / size.sum()
    return float(counting), float(spread)


def fit_ratio(cells: Cells, anticipation: int, centred: bool) -> tuple[float, float]:
    """Root mean squared gap before the start, and that since the start over it.

    With ``centred`` the gap before is taken about its mean in each cohort, as levels may differ.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), section 3.4.
    """
    value, size = cells.value[0].copy(), cells.size[0]
    seen = cells.period < cells.cohort - anticipation
    if centred:
        for start in np.unique(cells.cohort):
            own = seen & (cells.cohort == start)
            value[own] -= value[own].mean()
    before = np.sqrt((size * value**2)[seen].sum() / size[seen].sum())
    since = np.sqrt((size * value**2)[cells.after].sum() / size[cells.after].sum())
    return float(before), float(since / before) if before > 0 else float("inf")
