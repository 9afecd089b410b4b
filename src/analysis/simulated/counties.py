"""Counts of counties in worlds with a known effect, for the studies of the verdict.

The plain world: 24 counties over 20 quarters, four adopt at the 9th and four at the 13th, 60 counts
a cell on average, over-dispersion .05, shocks of a county with correlation .4 and sd .06, sizes
with log-sd .5. Every other world is this one with something added that a rule may fall for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from analysis.stats.panels.adoption import Adoption

ENDING_PERIOD, ENDING_REGIONS = 11, 4
"""When, and in how many regions that never adopt, another scheme ends."""


@dataclass(frozen=True)
class World:
    """A world of counties.

    Parameters
    ----------
    cohorts: how many adopt at which period. effect: in log points, of adopters since adoption;
        ``growing`` lets it rise from 0 to twice that, the same on average.
    drift: of adopters against others, in log points a period, all the time; ``drifting`` tells
        whether all adopters drift or only the first cohort.
    spike: log points in the period before the start, fading by a quarter each period after and
        before. anticipation: log points in the two periods before the start.
    prefectures: with shocks (``shock`` sd, correlation .4) of their own that adopt together; 0 for
        none. holes: share of cells that are missing. mean: counts a cell.
    size: who adopts: at random, the biggest or the smallest.
    share: counts are binomial out of ``mean`` with this chance; 0 for counts without a limit.
    ending: log points by which four regions move that never adopt, when another scheme ends there
        in the 11th period.
    editions: how many periods in a row a report is made anew from the data until then.
    """

    regions: int = 24
    periods: int = 20
    cohorts: dict[int, int] = field(default_factory=lambda: {9: 4, 13: 4})
    effect: float = 0.0
    growing: bool = False
    mean: float = 60.0
    dispersion: float = 0.05
    persistence: float = 0.4
    shocks: float = 0.06
    sizes: float = 0.5
    drift: float = 0.0
    drifting: Literal["all", "first"] = "all"
    spike: float = 0.0
    anticipation: float = 0.0
    prefectures: int = 0
    shock: float = 0.0
    holes: float = 0.0
    share: float = 0.0
    ending: float = 0.0
    editions: int = 1
    size: Literal["any", "biggest", "smallest"] = "any"


def draw(world: World, rng: np.random.Generator) -> Adoption:
    """One draw, ready for the estimates of a verdict; weights are one."""
    shape = (world.regions, world.periods)
    exposure = np.broadcast_to(rng.lognormal(0, world.sizes, (world.regions, 1)), shape)
    clusters = np.arange(world.regions)
    if world.prefectures:
        clusters = np.arange(world.regions) * world.prefectures // world.regions
    starts = _starts(world, exposure[:, 0], clusters, rng)
    since = np.where(starts[:, None] > 0, np.arange(1, world.periods + 1) - starts[:, None], -99)
    log_rate = rng.normal(0, 0.3, (world.regions, 1)) + rng.normal(0, 0.1, world.periods)
    log_rate = log_rate + persistent(rng, shape, world.shocks, world.persistence)
    if world.prefectures:
        places = (world.prefectures, world.periods)
        together = persistent(rng, places, world.shock, world.persistence)
        log_rate = log_rate + together[clusters]
    log_rate = log_rate + _moved(world, starts, since)
    values, exposure = _counted(world, log_rate, exposure, rng)
    observed = rng.random(shape) >= world.holes
    return Adoption(
        np.where(observed, values, 0.0),
        exposure,
        starts,
        (since < 0) & observed,
        (since >= 0) & observed,
        clusters,
        np.ones(world.regions),
    )


def editions(world: World, drawn: Adoption) -> list[Adoption]:
    """The same draw as each edition of a report finds it, the last with all periods."""
    lasts = range(world.periods - world.editions + 1, world.periods + 1)
    found = []
    for last in lasts:
        arrays = {
            name: getattr(drawn, name)[:, :last]
            for name in ("values", "exposure", "untreated", "active")
        }
        starts = np.where(drawn.starts <= last, drawn.starts, 0)
        found.append(replace(drawn, starts=starts, **arrays))
    return found


def without_ending(world: World, drawn: Adoption) -> Adoption:
    """Without the regions in which the other scheme ends, as the timeline leaves them out."""
    if not world.ending:
        return drawn
    kept = np.ones(len(drawn.starts), dtype=bool)
    kept[np.flatnonzero(drawn.starts == 0)[:ENDING_REGIONS]] = False
    arrays = {
        name: getattr(drawn, name)[kept]
        for name in ("values", "exposure", "starts", "untreated", "active", "weights")
    }
    clusters = np.unique(drawn.clusters[kept], return_inverse=True)[1]
    return replace(drawn, clusters=clusters, **arrays)


def _starts(
    world: World, size: np.ndarray, clusters: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """First period of each region; of prefectures that adopt together, where there are any."""
    units = world.prefectures or world.regions
    weight = np.bincount(clusters, weights=size, minlength=units)
    order = {
        "any": rng.permutation(units),
        "biggest": np.argsort(-weight),
        "smallest": np.argsort(weight),
    }[world.size]
    dates = np.repeat(list(world.cohorts), list(world.cohorts.values()))
    first = np.zeros(units, dtype=int)
    first[order[: len(dates)]] = rng.permutation(dates)
    return np.asarray(first[clusters])


def persistent(
    rng: np.random.Generator, shape: tuple[int, int], spread: float, persistence: float
) -> np.ndarray:
    """Rows of shocks that die out, first-order autoregressions of one standard deviation."""
    noise = rng.normal(0, 1, shape)
    own = np.sqrt(1 - persistence**2)
    for t in range(1, shape[1]):
        noise[:, t] = persistence * noise[:, t - 1] + own * noise[:, t]
    return np.asarray(spread * noise)


def _moved(world: World, starts: np.ndarray, since: np.ndarray) -> np.ndarray:
    """What moves adopters: the effect, and what a rule might take for one; shape (N, T)."""
    ever = starts[:, None] > 0
    first = starts[:, None] == min(world.cohorts)
    drifts = ever if world.drifting == "all" else first
    periods = np.arange(world.periods) - world.periods / 2
    moved = world.drift * periods * drifts
    growth = (since + 1) / np.maximum((world.periods - starts[:, None] + 2) / 2, 1)
    moved = moved + world.effect * (since >= 0) * (growth if world.growing else 1.0)
    if world.ending:
        others = np.flatnonzero(starts == 0)[:ENDING_REGIONS]
        moved[others, ENDING_PERIOD - 1 :] += world.ending
    moved = moved + world.spike * 0.75 ** np.abs(since + 1) * ever
    return np.asarray(moved + world.anticipation * ((since == -1) | (since == -2)))


def _counted(
    world: World, log_rate: np.ndarray, exposure: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Counts and what they are out of."""
    if world.share:
        out_of = rng.poisson(world.mean * exposure) + 1.0
        odds = world.share / (1 - world.share) * np.exp(log_rate)
        return rng.binomial(out_of.astype(int), odds / (1 + odds)).astype(float), out_of
    expected = world.mean * exposure / exposure.mean() * np.exp(log_rate)
    if world.dispersion:
        expected = expected * rng.gamma(1 / world.dispersion, world.dispersion, expected.shape)
    return rng.poisson(expected).astype(float), np.asarray(exposure)


PLAIN = World()
DOWN = {percent: float(np.log1p(-percent / 100)) for percent in (10, 20, 30)}
_PREFECTURES = {
    8: replace(PLAIN, prefectures=8, cohorts={9: 2, 13: 1}),
    20: replace(PLAIN, regions=40, prefectures=20, cohorts={9: 2, 13: 1}),
    208: replace(PLAIN, regions=40, prefectures=20, cohorts={9: 4, 13: 4}),
}
WORLDS: dict[str, World] = {
    "plain": PLAIN,
    "over-dispersed .5": replace(PLAIN, dispersion=0.5),
    "1 adopter": replace(PLAIN, cohorts={9: 1}),
    "2 adopters": replace(PLAIN, cohorts={9: 1, 13: 1}),
    "3 adopters": replace(PLAIN, cohorts={9: 2, 13: 1}),
    "4 adopters": replace(PLAIN, cohorts={9: 2, 13: 2}),
    "5 adopters": replace(PLAIN, cohorts={9: 3, 13: 2}),
    "biggest adopt": replace(PLAIN, size="biggest"),
    "smallest adopt": replace(PLAIN, size="smallest"),
    "AR .8": replace(PLAIN, persistence=0.8),
    "AR .95": replace(PLAIN, persistence=0.95),
    "8 periods": replace(PLAIN, periods=8, cohorts={4: 4, 6: 4}),
    "12 periods": replace(PLAIN, periods=12, cohorts={6: 4, 8: 4}),
    "60 periods": replace(PLAIN, periods=60, cohorts={25: 4, 37: 4}),
    "60 regions": replace(PLAIN, regions=60, cohorts={9: 10, 13: 10}),
    "prefectures 3 of 8, .04": replace(_PREFECTURES[8], shock=0.04),
    "prefectures 3 of 8, .10": replace(_PREFECTURES[8], shock=0.10),
    "prefectures 3 of 20, .04": replace(_PREFECTURES[20], shock=0.04),
    "prefectures 3 of 20, .10": replace(_PREFECTURES[20], shock=0.10),
    "prefectures 8 of 20, .04": replace(_PREFECTURES[208], shock=0.04),
    "prefectures 8 of 20, .10": replace(_PREFECTURES[208], shock=0.10),
    "drift -2 %": replace(PLAIN, drift=-0.02),
    "drift -1 %": replace(PLAIN, drift=-0.01),
    "drift +1 %": replace(PLAIN, drift=0.01),
    "drift +2 %": replace(PLAIN, drift=0.02),
    "drift -2 %, 60 regions": replace(PLAIN, regions=60, cohorts={9: 10, 13: 10}, drift=-0.02),
    "first cohort drifts -2 %": replace(PLAIN, drift=-0.02, drifting="first"),
    "anticipation +10 %": replace(PLAIN, anticipation=0.1),
    "anticipation -10 %": replace(PLAIN, anticipation=-0.1),
    "spike +22 %": replace(PLAIN, spike=0.2),
    "spike +49 %": replace(PLAIN, spike=0.4),
    "holes 1 %": replace(PLAIN, holes=0.01),
    "holes 3 %": replace(PLAIN, holes=0.03),
    "holes 5 %": replace(PLAIN, holes=0.05),
    "mean 1.5": replace(PLAIN, mean=1.5),
    "mean 6": replace(PLAIN, mean=6.0),
    "shares near 1": replace(PLAIN, share=0.95),
    "another scheme ends, left out": replace(PLAIN, ending=0.3),
    "eight editions": replace(PLAIN, editions=8),
    "-10 %": replace(PLAIN, effect=DOWN[10]),
    "-20 %": replace(PLAIN, effect=DOWN[20]),
    "-30 %": replace(PLAIN, effect=DOWN[30]),
    "-10 % hidden by drift +1 %, 60 regions": replace(
        PLAIN, regions=60, cohorts={9: 10, 13: 10}, effect=DOWN[10], drift=0.01
    ),
    "-20 % hidden by drift +2 %, 60 regions": replace(
        PLAIN, regions=60, cohorts={9: 10, 13: 10}, effect=DOWN[20], drift=0.02
    ),
    "growing -20 %": replace(PLAIN, effect=DOWN[20], growing=True),
    "growing -30 %": replace(PLAIN, effect=DOWN[30], growing=True),
}
"""Every row of the studies by its name."""
