"""Counts in bins with the course fitted without those near a target: bunching, densities."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.page.charts import style
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.chart import Chart
from analysis.page.charts.labels import legend
from analysis.page.plates import TableData


@dataclass(frozen=True)
class Histogram(Chart):
    """Bins of equal width, by their left edges.

    Parameters
    ----------
    fitted: what the course away from the target would have in each bin; empty for none.
    window: from where to where bins were left out of the fit.
    """

    lefts: tuple[float, ...]
    counts: tuple[float, ...]
    along: Axis
    up: Axis
    fitted: tuple[float, ...] = ()
    fitted_label: str = ""
    window: tuple[float, float] | None = None
    references: tuple[Reference, ...] = ()

    def draw(self, axes: Axes, width: str) -> None:
        """Bars without gaps, the fitted course over them, the window shaded behind."""
        step = self.lefts[1] - self.lefts[0] if len(self.lefts) > 1 else 1.0
        if self.window:
            axes.axvspan(*self.window, color=style.GRID, alpha=0.6, zorder=0.5)
        axes.bar(
            self.lefts, self.counts, step, align="edge", color=style.COLOURS["other"], alpha=0.45
        )
        if self.fitted:
            middles = [left + step / 2 for left in self.lefts]
            colour = style.COLOURS["claim"]
            axes.plot(middles, self.fitted, color=colour, label=self.fitted_label)
        for reference in self.references:
            reference.draw(axes, width, upright=True)
        ends = [self.lefts[0], self.lefts[-1] + step, *(line.value for line in self.references)]
        axes.set_xlim(min(ends), max(ends))
        axes.set_ylim(0, self.up.limits([0.0, *self.counts, *self.fitted], 0.08)[1])
        self.along.dress(axes.xaxis, width, 8 if width == "wide" else 5)
        self.up.dress(axes.yaxis, width)
        axes.grid(axis="x", visible=False)
        if self.fitted:
            legend(axes)

    def table(self) -> TableData:
        """A line a bin, by its left edge."""
        columns = [self.along.filled(self.lefts), self.up.filled(self.counts)]
        if self.fitted:
            columns.append(self.up.filled(self.fitted, self.fitted_label, "fitted"))
        return TableData.by_column(*columns)
