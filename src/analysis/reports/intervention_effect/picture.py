"""The picture of the first screen: what was expected, as far as it is known, and recorded."""

from __future__ import annotations

import math
from functools import partial

from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis
from analysis.page.charts.bars import Bar, Bars
from analysis.page.numbers import PER_EXPOSURE, in_full, number, size_decimals, span
from analysis.page.plates import Column, Figure, TableData
from analysis.page.wording import capital
from analysis.reports.intervention_effect.answer import PER_EXPECTED, Brief
from analysis.reports.intervention_effect.levels import measure

OWN_WORDS = {
    "title": "Expected without it {expected} ({span}), recorded {recorded}",
    "caption": "{unit}, in adopters since adoption. Dark line: likely range of what was to be "
    "expected, {span}; what was recorded is known.",
    "alt": "Two bars. Expected: {expected}, likely range {span}. Recorded: {recorded}.",
}
INDEX_WORDS = {
    "title": "For every {expected} expected without it, {recorded} were recorded ({span})",
    "caption": "{unit}, in adopters since adoption: an index, not a count. Dark line: likely range "
    "{span}.",
    "alt": "Two bars. Expected, taken as {expected}. Recorded beside it: {recorded}, likely range "
    "{span}.",
}


def picture(brief: Brief) -> Figure:
    """Two bars: what was recorded is known, so the range is that of what was expected.

    Of 100 expected it is that of the share: there the second bar is no count, but an index.
    """
    say, language, effect = brief.say, brief.language, brief.effect
    panel = brief.study.panel
    index = panel.counted and not panel.has_exposure
    recorded = effect.base + effect.change
    low, high = effect.base_low, effect.base_high
    if index:
        low, high = (effect.base + one for one in (effect.change_low, effect.change_high))
    decimals = size_decimals(effect.base, recorded, low, high)
    write = partial(number, language=language, decimals=decimals)
    ticks = partial(in_full, language=language, decimals=decimals)
    ranged = brief.headline.headline.low is not None and math.isfinite(high)
    ends = {"low": low, "high": high} if ranged else {}
    expected, given = (ends, {})[::-1] if index else (ends, {})
    names = say("Expected"), say("Recorded")
    if index:
        names = say("Expected, taken as 100"), say("Recorded beside it")
    bars = (
        Bar(names[0], (effect.base,), write(effect.base), "expected", key="other", **expected),
        Bar(names[1], (recorded,), write(recorded), "recorded", key="headline", **given),
    )
    unit = _unit(brief)
    axis = Axis(ticks, unit, key="rate", low=0.0, role=NUMBER)
    chart = Bars(bars, (("headline", unit),), axis, widest="column")
    told = {
        "expected": write(effect.base),
        "recorded": write(recorded),
        "span": span(write(low), write(high), language),
    }
    words = INDEX_WORDS if index else OWN_WORDS
    return chart.figure(
        **brief.plate("picture"),
        title=say(words["title"], **told),
        caption=say(words["caption"], unit=capital(unit), **told),
        alt=say(words["alt"], **told),
        table=TableData.by_column(
            (Column("what", say("What")), [(bar.label, bar.code) for bar in bars]),
            axis.filled(bar.values[0] for bar in bars),
            axis.filled((bar.low for bar in bars), say("Range from"), "low"),
            axis.filled((bar.high for bar in bars), say("Range to"), "high"),
        ),
    )


def _unit(brief: Brief) -> str:
    """What the bars count."""
    say, panel, language = brief.say, brief.study.panel, brief.language
    if not panel.counted or (panel.has_exposure and not panel.yearly):
        return measure(brief)
    if not panel.has_exposure:
        return say("{Outcome} for every {base} expected", base=number(PER_EXPECTED, language))
    return say(
        "{Outcome} per {base} {exposure} a year",
        base=number(PER_EXPOSURE, language),
        exposure=brief.exposure,
    )
