"""The studies of several interventions and of single counties as data for a page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.page.numbers import in_full, percent, percent_change
from analysis.page.wording import Say, capital, translator
from analysis.project import locate
from analysis.simulated.interventions import JOINT_WORLDS, PLAIN, JointWorld
from analysis.studies.counties import COUNTY_WORLDS
from analysis.studies.joint import ALLOWED

FOLDER = "data/studies"
"""Written by ``benchmarks/study.py``."""
LEAST_HELD = 0.92
"""A range of 95 % that holds the truth less often is said to fail."""


@dataclass(frozen=True)
class JointLine:
    """One world: in words, and shares of worlds as a reader writes them, blank where there is none.

    ``effects``, ``differences``: ranges that hold the truth; ``claimed``: some pair told apart,
    falsely; ``best``: one named best of all, falsely; ``found``: a true difference told. ``fails``:
    ranges hold the truth, or pairs are told apart, otherwise than they should.
    """

    world: str
    worlds: str
    effects: str
    differences: str
    claimed: str
    best: str
    found: str
    fails: bool


@dataclass(frozen=True)
class CountyLine:
    """One world: how many counties told on average, ranges that hold their own truth, and worlds in
    which one stood apart."""

    world: str
    worlds: str
    counties: str
    held: str
    any_apart: str
    fails: bool = False


@dataclass(frozen=True)
class JointStudies:
    """Worlds in which no intervention does more than another, in which one does, and counties."""

    alike: tuple[JointLine, ...]
    unlike: tuple[JointLine, ...]
    counties: tuple[CountyLine, ...]

    @staticmethod
    def table(
        lines: Iterable[JointLine | CountyLine], *names: str
    ) -> list[tuple[str, bool, list[str]]]:
        """World, whether it fails, and its cells."""
        cells = ("worlds", *names)
        return [(one.world, one.fails, [getattr(one, name) for name in cells]) for one in lines]


def joint_studies(language: str) -> JointStudies | None:
    """What was written of the worlds, in their order; none where the files are not there."""
    rows, counties = (_rows(name) for name in ("interventions", "county_effects"))
    if rows is None or counties is None:
        return None
    lines: tuple[list[JointLine], list[JointLine]] = [], []
    for name, world in JOINT_WORLDS.items():
        if name in rows.index:
            lines[len(set(world.effects)) > 1].append(_line(world, rows.loc[name], language))
    told = [
        _county_line(world, counties.loc[name], language)
        for name, world in COUNTY_WORLDS.items()
        if name in counties.index
    ]
    return JointStudies(tuple(lines[0]), tuple(lines[1]), tuple(told))


def _rows(name: str) -> pd.DataFrame | None:
    file = locate(f"{FOLDER}/{name}.csv")
    return pd.read_csv(file).set_index("row") if file.is_file() else None


def _shares(row: pd.Series, names: Mapping[str, str], language: str) -> dict[str, str]:
    """Shares under the names of a line, by those of the file."""
    given = {key: float(row[name]) for key, name in names.items()}
    return {k: "" if math.isnan(v) else percent(v, language) for k, v in given.items()}


def _line(world: JointWorld, row: pd.Series, language: str) -> JointLine:
    names = {"effects": "effects", "differences": "contrasts", "claimed": "claimed",
             "best": "best", "found": "found"}  # fmt: skip
    shares: dict[str, Any] = _shares(row, names, language)
    if len(set(world.effects)) > 1:
        shares |= {"claimed": "", "best": ""}
    held = [v for v in (row["effects"], row["contrasts"]) if not math.isnan(v)]
    fails = min(held) < LEAST_HELD or row["claimed"] > ALLOWED
    return JointLine(
        in_words(world, language), in_full(row["worlds"], language), fails=fails, **shares
    )


def _county_line(world: JointWorld, row: pd.Series, language: str) -> CountyLine:
    held, apart = _shares(row, {"held": "held", "any": "any_apart"}, language).values()
    worlds, counties = (in_full(row[name], language) for name in ("worlds", "counties"))
    return CountyLine(counties_in_words(world, language), worlds, counties, held, apart)


def counties_in_words(world: JointWorld, language: str) -> str:
    """How far counties differ in a world, how many there are, and how many records."""
    say, size = translator(language), percent(world.spread, language, 0)
    spread = (
        say("counties differ by {size}, as a standard deviation", size=size)
        if world.spread
        else say("counties do not differ")
    )
    return capital(say("; ").join([spread, *_size_words(world, say, language)]))


def in_words(world: JointWorld, language: str) -> str:
    """How many interventions there are, what they do, and how the world differs from the plain."""
    say = translator(language)
    parts = [*_effects(world, say, language), *_together(world, say, language)]
    parts += [*_adoption(world, say, language), *_size_words(world, say, language)]
    return capital(say("; ").join(parts))


def _effects(world: JointWorld, say: Say, language: str) -> Iterator[str]:
    """What each does alone."""
    first, *others = world.effects
    sizes = [percent_change(math.expm1(value), language, 0) for value in (first, others[0])]
    if not any(world.effects):
        yield say("{count} interventions, none of which does anything", count=len(world.effects))
    elif first == others[0]:
        yield say(
            "{count} interventions, each of which changes records by {size}",
            count=len(world.effects),
            size=sizes[0],
        )
    else:
        yield say(
            "one changes records by {size}, the other by {other}", size=sizes[0], other=sizes[1]
        )
    if world.kinds:
        yield say(
            "effects differ between two kinds of county, one of which mostly adopts the first"
        )
    if world.ramp:
        text = (
            "they start at different dates, and effects grow over two years"
            if any(world.effects)
            else "they start at different dates"
        )
        yield say(text)


def _together(world: JointWorld, say: Say, language: str) -> Iterator[str]:
    """Who has two, and what two do together."""
    if world.overlap:
        yield say("{share} of adopters take up another", share=percent(world.overlap, language, 0))
    if world.interaction:
        text = (
            "two together change them by another {size}"
            if world.modelled
            else "two together change them by another {size}, which is left out of the model"
        )
        yield say(text, size=percent_change(math.expm1(world.interaction), language, 0))


def _adoption(world: JointWorld, say: Say, language: str) -> Iterator[str]:
    """Who adopts, and what else moves adopters."""
    moving = [drift for drift in world.drifts if drift]
    if moving:
        text = (
            "all adopters drift by {size} a quarter"
            if len(moving) == len(world.effects)
            else "adopters of the first drift by {size} a quarter"
        )
        yield say(text, size=percent_change(math.expm1(moving[0]), language, 0))
    if world.prefectures:
        text = (
            "{n} prefectures adopt as a whole and share shocks of {size}"
            if world.together
            else "{n} prefectures share shocks of {size}"
        )
        yield say(text, n=world.prefectures, size=percent(world.shock, language, 0))
    if world.adopters:
        yield say("{n} counties adopt each", n=world.adopters)


def _size_words(world: JointWorld, say: Say, language: str) -> Iterator[str]:
    """How many counties, and how many records."""
    if world.counties != PLAIN.counties:
        yield say("{n} counties", n=world.counties)
    if world.mean != PLAIN.mean:
        mean = in_full(world.mean, language)
        yield say("{n} records a county and quarter on average", n=mean)
    if world.sizes != PLAIN.sizes:
        yield say("counties differ far more in size")
