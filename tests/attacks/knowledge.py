"""What a reader knows of counts before and after the pages, and how near that comes to them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.stats import binom, nbinom, poisson

from attacks.noise import Noise

SURE = 0.95
SIZE = 4.0
"""Counts of a period vary by the mean and a quarter of its square."""


@dataclass(frozen=True)
class World:
    """True counts of regions, and what is to be expected of them.

    Parameters
    ----------
    counts: shape (N, P), regions by smallest periods. mean: what is expected, shape (N, P).
    size: of the negative binomial law about it; infinite for Poisson counts.
    """

    counts: np.ndarray
    mean: np.ndarray
    size: float = SIZE

    def log_prior(self, counts: np.ndarray) -> np.ndarray:
        """Log probability of counts of shape (N, P, …) in their periods."""
        mean = self.mean.reshape(self.mean.shape + (1,) * (counts.ndim - 2))
        if np.isinf(self.size):
            return poisson.logpmf(counts, mean)
        return nbinom.logpmf(counts, self.size, self.size / (self.size + mean))


@dataclass(frozen=True)
class Insider(World):
    """The same to a reader who knows which records are his own, a given share of all by chance.

    Parameters
    ----------
    own: shape (N, P).
    """

    own: np.ndarray = field(kw_only=True)
    share: float = field(kw_only=True)

    def log_prior(self, counts: np.ndarray) -> np.ndarray:
        """Log probability of counts of shape (N, P, …) beside his own records."""
        own = self.own.reshape(self.own.shape + (1,) * (counts.ndim - 2))
        # There are no fewer than nought, and a window of counts may begin below.
        beside = binom.logpmf(own, np.maximum(counts, 0), self.share)
        return super().log_prior(counts) + np.where(counts >= own, beside, -np.inf)


def drawn_world(
    rng: np.random.Generator, regions: int, periods: int, level: float = 9.0, size: float = SIZE
) -> World:
    """Regions whose levels are log-normal about ``level`` records a period, with an s.d. of .5."""
    mean = np.repeat(level * np.exp(0.5 * rng.standard_normal((regions, 1))), periods, axis=1)
    rate = mean if np.isinf(size) else rng.gamma(size, mean / size)
    return World(rng.poisson(rate), mean, size)


@dataclass(frozen=True)
class Evidence:
    """What protected numbers say of the counts of blocks.

    Parameters
    ----------
    lowest: the lowest count that could be behind each number, shape (N, B).
    log: log likelihood of counts from there on, shape (N, B, K).
    """

    lowest: np.ndarray
    log: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """The counts that ``log`` speaks of, shape (N, B, K)."""
        return self.lowest[:, :, None] + np.arange(self.log.shape[2])


def evidence(shown: np.ndarray, small: np.ndarray, noise: Noise) -> Evidence:
    """Read protected numbers, of which there may be several for one block.

    Parameters
    ----------
    shown: shape (E, N, B), E draws for the same counts. small: which are marked as withheld.
    """
    with np.errstate(divide="ignore"):
        table = np.log(noise.table())
    first = shown[0] - noise.bound
    counts = first[:, :, None] + np.arange(2 * noise.bound + 1)
    log = np.where((counts >= 0) & (noise.small(counts) == small[:, :, None]), 0.0, -np.inf)
    for draw in shown:
        moved = draw[:, :, None] - counts + noise.bound
        inside = (moved >= 0) & (moved < table.shape[1])
        rows = np.clip(counts, 0, noise.bound + 1)
        log += np.where(inside, table[rows, np.clip(moved, 0, table.shape[1] - 1)], -np.inf)
    return Evidence(first, log)


@dataclass(frozen=True)
class Beliefs:
    """Probabilities of counts from ``lowest`` on, shapes (N, B, K) and (N, B)."""

    lowest: np.ndarray
    probability: np.ndarray

    def of(self, counts: np.ndarray) -> np.ndarray:
        """Probability of these counts, shape (N, B)."""
        places = counts - self.lowest
        inside = (places >= 0) & (places < self.probability.shape[2])
        held = np.clip(places, 0, self.probability.shape[2] - 1)[:, :, None]
        return np.where(inside, np.take_along_axis(self.probability, held, 2)[:, :, 0], 0.0)

    @property
    def likeliest(self) -> np.ndarray:
        """The most probable counts, shape (N, B)."""
        return self.lowest + self.probability.argmax(axis=2)

    @property
    def mean(self) -> np.ndarray:
        """Expected counts, shape (N, B)."""
        return self.lowest + self.probability @ np.arange(self.probability.shape[2])


def without_pages(world: World, blocks: np.ndarray, threshold: int) -> Beliefs:
    """What is believed of withheld counts by a reader who sees no page but knows they are small."""
    counts = np.arange(threshold)
    single = np.exp(world.log_prior(np.broadcast_to(counts, (*world.mean.shape, threshold))))
    summed = np.zeros((len(single), len(blocks), threshold))
    for number, block in enumerate(blocks):
        total = np.eye(threshold)[[0]].repeat(len(single), axis=0)
        for period in np.flatnonzero(block):
            total = np.stack(
                [(total[:, : c + 1] * single[:, period, c::-1]).sum(axis=1) for c in counts], axis=1
            )
        summed[:, number] = total
    summed[:, :, 0] = 0.0
    # A long block that is never small has no probability to share out, and none is asked for.
    whole = np.maximum(summed.sum(axis=2, keepdims=True), np.finfo(float).tiny)
    return Beliefs(np.zeros(summed.shape[:2], int), summed / whole)


@dataclass(frozen=True)
class Score:
    """How much of the withheld counts a reader knows.

    Parameters
    ----------
    cells: how many are withheld. certain: share known with more than .95.
    right, right_before: share whose most probable count is the true one, with and without pages.
    ratio: root mean square error, as a share of that without pages.
    """

    cells: int
    certain: float
    right: float
    right_before: float
    ratio: float

    def __str__(self) -> str:
        return (
            f"{self.cells} withheld, {self.certain:.2%} certain, right {self.right:.3f} "
            f"({self.right_before:.3f}), ratio {self.ratio:.3f}"
        )


def read(
    world: World, blocks: np.ndarray, noise: Noise, rng: np.random.Generator, draws: int = 1
) -> Evidence:
    """What the strongest reader reads where each block, shape (B, P), is protected by own draws."""
    true = world.counts @ blocks.T
    shown = np.stack([noise.drawn(true, rng) for _ in range(draws)])
    return evidence(shown, noise.small(true), noise)


def score(world: World, blocks: np.ndarray, after: Beliefs, noise: Noise) -> Score:
    """How near a reader comes to the withheld counts of blocks, shape (B, P), by the pages."""
    true = world.counts @ blocks.T
    small = noise.small(true)
    before = without_pages(world, blocks, noise.threshold)
    known = after.of(true)[small]
    errors = [np.sqrt(((b.mean - true)[small] ** 2).mean()) for b in (after, before)]
    right = [(b.likeliest == true)[small].mean() for b in (after, before)]
    return Score(int(small.sum()), float((known > SURE).mean()), *right, errors[0] / errors[1])
