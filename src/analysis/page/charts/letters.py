"""Which letters figures can draw: those of our own font and of the one that stands in for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from matplotlib import font_manager

FONT = Path(__file__).parent / "fonts" / "AnalysisSansSC.otf"
SECOND_FONT = "DejaVu Sans"
"""Comes with matplotlib; draws letters that ours lacks, such as Polish and Vietnamese ones."""
MISSING = "〓"
"""What printers set where they lack a character."""
CODES: dict[str, str] = {}
"""Codes of the regions of a report whose names cannot be drawn, by these names."""


@lru_cache
def font_family() -> str:
    """The family of our own font, registered with matplotlib once."""
    font_manager.fontManager.addfont(str(FONT))
    return font_manager.FontProperties(fname=str(FONT)).get_name()


@lru_cache
def _drawn() -> frozenset[int]:
    """The characters that one of the two fonts has."""
    files = (str(FONT), font_manager.findfont(SECOND_FONT))
    return frozenset(code for file in files for code in font_manager.get_font(file).get_charmap())


def lacking(text: str) -> str:
    """The characters of a text that figures cannot draw."""
    if text.isascii():
        return ""
    return "".join(c for c in dict.fromkeys(text) if ord(c) not in _drawn() and c != "\n")


def use_codes(names: Mapping[str, tuple[str, ...]]) -> None:
    """Let codes stand in figures for names of regions, by code, that hold other characters."""
    CODES.clear()
    CODES.update({name: code for code, given in names.items() for name in given if lacking(name)})


def drawable(text: str) -> str:
    """A text that figures can draw: codes for such names, a mark for other such characters."""
    if lacking(text):
        for name, code in CODES.items():
            text = text.replace(name, code)
    strange = lacking(text)
    return text.translate(dict.fromkeys(map(ord, strange), MISSING)) if strange else text
