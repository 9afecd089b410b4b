"""Rows whose names are sentences: the name above, the dot, range or bar below, in groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.page.charts import style
from analysis.page.charts.intervals import Interval, Intervals, draw_intervals
from analysis.page.charts.labels import wrap

ROOM = {"wide": 118, "narrow": 62}
"""Letters in a line of a name; a Chinese character takes the room of two."""
LINE, MARK, HEAD, GAP = 0.145, 0.17, 0.27, 0.05
"""Inches of a line of a name, of what is drawn below it, of a heading, and between rows."""


@dataclass(frozen=True)
class Row(Interval):
    """A row of an estimate, or of parts laid end to end.

    Parameters
    ----------
    group: heading under which it stands; equal ones follow one another.
    others: further values of the row, drawn like the first.
    parts: colour key and length of each part of a bar, in place of a dot.
    """

    group: str = ""
    others: tuple[float, ...] = ()
    parts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Rows(Intervals):
    """Rows from the top in the order given, each below its name."""

    rows: tuple[Row, ...]

    def draw(self, axes: Axes, width: str) -> None:
        """Headings, names, and below each name its range, dots or bar."""
        low, high = self.across.limits(self._numbers())
        axes.set_xlim(low, high)
        for reference in self.references:
            reference.draw(axes, width, upright=True, above=True)
        top, group = 0.0, ""
        for row, lines in zip(self.rows, self._names(width), strict=True):
            if row.group != group:
                group = row.group
                _write(axes, group, top - HEAD + LINE, width, style.COLOURS[row.key])
                top -= HEAD
            _write(axes, lines, top, width, style.INK)
            top -= LINE * (lines.count("\n") + 1)
            _draw(axes, row, top - MARK / 2, low, high)
            top -= MARK + GAP
        axes.set_ylim(top, 0)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        self.across.dress(axes.xaxis, width, 6 if width == "wide" else 4)
        axes.set_xlabel(wrap(self.across.label, style.CHARACTERS[width]))

    def _names(self, width: str) -> list[str]:
        return [wrap(row.label, ROOM[width]) for row in self.rows]

    def height(self, width: str) -> float:
        """Room for every name, what is drawn below it, and the headings."""
        groups = [row.group for row in self.rows]
        pairs = zip(groups, ["", *groups[:-1]], strict=True)
        heads = sum(group != before for group, before in pairs)
        lines = sum(text.count("\n") + 1 for text in self._names(width))
        label = wrap(self.across.label, style.CHARACTERS[width]).count("\n") + 1
        rows = HEAD * heads + LINE * lines + (MARK + GAP) * len(self.rows)
        named = any(reference.label for reference in self.references)
        return (rows + 0.35 + 0.17 * label + 0.2 * named) / style.SIZES[width][1]

    def _numbers(self) -> Iterator[float | None]:
        yield from super()._numbers()
        for row in self.rows:
            yield from row.others
            if row.parts:
                yield from (0.0, sum(length for _, length in row.parts))


def _write(axes: Axes, text: str, place: float, width: str, colour: str) -> None:
    name = axes.annotate(
        text,
        (0, place),
        xycoords=("axes fraction", "data"),
        va="top",
        fontsize=8.5 if width == "wide" else style.TINY,
        linespacing=1.1,
        color=colour,
        bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.4},
        annotation_clip=False,
    )
    # A long name may not squeeze the axes; it is wrapped to fit instead.
    name.set_in_layout(False)


def _draw(axes: Axes, row: Row, place: float, low: float, high: float) -> None:
    left = 0.0
    for key, length in row.parts:
        axes.barh(place, length, left=left, height=0.75 * MARK, color=style.COLOURS[key])
        left += length
    if not row.parts:
        draw_intervals(axes, [row], [place], (low, high))
        mark, colour = style.MARKERS.get(row.key, "o"), style.COLOURS[row.key]
        axes.plot(row.others, [place] * len(row.others), mark, color=colour, markersize=6)
