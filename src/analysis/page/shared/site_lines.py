"""Lines of the table that the site opens with, made where a report judges an effect."""

from __future__ import annotations

import math

from analysis.data.settings import Words
from analysis.page.plates import SiteLine
from analysis.page.shared.certainty import EFFECT_WORDS, GRADE_WORDS
from analysis.page.voice import Voice
from analysis.page.wording import capital
from analysis.verdicts.rule import Verdict

Shares = tuple[float, float | None, float | None]
"""A change and its limits, as shares of what was expected."""


def site_line(
    voice: Voice,
    names: tuple[str, str],
    shares: Shares,
    verdict: Verdict,
    regions: tuple[int, int],
    doubts: str,
    words: str = "",
    unit: Words | None = None,
) -> SiteLine:
    """One line.

    Parameters
    ----------
    names: of the intervention and the outcome. regions: how many adopted, of how many.
    doubts: what could be wrong. words: of the verdict, where it is of one against another.
    unit: what is counted in the place of regions.
    """
    value, low, high = (None if v is None or not math.isfinite(v) else float(v) for v in shares)
    grade = verdict.certainty
    return SiteLine(
        intervention=capital(names[0]),
        outcome=capital(names[1]),
        value=value or 0.0,
        low=low,
        high=high,
        verdict=verdict.key,
        verdict_words=words or voice.say(EFFECT_WORDS[verdict.key]),
        certainty=grade,
        certainty_words=voice.say(GRADE_WORDS[grade]) if grade else "",
        treated=int(regions[0]),
        regions=int(regions[1]),
        region_words=unit.plural(voice.language) if unit else voice.regions,
        doubts=doubts,
        measure=(unit.zh_measure if unit else "") or "个",
    )
