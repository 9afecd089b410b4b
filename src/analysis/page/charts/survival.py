"""Survival curves: the share that still waits after each length of time, with its band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from matplotlib.axes import Axes

from analysis.disclosure.gate import NUMBER
from analysis.page.charts import style
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.chart import Chart
from analysis.page.charts.labels import name_lines
from analysis.page.plates import Column, TableData


@dataclass(frozen=True)
class Curve:
    """One group: shares from each time on, until the next; limits empty where there are none."""

    key: str
    label: str
    times: Sequence[float]
    shares: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


@dataclass(frozen=True)
class Survival(Chart):
    """Curves from one down, named where they end; ``head`` is what the groups are called."""

    curves: tuple[Curve, ...]
    along: Axis
    up: Axis
    head: str
    references: tuple[Reference, ...] = ()

    def draw(self, axes: Axes, width: str) -> None:
        """Steps with shaded bands; every curve starts at one, at time zero."""
        for curve in self.curves:
            colour = style.COLOURS[curve.key]
            times = [0.0, *curve.times]
            axes.step(times, [1.0, *curve.shares], where="post", color=colour, label=curve.label)
            if len(curve.low):
                low, high = [1.0, *curve.low], [1.0, *curve.high]
                axes.fill_between(times, low, high, step="post", color=colour, alpha=0.15)
        for reference in self.references:
            reference.draw(axes, width, upright=True)
        axes.set_ylim(0, 1.02)
        axes.set_xlim(left=0)
        self.up.dress(axes.yaxis, width)
        self.along.dress(axes.xaxis, width, 7 if width == "wide" else 5)
        axes.grid(axis="x", visible=False)
        ends = {c.label: (c.times[-1], c.shares[-1], style.COLOURS[c.key]) for c in self.curves}
        name_lines(axes, width, ends)

    def table(self) -> TableData:
        """A line a group and time."""
        groups = [(curve.label, curve.key) for curve in self.curves for _ in curve.times]
        times = chain(*(curve.times for curve in self.curves))
        numbers = chain(*(zip_longest(c.shares, c.low, c.high) for c in self.curves))
        return TableData.by_column(
            (Column("group", self.head, role=NUMBER), groups),
            self.along.filled(times),
            *self.up.ranged(numbers),
        )
