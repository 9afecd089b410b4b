"""The funnel: every region's rate by its size, between the limits of chance and usual variation."""

from __future__ import annotations

import math
from functools import partial

from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis
from analysis.page.charts.funnel import Band, Funnel
from analysis.page.charts.points import Point
from analysis.page.plates import Figure
from analysis.page.wording import capital, joined
from analysis.reports.region_rates.answer import HIGH, LOW, WITHIN, Regions

MANY = 500
"""From so many regions on points are small, or they would cover one another."""


def funnel_figure(report: Regions) -> Figure:
    """Rates by exposure, with both limits and the overall rate."""
    say, write = report.say, report.in_full
    across = say("{exposure} (mean)", exposure=capital(report.exposure_name))
    pooled = report.pooled[0]
    chart = Funnel(
        _points(report),
        _bands(report),
        pooled,
        report.rate(pooled),
        Axis(write, across, logarithmic=True, role=NUMBER),
        Axis(
            write,
            say("Rate per {base} {exposure} a year"),
            cell=partial(write, decimals=1),
            role=NUMBER,
        ),
    )
    caption = say(
        "Line: all {regions} together. Bands: where {level} and 99.8% of {regions} would lie if "
        "they differed only by chance and by the variation that is usual between them."
    )
    hidden = say("Not drawn, because their counts are withheld: {withheld} of {all} {regions}.")
    return chart.figure(
        **report.plate("funnel"),
        title=say(
            "Standing out among the {shown} {regions} shown: {high} above the funnel, {low} below"
        )
        if report.standing(HIGH, LOW)
        else say("None of the {shown} {regions} shown stands out from chance and usual variation"),
        caption=joined(report.language, caption, hidden if report.withheld else ""),
        alt=say(
            "Scatter of {shown} {regions}: {exposure} across, {unit} upwards, with limits that "
            "narrow from left to right around {pooled}. {high} lie above the limits by a margin "
            "that chance does not explain, {low} below.",
            exposure=report.exposure_name,
        )
        if report.standing(HIGH, LOW)
        else say(
            "Scatter of {shown} {regions}: {exposure} across, {unit} upwards, with limits that "
            "narrow from left to right around {pooled}. None lies beyond them by a margin that "
            "chance does not explain.",
            exposure=report.exposure_name,
        ),
        table=report.table,
    )


def _points(report: Regions) -> tuple[Point, ...]:
    """The regions farthest from the overall rate first, which are named; then those within."""
    middle = math.sqrt(report.pooled[0])
    apart = sorted(report.standing(HIGH, LOW), key=lambda one: -abs(math.sqrt(one.rate) - middle))
    small = 4 if len(report.shown) < MANY else 1.5
    return (
        *(Point(r.exposure, r.rate, key=r.standing, label=r.name, size=7) for r in apart),
        *(Point(r.exposure, r.rate, key=WITHIN, size=small) for r in report.standing(WITHIN)),
    )


def _bands(report: Regions) -> tuple[Band, ...]:
    """The wide limits, then the narrow ones, along exposures."""
    rows = report.result.series["funnel"]
    sizes = [row["size"] / report.comparison.years for row in rows]
    words = {"outer_": "99.8%", "": report.numbers["level"]}
    return tuple(
        Band(
            sizes,
            [report.base * row[f"{which}low"] for row in rows],
            [report.base * row[f"{which}high"] for row in rows],
            label,
        )
        for which, label in words.items()
    )
