"""The same chart for several groups, side by side on one scale: small multiples."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.disclosure.gate import NUMBER
from analysis.page.charts import style
from analysis.page.charts.chart import Chart
from analysis.page.charts.labels import short
from analysis.page.charts.points import Points
from analysis.page.plates import Column, TableData

MOST = {"wide": 3, "narrow": 1}
"""Panels in a row."""
BETWEEN = 0.04
"""Share of the width between two panels."""
HEIGHT = {"wide": 0.78, "narrow": 0.62}
"""House heights of a row."""


@dataclass(frozen=True)
class Panels(Chart):
    """Names and charts in the order given; ``head`` says what the names are of."""

    panels: tuple[tuple[str, Points], ...]
    head: str
    limits: tuple[str, str]
    """Headings of the limits in the table."""

    def draw(self, axes: Axes, width: str) -> None:
        """Each in its box, with its name above; all between the same limits."""
        axes.set_axis_off()
        columns, rows = self._shape(width)
        up = self.panels[0][1].up
        points = [point for _, chart in self.panels for point in chart.points]
        numbers = [value for p in points for value in (p.value, p.low, p.high)]
        places = [point.at for point in points]
        for number, (name, chart) in enumerate(self.panels):
            row, column = divmod(number, columns)
            across = (1 + BETWEEN) / columns
            box = (column * across, 1 - (row + 0.84) / rows, across - BETWEEN, 0.66 / rows)
            inset = axes.inset_axes(box)
            chart.draw(inset, "narrow")
            inset.set_ylim(*up.limits([0.0, *numbers]))
            inset.set_xlim(min(places) - 0.7, max(places) + 0.7)
            if column:  # the scale is that of the first of the row
                inset.tick_params(labelleft=False)
                inset.set_ylabel("")
            inset.set_title(short(name, "narrow", 0.9), fontsize=style.SMALL, loc="left")

    def height(self, width: str) -> float:
        """Room for every row."""
        return HEIGHT[width] * self._shape(width)[1]

    def table(self) -> TableData:
        """A line a point, named by its panel."""
        rows = [(name, point) for name, chart in self.panels for point in chart.points]
        chart = self.panels[0][1]
        along, up = chart.along, chart.up
        return TableData.by_column(
            (Column("panel", self.head, role=NUMBER), [(name, name) for name, _ in rows]),
            along.filled(p.at for _, p in rows),
            up.filled(p.value for _, p in rows),
            up.filled((p.low for _, p in rows), self.limits[0], "low"),
            up.filled((p.high for _, p in rows), self.limits[1], "high"),
        )

    def _shape(self, width: str) -> tuple[int, int]:
        columns = min(len(self.panels), MOST[width])
        return columns, -(-len(self.panels) // columns)
