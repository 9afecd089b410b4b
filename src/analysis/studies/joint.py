"""How joint estimates of several interventions do in worlds whose truth is known.

A study runs what pages read: joint estimates, contrasts and the rule of the verdict for each
intervention.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from analysis.simulated.interventions import JointWorld, draw
from analysis.stats.joint.contrasts import Contrast, best, contrasts
from analysis.stats.joint.course import JointCourse
from analysis.stats.joint.overlap import interaction_look, pairs_to_model
from analysis.stats.panels.own_course import Look
from analysis.verdicts.rule import find

LEVEL, SMALLEST = 0.95, 0.05
ALLOWED = 0.055
"""How often any pair may be falsely told apart."""


@dataclass(frozen=True)
class JointRow:
    """What joint estimates said over the worlds of one row.

    ``effects``, ``contrasts``, ``interactions``: share of 95 % intervals that hold the truth, with
    ``…_bias``; ``contrast_spread`` and ``contrast_error`` the standard deviation and mean standard
    error of a contrast; ``trend_break`` the coverage of contrasts that allow adopters a slope.
    ``plain`` and ``plain_bias`` are of contrasts over all cells and kinds.
    ``family``: a difference left out by Holm's limits for any pair that is none; ``claimed``: it
    stands; ``best``: one is said to be better than every other; ``found``: a pair that differs
    stands in the right direction. ``directions``: share of interventions without an effect of
    which a direction is claimed. ``refused``: pairs that were not told. NaN where there is none.
    """

    row: str
    worlds: int
    effects: float
    effects_bias: float
    contrasts: float
    contrasts_bias: float
    contrast_spread: float
    contrast_error: float
    plain: float
    plain_bias: float
    trend_break: float
    interactions: float
    family: float
    claimed: float
    best: float
    found: float
    directions: float
    refused: float
    seed: int
    version: str
    seconds: float


@dataclass(frozen=True)
class _Tried:
    """One draw: how far each number lies from its truth and whether its interval holds it."""

    effects: list[tuple[float, bool]]
    contrasts: list[tuple[float, bool, float]]
    plain: list[tuple[float, bool]]
    trend_break: list[bool]
    interactions: list[bool]
    family: bool
    claimed: bool
    best: bool
    found: list[bool]
    directions: list[bool]
    refused: float


def _held(look: Look, truth: float) -> tuple[float, bool]:
    low, high = look.limits(LEVEL)
    return look.value - truth, low <= truth <= high


def try_world(world: JointWorld, seed: tuple[int, int]) -> _Tried:
    """What one draw gives."""
    drawn = draw(world, np.random.default_rng(seed))
    bare = JointCourse(drawn.joint)
    modelled = pairs_to_model(bare) if world.modelled else ()
    course = JointCourse(drawn.joint, modelled)
    effects = [course.look(k) for k in range(len(world.effects))]
    pairs = contrasts(course, LEVEL, drawn.kinds if world.kinds else None)
    told = [(c, world.effects[c.pair[0]] - world.effects[c.pair[1]]) for c in pairs if c.look]
    met = [interaction_look(course, place) for place in range(len(modelled))]
    none = [c for c, truth in told if truth == 0]
    unmoved = [course.own_course(k) for k, effect in enumerate(world.effects) if effect == 0]
    found = [find(own, own.headline.limits(LEVEL), "unknown", SMALLEST) for own in unmoved]
    return _Tried(
        [_held(look, effect) for look, effect in zip(effects, world.effects, strict=True)],
        [(*_held(c.look, truth), c.look.error) for c, truth in told if c.look],
        [_held(c.plain, truth) for c, truth in told if c.plain],
        [_held(c.trend_break, truth)[1] for c, truth in told if c.trend_break],
        [
            _held(look, world.interaction if pair == (0, 1) else 0.0)[1]
            for pair, look in zip(modelled, met, strict=True)
        ],
        any(c.adjusted < 1 - LEVEL for c in none),
        any(c.stands(LEVEL) for c in none),
        len(set(world.effects)) == 1 and best(pairs, LEVEL, len(world.effects)) is not None,
        [_right(c, truth) for c, truth in told if truth],
        [one.direction != 0 for one in found],
        1 - len(told) / len(pairs),
    )


def _right(contrast: Contrast, truth: float) -> bool:
    return contrast.stands(LEVEL) * truth > 0


def study(row: str, world: JointWorld, draws: Iterable[int], seed: int, version: str) -> JointRow:
    """One row over some draws."""
    begun = time.process_time()
    tried = [try_world(world, (seed, draw)) for draw in draws]

    def mean(name: str, part: int | None = None) -> float:
        values = [getattr(one, name) for one in tried]
        flat = [v for one in values for v in (one if isinstance(one, list) else [one])]
        given = flat if part is None else [v[part] for v in flat]
        return float(np.mean(given)) if given else math.nan

    differences = [value for one in tried for value, *_ in one.contrasts]
    return JointRow(
        row,
        len(tried),
        mean("effects", 1),
        mean("effects", 0),
        mean("contrasts", 1),
        mean("contrasts", 0),
        float(np.std(differences)) if differences else math.nan,
        mean("contrasts", 2),
        mean("plain", 1),
        mean("plain", 0),
        mean("trend_break"),
        mean("interactions"),
        mean("family"),
        mean("claimed"),
        mean("best"),
        mean("found"),
        mean("directions"),
        mean("refused"),
        seed,
        version,
        round(time.process_time() - begun, 1),
    )


def as_frame(rows: Iterable[JointRow]) -> pd.DataFrame:
    """Rows as they stand in ``data/studies``."""
    return pd.DataFrame([asdict(row) for row in rows]).round(4)
