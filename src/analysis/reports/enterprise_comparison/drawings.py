"""Pictures and tables of joiners: quarter by quarter, balance, and what the answer rests on."""

from __future__ import annotations

import math

from analysis.page.charts.axes import Axis, Reference, share_axis
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.points import Point, Points
from analysis.page.numbers import mean_decimals, number_cell
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.reports.enterprise_comparison.answer import Joiners

BALANCE_WORDS = {
    "known": "Known before",
    "joiners": "Joiners",
    "all": "All others",
    "alike": "Like ones",
    "gap_all": "Standard deviations apart, all",
    "gap_alike": "Standard deviations apart, like ones",
}
KNOWN_WORDS = {
    "months": "Months on the register",
    "individual": "Share of individual businesses",
    "before": "{Outcome} a year",
}
EFFECT = "{programme}/complaint"
"""By which the truth of simulated data names the effect of joining."""


def by_quarter(report: Joiners) -> Figure | Notes:
    """Joiners against like ones, quarter by quarter from joining."""
    say, found = report.say, report.found.by_quarter
    title = say("Joiners against like ones, by quarter from joining")
    if not found:
        return report.notes("by_quarter", title, say("Too few records by quarter."))
    points = tuple(
        Point(quarter, *report.shares(one), key="claim" if quarter >= 0 else "other")
        for quarter, one in found
    )
    along = Axis(label=say("Quarters from joining"), whole=True, key="quarter", role="number")
    up = share_axis(report.language, say("Change against like ones"))
    lines = (Reference(0.0),)
    edge = (Reference(-0.5, dashed=True),)
    return Points(points, along, up, lines, upright=edge).figure(
        **report.plate("by_quarter"),
        title=title,
        caption=say("Against the time before joining. Bands at {level} hold for all at once."),
        alt=say("Change of {outcome} of joiners against like ones, by quarter from joining."),
    )


def balance(report: Joiners) -> Table:
    """What was known before, of joiners, all others and like ones."""
    say, lines = report.say, []
    for name, numbers in report.found.balance().items():
        cells = (
            number_cell(v, report.language, mean_decimals(v), 4) for v in report.may_leave(numbers)
        )
        lines.append([(say(KNOWN_WORDS[name]), name), *cells])
    return Table(
        **report.plate("balance"),
        title=say("Joiners beside all others, and beside like ones"),
        caption=say("Before joining. Beyond a tenth of a standard deviation they are unlike."),
        data=report.worded(BALANCE_WORDS, lines, ("known",)),
    )


def looks(report: Joiners) -> Figure:
    """The answer beside the second look, the made-up date and those refused."""
    say, found = report.say, report.found
    rows = [
        Interval(words, *report.shares(one), code=code)
        for words, code, one in (
            (say("Second look"), "second", found.second),
            (say("Against those refused"), "refused", found.refused),
            (say("Date made up earlier"), "made_up", found.made_up),
        )
        if one is not None
    ]
    rows.append(Interval(say("As stated"), *report.shares(found.ratio), "headline", code="stated"))
    axis = share_axis(report.language, say("Change against like ones"))
    return Intervals(tuple(rows), axis, (Reference(0.0),), say("Look"), "look").figure(
        **report.plate("looks"),
        title=say("The answer, and what it rests on"),
        caption=say("The second look at nine in ten, all others at {level}."),
        alt=say("Changes with their ranges: as stated, by a second look, and at a made-up date."),
    )


def truth(report: Joiners) -> Table | Notes:
    """Joining beside what simulated data were made with."""
    known, held = truths(report.data), []
    name = EFFECT.format(programme=report.params.programme)
    if name in known and report.params.outcome == "complaint":
        logs = (math.log1p(value) for value in report.shares(report.found.ratio))
        held = [Held(name, report.say("{Outcome} after joining"), known[name], *logs)]
    return truth_table(report, report.say("Joining"), held)
