"""Plates as HTML for JupyterLab, in one language; a page never uses it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from analysis.page.text import sentence, words
from analysis.page.wording import HTML_LANG, translator

VOWELS = "aeiouy"
LATIN = f":is({','.join(f'[data-jupyter-id*={letter} i]' for letter in VOWELS)})"
CHINESE = f"[data-jupyter-id]:not({LATIN})"
OTHER_TEXT = {
    "en": f".jp-MarkdownCell:has({LATIN}) + .jp-MarkdownCell:has({CHINESE})",
    "zh": f".jp-MarkdownCell:has({LATIN}):has(+ .jp-MarkdownCell {CHINESE})",
}
"""Of a pair of text cells, the one in the other language; its heading tells, for tags do not
reach the document. A cell that is no half of a pair always stays."""


def framed(parts: Iterable[str], language: str, marks: Iterable[str]) -> str:
    """The parts of one Plate under the marks that its numbers carry.

    They come with a style for JupyterLab, whose text cells then speak one language, too.
    """
    style = f"<style>{OTHER_TEXT[language]} {{display: none}}</style>"
    said = "".join(f"<p><strong>{escape(mark)}</strong></p>" for mark in marks)
    return f'<div lang="{HTML_LANG[language]}">{style}{said}{"".join(parts)}</div>'


def title(text: str, language: str) -> str:
    """A heading."""
    return f"<h4>{words(text, language)}</h4>"


def passage(text: str, language: str) -> str:
    """A paragraph; none where there is nothing to say."""
    return f"<p>{sentence(text, language)}</p>" if text.strip() else ""


def points(texts: Iterable[str], language: str) -> str:
    """A list of sentences."""
    return f"<ul>{''.join(f'<li>{sentence(text, language)}</li>' for text in texts)}</ul>"


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], sides: Sequence[str] = ("start", "start")
) -> str:
    """A table, its columns set at their sides; a cell is text and never markdown."""

    def line(tag: str, texts: Sequence[str]) -> str:
        cells = zip(texts, sides, strict=False)
        return "".join(f'<{tag} style="text-align:{s}">{escape(t)}</{tag}>' for t, s in cells)

    body = "".join(f"<tr>{line('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{line('th', heads)}</tr></thead><tbody>{body}</tbody></table>"


def folded(table: str, rows: int, language: str) -> str:
    """A table behind a line that opens it."""
    words = translator(language)("Show all {count} rows", count=rows)
    return f"<details><summary>{escape(words)}</summary>{table}</details>"


def image(address: str, alt: str) -> str:
    """A drawing, on white also where JupyterLab is dark."""
    return f'<img src="{address}" alt="{escape(alt)}" style="max-width:100%;background:#fff">'


def code(text: str) -> str:
    """A line for a machine."""
    return f"<p><code>{escape(text)}</code></p>"
