"""Words of a drawing: their layout and their glyphs, worked out once in a process.

A report draws the same words wide and narrow and in figure after figure, and matplotlib measures
each anew, cuts its glyphs anew and writes every one by calls of its own: a third of the time of a
drawing. What is written here is the same to the byte. A process that forks others can be told what
they worked out, so that the next need not: 0.25 s of the 0.95 s that a report draws for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import RendererSVG, _generate_transform
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from analysis.page.charts.letters import drawable, lacking

MOST_KEPT = 4096
"""Words kept; a report has some hundreds."""
LAYOUTS: dict[Any, Any] = {}
"""Where the lines of a text stand, by all that this hangs on."""
WORDS: dict[Any, list[tuple[str, str]]] = {}
"""Of each glyph of a word its name and the element that places it, by word and font."""
GLYPHS: dict[str, str] = {}
"""The element that defines a glyph, by its name."""
KEPT: tuple[dict[Any, Any], ...] = (LAYOUTS, WORDS, GLYPHS)
SETTINGS = ("font.", "mathtext.", "path.", "svg.", "text.")
Worked = list[dict[Any, Any]]
"""Something of each that is kept, in this order."""


def settings() -> dict[str, Any]:
    """What matplotlib is set to, as far as words can hang on it beside what the keys hold."""
    every = dict(mpl.rcParams)
    return {key: value for key, value in every.items() if key.startswith(SETTINGS)}


def sizes() -> list[int]:
    """How much of each is kept."""
    return [len(kept) for kept in KEPT]


def worked_out_since(before: list[int]) -> Worked:
    """What was added to each since there was so much of it."""
    added = (islice(kept.items(), size, None) for kept, size in zip(KEPT, before, strict=True))
    return list(map(dict, added))


def remember(worked: Worked) -> None:
    """Keep what another process worked out; equal keys hold equal things."""
    layouts, words, glyphs = worked
    GLYPHS.update(glyphs)
    for kept, new in ((LAYOUTS, layouts), (WORDS, words)):
        for key, value in new.items():
            _keep(kept, key, value)


class WordsOnce:
    """Writes words of a drawing itself, and leaves nothing of them for its renderer to write.

    It stands where a renderer of matplotlib has its ``TextToPath``.
    """

    FONT_SCALE = text_to_path.FONT_SCALE
    get_text_width_height_descent = text_to_path.get_text_width_height_descent

    def __init__(self, renderer: RendererSVG) -> None:
        self._renderer = renderer

    def _get_font(self, look: FontProperties) -> FontProperties:
        """The look in place of its font, which is looked up for a new word only."""
        return look

    def get_glyphs_with_font(
        self, look: FontProperties, s: str, *, features: Any, language: Any, **_: Any
    ) -> tuple[list[Any], dict[str, Any], list[Any]]:
        """What matplotlib asks for between the begin and the end of a word's element."""
        key = (s, tuple(look.get_family()), look.get_style(), look.get_weight(), features, language)
        if key not in WORDS:
            cut: Any = text_to_path
            font = cut._get_font(look)
            # Only what is not known yet is cut: outlines are most of what a new word costs.
            found = cut.get_glyphs_with_font(
                font, s, GLYPHS, True, features=features, language=language
            )
            _keep(WORDS, key, [(name, _placed(name, x, y)) for name, x, y, _ in found[0]])
            for name, (vertices, codes) in found[1].items():
                GLYPHS[name] = _defined(self._renderer, name, vertices, codes)
        word, seen = WORDS[key], self._renderer._glyph_map
        if new := [name for name in dict.fromkeys(name for name, _ in word) if name not in seen]:
            seen.update(dict.fromkeys(new))
            self._renderer.writer.start("defs")
            self._write(GLYPHS[name] for name in new)
            self._renderer.writer.end("defs")
        self._write(element for _, element in word)
        return [], {}, []

    def _write(self, elements: Iterable[str]) -> None:
        """Whole elements, a line each, as the writer would write them one by one."""
        writer: Any = self._renderer.writer
        writer._XMLWriter__flush()
        blanks = " " * len(writer._XMLWriter__tags)
        writer._XMLWriter__write("".join(f"{blanks}{element}\n" for element in elements))


def _placed(name: str, x: float, y: float) -> str:
    place = _generate_transform([("translate", (x, y))])
    return f'<use xlink:href="#{name}"' + (f' transform="{place}"/>' if place else "/>")


def _defined(renderer: RendererSVG, name: str, vertices: Any, codes: Any) -> str:
    # As matplotlib does it: times 64 these are the integers of the font.
    path = renderer._convert_path(Path(vertices * 64, codes), simplify=False)
    shown = f' d="{path}"' if path else ""
    return f'<path id="{name.replace("%20", "_")}"{shown} transform="scale(0.015625)"/>'


def _keep(kept: dict[Any, Any], key: Any, value: Any) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = value


@contextmanager
def laid_out_once() -> Iterator[None]:
    """Lay each text out once, for all who ask, and draw characters that no font has as a mark.

    matplotlib does it anew to find the room that labels need, twice, to place the label of their
    axis, and to draw them. What the layout hangs on is in the key.
    """
    kind: Any = Text
    plain = kind._get_layout

    def once(text: Any, renderer: Any) -> Any:
        if lacking(text.get_text()):
            text.set_text(drawable(text.get_text()))
        font: FontProperties = text.get_fontproperties()
        scale = (type(renderer).__name__, text.get_figure(root=True).dpi)
        place = (text.get_ha(), text.get_va(), text.get_rotation(), text.get_rotation_mode())
        key = (text.get_text(), hash(font), *scale, *place, text._multialignment, text._linespacing)
        if key not in LAYOUTS:
            _keep(LAYOUTS, key, plain(text, renderer))
        return LAYOUTS[key]

    kind._get_layout = once
    try:
        yield
    finally:
        kind._get_layout = plain
