"""Variances where every rater rated one: one-way, with unequal numbers of ratings.

With n ratings of each of k rated, N in all, mean squares B between and W within,

    σ²_rated = (B − W)/n₀,   n₀ = (N − Σn²/N)/(k − 1),   σ²_rest = W,

each sum taken within rounds and added up over them. Unbiased whatever the distribution.

References
----------
Searle, Casella and McCulloch (1992), "Variance Components", ch. 3; Donner (1986), "A review of
inference procedures for the intraclass correlation coefficient", International Statistical Review
54.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.stats.pooling.exact import Interval
from analysis.stats.resampling.jackknife import share_limits


@dataclass(frozen=True)
class OneWay:
    """Variances between the rated and within, and n₀, the middle number of ratings of one."""

    rated: float
    rest: float
    middle: float

    @property
    def single(self) -> float:
        """Share of the variance of one rating that lies between the rated: ICC(1)."""
        return self.rated / (self.rated + self.rest)


def nested_share(
    score: np.ndarray, rated: np.ndarray, rounds: np.ndarray, level: float
) -> tuple[Interval, OneWay]:
    """ICC(1) with the limits of leaving out one rated at a time, and the variances."""
    found, without = one_way(score, rated, rounds)
    return Interval(found.single, *share_limits(found.single, without, level, found.middle)), found


def one_way(score: np.ndarray, rated: np.ndarray, rounds: np.ndarray) -> tuple[OneWay, np.ndarray]:
    """Variances, and ICC(1) without each of the U rated, whatever the rounds it was rated in.

    Parameters
    ----------
    score, rated, rounds: shape (M,); the rated and the rounds are numbered from 0.
    """
    shape = (int(rated.max()) + 1, int(rounds.max()) + 1)
    cell = rated * shape[1] + rounds
    centred = score - score.mean()

    def summed(weights: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(cell, weights, minlength=shape[0] * shape[1]).reshape(shape)

    size, total = summed(), summed(centred)
    held = size > 0
    part = np.divide(total**2, size, out=np.zeros(shape), where=held)
    within = (summed(centred**2) - part).sum(axis=1)
    parts = (size, total, part, size**2.0, held.astype(float))
    wholes = [each.sum(axis=0) for each in parts]
    between, middle = _squares(*wholes)
    rest = within.sum() / (size.sum() - held.sum())
    found = OneWay(float((between - rest) / middle), float(rest), float(middle))
    left = [whole - each for whole, each in zip(wholes, parts, strict=True)]
    between, middle = _squares(*left)
    rest = (within.sum() - within) / (left[0] - left[4]).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = (between - rest) / middle
        return found, own / (own + rest)


def _squares(
    size: np.ndarray, total: np.ndarray, part: np.ndarray, squared: np.ndarray, held: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The mean square between the rated, and n₀; sums along rounds, the last axis."""
    with np.errstate(divide="ignore", invalid="ignore"):
        free = (held - (held > 0)).sum(axis=-1)
        square = part - np.where(size > 0, total**2 / size, 0.0)
        even = np.where(size > 0, size - squared / size, 0.0)
        return square.sum(axis=-1) / free, even.sum(axis=-1) / free
