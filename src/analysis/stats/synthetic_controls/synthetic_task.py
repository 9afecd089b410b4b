"""A panel to be fitted by synthetic controls, and its statistics where nothing happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.stats.synthetic_controls import cohort_gaps
from analysis.stats.synthetic_controls.placebo import bootstrap_statistics, placebo_statistics
from analysis.stats.synthetic_controls.predictors import predictor_weights, validated_weights
from analysis.stats.synthetic_controls.synthetic import CENTRED, Form, Synthetic, fit_synthetic

FIRST = ("overall", "before", "fit", "ratio", "counting", "spread")
"""What stands before the event times in a row of statistics."""
FEWEST = 2
"""Regions on each side that a resample must hold."""


@dataclass(frozen=True)
class Task:
    """N regions over T periods, and how they are to be fitted.

    ``outcome`` (N, T); ``starts`` (N,), first treated period from 1, 0 for never; ``clusters``
    (N,), what moves together, from 0; ``columns`` (N, T, C) and ``lags``, places of periods, are
    matched on instead of every period before; ``validated`` where these get their importance from
    periods they have not seen. ``variance`` (N, T) is the sampling variance of the outcome.
    """

    outcome: np.ndarray
    starts: np.ndarray
    clusters: np.ndarray
    form: Form
    anticipation: int
    columns: np.ndarray
    lags: Sequence[int]
    searches: int
    validated: bool
    variance: np.ndarray

    @property
    def event_times(self) -> tuple[int, ...]:
        """Periods since adoption that some cohort has."""
        treated = self.starts[self.starts > 0]
        last = self.outcome.shape[1] - int(treated.min())
        return tuple(range(1 - int(treated.max()), last + 1))


def fit_task(
    task: Task, rng: np.random.Generator, rows: np.ndarray | None = None, starts: Any = None
) -> tuple[cohort_gaps.CohortGap, ...]:
    """The synthetic control of every cohort; of some rows under other starts, where given.

    Raises
    ------
    ValueError: the search for weights did not come to an end.
    """
    rows = np.arange(len(task.starts)) if rows is None else rows
    starts = task.starts if starts is None else starts
    outcome, columns = task.outcome[rows], task.columns[rows]

    def fitter(own: np.ndarray, donors: np.ndarray, before: int) -> Synthetic:
        treated = outcome[own].mean(axis=0)
        if not columns.shape[2] and not task.lags:
            return fit_synthetic(treated, outcome[donors], before, task.form, len(own))
        half = before // 2 if task.validated else before

        def known(span: slice) -> tuple[np.ndarray, np.ndarray]:
            every = np.hstack([columns[:, span].mean(axis=1), outcome[:, list(task.lags)]])
            return every[own].mean(axis=0), every[donors]

        first, seen = known(slice(half)), slice(half if task.validated else 0, before)
        paths = treated[seen], outcome[donors, seen]
        if task.validated:
            (early, early_others), (late, late_others) = first, known(seen)
            halves = (early, late), (early_others, late_others)
            unit, _ = validated_weights(*halves, *paths, rng, task.searches)
        else:
            unit, _ = predictor_weights(*first, *paths, rng, task.searches)
        return Synthetic(unit, np.zeros(before))

    return cohort_gaps.fit_cohorts(starts, task.anticipation, fitter)


def task_statistics(
    task: Task, cohorts: tuple[cohort_gaps.CohortGap, ...], rows: np.ndarray | None = None
) -> np.ndarray:
    """What ``FIRST`` names, then gaps by event time; shape (6 + K,).

    Not a number at event times that no cohort has. ``rows`` are those the cohorts were fitted to.
    """
    outcome = task.outcome if rows is None else task.outcome[rows]
    cells = cohort_gaps.gap_cells(outcome, cohorts)
    since = cells.period - cells.cohort
    lead = (since >= -task.anticipation) & (since < 0)
    before = cells.mean(lead)[0] if lead.any() else 0.0
    fit = cohort_gaps.fit_ratio(cells, task.anticipation, task.form in CENTRED)
    variance = task.variance if rows is None else task.variance[rows]
    noise = cohort_gaps.gap_noise(variance, cohorts)
    times = np.array(task.event_times)
    place, size = since - times[0], cells.size[0]
    known = (place >= 0) & (place < len(times))
    sums, counts = (
        np.bincount(place[known], weight[known], minlength=len(times))
        for weight in (size * cells.value[0], size)
    )
    path = np.divide(sums, counts, out=np.full(len(times), np.nan), where=counts > 0)
    return np.array([float(cells.mean(cells.after)[0]), before, *fit, *noise, *path])


def task_replicates(task: Task, inference: str, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Statistics of placebos or of resamples; shape (B, 6 + K).

    Raises
    ------
    ValueError: a search for weights, or for resamples, did not come to an end.
    """

    def statistics(rows: np.ndarray, starts: np.ndarray) -> np.ndarray:
        return task_statistics(task, fit_task(task, rng, rows, starts), rows)

    if inference == "none":
        return np.empty((0, len(FIRST) + len(task.event_times)))
    if inference != "bootstrap":
        return placebo_statistics(task.starts, statistics, draws, rng, task.clusters)
    return bootstrap_statistics(task.starts, statistics, draws, FEWEST, rng, task.clusters)
