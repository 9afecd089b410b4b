"""The picture of the first screen: what was expected, and what was recorded."""

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


def picture(brief: Brief) -> Figure:
    """Two bars: expected and recorded, with the likely range of what was recorded against it."""
    say, language, effect = brief.say, brief.language, brief.effect
    recorded, low, high = (
        effect.base * (1 + share)
        for share in (effect.relative, effect.relative_low, effect.relative_high)
    )
    decimals = size_decimals(effect.base, recorded, low, high)
    write = partial(number, language=language, decimals=decimals)
    ticks = partial(in_full, language=language, decimals=decimals)
    ranged = brief.headline.headline.low is not None and math.isfinite(high)
    bars = (
        Bar(say("Expected"), (effect.base,), write(effect.base), "expected", key="other"),
        Bar(
            say("Recorded"),
            (recorded,),
            write(recorded),
            "recorded",
            low=low if ranged else None,
            high=high if ranged else None,
            key="headline",
        ),
    )
    panel = brief.study.panel
    unit = (
        measure(brief)
        if not (panel.counted and panel.yearly)
        else say(
            "{Outcome} per {base} {exposure} a year",
            base=number(PER_EXPOSURE, language),
            exposure=brief.exposure,
        )
        if panel.has_exposure
        else say("{Outcome} for every {base} expected", base=number(PER_EXPECTED, language))
    )
    axis = Axis(ticks, unit, key="rate", low=0.0, role=NUMBER)
    chart = Bars(bars, (("headline", unit),), axis, widest="column")
    title = say(
        "Expected without it {expected}, recorded {recorded}",
        expected=write(effect.base),
        recorded=write(recorded),
    )
    likely = span(write(low), write(high), language)
    return chart.figure(
        **brief.plate("picture"),
        title=title,
        caption=say(
            "{unit}, in adopters since adoption. Dark line: likely range {span}.",
            unit=capital(unit),
            span=likely,
        ),
        alt=say(
            "Two bars. Expected: {expected}. Recorded: {recorded}, likely range {span}.",
            expected=write(effect.base),
            recorded=write(recorded),
            span=likely,
        ),
        table=TableData.by_column(
            (Column("what", say("What")), [(bar.label, bar.code) for bar in bars]),
            axis.filled(bar.values[0] for bar in bars),
            axis.filled((bar.low for bar in bars), say("Range from"), "low"),
            axis.filled((bar.high for bar in bars), say("Range to"), "high"),
        ),
    )
