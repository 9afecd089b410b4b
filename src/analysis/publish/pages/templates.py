"""Jinja templates, with everything escaped and the style and script allowed by their hash."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from analysis.page.marks import badges, banners
from analysis.page.numbers import date
from analysis.page.text import code_words, inline, sentence, slug, words
from analysis.page.wording import HTML_LANG, translator
from analysis.publish.pages.download import csv_text, data_address, params_text

TEMPLATE = Path(__file__).parents[1] / "template"


def render(template: str, language: str, *, marks: tuple[str, ...] = (), **content: Any) -> str:
    """A template as a whole page in the language."""
    say = translator(language)
    said = banners(marks, language)
    style = _style(said)
    script = content.pop("script", "")
    page = _environment().get_template(template)
    text = page.render(
        language=language,
        other="en" if language == "zh" else "zh",
        html_lang=HTML_LANG,
        say=say,
        banners=said,
        badges=partial(badges, language=language),
        style=Markup(style),  # noqa: S704
        style_hash=source_hash(style),
        script=Markup(script),  # noqa: S704
        script_hash=source_hash(script) if script else "",
        **content,
    )
    return text.rstrip("\n") + "\n"


def prepare() -> None:
    """Compile every template, which takes as long as a few pages."""
    for file in TEMPLATE.glob("*.j2"):
        _environment().get_template(file.name)


def source_hash(source: str) -> str:
    """The hash that lets the browser apply this style, or run this script, and no other."""
    digest = hashlib.sha256(source.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


@lru_cache
def asset(name: str) -> str:
    """A file that stands beside the templates."""
    return (TEMPLATE / name).read_text(encoding="utf-8")


def _style(said: list[str]) -> str:
    """The style sheet; a marked report repeats its banners over every printed page."""
    style = asset("style.css")
    if said:
        content = r' "\a " '.join(json.dumps(banner, ensure_ascii=False) for banner in said)
        look = "white-space: pre; font: bold 8pt sans-serif; color: #5a3a00;"
        rule = f"content: {content}; {look}"
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
        "words": _spoken(words),
        "english": partial(words, language="en"),
        "code": _spoken(code_words),
        "sentence": _spoken(sentence),
        "markdown": _spoken(inline),
        "long_date": _spoken(date),
        "slug": slug,
        "csv_text": csv_text,
        "params_text": params_text,
        "data_address": data_address,
    }
    return environment


def _spoken(write: Callable[[str, str], str]) -> Callable[[Context, str], str]:
    """A filter that writes in the language of the page."""
    return pass_context(lambda context, text: write(text, context["language"]))
