"""Estimates with their intervals, one row each: forest, specifications, leave-one-out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.disclosure.gate import NUMBER
from analysis.page.charts import style
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.chart import Chart
from analysis.page.charts.gutter import NAMED, name_rows, share_of_height
from analysis.page.plates import Column, TableData


@dataclass(frozen=True)
class Interval:
    """One row; an open end of its range is infinite, a mark stands for a limit or target."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    key: str = "other"
    hollow: bool = False
    mark: float | None = None
    code: str = ""
    """What names the row in the download; its label where blank."""


@dataclass(frozen=True)
class Intervals(Chart):
    """Rows from the top in the order given, their names in the gutter."""

    rows: tuple[Interval, ...]
    across: Axis
    references: tuple[Reference, ...] = ()
    head: str = ""
    key: str = "name"
    """What the rows are called in the table, for the reader and in the download."""

    def draw(self, axes: Axes, width: str) -> None:
        """Bars, dots and marks; where rows crowd, only the first and the last are named."""
        low, high = self.across.limits(self._numbers())
        axes.set_xlim(low, high)
        places, _ = name_rows(axes, [row.label for row in self.rows], width)
        size = 6 if len(self.rows) <= NAMED else 3
        for reference in self.references:
            reference.draw(axes, width, upright=True, above=True)
        draw_intervals(axes, self.rows, places, (low, high), size)
        self.across.dress(axes.xaxis, width, 6 if width == "wide" else 4)

    def height(self, width: str) -> float:
        """Room for every row and its name."""
        beside = 0.65 + 0.2 * bool(self.across.label)
        return share_of_height([row.label for row in self.rows], width, beside)

    def table(self) -> TableData:
        """One line a row; limits where any row has them."""
        names = [(row.label, row.code or row.label) for row in self.rows]
        numbers = self.across.ranged((row.value, row.low, row.high) for row in self.rows)
        return TableData.by_column((Column(self.key, self.head, role=NUMBER), names), *numbers)

    def _numbers(self) -> Iterator[float | None]:
        """Everything that must find room along the axis."""
        yield from (reference.value for reference in self.references)
        for row in self.rows:
            yield from (row.value, row.low, row.high, row.mark)


def draw_intervals(
    axes: Axes,
    rows: Sequence[Interval],
    places: Sequence[float],
    ends: tuple[float, float],
    size: float = 6,
) -> None:
    """Ranges, marks and dots, those of one look in one go; ``ends`` are those of the axis.

    Of forty rows one by one each dot is an artist, which takes half of the drawing's time.
    """
    low, high = ends
    placed = [*zip(rows, places, strict=True)]
    looks = {look: [at for at in placed if _look(at[0]) == look] for look in map(_look, rows)}
    for (key, _), own in looks.items():
        ranged = [
            (place, max(row.low, low), min(row.high, high))
            for row, place in own
            if row.low is not None and row.high is not None
        ]
        style.bars(axes, ranged, style.COLOURS[key], across=True)
        if past := [at for row, at in own if row.high == math.inf and row.low is not None]:
            (ends_of,) = axes.plot([high] * len(past), past, ">", color=style.COLOURS[key])
            ends_of.set(markersize=size - 1, clip_on=False)
    if marked := [(row.mark, place) for row, place in placed if row.mark is not None]:
        axes.plot(*zip(*marked, strict=True), "|", color=style.INK, markersize=11,
                  markeredgewidth=1.6)  # fmt: skip
    for (key, hollow), own in looks.items():
        colour = style.COLOURS[key]
        axes.plot(
            [row.value for row, _ in own],
            [place for _, place in own],
            style.MARKERS.get(key, "o"),
            color=colour,
            markerfacecolor=style.PAPER if hollow else colour,
            markersize=size,
        )


def _look(row: Interval) -> tuple[str, bool]:
    return row.key, row.hollow
