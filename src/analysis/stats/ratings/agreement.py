"""Agreement of raters beyond chance, on any scale, with ratings missing.

Every coefficient is a function of sums over the rated, so that leaving one out subtracts its part:
with M scores, N rated and Q different scores all N take O(M + N·Q²), whatever the raters.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

Scale = Literal["nominal", "ordinal", "interval"]
Form = Literal["krippendorff", "fleiss", "cohen", "gwet", "percent"]
FORMS: tuple[Form, ...] = ("krippendorff", "fleiss", "cohen", "gwet", "percent")
"""Cohen's kappa for two raters is Conger's for more; Gwet's is AC1, or AC2 where scores are not
nominal.

References
----------
Cohen (1968), Psychological Bulletin 70; Fleiss (1971), Psychological Bulletin 76; Conger (1980),
Psychological Bulletin 88; Gwet (2014), "Handbook of Inter-Rater Reliability", 4th ed.
"""


@dataclass(frozen=True)
class Judged:
    """M scores: who is rated, and by whom, numbered from 0; each of shape (M,)."""

    rated: np.ndarray
    rater: np.ndarray
    score: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """How many scores each rated has; shape (N,)."""
        return np.bincount(self.rated)

    @property
    def complete(self) -> bool:
        """Whether every rater rated all."""
        return len(self.score) == len(self.sizes) * len(np.bincount(self.rater))


def counts_by_category(judged: Judged) -> tuple[np.ndarray, np.ndarray]:
    """How many raters gave each rated each score (N, Q), and the scores in order (Q,)."""
    categories, place = np.unique(judged.score, return_inverse=True)
    return _crossed(judged.rated, place, len(categories)), categories


def _crossed(rows: np.ndarray, columns: np.ndarray, width: int) -> np.ndarray:
    """How often each row meets each column."""
    height = int(rows.max()) + 1
    counted = np.bincount(rows * width + columns, minlength=height * width)
    return counted.reshape(height, width).astype(float)


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


@dataclass(frozen=True)
class Sums:
    """Sums over the rated, of counts c (Q,) of n raters: over all of them, or with n of 2 or more.

    ``share`` Σ c/n, ``paired`` Σ c, ``pairs`` Σ cc'/(n − 1), ``mean_pairs`` Σ cc'/(n(n − 1)),
    ``alone`` Σ 1/(n − 1), and how many rated there are, and paired ones.
    """

    rated: float
    share: np.ndarray
    totals: np.ndarray
    paired_rated: float
    paired: np.ndarray
    pairs: np.ndarray
    mean_pairs: np.ndarray
    alone: float

    @classmethod
    def of(cls, counts: np.ndarray) -> Sums:
        """Of counts (N, Q)."""
        raters = counts.sum(axis=1)
        two = raters >= 2
        c, n = counts[two], raters[two][:, None]
        share = (counts / raters[:, None]).sum(axis=0)
        pairs, mean_pairs = ((c / by).T @ c for by in (n - 1, n * (n - 1)))
        whole = (float(len(counts)), share, counts.sum(axis=0))
        return cls(*whole, float(two.sum()), c.sum(axis=0), pairs, mean_pairs, (1 / (n - 1)).sum())

    def __sub__(self, other: Sums) -> Sums:
        names = [each.name for each in fields(self)]
        return Sums(*(getattr(self, name) - getattr(other, name) for name in names))

    def present(self, categories: np.ndarray) -> tuple[Sums, np.ndarray]:
        """Without the scores that nobody gave."""
        kept = self.totals > 0
        if kept.all():
            return self, categories
        cut = {1: lambda x: x[kept], 2: lambda x: x[np.ix_(kept, kept)]}
        values = [getattr(self, each.name) for each in fields(self)]
        return Sums(*(cut.get(np.ndim(v), float)(v) for v in values)), categories[kept]


def coefficient(judged: Judged, form: Form, scale: Scale) -> float:
    """The coefficient alone."""
    if (form, scale) == ("krippendorff", "interval"):
        return _alpha_of_squares(judged)[0]
    counts, categories = counts_by_category(judged)
    return _coefficient(Sums.of(counts), categories, form, scale, _by_rater(judged))


def coefficients(judged: Judged, form: Form, scale: Scale) -> tuple[float, np.ndarray]:
    """The coefficient, and the same without each of the N rated."""
    if (form, scale) == ("krippendorff", "interval"):
        return _alpha_of_squares(judged)
    counts, categories = counts_by_category(judged)
    sums, by_rater = Sums.of(counts), _by_rater(judged)
    place = np.searchsorted(categories, judged.score)

    def without(rated: int) -> float:
        rest = by_rater
        if form == "cohen":
            own, rest = judged.rated == rated, by_rater.copy()
            np.subtract.at(rest, (judged.rater[own], place[own]), 1)
        left = sums - Sums.of(counts[rated : rated + 1])
        return _coefficient(left, categories, form, scale, rest)

    value = _coefficient(sums, categories, form, scale, by_rater)
    return value, np.array([without(rated) for rated in range(len(counts))])


def _by_rater(judged: Judged) -> np.ndarray:
    """How often each rater gave each score; shape (K, Q)."""
    categories, place = np.unique(judged.score, return_inverse=True)
    return _crossed(judged.rater, place, len(categories))


def _coefficient(
    sums: Sums, categories: np.ndarray, form: Form, scale: Scale, by_rater: np.ndarray
) -> float:
    """``1 − D_observed/D_expected``, or (p_a − p_e)/(1 − p_e) with the chance term of the form.

    Parameters
    ----------
    by_rater: counts of each rater (K, Q).

    References
    ----------
    Krippendorff (2011), "Computing Krippendorff's alpha-reliability".
    """
    kept = sums.totals > 0
    sums, categories = sums.present(categories)
    if form == "krippendorff":
        apart = 1 - closeness(categories, scale, sums.paired)
        number = float(sums.paired.sum())
        expected = sums.paired @ apart @ sums.paired / (number - 1)
        return float(1 - (sums.pairs * apart).sum() / expected)
    weights = closeness(categories, scale, sums.totals)
    share = sums.share / sums.rated
    agreed = float(((sums.mean_pairs * weights).sum() - sums.alone) / sums.paired_rated)
    if form == "percent":
        return agreed
    if form == "gwet":
        number = len(categories)
        chance = weights.sum() * (share * (1 - share)).sum() / (number * (number - 1))
    elif form == "cohen":
        chance = _chance_of_pairs(by_rater[:, kept], weights)
    else:
        chance = share @ weights @ share
    return float((agreed - chance) / (1 - chance))


def _chance_of_pairs(by_rater: np.ndarray, weights: np.ndarray) -> float:
    """Mean credit by chance over pairs of raters with shares of their own (Conger)."""
    own = by_rater / by_rater.sum(axis=1, keepdims=True)
    total, raters = own.sum(axis=0), len(own)
    same = ((own @ weights) * own).sum()
    return float((total @ weights @ total - same) / (raters * (raters - 1)))


def _alpha_of_squares(judged: Judged) -> tuple[float, np.ndarray]:
    """Krippendorff's alpha on an interval scale from sums of squares, however many the scores."""
    sizes, centred = judged.sizes, judged.score - judged.score.mean()
    total = np.bincount(judged.rated, centred)
    squares = np.bincount(judged.rated, centred**2)
    two = sizes >= 2
    own = (sizes * squares - total**2)[two] / (sizes[two] - 1)
    parts = np.array([sizes[two], total[two], squares[two], own])
    whole = parts.sum(axis=1)
    without = np.full(len(sizes), _alpha(*whole))
    without[two] = _alpha(*(whole[:, None] - parts))
    return float(_alpha(*whole)), without


def _alpha(
    number: np.ndarray, total: np.ndarray, squares: np.ndarray, own: np.ndarray
) -> np.ndarray:
    """Of how many scores, their sum and squares, and the variances within each times its raters."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - own / number / ((squares - total**2 / number) / (number - 1)))
