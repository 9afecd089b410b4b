"""Figures of a report on ratings: shares of variance, the funnel of the rated, and records."""

from __future__ import annotations

import numpy as np

from analysis.data.frames.routes import INFLUENCED, OTHERS
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis
from analysis.page.charts.bars import Bar, Bars
from analysis.page.plates import Figure, Notes
from analysis.page.shared.by_time import event_panels
from analysis.page.shared.rated import points_table, unnamed_funnel
from analysis.page.wording import joined
from analysis.reports.service_assessment.answer import Ratings

SOURCE_WORDS = {
    "rated": "which {one_rated} it is of",
    "rater": "how strict the one who rates is",
    "rated × rater": "how the two get on",
    "rest": "who rates, the day, and what else",
    "dimension": "which item it is",
    "one dimension": "that item alone",
}
MET_WORDS = {"rest": "the day, and what else"}
"""Where raters rated several."""
ROUTE_WORDS = {INFLUENCED: "By telephone and in person", OTHERS: "On the platform and by letter"}
HIDDEN_WORDS = {
    "left_out": "Not shown, with too few raters: {n}.",
    "undrawn": "Not shown, for lack of room: {n}.",
}
FAR = 8
"""Periods before and since the start that are drawn."""


def split(report: Ratings) -> Figure | Notes:
    """What the variance of one score is made of."""
    say, parts = report.say, report.worth.split
    if not parts:
        return report.notes(
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
        return report.notes(
            "funnel",
            say("Scores by number"),
            say("Too few {rated} have enough raters: none is shown.")
            if report.ratings.raters_known
            else say("How many rated each of the {rated} is not known: none is shown."),
        )
    beyond = (np.abs(found.score - found.middle) > found.margin(0.95, found.raters)).mean()
    numbers = {"n": report.number(len(found.score)), "share": report.percent(float(beyond), 0)}
    return unnamed_funnel(report, found).figure(
        **report.plate("funnel"),
        title=say("{share} of {n} points lie outside the inner band; chance alone would leave 5%",
                  **numbers),
        caption=joined(
            report.language,
            say(
                "Last round. Bands: where 95% and 99.8% would lie if all were alike. The range of "
                "the middle {one_rated} among all spans {spread} of the places: there is no order "
                "to print.",
                spread=report.percent(float(np.median(found.spread)), 0),
            ),
            *(
                say(words, n=report.number(getattr(found, key)))
                for key, words in HIDDEN_WORDS.items()
                if getattr(found, key)
            ),
        ),
        alt=say(
            "Scatter of {n} points without names: how many rated across, mean score upwards, with "
            "limits that narrow from left to right.",
            **numbers,
        ),
        table=points_table(report, found),
    )  # fmt: skip


def records(report: Ratings) -> Figure | Notes:
    """Complaints that officers record themselves, beside the others, by time since the start."""
    say, found = report.say, report.routes
    if not found:
        return report.notes(
            "records",
            say("What officers record"),
            say("Complaints by the way they came are not in these data, or of too few regions."),
        )
    panels = {
        say(ROUTE_WORDS[route]): [
            row for row in found[route].series["by_event_time"] if abs(row["event_time"]) <= FAR
        ]
        for route in (INFLUENCED, OTHERS)
    }
    chart, _ = event_panels(report, report.params.period, panels, say("Complaints"))
    first, second = report.moved(INFLUENCED), report.moved(OTHERS)
    return chart.figure(
        **report.plate("records"),
        title=say("By telephone and in person {first}, on the platform {second}", first=first,
                  second=second),
        caption=say(
            "Change against what {regions} that start later or never lead to expect, by period "
            "since the start. Who complains by telephone may be others than who writes to a "
            "platform: these data do not tell."
        ),
        alt=say("Two series of points by period since the start: {first} and {second} on average.",
                first=first, second=second),
    )  # fmt: skip
