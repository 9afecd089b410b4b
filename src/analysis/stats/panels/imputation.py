"""Imputed untreated outcomes of a balanced panel, with every leave-one-out replicate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.stats.panels.cohorts import without_each


@dataclass(frozen=True)
class Imputed:
    """Effects by cohort and period, in the full sample (row 0) and without each of G groups.

    ``cohort`` has shape (C,); ``sums`` (1 + G, C, T), the cohort's sum of observed less imputed
    outcomes, not a number where period effects are unknown; ``size`` (1 + G, C), its regions.
    """

    cohort: np.ndarray
    sums: np.ndarray
    size: np.ndarray

    def mean(self, chosen: np.ndarray) -> np.ndarray:
        """Mean over the regions and periods of chosen cells, shape (C, T); shape (1 + G,)."""
        known = np.isfinite(self.sums) & chosen
        total = np.where(known, self.sums, 0.0).sum(axis=(1, 2))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total / (known * self.size[:, :, None]).sum(axis=(1, 2)))

    def regions(self, chosen: np.ndarray) -> int:
        """How many regions of the full sample stand behind chosen cells of shape (C, T)."""
        known = (np.isfinite(self.sums[0]) & chosen).any(axis=1)
        return int((known * self.size[0]).sum())


def impute(outcome: np.ndarray, starts: np.ndarray, use: np.ndarray, groups: np.ndarray) -> Imputed:
    """Observed less imputed outcomes, from region and period effects of untreated cells.

    Least squares of y_it = a_i + b_t over the cells in ``use``. Which cells are used depends
    only on the cohort, so that normal equations for b need cohort sums and sizes alone, and all
    replicates that lack equally many of each cohort share one matrix.

    Parameters
    ----------
    outcome: shape (N, T). starts: shape (N,), first treated period, 0 for never.
    use: shape (N, T), equal within a cohort. groups: shape (N,), 0 … G − 1, left out together.

    References
    ----------
    Borusyak, Jaravel and Spiess (2024), "Revisiting event-study designs", Review of Economic
    Studies 91, theorem 2.
    """
    labels, member = np.unique(starts, return_inverse=True)
    pattern = np.array([use[member == c][0] for c in range(len(labels))]).astype(float)
    parts = [np.where((member == c)[:, None], outcome, 0.0) for c in range(len(labels))]
    sums = np.stack([without_each(part, groups) for part in parts], axis=1)
    indicator = (member[:, None] == np.arange(len(labels))).astype(float)
    size = without_each(indicator, groups)
    period = _period_effects(sums, size, pattern)
    own = (sums - size[:, :, None] * period[:, None, :]) * pattern
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.nansum(own, axis=2) / pattern.sum(axis=1)
    left = sums - level[:, :, None] - size[:, :, None] * period[:, None, :]
    treated = labels > 0
    return Imputed(labels[treated], left[:, treated], size[:, treated])


def _period_effects(sums: np.ndarray, size: np.ndarray, pattern: np.ndarray) -> np.ndarray:
    """b of each sample up to a constant that region effects take up; shape (1 + G, T).

    Periods without an untreated region in a sample are not a number.
    """
    centred = pattern / np.maximum(pattern.sum(axis=1, keepdims=True), 1)
    spread = np.array(
        [np.diag(row) - np.outer(row, mean) for row, mean in zip(pattern, centred, strict=True)]
    )
    total = (sums * pattern).sum(axis=2, keepdims=True)
    right = (pattern * sums - total * centred).sum(axis=1)
    kinds, which = np.unique(size, axis=0, return_inverse=True)
    period = np.full(right.shape, np.nan)
    for kind, counts in enumerate(kinds):
        matrix = np.tensordot(counts, spread, axes=1)
        known = np.flatnonzero(np.diag(matrix) > 0)
        rows = np.flatnonzero(which.ravel() == kind)
        solved = np.linalg.lstsq(matrix[np.ix_(known, known)], right[np.ix_(rows, known)].T)[0]
        period[np.ix_(rows, known)] = solved.T
    return period
