"""The funnel: every region's rate by its size, between the limits of chance and usual variation."""

from __future__ import annotations

import math
from functools import partial

from analysis.page.charts.axes import Axis
from analysis.page.charts.funnel import Band, Funnel
from analysis.page.charts.points import Point
from analysis.page.numbers import PER_EXPOSURE, number, percent
from analysis.page.plates import Figure
from analysis.page.wording import capital, joined
from analysis.reports.region_rates.answer import HIGH, LOW, WITHIN, RegionsBrief


def funnel_figure(brief: RegionsBrief) -> Figure:
    """Rates by exposure, with both limits and the overall rate."""
    say, language = brief.say, brief.language
    high, low = (len(brief.standing(kind)) for kind in (HIGH, LOW))
    pooled, write = brief.pooled[0], partial(number, language=language)
    across = say("{exposure} (mean)", exposure=capital(brief.exposure_name))
    chart = Funnel(
        _points(brief),
        _bands(brief),
        pooled,
        brief.rate(pooled),
        Axis(write, across, logarithmic=True),
        Axis(write, say("Rate per 1,000 a year"), cell=brief.rate),
    )
    return chart.figure(
        **brief.plate("funnel"),
        title=_title(brief, high, low),
        caption=_caption(brief),
        alt=say(
            "Scatter of {shown} {regions}: {exposure} across, {unit} upwards, with limits that "
            "narrow from left to right around {pooled}. {high} lie above the limits by a margin "
            "that chance does not explain, {low} below.",
            shown=number(len(brief.shown), language),
            exposure=brief.exposure_name,
            unit=brief.unit,
            pooled=brief.rate(pooled),
            high=number(high, language),
            low=number(low, language),
        ),
        table=brief.table,
    )


def _title(brief: RegionsBrief, high: int, low: int) -> str:
    say, language = brief.say, brief.language
    if not high + low:
        return say(
            "None of the {shown} {regions} shown stands out from chance and usual variation",
            shown=number(len(brief.shown), language),
        )
    return say(
        "Standing out among the {shown} {regions} shown: {high} above the funnel, {low} below",
        shown=number(len(brief.shown), language),
        high=number(high, language),
        low=number(low, language),
    )


def _caption(brief: RegionsBrief) -> str:
    say, language = brief.say, brief.language
    text = say(
        "Line: all {regions} together. Bands: where {inner} and 99.8% of {regions} would lie if "
        "they differed only by chance and by the variation that is usual between them.",
        inner=percent(brief.result.level, language, 0),
    )
    hidden = say(
        "{count} {regions} whose counts are withheld are not drawn.",
        count=number(brief.withheld, language),
    )
    return joined(language, text, hidden if brief.withheld else "")


def _points(brief: RegionsBrief) -> tuple[Point, ...]:
    """The regions farthest from the overall rate first, which are named; then those within."""
    middle = math.sqrt(brief.pooled[0])
    apart = sorted(brief.standing(HIGH, LOW), key=lambda one: -abs(math.sqrt(one.rate) - middle))
    return (
        *(Point(r.exposure, r.rate, key=r.standing, label=r.name, size=7) for r in apart),
        *(Point(r.exposure, r.rate, key=WITHIN, size=4) for r in brief.standing(WITHIN)),
    )


def _bands(brief: RegionsBrief) -> tuple[Band, ...]:
    """The wide limits, then the narrow ones, along exposures."""
    rows = brief.result.series["funnel"]
    sizes = [row["size"] / brief.comparison.years for row in rows]
    words = {"outer_": "99.8%", "": percent(brief.result.level, brief.language, 0)}
    return tuple(
        Band(
            sizes,
            [PER_EXPOSURE * row[f"{which}low"] for row in rows],
            [PER_EXPOSURE * row[f"{which}high"] for row in rows],
            label,
        )
        for which, label in words.items()
    )
