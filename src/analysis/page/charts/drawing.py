"""A figure of one axes becomes an image: room is made for its words, then it is drawn once."""

from __future__ import annotations

import io

import PIL.Image
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.transforms import BboxBase

from analysis.errors import Problem, PublishError
from analysis.page.charts.canvas import POINTS
from analysis.page.charts.words import WordsOnce, laid_out_once
from analysis.page.plates import Image

HEAVY = 150_000
"""Bytes from which a drawing of paths becomes a picture."""
DOTS = 200
AIR = 3.0
"""Points between the edge of a drawing and what stands there."""
COLOURS_KEPT = 64
ROW = "_row"
"""Label, kept out of legends, of a text that names a row: the room it needs never changes."""


def drawn(figure: Figure) -> Image:
    """The figure as paths or, where those are heavy, as a picture of few colours."""
    paths = _paths(figure)
    if len(paths) <= HEAVY:
        return Image.of("image/svg+xml", paths)
    dots, picture = io.BytesIO(), io.BytesIO()
    with laid_out_once():
        figure.savefig(dots, format="png", dpi=DOTS)
    with PIL.Image.open(dots) as drawn:
        few = drawn.convert("RGB").quantize(COLOURS_KEPT, dither=PIL.Image.Dither.NONE)
    few.save(picture, format="png", optimize=True)
    return Image.of("image/png", picture.getvalue())


class _Measured(FigureCanvasBase):
    """A canvas whose layout measures text with the renderer that draws it."""

    def __init__(self, figure: Figure, renderer: RendererSVG) -> None:
        super().__init__(figure)
        self._renderer = renderer

    def get_renderer(self) -> RendererSVG:
        """What matplotlib asks for before it lays out a figure."""
        return self._renderer


def _paths(figure: Figure) -> bytes:
    """The figure as SVG, in one go.

    ``savefig`` draws everything twice, the first time only to find the layout, and measures every
    text anew.
    """
    target = io.StringIO()
    width, height = (float(inches) * POINTS for inches in figure.get_size_inches())
    nothing = {"Date": None, "Creator": None}
    renderer = RendererSVG(width, height, target, image_dpi=POINTS, metadata=nothing)
    # Each text would stand in a comment beside its paths: words of others have no place in there.
    renderer.writer.comment = lambda _: None
    renderer._text2path = WordsOnce(renderer)
    _Measured(figure, renderer)
    axes = figure.axes[0]
    for axis in (axes.xaxis, axes.yaxis):
        if not axis.get_label_text():
            # Else the place of a label that says nothing is looked for among all ticks, twice.
            axis.set_label_coords(0.0, 0.0)
    with laid_out_once():
        make_room(axes, renderer)
        figure.draw(renderer)
    renderer.finalize()
    return target.getvalue().encode()


def make_room(axes: Axes, renderer: RendererSVG) -> None:
    """Place the axes so that all that stands beside them finds room, with a little air.

    What matplotlib's constrained layout comes to with one axes. That measures everything twice,
    always; here the second time is for words that may stand elsewhere once the size is another.

    Raises
    ------
    PublishError: nothing is left for the axes.
    """
    moving = _moving(axes)
    around, ticks = _around(axes, renderer, moving), _ticks(axes)
    _place(axes, [around, *_overhangs(axes, renderer, moving)])
    if _ticks(axes) != ticks:
        around = _around(axes, renderer, moving)
    _place(axes, [around, *_overhangs(axes, renderer, moving)])


Overhang = tuple[float, float, float, float]
"""Points by which something stands out of the axes: left, bottom, right, top."""


def _moving(axes: Axes) -> list[Artist]:
    """Words and the legend of the axes: where they stand follows its size."""
    words = [text for text in axes.texts if text.get_in_layout() and text.get_label() != ROW]
    legend = axes.get_legend()
    return [*words, *([legend] if legend else [])]


def _around(axes: Axes, renderer: RendererSVG, moving: list[Artist]) -> Overhang:
    """How far ticks, labels, names of rows and marks stand out, at any size."""
    apart = set(map(id, moving))
    staying = [one for one in axes.get_default_bbox_extra_artists() if id(one) not in apart]
    needed = axes.get_tightbbox(renderer, bbox_extra_artists=staying, for_layout_only=True)
    assert needed is not None  # noqa: S101  the axes are shown
    return _overhang(axes, needed)


def _overhangs(axes: Axes, renderer: RendererSVG, moving: list[Artist]) -> list[Overhang]:
    extents = [one.get_tightbbox(renderer) for one in moving]
    return [_overhang(axes, extent) for extent in extents if extent is not None]


def _overhang(axes: Axes, extent: BboxBase) -> Overhang:
    own = axes.bbox
    return own.x0 - extent.x0, own.y0 - extent.y0, extent.x1 - own.x1, extent.y1 - own.y1


def _place(axes: Axes, overhangs: list[Overhang]) -> None:
    """Give the axes what is left beside the longest overhang on each side."""
    whole = axes.figure.bbox
    left, bottom, right, top = (max(side) + AIR for side in zip(*overhangs, strict=True))
    width, height = whole.width - left - right, whole.height - bottom - top
    if min(width, height) <= 0:
        raise PublishError([Problem("figure", "has no room for its axes", "Use shorter names")])
    box = (left / whole.width, bottom / whole.height, width / whole.width, height / whole.height)
    axes.set_position(box)


def _ticks(axes: Axes) -> list[list[float]]:
    """Where the ticks of both axes stand; their number follows the size."""
    return [list(axis.get_majorticklocs()) for axis in (axes.xaxis, axes.yaxis)]
