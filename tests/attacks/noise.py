"""The law of the noise as a second implementation finds it, and the blocks of time it is drawn for.

Row c of a table holds the probabilities of the noise d = −D, …, D that is added to a true count c:
of all that have mean 0 and variance min(V, 3c) the one of largest entropy, exp(a d + b d²) / Z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import root

from analysis.disclosure import noise as house

SALT = b"a salt of tests that everyone may know"
PRECISION = 1e-9
"""Within which mean and variance of a row are what they should be."""


@dataclass(frozen=True)
class Noise:
    """How far a shown count may lie from a true one: variance, bound, and what is withheld."""

    variance: float = 9.0
    bound: int = 10
    threshold: int = 10

    @property
    def moves(self) -> np.ndarray:
        """What may be added to a count, shape (2 D + 1,)."""
        return np.arange(-self.bound, self.bound + 1)

    def table(self) -> np.ndarray:
        """Probabilities of the noise of true counts 0, …, D + 1 and more; (D + 2, 2 D + 1)."""
        return np.array([self._row(count) for count in range(self.bound + 2)])

    def _row(self, count: int) -> np.ndarray:
        lowest = count if count < self.threshold else count - 1
        moves = self.moves[self.moves >= -min(lowest, self.bound)]
        if count == 0:
            return (self.moves == 0).astype(float)
        variance = min(self.variance, 3.0 * count)
        powers = np.array([moves, moves**2]).T

        def law(weights: np.ndarray) -> np.ndarray:
            exponent = powers @ weights
            probability = np.exp(exponent - exponent.max())
            return probability / probability.sum()

        def error(weights: np.ndarray) -> np.ndarray:
            return law(weights) @ powers - [0.0, variance]

        found = root(error, [0.0, -0.5 / variance], tol=1e-14)
        assert np.abs(error(found.x)).max() < PRECISION, (self, count)
        return np.concatenate([np.zeros(len(self.moves) - len(moves)), law(found.x)])

    def small(self, counts: np.ndarray) -> np.ndarray:
        """Which true counts are withheld."""
        return (counts > 0) & (counts < self.threshold)

    def drawn(self, counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Counts as the house protects them, each by a key of its own; shape of ``counts``."""
        keys = rng.integers(0, 2**64, counts.size, dtype=np.uint64)
        settings = house.Noise(int(self.variance), self.threshold)
        return house.shown_counts(counts.ravel(), keys, settings, SALT).reshape(counts.shape)


def ladder(*groups: int) -> np.ndarray:
    """Nested blocks over their smallest periods, shape (B, P): ``(3, 4)`` for a year of months."""
    blocks = [np.eye(int(np.prod(groups)), dtype=int)]
    for group in groups:
        below = blocks[-1]
        blocks.append(below.reshape(-1, group, below.shape[1]).sum(axis=1))
    return np.concatenate(blocks)


def every_span(periods: int) -> np.ndarray:
    """All contiguous spans, single periods first; shape (P (P + 1) / 2, P)."""
    return np.array(
        [
            (np.arange(periods) >= first) & (np.arange(periods) < first + length)
            for length in range(1, periods + 1)
            for first in range(periods - length + 1)
        ],
        dtype=int,
    )
