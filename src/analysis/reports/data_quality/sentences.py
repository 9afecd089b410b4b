"""What is said of a dataset: what to see to first, who would take it, what was not looked at."""

from __future__ import annotations

import math

import pandas as pd

from analysis.data.quality.found import Defect
from analysis.page.charts.axes import Axis
from analysis.page.charts.tiles import Heat
from analysis.page.numbers import percent_change, period
from analysis.page.plates import Figure, Notes, Summary, Table
from analysis.page.shared.provenance import reading_sentences
from analysis.reports.data_quality.answer import Checked
from analysis.reports.readiness import ABSENT, READY, REFUSED, Readiness

WHAT_WORDS = {
    "closed_only": "Cases of the last month are all closed ({share} of rows)",
    "duplicates": "Rows that differ in nothing but their number: {share}",
    "gap": "{share} of months without any row, the first {where}",
    "hole": "Months without a row in {regions} that usually have many: in {where} of them",
    "break": "An undeclared jump of {share} from one half-year to the next, in {where}",
    "vanished": "A value that {share} of rows had is no longer there in the last three months",
    "appeared": "A value that {share} of rows have was not there in the first three months",
    "late": "The last month, {where}, against the months before: {share}",
    "heaped": "{share} of numbers are rounded to tens",
    "one_day": "{share} of rows are of one day of the month: {where}",
    "constant": "Every row has the same value",
    "ceiling": "{share} stand at the highest value",
    "blank": "Columns blank in more than a fifth of rows: {where}; here in {share}",
    "letters": "{share} of names hold letters that figures cannot draw",
}
DO_WORDS = {
    "closed_only": "Ask for the export again, open cases included",
    "duplicates": "Ask what a row is; drop twins on reading (duplicates in dataset.yml)",
    "gap": "Ask for the missing months, or begin after them",
    "hole": "Ask these whether they reported; leave them out until then",
    "break": "Ask what changed then, and write it into the table breaks",
    "vanished": "Ask whether words were renamed; map old ones to new ones in dataset.yml",
    "appeared": "Ask whether words were renamed; map old ones to new ones in dataset.yml",
    "late": "Wait, or leave the last months out (last_period)",
    "heaped": "Do not read differences smaller than ten",
    "one_day": "Do not use single days; months are sound",
    "constant": "It tells nothing apart: leave it out of comparisons",
    "ceiling": "Do not rank by it: it does not separate those at the top",
    "blank": "Ask why; who is blank may differ from who is not",
    "letters": "Codes stand in figures; give names in common characters",
}
GRADE_WORDS = {READY: "would run", REFUSED: "refuses", ABSENT: "has no table here"}
DEFECT_WORDS = {"what": "What was found", "table": "One row is", "column": "Column",
                "do": "What to do"}  # fmt: skip
READINESS_WORDS = {"notebook": "Notebook", "grade": "With its usual parameters",
                   "where": "Lacks"}  # fmt: skip
HALF_WORDS = {"1": "{year} H1", "2": "{year} H2"}
NAMED, SHOWN = 3, 40
VERDICT_WORDS = {"sound": "Nothing to see to first", "repair": "See to this first"}


def summary(report: Checked) -> Summary:
    """The answer first: what moves numbers, and who would take the data."""
    say, found = report.say, report.quality
    points = [
        say("**Defects that move numbers and come first: {first}.** To be known beside: {known}.")
        if found.first
        else say("**No defect that moves numbers was found**, of those looked for. To be known: "
                 "{known}."),
        *(what(report, one) + " – " + report.row(one.table) for one in found.first[:NAMED]),
        say("With their usual parameters, {ready} of {judged} notebooks would run on these data."),
    ]  # fmt: skip
    key = "repair" if found.first else "sound"
    return Summary(
        **report.plate("summary"),
        points=tuple(points),
        verdict=key,
        verdict_words=say(VERDICT_WORDS[key]),
        number=say("{first} first") if found.first else say("none first"),
        number_unit="",
        number_words=say("Found in all: {found}; tables looked at: {tables}."),
        range_words=say("Repaired on reading, and counted: {repaired} kinds of damage."),
        scope={"place": report.place},
    )


def what(report: Checked, one: Defect) -> str:
    """A defect in words, with its numbers."""
    where = period(one.where, report.language) if "-" in one.where else one.where
    moved = one.code in ("break", "late")
    share = percent_change(one.share, report.language) if moved else report.percent(one.share)
    return report.say(WHAT_WORDS[one.code], share=share, where=where)


def defects(report: Checked) -> Table | Notes:
    """Everything found, in the order in which to see to it."""
    say, found = report.say, report.quality.defects
    title = say("What was found, and what to do")
    if not found:
        return report.notes("defects", title, say("Nothing was found of what was looked for."))
    lines = [
        [
            (what(report, one), one.code),
            (report.row(one.table), one.table),
            (report.column(one.table, one.column), one.column),
            (say(DO_WORDS[one.code]), None),
        ]
        for one in found[:SHOWN]
    ]
    return Table(
        **report.plate("defects"),
        title=title,
        caption=say("In the order in which to see to it: first what moves numbers."),
        data=report.worded(DEFECT_WORDS, lines, tuple(DEFECT_WORDS)),
    )


def coverage(report: Checked) -> Figure | Notes:
    """Rows of each table by year, out of its mean month: gaps and jumps are seen at once."""
    say, months = report.say, report.quality.months
    title = say("Rows by half-year, out of the table's mean")
    if not months:
        text = say("No table says in which month its rows are from.")
        return report.notes("coverage", title, text)
    halves = {}
    for name, rows in months.items():
        half = [f"{m.year}-{1 if m.month <= 6 else 2}" for m in rows.index]
        halves[name] = rows.groupby(half).mean() / max(float(rows.mean()), 1e-9)
    wide = pd.DataFrame(halves).T.sort_index(axis=1)
    values = tuple(
        tuple(None if math.isnan(v) else float(f"{v:.3g}") for v in row) for row in wide.to_numpy()
    )
    shade = Axis(lambda v: report.percent(v, 0), role="number")
    halves_said = tuple(say(HALF_WORDS[key[-1]], year=key[:-2]) for key in wide.columns)
    chart = Heat(tuple(report.row(name) for name in wide.index), halves_said, values, shade,
                 say("One row is"), say("no rows"))  # fmt: skip
    return chart.figure(
        **report.plate("coverage"),
        title=title,
        caption=say("100%: as many rows a month as over the whole time. Columns: half-years."),
        alt=say("Heat table of {n} tables by half-year: rows a month out of the mean month.",
                n=report.number(len(wide))),
    )  # fmt: skip


def readiness(report: Checked) -> Table:
    """Which notebooks would take the data, and what the others refuse."""
    say = report.say
    order = {READY: 0, REFUSED: 1, ABSENT: 2}
    lines = [
        [
            (one.notebook, one.notebook),
            (say(GRADE_WORDS[one.grade]), one.grade),
            (_because(report, one), None),
        ]
        for one in sorted(report.readiness, key=lambda one: (order[one.grade], one.notebook))
    ]
    return Table(
        **report.plate("readiness"),
        title=say("{ready} of {judged} notebooks would run"),
        caption=say(
            "Each was asked as before a kernel starts, with its usual parameters and the first "
            "names that the dataset holds. With others it may run; analysis check says what would "
            "do."
        ),
        data=report.worded(READINESS_WORDS, lines, tuple(READINESS_WORDS)),
    )


def _because(report: Checked, one: Readiness) -> str:
    """The tables that a notebook lacks, or how many problems it has."""
    if one.grade == ABSENT:
        more = " …" if len(one.tables) > NAMED else ""
        return report.say(", ").join(one.tables[:NAMED]) + more
    return "–" if one.grade == READY else report.say("problems: {n}", n=report.number(one.problems))


def sample(report: Checked) -> Notes:
    """What was read and repaired."""
    say = report.say
    points = [
        say("Tables looked at: {tables}."),
        *reading_sentences(report, report.data.accounts),
        *report.recorded_sentences(),
    ]
    return report.notes("sample", say("What was read"), *points)


def certainty(report: Checked) -> Notes:
    """What was looked for, and how it was tried."""
    say = report.say
    points = (
        say(
            "Looked for: months and {regions} without rows, jumps by half or more that the table "
            "breaks does not declare, last months that lie low, rows that stand twice, exports of "
            "closed cases only, values that come or go, heaps, ceilings, columns that never vary."
        ),
        say(
            "Tried on a simulated province into which each of these was planted: all were found, "
            "and without them no defect that moves numbers was."
        ),
        say(
            "Small faults stay unseen: a jump by less than half, a region with few rows, single "
            "wrong values. Data in which nothing was found may still be wrong."
        ),
    )
    return report.notes("certainty", say("What was looked for"), *points)
