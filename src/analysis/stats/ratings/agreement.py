"""Agreement of raters beyond chance, on any scale, with ratings missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np

Scale = Literal["nominal", "ordinal", "interval"]
Form = Literal["krippendorff", "fleiss", "cohen", "gwet", "percent"]
CORRECTED: tuple[Form, ...] = ("fleiss", "cohen", "gwet", "percent")
"""Forms that set observed credit against credit by chance."""


def counts_by_category(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many raters gave each rated each score (N, Q), and the scores in order (Q,).

    Parameters
    ----------
    scores: shape (N, K), not a number where a rater gave none.
    """
    categories = np.unique(scores[np.isfinite(scores)])
    return (scores[:, :, None] == categories).sum(axis=1).astype(float), categories


def closeness(categories: np.ndarray, scale: Scale, totals: np.ndarray) -> np.ndarray:
    """Credit for two scores between 0 and 1, 1 for the same; shape (Q, Q).

    Nominal: only the same counts. Interval: 1 − (a − b)²/range². Ordinal: the same on ranks that
    lie as far apart as there are scores between (Krippendorff), ``totals`` (Q,) of each.
    """
    if scale == "nominal":
        return np.eye(len(categories))
    place = categories
    if scale == "ordinal":
        place = np.cumsum(totals) - totals / 2
    distance = (place[:, None] - place) ** 2
    return np.asarray(1 - distance / max(float(distance.max()), 1e-300))


def _observed(counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean credit of pairs of raters for each rated with at least two; shape (N,)."""
    raters = counts.sum(axis=1)
    pairs = (counts * (counts @ weights)).sum(axis=1) - raters
    return np.asarray(pairs / (raters * (raters - 1)))


def krippendorff(scores: np.ndarray, scale: Scale) -> float:
    """Krippendorff's alpha: ``1 − D_observed / D_expected`` over pairable scores.

    On an interval scale from sums of squares, so that scores may be as many as there are rows.

    References
    ----------
    Krippendorff (2011), "Computing Krippendorff's alpha-reliability".
    """
    scores = scores[np.isfinite(scores).sum(axis=1) >= 2]
    if scale == "interval":
        raters, own = np.isfinite(scores).sum(axis=1), np.nanvar(scores, axis=1, ddof=1)
        return float(1 - (raters * own).sum() / raters.sum() / np.nanvar(scores, ddof=1))
    counts, categories = counts_by_category(scores)
    totals = counts.sum(axis=0)
    apart = 1 - closeness(categories, scale, totals)
    raters = counts.sum(axis=1)
    observed = ((counts * (counts @ apart)).sum(axis=1) / (raters - 1)).sum()
    expected = totals @ apart @ totals / (totals.sum() - 1)
    return float(1 - observed / expected)


def _chance_corrected(scores: np.ndarray, scale: Scale, form: Form) -> float:
    """(p_a − p_e) / (1 − p_e) with the chance term of the form."""
    counts, categories = counts_by_category(scores)
    weights = closeness(categories, scale, counts.sum(axis=0))
    rated = counts.sum(axis=1) > 0
    share = (counts[rated] / counts[rated].sum(axis=1, keepdims=True)).mean(axis=0)
    agreed = float(_observed(counts[counts.sum(axis=1) >= 2], weights).mean())
    if form == "percent":
        return agreed
    if form == "gwet":
        number = len(categories)
        chance = weights.sum() * (share * (1 - share)).sum() / (number * (number - 1))
    elif form == "cohen":
        chance = _chance_of_pairs(scores, categories, weights)
    else:
        chance = share @ weights @ share
    return float((agreed - chance) / (1 - chance))


def _chance_of_pairs(scores: np.ndarray, categories: np.ndarray, weights: np.ndarray) -> float:
    """Mean credit by chance over pairs of raters with shares of their own (Conger)."""
    own = (scores[:, :, None] == categories).sum(axis=0).astype(float)
    own = own / own.sum(axis=1, keepdims=True)
    credit = own @ weights @ own.T
    raters = len(own)
    return float((credit.sum() - np.trace(credit)) / (raters * (raters - 1)))


FORMS: dict[Form, Callable[[np.ndarray, Scale], float]] = {
    "krippendorff": krippendorff,
    **{form: partial(_chance_corrected, form=form) for form in CORRECTED},
}
"""Coefficients of scores (N, K) on a scale.

Cohen's kappa for two raters is Conger's for more; Gwet's is AC1, or AC2 where scores are not
nominal.

References
----------
Cohen (1968), Psychological Bulletin 70; Fleiss (1971), Psychological Bulletin 76; Conger (1980),
Psychological Bulletin 88; Gwet (2014), "Handbook of Inter-Rater Reliability", 4th ed.
"""
