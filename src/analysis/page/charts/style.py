"""The house style of figures: the only place that names a colour or a font size."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.errors import Problem, PublishError
from analysis.page.charts.canvas import POINTS, blank, stock_up
from analysis.page.charts.drawing import drawn
from analysis.page.charts.letters import SECOND_FONT, font_family
from analysis.page.marks import short
from analysis.page.plates import Image, Images

BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
"""Colour-blind-safe set of Okabe and Ito (2008)."""
INK, QUIET, GRID, PAPER = "#1a1a1a", "#595959", "#e3e3e3", "#ffffff"
SHADES = ("#dbe9f4", "#a8cce6", "#66a5d3", "#1f77b4", "#00456e")
"""From little to much."""
MEANINGS = {
    BLUE: ("never", "headline", "agrees", "agrees_after_rounding", "comparison", "low", "blue"),
    VERMILION: ("early", "after", "contradicts", "claim", "high", "vermilion"),
    PURPLE: ("late", "purple"),
    GREEN: ("green",),
    QUIET: ("other", "before", "chance", "within", "grey"),
    "#949494": ("cannot_be_checked",),
}
COLOURS = {key: colour for colour, keys in MEANINGS.items() for key in keys}
MARKERS = {
    "early": "o",
    "late": "s",
    "never": "^",
    "headline": "D",
    "claim": "D",
    "high": "^",
    "low": "v",
}
SIZES = {"wide": (7.6, 3.9), "column": (5.8, 3.9), "narrow": (3.9, 3.7)}
"""Inches. The narrow drawing is for phones, that of a column for what stands beside a box where
others are wide: text must not shrink in either."""
LOW = 1.6
"""Inches of height below which the watermark lies flat."""
MOST_GRIDLINES = 10
DRAWINGS = 16
"""So many a report draws at least, as a rule."""
CHARACTERS = {"wide": 84, "column": 64, "narrow": 42}
"""Latin characters of the small size that fit across each drawing."""
TEXT = 10.0
SMALL = 9.0
TINY = 8.0


def house_style() -> dict[str, Any]:
    """Matplotlib settings of every figure, with Chinese letters: ``plt.rcParams.update(…)``."""
    return {
        "font.family": [font_family(), SECOND_FONT],
        # A dollar in a name is a dollar, and does not begin a formula.
        "text.parse_math": False,
        "font.size": TEXT,
        "text.color": INK,
        "axes.edgecolor": QUIET,
        "axes.labelcolor": QUIET,
        "axes.labelsize": SMALL,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "figure.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "svg.fonttype": "path",
        "svg.hashsalt": "analysis",
        "lines.linewidth": 1.8,
    }


@contextmanager
def canvas(width: str, height: float = 1.0) -> Iterator[tuple[Figure, Axes]]:
    """A figure of one axes in the house style; no window, no global state left behind."""
    inches, tall = SIZES[width]
    with mpl.rc_context(house_style()):
        yield blank(inches, tall * height)


Draw = Callable[[Axes, str], None]


def render(
    draw: Draw,
    language: str,
    marks: tuple[str, ...],
    height: float | Callable[[str], float] = 1.0,
    widest: str = "wide",
) -> Images:
    """Both drawings of a figure, wide and for phones, as SVG with text as paths.

    ``height`` is a share of the house height, where need be one for each width; ``widest`` is the
    width of the first drawing.
    """
    tall = height if callable(height) else lambda _: height
    wide, narrow = (
        _render_one(draw, language, marks, width, tall(width)) for width in (widest, "narrow")
    )
    return {"wide": wide, "narrow": narrow}


def rehearse(letters: str) -> None:
    """Draw something and forget it: machinery and letters are then ready in what is forked."""

    def draw(axes: Axes, width: str) -> None:
        axes.plot([1, 2], [0.5, -0.5], marker="o", label=width)
        axes.legend()
        axes.text(1, 0, letters).set_in_layout(False)

    _render_one(draw, "en", (), width="narrow", height=1.0)
    with mpl.rc_context(house_style()):
        stock_up(DRAWINGS)


def _render_one(
    draw: Draw, language: str, marks: tuple[str, ...], width: str, height: float
) -> Image:
    with canvas(width, height) as (figure, axes), warnings.catch_warnings():
        # A missing glyph is only a warning to matplotlib; to a reader it is an empty box.
        warnings.filterwarnings("error", message=".*[Gg]lyph.*")
        draw(axes, width)
        if marks:
            watermark(figure, short(marks, language))
        image = drawn(figure)
        _refuse_dense_grid(axes)
    return image


def _refuse_dense_grid(axes: Axes) -> None:
    """A grid is to be read past: more than ten lines compete with the data."""
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        lines = zip(axis.get_majorticklocs(), axis.get_gridlines(), strict=False)
        shown = sum(line.get_visible() and low <= tick <= high for tick, line in lines)
        if shown > MOST_GRIDLINES:
            what = f"draws {shown} gridlines"
            remedy = f"Use at most {MOST_GRIDLINES} ticks, or no grid on that axis"
            raise PublishError([Problem("figure", what, remedy)])


def watermark(figure: Figure, said: Sequence[str]) -> None:
    """Says across the figure what its numbers are marked as, a line each, as large as they fit."""
    longest = max(sum(1.0 if ord(letter) > 0x2E7F else 0.6 for letter in line) for line in said)
    fits = 0.93 * POINTS * figure.get_figwidth() / longest
    for right, colour, alpha in ((0.503, PAPER, 0.3), (0.5, QUIET, 0.16)):  # seen on dark, too
        figure.text(
            right,
            0.5,
            "\n".join(said),
            ha="center",
            va="center",
            rotation=18 if figure.get_figheight() > LOW else 0,
            fontsize=min(30.0, fits),
            color=colour,
            alpha=alpha,
            zorder=10,
        )


def bars(
    axes: Axes, ends: Sequence[tuple[float, float, float]], colour: str, *, across: bool = False
) -> None:
    """Intervals as bars: each at a place, from a low to a high end; ``across`` lays them flat."""
    if ends:
        places, low, high = zip(*ends, strict=True)
        draw = axes.hlines if across else axes.vlines
        draw(places, low, high, colour, linewidth=2.2, alpha=0.55, capstyle="projecting")
