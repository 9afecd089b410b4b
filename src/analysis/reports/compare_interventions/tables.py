"""Tables of a comparison of interventions: evidence, overlap, pairs together, and reporting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Cell
from analysis.page.numbers import number_cell
from analysis.page.plates import Column, Notes, Table, TableData
from analysis.page.shared.certainty import EFFECT_WORDS, GRADE_WORDS
from analysis.page.shared.truth import Held, truth_table
from analysis.page.wording import capital
from analysis.reports.compare_interventions.answer import Interventions
from analysis.reports.compare_interventions.sentences import reasons
from analysis.verdicts.joint import JointFinding

TEXTS = ("intervention", "first", "second", "share", "pair", "verdict", "certainty", "reasons",
         "reporting", "answer", "region", "apart")  # fmt: skip
INTERVENTION_WORDS = {"intervention": "Intervention"}
TWO_WORDS = {"first": "First", "second": "Second"}
RANGE_WORDS = {"value": "Change", "low": "Range from", "high": "Range to"}
SHARE_WORDS = {"share": "Share of records"}
EVIDENCE_WORDS = {
    "verdict": "Direction",
    "value": "Change",
    "low": "Range from",
    "high": "Range to",
    "certainty": "Certainty",
    "reasons": "What could be wrong",
    "regions": "{regions}",
    "reporting": "Reporting checks",
    "per_dose": "Per unit of dose",
    "yuan": "Cost (yuan)",
}
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


def data_of(
    report: Interventions, heads: Mapping[str, str], lines: Iterable[Iterable[Cell]]
) -> TableData:
    """A table with these headings, in English; numbers stand at the end of their columns."""
    named = [(key, capital(report.say(head))) for key, head in heads.items()]
    columns = [
        Column(key, head) if key in TEXTS else Column(key, head, "end", NUMBER)
        for key, head in named
    ]
    return TableData.of(columns, lines)


def evidence(report: Interventions) -> Table:
    """A column an intervention: effect and range, certainty with its reasons, and cost.

    Side by side, since reasons are sentences: as rows they left three letters to a line.
    """
    say, held = report.say, {"yuan": report.panel.costs, "per_dose": report.params.dose}
    cells = [_evidence(report, finding) for finding in report.findings]
    keys = [key for key in EVIDENCE_WORDS if held.get(key, True)]
    columns = (
        Column("what", say("Finding")),
        *(Column(f.name, capital(report.named(f.name)), role=NUMBER) for f in report.findings),
    )
    heads = [(capital(say(EVIDENCE_WORDS[key])), key) for key in keys]
    lines = ([head, *(own[head[1]] for own in cells)] for head in heads)
    return Table(
        **report.plate("evidence"),
        title=say("{claims} of {count} interventions come with a change in {outcome}"),
        caption=say(
            "Change while in force, the others as they were; ranges at {level}. Certainty and its "
            "reasons follow a rule fixed before the data were read."
        ),
        data=TableData.of(columns, lines),
    )


def _evidence(report: Interventions, finding: JointFinding) -> dict[str, Cell]:
    say, verdict, record = report.say, finding.verdict, finding.record
    made = any(look is not None for look in finding.mixes.values())
    found = "moved" if "reporting" in verdict.lowered else "unmoved" if made else "unknown"
    dose = {e.name: e.value for e in report.result.estimates}.get(f"{finding.name} per dose")
    grade = verdict.certainty
    return {
        "verdict": (say(EFFECT_WORDS[verdict.key]), verdict.key),
        **dict(zip(RANGE_WORDS, report.cells(record[key] for key in RANGE_WORDS), strict=True)),
        "certainty": (say(GRADE_WORDS[grade]) if grade else "–", grade),
        "reasons": (reasons(report, finding), None),
        "regions": number_cell(record["regions"], report.language),
        "reporting": (say(REPORTING_WORDS[found]), found),
        "per_dose": report.cells([dose])[0],
        "yuan": number_cell(report.panel.costs.get(finding.name), report.language),
    }


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
        title=say("Up to {share} of the adopters of one also had another", share=share),
        caption=say(
            "Numbers of {regions}; periods are those of all {regions} together. Only {regions} "
            "with exactly one of two tell them apart."
        ),
        data=data_of(report, TWO_WORDS | OVERLAP_WORDS, lines),
    )


def _two(report: Interventions, row: Mapping[str, str]) -> list[Cell]:
    return [(report.named(row[key]), row[key]) for key in ("first", "second")]


def interactions(report: Interventions) -> Table | Notes:
    """Two by two: each alone, both as if they added up, and both as they are."""
    say, rows = report.say, report.result.series["interactions"]
    if not rows:
        point = say(
            "What two of them do together is not estimated: too few {regions} have both, or the "
            "parameters ask for none."
        )
        return Notes(**report.plate("interactions"), title=say("Together"), points=(point,))
    apart = sum(row["low"] > 0 or row["high"] < 0 for row in rows)
    text = (
        "In {n} of {told} pairs the two together do something else than add up"
        if apart
        else "In none of {told} pairs is it seen that the two together do anything but add up"
    )
    lines = (
        [*_two(report, row), *report.cells(row[key] for key in TOGETHER_WORDS)] for row in rows
    )
    return Table(
        **report.plate("interactions"),
        title=say(text, n=report.number(apart), told=report.number(len(rows))),
        caption=say("Changes against what was expected with neither; ranges at {level}."),
        data=data_of(report, TWO_WORDS | TOGETHER_WORDS, lines),
    )


def reporting(report: Interventions) -> Table | Notes:
    """Whether who complains, how, and with what end changed as well."""
    say, lines = report.say, []
    for finding in report.findings:
        for mix, look in finding.mixes.items():
            ends = look.limits(report.params.level) if look else (None, None)
            cells = report.cells([look.value if look else None, *ends])
            name = (report.named(finding.name), finding.name)
            lines.append([name, (say(MIX_WORDS[mix]), mix), *cells])
    if not lines:
        point = say(
            "These data hold no single records, so a change in how readily events are reported "
            "cannot be told from a change in events."
        )
        return Notes(**report.plate("reporting"), title=say("Reporting checks"), points=(point,))
    moved = sum("reporting" in finding.verdict.lowered for finding in report.findings)
    text = (
        "Reporting checks: shares of records changed with {n} of {count} interventions"
        if moved
        else "Reporting checks: no share of records is seen to change with any intervention"
    )
    heads = INTERVENTION_WORDS | SHARE_WORDS | RANGE_WORDS
    return Table(
        **report.plate("reporting"),
        title=say(text, n=report.number(moved)),
        caption=say(
            "If fewer things happened, the mix of records should stay about as it was. Change of "
            "each share while an intervention is in force, the others as they were."
        ),
        data=data_of(report, heads, lines),
    )


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
