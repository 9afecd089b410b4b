"""Log points as a reader knows them, changes in per cent: in sentences, tables and figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from analysis.disclosure.estimates import three_digits
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Cell
from analysis.page.charts.intervals import Interval
from analysis.page.numbers import percent, percent_cell, percent_change, percent_span
from analysis.page.plates import Column, TableData
from analysis.page.voice import Voice
from analysis.page.wording import capital

STEEPEST = 1.5
"""A rise beyond it is cut at the axis."""
RANGE_WORDS = {"value": "Change", "low": "Range from", "high": "Range to"}


class LogPoints(Voice):
    """What a report says of log points."""

    @property
    def rounded(self) -> bool:
        """Whether no more than three digits may leave."""
        return False

    def share(self, value: float) -> float:
        """Log points as a change, of so many digits of them as may leave."""
        return math.expm1(three_digits(value) if self.rounded else value)

    def change(self, value: float) -> str:
        """Log points as a change in per cent, for a sentence."""
        return percent_change(self.share(value), self.language)

    def likely(self, low: float, high: float) -> str:
        """A range of log points as changes in per cent, for a sentence."""
        return percent_span(self.share(low), self.share(high), self.language)

    def cells(self, values: Iterable[float | None]) -> list[Cell]:
        """Log points as changes in per cent, for a table."""
        shares = (None if value is None else self.share(value) for value in values)
        return [percent_cell(share, self.language) for share in shares]

    def ranged(self, record: Mapping[str, Any], before: str = "") -> tuple[float, Any, Any]:
        """A change and its limits as shares; of the numbers of a record whose keys begin so."""
        keys = (before or "value", *(f"{before}_{end}".strip("_") for end in ("low", "high")))
        value, low, high = (
            None if record[key] is None else self.share(record[key]) for key in keys
        )
        return value or 0.0, low, high

    def change_axis(self, label: str = "") -> Axis:
        """An axis of changes in per cent, cut where a rise would hide the rest."""
        write = partial(percent, language=self.language, signed=True)
        short, head = partial(write, decimals=0), self.say("Change")
        return Axis(short, label, high=STEEPEST, cell=write, key="change", head=head, role=NUMBER)

    def intervals_table(self, head: Mapping[str, str], rows: Iterable[Interval]) -> TableData:
        """Name, change and limits of each row of a figure."""
        lines = (
            [(r.label, r.code), *(percent_cell(v, self.language) for v in (r.value, r.low, r.high))]
            for r in rows
        )
        return self.worded({**head, **RANGE_WORDS}, lines, tuple(head))

    def worded(
        self, heads: Mapping[str, str], lines: Iterable[Iterable[Cell]], texts: Iterable[str]
    ) -> TableData:
        """A table with these headings, in English; what is no text stands at the end, as a number.

        Parameters
        ----------
        texts: keys of the columns that hold words.
        """
        named = [(key, capital(self.say(head))) for key, head in heads.items()]
        columns = [
            Column(key, head) if key in texts else Column(key, head, "end", NUMBER)
            for key, head in named
        ]
        return TableData.of(columns, lines)
