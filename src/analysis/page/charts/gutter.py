"""Rows with their names in the gutter beside them, as high as the lines of a name need."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from matplotlib.axes import Axes

from analysis.page.charts import style
from analysis.page.charts.drawing import ROW
from analysis.page.charts.labels import wrap

LETTERS = {"wide": 38, "column": 29, "narrow": 19}
"""Letters in a line of the gutter; a Chinese character takes the room of two."""
PAD = 3.5
"""Points between a name and the axes."""
LINE, GAP = 0.15, 0.11
"""Inches of a line of a name, and between two rows."""
NAMED, CROWD = 40, 4.0
"""Rows up to which each is named, and inches of all rows where there are more."""


def row_inches(names: Sequence[str], width: str) -> list[float]:
    """Inches that each row takes."""
    if len(names) > NAMED:
        return [CROWD / len(names)] * len(names)
    return [LINE * (wrap(name, LETTERS[width]).count("\n") + 1) + GAP for name in names]


def share_of_height(names: Sequence[str], width: str, beside: float) -> float:
    """The height of a drawing of rows, in house heights; ``beside``: inches of axis and label."""
    return (sum(row_inches(names, width)) + beside) / style.SIZES[width][1]


def name_rows(
    axes: Axes, names: Sequence[str], width: str, size: float | None = None
) -> tuple[list[float], list[float]]:
    """Set rows from the top down and name them; where they crowd, only the first and the last.

    Parameters
    ----------
    size: points of the names; blank for small ones, or tiny ones where narrow.

    Returns
    -------
    The middle of each row, and its height.
    """
    sizes = row_inches(names, width)
    middles = [size / 2 - foot for foot, size in zip(accumulate(sizes), sizes, strict=True)]
    axes.set_ylim(-sum(sizes) - GAP / 2, GAP / 2)
    shown = range(len(names)) if len(names) <= NAMED else (0, len(names) - 1)
    axes.set_yticks([])
    size = size or (style.TINY if width == "narrow" else style.SMALL)
    # Texts where tick labels would stand: a tick is five artists, of which rows need one.
    place, upright, across = axes.get_yaxis_text1_transform(PAD)
    for i in shown:
        axes.text(
            0.0,
            middles[i],
            wrap(names[i], LETTERS[width]),
            transform=place,
            va=upright,
            ha=across,
            fontsize=size,
            linespacing=1.05,
            label=ROW,
        )
    axes.spines["left"].set_visible(False)
    return middles, sizes
