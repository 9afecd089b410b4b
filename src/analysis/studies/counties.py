"""How effects of single counties do that are worked out from protected counts.

A study runs what pages read: counts moved by the noise of a dataset that says nothing else, joint
estimates of these, and the shrunken effect of each county under the first intervention alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from analysis.disclosure.noise import Noise, shown_counts
from analysis.simulated.interventions import PLAIN, SMALL, JointWorld, draw
from analysis.stats.joint.course import JointCourse
from analysis.stats.joint.joint import Joint
from analysis.stats.joint.region_effects import RegionEffects, region_effects
from analysis.stats.panels.adoption import damped_weights

LEVEL, FALSE = 0.95, 0.05
NOISE = Noise()
HELD = 0.94
"""Of the counties of any world here, at least this share lies within its range of 95 %."""
_LAPPING = replace(PLAIN, overlap=0.2)
COUNTY_WORLDS: dict[str, JointWorld] = {
    "alike": replace(_LAPPING, spread=0.0),
    "alike, mean 20": replace(_LAPPING, spread=0.0, mean=20.0),
    "differ .08": _LAPPING,
    "differ .08, mean 20": replace(_LAPPING, mean=20.0),
    "differ .08, mean 10": replace(_LAPPING, mean=10.0),
    "differ .08, 40 counties": replace(SMALL, overlap=0.2),
    "differ .16": replace(_LAPPING, spread=0.16),
}
"""Every row of the study by its name."""


@dataclass(frozen=True)
class CountyRow:
    """What was said of single counties over the worlds of one row.

    ``counties``: told on average. ``held``: share of 95 % ranges that hold a county's own true
    effect, ``recorded`` the same from recorded counts; ``apart``: share of counties that stand
    apart, ``any_apart`` share of worlds in which one does.
    """

    row: str
    worlds: int
    counties: float
    held: float
    recorded: float
    apart: float
    any_apart: float
    seed: int
    version: str
    seconds: float


def protected(joint: Joint, rng: np.random.Generator) -> Joint:
    """The same panel with counts as pages have them; keys and salt are drawn."""
    either = joint.either
    keys = rng.integers(0, 2**64, either.values.size, dtype=np.uint64)
    shown = shown_counts(either.values.ravel().astype(int), keys, NOISE, rng.bytes(16))
    moved = replace(either, values=shown.reshape(either.values.shape).astype(float))
    return replace(joint, either=replace(moved, weights=damped_weights(moved)))


def study(row: str, world: JointWorld, draws: Iterable[int], seed: int, version: str) -> CountyRow:
    """One row over some draws; those in which too few counties tell are left out."""
    begun, found = time.process_time(), []
    for number in draws:
        rng = np.random.default_rng((seed, number))
        drawn = draw(world, rng)
        course = JointCourse(protected(drawn.joint, rng))
        shown = region_effects(course, 0, LEVEL, NOISE.variance)
        plain = region_effects(JointCourse(drawn.joint), 0, LEVEL)
        if shown and plain:
            apart = shown.false_discovery <= FALSE
            own = drawn.effects[0]
            found.append(
                (len(apart), _held(shown, own), _held(plain, own), apart.mean(), apart.any())
            )
    counties, held, plainly, apart, any_apart = np.array(found, dtype=float).mean(axis=0).tolist()
    spent = round(time.process_time() - begun, 1)
    return CountyRow(
        row, len(found), counties, held, plainly, apart, any_apart, seed, version, spent
    )


def _held(found: RegionEffects, truth: np.ndarray) -> float:
    own = truth[found.regions]
    return float(((found.low <= own) & (own <= found.high)).mean())


def as_frame(rows: Iterable[CountyRow]) -> pd.DataFrame:
    """Rows as they stand in ``data/studies``."""
    return pd.DataFrame([asdict(row) for row in rows]).round(4)
