"""Paths of groups over a calendar, each named where it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.page.charts import style
from analysis.page.charts.axes import Axis, Periods, Reference
from analysis.page.charts.chart import Chart
from analysis.page.charts.labels import name_lines
from analysis.page.plates import TableData


@dataclass(frozen=True)
class Line:
    """One path, a number a period; not-a-number leaves a gap."""

    key: str
    label: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Lines(Chart):
    """Paths over the same periods; the axis begins at zero unless it says otherwise."""

    lines: tuple[Line, ...]
    along: Periods
    up: Axis
    references: tuple[Reference, ...] = ()

    def draw(self, axes: Axes, width: str) -> None:
        """Lines with marks, and their names at the right end or above."""
        every = max(1, len(self.along.labels) // 12)
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
        numbers = [value for line in self.lines for value in line.values]
        low, high = self.up.limits([0.0, *numbers], 0.12)
        axes.set_ylim(low if min(map(_or_zero, numbers)) < 0 else 0.0, high)
        self.along.dress(axes, width)
        self.up.dress(axes.yaxis, width)
        for reference in self.references:
            reference.draw(axes, width, upright=True)
        name_lines(axes, width, {line.label: _end(line) for line in self.lines})

    def table(self) -> TableData:
        """A line a period, a column a path."""
        columns = (self.up.filled(line.values, line.label, line.key) for line in self.lines)
        return TableData.by_column(self.along.filled, *columns)


def _or_zero(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def _end(line: Line) -> tuple[float, float, str]:
    """Place and value of the last number of a path, and its colour."""
    known = [i for i, value in enumerate(line.values, 1) if math.isfinite(value)] or [1]
    return float(known[-1]), _or_zero(line.values[known[-1] - 1]), style.COLOURS[line.key]
