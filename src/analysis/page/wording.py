"""Generated sentences in two languages: English in the code, Chinese in gettext catalogues.

``say = translator("zh"); say("Likely range {low} to {high}", low="3", high="21")``. A sentence
without a translation is an error, never a silent fallback to English.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

from analysis.errors import Problem, PublishError

PACKAGE = Path(__file__).parents[1]
LANGUAGES = ("en", "zh")
HTML_LANG = {"en": "en", "zh": "zh-Hans"}
Say = Callable[..., str]
NO_NUMBER = re.compile(r"\bNaN\b|(?<![A-Za-z'’-])[-−+]?(?:nan|inf)(?![A-Za-z'’-])|∞")
"""How a number that is none is printed; names such as Nan'an and words such as information pass."""
BOLD = re.compile(r"\*\*(.+?)\*\*")
STRONG, WEAK = "\ufdd0", "\ufdd1"
"""Where bold begins and ends in a sentence. No text holds these characters, which are none: what
stands in the fields of a sentence, such as a region named ``**x**``, is never taken for markup."""
NAMES = ("Poisson",)
"""Names with which a term may begin."""


def catalogues(language: str) -> list[Path]:
    """The files of a language: those that all share, then one of each kind of report."""
    shared = (PACKAGE / "page" / "locale" / language).glob("*.po")
    return [*sorted(shared), *sorted((PACKAGE / "reports").glob(f"*/{language}.po"))]


@lru_cache
def catalogue(language: str) -> dict[str, str]:
    """Message to translation: what all share, and what each report says."""
    return {k: v for file in catalogues(language) for k, v in translations(file).items()}


def translations(file: Path) -> dict[str, str]:
    """Message to translation, of one file."""
    with file.open("rb") as handle:
        found = read_po(handle, locale="zh_Hans")
    return {str(one.id): str(one.string) for one in found if one.id and one.string}


def joined(language: str, *sentences: str) -> str:
    """Sentences one after another; Chinese ones stand without a space, blank ones fall away."""
    return ("" if language == "zh" else " ").join(text for text in sentences if text)


@lru_cache(maxsize=4096)
def bold(template: str) -> str:
    """A sentence, its fields not yet filled in, with ``**bold**`` marked as a page reads it."""
    return BOLD.sub(rf"{STRONG}\1{WEAK}", template)


def unmarked(sentence: str) -> str:
    """A sentence without its bold."""
    return sentence.replace(STRONG, "").replace(WEAK, "")


class _Fields(dict[str, object]):
    """The fields given with a sentence; any other is asked of the report that speaks."""

    def __init__(self, given: dict[str, object], ask: Callable[[str], object] | None) -> None:
        super().__init__(given)
        self.ask = ask

    def __missing__(self, name: str) -> object:
        if self.ask is None:
            raise KeyError(name)
        return self.ask(name)


def translator(language: str, ask: Callable[[str], object] | None = None) -> Say:
    """A function that puts a sentence into the language and fills its fields.

    ``ask`` gives the fields that a call leaves out, such as what regions are called here.

    Raises
    ------
    PublishError: the language is unknown, or (from the function) has no such sentence.
    """
    if language not in LANGUAGES:
        raise PublishError([Problem(f"language {language}", "is not one of en, zh")])

    def say(text: str, /, **fields: object) -> str:
        if language == "en":
            return _numbered(bold(text).format_map(_Fields(fields, ask)))
        if text not in catalogue(language):
            remedy = f"Add it to {language}.po of the report, or of page/locale"
            raise PublishError([Problem(f"sentence '{text}'", "has no translation", remedy)])
        return _numbered(bold(catalogue(language)[text]).format_map(_Fields(fields, ask)))

    return say


def _numbered(sentence: str) -> str:
    """The sentence, refused where it would print what is no number."""
    if NO_NUMBER.search(sentence):
        remedy = "Leave out what cannot be given, or refuse the estimate behind it"
        raise PublishError([Problem(f"sentence '{sentence}'", "holds no number", remedy)])
    return sentence


def capital(text: str) -> str:
    """The sentence with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """The words with a small first letter, for use inside a sentence; a name keeps its capital."""
    return text if text.startswith(NAMES) else text[:1].lower() + text[1:]
