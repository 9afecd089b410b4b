"""Words of methods in both languages, read from where they are documented.

A docstring gives them one a line, English before Chinese, longer ones on further, indented lines:

    title: Poisson model of counts | 计数的泊松模型
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The same said in both languages."""

    en: str
    zh: str

    def of(self, language: str) -> str:
        """In one of them."""
        return self.zh if language == "zh" else self.en


def words_in(text: str) -> dict[str, Words]:
    """Words by their key."""
    found = {}
    for entry in re.split(r"\n(?=\S)", text.strip()):
        key, _, both = entry.partition(":")
        en, _, zh = both.partition("|")
        # Lines of English meet at a space, lines of Chinese without.
        found[key] = Words(" ".join(en.split()), "".join(map(str.strip, zh.splitlines())))
    return found
