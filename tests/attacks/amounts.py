"""What sums of amounts give away of counts, where some records lack the amounts.

Where all amounts are alike, a sum tells how many records have one: as much as it can at the most.
The reader is told these numbers as they are protected, beside the protected counts of all records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from attacks.knowledge import SIZE, Beliefs, Evidence, Score, World, evidence, score
from attacks.noise import Noise, ladder
from attacks.sampler import sampled

WIDE = 30
"""How far from the true count any count may lie, by what is drawn of others."""
MONTHS = 12
Parts = tuple[int, ...]
"""Parts of the records that are counted together, by their places."""


def attacked(
    rng: np.random.Generator,
    noise: Noise,
    shares: Sequence[float],
    drawn: Sequence[Parts],
    *,
    regions: int = 80,
) -> Mapping[Parts, Score]:
    """How near a reader comes to counts of each part, and of all.

    Parameters
    ----------
    shares: of the parts in all records, by the amounts that they lack. drawn: what is drawn for
        itself beside all.
    """
    mean = np.repeat(9 * np.exp(0.5 * rng.standard_normal((regions, 1))), MONTHS, axis=1)
    means = np.concatenate([mean * share for share in shares], axis=1)
    world = World(rng.poisson(rng.gamma(SIZE, means / SIZE)), means)
    every = tuple(range(len(shares)))
    blocks, places = _blocks(len(shares), [*drawn, every])
    told = np.concatenate([places[parts] for parts in (*drawn, every)])
    true = world.counts @ blocks.T
    shown = noise.drawn(true[:, told], rng)
    given = evidence(shown[None], noise.small(true[:, told]), noise)
    found = sampled(world, _placed(given, told, true), blocks, rng, sweeps=300)
    return {
        parts: score(
            world, blocks[at], Beliefs(found.lowest[:, at], found.probability[:, at]), noise
        )
        for parts, at in places.items()
    }


def _blocks(parts: int, drawn: Sequence[Parts]) -> tuple[np.ndarray, dict[Parts, np.ndarray]]:
    """Blocks of each part and of what is drawn, single months of parts first; where each stands."""
    year = ladder(3, 4)
    longer = len(year) - MONTHS
    own = [np.hstack([year if other == part else 0 * year for other in range(parts)])
           for part in range(parts)]  # fmt: skip
    rows = [block[:MONTHS] for block in own] + [block[MONTHS:] for block in own]
    places = {
        (part,): np.r_[
            part * MONTHS : (part + 1) * MONTHS,
            parts * MONTHS + part * longer : parts * MONTHS + (part + 1) * longer,
        ]
        for part in range(parts)
    }
    for union in drawn:
        if union not in places:
            start = sum(map(len, rows))
            rows.append(sum(own[part] for part in union))
            places[union] = np.arange(start, start + len(year))
    return np.vstack(rows), places


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
