"""Long lists in parts, so that no page of a site grows with the number of its reports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from analysis.page.wording import LANGUAGES

Item = TypeVar("Item")
PER_PAGE = 400
"""Reports on one page: of the list about 700 kB, of where data come from 800 kB."""
FURTHER = re.compile(r"(?:(?:index|data)-\d+|search)(?:\.\w+)?\.html|pages-\d+\.json")
"""Files that a site has only where its lists are long."""


def parts_of(items: Sequence[Item], most: int | None = None) -> list[Sequence[Item]]:
    """The items in order, so many to a part; one part where there are none."""
    step = most or PER_PAGE
    return [items[start : start + step] for start in range(0, max(len(items), 1), step)]


def file_of(kind: str, language: str, part: int = 1) -> str:
    """The file of one of the site's own pages: English without, Chinese with a suffix."""
    name = kind if part == 1 else f"{kind}-{part}"
    return f"{name}.html" if language == LANGUAGES[0] else f"{name}.{language}.html"
