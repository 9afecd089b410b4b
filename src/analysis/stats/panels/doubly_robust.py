"""Effects by cohort and period among regions alike in covariates, with leave-one-out replicates.

All samples and periods are solved at once: without each of 100 regions, 20 periods took a fifth of
the time of statsmodels' ``Logit`` and ``OLS`` for one (``benchmarks/methods.py``); a test holds
both equal.
"""

from __future__ import annotations

import numpy as np

from analysis.stats.panels.cohorts import Cells, compared_with, stacked_cells, usable_cohorts

OVERLAP = 0.999
"""A comparison region this likely to adopt shows that covariates all but decide adoption."""


def doubly_robust_effects(
    outcome: np.ndarray,
    starts: np.ndarray,
    covariates: np.ndarray,
    groups: np.ndarray,
    never_only: bool = False,
    anticipation: int = 0,
) -> Cells:
    """Every ATT(g, t), controls reweighted and their changes predicted from covariates.

    ``ATT = mean_g[Δy − x'β] − mean_C,odds[Δy − x'β]``, with β from least squares of changes of
    the controls on x and odds from a logit of being in cohort g among g and the controls. It is
    right if either model is. x are covariates in the base period and a constant.

    Parameters
    ----------
    outcome: shape (N, T). starts: shape (N,), 0 for never. covariates: shape (K, N, T).
    groups: shape (N,), 0 … G − 1, left out together.

    Raises
    ------
    ValueError: covariates separate adopters from the others, or do not vary.

    References
    ----------
    Sant'Anna and Zhao (2020), "Doubly robust difference-in-differences estimators", Journal of
    Econometrics 219, eq. 2.6; Callaway and Sant'Anna (2021), eq. 2.4.
    """
    periods = outcome.shape[1]
    kept = np.vstack(
        [np.ones(len(starts)), groups[None, :] != np.arange(groups.max() + 1)[:, None]]
    )
    cohorts = usable_cohorts(starts, anticipation)
    values, sizes = [], []
    for cohort in cohorts:
        base = int(cohort) - 1 - anticipation
        x = _design(covariates[:, :, base - 1])
        own = kept * (starts == cohort)
        change = outcome - outcome[:, [base - 1]]
        columns = np.full((len(kept), periods), np.nan)
        columns[:, base - 1] = 0.0
        others = compared_with(starts, cohort, periods, never_only, anticipation)
        for control, times in _controls(others, base):
            columns[:, times] = _contrast(x, change[:, times], own, kept * control)
        values.append(columns)
        sizes.append(np.repeat(own.sum(axis=1)[:, None], periods, axis=1))
    return stacked_cells(cohorts, values, sizes, (len(kept), periods))


def _design(covariates: np.ndarray) -> np.ndarray:
    """A constant and standardised covariates; shape (N, 1 + K)."""
    spread = covariates.std(axis=1, keepdims=True)
    if (spread <= 1e-12 * np.abs(covariates).max(axis=1, keepdims=True)).any():
        raise ValueError("a covariate is the same in all regions")
    scaled = (covariates - covariates.mean(axis=1, keepdims=True)) / spread
    return np.column_stack([np.ones(covariates.shape[1]), scaled.T])


def _controls(others: np.ndarray, base: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Regions compared with, shape (N,), and the periods (from 0) that share them."""
    chosen = np.flatnonzero((np.arange(1, others.shape[1] + 1) != base) & others.any(axis=0))
    if not chosen.size:
        return []
    kinds, which = np.unique(others[:, chosen], axis=1, return_inverse=True)
    which = which.ravel()
    return [(kinds[:, k], chosen[which == k]) for k in range(kinds.shape[1])]


def _odds(x: np.ndarray, own: np.ndarray, control: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Odds of adoption by Newton's method in every sample at once; shape (1 + G, N)."""
    both = own + control
    beta = np.zeros((len(own), x.shape[1]))
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(beta @ x.T, -30, 30)))
        hessian = (both * chance * (1 - chance)) @ pairs
        square = hessian.reshape(len(own), x.shape[1], x.shape[1])
        if not (np.linalg.cond(square) < 1e12).all():
            raise ValueError("covariates all but decide who adopts, or repeat one another")
        step = np.linalg.solve(square, ((own - both * chance) @ x)[:, :, None])[:, :, 0]
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    chance = 1 / (1 + np.exp(-np.clip(beta @ x.T, -30, 30)))
    if (chance[control > 0] > OVERLAP).any() or np.abs(step).max() >= 1e-10:
        raise ValueError("covariates all but decide who adopts, or repeat one another")
    return np.asarray(control * chance / (1 - chance))


def _contrast(
    x: np.ndarray, change: np.ndarray, own: np.ndarray, control: np.ndarray
) -> np.ndarray:
    """ATT of some periods in every sample; change has shape (N, S), the result (1 + G, S).

    ``own`` and ``control`` are the weights of both sides in each sample, shape (1 + G, N).
    """
    width = x.shape[1]
    pairs = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    # First, as it refuses covariates of which the equations below cannot be solved.
    odds = _odds(x, own, control, pairs)
    square = (control @ pairs).reshape(-1, width, width)
    right = np.stack([control @ (x[:, [k]] * change) for k in range(width)], axis=1)
    beta = np.linalg.solve(square, right)
    means = []
    for weights in (own, odds):
        with np.errstate(invalid="ignore", divide="ignore"):
            share = weights / weights.sum(axis=1, keepdims=True)
        means.append(share @ change - np.einsum("gk,gks->gs", share @ x, beta))
    return np.asarray(means[0] - means[1])
