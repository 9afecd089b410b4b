"""Squares coloured by a number: a heat table of rows by columns, and regions as tiles of a map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from analysis.page.charts import style
from analysis.page.charts.axes import Axis
from analysis.page.charts.chart import Chart
from analysis.page.charts.gutter import NAMED, name_rows, share_of_height
from analysis.page.charts.labels import legend, short
from analysis.page.plates import Column, TableData

LEAST = 0.1
"""Inches of a row below which its squares touch."""
LARGEST = 0.6
"""Inches of the side of a square on a map, at most."""
WRITTEN = {"wide": 16, "narrow": 6}
"""Columns up to which each square of a heat table holds its number."""


@dataclass(frozen=True)
class Tile:
    """One square at a row and a column, from the top left; no value where it is withheld."""

    row: int
    column: int
    label: str
    value: float | None
    code: str = ""


@dataclass(frozen=True)
class Tiles(Chart):
    """Regions as squares near where they lie, with their names in them."""

    tiles: tuple[Tile, ...]
    shade: Axis
    head: str
    missing: str
    """What a square without a number means."""
    key: str = "region"

    def draw(self, axes: Axes, width: str) -> None:
        """Squares with short names."""
        values = [tile.value for tile in self.tiles]
        colours = _shaded(axes, self.shade, values, self.missing, width)
        for tile, colour in zip(self.tiles, colours, strict=True):
            name = short(tile.label, width, 0.9 * self._inches(width) / style.SIZES[width][0])
            _square(axes, (tile.column, -tile.row, 1.0), colour, name)
        rows, columns = self._shape()
        _bare(axes, columns)
        axes.set_ylim(0.5 - rows, 0.5)
        axes.set_yticks([])
        axes.set_xticks([])
        axes.set_aspect("equal")

    def height(self, width: str) -> float:
        """Room for every row of squares."""
        return (self._shape()[0] * self._inches(width) + 0.6) / style.SIZES[width][1]

    def _shape(self) -> tuple[int, int]:
        """Rows and columns."""
        tiles = self.tiles
        return 1 + max(tile.row for tile in tiles), 1 + max(tile.column for tile in tiles)

    def _inches(self, width: str) -> float:
        """The side of a square."""
        return min(LARGEST, 0.95 * style.SIZES[width][0] / self._shape()[1])

    def table(self) -> TableData:
        """A line a region."""
        return TableData.of(
            (Column(self.key, self.head), self.shade.column()),
            (((t.label, t.code or t.label), self.shade.entry(t.value)) for t in self.tiles),
        )


@dataclass(frozen=True)
class Heat(Chart):
    """A number for each row and column; rows are named in the gutter, columns above."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    shade: Axis
    head: str
    missing: str

    def draw(self, axes: Axes, width: str) -> None:
        """Squares, with their numbers where these find room."""
        whole = [value for row in self.values for value in row]
        colours = iter(_shaded(axes, self.shade, whole, self.missing, width))
        _bare(axes, len(self.columns))
        written = len(self.columns) <= WRITTEN[width] and len(self.rows) <= NAMED
        places = zip(*name_rows(axes, self.rows, width), self.values, strict=True)
        for middle, size, row in places:
            for column, value in enumerate(row):
                words = self.shade.write(value) if written and value is not None else ""
                _square(axes, (column, middle, size), next(colours), words)
        step = -(-len(self.columns) // (10 if width == "wide" else 4))
        axes.set_xticks(range(0, len(self.columns), step), self.columns[::step])

    def height(self, width: str) -> float:
        """Room for every row and the lines of its name; where rows crowd, few are named."""
        return share_of_height(self.rows, width, 0.9)

    def table(self) -> TableData:
        """A line a row, a column a column."""
        columns = (self.shade.column(name, name) for name in self.columns)
        return TableData.of(
            (Column("name", self.head), *columns),
            (
                ((name, name), *map(self.shade.entry, row))
                for name, row in zip(self.rows, self.values, strict=True)
            ),
        )


def _shaded(
    axes: Axes, shade: Axis, values: Sequence[float | None], missing: str, width: str
) -> list[str]:
    """The colour of each value, in steps of equal width, and the legend that says which."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    shades = style.SHADES if high > low else style.SHADES[-1:]
    step = (high - low) / len(shades)
    found = [
        style.PAPER
        if value is None or not math.isfinite(value)
        else shades[min(int((value - low) / step), len(shades) - 1) if step else 0]
        for value in values
    ]
    words = [
        " – ".join(dict.fromkeys(shade.write(low + (i + end) * step) for end in (0, 1)))
        for i in range(len(shades))
    ]
    patches = [Patch(color=c, label=w) for c, w in zip(shades, words, strict=True) if known]
    if len(known) < len(values):
        patches.append(Patch(facecolor=style.PAPER, edgecolor=style.QUIET, label=missing))
    legend(axes, patches, 6 if width == "wide" else 3)
    return found


def _bare(axes: Axes, columns: int) -> None:
    """Nothing but the squares."""
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xlim(-0.5, columns - 0.5)


def _square(axes: Axes, place: tuple[float, float, float], colour: str, text: str) -> None:
    """One square (its middle and its height) with words, dark on light or light on dark."""
    x, y, tall = place
    edge = style.GRID if colour == style.PAPER else style.PAPER
    corner = (x - 0.5, y - tall / 2)
    line = 0.6 if tall > LEAST else 0
    axes.add_patch(Rectangle(corner, 1, tall, facecolor=colour, edgecolor=edge, linewidth=line))
    ink = style.PAPER if colour in style.SHADES[-2:] else style.INK
    axes.text(x, y, text, ha="center", va="center", fontsize=style.TINY, color=ink)
