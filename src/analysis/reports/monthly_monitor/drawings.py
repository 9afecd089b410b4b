"""Pictures and tables of a month: who lies apart, the course so far, flags before, breaks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import scipy

from analysis.disclosure.estimates import three_digits
from analysis.disclosure.gate import COUNT, DERIVED, NUMBER
from analysis.page.charts.axes import Axis, Cell, Periods, Reference
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.lines import Line, Lines, Shade
from analysis.page.numbers import date, number_cell, percent_cell, period
from analysis.page.plates import Column, Figure, Notes, Table, TableData
from analysis.page.shared.protection import withheld_rows
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.page.wording import capital
from analysis.reports.monthly_monitor.answer import HIGH, LOW, WITHIN, Monitor
from analysis.stats.forecasts.edition import BACK

STANDING_WORDS = {HIGH: "flagged, more", LOW: "flagged, fewer", WITHIN: "not flagged"}
"""One outside its own range need not be flagged: of many, some lie there by chance."""
CHANGE_WORDS = {"name": "Name", "now": "Now", "before": "A month before"}
BREAK_WORDS = {"day": "Since", "what": "What changed", "where": "Where",
               "step": "Step, all together", "low": "Range from", "high": "Range to"}  # fmt: skip
MOST = 20
"""Series drawn; all stand in the table."""


def apart(report: Monitor) -> Figure:
    """Each series beside where it should lie, those farthest from it first."""
    say, found = report.say, report.now
    told = [int(i) for i in np.argsort(found.adjusted, kind="stable") if report.told[int(i)]]
    first = [i for i in told if report.standing(i) != WITHIN or i == report.focus]
    order = [*first, *(i for i in told if i not in first)][:MOST]
    rows = []
    for place in order:
        limits = (found.low[place], found.high[place])
        numbers = [float(v / found.mean[place]) for v in (found.count[place], *limits)]
        value, low, high = three_digits(numbers) if report.recorded else numbers
        rows.append(Interval(report.name(place), value, low, high, _colour(report, place)))
    axis = Axis(
        lambda v: report.percent(v, 0), say("Recorded, out of what was expected"), role=NUMBER
    )
    chart = Intervals(tuple(rows), axis, (Reference(1.0, say("expected")),), say("Name"))
    left = len(found.count) - len(rows)
    return chart.figure(
        **report.plate("apart"),
        title=say("{month}: flagged {flags} of {told} {series}")
        if report.flagged(HIGH) or report.flagged(LOW)
        else say("{month}: none of {told} {series} lies farther off than chance can explain"),
        caption=say(
            "Dots: recorded. Bars: where {level} would lie had each gone on as before. Of very "
            "many, some lie outside by chance; flagged are those farther off than that. The "
            "farthest first; {left} more stand in the table or are withheld.",
            left=report.number(left),
        ),
        alt=say("Recorded {outcome} out of what was expected, with ranges, for {n} {series}.",
                n=report.number(len(rows))),
        table=_everyone(report),
    )  # fmt: skip


def _colour(report: Monitor, place: int) -> str:
    return {HIGH: HIGH, LOW: LOW}.get(report.standing(place), "other")


def _everyone(report: Monitor) -> TableData:
    """Every series with what it recorded and its range; of categories, out of what was expected."""
    say, found, language = report.say, report.now, report.language
    head = capital(report.region) if report.params.by == "region" else say("Category")
    shares = report.recorded
    first = Column("recorded", say("Recorded"), "end", NUMBER if shares else COUNT)
    heads = {"expected": say("Expected"), "low": say("Range from"), "high": say("Range to")}
    derived = [
        Column(key, words, "end", NUMBER if shares else DERIVED)
        for key, words in heads.items()
        if not (shares and key == "expected")
    ]
    last = Column("standing", say("Standing"), role=NUMBER if shares else DERIVED)
    columns = [Column("name", head, role=NUMBER), first, *derived, last]
    lines: list[list[Cell]] = []
    for place, code in enumerate(report.subject.counts.index):
        mean = found.mean[place]
        numbers = [found.count[place], mean, found.low[place], found.high[place]]
        cells: list[Cell]
        if shares:
            own = three_digits([float(v / mean) for v in numbers if v is not mean])
            cells = [(report.percent(v), round(v, 4)) for v in own]
        else:
            cells = [number_cell(float(v), language, int(i == 1), 1) for i, v in enumerate(numbers)]
            cells[0] = (cells[0][0], int(numbers[0]))
        stand = report.standing(place)
        name: Cell = (report.name(place), str(code))
        lines.append([name, *cells, (say(STANDING_WORDS[stand]), stand)])
    table = replace(TableData.of(columns, lines), protected=report.subject.protected)
    return withheld_rows(table, np.flatnonzero(~report.told).tolist(), report)


def path(report: Monitor) -> Figure:
    """The course so far, with ranges for the last year: of the region asked about, or of all."""
    say, given, found = report.say, report.subject, report.now
    place, shown = report.focus, given.counts.columns
    nowhere = np.full(len(shown), np.nan)
    if place is None:
        values = given.total.to_numpy(float)
        low, high = found.course.limits(report.params.level)
        whose = say("All together")
    else:
        values = np.where(given.withheld[place], np.nan, given.counts.iloc[place].to_numpy(float))
        low, high = nowhere.copy(), nowhere.copy()
        low[: given.judged + 1] = found.forecasts.low[place]
        high[: given.judged + 1] = found.forecasts.high[place]
        whose = report.name(place)
    low[: given.judged - BACK], high[: given.judged - BACK] = np.nan, np.nan
    periods = Periods(tuple(map(str, shown)), report.language, say("Month"))
    ends = (say("Range from"), say("Range to"))
    band = Shade(say("Range from the months before"), tuple(low), tuple(high), ends)
    up = Axis(report.in_full, capital(report.outcome), whole=True, role=COUNT)
    line = Line("headline", say("recorded"), tuple(map(float, values)))
    chart = Lines((line,), periods, up, shades=(band,))
    title = say("{whose}: {outcome} by month, and where they were expected", whose=whose)
    return chart.figure(
        **report.plate("path"),
        title=title,
        caption=say(
            "Shaded: where {level} of months would lie by the months before each. {late}",
            late=say("Records of {late} still come in.") if given.late else "",
        ),
        alt=say("{whose}: recorded by month, with the expected range of the last year shaded.",
                whose=whose),
        table=replace(chart.table(), protected=given.protected),
    )  # fmt: skip


def changes(report: Monitor) -> Table | Notes:
    """What is flagged now, and what was a month before."""
    say, before = report.say, report.before
    title = say("Since the edition of a month before")
    if before is None:
        text = say("A month before, recording had just changed: nothing was judged then.")
        return report.notes("changes", title, text)
    seen = report.told & ~report.subject.withheld[:, report.subject.judged - 1]
    either = [i for i in np.flatnonzero(seen).tolist()
              if report.standing(i) != WITHIN or report.standing(i, before) != WITHIN]  # fmt: skip
    if not either:
        return report.notes("changes", title, say("Nothing was flagged then, and nothing is now."))
    lines = []
    for place in either:
        stands = [report.standing(place), report.standing(place, before)]
        cells = [(say(STANDING_WORDS[one]), one) for one in stands]
        lines.append([(report.name(place), str(report.subject.counts.index[place])), *cells])
    return Table(
        **report.plate("changes"),
        title=title,
        caption=say("Worked out again from the data of today: what came in late since is in both."),
        data=report.worded(CHANGE_WORDS, lines, ("name", "now", "before")),
    )


def breaks(report: Monitor) -> Table | Notes:
    """Where recording changed within the history, and by how much."""
    say, given, language = report.say, report.subject, report.language
    lines = []
    for place, one in enumerate((*given.steps, *given.local)):
        own = report.description.words.get(one.what)
        words = own.of(language) if own else one.what
        where = report.place if place < len(given.steps) else say("some {regions}")
        limits = _step(report, place) if place < len(given.steps) else (None, None, None)
        cells = [percent_cell(None if v is None else math.expm1(v), language) for v in limits]
        day = str(one.first_day.date())
        lines.append([(date(day, language), day), (words, one.what), (where, one.region), *cells])
    title = say("Where recording changed")
    if not lines:
        text = say("No change of recording is declared within these months (table breaks).")
        return report.notes("breaks", title, text)
    return Table(
        **report.plate("breaks"),
        title=title,
        caption=say(
            "A step that all share is estimated, and each forecast holds it; where some changed "
            "alone, only months recorded alike tell of them. A step is a change in the records, "
            "from whatever cause."
        ),
        data=report.worded(BREAK_WORDS, lines, ("day", "what", "where")),
    )


def _step(report: Monitor, place: int) -> tuple[float, float, float]:
    value, error = report.now.course.steps[place]
    reach = error * float(
        scipy.stats.t.ppf(0.5 + report.params.level / 2, report.now.course.degrees)
    )
    return value, value - reach, value + reach


def entered_so_far(report: Monitor) -> list[tuple[str, float, float, float]]:
    """Of each late month, in log points, what is there of what was expected, with its range."""
    given, course = report.subject, report.now.course
    rows = []
    for place in range(given.judged + 1, given.counts.shape[1]):
        low, high = (math.log(one[place]) for one in course.limits(report.params.level))
        there = math.log(max(float(given.total.iloc[place]), 0.5))
        value = there - float(course.log_mean[place])
        name = period(str(given.counts.columns[place]), report.language)
        rows.append((name, value, there - high, there - low))
    return rows


def truth(report: Monitor) -> Table | Notes:
    """The step and the share entered beside what simulated data were made with."""
    known, held, say = truths(report.data), [], report.say
    if "merged" in known and len(report.subject.steps) == 1:
        words = say("Step in the records, July 2021")
        held.append(Held("merged", words, known["merged"], *_step(report, 0)))
    late = entered_so_far(report)
    if known.get("entered") and len(late) == report.params.late_months > 0:
        name, *limits = late[-1]
        less = say("Entered so far, less than expected: {month}", month=name)
        held.append(Held("entered", less, math.log(known["entered"]), *limits))
    return truth_table(report, say("What is estimated"), held)
