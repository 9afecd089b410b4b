"""How often the verdict's rule claims what is not so, in worlds whose truth is known.

A study runs only what the rule reads: the headline and the second looks (about 10 ms a world,
where the whole pipeline takes .85 s).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from analysis.simulated.counties import WORLDS, World, draw, editions, without_ending
from analysis.stats.panels.adoption import damped_weights
from analysis.stats.panels.own_course import own_course
from analysis.verdicts.rule import Finding, find

ALLOWED, ALLOWED_MOVED = 0.05, 0.06
"""How often a direction may be claimed without an effect; the second where adopters move anyway."""
LEVEL = 0.95
SMALLEST = 0.05


@dataclass(frozen=True)
class Row:
    """What the rule said over the worlds of one row, as shares.

    ``alone``: the headline's interval left out no change. ``claimed``: a direction was claimed;
    ``moderate`` with at least that certainty. ``little``: any change was called too small.
    ``bias``, ``spread`` and ``error`` are of the headline: mean difference from the truth, standard
    deviation, mean standard error. ``limit`` is the lower 99 % limit of ``claimed``.
    """

    row: str
    worlds: int
    effect: float
    alone: float
    claimed: float
    limit: float
    moderate: float
    little: float
    bias: float
    spread: float
    error: float
    seed: int
    version: str
    seconds: float


def try_world(world: World, seed: tuple[int, int]) -> tuple[list[Finding], float, float]:
    """What each edition finds in one draw, and the headline of the last with its error."""
    drawn = without_ending(world, draw(world, np.random.default_rng(seed)))
    findings, value, error = [], math.nan, math.nan
    for edition in editions(world, drawn):
        known = edition.known()
        if not (known.active.any() and known.untreated[known.ever].any()):
            continue
        course = own_course(replace(known, weights=damped_weights(known)))
        findings.append(find(course, course.headline.limits(LEVEL), "unknown", SMALLEST))
        value, error = course.headline.value, course.headline.error
    return findings, value, error


def study(row: str, world: World, draws: Iterable[int], seed: int, version: str) -> Row:
    """One row over some draws."""
    begun = time.process_time()
    tried = [try_world(world, (seed, draw)) for draw in draws]
    findings = [found for found, _, _ in tried]
    values = np.array([value for _, value, _ in tried])
    claimed = [any(one.direction for one in found) for found in findings]
    moderate = [any(one.direction and one.certainty != "low" for one in f) for f in findings]
    share = float(np.mean(claimed))
    margin = 2.576 * math.sqrt(share * (1 - share) / len(tried))
    return Row(
        row,
        len(tried),
        world.effect,
        float(np.mean([any(one.alone != 0 for one in found) for found in findings])),
        share,
        max(share - margin, 0.0),
        float(np.mean(moderate)),
        float(np.mean([any(one.little for one in found) for found in findings])),
        float(values.mean()) - world.effect,
        float(values.std()),
        float(np.mean([error for _, _, error in tried])),
        seed,
        version,
        round(time.process_time() - begun, 1),
    )


def allowed(row: str) -> float:
    """How often the rule may claim a direction in the world of a row, which has no effect."""
    world = WORLDS[row]
    return ALLOWED_MOVED if world.drift or world.anticipation else ALLOWED


def as_frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Rows as they stand in ``data/studies``."""
    return pd.DataFrame([asdict(row) for row in rows]).round(4)
