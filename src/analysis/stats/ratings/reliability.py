"""Reliability of ratings from mean squares of crossed designs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy

from analysis.stats.pooling.exact import Interval

Effect = tuple[int, ...]


@dataclass(frozen=True)
class TwoWay:
    """Mean squares of a table of rated × raters: rated, raters, rest, and within rated."""

    rated: float
    raters: float
    rest: float
    within: float
    shape: tuple[int, int]


def mean_squares(scores: np.ndarray) -> TwoWay:
    """Mean squares of scores of shape (N rated, K raters)."""
    rated, raters = scores.shape
    overall = scores.mean()
    between = raters * ((scores.mean(axis=1) - overall) ** 2).sum()
    columns = rated * ((scores.mean(axis=0) - overall) ** 2).sum()
    total = ((scores - overall) ** 2).sum()
    rest = total - between - columns
    return TwoWay(
        float(between / (rated - 1)),
        float(columns / (raters - 1)),
        float(max(rest, 0.0) / ((rated - 1) * (raters - 1))),
        float((total - between) / (rated * (raters - 1))),
        (rated, raters),
    )


def icc_one(squares: TwoWay, level: float) -> Interval:
    """ICC(1,1): every rated has its own raters; agreement of one rater.

    References
    ----------
    Shrout and Fleiss (1979), "Intraclass correlations: uses in assessing rater reliability",
    Psychological Bulletin 86, for all six forms and their limits.
    """
    rated, raters = squares.shape
    return _one_way(squares.rated / squares.within, rated * (raters - 1), squares.shape, level)


def icc_three(squares: TwoWay, level: float) -> Interval:
    """ICC(3,1): these very raters; consistency of one of them."""
    rated, raters = squares.shape
    free = (rated - 1) * (raters - 1)
    return _one_way(squares.rated / squares.rest, free, squares.shape, level)


def icc_two(squares: TwoWay, level: float) -> Interval:
    """ICC(2,1): raters drawn from many; agreement of one of them, levels of raters counted."""
    n, k = squares.shape
    between, columns, rest = squares.rated, squares.raters, squares.rest
    value = (between - rest) / (between + (k - 1) * rest + k * (columns - rest) / n)
    ratio = columns / rest
    upper = k * value * ratio + n * (1 + (k - 1) * value) - k * value
    lower = (n - 1) * (k * value * ratio) ** 2
    lower += (n * (1 + (k - 1) * value) - k * value) ** 2
    free = (k - 1) * (n - 1) * upper**2 / lower
    tail = (1 - level) / 2
    high_f, low_f = scipy.stats.f.isf(tail, n - 1, free), scipy.stats.f.isf(tail, free, n - 1)
    spread = k * columns + (k * n - k - n) * rest
    low = n * (between - high_f * rest) / (high_f * spread + n * between)
    high = n * (low_f * between - rest) / (spread + n * low_f * between)
    return Interval(float(value), float(low), float(high))


def of_mean(single: Interval, raters: float) -> Interval:
    """Reliability of the mean of ``raters`` raters from that of one (Spearman–Brown)."""
    limits = (single.value, single.low, single.high)
    return Interval(*(raters * v / (1 + (raters - 1) * v) for v in limits))


def _one_way(ratio: float, free: int, shape: tuple[int, int], level: float) -> Interval:
    """Of one rater, from the ratio of mean squares and the degrees of freedom below it."""
    (rated, raters), tail = shape, (1 - level) / 2
    low = ratio / float(scipy.stats.f.isf(tail, rated - 1, free))
    high = ratio * float(scipy.stats.f.isf(tail, free, rated - 1))
    return Interval(*((f - 1) / (f + raters - 1) for f in (ratio, low, high)))


def variance_components(scores: np.ndarray) -> Mapping[Effect, float]:
    """Variances of every main effect and interaction of a crossed random design.

    One score per cell; the interaction of all axes holds the residual. From the mean squares,
    E[MS_A] = Σ_{B ⊇ A} σ²_B Π_{j ∉ B} n_j, solved from the highest interaction down; a negative
    solution is given as 0.

    Parameters
    ----------
    scores: shape (n_1, …, n_F), each at least 2. Keys of the result are tuples of axes.

    References
    ----------
    Brennan (2001), "Generalizability Theory", ch. 3.
    """
    axes = tuple(range(scores.ndim))
    effects = [e for size in range(scores.ndim, 0, -1) for e in combinations(axes, size)]
    found: dict[Effect, float] = {}
    for effect in effects:
        others = tuple(axis for axis in axes if axis not in effect)
        repeats = np.prod([scores.shape[axis] for axis in others], initial=1.0)
        free = np.prod([scores.shape[axis] - 1 for axis in effect])
        deviation = scores.mean(axis=others, keepdims=True)
        for axis in effect:
            deviation = deviation - deviation.mean(axis=axis, keepdims=True)
        square = repeats * (deviation**2).sum() / free
        above = sum(
            variance * np.prod([scores.shape[a] for a in axes if a not in other], initial=1.0)
            for other, variance in found.items()
            if set(effect) < set(other)
        )
        found[effect] = float((square - above) / repeats)
    return {effect: max(value, 0.0) for effect, value in found.items()}


def generalisability(scores: np.ndarray) -> float:
    """Share of the variance of means over all facets that lies between the rated (axis 0).

    ``σ²_p / (σ²_p + Σ σ²_{p·A} / n_A)`` over the interactions with the rated: whether the rated
    would be told apart in the same way by other raters, dimensions and periods.

    References
    ----------
    Cronbach, Gleser, Nanda and Rajaratnam (1972), "The Dependability of Behavioral
    Measurements".
    """
    components = variance_components(scores)
    own = components[(0,)]
    noise = sum(
        variance / np.prod([scores.shape[axis] for axis in effect[1:]])
        for effect, variance in components.items()
        if effect[0] == 0 and len(effect) > 1
    )
    return float(own / (own + noise))
