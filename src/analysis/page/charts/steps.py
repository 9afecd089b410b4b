"""A number that moves in steps over a calendar: how many regions have adopted."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.page.charts import style
from analysis.page.charts.axes import Axis, Periods
from analysis.page.charts.chart import Chart
from analysis.page.charts.labels import beside
from analysis.page.plates import TableData


@dataclass(frozen=True)
class Steps(Chart):
    """Steps from zero up, under an axis that ends at all there are."""

    values: tuple[float, ...]
    along: Periods
    up: Axis
    most: float

    def draw(self, axes: Axes, width: str) -> None:
        """A filled step line with its last number at its end."""
        colour = style.COLOURS["early"]
        axes.fill_between(self.along.places, self.values, step="post", color=colour, alpha=0.25)
        axes.step(self.along.places, self.values, where="post", color=colour)
        last = (self.along.places[-1], self.values[-1])
        look = {"va": "center", "color": colour, "fontsize": style.TEXT}
        beside(axes, self.up.write(last[1]), last, (4, 0), **look)
        self.along.dress(axes, width)
        self.up.dress(axes.yaxis, width)
        axes.set_ylim(0, self.most)

    def height(self, width: str) -> float:  # noqa: ARG002
        """Lower than most: there is little to read."""
        return 0.8

    def table(self) -> TableData:
        """A line a period."""
        return TableData.by_column(self.along.filled, self.up.filled(self.values))
