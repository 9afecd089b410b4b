"""Rates by size within limits that narrow as size grows: what chance alone would allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from analysis.page.charts import style
from analysis.page.charts.axes import Axis
from analysis.page.charts.chart import Chart
from analysis.page.charts.labels import beside, span
from analysis.page.charts.points import NAME_OFF, Point, Points, draw_points, name_point, named
from analysis.page.plates import TableData

NAMED = {"wide": 8, "narrow": 3}
"""Points named in each drawing, the first of them; the table names all."""
STEEP, ROOM = 3.0, 1.15
"""Limits so many times as high as the highest point are cut, so much above it."""
LETTER, LINE = 0.55, 1.2
"""Width of a letter and height of a line, of the size of the type."""


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
        """Bands, line, marks, then the names of the first few that find room."""
        top = self._top()
        for shade, band in zip((0.10, 0.16), self.bands, strict=False):
            colour = style.COLOURS["chance"]
            axes.fill_between(band.sizes, band.low, band.high, color=colour, alpha=shade)
            if width == "wide":
                limits = zip(band.sizes, band.high, strict=True)
                place = next(limit for limit in limits if top is None or limit[1] < top)
                beside(axes, band.label, place, (2, 2), color=style.QUIET)
        ends = (self.bands[0].sizes[0], self.bands[0].sizes[-1])
        axes.plot(ends, [self.middle] * 2, color=style.INK, linewidth=1.2)
        beside(axes, self.middle_label, (ends[1], self.middle), (5, -3), color=style.INK)
        draw_points(axes, [replace(p, label="") for p in self.points])
        axes.set_ylim(bottom=0 if self.up.low is None else self.up.low, top=top)
        self.along.dress(axes.xaxis, width)
        self.up.dress(axes.yaxis, width)
        axes.grid(axis="x", visible=False)
        _name(axes, [p for p in self.points if p.label], NAMED[width])

    def _top(self) -> float | None:
        """Where the drawing is cut, since limits of the smallest sizes would flatten the rest."""
        # The limits of the largest sizes are always seen, however low the points lie.
        highest = max(*(point.value for point in self.points), *(min(b.high) for b in self.bands))
        return ROOM * highest if max(self.bands[0].high) > STEEP * highest else None

    def table(self) -> TableData:
        """A line a point; who draws a funnel of counts gives a table that has been protected."""
        return Points(self.points, self.along, self.up).table()


def _name(axes: Axes, points: Sequence[Point], most: int) -> None:
    """Name the first so many whose names do not run into one another."""
    taken: list[Bbox] = []
    for point in points:
        box = _box_of_name(axes, point)
        if len(taken) < most and not any(map(box.overlaps, taken)):
            name_point(axes, point)
            taken.append(box)


def _box_of_name(axes: Axes, point: Point) -> Bbox:
    """About where its name would stand, in points of the drawing."""
    axes.autoscale_view()
    left, bottom = axes.transData.transform((point.at, point.value))
    wide, high = LETTER * style.SMALL * span(named(point)), LINE * style.SMALL
    off_right, off_up = NAME_OFF
    return Bbox.from_bounds(left + off_right, bottom + off_up, wide, high)
