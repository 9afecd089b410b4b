"""The notice on a page whose report was not renewed: since when, and why."""

from __future__ import annotations

import re

from markupsafe import escape

from analysis.page.numbers import date
from analysis.page.wording import translator

SLOT = re.compile(r"<!-- notice -->.*?<!-- /notice -->", re.DOTALL)
STALE_WORDS = "Not updated since {edition}: {why} What you read is the last good edition."
CAUSE_WORDS = {
    0: "the latest run could not renew this report.",
    10: "the settings of this report were refused.",
    11: "the data hold something that cannot be right.",
    12: "the data cannot carry this comparison.",
    13: "a method could give no number.",
    14: "the latest run broke off.",
    15: "a check before publication refused the new page.",
}
"""By the exit code of what stopped it. What exactly is wrong may name files and rows, which a
policymaker cannot mend: that stands with the state of the reports."""


def cause_in_words(code: int, language: str) -> str:
    """Why a report was not renewed, in one plain sentence that begins small."""
    return translator(language)(CAUSE_WORDS.get(code, CAUSE_WORDS[0]))


def with_notice(page: str, edition: str, language: str, code: int = 0) -> str:
    """The page with the notice in its place, or without one where ``edition`` is blank."""
    text = ""
    if edition:
        why = cause_in_words(code, language)
        words = translator(language)(STALE_WORDS, edition=date(edition, language), why=why)
        text = f'<p class="banner" role="status">{escape(words)}</p>'
    return SLOT.sub(lambda _: f"<!-- notice -->{text}<!-- /notice -->", page, count=1)
