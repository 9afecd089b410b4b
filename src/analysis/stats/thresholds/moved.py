"""Whole-number scores moved over a cut-off: too many on it, too few just short of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from analysis.stats.thresholds.bunching import Bins, lay_out, measure, redraw

RANGE = 25
"""Points on each side of a cut-off that the smooth course is fitted to, where there are any."""
ORDER, ROUGH = 6, 3
FREE = 5
"""Bins beyond the terms of the course, below which the course follows anything."""


@dataclass(frozen=True)
class Moved:
    """What lies on a cut-off, and what lacks short of it, against a smooth course.

    ``p_value`` is of the excess on it; ``share`` (value, low, high) is that excess, ``lacking``
    what is not there, each as a share of those expected in the points short of it. Who was moved
    farther than the cut-off is in the second alone. ``course`` is what was expected at ``scores``,
    by the columns of ``design``, fitted where ``outside``.
    """

    cutoff: float

    p_value: float
    share: tuple[float, float, float]
    lacking: float
    scores: np.ndarray
    counts: np.ndarray
    course: np.ndarray
    design: np.ndarray
    outside: np.ndarray


def moved_over(
    counts: np.ndarray,
    scores: np.ndarray,
    cutoff: float,
    others: tuple[float, ...],
    *,
    reach: int,
    level: float,
    draws: int,
    rng: np.random.Generator,
) -> Moved:
    """How many scores were moved to a cut-off from the points short of it.

    The course is fitted without the cut-off, the ``reach`` points short of it, the same of the
    ``others``, and the ends of the scale, where scores heap by themselves. Its errors come from
    histograms drawn anew, widened by how unevenly the others lie around the course.

    Parameters
    ----------
    counts, scores: shape (J,), of every whole score in a row, the treated side last.

    Raises
    ------
    ValueError: too few scores to fit a course to.
    """
    near = (np.abs(scores - cutoff) <= RANGE) & (scores > scores[0]) & (scores < scores[-1])
    own, number = scores[near], counts[near].astype(float)[None, :]
    steps = own - cutoff
    spoiled = np.zeros(own.size, dtype=bool)
    for other in others:
        spoiled |= (own >= other - reach) & (own <= other)
    bins = _bins(steps, cutoff, reach, spoiled)
    found = measure(number, bins)
    again = measure(redraw(number, draws, float(found.dispersion[0]), rng), bins)
    error = float(again.excess.std(ddof=1))
    expected = found.course[:, bins.beside].sum(axis=1)
    shares = again.excess / again.course[:, bins.beside].sum(axis=1)
    share, half = float(found.excess[0] / expected[0]), float(shares.std(ddof=1))
    half *= float(scipy.stats.norm.ppf((1 + level) / 2))
    return Moved(
        cutoff,
        float(2 * scipy.stats.norm.sf(abs(float(found.excess[0])) / error)),
        (share, share - half, share + half),
        float(found.missing[0] / expected[0]),
        own,
        number[0],
        found.course[0],
        bins.design,
        bins.outside,
    )


def _bins(steps: np.ndarray, cutoff: float, reach: int, spoiled: np.ndarray) -> Bins:
    """Bins of which those short of the cut-off, as with deadlines those over it, may lack."""
    for order in range(ORDER, ROUGH - 1, -1):
        # Turned round: scores come from below, where cases come from beyond a deadline.
        bins = lay_out(-steps, cutoff - steps, order, 0, reach, np.zeros(0))
        outside = bins.outside & ~spoiled
        if outside.sum() >= bins.design.shape[1] + FREE:
            return Bins(bins.steps, bins.design, outside, bins.at, bins.beside)
    raise ValueError("has too few different scores around it to tell what lies too thick on it")
