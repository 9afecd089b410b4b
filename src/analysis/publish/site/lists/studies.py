"""The studies of the verdict as data for a page: worlds in words, what the rule says in them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from analysis.page.numbers import in_full, percent, percent_change
from analysis.page.wording import Say, capital, translator
from analysis.project import locate
from analysis.simulated.counties import PLAIN, WORLDS, World
from analysis.studies.verdict import allowed

FILE = "data/studies/verdict.csv"
"""Written by ``benchmarks/study.py``."""


EFFECT_WORDS = {
    "at once": "a true change of {size}",
    "growing": "a true change of {size} on average, which grows",
}
SIZE_WORDS = {"biggest": "the biggest counties adopt", "smallest": "the smallest counties adopt"}
DRIFT_WORDS = {
    "all": "adopters drift by {size} a quarter against the others, all the time",
    "first": "adopters that start first drift by {size} a quarter against the others",
}


@dataclass(frozen=True)
class StudyLine:
    """One world: in words, worlds tried, and shares of them as a reader writes them.

    ``alone``: the likely range left out no change; ``claimed``: a direction was claimed, with its
    lower 99 % ``limit``; ``moderate``: with at least that certainty. ``above``: claimed more often
    than is allowed; ``fails``: beyond what chance explains.
    """

    world: str
    worlds: str
    alone: str
    claimed: str
    limit: str
    moderate: str
    fails: bool
    above: bool = False


@dataclass(frozen=True)
class Studies:
    """Worlds without an effect, and with one.

    ``little``: of the latter the largest share of studies that called it too small to matter.
    """

    without: tuple[StudyLine, ...]
    with_effect: tuple[StudyLine, ...]
    little: str

    @property
    def failing(self) -> tuple[StudyLine, ...]:
        """Where the rule fails."""
        return tuple(line for line in self.without if line.fails)

    @property
    def unmarked(self) -> tuple[str, ...]:
        """Worlds in which more is claimed than is allowed, but not beyond what chance explains."""
        found = (line for line in self.without if line.above and not line.fails)
        return tuple(f"{line.world} ({line.claimed})" for line in found)


def studies(language: str) -> Studies | None:
    """What was written of the worlds, in their order; none where the file is not there."""
    file = locate(FILE)
    if not file.is_file():
        return None
    rows = pd.read_csv(file).set_index("row")
    lines: tuple[list[StudyLine], list[StudyLine]] = [], []
    for name in WORLDS:
        if name in rows.index:
            lines[bool(WORLDS[name].effect)].append(_line(name, rows.loc[name], language))
    moved = [name for name in rows.index if name in WORLDS and WORLDS[name].effect]
    most = float(rows.loc[moved, "little"].max()) if moved else 0.0
    return Studies(tuple(lines[0]), tuple(lines[1]), percent(most, language))


def _line(name: str, row: pd.Series, language: str) -> StudyLine:
    world = WORLDS[name]
    keys = ("alone", "claimed", "limit", "moderate")
    shares = {key: percent(float(row[key]), language) for key in keys}
    above, fails = (
        not world.effect and float(row[key]) > allowed(name) for key in ("claimed", "limit")
    )
    tried = in_full(row["worlds"], language)
    return StudyLine(in_words(world, language), tried, fails=fails, above=above, **shares)


def in_words(world: World, language: str) -> str:
    """How a world differs from the plain one."""
    say = translator(language)
    parts = [*_design(world, say, language), *_disturbances(world, say, language)]
    return capital(say("; ").join(parts)) if parts else say("The plain world")


def _design(world: World, say: Say, language: str) -> Iterator[str]:
    """What is there to find, and who adopts."""
    adopting = sum(world.cohorts.values())
    if world.effect:
        text = EFFECT_WORDS["growing" if world.growing else "at once"]
        yield say(text, size=_size(world.effect, language))
    if world.prefectures:
        yield say(
            "{adopting} of {all} prefectures adopt as a whole, and counties of one share shocks of "
            "{size}",
            adopting=adopting,
            all=world.prefectures,
            size=percent(world.shock, language, 0),
        )
    elif world.regions != PLAIN.regions:
        yield say("{all} counties, {adopting} of which adopt", all=world.regions, adopting=adopting)
    elif adopting != sum(PLAIN.cohorts.values()):
        yield say("{adopting} of {all} counties adopt", all=world.regions, adopting=adopting)
    if world.periods != PLAIN.periods:
        yield say("{n} quarters", n=world.periods)
    if world.size != "any":
        yield say(SIZE_WORDS[world.size])


def _disturbances(world: World, say: Say, language: str) -> Iterator[str]:
    """What else moves the counts, or keeps them from being seen."""
    if world.dispersion != PLAIN.dispersion:
        yield say("counts vary far more than chance would have them")
    if world.persistence != PLAIN.persistence:
        value = in_full(world.persistence, language, 2)
        yield say("shocks of a county last: correlation {value} between quarters", value=value)
    if world.drift:
        yield say(DRIFT_WORDS[world.drifting], size=_size(world.drift, language))
    if world.spike:
        size = percent(math.expm1(world.spike), language, 0)
        yield say("adopters start at a peak of {size} that fades", size=size)
    if world.anticipation:
        size = _size(world.anticipation, language)
        yield say("adopters move by {size} in the two quarters before they start", size=size)
    if world.holes:
        yield say("{share} of the counts are missing", share=percent(world.holes, language, 0))
    if world.mean != PLAIN.mean:
        yield say("{n} records a county and quarter on average", n=f"{world.mean:g}")
    if world.share:
        yield say("shares around {share}", share=percent(world.share, language, 0))
    if world.ending:
        yield say("another scheme ends in comparison regions, which are left out")
    if world.editions > 1:
        yield say("{n} editions of one report, any of which may claim", n=world.editions)


def _size(logs: float, language: str) -> str:
    return percent_change(math.expm1(logs), language, 0)
