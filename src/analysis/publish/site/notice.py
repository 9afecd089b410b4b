"""Put a notice into a finished page that its report was not renewed, and since when."""

from __future__ import annotations

import re

from markupsafe import escape

from analysis.page.numbers import date
from analysis.page.wording import translator

SLOT = re.compile(r"<!-- notice -->.*?<!-- /notice -->", re.DOTALL)
STALE_WORDS = (
    "Not updated since {edition}: the latest run could not renew this report. "
    "What you read is the last good edition."
)


def with_notice(page: str, edition: str, language: str) -> str:
    """The page with the notice in its place, or without one where ``edition`` is blank."""
    text = ""
    if edition:
        say = translator(language)
        words = escape(say(STALE_WORDS, edition=date(edition, language)))
        text = f'<p class="banner" role="status">{words}</p>'
    return SLOT.sub(lambda _: f"<!-- notice -->{text}<!-- /notice -->", page, count=1)
