"""Long lists in parts, so that no page of a site grows with the number of its reports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from analysis.page.wording import LANGUAGES

Item = TypeVar("Item")
PER_PAGE = 400
"""Reports on one page: of the list about 700 kB, of where data come from 800 kB."""
STATE = re.compile(r"status(?:-\d+)?(?:\.\w+)?\.(?:html|json)")
"""Files that tell the state of the reports."""
FURTHER = re.compile(
    r"(?:(?:index|data|status)-\d+|search)(?:\.\w+)?\.html"
    r"|(?:pages|status|evidence)-\d+\.json|evidence-\d+\.csv"
)
"""Files that a site has only where its lists are long."""


def parts_of(items: Sequence[Item], most: int | None = None) -> list[Sequence[Item]]:
    """The items in order, so many to a part; one part where there are none."""
    step = most or PER_PAGE
    return [items[start : start + step] for start in range(0, max(len(items), 1), step)]


def numbered(file: str, part: int) -> str:
    """The name of a part of a file: ``pages.json``, ``pages-2.json`` and so on."""
    stem, _, kind = file.partition(".")
    return file if part == 1 else f"{stem}-{part}.{kind}"


def file_of(kind: str, language: str, part: int = 1) -> str:
    """The file of one of the site's own pages: English without, Chinese with a suffix."""
    file = f"{kind}.html" if language == LANGUAGES[0] else f"{kind}.{language}.html"
    return numbered(file, part)


def turns(kind: str, language: str, parts: int) -> list[str]:
    """The files of a page that has parts, in order; none where it has one."""
    return [file_of(kind, language, part) for part in range(1, parts + 1)] if parts > 1 else []
