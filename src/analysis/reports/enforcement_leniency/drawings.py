"""Pictures and tables of repeats: curves, half-years, other records, and what is held equal."""

from __future__ import annotations

import math

import numpy as np

from analysis.data.frames.cases.repeats import FEWEST_ENDS
from analysis.page.charts.axes import Axis, Reference, share_axis
from analysis.page.charts.histogram import Histogram
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.points import Point, Points
from analysis.page.charts.survival import Curve, Survival
from analysis.page.numbers import number_cell
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.reports.enforcement_leniency.answer import Leniency
from analysis.stats.survival.curves import kaplan_meier
from analysis.verdicts.leniency import BINS_TO_LIMIT, SHIFT

COLOURS = {(1, 1): "vermilion", (1, 0): "purple", (0, 1): "blue", (0, 0): "green"}
CURVE_WORDS = {
    (1, 1): "listed, since the list",
    (1, 0): "listed, before",
    (0, 1): "others, since the list",
    (0, 0): "others, before",
}
BESIDE_WORDS = {"complaints": "Complaints", "inspections": "Visits"}
TERM_WORDS = {"overall": "On the list, since it began", "listed": "Of a listed kind, at any time"}
MOST_POINTS = 150
COEFFICIENT_WORDS = {"name": "What", "value": "Log ratio", "error": "Error", "low": "From",
                     "high": "To"}  # fmt: skip
LEAST_SHARE = 0.02
"""Of a curve's cases still followed, as far as it is drawn."""


def curves(report: Leniency) -> Figure:
    """The share without another yet, of all four, or of both groups."""
    say, cases, found = report.say, report.subject.cases, []
    keys = ["listed", "after"] if report.found.of_list else ["treated"]
    for key, own in sorted(cases.groupby(keys), reverse=True):
        place = (int(key[0]), int(key[1])) if len(keys) > 1 else (1, int(key[0]))
        words = say(CURVE_WORDS[place]) if len(keys) > 1 else report.arms[1 - place[1]]
        one = kaplan_meier(own["duration"].to_numpy(), own["ended"].to_numpy(), report.params.level)
        told = one.at_risk >= max(LEAST_SHARE * len(own), FEWEST_ENDS)
        shown = np.unique(np.linspace(0, told.sum() - 1, MOST_POINTS).astype(int))
        columns = (getattr(one, name)[told][shown] for name in ("time", "share", "low", "high"))
        numbers = (report.may_leave([float(v) for v in column]) for column in columns)
        found.append(Curve(COLOURS[place], words, *numbers))
    along = Axis(
        report.in_full,
        say("Days since the case") if report.found.of_list else report.name("duration"),
        key="time",
        digits=1,
        role="number",
    )
    up = share_axis(report.language, say("Share without another yet"))
    return Survival(tuple(found), along, up, say("Group")).figure(
        **report.plate("curves"),
        title=say("Without another yet, by group"),
        caption=say(
            "Kaplan–Meier, with ranges at {level}. Where curves lie lower, more came again."
        ),
        alt=say("Share of cases without another yet, over the time since, by group."),
    )


def by_time(report: Leniency) -> Figure | Notes:
    """Listed against others, by half-years from the list's day."""
    say = report.say
    found = [*report.found.by_time()] if report.found.of_list else []
    title = say("Listed against other violations, by half-year from the list's day")
    if not found:
        return report.notes("by_time", title, say("There is no list here."))
    points = tuple(
        Point(place, *report.shares(one), key="claim" if place >= 0 else "other")
        for place, one in found
    )
    before = float(np.expm1(np.mean([one[0] for place, one in found if place < 0] or [0.0])))
    line = Reference(report.may_leave(before), say("Mean before"), dashed=True)
    along = Axis(label=say("Half-years from the list's day"), whole=True, key="half_year",
                 role="number")  # fmt: skip
    up = share_axis(report.language, say("Found again, against others"))
    return Points(points, along, up, (line,),
                  upright=(Reference(-0.5, dashed=True),)).figure(
        **report.plate("by_time"),
        title=title,
        caption=say("Ranges at {level}, each half-year by itself, in the same regions."),
        alt=say("Rate at which listed violations are found again against others, by half-year."),
    )  # fmt: skip


def looks(report: Leniency) -> Figure:
    """The headline beside the second look, the made-up day and other records."""
    say, found = report.say, report.found
    rows = []
    for words, code, one in (
        (say("Second look"), "second", found.second),
        (say("List's day a year earlier"), "made_up", found.made_up),
        *((say(BESIDE_WORDS[b.key]), b.key, b.ratio) for b in found.beside),
    ):  # fmt: skip
        if one is not None:
            rows.append(Interval(words, *report.shares(one), code=code))
    rows.append(Interval(say("Repeats, as stated"), *report.shares(found.repeats), "headline",
                         code="stated"))  # fmt: skip
    axis = share_axis(report.language, say("Change against others"))
    return Intervals(tuple(rows), axis, (Reference(0.0),), say("Look"), "look").figure(
        **report.plate("looks"),
        title=say("Repeats, and what it rests on"),
        caption=say("The second look at nine in ten, all others at {level}."),
        alt=say("Changes with ranges: repeats as stated, and what it rests on."),
    )


def held_equal(report: Leniency) -> Table:
    """Every coefficient of the headline's model."""
    lines = []
    for one in report.result.estimates:
        key = {"overall": "group", "listed": "listed"}.get(one.name, one.name)
        words = report.arms[0] if one.name == "overall" else report.name(key)
        if report.found.of_list:
            words = report.say(TERM_WORDS[one.name])
        numbers = report.may_leave((one.value, one.standard_error, one.low, one.high))
        cells = (number_cell(value, report.language, 3, 4) for value in numbers)
        lines.append([(words, one.name), *cells])
    return Table(
        **report.plate("held_equal"),
        title=report.say("What is held equal"),
        caption=report.say("Log ratios of rates, or of times, each with the others held equal."),
        data=report.worded(COEFFICIENT_WORDS, lines, ("name",)),
    )


def at_limit(report: Leniency) -> Figure | Notes:
    """Values of goods around the limit up to which a first violation is spared."""
    say, share, limit = report.say, report.found.undervalued, report.params.goods_limit
    title = say("Values of goods at the limit")
    if share is None:
        return report.notes("at_limit", title, say("No limit is asked about, or values are few."))
    cases = report.subject.cases
    values = cases.loc[cases["treated"] == 1, "goods_value_yuan"].dropna()
    width = limit / BINS_TO_LIMIT
    steps = np.arange(-int(str(SHIFT["bins_below"])), int(str(SHIFT["bins_above"])) + 1)
    edges = limit + width * np.append(steps[0] - 1, steps)
    counts = np.histogram(values, edges)[0] / len(values)
    along = Axis(report.number, say("Value of goods, yuan"), key="value",
                 role="number")  # fmt: skip
    line = Reference(limit, say("Limit"), "claim")
    return Histogram(
        tuple(float(v) for v in edges[:-1]),
        tuple(report.may_leave([float(v) for v in counts])),
        along,
        share_axis(report.language, say("Share of listed cases")),
        references=(line,),
    ).figure(
        **report.plate("at_limit"),
        title=say("{share} valued just under the limit beyond a smooth course",
                  share=report.percent(report.may_leave(share)[0])),
        caption=say("First cases of listed kinds since the list; up to the limit they are spared."),
        alt=say("How values of goods are spread around the limit of {limit} yuan."),
    )  # fmt: skip


def truth(report: Leniency) -> Table | Notes:
    """Repeats and undervalued goods beside what simulated data were made with."""
    known, held, say = truths(report.data), [], report.say
    if "leniency" in known and report.found.of_list:
        logs = (math.log1p(value) for value in report.effect)
        words = say("Found again, on the list since it began")
        held.append(Held("leniency", words, known["leniency"], *logs))
    if "undervalued" in known and report.found.undervalued:
        shares = (known["undervalued"], *report.may_leave(report.found.undervalued))
        logs = (math.log1p(value) for value in shares)
        words = say("Valued just under the limit")
        held.append(Held("undervalued", words, *logs, share=True))
    return truth_table(report, say("Of the list"), held, say("Change or share"))
