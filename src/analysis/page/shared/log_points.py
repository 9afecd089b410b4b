"""Log points as a reader knows them, as changes in per cent or ratios: in words and figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from analysis.disclosure.estimates import three_digits
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Cell
from analysis.page.charts.intervals import Interval
from analysis.page.numbers import (
    number_cell,
    percent,
    percent_cell,
    percent_change,
    percent_span,
    span,
)
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

    @property
    def ratios(self) -> bool:
        """Whether they are written as ratios, such as of odds, and not as changes in per cent."""
        return False

    def share(self, value: float) -> float:
        """Log points as a change, or a ratio, of so many digits of them as may leave."""
        given = three_digits(value) if self.rounded else value
        return math.exp(given) if self.ratios else math.expm1(given)

    def change(self, value: float) -> str:
        """Log points for a sentence."""
        share = self.share(value)
        return self.number(share, 2) if self.ratios else percent_change(share, self.language)

    def likely(self, low: float, high: float) -> str:
        """A range of log points for a sentence."""
        ends = self.share(low), self.share(high)
        if self.ratios:
            first, last = (self.number(end, 2) for end in ends)
            return span(first, last, self.language)
        return percent_span(*ends, self.language)

    def cells(self, values: Iterable[float | None]) -> list[Cell]:
        """Log points for a table."""
        return self._cells(None if value is None else self.share(value) for value in values)

    def _cells(self, shares: Iterable[float | None]) -> list[Cell]:
        if self.ratios:
            return [number_cell(share, self.language, 3) for share in shares]
        return [percent_cell(share, self.language) for share in shares]

    def ranged(self, record: Mapping[str, Any], before: str = "") -> tuple[float, Any, Any]:
        """A change and its limits as shares; of the numbers of a record whose keys begin so."""
        keys = (before or "value", *(f"{before}_{end}".strip("_") for end in ("low", "high")))
        value, low, high = (
            None if record[key] is None else self.share(record[key]) for key in keys
        )
        return value or 0.0, low, high

    def change_axis(self, label: str = "") -> Axis:
        """An axis of changes, cut where a rise would hide the rest, or of ratios."""
        if self.ratios:
            short, whole = (partial(self.in_full, decimals=n) for n in (1, 3))
            return Axis(short, label, logarithmic=True, cell=whole, role=NUMBER)
        write = partial(percent, language=self.language, signed=True)
        short, head = partial(write, decimals=0), self.say("Change")
        return Axis(short, label, high=STEEPEST, cell=write, key="change", head=head, role=NUMBER)

    def intervals_table(
        self, head: Mapping[str, str], rows: Iterable[Interval], what: str = RANGE_WORDS["value"]
    ) -> TableData:
        """Name, value and limits of each row of a figure; ``what`` is the heading of values."""
        lines = ([(r.label, r.code), *self._cells((r.value, r.low, r.high))] for r in rows)
        return self.worded({**head, **RANGE_WORDS, "value": what}, lines, tuple(head))

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
