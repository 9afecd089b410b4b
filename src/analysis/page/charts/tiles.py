"""Squares coloured by a number: a heat table of rows by columns, and regions as tiles of a map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba_array
from matplotlib.patches import Patch, Rectangle

from analysis.disclosure.gate import NUMBER
from analysis.page.charts import style
from analysis.page.charts.axes import Axis
from analysis.page.charts.chart import Chart
from analysis.page.charts.gutter import NAMED, name_rows, share_of_height
from analysis.page.charts.labels import legend, short
from analysis.page.plates import Column, TableData

FILLED = 0.97
"""Share of a drawing's width that its squares may fill."""
LARGEST = 0.6
"""Inches of the side of a square on a map, at most."""
LETTER = 0.53 * style.TINY / 72
"""Inches of a letter in a square; a Chinese character takes two."""
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

    def draw(self, axes: Axes, width: str) -> None:
        """Squares with short names."""
        values = [tile.value for tile in self.tiles]
        colours = _shaded(axes, self.shade, values, self.missing, width)
        room = 0.95 * self._inches(width) / LETTER
        for tile, colour in zip(self.tiles, colours, strict=True):
            name = short(tile.label, width, room / style.CHARACTERS[width])
            corner = (tile.column - 0.5, -tile.row - 0.5)
            axes.add_patch(Rectangle(corner, 1, 1, facecolor=colour, edgecolor=style.GRID))
            _word(axes, (tile.column, -tile.row), name, colour)
        rows, columns = self._shape()
        # As many columns as squares of this size would fill: they are square and in the middle.
        _bare(axes, columns, FILLED * style.SIZES[width][0] / self._inches(width))
        axes.set_ylim(0.5 - rows, 0.5)
        axes.set_yticks([])
        axes.set_xticks([])

    def height(self, width: str) -> float:
        """Room for every row of squares."""
        return (self._shape()[0] * self._inches(width) + 0.6) / style.SIZES[width][1]

    def _shape(self) -> tuple[int, int]:
        """Rows and columns."""
        tiles = self.tiles
        return 1 + max(tile.row for tile in tiles), 1 + max(tile.column for tile in tiles)

    def _inches(self, width: str) -> float:
        """The side of a square."""
        return min(LARGEST, FILLED * style.SIZES[width][0] / self._shape()[1])

    def table(self) -> TableData:
        """A line a region."""
        names = [(tile.label, tile.code or tile.label) for tile in self.tiles]
        values = self.shade.filled(tile.value for tile in self.tiles)
        return TableData.by_column((Column("region", self.head, role=NUMBER), names), values)


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
        colours = _shaded(axes, self.shade, whole, self.missing, width)
        _bare(axes, len(self.columns), len(self.columns))
        middles, sizes = name_rows(axes, self.rows, width)
        crowded = len(self.rows) > NAMED
        axes.pcolormesh(
            np.arange(len(self.columns) + 1) - 0.5,
            [0.0, *(-foot for foot in accumulate(sizes))],
            to_rgba_array(colours).reshape(len(self.rows), len(self.columns), 4),
            edgecolors="none" if crowded else style.GRID,
            linewidth=0.6,
        )
        if not crowded and len(self.columns) <= WRITTEN[width]:
            places = [(x, y) for y in middles for x in range(len(self.columns))]
            for place, value, colour in zip(places, whole, colours, strict=True):
                _word(axes, place, "" if value is None else self.shade.write(value), colour)
        step = -(-len(self.columns) // (10 if width == "wide" else 4))
        axes.set_xticks(range(0, len(self.columns), step), self.columns[::step])

    def height(self, width: str) -> float:
        """Room for every row and the lines of its name; where rows crowd, few are named."""
        return share_of_height(self.rows, width, 0.9)

    def table(self) -> TableData:
        """A line a row, a column a column."""
        names = [(name, name) for name in self.rows]
        columns = (
            self.shade.filled([row[place] for row in self.values], name, name)
            for place, name in enumerate(self.columns)
        )
        return TableData.by_column((Column("name", self.head, role=NUMBER), names), *columns)


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


def _bare(axes: Axes, columns: int, room: float) -> None:
    """Nothing but the squares, in the middle of room for so many columns."""
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    middle = (columns - 1) / 2
    axes.set_xlim(middle - room / 2, middle + room / 2)


def _word(axes: Axes, place: tuple[float, float], text: str, colour: str) -> None:
    """Words in a square, dark on light or light on dark."""
    ink = style.PAPER if colour in style.SHADES[-2:] else style.INK
    if text:
        axes.text(*place, text, ha="center", va="center", fontsize=style.TINY, color=ink)
