"""Rates by size within limits that narrow as size grows: what chance alone would allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes

from analysis.page.charts import style
from analysis.page.charts.axes import Axis
from analysis.page.charts.chart import Chart
from analysis.page.charts.labels import beside
from analysis.page.charts.points import Point, Points, draw_points
from analysis.page.plates import TableData

NAMED = {"wide": 8, "narrow": 3}
"""Points named in each drawing, the first of them; the table names all."""


@dataclass(frozen=True)
class Band:
    """Limits along sizes, with the words at their left end."""

    sizes: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    label: str = ""


@dataclass(frozen=True)
class Funnel(Chart):
    """Points, the line of all together, and bands from the outermost to the innermost."""

    points: tuple[Point, ...]
    bands: tuple[Band, ...]
    middle: float
    middle_label: str
    along: Axis
    up: Axis

    def draw(self, axes: Axes, width: str) -> None:
        """Bands, line, marks, then the names of the first few."""
        for shade, band in zip((0.10, 0.16), self.bands, strict=False):
            colour = style.COLOURS["chance"]
            axes.fill_between(band.sizes, band.low, band.high, color=colour, alpha=shade)
            if width == "wide":
                place = (band.sizes[0], band.high[0])
                beside(axes, band.label, place, (2, 2), color=style.QUIET)
        ends = (self.bands[0].sizes[0], self.bands[0].sizes[-1])
        axes.plot(ends, [self.middle] * 2, color=style.INK, linewidth=1.2)
        beside(axes, self.middle_label, (ends[1], self.middle), (5, -3), color=style.INK)
        named = [p for p in self.points if p.label][: NAMED[width]]
        draw_points(axes, [p if p in named else replace(p, label="") for p in self.points])
        axes.set_ylim(bottom=0)
        self.along.dress(axes.xaxis, width)
        self.up.dress(axes.yaxis, width)
        axes.grid(axis="x", visible=False)

    def table(self) -> TableData:
        """A line a point; who draws a funnel of counts gives a table that has been protected."""
        return Points(self.points, self.along, self.up).table()
