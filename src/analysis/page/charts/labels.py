"""Words in a drawing: wrapped, cut, in a gutter beside rows, at ends of lines, in a legend."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from analysis.page.charts import style

CLOSING = "，。；：、）”"
GUTTER = {"wide": 38, "narrow": 19}
"""Letters in a line of the gutter; a Chinese character takes the room of two."""


def wrap(text: str, room: int) -> str:
    """The text in lines, broken at spaces or after any Chinese character."""
    lines, line = [], ""
    for word in re.findall(r"[^\s\u2e80-\uffef]+\s?|[\u2e80-\uffef]\s?", text):
        if line and span(line + word.rstrip()) > room and word.strip() not in CLOSING:
            lines.append(line.rstrip())
            line = ""
        line += word
    return "\n".join([*lines, line])


def span(text: str) -> float:
    """How many letters wide a text is."""
    return sum(2.1 if ord(character) > 0x2E7F else 1 for character in text)


def short(text: str, width: str, share: float = 1.0) -> str:
    """The text cut to about a share of the drawing's width; the table holds it whole."""
    most = round(share * style.CHARACTERS[width])
    used = 0
    for place, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > most:
            return f"{text[: max(1, place - 1)]}…"
    return text


def gutter(axes: Axes, places: Sequence[float], names: Sequence[str], width: str) -> None:
    """Names of rows in the gutter beside them, wrapped; blank ones leave no mark."""
    axes.set_yticks(places, [wrap(name, GUTTER[width]) for name in names])
    size = style.SMALL if width == "wide" else style.TINY
    axes.tick_params(axis="y", length=0, labelsize=size, labelcolor=style.INK)
    for label in axes.get_yticklabels():
        label.set_linespacing(1.05)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)


def name_lines(axes: Axes, width: str, ends: Mapping[str, tuple[float, float, str]]) -> None:
    """Name each line: at its right end where there is room, in a legend above where there is not.

    Parameters
    ----------
    ends: where each line ends (place, value) and its colour, by its name.
    """
    if width == "wide":
        style.end_labels(
            axes,
            max(place for place, _, _ in ends.values()),
            {name: (value, colour) for name, (_, value, colour) in ends.items()},
        )
    elif len(ends) > 1:
        legend(axes)


def legend(axes: Axes, handles: Sequence[Artist] | None = None, columns: int = 3) -> None:
    """A legend above the axes, out of the way of the data."""
    axes.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(0.46, 1.0),
        ncols=columns,
        frameon=False,
        fontsize=style.TINY,
        handlelength=1.2,
        columnspacing=0.8,
        handletextpad=0.4,
    )
