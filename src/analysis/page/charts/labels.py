"""Words in a drawing: wrapped, cut, at ends of lines, in a legend."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from analysis.page.charts import style

CLOSING = "，。；：、）”"


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


def name_lines(axes: Axes, width: str, ends: Mapping[str, tuple[float, float, str]]) -> None:
    """Name each line: at its right end where there is room, in a legend above where there is not.

    Parameters
    ----------
    ends: where each line ends (place, value) and its colour, by its name.
    """
    if width == "narrow":
        if len(ends) > 1:
            legend(axes)
        return
    last = max(place for place, _, _ in ends.values())
    room = 0.014 * max(map(span, ends)) + 0.03
    axes.margins(x=0.02)
    left, right = axes.get_xlim()
    axes.set_xlim(right=max(right, last + room * (last - left)))
    low, high = axes.get_ylim()
    gap, placed = 0.075 * (high - low), -float("inf")
    for name, (_, value, colour) in sorted(ends.items(), key=lambda item: item[1][1]):
        placed = max(value, placed + gap)  # pushed apart where the ends lie close together
        beside(axes, name, (last, placed), (8, 0), va="center", color=colour)


def beside(
    axes: Axes, text: str, place: tuple[float, float], off: tuple[float, float], **look: Any
) -> None:
    """Small words so many points right of and above a place; ``look`` as for ``annotate``."""
    look = {"fontsize": style.SMALL, **look}
    axes.annotate(text, place, xytext=off, textcoords="offset points", **look)


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
