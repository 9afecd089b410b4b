"""The rated as points without names, between the limits of chance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.disclosure.gate import NUMBER
from analysis.disclosure.rated import Points
from analysis.page.charts.axes import Axis
from analysis.page.charts.funnel import Band, Funnel
from analysis.page.charts.points import Point
from analysis.page.numbers import number_cell
from analysis.page.plates import TableData
from analysis.page.voice import Voice

LIMITS = {"99.8%": 0.998, "95%": 0.95}
"""Shares that would lie inside if all were alike, the widest first."""
POINT_WORDS = {
    "raters": "How many rated",
    "score": "Score, moved",
    "shrunken": "Score, shrunken",
    "low": "Range from",
    "high": "Range to",
}
ALONG = 40


def unnamed_funnel(voice: Voice, found: Points) -> Funnel:
    """A point for each, by how many rated it, and limits that narrow from left to right."""
    sizes = np.linspace(found.raters.min(), found.raters.max(), ALONG)
    middle, bands = found.middle, []
    for text, chance in LIMITS.items():
        margin = found.margin(chance, sizes)
        bands.append(Band(tuple(sizes), tuple(middle - margin), tuple(middle + margin), text))
    low = min(float(found.score.min()), *bands[0].low) - 0.1
    pairs = zip(found.raters, found.score, strict=True)

    def write(value: float) -> str:
        return voice.number(value, decimals=1)

    return Funnel(
        tuple(Point(float(n), float(score), key="within", size=4) for n, score in pairs),
        tuple(bands),
        middle,
        write(middle),
        Axis(voice.number, voice.say("How many rated"), logarithmic=True, role=NUMBER),
        Axis(write, voice.say("Mean score"), low=low, role=NUMBER),
    )


def points_table(voice: Voice, found: Points) -> TableData:
    """The points as drawn, in order of their moved scores."""
    columns: Mapping[str, np.ndarray] = {key: getattr(found, key) for key in POINT_WORDS}
    lines = (
        [number_cell(float(value), voice.language, 2, 2) for value in line]
        for line in zip(*columns.values(), strict=True)
    )
    return voice.worded(POINT_WORDS, lines, ())
