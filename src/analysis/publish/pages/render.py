"""A report as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.errors import Problem, PublishError
from analysis.page.text import HAN
from analysis.publish.pages.page import Page
from analysis.publish.pages.templates import render

LARGEST = 2_000_000
"""Bytes: what a phone on a slow line loads in the time a reader waits."""
WORDS_A_MINUTE = 220
CHARACTERS_A_MINUTE = 400


@dataclass(frozen=True)
class Imprint:
    """What a page says that its notebook does not know.

    Parameters
    ----------
    title: the report's title, the page's only first-level heading.
    name: stem of the files a reader downloads.
    edition: ISO date of the edition, or blank.
    sibling: address of the same report in the other language, or blank.
    index, catalogue, methods, data, reading: addresses of the site's own pages, or blank.
    changes: sentences on what changed since the last edition.
    """

    title: str = ""
    name: str = "report"
    edition: str = ""
    sibling: str = ""
    index: str = ""
    catalogue: str = ""
    methods: str = ""
    data: str = ""
    reading: str = ""
    changes: tuple[str, ...] = ()


def render_page(page: Page, imprint: Imprint) -> str:
    """The whole page, self-contained."""
    return render(
        "page.html.j2",
        page.language,
        marks=page.marks,
        page=page,
        imprint=imprint,
        minutes=reading_minutes(page),
    )


def export(page: Page, imprint: Imprint) -> str:
    """The text of a page.

    Raises
    ------
    PublishError: the page is too large.
    """
    html = render_page(page, imprint)
    if (size := len(html.encode("utf-8"))) > LARGEST:
        what = f"is {size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f} MB"
        remedy = "Show fewer points in its figures or fewer rows in its tables"
        raise PublishError([Problem(f"page '{page.title}'", what, remedy)])
    return html


def reading_minutes(page: Page) -> int:
    """How long the sentences take to read, at least a minute."""
    passages = [*page.summary.points, page.summary.number_words, page.summary.range_words]
    for block in page.blocks:
        passages += [str(getattr(block, name, "")) for name in ("html", "title", "caption")]
        passages += getattr(block, "points", [])
    text = re.sub(r"<[^>]+>", " ", " ".join(passages))
    characters = len(re.findall(f"[{HAN}]", text))
    spoken = len(re.findall(r"[A-Za-z0-9][\w.,'-]*", text))
    return max(1, round(characters / CHARACTERS_A_MINUTE + spoken / WORDS_A_MINUTE))
