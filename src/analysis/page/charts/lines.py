"""Paths of groups over a calendar, each named where it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.page.charts import style
from analysis.page.charts.axes import Axis, Periods, Reference
from analysis.page.charts.chart import Chart
from analysis.page.charts.labels import legend, name_lines
from analysis.page.plates import TableData


@dataclass(frozen=True)
class Line:
    """One path, a number a period; not-a-number leaves a gap."""

    key: str
    label: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Shade:
    """What lies between two paths, the widest first; the words of both ends in the table."""

    label: str
    low: tuple[float, ...]
    high: tuple[float, ...]
    ends: tuple[str, str]
    key: str = "shade"


@dataclass(frozen=True)
class Lines(Chart):
    """Paths over the same periods; the axis begins at zero unless it says otherwise."""

    lines: tuple[Line, ...]
    along: Periods
    up: Axis
    references: tuple[Reference, ...] = ()
    shades: tuple[Shade, ...] = ()

    def draw(self, axes: Axes, width: str) -> None:
        """Lines with marks, and their names at the right end or above."""
        every = max(1, len(self.along.labels) // 12)
        for dark, shade in zip((0.14, 0.24), self.shades, strict=False):
            axes.fill_between(
                self.along.places,
                shade.low,
                shade.high,
                label=shade.label,
                color=style.COLOURS["chance"],
                alpha=dark,
                linewidth=0,
            )
        for line in self.lines:
            axes.plot(
                self.along.places,
                line.values,
                color=style.COLOURS[line.key],
                marker=style.MARKERS.get(line.key, "o"),
                markersize=4,
                markevery=every,
                label=line.label,
            )
        paths = [line.values for line in self.lines]
        paths += [path for shade in self.shades for path in (shade.low, shade.high)]
        numbers = [value for path in paths for value in path]
        low, high = self.up.limits([0.0, *numbers], 0.12)
        axes.set_ylim(low if min(map(_or_zero, numbers)) < 0 else 0.0, high)
        self.along.dress(axes, width)
        self.up.dress(axes.yaxis, width)
        for reference in self.references:
            reference.draw(axes, width, upright=True)
        if self.shades:
            legend(axes, columns=3 if width == "wide" else 2)
        else:
            name_lines(axes, width, {line.label: _end(line) for line in self.lines})

    def table(self) -> TableData:
        """A line a period, a column a path."""
        columns = [self.up.filled(line.values, line.label, line.key) for line in self.lines]
        for shade in self.shades:
            for end, name in zip(("low", "high"), shade.ends, strict=True):
                columns.append(self.up.filled(getattr(shade, end), name, f"{shade.key}_{end}"))
        return TableData.by_column(self.along.filled, *columns)


def _or_zero(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def _end(line: Line) -> tuple[float, float, str]:
    """Place and value of the last number of a path, and its colour."""
    known = [i for i, value in enumerate(line.values, 1) if math.isfinite(value)] or [1]
    return float(known[-1]), _or_zero(line.values[known[-1] - 1]), style.COLOURS[line.key]
