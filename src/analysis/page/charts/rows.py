"""Figures of one row per number: its name above, its dot and range below."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from analysis.page.charts import style
from analysis.page.charts.labels import wrap

LINE = {"wide": 120, "narrow": 70}
"""Letters in a line; a Chinese character takes the room of two."""


@dataclass(frozen=True)
class Row:
    """One number to draw; an open end of its range is infinite, a mark stands for a limit."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    colour: str = "known"
    hollow: bool = False
    mark: float | None = None


def draw_rows(
    axes: Axes,
    rows: Sequence[Row],
    width: str,
    tick: Callable[[float], str],
    label: str,
    logarithmic: bool = False,
) -> None:
    """Draw rows from the top, in the order given."""
    if logarithmic:
        axes.set_xscale("log")
    ends = [v for r in rows for v in (r.value, r.low, r.high, r.mark) if v and math.isfinite(v)]
    for position, row in enumerate(reversed(rows)):
        _draw(axes, row, position, max(ends))
        name = axes.annotate(
            wrap(row.label, LINE[width]),
            (0, position),
            xycoords=("axes fraction", "data"),
            xytext=(0, 7.5),
            textcoords="offset points",
            fontsize=8.5 if width == "wide" else 8,
            linespacing=1.1,
            color=style.INK,
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.4},
            annotation_clip=False,
        )
        # A long name may not squeeze the axes; it is wrapped to fit instead.
        name.set_in_layout(False)
    axes.set_yticks([])
    axes.set_ylim(-0.45, len(rows) - 0.15)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(
        LogLocator(numticks=6) if logarithmic else MaxNLocator(6 if width == "wide" else 4)
    )
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))
    axes.set_xlabel(label)


def _draw(axes: Axes, row: Row, position: int, most: float) -> None:
    colour = style.COLOURS[row.colour]
    if row.low is not None and row.high is not None:
        high = row.high if math.isfinite(row.high) else most
        axes.plot([row.low, high], [position] * 2, color=colour, linewidth=2.4, alpha=0.5)
    if row.mark is not None:
        axes.plot(row.mark, position, "|", color=style.INK, markersize=11, markeredgewidth=1.6)
    face = style.PAPER if row.hollow else colour
    axes.plot(
        row.value, position, "o", color=colour, markerfacecolor=face, markersize=6, clip_on=False
    )


def height(rows: int, width_ratio: float = 0.13) -> float:
    """Height of a figure of so many rows, in house units."""
    return 0.28 + width_ratio * rows
