"""Estimates as a reader knows them, in words and figures.

Log points are changes in per cent or ratios; differences of a level stand in its own unit.
"""

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
    level_span,
    number_cell,
    percent,
    percent_cell,
    percent_change,
    percent_span,
    size_decimals,
    span,
)
from analysis.page.plates import TableData
from analysis.page.voice import Voice
from analysis.result import Estimate

STEEPEST = 1.5
"""A rise beyond it is cut at the axis."""
RANGE_WORDS = {"value": "Change", "low": "Range from", "high": "Range to"}


class LogPoints(Voice):
    """What a report says of log points, or of differences of a level."""

    steepest: float | None = STEEPEST
    """Where axes of changes are cut; nowhere where ``None``."""

    @property
    def counted(self) -> bool:
        """Whether they are of counts, in log points; else of a level, in its unit."""
        return True

    @property
    def unit(self) -> str:
        """The unit of a level; blank for counts, and where the dataset names none."""
        unit = self.words(self.question.outcome).unit
        return "" if unit is None or self.counted else unit.plural(self.language)

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
        if not self.counted:
            return value
        given = three_digits(value) if self.rounded else value
        return math.exp(given) if self.ratios else math.expm1(given)

    def amount(self, value: float) -> str:
        """The size of a change without its sign: in per cent, or in units of a level."""
        if self.counted:
            return self.percent(abs(self.share(value)))
        return self._in_unit(self.number(abs(value), 1 + size_decimals(value)))

    def _in_unit(self, text: str) -> str:
        return f"{text}{'' if self.language == 'zh' else ' '}{self.unit}".strip()

    def change(self, value: float) -> str:
        """An estimate for a sentence."""
        if not self.counted:
            text = "{size} lower" if value < 0 else "{size} higher"
            return self.say(text, size=self.amount(value))
        share = self.share(value)
        return self.number(share, 2) if self.ratios else percent_change(share, self.language)

    def likely(self, low: float, high: float) -> str:
        """A range for a sentence."""
        if not self.counted:
            digits = 1 + size_decimals(low, high)
            return level_span(low, high, self.language, digits, self.unit)
        ends = self.share(low), self.share(high)
        if self.ratios:
            first, last = (self.number(end, 2) for end in ends)
            return span(first, last, self.language)
        return percent_span(*ends, self.language)

    def likely_of(self, found: Estimate) -> str:
        """The range of an estimate for a sentence; that there is none."""
        if found.low is None or found.high is None:
            return self.say("no range can be given")
        return self.likely(found.low, found.high)

    def cells(self, values: Iterable[float | None]) -> list[Cell]:
        """Estimates for a table."""
        return self._cells(None if value is None else self.share(value) for value in values)

    def _cells(self, shares: Iterable[float | None]) -> list[Cell]:
        if not self.counted:
            return [self._level_cell(share) for share in shares]
        if self.ratios:
            return [number_cell(share, self.language, 3) for share in shares]
        return [percent_cell(share, self.language) for share in shares]

    def _level_cell(self, value: float | None) -> Cell:
        if value is None:
            return "–", None
        return self.in_full(value, 1 + size_decimals(value), signed=True), round(value, 6)

    def ranged(self, record: Mapping[str, Any], before: str = "") -> tuple[float, Any, Any]:
        """A change and its limits as shares; of the numbers of a record whose keys begin so."""
        keys = (before or "value", *(f"{before}_{end}".strip("_") for end in ("low", "high")))
        value, low, high = (
            None if record[key] is None else self.share(record[key]) for key in keys
        )
        return value or 0.0, low, high

    def change_axis(self, label: str = "", like: float = 0.0) -> Axis:
        """An axis of changes, cut where a rise would hide the rest, of ratios, or of a level.

        Parameters
        ----------
        like: a value of a level of as many decimals.
        """
        head = self.say("Change")
        if not self.counted:
            short, whole = (partial(self.in_full, decimals=n + size_decimals(like)) for n in (0, 1))
            if label and self.unit:
                label = self.say("{label} ({unit})", label=label, unit=self.unit)
            return Axis(short, label, cell=whole, key="change", head=head, role=NUMBER)
        if self.ratios:
            short, whole = (partial(self.in_full, decimals=n) for n in (1, 3))
            return Axis(short, label, logarithmic=True, cell=whole, role=NUMBER)
        write = partial(percent, language=self.language, signed=True)
        short, high = partial(write, decimals=0), self.steepest
        return Axis(short, label, high=high, cell=write, key="change", head=head, role=NUMBER)

    def intervals_table(
        self, head: Mapping[str, str], rows: Iterable[Interval], what: str = RANGE_WORDS["value"]
    ) -> TableData:
        """Name, value and limits of each row of a figure; ``what`` is the heading of values."""
        lines = ([(r.label, r.code), *self._cells((r.value, r.low, r.high))] for r in rows)
        return self.worded({**head, **RANGE_WORDS, "value": what}, lines, tuple(head))
