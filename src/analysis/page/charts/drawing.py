"""A figure of one axes becomes an image: room is made for its words, then it is drawn once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import PIL.Image
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.errors import Problem, PublishError
from analysis.page.plates import Image

HEAVY = 150_000
"""Bytes from which a drawing of paths becomes a picture."""
DOTS = 200
POINTS = 72
"""Per inch, as in every SVG: what is measured for the layout is what is drawn."""
AIR = 3.0
"""Points between the edge of a drawing and what stands there."""
COLOURS_KEPT = 64


def drawn(figure: Figure) -> Image:
    """The figure as paths or, where those are heavy, as a picture of few colours."""
    paths = _paths(figure)
    if len(paths) <= HEAVY:
        return Image.of("image/svg+xml", paths)
    dots, picture = io.BytesIO(), io.BytesIO()
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
    _Measured(figure, renderer)
    with _texts_laid_out_once():
        make_room(figure.axes[0], renderer)
        figure.draw(renderer)
    renderer.finalize()
    return target.getvalue().encode()


@contextmanager
def _texts_laid_out_once() -> Iterator[None]:
    """Lay each text of a figure out once, for all who ask: 13 % of the time of a report.

    matplotlib does it anew to find the room that labels need, twice, to place the label of their
    axis, and to draw them. What the layout hangs on is in the key.
    """
    kind: Any = Text
    plain, known = kind._get_layout, {}

    def once(text: Any, renderer: RendererSVG) -> Any:
        words, font = text.get_text(), hash(text.get_fontproperties())
        place = (text.get_ha(), text.get_va(), text.get_rotation(), text.get_rotation_mode())
        key = (words, font, *place, text._multialignment, text._linespacing)
        if key not in known:
            known[key] = plain(text, renderer)
        return known[key]

    kind._get_layout = once
    try:
        yield
    finally:
        kind._get_layout = plain


def make_room(axes: Axes, renderer: RendererSVG) -> None:
    """Place the axes so that all that stands beside them finds room, with a little air.

    What matplotlib's constrained layout comes to with one axes. That measures twice, always; here
    the second time is spared where what was measured cannot have changed with the size.

    Raises
    ------
    PublishError: nothing is left for the axes.
    """
    if _fit(axes, renderer):
        _fit(axes, renderer)


def _fit(axes: Axes, renderer: RendererSVG) -> bool:
    """Place the axes by what stands beside them now; whether that must be looked at again."""
    needed = axes.get_tightbbox(renderer, for_layout_only=True)
    assert needed is not None  # noqa: S101  the axes are shown
    ticks = _ticks(axes)
    whole, own = axes.figure.bbox, axes.bbox
    left, bottom = own.x0 - needed.x0 + AIR, own.y0 - needed.y0 + AIR
    right, top = needed.x1 - own.x1 + AIR, needed.y1 - own.y1 + AIR
    width, height = whole.width - left - right, whole.height - bottom - top
    if min(width, height) <= 0:
        raise PublishError([Problem("figure", "has no room for its axes", "Use shorter names")])
    box = (left / whole.width, bottom / whole.height, width / whole.width, height / whole.height)
    axes.set_position(box)
    return _ticks(axes) != ticks or _stick_out(axes, renderer)


def _ticks(axes: Axes) -> list[list[float]]:
    """Where the ticks of both axes stand; their number follows the size."""
    return [list(axis.get_majorticklocs()) for axis in (axes.xaxis, axes.yaxis)]


def _stick_out(axes: Axes, renderer: RendererSVG) -> bool:
    """Whether words or a legend of the axes stand partly outside them."""
    legend = axes.get_legend()
    beside = [text for text in axes.texts if text.get_in_layout()]
    extents = [one.get_window_extent(renderer) for one in [*beside, *([legend] if legend else [])]]
    own = axes.bbox.padded(0.5)
    return any(
        not (own.contains(box.x0, box.y0) and own.contains(box.x1, box.y1)) for box in extents
    )
