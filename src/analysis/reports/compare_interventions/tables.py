"""Tables of a comparison of interventions: evidence, overlap, pairs together, and reporting."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.page.charts.axes import Cell
from analysis.page.numbers import number_cell
from analysis.page.plates import Notes, Table
from analysis.page.shared.evidence import Evidence, evidence_table
from analysis.page.shared.log_points import RANGE_WORDS
from analysis.page.shared.mixes import mixes_table
from analysis.page.shared.truth import Held, truth_table
from analysis.page.wording import capital
from analysis.reports.compare_interventions.answer import Interventions

TWO_WORDS = {"first": "First", "second": "Second"}
OVERLAP_WORDS = {
    "first_only": "First alone",
    "second_only": "Second alone",
    "both": "Both",
    "first_earlier": "First came first",
    "second_earlier": "Second came first",
    "periods_together": "Periods together",
}
TOGETHER_WORDS = {
    "first_alone": "First alone",
    "second_alone": "Second alone",
    "added": "Both, if they added up",
    "both": "Both",
    "low": "Beyond adding up, from",
    "high": "Beyond adding up, to",
}


def evidence(report: Interventions) -> Table:
    """A column an intervention: effect and range, certainty with its reasons, and cost."""
    doses = {estimate.name: estimate.value for estimate in report.result.estimates}
    effects = [
        Evidence(report.named(one.name), one, doses.get(f"{one.name} per dose"),
                 report.panel.costs.get(one.name))
        for one in report.findings
    ]  # fmt: skip
    # The figure above it has the finding as its title; two parts of a page have no name in common.
    title = report.say("{count} interventions: effects, certainty, what could be wrong")
    return evidence_table(report, effects, title)


def overlap(report: Interventions) -> Table:
    """Who has which of two, which came first, and how long both were in force."""
    say, rows = report.say, report.result.series["overlap"]
    share = report.percent(max(row["share"] for row in rows), 0)
    lines = (
        [*_two(report, row), *(number_cell(row[key], report.language) for key in OVERLAP_WORDS)]
        for row in rows
    )
    return Table(
        **report.plate("overlap"),
        title=say(
            "Of any two, up to {share} of the adopters of the rarer one had the other as well",
            share=share,
        ),
        caption=say(
            "Numbers of {regions}; periods are those of all {regions} together. Only {regions} "
            "with exactly one of two tell them apart."
        ),
        data=report.worded(TWO_WORDS | OVERLAP_WORDS, lines, TWO_WORDS),
    )


def _two(report: Interventions, row: Mapping[str, str]) -> list[Cell]:
    return [(report.named(row[key]), row[key]) for key in ("first", "second")]


def interactions(report: Interventions) -> Table | Notes:
    """Two by two: each alone, both as if they added up, and both as they are."""
    say, rows = report.say, report.result.series["interactions"]
    if not rows:
        point = say(
            "What two of them do together is not estimated: too few {regions} have both, or "
            "one without the other, or the parameters ask for none."
        )
        return report.notes("interactions", say("Together"), point)
    apart = sum(row["low"] > 0 or row["high"] < 0 for row in rows)
    text = (
        "In {n} of {told} pairs the two together do something else than add up"
        if len(rows) > 1
        else "The two together do something else than add up"
    )
    lines = (
        [*_two(report, row), *report.cells(row[key] for key in TOGETHER_WORDS)] for row in rows
    )
    return Table(
        **report.plate("interactions"),
        title=say(text, n=report.number(apart), told=report.number(len(rows)))
        if apart
        else say("Of no pair is it seen that the two together do anything but add up"),
        caption=say(
            "Changes against what was expected with neither; ranges at {level}, for every pair "
            "here at once (Holm)."
        ),
        data=report.worded(TWO_WORDS | TOGETHER_WORDS, lines, TWO_WORDS),
    )


def reporting(report: Interventions) -> Table | Notes:
    """Whether who complains, how, and with what end changed as well."""
    return mixes_table(report, report.interventions, report.findings, report.params.level)


def truth(report: Interventions) -> Table | Notes:
    """Beside each estimate the value that simulated data were made with."""
    truths = report.panel.truth
    held = [
        Held(one.name, capital(report.named(one.name)), truths[one.name],
             *(one.record[key] for key in RANGE_WORDS))
        for one in report.findings
        if one.name in truths
    ]  # fmt: skip
    return truth_table(report, report.say("Intervention"), held)
