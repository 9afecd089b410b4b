"""Noise for counts: small whole numbers drawn from a table by a key, so that they stay the same.

A count c is shown as c + d. Of all distributions of d between −min(c, D) and D that have mean 0 and
variance V_c = min(V, 3c), the one of greatest entropy is taken:

    p_c(d) ∝ exp(a d + b d²),   a and b such that Σ p d = 0 and Σ p d² = V_c.

Zero stays zero, and a count that may be shown never becomes zero. Which d it is, decides the key of
the units behind the count: the same ones give the same d wherever they are counted.

References
----------
Fraser and Wooton (2005), "A proposed method for confidentialising tabular output to protect against
differencing", UNECE work session on statistical data confidentiality, for cell keys. Giessing
(2016), "Computational issues in the design of transition probabilities and disclosure risk
estimation for additive noise", Privacy in Statistical Databases, for the table.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy

VERSION = 2
"""Of table and keys: with another one every count is drawn anew."""
BOUNDS = {2: 5, 4: 6, 6: 8, 9: 10, 16: 14}
"""By variance, how far at most a shown count lies from the true one; nearer would pin it down."""
SMALL = 3
"""The variance of the noise on a small count is at most this many times the count."""
PRECISION = 1e-9
WITHIN = {2: 3, 4: 4, 6: 5, 9: 6, 16: 8}
"""By variance, how far nineteen of twenty shown counts lie from the true ones."""


@dataclass(frozen=True)
class Noise:
    """How counts are moved and which are withheld.

    Parameters
    ----------
    variance: of the noise on one count, one of ``BOUNDS``.
    threshold: true counts from 1 to one below it are withheld.
    """

    variance: int = 9
    threshold: int = 10

    @property
    def bound(self) -> int:
        """How far at most a shown count lies from the true one."""
        return BOUNDS[self.variance]

    @property
    def within(self) -> int:
        """How far nineteen of twenty shown counts lie from the true ones."""
        return WITHIN[self.variance]

    @property
    def draws(self) -> int:
        """How many times a record may be part of a count that is drawn for itself."""
        return 6 if self.variance >= 16 else 3 if self.variance >= 9 else 2


@lru_cache(maxsize=8)
def noise_table(variance: int, bound: int, threshold: int) -> np.ndarray:
    """Probability of at most each noise, by count; the last row stands for all larger counts.

    Returns
    -------
    Shape (bound + 2, 2 · bound + 1): counts 0, 1, … bound + 1, noise −bound, … bound.
    """
    noise = np.arange(-bound, bound + 1)
    rows = [(noise >= 0).astype(float)]
    for count in range(1, bound + 2):
        lowest = -min(count if count < threshold else count - 1, bound)
        allowed = noise[noise >= lowest]
        chances = np.zeros(len(noise))
        chances[noise >= lowest] = _widest(allowed, min(variance, SMALL * count))
        rows.append(np.cumsum(chances))
    table = np.array(rows)
    table[:, -1] = 1.0
    return table


def _widest(values: np.ndarray, variance: float) -> np.ndarray:
    """The distribution on the values of greatest entropy with mean 0 and this variance."""
    moments = np.vstack([values, values**2]).astype(float)
    target = np.array([0.0, variance])

    def gap(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        chances = scipy.special.softmax(weights @ moments)
        mean = moments @ chances
        return mean - target, (moments * chances) @ moments.T - np.outer(mean, mean)

    start = np.array([0.0, -0.5 / variance])
    solved = scipy.optimize.root(gap, start, jac=True, method="lm", options={"xtol": 1e-15})
    if np.abs(gap(solved.x)[0]).max() > PRECISION:
        raise ArithmeticError(f"no noise of variance {variance} fits between {values[0]} and ends")
    chances: np.ndarray = scipy.special.softmax(solved.x @ moments)
    return chances


def shown_counts(
    counts: np.ndarray, signatures: np.ndarray, noise: Noise, salt: bytes
) -> np.ndarray:
    """Counts moved by noise, each by the key of the units behind it.

    Parameters
    ----------
    counts: true whole counts, shape (N,). signatures: of the units of each, ``uint64``, (N,).

    Returns
    -------
    Whole counts, shape (N,).
    """
    bound = noise.bound
    table = noise_table(noise.variance, bound, noise.threshold)
    rows = table[np.minimum(counts, bound + 1).astype(int)]
    moved = (rows < draws(signatures, salt)[:, None]).sum(axis=1) - bound
    return np.asarray(np.where(counts > 0, counts + moved, 0), dtype=np.int64)


def draws(signatures: np.ndarray, salt: bytes) -> np.ndarray:
    """A number between 0 and 1 for each signature, that nobody can tell without the salt; (N,).

    The sum of keys is hashed once more: else the draw of a whole would follow from its parts'.
    """
    keyed = hashlib.blake2b(key=salt, digest_size=8, person=b"cell")
    marks = []
    for signature in np.ascontiguousarray(signatures, dtype=">u8").view("S8").tolist():
        mark = keyed.copy()
        mark.update(signature.ljust(8, b"\0"))
        marks.append(mark.digest())
    numbers = np.frombuffer(b"".join(marks), dtype=">u8")
    return (numbers.astype(float) + 0.5) / 2.0**64


def too_small(counts: np.ndarray, threshold: int) -> np.ndarray:
    """Counts that are positive and below the threshold; zeros give nobody away."""
    return np.asarray((counts > 0) & (counts < threshold))


def fingerprint(salt: bytes, settings: str = "") -> str:
    """What tells one salt, and settings beside it, from another without giving it away."""
    text = settings.encode()
    return hashlib.blake2b(text, key=salt, digest_size=6, person=b"fingerprint").hexdigest()
