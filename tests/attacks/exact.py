"""The exact posterior of a reader: by sums along nested blocks, and by going through all counts."""

from __future__ import annotations

import itertools

import numpy as np

from attacks.knowledge import Beliefs, Evidence, World


def nested(world: World, found: Evidence, groups: tuple[int, ...]) -> Beliefs:
    """Beliefs on every block of a ladder, smallest periods first.

    Counts of a block depend on those of others only through the block above and the blocks within,
    so that probabilities pass up the ladder and down again (Pearl 1988, "Probabilistic Reasoning
    in Intelligent Systems", ch. 4), and nothing is drawn at random.
    """
    levels = _levels(found, world.counts.shape[1], groups)
    prior = world.log_prior(levels[0].counts)
    own = [_scaled(level.log + (prior if not i else 0.0)) for i, level in enumerate(levels)]
    upward = [own[0]]
    for group, level, below in zip(groups, levels[1:], levels[:-1], strict=True):
        sums = _convolved(upward[-1].reshape(*level.lowest.shape, group, -1))
        shift = level.lowest - below.lowest.reshape(*level.lowest.shape, group).sum(axis=2)
        upward.append(_unit(own[len(upward)] * _window(sums, shift, own[0].shape[2])))
    downward = [np.ones_like(upward[-1])]
    for number in range(len(groups) - 1, -1, -1):
        group, level, below = groups[number], levels[number + 1], levels[number]
        parts = upward[number].reshape(*level.lowest.shape, group, -1)
        shift = below.lowest.reshape(*level.lowest.shape, group).sum(axis=2) - level.lowest
        above = _window(own[number + 1] * downward[0], shift, group * (parts.shape[3] - 1) + 1)
        told = [_correlated(above, np.delete(parts, i, axis=2)) for i in range(group)]
        downward.insert(0, _unit(np.stack(told, axis=2).reshape(upward[number].shape)))
    both = [_unit(up * down) for up, down in zip(upward, downward, strict=True)]
    return Beliefs(found.lowest, np.concatenate(both, axis=1))


def _levels(found: Evidence, periods: int, groups: tuple[int, ...]) -> list[Evidence]:
    """Evidence on the smallest periods, on the blocks above them, and so on."""
    sizes = [periods]
    for group in groups:
        sizes.append(sizes[-1] // group)
    ends = np.cumsum(sizes)
    places = [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
    return [Evidence(found.lowest[:, place], found.log[:, place]) for place in places]


def _scaled(log: np.ndarray) -> np.ndarray:
    return np.exp(log - log.max(axis=-1, keepdims=True))


def _unit(values: np.ndarray) -> np.ndarray:
    return values / values.sum(axis=-1, keepdims=True)


def _convolved(parts: np.ndarray) -> np.ndarray:
    """Distribution of the sum of G independent counts; (…, G, K) to (…, G (K − 1) + 1)."""
    total = parts[..., 0, :]
    for part in np.moveaxis(parts, -2, 0)[1:]:
        longer = np.zeros((*total.shape[:-1], total.shape[-1] + part.shape[-1] - 1))
        for place in range(part.shape[-1]):
            longer[..., place : place + total.shape[-1]] += part[..., [place]] * total
        total = longer
    return total


def _correlated(above: np.ndarray, others: np.ndarray) -> np.ndarray:
    """What a block says of one count within it, given the others; (…, L), (…, G − 1, K) to (…, K).

    Entry k is Σ_j above[k + j] · P(the others add up to j).
    """
    rest = _convolved(others)
    count = above.shape[-1] - rest.shape[-1] + 1
    return np.stack(
        [(above[..., k : k + rest.shape[-1]] * rest).sum(axis=-1) for k in range(count)], axis=-1
    )


def _window(values: np.ndarray, shift: np.ndarray, length: int) -> np.ndarray:
    """Values from place ``shift`` on, zero where there are none; (N, B, L) to (N, B, length)."""
    places = shift[:, :, None] + np.arange(length)
    inside = (places >= 0) & (places < values.shape[2])
    taken = np.take_along_axis(values, np.clip(places, 0, values.shape[2] - 1), axis=2)
    return np.where(inside, taken, 0.0)


def enumerated(world: World, found: Evidence, blocks: np.ndarray) -> Beliefs:
    """The same for any blocks of few periods, by going through all their counts one by one."""
    periods, width = world.counts.shape[1], found.log.shape[2]
    offsets = np.array(list(itertools.product(range(width), repeat=periods)))
    prior = world.log_prior(found.counts[:, :periods])
    probability = np.zeros(found.log.shape)
    for region in range(len(world.counts)):
        sums = (found.lowest[region, :periods] + offsets) @ blocks.T - found.lowest[region]
        inside = ((sums >= 0) & (sums < width)).all(axis=1)
        sums = sums[inside]
        log = found.log[region, np.arange(len(blocks)), sums].sum(axis=1)
        log += prior[region, np.arange(periods), sums[:, :periods]].sum(axis=1)
        weight = _scaled(log)
        for block in range(len(blocks)):
            probability[region, block] = np.bincount(sums[:, block], weight, width)
    return Beliefs(found.lowest, _unit(probability))
