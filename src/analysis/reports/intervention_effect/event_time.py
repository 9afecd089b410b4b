"""The effect by periods since adoption, with its simultaneous band."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.page.charts import style
from analysis.page.numbers import number, percent
from analysis.page.plates import Column, Figure, Notes, TableData
from analysis.page.wording import capital
from analysis.reports.intervention_effect.answer import Brief

TIME_WORDS = {
    "month": "Months since adoption",
    "quarter": "Quarters since adoption",
    "year": "Years since adoption",
}


@dataclass(frozen=True)
class Point:
    """The change at one event time as a share, with its band where there is one."""

    time: int
    share: float
    band: tuple[float, float] | None
    regions: int


def event_points(brief: Brief) -> list[Point]:
    """Every event time that could be estimated, in order."""
    return [
        Point(
            int(record["event_time"]),
            math.expm1(record["value"]),
            None
            if record["low"] is None
            else (math.expm1(record["low"]), math.expm1(record["high"])),
            int(record["regions"]),
        )
        for record in brief.headline.series["by_event_time"]
        if record["value"] is not None
    ]


def _dots(axes: Axes, points: list[Point], colour: str) -> None:
    """The points, hollow where they have no band and are not the reference."""
    for filled in (True, False):
        own = [p for p in points if (p.band is not None or p.time == -1) == filled]
        axes.plot(
            [p.time for p in own],
            [p.share for p in own],
            "o",
            markersize=5,
            color=colour,
            markerfacecolor=colour if filled else style.PAPER,
        )


def _texts(point: Point, language: str) -> tuple[str, ...]:
    shares = [point.share, *(point.band or (None, None))]
    changes = ["–" if s is None else percent(s, language, signed=True) for s in shares]
    return (number(point.time, language), *changes, number(point.regions, language))


def _values(point: Point) -> tuple[float | int | None, ...]:
    low, high = point.band or (None, None)
    shares = [None if s is None else round(s, 5) for s in (point.share, low, high)]
    return (point.time, *shares, point.regions)


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
    after = [p for p in points if p.time >= 0 and p.band]
    outside = sum(1 for p in after if p.band and (p.band[0] > 0 or p.band[1] < 0))
    text = (
        "{Outcome} were {size} below what was expected on average since adoption; in {outside} of "
        "{after} periods the band rules out “no change”"
        if brief.effect.relative < 0
        else "{Outcome} were {size} above what was expected on average since adoption; in "
        "{outside} of {after} periods the band rules out “no change”"
    )
    title = say(
        text,
        Outcome=capital(brief.outcome),
        outside=outside,
        after=len(after),
        size=percent(abs(brief.effect.relative), language),
    )

    reference = ""
    if points[0].time < 0:
        reference = say(" The period just before adoption is the reference.")

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        style.zero_line(axes)
        axes.axvline(-0.5, color=style.QUIET, linewidth=1, linestyle=(0, (3, 3)))
        for side in ("before", "after"):
            own = [point for point in points if (point.time >= 0) == (side == "after")]
            style.bars(axes, [(p.time, *p.band) for p in own if p.band], style.COLOURS[side])
            _dots(axes, own, style.COLOURS[side])
        bounds = [value for point in points for value in (point.share, *(point.band or ()))]
        _limit(axes, bounds)
        axes.yaxis.set_major_formatter(
            FuncFormatter(lambda value, _: percent(value, language, 0, signed=True))
        )
        axes.xaxis.set_major_locator(MaxNLocator(10 if width == "wide" else 6, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, language)))
        axes.set_xlabel(say(TIME_WORDS[brief.study.panel.frequency]))
        axes.annotate(
            say("before"),
            (-0.5, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(-6, 2),
            textcoords="offset points",
            ha="right",
            fontsize=style.SMALL,
            color=style.COLOURS["before"],
        )
        axes.annotate(
            say("since adoption"),
            (-0.5, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(6, 2),
            textcoords="offset points",
            fontsize=style.SMALL,
            color=style.COLOURS["after"],
        )
        axes.grid(axis="x", visible=False)

    return Figure(
        **brief.plate("event_time"),
        title=title,
        caption=say(
            "Change against what was expected. Bars: simultaneous {level} band, which covers all "
            "periods at once. Hollow: fewer than five {regions}, no band.",
            level=percent(brief.headline.level, language, 0),
            regions=brief.regions,
        )
        + reference,
        alt=say(
            "Estimates from {first} to {last} periods since adoption; {outside} of {after} bands "
            "after adoption rule out “no change”.",
            first=number(points[0].time, language),
            last=number(points[-1].time, language),
            outside=outside,
            after=len(after),
        ),
        images=style.render(draw, language, brief.study.simulated),
        table=TableData(
            (
                Column("event_time", say("Periods since adoption"), "end"),
                Column("change", say("Change"), "end"),
                Column("low", say("Band from"), "end"),
                Column("high", say("Band to"), "end"),
                Column("regions", capital(brief.regions), "end"),
            ),
            tuple(_texts(point, language) for point in points),
            tuple(_values(point) for point in points),
        ),
    )


def _limit(axes: Axes, bounds: list[float]) -> None:
    """Room for all values; a band beyond +150 % is cut at the axis, not in the table."""
    low, high = max(min(bounds), -1.0), min(max(bounds), 1.5)
    pad = 0.06 * (high - low)
    axes.set_ylim(low - pad, high + pad)
