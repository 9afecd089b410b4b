"""Tables of a comparison of interventions: evidence, overlap, pairs together, and reporting."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Cell
from analysis.page.numbers import number_cell, percent_cell
from analysis.page.plates import Column, Notes, Table, TableData
from analysis.page.wording import capital
from analysis.reports.compare_interventions.answer import Effect, Interventions
from analysis.reports.compare_interventions.sentences import EFFECT_WORDS, GRADE_WORDS, reasons
from analysis.stats.panels.own_course import Look, look_at

REPORTING_WORDS = {
    "moved": "shares changed",
    "unmoved": "no change is seen",
    "unknown": "could not be made",
}
MIX_WORDS = {
    "repeat_claimants": "Share from people with five or more earlier records",
    "online_channel": "Share that came in online",
    "upheld": "Share upheld or settled",
}


def change_cells(report: Interventions, values: Iterable[float | None]) -> list[Cell]:
    """Log points as changes in per cent."""
    return [
        percent_cell(None if value is None else math.expm1(value), report.language)
        for value in values
    ]


def range_columns(report: Interventions) -> tuple[Column, ...]:
    """The columns of a change and its range."""
    say = report.say
    return (
        Column("change", say("Change"), "end", NUMBER),
        Column("low", say("Range from"), "end", NUMBER),
        Column("high", say("Range to"), "end", NUMBER),
    )


def _look_cells(report: Interventions, look: Look | None) -> list[Cell]:
    if look is None:
        return [(report.say("cannot be estimated"), None), ("", None), ("", None)]
    return change_cells(report, (look.value, *look.limits(report.params.level)))


def evidence(report: Interventions) -> Table:
    """Intervention by intervention: effect and range, certainty with its reasons, and cost."""
    say, costs = report.say, report.panel.costs
    columns = [
        Column("intervention", say("Intervention")),
        Column("verdict", say("Finding")),
        *range_columns(report),
        Column("certainty", say("Certainty")),
        Column("reasons", say("What could be wrong")),
        Column("regions", capital(report.regions), "end", NUMBER),
        Column("reporting", say("Reporting checks")),
    ]
    if costs:
        columns.append(Column("yuan", say("Cost (yuan)"), "end", NUMBER))
    claimed = sum(effect.verdict.claims for effect in report.effects)
    return Table(
        **report.plate("evidence"),
        title=say(
            "{n} of {count} interventions come with a change in {outcome}",
            n=report.number(claimed),
        ),
        caption=say(
            "Change while in force, the others as they were; ranges at {level}. Certainty and its "
            "reasons follow a rule fixed before the data were read."
        ),
        data=TableData.of(columns, (_evidence_line(report, effect) for effect in report.effects)),
    )


def _evidence_line(report: Interventions, effect: Effect) -> list[Cell]:
    say, verdict, costs = report.say, effect.verdict, report.panel.costs
    moved = "reporting" in verdict.lowered
    made = [look for look in effect.mixes.values() if look is not None]
    found = "moved" if moved else "unmoved" if made else "unknown"
    cells: list[Cell] = [
        (capital(report.named(effect.name)), effect.name),
        (say(EFFECT_WORDS[verdict.key]), verdict.key),
        *change_cells(report, (effect.record[key] for key in ("value", "low", "high"))),
        (say(GRADE_WORDS[grade]) if (grade := verdict.certainty) else "–", grade),
        (reasons(report, effect), None),
        number_cell(effect.record["regions"], report.language),
        (say(REPORTING_WORDS[found]), found),
    ]
    if costs:
        cells.append(number_cell(costs.get(effect.name), report.language))
    return cells


def overlap(report: Interventions) -> Table:
    """Who has which of two, which came first, and how long both were in force."""
    say = report.say
    heads = {
        "first_only": say("First alone"),
        "second_only": say("Second alone"),
        "both": say("Both"),
        "first_earlier": say("First came first"),
        "second_earlier": say("Second came first"),
        "periods_together": say("Periods together"),
        "periods_either": say("Periods of either"),
    }
    rows = report.result.series["overlap"]
    most = max(rows, key=lambda row: float(row["share"]))
    return Table(
        **report.plate("overlap"),
        title=say(
            "Up to {share} of the adopters of one also had another",
            share=report.percent(most["share"], 0),
        ),
        caption=say(
            "Numbers of {regions}; periods are those of all {regions} together. Only {regions} "
            "with exactly one of two tell them apart."
        ),
        data=TableData.of(
            (
                Column("first", say("First")),
                Column("second", say("Second")),
                *(Column(key, head, "end", NUMBER) for key, head in heads.items()),
            ),
            (
                [
                    *((report.named(row[key]), row[key]) for key in ("first", "second")),
                    *(number_cell(row[key], report.language) for key in heads),
                ]
                for row in rows
            ),
        ),
    )


def interactions(report: Interventions) -> Table | Notes:
    """Two by two: each alone, both as if they added up, and both as they are."""
    say, course, names = report.say, report.course, report.panel.interventions
    if not course.pairs:
        return Notes(
            **report.plate("interactions"),
            title=say("Together"),
            points=(
                say(
                    "What two of them do together is not estimated: too few {regions} have both, "
                    "or the parameters ask for none."
                ),
            ),
        )
    lines, apart = [], 0
    for place, (k, m) in enumerate(course.pairs):
        at = len(names) + place
        values = course.headline
        joint = course.joint
        together = joint.clusters_with((joint.active[k] & joint.active[m]).any(axis=1))
        both = look_at(values[:, k] + values[:, m] + values[:, at], together)
        estimate = report.result.estimates[at]
        low, high = (np.nan if v is None else v for v in (estimate.low, estimate.high))
        apart += bool(low > 0 or high < 0)
        lines.append(
            [
                *((report.named(names[one]), names[one]) for one in (k, m)),
                *change_cells(report, (values[0, k], values[0, m], values[0, k] + values[0, m])),
                *change_cells(report, (both.value, low, high)),
            ]
        )
    heads = {
        "first_alone": say("First alone"),
        "second_alone": say("Second alone"),
        "added": say("Both, if they added up"),
        "both": say("Both"),
        "low": say("Beyond adding up, from"),
        "high": say("Beyond adding up, to"),
    }
    text = (
        "In {n} of {all} pairs the two together do something else than add up"
        if apart
        else "In none of {all} pairs is it seen that the two together do anything but add up"
    )
    return Table(
        **report.plate("interactions"),
        title=say(text, n=report.number(apart), all=report.number(len(lines))),
        caption=say("Changes against what was expected with neither; ranges at {level}."),
        data=TableData.of(
            (
                Column("first", say("First")),
                Column("second", say("Second")),
                *(Column(key, head, "end", NUMBER) for key, head in heads.items()),
            ),
            lines,
        ),
    )


def reporting(report: Interventions) -> Table | Notes:
    """Whether who complains, how, and with what end changed as well."""
    say = report.say
    rows = list(report.shifts())
    if not rows:
        return Notes(
            **report.plate("reporting"),
            title=say("Reporting checks"),
            points=(
                say(
                    "These data hold no single records, so a change in how readily events are "
                    "reported cannot be told from a change in events."
                ),
            ),
        )
    moved = sum("reporting" in effect.verdict.lowered for effect in report.effects)
    text = (
        "Reporting checks: shares of records changed with {n} of {count} interventions"
        if moved
        else "Reporting checks: no share of records is seen to change with any intervention"
    )
    return Table(
        **report.plate("reporting"),
        title=say(text, n=report.number(moved)),
        caption=say(
            "If fewer things happened, the mix of records should stay about as it was. Change of "
            "each share while an intervention is in force, the others as they were."
        ),
        data=TableData.of(
            (
                Column("intervention", say("Intervention")),
                Column("share", say("Share of records")),
                *range_columns(report),
            ),
            (
                [
                    (report.named(effect.name), effect.name),
                    (say(MIX_WORDS[mix]), mix),
                    *_look_cells(report, look),
                ]
                for effect, mix, look in rows
            ),
        ),
    )
