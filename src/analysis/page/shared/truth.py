"""Estimates beside the truth that simulated data were made with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from analysis.data.dataset import Dataset
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Cell
from analysis.page.numbers import percent, percent_cell
from analysis.page.plates import Column, Notes, Table, TableData
from analysis.page.voice import Voice

NARROW = 0.005
"""A range of shares below which one decimal of a per cent would give both ends alike."""


@dataclass(frozen=True)
class Held:
    """One estimate, in log points, and its truth; ``share``: of a share, which has no sign."""

    code: str
    words: str
    truth: float
    value: float
    low: float
    high: float
    share: bool = field(default=False, kw_only=True)

    @property
    def inside(self) -> bool:
        """Whether the range holds the truth."""
        return self.low <= self.truth <= self.high


def truths(data: Dataset) -> dict[str, float]:
    """The true values of simulated data by name; none elsewhere."""
    table = data.tables.get("truth")
    if table is None:
        return {}
    return dict(zip(table["name"], table["value"].astype(float), strict=True))


def _cell(one: Held, value: float, language: str) -> Cell:
    """A change with its sign; a share without, to as many decimals as tell its range apart."""
    if not one.share:
        return percent_cell(value, language)
    narrow = math.expm1(one.high) - math.expm1(one.low) < NARROW
    return percent(value, language, 2 if narrow else 1), round(value, 6)


def _title(voice: Voice, held: Sequence[Held]) -> str:
    """How many ranges hold their truth; of a single one, whether it does."""
    inside = sum(one.inside for one in held)
    if len(held) == 1:
        return (
            voice.say("The truth these data were made from lies inside the range")
            if inside
            else voice.say("The truth these data were made from lies outside the range")
        )
    return voice.say(
        "The truth these data were made from lies inside {n} of {told} ranges",
        n=voice.number(inside),
        told=voice.number(len(held)),
    )


def truth_table(voice: Voice, head: str, held: Sequence[Held], value: str = "") -> Table | Notes:
    """Whether each range holds its truth; that there is none, as of data not simulated.

    Parameters
    ----------
    head: what the estimates are of. value: what they are, changes unless told.
    """
    say = voice.say
    if not held:
        point = say("The true effects are not known here, as they never are outside simulations.")
        if voice.simulated:
            point = say("No truth was written down beside these data for what is estimated here.")
        return Notes(**voice.plate("truth"), title=say("The truth"), points=(point,))
    numbers = ("truth", "value", "low", "high")
    heads = (say("Truth"), value or say("Change"), say("Range from"), say("Range to"))
    columns = (
        Column("name", head),
        *(Column(k, h, "end", NUMBER) for k, h in zip(numbers, heads, strict=True)),
        Column("inside", say("Inside")),
    )
    lines = (
        [
            (one.words, one.code),
            *(_cell(one, math.expm1(getattr(one, k)), voice.language) for k in numbers),
            (say("yes") if one.inside else say("no"), one.inside),
        ]
        for one in held
    )
    return Table(
        **voice.plate("truth"),
        title=_title(voice, held),
        caption=say("Simulated data alone have a known truth; no estimate has looked at it."),
        data=TableData.of(columns, lines),
    )
