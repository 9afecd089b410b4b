"""Figures of a report on ratings: shares of variance, the funnel of the rated, and records."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from analysis.data.frames.routes import INFLUENCED, OTHERS
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis
from analysis.page.charts.bars import Bar, Bars
from analysis.page.charts.funnel import Band, Funnel
from analysis.page.charts.panels import Panels
from analysis.page.charts.points import Point, Points
from analysis.page.numbers import number_cell
from analysis.page.plates import Column, Figure, Notes, TableData
from analysis.reports.service_assessment.answer import Ratings
from analysis.reports.service_assessment.sentences import nothing

SOURCE_WORDS = {
    "rated": "which {one_rated} it is of",
    "rater": "how strict the one who rates is",
    "rated × rater": "how the two get on",
    "rest": "who rates, and how on that day",
    "dimension": "which item it is",
    "one dimension": "that item alone",
}
MET_WORDS = {"rest": "the day, and what else"}
"""Where raters rated several."""
ROUTE_WORDS = {INFLUENCED: "By telephone and in person", OTHERS: "On the platform and by letter"}


def split(report: Ratings) -> Figure | Notes:
    """What the variance of one score is made of."""
    say, parts = report.say, report.worth.split
    if not parts:
        return nothing(
            report,
            "split",
            say("What is in a score"),
            say("Of means alone it cannot be told what a single score is made of."),
        )
    met = "rater" in parts
    words = SOURCE_WORDS | (MET_WORDS if met else {})
    bars = tuple(
        Bar(say(words[name]), (share,), report.percent(share, 0), name,
            key="blue" if name == "rated" else "")
        for name, share in parts.items()
    )  # fmt: skip
    own = report.percent(parts["rated"], 0)
    return Bars(
        bars,
        (("grey", ""),),
        Axis(lambda v: report.percent(v, 0), say("Share of the variance of a single score"),
             head=say("Share"), key="share", role=NUMBER),
        head=say("Depends on"),
    ).figure(
        **report.plate("split"),
        title=say("Of the variance of a single score {own} depend on the {one_rated}", own=own),
        caption=say(
            "A single score is one {one_rated} in one item by one who rates. A mean over many who "
            "rate keeps the first share whole and thins out the others."
        ),
        alt=say(
            "Bars of shares of the variance of one score; that of the {one_rated} is {own}.",
            own=own,
        ),
    )  # fmt: skip


def funnel(report: Ratings) -> Figure | Notes:
    """The rated as points without names, between the limits of chance."""
    say, found = report.say, report.points
    if found is None:
        return nothing(
            report,
            "funnel",
            say("Scores by number"),
            say("Too few {rated} have enough raters, or who rated is not known: none is shown."),
        )
    sizes = np.linspace(found.raters.min(), found.raters.max(), 40)
    middle, bands = found.middle, []
    for chance, text in ((0.998, "99.8%"), (0.95, "95%")):
        margin = found.margin(chance, sizes)
        bands.append(Band(tuple(sizes), tuple(middle - margin), tuple(middle + margin), text))
    write = partial(report.number, decimals=1)
    low = min(float(found.score.min()), *bands[0].low) - 0.1
    chart = Funnel(
        tuple(Point(float(n), float(v), key="within", size=4)
              for n, v in zip(found.raters, found.score, strict=True)),
        tuple(bands),
        middle,
        write(middle),
        Axis(report.number, say("How many rated"), logarithmic=True, role=NUMBER),
        Axis(write, say("Mean score"), low=low, role=NUMBER),
    )  # fmt: skip
    beyond = (np.abs(found.score - middle) > found.margin(0.95, found.raters)).mean()
    numbers = {"n": report.number(len(found.score)), "share": report.percent(float(beyond), 0)}
    return chart.figure(
        **report.plate("funnel"),
        title=say("{share} of {n} points lie outside the inner band; chance alone would leave 5%",
                  **numbers),
        caption=say(
            "Last round. Bands: where 95% and 99.8% would lie if all were alike. The range of the "
            "middle {one_rated} among all spans {spread} of the places: there is no order to "
            "print. Not shown: {few} with too few raters, {more} for lack of room.",
            spread=report.percent(float(np.median(found.spread)), 0),
            few=report.number(found.left_out),
            more=report.number(found.undrawn),
        ),
        alt=say(
            "Scatter of {n} points without names: how many rated across, mean score upwards, with "
            "limits that narrow from left to right.",
            **numbers,
        ),
        table=_point_table(report),
    )  # fmt: skip


def _point_table(report: Ratings) -> TableData:
    """The points as drawn, in order of their moved scores."""
    say, found = report.say, report.points
    heads = {"raters": say("How many rated"), "score": say("Score, moved"),
             "shrunken": say("Score, shrunken"), "low": say("Range from"),
             "high": say("Range to")}  # fmt: skip
    filled = (
        (Column(key, head, "end", NUMBER),
         [number_cell(float(v), report.language, 2, 2) for v in getattr(found, key)])
        for key, head in heads.items()
    )  # fmt: skip
    return TableData.by_column(*filled)


def records(report: Ratings) -> Figure | Notes:
    """Complaints that officers record themselves, beside the others, by time since the start."""
    say, found = report.say, report.routes
    if not found:
        return nothing(
            report,
            "records",
            say("What officers record"),
            say("Complaints by the way they came are not in these data, or of too few regions."),
        )
    up = Axis(lambda v: report.percent(v, 0, True), say("Change"), key="change", role=NUMBER,
              cell=lambda v: report.percent(v, 1, True))  # fmt: skip
    along = Axis(report.number, say("Periods since the start"), whole=True, key="event_time",
                 role=NUMBER)  # fmt: skip
    panels = []

    def change(log: float | None) -> float | None:
        return None if log is None else math.expm1(log)

    for route in (INFLUENCED, OTHERS):
        rows = [r for r in found[route].series["by_event_time"] if r["value"] is not None]
        points = tuple(
            Point(r["event_time"], math.expm1(r["value"]), change(r["low"]), change(r["high"]),
                  hollow=r["low"] is None, key="early" if route == INFLUENCED else "never")
            for r in rows if abs(r["event_time"]) <= 8
        )  # fmt: skip
        panels.append((say(ROUTE_WORDS[route]), Points(points, along, up)))
    first, second = report.change(INFLUENCED), report.change(OTHERS)
    return Panels(tuple(panels), say("Complaints"), (say("Range from"), say("Range to"))).figure(
        **report.plate("records"),
        title=say("By telephone and in person {first}, on the platform {second}", first=first,
                  second=second),
        caption=say(
            "Change against what {regions} that start later or never lead to expect, by period "
            "since the start. What officers themselves take down and what reaches a platform "
            "come from the same consumers."
        ),
        alt=say("Two series of points by period since the start: {first} and {second} on average.",
                first=first, second=second),
    )  # fmt: skip
