"""Points on two axes of numbers, with bars for their intervals: event times, scatter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.page.charts import style
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.chart import Chart
from analysis.page.charts.labels import beside, short
from analysis.page.plates import TableData

NAME_OFF = (6, 1)
"""Points of the drawing between a mark and its name."""


@dataclass(frozen=True)
class Point:
    """One point; named beside its mark where it has a label."""

    at: float
    value: float
    low: float | None = None
    high: float | None = None
    key: str = "other"
    hollow: bool = False
    label: str = ""
    size: float = 5


@dataclass(frozen=True)
class Points(Chart):
    """Points with their intervals; the named sides of a line stand above it."""

    points: tuple[Point, ...]
    along: Axis
    up: Axis
    references: tuple[Reference, ...] = ()
    upright: tuple[Reference, ...] = ()
    sides: tuple[tuple[str, str], ...] = ()
    """Colour and words of what lies left and right of the first upright line."""

    def draw(self, axes: Axes, width: str) -> None:
        """Lines first, then bars, then marks."""
        numbers = [value for p in self.points for value in (p.value, p.low, p.high)]
        axes.set_ylim(*self.up.limits([*numbers, *(line.value for line in self.references)]))
        for line in self.references:
            line.draw(axes, width, upright=False)
        for line in self.upright:
            line.draw(axes, width, upright=True)
        draw_points(axes, self.points)
        self.along.dress(axes.xaxis, width, 10 if width == "wide" else 6)
        self.up.dress(axes.yaxis, width, 7)
        axes.grid(axis="x", visible=False)
        for (key, words), side in zip(self.sides, ("right", "left"), strict=False):
            place, off = (self.upright[0].value, 1.0), (-6 if side == "right" else 6, 2)
            look = {"xycoords": ("data", "axes fraction"), "color": style.COLOURS[key]}
            beside(axes, words, place, off, ha=side, **look)

    def table(self) -> TableData:
        """A line a point."""
        numbers = self.up.ranged((p.value, p.low, p.high) for p in self.points)
        return TableData.by_column(self.along.filled(p.at for p in self.points), *numbers)


def draw_points(axes: Axes, points: Sequence[Point]) -> None:
    """Bars and marks, those of one look in one go, and names beside the marks."""
    for look in dict.fromkeys((p.key, p.hollow, p.size) for p in points):
        key, hollow, size = look
        own = [p for p in points if (p.key, p.hollow, p.size) == look]
        colour = style.COLOURS[key]
        barred = [(p.at, p.low, p.high) for p in own if p.low is not None and p.high is not None]
        style.bars(axes, barred, colour)
        axes.plot(
            [p.at for p in own],
            [p.value for p in own],
            style.MARKERS.get(key, "o"),
            markersize=size,
            color=colour,
            markerfacecolor=style.PAPER if hollow else colour,
            clip_on=False,
        )
    for p in points:
        if p.label:
            name_point(axes, p)


def name_point(axes: Axes, point: Point) -> None:
    """Its name, right of its mark and above it."""
    place, colour = (point.at, point.value), style.COLOURS[point.key]
    beside(axes, named(point), place, NAME_OFF, va="bottom", color=colour)


def named(point: Point) -> str:
    """The name as it stands in a drawing."""
    return short(point.label, "narrow", 0.4)
