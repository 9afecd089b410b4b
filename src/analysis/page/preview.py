"""Plates as HTML for JupyterLab, in one language; a page never uses it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from analysis.page.text import inline
from analysis.page.wording import HTML_LANG, translator


def framed(parts: Iterable[str], language: str, simulated: bool) -> str:
    """The parts of one Plate under the mark that simulated data carry."""
    mark = f"<p><strong>{translator(language)('SIMULATED DATA')}</strong></p>" if simulated else ""
    return f'<div lang="{HTML_LANG[language]}">{mark}{"".join(parts)}</div>'


def title(text: str, language: str) -> str:
    """A heading."""
    return f"<h4>{inline(text, language)}</h4>"


def passage(text: str, language: str) -> str:
    """A paragraph; none where there is nothing to say."""
    return f"<p>{inline(text, language)}</p>" if text.strip() else ""


def points(texts: Iterable[str], language: str) -> str:
    """A list of sentences."""
    return f"<ul>{''.join(f'<li>{inline(text, language)}</li>' for text in texts)}</ul>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a cell is text and never markdown."""
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def image(address: str, alt: str) -> str:
    """A drawing, on white also where JupyterLab is dark."""
    return f'<img src="{address}" alt="{escape(alt)}" style="max-width:100%;background:#fff">'


def code(text: str) -> str:
    """A line for a machine."""
    return f"<p><code>{escape(text)}</code></p>"
