"""Estimates beside the truth that simulated data were made with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.data.dataset import Dataset
from analysis.disclosure.gate import NUMBER
from analysis.page.numbers import percent_cell
from analysis.page.plates import Column, Notes, Table, TableData
from analysis.page.voice import Voice


@dataclass(frozen=True)
class Held:
    """One estimate, in log points, and its truth."""

    code: str
    words: str
    truth: float
    value: float
    low: float
    high: float

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
            *(percent_cell(math.expm1(getattr(one, k)), voice.language) for k in numbers),
            (say("yes") if one.inside else say("no"), one.inside),
        ]
        for one in held
    )
    return Table(
        **voice.plate("truth"),
        title=say(
            "The truth these data were made from lies inside {n} of {told} ranges",
            n=voice.number(sum(one.inside for one in held)),
            told=voice.number(len(held)),
        ),
        caption=say("Simulated data alone have a known truth; no estimate has looked at it."),
        data=TableData.of(columns, lines),
    )
