"""Figures of a comparison of interventions: who had what, effects, paths, and pairs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Periods, Reference
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.lines import Line, Lines
from analysis.page.charts.panels import Panels
from analysis.page.charts.points import Point, Points
from analysis.page.numbers import percent, percent_cell
from analysis.page.plates import Figure
from analysis.page.wording import capital
from analysis.reports.compare_interventions.answer import Interventions
from analysis.reports.compare_interventions.sentences import REFUSED_WORDS
from analysis.reports.compare_interventions.tables import INTERVENTION_WORDS, RANGE_WORDS, data_of

LINE_COLOURS = ("blue", "vermilion", "green", "purple", "grey")
TIME_WORDS = {
    "week": "Weeks since the start",
    "month": "Months since the start",
    "quarter": "Quarters since the start",
    "year": "Years since the start",
}
PAIR_WORDS = {
    "pair": "Pair",
    "value": "Difference",
    "low": "Range from",
    "high": "Range to",
    "plain": "Plain difference",
    "trend_break": "With own slopes",
    "both_share": "Have both",
    "answer": "Answer",
}
CHANGES = ("value", "low", "high", "plain", "trend_break")
STEEPEST = 1.5
"""A rise beyond it is cut at the axis."""
FEW = 5
"""Regions below which an estimate from them alone is not shown."""


def _change(report: Interventions, label: str = "") -> Axis:
    write = partial(percent, language=report.language, signed=True)
    short, head = partial(write, decimals=0), report.say("Change")
    return Axis(short, label, high=STEEPEST, cell=write, key="change", head=head, role=NUMBER)


def _shares(record: Mapping[str, Any], before: str = "") -> tuple[float, Any, Any]:
    """A change and its limits as shares; of the numbers whose keys begin so."""
    keys = (before or "value", *(f"{before}_{end}".strip("_") for end in ("low", "high")))
    value, low, high = (record[key] and math.expm1(record[key]) for key in keys)
    return value or 0.0, low, high


def adoption(report: Interventions) -> Figure:
    """How many regions had each intervention, period by period."""
    say, panel = report.say, report.panel
    along = Periods(panel.periods, report.language, say("Period"))
    flags = panel.frame.groupby("period")[list(panel.interventions)].sum()
    counts = flags.reindex(along.places, fill_value=0).astype(float)
    lines = tuple(
        Line(LINE_COLOURS[k % len(LINE_COLOURS)], report.named(name), tuple(counts[name]))
        for k, name in enumerate(panel.interventions)
    )
    label = say("{Regions} with it")
    return Lines(
        lines, along, Axis(report.in_full, label, whole=True, key="regions", role=NUMBER)
    ).figure(
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
    for finding in report.findings:
        record, name = finding.record, capital(report.named(finding.name))
        rows.append(Interval(name, *_shares(record), "headline", code=finding.name))
        if record["alone"] is not None and record["regions_alone"] >= FEW:
            label, code = say("the same, only {regions} with no other"), f"{finding.name} alone"
            rows.append(Interval(label, *_shares(record, "alone"), hollow=True, code=code))
    lines = (
        [(r.label, r.code), *(percent_cell(v, report.language) for v in (r.value, r.low, r.high))]
        for r in rows
    )
    across = _change(report, say("Change against what was expected"))
    return Intervals(tuple(rows), across, (Reference(0.0),)).figure(
        **report.plate("forest"),
        title=say("A change in {outcome} is claimed for {claims} of {count} interventions"),
        caption=say(
            "Diamonds: all interventions together, each while it is in force and the others as "
            "they were. Hollow: only {regions} that had no other, which are fewer. Lines: likely "
            "ranges at {level}."
        ),
        alt=say(
            "Estimates with ranges for {count} interventions; claimed to go with a change: "
            "{claims}."
        ),
        table=data_of(report, INTERVENTION_WORDS | RANGE_WORDS, lines),
    )


def event_time(report: Interventions) -> Figure:
    """Effects by periods since the start, one panel an intervention."""
    say, panels, ahead = report.say, [], []
    label, head = say(TIME_WORDS[report.panel.frequency]), say("Periods since the start")
    along = Axis(report.in_full, label, whole=True, key="event_time", head=head, role=NUMBER)
    for name in report.panel.interventions:
        points = [
            Point(at, *shares, "before" if at < 0 else "after", shares[1] is None, size=4)
            for record in report.result.series["paths"]
            if record["intervention"] == name and record["value"] is not None
            for at, shares in [(record["event_time"], _shares(record))]
        ]
        ahead += [point for point in points if point.at < 0]
        zero, start = (Reference(0.0),), (Reference(-0.5, dashed=True),)
        chart = Points(tuple(points), along, _change(report), zero, start)
        panels.append((capital(report.named(name)), chart))
    outside = sum((point.low or 0) > 0 or (point.high or 0) < 0 for point in ahead)
    text = (
        "Before the starts {outside} of {ahead} points stand out from no change"
        if outside
        else "Before the starts none of {ahead} points stands out from no change"
    )
    limits = (say("Range from"), say("Range to"))
    told = {"outside": report.number(outside), "ahead": report.number(len(ahead))}
    return Panels(tuple(panels), say("Intervention"), limits).figure(
        **report.plate("event_time"),
        title=say(text, **told),
        caption=say(
            "Change against what was expected, the others as one number each. Bars: band at "
            "{level} over all periods of an intervention. Only periods with at least five "
            "{regions} are shown."
        ),
        alt=say(
            "{count} panels of changes by period since the start: {names}. Before the starts "
            "{outside} of {ahead} points stand out from no change.",
            names=say(", ").join(name for name, _ in panels),
            **told,
        ),
    )


def pairs(report: Interventions) -> Figure:
    """Every pair: how much more the first did than the second, over the family."""
    say, rows, lines = report.say, [], []
    for record in map(_fewer_first, report.result.series["contrasts"]):
        first, second = (report.named(record[key]) for key in ("first", "second"))
        label = say("{first} against {second}", first=capital(first), second=second)
        code = f"{record['first']} - {record['second']}"
        why = say("; ").join(say(REFUSED_WORDS[key]) for key in record["refused"].split())
        answer = say("one did more") if record["stands"] else why or say("cannot tell")
        share = (report.percent(record["both_share"], 0), round(record["both_share"], 4))
        changes = report.cells(record[key] for key in CHANGES)
        lines.append([(label, code), *changes, share, (answer, bool(record["stands"]))])
        if record["value"] is not None:
            key = "headline" if record["stands"] else "other"
            rows.append(Interval(label, *_shares(record), key, not record["stands"], code=code))
    text = (
        "In {stand} of {pairs} pairs one did more than the other"
        if report.standing
        else "In none of {pairs} pairs can we tell which did more"
    )
    empty = Interval(say("no pair can be compared"), 0.0)
    across = _change(report, say("Difference"))
    return Intervals(tuple(rows) or (empty,), across, (Reference(0.0),)).figure(
        **report.plate("pairs"),
        title=say(text),
        caption=say(
            "Change under the first against the second; left of the line fewer. Ranges hold for "
            "all {pairs} pairs at once (Holm). Full: stands also with slopes of their own for "
            "adopters; hollow: does not. The table has the plain difference over all periods and "
            "kinds beside it."
        ),
        alt=say(
            "Differences between {pairs} pairs of interventions with their likely ranges; {stand} "
            "of them stand, also with slopes of their own for adopters."
        ),
        table=data_of(report, PAIR_WORDS, lines),
    )


def _fewer_first(record: Mapping[str, Any]) -> dict[str, Any]:
    """A pair seen from the intervention under which fewer were recorded."""
    if not record["value"] or record["value"] < 0:
        return dict(record)
    swapped = {"first": "second", "second": "first", "low": "high", "high": "low"}
    turned = {key: record[swapped.get(key, key)] for key in record}
    negative = [*CHANGES, "stands"]
    return turned | {key: None if turned[key] is None else -turned[key] for key in negative}
