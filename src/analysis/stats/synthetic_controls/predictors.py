"""Synthetic control from predictors, each as important as it helps to follow the outcome before."""

from __future__ import annotations

import numpy as np
import scipy

from analysis.stats.synthetic_controls.simplex import simplex_weights

REFINED = 8
"""How many of the best starts that lead to different weights are refined."""
DIFFERENT = 0.05
"""Weights that differ by less are taken to lead to the same end."""
EXACT = 1e-12
"""A squared gap this far below the outcome's own variance is none; nothing is left to refine."""


def predictor_weights(
    treated: np.ndarray,
    donors: np.ndarray,
    treated_before: np.ndarray,
    donors_before: np.ndarray,
    rng: np.random.Generator,
    searches: int = 200,
) -> tuple[np.ndarray, np.ndarray]:
    """Donor weights (J,) and importances (K,) of predictors, which add to 1.

    W(V) minimises Σ_k v_k (x_k − w'X_k)² over weights; V minimises the mean squared gap of the
    outcome before the start. The surface has many optima: all single predictors, the equal
    importances and ``searches`` random ones are tried, and the best refined. Several V can lead to
    the same W, so that importances are not to be read as findings.

    Parameters
    ----------
    treated: shape (K,). donors: shape (J, K). treated_before: shape (B,).
    donors_before: shape (J, B).

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), "Synthetic control methods for comparative case
    studies", Journal of the American Statistical Association 105, section 2.3.
    """
    own, others = _over_spread(treated, donors)
    count = len(own)

    def weights(importance: np.ndarray) -> np.ndarray:
        root = np.sqrt(importance / importance.sum())
        return simplex_weights(own * root, others * root)

    def loss(logarithm: np.ndarray) -> float:
        gap = treated_before - weights(_shares(logarithm)) @ donors_before
        return float((gap**2).mean())

    starts = [np.zeros(count), *(8.0 * np.eye(count) - 8.0), *rng.normal(0, 4, (searches, count))]
    ranked = sorted(starts, key=loss)
    best = [ranked[k] for k in _different([weights(_shares(start)) for start in ranked])]
    if loss(best[0]) < EXACT * float(treated_before.var()):
        importance = _shares(best[0])
        return weights(importance), importance
    options = {"maxiter": 200 * count, "xatol": 1e-3, "fatol": 1e-9, "adaptive": True}
    ends = [
        scipy.optimize.minimize(loss, start, method="Nelder-Mead", options=options)
        for start in best
    ]
    importance = _shares(min(ends, key=lambda end: float(end.fun)).x)
    return weights(importance), importance


def matched_weights(treated: np.ndarray, donors: np.ndarray, importance: np.ndarray) -> np.ndarray:
    """Donor weights (J,) that match predictors, each by its importance and over its own spread."""
    own, others = _over_spread(treated, donors)
    root = np.sqrt(importance / importance.sum())
    return simplex_weights(own * root, others * root)


def _over_spread(treated: np.ndarray, donors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Predictors over their standard deviations."""
    spread = np.vstack([donors, treated]).std(axis=0, ddof=1)
    spread = np.where(spread > 0, spread, 1.0)
    return treated / spread, donors / spread


def validated_weights(
    treated: tuple[np.ndarray, np.ndarray],
    donors: tuple[np.ndarray, np.ndarray],
    treated_later: np.ndarray,
    donors_later: np.ndarray,
    rng: np.random.Generator,
    searches: int = 200,
) -> tuple[np.ndarray, np.ndarray]:
    """The same with importances from periods that the predictors have not seen.

    Predictors of the first half of the time before the start are given the importances with which
    they follow the outcome of the second half; with these, those of the second half are matched.

    Parameters
    ----------
    treated, donors: predictors of the first and of the second half, (K,) and (J, K).
    treated_later, donors_later: the outcome of the second half.

    References
    ----------
    Abadie, Diamond and Hainmueller (2015), "Comparative politics and the synthetic control method",
    American Journal of Political Science 59, section "Constructing a synthetic version".
    """
    first = treated[0], donors[0], treated_later, donors_later
    _, importance = predictor_weights(*first, rng, searches)
    return matched_weights(treated[1], donors[1], importance), importance


def _different(found: list[np.ndarray]) -> list[int]:
    """Places of the first weights that differ from all before them, ``REFINED`` at most."""
    kept: list[int] = []
    for place, weights in enumerate(found):
        if all(np.abs(weights - found[other]).max() > DIFFERENT for other in kept):
            kept.append(place)
        if len(kept) == REFINED:
            break
    return kept


def _shares(logarithm: np.ndarray) -> np.ndarray:
    """Positive shares that add to 1."""
    power = np.exp(logarithm - logarithm.max())
    shares: np.ndarray = np.maximum(power / power.sum(), 1e-12)
    return shares
