"""Pictures and tables of targets: results at the mark, the pace, ends of periods, what follows."""

from __future__ import annotations

import math

import numpy as np

from analysis.data.frames.cases.marks import MARK
from analysis.page.charts.axes import Axis, Cell, Periods, Reference, share_axis
from analysis.page.charts.histogram import Histogram
from analysis.page.charts.lines import Line, Lines
from analysis.page.charts.points import Point, Points
from analysis.page.numbers import number_cell, span
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.reports.target_progress.answer import LAST_MONTH, Progress
from analysis.reports.target_progress.question import FIFTHS

WEEK, YEAR_DAYS = 7, 366
TIMES_WORDS = {"when": "When", "measured": "With a target", "twin": "Without a target"}
AFTER_WORDS = {"what": "What follows a result", "value": "Number", "middle": "Middle half"}


def marks(report: Progress) -> Figure:
    """Results by per cent of their targets, with the course fitted without those at the mark."""
    say, rows = report.say, report.histogram
    window = rows.loc[rows["window"] == 1, "value"]
    part = report.result.options["cases"] / len(report.frame)
    orders = [part * float(row["value"]) for row in report.result.series["by_order"]]
    fewest, most = (report.percent(v) for v in (min(orders), max(orders)))
    return Histogram(
        tuple(rows["value"].astype(float)),
        tuple(rows["count"].astype(float)),
        Axis(report.in_full, say("Per cent of the year's target"), key="reached", role="number"),
        Axis(report.in_full, say("Results: a {region} and year each"), key="results",
             digits=2, role="number"),
        tuple(rows["expected"].astype(float)),
        say("smooth course"),
        (float(window.min()), float(window.max()) + 1),
        (Reference(MARK, say("target"), dashed=True),),
    ).figure(
        **report.plate("marks"),
        title=say("{excess} of results stand just above the target beyond a smooth course"),
        caption=say(
            "Shaded: from where and to where results may have moved; the course holds as many "
            "there as were counted. With smoother or more flexible courses it is {fewest} to "
            "{most}.",
            fewest=fewest,
            most=most,
        ),
        alt=say("Histogram of results by per cent of their target, with a smooth course."),
    )  # fmt: skip


def pace(report: Progress) -> Figure | Notes:
    """The share of the last year's target reached month by month, by fifths of regions."""
    say, months = report.say, report.subject.months
    year = int(report.frame["year"].max())
    own = months[months["month"].dt.year == year]
    table = own.pivot(index="region", columns="month", values="reached").dropna()
    title = say("Pace against the calendar")
    if len(table) < FIFTHS * FIFTHS or table.shape[1] < LAST_MONTH:
        return report.notes("pace", title, say("No year is there month by month."))
    # By their pace half-way, so that the order does not come from the end.
    order = table.iloc[:, LAST_MONTH // 2 - 1].sort_values(kind="stable").index
    fifths = [table.loc[part] for part in np.array_split(order.to_numpy(), FIFTHS)]
    named = (("vermilion", say("slowest fifth"), fifths[0]), ("grey", say("middle fifth"),
             fifths[2]), ("blue", say("fastest fifth"), fifths[-1]))  # fmt: skip
    lines = [Line(key, words, tuple(report.may_leave(part.mean().tolist())))
             for key, words, part in named]  # fmt: skip
    even = tuple((np.arange(LAST_MONTH) + 1) / LAST_MONTH)
    lines.append(Line("cannot_be_checked", say("calendar"), even))
    late, done = (report.percent(v, 0) for v in (lines[0].values[5], lines[0].values[-1]))
    along = Periods(tuple(str(m) for m in table.columns), report.language, say("Month"))
    axis = share_axis(report.language, say("Share of the year's target"))
    return Lines(tuple(lines), along, axis).figure(
        **report.plate("pace"),
        title=say("The slowest fifth had reached {late} half-way and {done} in the end", late=late,
                  done=done),
        caption=say("{Regions} by how much they had reached half-way; means of fifths."),
        alt=say("Paths of the share of the target reached by month, for fifths of {regions}."),
    )  # fmt: skip


def ends(report: Progress) -> Figure | Notes:
    """What comes on a day, week by week of the year, the last days by themselves."""
    say, days = report.say, report.subject.days
    title = say("At the ends of periods")
    if report.year_end is None:
        return report.notes("ends", title, say("Numbers by day are not in these data."))
    mean = float(days["new"].mean())
    left = report._left(days, "Y")
    last = left < report.params.year_end
    place = ((YEAR_DAYS - 1 - left) // WEEK).where(~last, -1)
    points = []
    for week, own in days.groupby(place)["new"]:
        whole = week < 0
        at = YEAR_DAYS - report.params.year_end / 2 if whole else (float(week) + 0.5) * WEEK
        value = report.may_leave(float(own.mean()) / mean)
        points.append(
            Point(at, value, key="vermilion" if whole else "grey", size=7 - 2 * (not whole))
        )
    quarter = report.quarter_end
    second = say(
        "On the last {days} days of the first three quarters it is {times} times as many as on "
        "other days.",
        days=report.number(report.params.quarter_end),
        times=report.number(quarter, 2),
    ) if quarter is not None else ""  # fmt: skip
    return Points(
        tuple(sorted(points, key=lambda p: p.at)),
        Axis(report.in_full, say("Day of the year"), key="day", role="number"),
        Axis(lambda v: report.number(v, 1), say("As a multiple of the year's mean"), key="times",
             low=0.0, digits=3, role="number"),
        (Reference(1.0, say("mean"), dashed=True),),
    ).figure(
        **report.plate("ends"),
        title=say("On the last {days} days of the year come {times} times as many as on others",
                  days=report.number(report.params.year_end),
                  times=report.number(report.year_end, 1)),
        caption=second or say("Each point is a week; the last days stand by themselves."),
        alt=say("Points of what comes on a day, by week of the year, over all {regions}."),
    )  # fmt: skip


def twins(report: Progress) -> Table | Notes:
    """The last month against others, of the indicator and of one that nobody scores."""
    say, both = report.say, report.last_months
    title = say("Measured against unmeasured")
    if both is None:
        return report.notes(
            "twins",
            title,
            say("No indicator without a target is named, or its last months are not there."),
        )
    cells = [number_cell(value, report.language, 2) for value in both]
    name = say("Last month of the year, over a month before it")
    return Table(
        **report.plate("twins"),
        title=say("In the last month {one} times as many with a target, {other} times without",
                  one=report.number(both[0], 2), other=report.number(both[1], 2)),
        caption=say("With a target: {indicator}. Without one: {twin}."),
        data=report.worded(TIMES_WORDS, [[(name, "december"), *cells]], ("when",)),
    )  # fmt: skip


def after(report: Progress) -> Table | Notes:
    """What follows a result: the next target, and revisions."""
    say = report.say
    lines: list[list[Cell]] = []
    if report.ratchet:
        middle, *half = report.ratchet
        low, high = (report.number(v, 2) for v in half)
        lines.append([
            (say("Next year's target, over this result"), "next"),
            number_cell(middle, report.language, 2),
            (span(low, high, report.language) if low != high else low, None),
        ])  # fmt: skip
    if report.back is not None:
        share = report.back / float((report.frame["value"] >= MARK).mean())
        words = say("Of results at the mark or above, below it since they were revised")
        lines.append([(words, "back"), report.share_cell(report.may_leave(share)), ("–", None)])
    if not lines:
        text = say("Neither a next target nor a revision is known.")
        return report.notes("after", say("What follows"), text)
    return Table(
        **report.plate("after"),
        title=say("What follows a result"),
        caption=say(
            "Where the next target is a fixed multiple of this result, to do more this year makes "
            "next year harder."
        ),
        data=report.worded(AFTER_WORDS, lines, ("what",)),
    )


def truth(report: Progress) -> Table | Notes:
    """Estimates beside what simulated data were made with."""
    known, held, say = truths(report.data), [], report.say
    whole = not (report.params.region or report.params.first_period or report.params.last_period)
    found = {"padded": (say("Results filled up to the target"), report.excess)}
    if report.sections:
        found["sections"] = say("Variance of scores between sections"), report.sections
    for name, (words, shares) in found.items():
        if name in known and whole:
            logs = (math.log1p(v) for v in (known[name], *shares))
            held.append(Held(name, words, *logs, share=True))
    return truth_table(report, say("Targets"), held, say("Share"))
