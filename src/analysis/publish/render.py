"""Pages and the index as HTML: one autoescaping template, one hashed style, no script."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from analysis.publish.download import csv_address, params_address
from analysis.publish.page import Page
from analysis.publish.record import Entry
from analysis.publish.text import HAN, inline, slug, words
from analysis.report.wording import HTML_LANG, Say, translator

TEMPLATE = Path(__file__).parent / "template"
LOCALE = {"en": "en_GB", "zh": "zh_Hans_CN"}
BANNER_WORDS = (
    "SIMULATED DATA. This report tests software. "
    "Its numbers are invented; do not use or quote them."
)
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
    index: address of the list of reports, or blank.
    since: sentences on what changed since the last edition.
    """

    title: str = ""
    name: str = "report"
    edition: str = ""
    sibling: str = ""
    index: str = ""
    since: tuple[str, ...] = ()


def render_page(page: Page, imprint: Imprint) -> str:
    """The whole page, self-contained."""
    return _render(
        "page.html.j2",
        page.language,
        simulated=page.simulated,
        page=page,
        imprint=imprint,
        minutes=reading_minutes(page),
    )


def render_index(entries: Sequence[Entry], language: str, sibling: str) -> str:
    """The list of reports in one language."""
    return _render("index.html.j2", language, simulated=False, entries=entries, sibling=sibling)


def reading_minutes(page: Page) -> int:
    """How long the sentences take to read, at least a minute."""
    passages = [*page.summary.points, page.summary.number_words, page.summary.range_words]
    for section in (page.opening, *page.shown):
        for block in section.blocks:
            html = getattr(block, "html", None)
            caption = [getattr(block, "title", ""), getattr(block, "caption", "")]
            passages += [str(html)] if html is not None else caption
            passages += getattr(block, "points", [])
    text = re.sub(r"<[^>]+>", " ", " ".join(passages))
    characters = len(re.findall(f"[{HAN}]", text))
    spoken = len(re.findall(r"[A-Za-z0-9][\w.,'-]*", text))
    return max(1, round(characters / CHARACTERS_A_MINUTE + spoken / WORDS_A_MINUTE))


def long_date(edition: str, language: str) -> str:
    """An ISO date as the language writes it; any other text stays as it is."""
    try:
        date = dt.date.fromisoformat(edition)
    except ValueError:
        return edition
    return str(format_date(date, format="long", locale=LOCALE[language]))


def style_hash(style: str) -> str:
    """The hash that lets the browser apply this style and no other."""
    digest = hashlib.sha256(style.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _render(template: str, language: str, *, simulated: bool, **content: Any) -> str:
    say = translator(language)
    style = _style(say, simulated)
    text = (
        _environment()
        .get_template(template)
        .render(
            language=language,
            other="en" if language == "zh" else "zh",
            html_lang=HTML_LANG,
            say=say,
            banner=say(BANNER_WORDS) if simulated else "",
            style=Markup(style),  # noqa: S704
            style_hash=style_hash(style),
            **content,
        )
    )
    return str(text).rstrip("\n") + "\n"


def _style(say: Say, simulated: bool) -> str:
    """The style sheet; a simulated report repeats its banner over every printed page."""
    style = (TEMPLATE / "style.css").read_text(encoding="utf-8")
    if simulated:
        content = json.dumps(say(BANNER_WORDS), ensure_ascii=False)
        rule = f"content: {content}; font: bold 8pt sans-serif; color: #5a3a00;"
        style += f"@page {{ @top-center {{ {rule} }} }}\n"
    return style


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "words": _words,
        "sentence": _sentence,
        "long_date": _long_date,
        "slug": slug,
        "csv_address": csv_address,
        "params_address": params_address,
    }
    return environment


@pass_context
def _words(context: Context, text: str) -> Markup:
    return words(text, context["language"])


@pass_context
def _sentence(context: Context, text: str) -> Markup:
    return inline(text, context["language"])


@pass_context
def _long_date(context: Context, edition: str) -> str:
    return long_date(edition, context["language"])
