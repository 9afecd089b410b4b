"""What sums of amounts give away of counts, where some records lack the amount.

Where all amounts are alike, a sum tells how many records have one: as much as it can at the most.
The reader is told that number as it is protected, beside the protected counts of all records.
"""

from __future__ import annotations

import numpy as np

from attacks.knowledge import SIZE, Beliefs, Evidence, Score, World, evidence, score
from attacks.noise import Noise, ladder
from attacks.sampler import sampled

WIDE = 30
"""How far from the true count any count may lie, by what is drawn of others."""


def attacked(
    rng: np.random.Generator, noise: Noise, lacking: float, *, twice: bool, regions: int = 80
) -> tuple[Score, Score]:
    """How near a reader comes to counts of all records, and of those of the smaller part.

    Parameters
    ----------
    lacking: share of records without an amount. twice: whether those with one are drawn for
        themselves, too; else only the smaller part is.
    """
    mean = np.repeat(9 * np.exp(0.5 * rng.standard_normal((regions, 1))), 12, axis=1)
    parts = np.concatenate([mean * (1 - lacking), mean * lacking], axis=1)
    world = World(rng.poisson(rng.gamma(SIZE, parts / SIZE)), parts)
    blocks, (having, without, every) = _blocks()
    smaller = without if lacking <= 0.5 else having
    drawn = np.concatenate([having if twice else smaller, every])
    true = world.counts @ blocks.T
    shown = noise.drawn(true[:, drawn], rng)
    told = evidence(shown[None], noise.small(true[:, drawn]), noise)
    found = sampled(world, _placed(told, drawn, true), blocks, rng, sweeps=300)
    return tuple(
        score(world, blocks[of], Beliefs(found.lowest[:, of], found.probability[:, of]), noise)
        for of in (every, smaller)
    )


def _blocks() -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Blocks of records that have an amount, that lack it, and of all, single months first."""
    year = ladder(3, 4)
    none = np.zeros_like(year)
    having, without = np.hstack([year, none]), np.hstack([none, year])
    longer = having[12:], without[12:], having + without
    blocks = np.vstack([having[:12], without[:12], *longer])
    places = np.arange(len(blocks))
    return blocks, (np.r_[places[:12], places[24:29]], np.r_[12:24, 29:34], places[34:])


def _placed(told: Evidence, drawn: np.ndarray, true: np.ndarray) -> Evidence:
    """What was told of some blocks, and of the others only that no count is below zero."""
    lowest, width = true - WIDE, 2 * WIDE + 1
    log = np.where(lowest[:, :, None] + np.arange(width) >= 0, 0.0, -np.inf)
    log[:, drawn] = -np.inf
    shift = told.lowest - lowest[:, drawn]
    rows, columns = np.indices(shift.shape)
    for place in range(told.log.shape[2]):
        at = shift + place
        inside = (at >= 0) & (at < width)
        log[rows[inside], drawn[columns[inside]], at[inside]] = told.log[:, :, place][inside]
    return Evidence(lowest, log)
