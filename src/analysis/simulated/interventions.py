"""Counts of counties in worlds with several interventions, for the studies of joint estimates.

The plain world: 120 counties over 20 quarters, 60 counts a cell on average, over-dispersion .05,
shocks of a county with correlation .4 and sd .06, sizes with log-sd .5. A county has none or one
of K interventions first, from the 7th to the 14th quarter, and a share of adopters another beside
it. Effects of a county are δ ~ N(β, .08²).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.simulated.counties import persistent
from analysis.stats.joint.joint import Joint
from analysis.stats.panels.adoption import Adoption, damped_weights

EARLIEST, LATEST = 7, 14
"""Quarters, of 20, in which interventions start."""
RAMP = 8
"""Quarters over which an effect rises where it does not come at once."""


@dataclass(frozen=True)
class JointWorld:
    """A world of counties under several interventions.

    Parameters
    ----------
    effects: of the K interventions, in log points; ``spread`` is their sd between counties.
    overlap: share of adopters that have a second one. interaction: of the first two together.
    drifts: of the adopters of each, in log points a quarter, all the time.
    prefectures: with shocks (``shock`` sd, correlation .4) of their own; 0 for none;
        ``together``: all counties of one adopt alike. adopters: of each, by chance where 0.
    kinds: effects of the first two are moved by ∓.12 in two kinds of county, the first is adopted
        three times as often in one. ramp: effects rise over eight quarters, and the first starts
        in the 7th to 9th, the others in the 12th to 15th. modelled: whether interactions may be in
        the model.
    """

    counties: int = 120
    periods: int = 20
    effects: tuple[float, ...] = (-0.15, -0.15)
    spread: float = 0.08
    overlap: float = 0.0
    interaction: float = 0.0
    drifts: tuple[float, ...] = ()
    prefectures: int = 0
    shock: float = 0.0
    together: bool = False
    adopters: int = 0
    kinds: bool = False
    ramp: bool = False
    mean: float = 60.0
    dispersion: float = 0.05
    persistence: float = 0.4
    shocks: float = 0.06
    sizes: float = 0.5
    modelled: bool = True


@dataclass(frozen=True)
class Drawn:
    """One draw, with damped weights; ``kinds`` of counties, shape (N,); ``effects`` are those of
    each intervention in each county, shape (K, N)."""

    joint: Joint
    kinds: np.ndarray
    effects: np.ndarray


def draw(world: JointWorld, rng: np.random.Generator) -> Drawn:
    """Counts of one world."""
    clusters = np.arange(world.counties)
    if world.prefectures:
        clusters = clusters * world.prefectures // world.counties
    kinds = rng.permutation(world.counties) % 2 if world.kinds else np.zeros(world.counties, int)
    starts = _starts(world, clusters, kinds, rng)
    periods = np.arange(1, world.periods + 1)
    active = (starts[:, :, None] > 0) & (periods >= starts[:, :, None])
    shape = (world.counties, world.periods)
    log_rate = rng.normal(0, 0.3, (world.counties, 1)) + rng.normal(0, 0.1, world.periods)
    log_rate = log_rate + persistent(rng, shape, world.shocks, world.persistence)
    if world.prefectures:
        places = (world.prefectures, world.periods)
        shocks = persistent(rng, places, world.shock, world.persistence)
        log_rate = log_rate + shocks[clusters]
    moved, effects = _moved(world, starts, active, kinds, rng)
    log_rate = log_rate + moved
    exposure = np.broadcast_to(rng.lognormal(0, world.sizes, (world.counties, 1)), shape)
    expected = world.mean * exposure / exposure.mean() * np.exp(log_rate)
    if world.dispersion:
        expected = expected * rng.gamma(1 / world.dispersion, world.dispersion, shape)
    either = np.asarray(active.any(axis=0))
    first = np.where(either.any(axis=1), either.argmax(axis=1) + 1, 0)
    groups = clusters if world.prefectures else np.arange(world.counties)
    panel = Adoption(
        rng.poisson(expected).astype(float),
        exposure,
        first,
        ~either,
        either,
        groups,
        np.ones(world.counties),
    ).known()
    return Drawn(Joint(replace(panel, weights=damped_weights(panel)), active), kinds, effects)


def _starts(
    world: JointWorld, clusters: np.ndarray, kinds: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """First period under each intervention, 0 for never; shape (K, N)."""
    count = len(world.effects)
    units = world.prefectures if world.together else world.counties
    first = rng.permutation(np.arange(units) % (count + 1))
    if world.adopters:
        first = np.full(units, count)
        first[rng.permutation(units)[: count * world.adopters]] = np.repeat(
            np.arange(count), world.adopters
        )
    if world.kinds:
        chance = np.where(kinds == 0, 0.5, 1 / 6)
        first = np.where(rng.random(units) < 1 / 3, 2, (rng.random(units) > chance).astype(int))
    starts = np.zeros((count, units), dtype=int)
    for k in range(count):
        low, high = EARLIEST, LATEST
        if world.ramp:
            low, high = (7, 9) if k == 0 else (12, 15)
        dates = rng.integers(low, high + 1, units)
        own = first == k
        starts[k, own] = dates[own]
        second = (first != k) & (first < count) & (rng.random(units) < world.overlap / (count - 1))
        starts[k, second] = dates[second]
    return starts[:, clusters] if world.together else starts


def _moved(
    world: JointWorld,
    starts: np.ndarray,
    active: np.ndarray,
    kinds: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """What interventions and drifts of adopters move (N, T), and effects by county (K, N)."""
    time = np.arange(1, world.periods + 1)
    moved, effects = np.zeros(active.shape[1:]), []
    for k, effect in enumerate(world.effects):
        own = effect + rng.normal(0, world.spread, (world.counties, 1))
        if world.kinds:
            own = own + np.where(kinds == 0, -0.12, 0.12)[:, None]
        effects.append(own[:, 0])
        if world.ramp:
            own = own * np.clip((time - starts[k][:, None] + 1) / RAMP, 0, 1)
        moved = moved + own * active[k]
        if world.drifts:
            moved = moved + world.drifts[k] * (time - world.periods / 2) * (starts[k] > 0)[:, None]
    return moved + world.interaction * (active[0] & active[1]), np.stack(effects)


PLAIN = JointWorld()
SMALL = JointWorld(counties=40)
THREE = replace(PLAIN, effects=(-0.15,) * 3)
_NONE = {count: (0.0,) * count for count in (2, 3, 5)}
_PREFECTURES = JointWorld(prefectures=20, together=True)
JOINT_WORLDS: dict[str, JointWorld] = {
    "2 of 120": PLAIN,
    "2 of 120, overlap 30 %": replace(PLAIN, overlap=0.3),
    "2 of 120, overlap 60 %": replace(PLAIN, overlap=0.6),
    "3 of 120": THREE,
    "3 of 120, overlap 30 %": replace(THREE, overlap=0.3),
    "3 of 120, overlap 60 %": replace(THREE, overlap=0.6),
    "5 of 120, overlap 30 %": replace(PLAIN, effects=(-0.15,) * 5, overlap=0.3),
    "2 of 40": SMALL,
    "3 of 40, overlap 30 %": replace(SMALL, effects=(-0.15,) * 3, overlap=0.3),
    "20 prefectures together, .10": replace(_PREFECTURES, shock=0.1),
    "10 prefectures together, .04": replace(_PREFECTURES, prefectures=10, shock=0.04),
    "20 prefectures, counties alone": replace(PLAIN, prefectures=20, shock=0.1),
    "5 adopters each of 40": replace(SMALL, adopters=5),
    "mean 3": replace(PLAIN, mean=3.0),
    "sizes log-sd 1": replace(PLAIN, sizes=1.0),
    "interaction .15, overlap 30 %": replace(PLAIN, interaction=0.15, overlap=0.3),
    "interaction .15, overlap 60 %": replace(PLAIN, interaction=0.15, overlap=0.6),
    "interaction .15 left out, 30 %": replace(PLAIN, interaction=0.15, overlap=0.3, modelled=False),
    "interaction .15 left out, 60 %": replace(PLAIN, interaction=0.15, overlap=0.6, modelled=False),
    "two kinds of county": replace(PLAIN, kinds=True),
    "effects grow, other dates": replace(PLAIN, ramp=True),
    "no effect, 2 of 120": replace(PLAIN, effects=_NONE[2]),
    "no effect, 3 of 120, overlap 30 %": replace(PLAIN, effects=_NONE[3], overlap=0.3),
    "no effect, 5 of 120, overlap 30 %": replace(PLAIN, effects=_NONE[5], overlap=0.3),
    "no effect, 3 of 40": replace(SMALL, effects=_NONE[3]),
    "no effect, together .15, overlap 30 %": replace(
        PLAIN, effects=_NONE[2], interaction=0.15, overlap=0.3
    ),
    "no effect, together .15, overlap 60 %": replace(
        PLAIN, effects=_NONE[2], interaction=0.15, overlap=0.6
    ),
    "no effect, 20 prefectures, .10": replace(_PREFECTURES, effects=_NONE[2], shock=0.1),
    "first drifts -1 %": replace(PLAIN, effects=_NONE[2], drifts=(-0.01, 0.0)),
    "first drifts -2 %": replace(PLAIN, effects=_NONE[2], drifts=(-0.02, 0.0)),
    "first of three drifts -2 %": replace(PLAIN, effects=_NONE[3], drifts=(-0.02, 0.0, 0.0)),
    "both drift -2 %, other dates": replace(
        PLAIN, effects=_NONE[2], drifts=(-0.02, -0.02), ramp=True
    ),
    "first does .10 more": replace(PLAIN, effects=(-0.25, -0.15)),
    "first does .20 more": replace(PLAIN, effects=(-0.35, -0.15)),
    "first does .10 more, 40": replace(SMALL, effects=(-0.25, -0.15)),
    "first does .20 more, 40": replace(SMALL, effects=(-0.35, -0.15)),
}
"""Every row of the study by its name."""
