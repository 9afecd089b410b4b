"""Figures of a comparison of interventions: who had what, effects, paths, and pairs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Periods, Reference
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.lines import Line, Lines
from analysis.page.charts.panels import Panels
from analysis.page.charts.points import Point, Points
from analysis.page.numbers import percent, percent_cell
from analysis.page.plates import Column, Figure, TableData
from analysis.page.wording import capital
from analysis.reports.compare_interventions.answer import FEW, Interventions
from analysis.reports.compare_interventions.sentences import REFUSED_WORDS
from analysis.reports.compare_interventions.tables import change_cells, range_columns

LINE_COLOURS = ("blue", "vermilion", "green", "purple", "grey")
TIME_WORDS = {
    "week": "Weeks since the start",
    "month": "Months since the start",
    "quarter": "Quarters since the start",
    "year": "Years since the start",
}
STEEPEST = 1.5
"""A rise beyond it is cut at the axis."""


def _share(value: float | None) -> float | None:
    return None if value is None else math.expm1(value)


def _change(report: Interventions, label: str = "") -> Axis:
    write = partial(percent, language=report.language, signed=True)
    head = report.say("Change")
    return Axis(
        partial(write, decimals=0),
        label,
        high=STEEPEST,
        cell=write,
        key="change",
        head=head,
        role=NUMBER,
    )


def adoption(report: Interventions) -> Figure:
    """How many regions had each intervention, period by period."""
    say, panel = report.say, report.panel
    flags = panel.frame.groupby("period")[list(panel.interventions)].sum()
    along = Periods(panel.periods, report.language, say("Period"))
    counts = flags.reindex(along.places, fill_value=0)
    lines = tuple(
        Line(
            LINE_COLOURS[k % len(LINE_COLOURS)], report.named(name), tuple(map(float, counts[name]))
        )
        for k, name in enumerate(panel.interventions)
    )
    label = say("{regions} with it", regions=capital(report.regions))
    chart = Lines(lines, along, Axis(report.in_full, label, whole=True, key="regions", role=NUMBER))
    return chart.figure(
        **report.plate("adoption"),
        title=say("{treated} of {all} {regions} took up at least one of {count} interventions"),
        caption=say(
            "{never} {regions} took up none; they and periods before a start are compared with."
        ),
        alt=say("Lines of the number of {regions} with each of {count} interventions, {span}."),
    )


def forest(report: Interventions) -> Figure:
    """Each intervention jointly, and from regions that had no other."""
    say, rows = report.say, []
    for effect in report.effects:
        record, name = effect.record, capital(report.named(effect.name))
        value, low, high = (_share(record[key]) for key in ("value", "low", "high"))
        rows.append(Interval(name, value or 0.0, low, high, "headline", code=effect.name))
        if record["alone"] is not None and record["regions_alone"] >= FEW:
            value, low, high = (_share(record[f"alone{key}"]) for key in ("", "_low", "_high"))
            label = say("the same, only {regions} with no other")
            code = f"{effect.name} alone"
            rows.append(Interval(label, value or 0.0, low, high, hollow=True, code=code))
    claimed = sum(effect.verdict.claims for effect in report.effects)
    chart = Intervals(
        tuple(rows),
        _change(report, say("Change against what was expected")),
        (Reference(0.0),),
        say("Intervention"),
    )
    return chart.figure(
        **report.plate("forest"),
        title=say(
            "A change in {outcome} is claimed for {n} of {count} interventions",
            n=report.number(claimed),
        ),
        caption=say(
            "Diamonds: all interventions together, each while it is in force and the others as "
            "they were. Hollow: only {regions} that had no other, which are fewer. Lines: likely "
            "ranges at {level}."
        ),
        alt=say(
            "Estimates with ranges for {count} interventions; claimed to go with a change: {n}.",
            n=report.number(claimed),
        ),
        table=_table(report, Column("intervention", say("Intervention")), rows),
    )


def _table(report: Interventions, head: Column, rows: Sequence[Interval]) -> TableData:
    """Rows with a change and its range."""
    names = [(row.label, row.code) for row in rows]
    filled = [[percent_cell(v, report.language) for v in (r.value, r.low, r.high)] for r in rows]
    changes = zip(range_columns(report), zip(*filled, strict=True), strict=True)
    return TableData.by_column((head, names), *changes)


def event_time(report: Interventions) -> Figure:
    """Effects by periods since the start, one panel an intervention."""
    say = report.say
    along = Axis(
        report.in_full,
        say(TIME_WORDS[report.panel.frequency]),
        whole=True,
        key="event_time",
        head=say("Periods since the start"),
        role=NUMBER,
    )
    panels, ahead, outside = [], 0, 0
    for name in report.panel.interventions:
        points = []
        for record in report.result.series["paths"]:
            if record["intervention"] != name or record["value"] is None:
                continue
            low, high, at = _share(record["low"]), _share(record["high"]), record["event_time"]
            key = "before" if at < 0 else "after"
            points.append(
                Point(at, _share(record["value"]) or 0.0, low, high, key, low is None, size=4)
            )
            ahead += at < 0
            outside += at < 0 and ((low or 0) > 0 or (high or 0) < 0)
        chart = Points(
            tuple(points),
            along,
            _change(report),
            (Reference(0.0),),
            (Reference(-0.5, dashed=True),),
        )
        panels.append((capital(report.named(name)), chart))
    text = (
        "Before the starts {outside} of {ahead} points stand out from no change"
        if outside
        else "Before the starts none of {ahead} points stands out from no change"
    )
    counts = {"outside": report.number(outside), "ahead": report.number(ahead)}
    limits = (say("Range from"), say("Range to"))
    return Panels(tuple(panels), say("Intervention"), limits).figure(
        **report.plate("event_time"),
        title=say(text, **counts),
        caption=say(
            "Change against what was expected, the others as one number each. Bars: band at "
            "{level} over all periods of an intervention. Only periods with at least five "
            "{regions} are shown."
        ),
        alt=say("{count} panels of changes by period since the start."),
    )


def pairs(report: Interventions) -> Figure:
    """Every pair: how much more the first did than the second, over the family."""
    say, rows, lines = report.say, [], []
    for record in map(_fewer_first, report.result.series["contrasts"]):
        label = say(
            "{first} against {second}",
            first=capital(report.named(record["first"])),
            second=report.named(record["second"]),
        )
        code = f"{record['first']} - {record['second']}"
        changes = change_cells(report, (record[key] for key in COLUMN_WORDS))
        why = say("; ").join(say(REFUSED_WORDS[key]) for key in record["refused"].split())
        answer = say("one did more") if record["stands"] else why or say("cannot tell")
        share = (report.percent(record["both_share"], 0), round(record["both_share"], 4))
        lines.append([(label, code), *changes, share, (answer, bool(record["stands"]))])
        if record["value"] is not None:
            value, low, high = (_share(record[key]) for key in ("value", "low", "high"))
            key = "headline" if record["stands"] else "other"
            rows.append(
                Interval(label, value or 0.0, low, high, key, not record["stands"], code=code)
            )
    stand = len(report.standing)
    across = _change(report, say("Difference"))
    text = (
        "In {n} of {pairs} pairs one did more than the other"
        if stand
        else "In none of {pairs} pairs can we tell which did more"
    )
    empty = Interval(say("no pair can be compared"), 0.0)
    return Intervals(tuple(rows) or (empty,), across, (Reference(0.0),), say("Pair")).figure(
        **report.plate("pairs"),
        title=say(text, n=report.number(stand)),
        caption=say(
            "Change under the first against the second; left of the line fewer. Ranges hold for "
            "all {pairs} pairs at once (Holm). Full: stands also with slopes of their own for "
            "adopters; hollow: does not. The table has the plain difference over all periods and "
            "kinds beside it."
        ),
        alt=say(
            "Differences between {pairs} pairs of interventions; {n} stand.", n=report.number(stand)
        ),
        table=TableData.of(
            (
                Column("pair", say("Pair")),
                *(Column(key, say(head), "end", NUMBER) for key, head in COLUMN_WORDS.items()),
                Column("both_share", say("Have both"), "end", NUMBER),
                Column("answer", say("Answer")),
            ),
            lines,
        ),
    )


def _fewer_first(record: Mapping[str, Any]) -> dict[str, Any]:
    """A pair seen from the intervention under which fewer were recorded."""
    if not record["value"] or record["value"] < 0:
        return dict(record)
    swapped = {"first": "second", "second": "first", "low": "high", "high": "low"}
    turned = {key: record[swapped.get(key, key)] for key in record}
    negative = [*COLUMN_WORDS, "stands"]
    return turned | {key: None if turned[key] is None else -turned[key] for key in negative}


COLUMN_WORDS = {
    "value": "Difference",
    "low": "Range from",
    "high": "Range to",
    "plain": "Plain difference",
    "trend_break": "With own slopes",
}
