"""The effect by periods since adoption, with its simultaneous band."""

from __future__ import annotations

from functools import partial

from analysis import methods
from analysis.disclosure.gate import NUMBER
from analysis.methods.shared.options import UntreatedOptions
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.points import Point, Points
from analysis.page.numbers import in_full, number, percent
from analysis.page.plates import Figure, Notes, TableData
from analysis.page.wording import capital
from analysis.reports.intervention_effect.answer import Brief

TIME_WORDS = {
    "week": "Weeks since adoption",
    "month": "Months since adoption",
    "quarter": "Quarters since adoption",
    "year": "Years since adoption",
}


REFERENCE = -1
"""The event time that the others are measured from."""


def event_points(brief: Brief) -> list[Point]:
    """Every event time that could be estimated, in order; hollow without a band."""
    found = []
    for record in brief.headline.series["by_event_time"]:
        if record["value"] is None:
            continue
        value, low, high = (
            None if v is None else brief.share(v)
            for v in (record["value"], record["low"], record["high"])
        )
        at = int(record["event_time"])
        hollow = low is None and at != REFERENCE
        side = "before" if at < 0 else "after"
        found.append(Point(at, value or 0.0, low, high, side, hollow))
    return found


def event_time_figure(brief: Brief) -> Figure | Notes:
    """The effect by periods since adoption with its simultaneous band, or that there is none."""
    say, language = brief.say, brief.language
    if "by_event_time" not in brief.headline.series:
        return Notes(
            **brief.plate("event_time"),
            title=say("Effects over time"),
            points=(say("The method of the headline gives one average, not effects by period."),),
        )
    points = event_points(brief)
    after = [p for p in points if p.at >= 0 and p.low is not None]
    outside = sum((p.low or 0) > 0 or (p.high or 0) < 0 for p in after)
    periods = (
        say(
            "in {outside} of {after} periods the band rules out “no change”",
            outside=outside,
            after=len(after),
        )
        if outside
        else say("in none of {after} periods does the band rule out “no change”", after=len(after))
        if after
        else say("for no period can a band be told")
    )
    text = (
        "{Outcome} were {size} below what was expected on average since adoption; {periods}"
        if brief.effect.relative < 0
        else "{Outcome} were {size} above what was expected on average since adoption; {periods}"
    )
    size = percent(abs(brief.effect.relative), language)
    title = say(text, periods=periods, size=size)

    # All adopters of a period may move together: nothing tells then how far they stray.
    text = (
        "Change against what was expected. Bars: simultaneous {level} band, which covers all "
        "periods at once. Hollow: fewer than five {regions}, no band."
        if brief.study.panel.clustered_by == "region"
        else "Change against what was expected. Bars: simultaneous {level} band, which covers all "
        "periods at once. Hollow: fewer than five {regions}, or a single group of {regions} that "
        "can move together; no band."
    )
    caption = say(text, level=percent(brief.headline.level, language, 0))
    # Only a method that measures from one period has no band there.
    if any(p.at == REFERENCE and p.value == 0 and p.low is None for p in points):
        caption += say(" The period just before adoption is the reference.")
    elif issubclass(methods.load(brief.headline.method).options, UntreatedOptions):
        caption += say(
            " Points before adoption are held out and measured against still earlier periods; "
            "where these are few, the bands are wide."
        )
    chart = _chart(brief, points)
    return chart.figure(
        **brief.plate("event_time"),
        title=title,
        caption=caption,
        alt=say(
            "Estimates from {before} periods before to {last} periods after adoption began; "
            "{periods}.",
            before=number(max(-points[0].at, 0), language),
            last=number(points[-1].at, language),
            periods=periods,
        ),
        table=_data(brief, chart),
    )


def _chart(brief: Brief, points: list[Point]) -> Points:
    """Points before and since adoption; a band beyond +150 % is cut, unless a point lies there."""
    say, language = brief.say, brief.language
    high = max(1.5, *(point.value for point in points))
    change = partial(percent, language=language, signed=True)
    return Points(
        tuple(points),
        Axis(
            partial(in_full, language=language),
            say(TIME_WORDS[brief.study.panel.frequency]),
            whole=True,
            key="event_time",
            head=say("Periods since adoption"),
            role=NUMBER,
        ),
        Axis(partial(change, decimals=0), low=-1.0, high=high, cell=change, digits=5, role=NUMBER),
        references=(Reference(0.0),),
        upright=(Reference(-0.5, dashed=True),),
        sides=(("before", say("before")), ("after", say("since adoption"))),
    )


def _data(brief: Brief, chart: Points) -> TableData:
    """Each event time with its band and the number of regions behind it."""
    say, up = brief.say, chart.up
    records = brief.headline.series["by_event_time"]
    regions = [int(record["regions"]) for record in records if record["value"] is not None]
    return TableData.by_column(
        chart.along.filled(point.at for point in chart.points),
        up.filled((point.value for point in chart.points), say("Change"), "change"),
        up.filled((point.low for point in chart.points), say("Band from"), "low"),
        up.filled((point.high for point in chart.points), say("Band to"), "high"),
        chart.along.filled(regions, capital(brief.regions), "regions"),
    )
