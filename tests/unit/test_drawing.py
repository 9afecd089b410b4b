"""What is kept between drawings changes none: bytes are those that matplotlib writes."""

from __future__ import annotations

import base64
import gc
import io

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.transforms import TransformNode

from analysis.page.charts import canvas, drawing, style, words

NAMES = ("甲区 −20 %", "Łódź", "a b", "1,234", "甲区 −20 %")


def draw(axes, width):
    """Rectangles, turned ones too, lines, words in lines, and ticks beyond those made before."""
    axes.barh([1, 2], [3, 4], left=[0, 1], color=style.BLUE)
    axes.add_patch(mpl.patches.Rectangle((0, 0), 2, 5, angle=30))
    axes.add_patch(mpl.patches.Rectangle((0.2, 0.2), 0.1, 0.1, transform=axes.transAxes))
    axes.plot([1, 9], [0.5, -0.5], marker="o", label=NAMES[0])
    axes.set_yticks(range(10), [f"{width} {n}" for n in range(10)])
    for n, name in enumerate(NAMES):
        axes.text(n, n, f"{name}\n{name}" if n % 2 else name, rotation=15 * n, fontsize=8 + n % 2)
    axes.set_xlabel("of 1,000")
    axes.legend()


def plainly(width):
    """The same drawing on a new canvas, with words by matplotlib."""
    inches, tall = style.SIZES[width]
    target = io.StringIO()
    with mpl.rc_context(style.house_style()):
        figure = Figure(figsize=(inches, tall), dpi=canvas.POINTS)
        axes = figure.add_subplot()
        draw(axes, width)
        size = (inches * canvas.POINTS, tall * canvas.POINTS)
        nothing = {"Date": None, "Creator": None}
        renderer = RendererSVG(*size, target, image_dpi=canvas.POINTS, metadata=nothing)
        renderer.writer.comment = lambda _: None
        drawing._Measured(figure, renderer)
        drawing.make_room(axes, renderer)
        figure.draw(renderer)
        renderer.finalize()
    return target.getvalue()


@pytest.mark.parametrize("again", [False, True])
def test_a_drawing_is_what_matplotlib_draws_to_the_byte(again):
    """From an empty memory and from one that holds its words."""
    if not again:
        for kept in (words.WORDS, words.GLYPHS, words.LAYOUTS):
            kept.clear()
    images = style.render(draw, "en", ())
    for width, image in images.items():
        assert base64.b64decode(image.data).decode() == plainly(width)


def test_no_transform_of_a_copied_canvas_is_known_by_an_address():
    """A new one could lie there and take its place."""
    with mpl.rc_context(style.house_style()):
        figure, axes = canvas.blank(4, 3)
    held = [one for one in gc.get_objects() if isinstance(one, TransformNode)]
    assert figure.transFigure in held
    own = [axes.transAxes, axes.bbox, figure.bbox, axes.viewLim]
    keys = [key for node in own for key in node._parents]
    assert keys
    assert max(keys) < 0


def test_words_kept_are_few():
    """A process that draws for days does not fill the memory."""
    kept = {}
    for n in range(words.MOST_KEPT + 5):
        words._keep(kept, n, n)
    assert len(kept) == 5
