"""The posterior of a reader by Metropolis steps over whole numbers, for blocks of any kind."""

from __future__ import annotations

import numpy as np

from attacks.knowledge import Beliefs, Evidence, World

LONGEST = 3
"""Records by which a step changes a count at the most."""


def sampled(
    world: World,
    found: Evidence,
    blocks: np.ndarray,
    rng: np.random.Generator,
    *,
    sweeps: int,
    chains: int = 1,
    unread: int = 100,
) -> Beliefs:
    """Beliefs on every block, from chains that begin at the truth; all regions step at once.

    A sweep changes each period's count by one to three, and moves as many between two periods.

    Parameters
    ----------
    sweeps: that are counted. chains: for each region. unread: sweeps before.
    """
    walk = _Walk(world, found, blocks, chains)
    periods = blocks.shape[1]
    for sweep in range(unread + sweeps):
        order = rng.permutation(periods)
        for period in order:
            walk.step(blocks[:, period], rng)
        for giver, taker in zip(order, rng.permutation(periods), strict=True):
            if giver != taker:
                walk.step(blocks[:, giver] - blocks[:, taker], rng)
        if sweep >= unread:
            walk.count()
    seen = walk.seen.reshape(len(blocks), chains, len(world.counts), -1).sum(axis=1)
    probability = np.moveaxis(seen, 0, 1)[:, :, LONGEST:-LONGEST] / (sweeps * chains)
    return Beliefs(found.lowest, probability)


class _Walk:
    """Where all chains stand: for each block and chain a place in the table of log likelihoods."""

    def __init__(self, world: World, found: Evidence, blocks: np.ndarray, chains: int) -> None:
        log = found.log.copy()
        periods = blocks.shape[1]
        log[:, :periods] += world.log_prior(found.counts[:, :periods])
        # Beyond the last possible counts every step is refused by a likelihood of zero.
        log = np.pad(log, ((0, 0), (0, 0), (LONGEST, LONGEST)), constant_values=-np.inf)
        log = np.tile(np.moveaxis(log, 1, 0), (1, chains, 1))
        self._log, width = log.ravel(), log.shape[2]
        self._chains = log.shape[1]
        places = (world.counts @ blocks.T - found.lowest).T + LONGEST
        rows = np.arange(log.shape[0] * self._chains).reshape(log.shape[0], self._chains)
        self._place = rows * width + np.tile(places, (1, chains))
        self._now = self._log[self._place]
        assert np.isfinite(self._now).all(), "the truth is impossible"
        self.seen = np.zeros(len(self._log))

    def step(self, change: np.ndarray, rng: np.random.Generator) -> None:
        """Propose to change blocks by a multiple of ``change``, shape (B,) of −1, 0 and 1."""
        touched = np.flatnonzero(change)
        size = rng.integers(1, LONGEST + 1, self._chains)
        size *= 1 - 2 * rng.integers(0, 2, self._chains)
        place = self._place[touched] + change[touched, None] * size
        log = self._log[place]
        gain = (log - self._now[touched]).sum(axis=0)
        taken = -rng.standard_exponential(self._chains) < gain
        self._place[touched] = np.where(taken, place, self._place[touched])
        self._now[touched] = np.where(taken, log, self._now[touched])

    def count(self) -> None:
        """Note where every block of every chain stands."""
        self.seen[self._place] += 1
