"""Bars from zero with their names in the gutter, whole or in parts: counts by document or kind."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.disclosure.gate import NUMBER
from analysis.page.charts import style
from analysis.page.charts.axes import Axis
from analysis.page.charts.chart import Chart
from analysis.page.charts.gutter import LINE, NAMED, name_rows, share_of_height
from analysis.page.charts.labels import beside, legend, wrap
from analysis.page.plates import Column, TableData


@dataclass(frozen=True)
class Bar:
    """One bar: a number for each part, words at its end, and the range of the end if it has one."""

    label: str
    values: tuple[float, ...]
    note: str = ""
    code: str = ""
    low: float | None = None
    high: float | None = None
    key: str = ""
    """Colour of a plain bar, where it is another than that of the part."""


@dataclass(frozen=True)
class Bars(Chart):
    """Bars from the top in the order given; ``parts`` are key and words, one for plain bars."""

    bars: tuple[Bar, ...]
    parts: tuple[tuple[str, str], ...]
    across: Axis
    head: str = ""
    widest: str = "wide"

    def draw(self, axes: Axes, width: str) -> None:
        """Parts one after another, the note at the end of each bar where there is room."""
        size = style.SMALL if self.widest == "column" else None
        places, sizes = name_rows(axes, [bar.label for bar in self.bars], width, size)
        tall = [0.7 * size for size in sizes]
        left = [0.0] * len(self.bars)
        for part, (key, words) in enumerate(self.parts):
            own = [bar.values[part] for bar in self.bars]
            colours = [style.COLOURS[bar.key or key] for bar in self.bars]
            axes.barh(places, own, left=left, height=tall, color=colours, label=words)
            left = [start + value for start, value in zip(left, own, strict=True)]
        for bar, place in zip(self.bars, places, strict=True):
            if bar.low is not None and bar.high is not None:
                axes.plot([bar.low, bar.high], [place, place], color=style.INK, linewidth=2.4)
        if len(self.bars) <= NAMED:
            for end, place, bar in zip(left, places, self.bars, strict=True):
                self._note(axes, bar, end, place)
        left = [max(end, bar.high or end) for end, bar in zip(left, self.bars, strict=True)]
        axes.set_xlim(0, self.across.limits([0.0, *left])[1])
        self.across.dress(axes.xaxis, width, 4 if width == "narrow" else 6)
        axes.set_xlabel(self._label(width))
        if len(self.parts) > 1:
            legend(axes)

    def _note(self, axes: Axes, bar: Bar, end: float, place: float) -> None:
        """Beside the bar; inside it, before its range, where the range would part the two."""
        size = style.SMALL if self.widest == "column" else style.TINY
        look = {"va": "center", "fontsize": size}
        if bar.low is None or bar.low < end / 2:
            beside(axes, bar.note, (max(end, bar.high or end), place), (4, 0), **look)
        else:
            look |= {"ha": "right", "color": "white", "fontsize": style.SMALL}
            beside(axes, bar.note, (bar.low, place), (-6, 0), **look)

    def height(self, width: str) -> float:
        """Room for every bar, and for every line of the axis's label."""
        below = 0.9 + LINE * self._label(width).count("\n")
        return share_of_height([bar.label for bar in self.bars], width, below)

    def _label(self, width: str) -> str:
        """The label of the axis, whole."""
        return wrap(self.across.label, style.CHARACTERS[width])

    def table(self) -> TableData:
        """A line a bar, a column a part."""
        names = [(bar.label, bar.code or bar.label) for bar in self.bars]
        columns = [
            self.across.filled([bar.values[part] for bar in self.bars], words, key)
            for part, (key, words) in enumerate(self.parts)
        ]
        if any(bar.low is not None for bar in self.bars):
            ends = [(bar.values[0], bar.low, bar.high) for bar in self.bars]
            columns = list(self.across.ranged(ends))
        return TableData.by_column((Column("name", self.head, role=NUMBER), names), *columns)
