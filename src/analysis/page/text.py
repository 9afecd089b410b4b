"""Untrusted text becomes safe HTML: markdown is rendered, sanitised, and marked by language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import mistune
import nh3
from markupsafe import Markup, escape
from mistune.core import BlockState

from analysis.page.wording import HTML_LANG, STRONG, WEAK

TAGS = {
    *("p", "br", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote"),
    *("a", "h3", "h4", "hr", "span", "bdi"),
}
ATTRIBUTES = {"a": {"href"}}
LANGUAGE_VALUES = {"span": {"lang": set(HTML_LANG.values())}}
SCHEMES = {"http", "https", "mailto"}

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
CHINESE = re.compile(f"[{HAN}][{HAN}\u3000-\u303f\uff00-\uffef]*")
# Words of a sentence, not identifiers, hashes or single letters: those belong to no language.
ENGLISH = re.compile(
    r"(?<![\w])[A-Za-z][A-Za-z'’-]*(?:[ ,.;:&/–]+[A-Za-z][A-Za-z'’-]*)*(?![\w])", re.ASCII
)
SPOKEN = re.compile(r"[A-Za-z]?[a-z]{2}")

ARABIC = (
    "\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
)
LEFTWARD = re.compile(f"[{ARABIC}]+(?:[ '’.-]{{1,2}}[{ARABIC}]+)*")
"""Words written from right to left, of which a date beside them must not take the direction."""
STRESSED = re.compile(f"{STRONG}(.*?){WEAK}", re.DOTALL)

# Markdown takes bold marks between punctuation and a letter for plain stars, and Chinese has no
# space there: **已下降。**因此. This character, no letter and no space, stands in for the space.
GAP = "\ue000"
CLOSING = re.compile(rf"(?<=[^\w\s*])(\*+)(?=[{HAN}])")
OPENING = re.compile(rf"(?<=[{HAN}])(\*+)(?=[^\w\s*])")

Token = dict[str, Any]


@lru_cache(maxsize=8192)
def words(text: str, language: str) -> Markup:
    """The text escaped; every run of words in the other language says which it is in."""
    pattern, other = (ENGLISH, "en") if language == "zh" else (CHINESE, "zh")
    parts, last = [], 0
    for match in pattern.finditer(text):
        if other == "en" and not SPOKEN.search(match[0]):
            continue
        parts += [escape(text[last : match.start()]), _in_language(match[0], other)]
        last = match.end()
    html = str(Markup("").join([*parts, escape(text[last:])]))
    return Markup(LEFTWARD.sub(r"<bdi>\g<0></bdi>", html))  # noqa: S704  letters only


@lru_cache(maxsize=8192)
def sentence(text: str, language: str) -> Markup:
    """A sentence escaped, bold where its wording is; what was filled in stands as it was typed."""
    html = STRESSED.sub(r"<strong>\1</strong>", str(words(text, language)))
    return Markup(html)  # noqa: S704  of a text that is escaped


def code_words(text: str, language: str) -> Markup:
    """Code escaped; its English-looking names belong to no language, its Chinese does."""
    return escape(text) if language == "zh" else words(text, language)


def _in_language(text: str, language: str) -> Markup:
    return Markup('<span lang="{}">{}</span>').format(HTML_LANG[language], text)


class Writer(mistune.HTMLRenderer):  # type: ignore[misc]
    """Markdown tokens as HTML: raw HTML is shown as text, an image becomes its words."""

    def __init__(self, language: str) -> None:
        super().__init__(escape=True)
        self.language = language

    def text(self, text: str) -> str:
        """Words, each run in its language."""
        return words(text, self.language)

    def codespan(self, text: str) -> str:
        """Code within a sentence."""
        return f"<code>{code_words(text, self.language)}</code>"

    def block_code(self, code: str, info: str | None = None) -> str:  # noqa: ARG002
        """A block of code, without the classes of a highlighter."""
        return f"<pre><code>{code_words(code, self.language)}</code></pre>"

    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002
        """The words only: pictures come from figure Plates, never from an address."""
        return text

    def heading(self, text: str, level: int, **_: Any) -> str:
        """Headings inside a section start at the third level."""
        level = min(max(level, 3), 4)
        return f"<h{level}>{text}</h{level}>\n"


def parse(text: str) -> list[Token]:
    """Markdown as block tokens."""
    tokens, _ = mistune.create_markdown(renderer=None).parse(_gaps(text))
    return [token for token in tokens if token["type"] != "blank_line"]


def blocks(tokens: Sequence[Token], language: str) -> Markup:
    """Block tokens as sanitised HTML."""
    return _clean(Writer(language)(tokens, BlockState()))


@lru_cache(maxsize=8192)
def inline(text: str, language: str) -> Markup:
    """One sentence of markdown of ours (bold, emphasis, code, links) as sanitised HTML."""
    tokens = mistune.create_markdown(renderer=None).inline(_gaps(text), {})
    return _clean(Writer(language)(tokens, BlockState()))


def words_of(token: Token) -> str:
    """The plain words of a token, without its markup."""
    if "raw" in token:
        return str(token["raw"]).replace(GAP, "")
    if token["type"] in {"softbreak", "linebreak"}:
        return " "
    return "".join(words_of(child) for child in token.get("children", ()))


def first_words(text: str, limit: int = 48) -> str:
    """The first line that says something, shortened."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and single hyphens, for file names and classes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "item"


def _gaps(text: str) -> str:
    return OPENING.sub(rf"{GAP}\1", CLOSING.sub(rf"\1{GAP}", text))


def _clean(html: str) -> Markup:
    safe = nh3.clean(
        html.replace(GAP, ""),
        tags=TAGS,
        attributes=ATTRIBUTES,
        tag_attribute_values=LANGUAGE_VALUES,
        url_schemes=SCHEMES,
        url_relative="deny",
    )
    return Markup(safe)  # noqa: S704
