"""Marks that numbers carry wherever they are shown: invented ones, and those for readers inside."""

from __future__ import annotations

from analysis.page.wording import translator
from analysis.result import Internal

SHORT_WORDS = {
    "simulated": "SIMULATED DATA",
    "internal": "FOR INTERNAL USE ONLY",
    "open": "FOR INTERNAL USE ONLY",
}
BADGE_WORDS = {
    "simulated": "Simulated data",
    "internal": "For internal use only",
    "open": "For internal use only",
}
BANNER_WORDS = {
    "simulated": "SIMULATED DATA. This report tests software. "
    "Its numbers are invented; do not use or quote them.",
    "internal": "FOR INTERNAL USE ONLY. Do not pass this page on.",
    "open": "FOR INTERNAL USE ONLY. Counts here are not protected; do not pass this page on.",
}


def marks_of(simulated: bool, internal: Internal) -> tuple[str, ...]:
    """The marks that numbers carry; none where they are real and for everyone."""
    return ("simulated",) * simulated + (internal,) * bool(internal)


def short(marks: tuple[str, ...], language: str) -> list[str]:
    """The marks in few words, for figures and above tables that are taken away."""
    return [translator(language)(SHORT_WORDS[mark]) for mark in marks]


def badges(marks: tuple[str, ...], language: str) -> list[tuple[str, str]]:
    """Each mark with its words in the list of reports."""
    return [(mark, translator(language)(BADGE_WORDS[mark])) for mark in marks]


def banners(marks: tuple[str, ...], language: str) -> list[str]:
    """What stands above a page that carries the marks."""
    return [translator(language)(BANNER_WORDS[mark]) for mark in marks]
