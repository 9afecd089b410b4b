"""P-values of several tests, adjusted together by resampling.

Holm's and Benjamini and Hochberg's adjustments are statsmodels' ``multipletests``; this one, which
keeps the dependence between tests, is not among them. Reports that compare several interventions
take it.
"""

from __future__ import annotations

import numpy as np


def romano_wolf(statistics: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """P-values of K tests adjusted so that any false finding is as rare as the level says.

    Parameters
    ----------
    statistics: shape (K,), t statistics. draws: shape (B, K), the same under their nulls,
        drawn together so that their dependence is kept. Returns shape (K,).

    References
    ----------
    Romano and Wolf (2016), "Efficient computation of adjusted p-values for resampling-based
    stepdown multiple testing", Statistics and Probability Letters 113.
    """
    order = np.argsort(-np.abs(statistics))
    sizes = np.abs(draws)[:, order]
    largest = np.maximum.accumulate(sizes[:, ::-1], axis=1)[:, ::-1]
    reached = (largest >= np.abs(statistics)[order]).sum(axis=0)
    stepped = np.maximum.accumulate((reached + 1) / (len(draws) + 1))
    adjusted = np.empty(len(statistics))
    adjusted[order] = stepped
    return adjusted
