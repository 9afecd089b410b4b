"""Variances where every rater rated one: one-way, with unequal numbers of ratings.

With n ratings of each of k rated, N in all, mean squares B between and W within,

    σ²_rated = (B − W)/n₀,   n₀ = (N − Σn²/N)/(k − 1),   σ²_rest = W,

each sum taken within rounds and added up over them. Unbiased whatever the distribution. Where the
rated share regions, sums are taken within region and round: what a region has in common, such as
strict raters, is then nobody's own. The regions' variance is what is left of the squares between
the rated within rounds,

    σ²_region = (SSB − (k − 1) W − (k − 1) n₀ σ²_rated)/(N − Σ N_r²/N).

References
----------
Searle, Casella and McCulloch (1992), "Variance Components", ch. 3; Donner (1986), "A review of
inference procedures for the intraclass correlation coefficient", International Statistical Review
54.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.stats.pooling.exact import Interval
from analysis.stats.resampling.jackknife import share_limits

LEAST_REGIONS = 10
"""Regions with two of the rated, from which on the range leaves out regions and not the rated."""


@dataclass(frozen=True)
class OneWay:
    """Variances between the rated and within, and n₀, the middle number of ratings of one.

    ``region`` is the variance between regions, 0 where they are not told apart.
    """

    rated: float
    rest: float
    middle: float
    region: float = 0.0

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


def within_regions(
    score: np.ndarray, rated: np.ndarray, rounds: np.ndarray, region: np.ndarray, level: float
) -> tuple[Interval, OneWay]:
    """The same of the rated beside others of their region; limits leave out one region at a time.

    Where fewer than ``LEAST_REGIONS`` have two of the rated, limits leave out one of the rated, and
    hold for these regions.
    """
    block = region * (int(rounds.max()) + 1) + rounds
    parts = _parts(score, rated, block)
    of = np.zeros(parts.shape[1], dtype=int)
    of[block] = region
    by_region = np.array([np.bincount(of, each) for each in parts])
    whole = by_region.sum(axis=1)
    found = _variances(whole)
    square, even, free, _, _ = _parts(score, rated, rounds).sum(axis=1)
    size, squared = np.bincount(rounds).astype(float), np.bincount(block) ** 2.0
    by_round = np.bincount(np.arange(len(squared)) % len(size), squared, minlength=len(size))
    common = square - free * found.rest - even * found.rated
    found = replace(found, region=float(common / (size - by_round / size).sum()))
    compared = by_region[2] > 0
    if compared.sum() < LEAST_REGIONS:
        _, without = one_way(score, rated, np.unique(block, return_inverse=True)[1])
    else:
        left = [_variances(whole - by_region[:, one]) for one in np.flatnonzero(compared)]
        without = np.array([each.single for each in left])
    return Interval(found.single, *share_limits(found.single, without, level, found.middle)), found


def within_blocks(score: np.ndarray, rated: np.ndarray, block: np.ndarray) -> OneWay:
    """Variances alone, sums taken within blocks: rounds, or regions and rounds."""
    return _variances(_parts(score, rated, block).sum(axis=1))


def _parts(score: np.ndarray, rated: np.ndarray, block: np.ndarray) -> np.ndarray:
    """Sums by block: squares between, N − Σn²/N, k − 1, squares within, N − k; shape (5, B)."""
    count = int(block.max()) + 1
    cells, cell = np.unique(rated * count + block, return_inverse=True)
    own, centred = cells % count, score - score.mean()
    sizes, totals = np.bincount(cell).astype(float), np.bincount(cell, centred)

    def summed(values: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(own, values, minlength=count).astype(float)

    size, held, part = summed(sizes), summed(), summed(totals**2 / sizes)
    every = np.maximum(size, 1.0)
    squares = np.bincount(block, centred**2, minlength=count)
    return np.array(
        [
            part - summed(totals) ** 2 / every,
            size - summed(sizes**2) / every,
            held - (held > 0),
            squares - part,
            size - held,
        ]
    )


def _variances(sums: np.ndarray) -> OneWay:
    square, even, free, within, left = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        middle, rest = even / free, within / left
        return OneWay(float((square / free - rest) / middle), float(rest), float(middle))


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
