"""The terms of ``docs/terms.md``: where a text breaks them, or sets a figure apart from Chinese."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

TERMS = Path(__file__).resolve().parents[1] / "docs" / "terms.md"
HAN = "[\u3400-\u9fff]"
SPACED = re.compile(rf"{HAN} [\d{{]|[\d%}}] {HAN}")
"""A space between a figure, or the field of one, and Chinese."""
CODE_FIELDS = re.compile(r"\{(?:table|method)\}")
"""Fields that hold names of code, which keep their space."""
SILENT = {"style", "script", "pre", "code", "title"}


@cache
def rows() -> tuple[tuple[str, ...], ...]:
    """The rows of the table of terms, cell by cell."""
    lines = [line for line in TERMS.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    return tuple(tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[1:])


@cache
def refused() -> dict[str, re.Pattern[str]]:
    """Every word under *not*, and how it is looked for: English as whole words."""
    found = re.findall(r"`([^`]+)`", " ".join(row[4] for row in rows()))
    return {
        word: re.compile(re.escape(word) if re.search(HAN, word) else rf"(?i)\b{re.escape(word)}\b")
        for word in found
    }


def broken(text: str, chinese_only: bool = False) -> list[str]:
    """The words of a text that should be others."""
    return [
        word
        for word, pattern in refused().items()
        if pattern.search(text) and (re.search(HAN, word) or not chinese_only)
    ]


def spaced(text: str) -> list[str]:
    """Where a space stands between a figure and Chinese."""
    return [match.group() for match in SPACED.finditer(CODE_FIELDS.sub("", text))]


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.open.append(tag)
        self.found += [value for name, value in attrs if name in ("alt", "aria-label") and value]

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open and data.strip():
            self.found.append(" ".join(data.split()))


def texts(html: str) -> list[str]:
    """Every text of a page that a reader sees or hears, without code."""
    parser = _Texts()
    parser.feed(html)
    return parser.found
