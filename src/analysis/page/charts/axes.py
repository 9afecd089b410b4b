"""What runs along an axis: numbers in words, periods of a calendar, reference lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.axis import Axis as Drawn
from matplotlib.axis import XAxis
from matplotlib.ticker import Formatter, LogLocator, MaxNLocator, NullLocator

from analysis.disclosure.gate import NUMBER
from analysis.page.charts import style
from analysis.page.charts.labels import beside, short, wrap
from analysis.page.numbers import percent, period, period_tick
from analysis.page.plates import Column, Value

Cell = tuple[str, Value]
ALONG = 0.8
"""Share of the drawing's width that a line of an axis's label may take."""
AIR = 0.06
"""Share of an axis left free beyond its outermost number."""
FEW_DECADES = 2.5
MOST_DECADES = {"wide": None, "narrow": 5}
"""From so many decades on, every second one has a tick."""


@dataclass(frozen=True)
class Axis:
    """An axis of numbers.

    Parameters
    ----------
    write: how its ticks are written.
    label: what it measures; blank where the title says so.
    low, high: where it is cut, however far the numbers reach; the table holds them whole.
    whole: whether only whole numbers make sense.
    key, head, cell, digits: its column of the table: key, heading (the label where blank), how its
        texts are written (as the ticks unless said), and to how many digits values are rounded.
    role: of that column, where its numbers count no records.
    """

    write: Callable[[float], str] = "{:g}".format
    label: str = ""
    low: float | None = None
    high: float | None = None
    whole: bool = False
    logarithmic: bool = False
    key: str = "value"
    head: str = ""
    cell: Callable[[float], str] | None = None
    digits: int = 6
    role: Literal["", "count", "derived", "number"] = ""

    def filled(
        self, numbers: Iterable[float | None], label: str = "", key: str = ""
    ) -> tuple[Column, list[Cell]]:
        """Its column in the table, with a cell for each number."""
        column = Column(key or self.key, label or self.head or self.label, "end", self.role)
        return column, [self.entry(number) for number in numbers]

    def ranged(self, numbers: Iterable[Sequence[float | None]]) -> list[tuple[Column, list[Cell]]]:
        """A column of values and, where any number has them, of low and high limits."""
        rows = [*numbers]
        keys = ("", "low", "high")[: 3 if any(low is not None for _, low, _ in rows) else 1]
        return [self.filled((row[i] for row in rows), key=key) for i, key in enumerate(keys)]

    def entry(self, value: float | None) -> Cell:
        """A number as a cell of the table: its text and its value."""
        if value is None or not math.isfinite(value):
            return "–", None
        rounded = round(value, self.digits)
        return (self.cell or self.write)(value), int(rounded) if self.whole else rounded

    def limits(self, numbers: Iterable[float | None], air: float = AIR) -> tuple[float, float]:
        """From where to where it runs so that the numbers find room."""
        known = [value for value in numbers if value is not None and math.isfinite(value)] or [0.0]
        low = min(known) if self.low is None else max(min(known), self.low)
        high = max(known) if self.high is None else min(max(known), self.high)
        if self.logarithmic:
            return low / (1 + 2 * air), high * (1 + 2 * air)
        pad = air * ((high - low) or abs(high)) or 1.0
        return low - pad, high + pad

    def dress(self, drawn: Drawn, width: str, most: int = 5) -> None:
        """Its label, its ticks and how they are written, on an axis of matplotlib's."""
        axes = drawn.axes
        across = isinstance(drawn, XAxis)
        if self.logarithmic:
            (axes.set_xscale if across else axes.set_yscale)("log")
            low, high = sorted(drawn.get_view_interval())
            near = math.log10(high / low) < FEW_DECADES
            subs, ticks = ((1.0, 2.0, 5.0), None) if near else ((1.0,), MOST_DECADES[width])
            drawn.set_major_locator(LogLocator(subs=subs, numticks=ticks))
            drawn.set_minor_locator(NullLocator())
        else:
            drawn.set_major_locator(MaxNLocator(most, integer=self.whole, steps=[1, 2, 5, 10]))
        drawn.set_major_formatter(_Written(self))
        room = round(ALONG * style.CHARACTERS[width if across else "narrow"])
        drawn.set_label_text(wrap(self.label, room))


def share_axis(language: str, label: str, decimals: int = 0, cell: int = 1) -> Axis:
    """An axis of shares that are no counts, as percentages.

    Parameters
    ----------
    decimals, cell: of ticks, and of the texts in the table.
    """
    return Axis(
        partial(percent, language=language, decimals=decimals),
        label,
        key="share",
        digits=4,
        cell=partial(percent, language=language, decimals=cell),
        role="number",
    )


class _Written(Formatter):
    """Ticks as an axis writes them; where that makes two of them alike, as its cells are."""

    def __init__(self, axis: Axis) -> None:
        self.own = axis

    def __call__(self, value: float, _: int | None = None) -> str:
        return self.own.write(value)

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """All ticks at once."""
        texts = [self.own.write(value) for value in values]
        finer = self.own.cell if len(set(texts)) < len(texts) else None
        return [finer(value) for value in values] if finer else texts


@dataclass(frozen=True)
class Periods:
    """A calendar: equal periods in order, at the places 1, 2, …"""

    labels: tuple[str, ...]
    language: str
    head: str
    """What its column is called in the table."""

    @property
    def places(self) -> list[int]:
        """Where the periods stand."""
        return list(range(1, len(self.labels) + 1))

    @property
    def filled(self) -> tuple[Column, list[Cell]]:
        """Its column in the table, with a cell for each period."""
        return Column("period", self.head, role=NUMBER), [
            (period(p, self.language), p) for p in self.labels
        ]

    def dress(self, axes: Axes, width: str) -> None:
        """Ticks where a year begins or, over few years, a quarter or month."""
        most = 9 if width == "wide" else 5
        years = [p for p in self.places if p == 1 or self._year(p) != self._year(p - 1)]
        if years[1:] and years[1] - years[0] < (years[2:3] or [len(self.labels)])[0] - years[1]:
            years = years[1:]  # the panel begins within a year, whose name would crowd the next
        full = years if len(years) >= 3 else self.places
        shown = full[:: -(-len(full) // most)]
        texts = [period_tick(self.labels[p - 1], self.language, full is years) for p in shown]
        axes.set_xticks(shown, texts)
        axes.grid(axis="x", visible=False)

    def _year(self, place: int) -> str:
        return self.labels[place - 1][:4]


@dataclass(frozen=True)
class Reference:
    """A line that the drawing is held against: no change, a cut-off, the headline."""

    value: float
    label: str = ""
    key: str = ""
    """Its colour; blank for ink."""
    dashed: bool = False

    def draw(self, axes: Axes, width: str, *, upright: bool, above: bool = False) -> None:
        """Across the axes, or upright; its words stand at its end, or above the axes."""
        colour = style.COLOURS.get(self.key, style.QUIET if self.dashed else style.INK)
        line = axes.axvline if upright else axes.axhline
        dashes = (0, (3, 3)) if self.dashed else "-"
        line(self.value, color=colour, linewidth=1.0, linestyle=dashes, zorder=1.5)
        sideways = upright and not above
        beside(
            axes,
            short(self.label, width, 0.4),
            (self.value, 1.0) if upright else (1.0, self.value),
            (4, -2) if sideways else (0, 3),
            xycoords=("data", "axes fraction") if upright else ("axes fraction", "data"),
            ha="left" if sideways else "center" if upright else "right",
            va="top" if sideways else "bottom",
            color=colour,
        )
