"""What editions give away of a period that is shown while records still come in.

Every day with a new record draws the noise anew, so that a number that moves tells of a record, and
one that stays of none. A reader who keeps all editions adds up what they say, day by day.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import toeplitz

from attacks.knowledge import Beliefs, World
from attacks.noise import Noise

MOST = 60
"""Records of the period, at the most."""


def daily(world: World, noise: Noise, rng: np.random.Generator) -> np.ndarray:
    """What is shown at the end of each period of the world of all counts so far, shape (N, P)."""
    so_far = world.counts.cumsum(axis=1)
    shown = noise.drawn(so_far, rng)
    for day in range(1, shown.shape[1]):
        same = world.counts[:, day] == 0
        shown[same, day] = shown[same, day - 1]
    return shown


def followed(world: World, shown: np.ndarray, noise: Noise) -> Beliefs:
    """Beliefs on the count of the whole period, by a filter that runs from day to day."""
    counts, table = np.arange(MOST), noise.table()
    after = np.eye(MOST)[[0]].repeat(len(shown), axis=0)
    before = np.zeros(len(shown), dtype=int)
    for day, number in enumerate(shown.T):
        arrivals = world.log_prior(np.broadcast_to(counts, (*world.mean.shape, MOST)))[:, day]
        step = np.array([toeplitz(row, np.zeros(MOST)) for row in np.exp(arrivals)])
        none = step[:, :1, 0] * after * (number == before)[:, None]
        some = np.einsum("nij,nj->ni", step, after) - step[:, :1, 0] * after
        moved = number[:, None] - counts + noise.bound
        inside = (moved >= 0) & (moved < table.shape[1])
        chance = table[np.minimum(counts, noise.bound + 1), np.clip(moved, 0, table.shape[1] - 1)]
        true = world.counts[:, : day + 1].sum(axis=1)[:, None]
        marked = (noise.small(counts) == noise.small(true)) & ((counts == 0) == (true == 0))
        after = (none + some * np.where(inside, chance, 0.0)) * marked
        after /= after.sum(axis=1, keepdims=True)
        before = number
    return Beliefs(np.zeros((len(shown), 1), dtype=int), after[:, None])
