"""Several effects side by side: direction and range, certainty with its reasons, and cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Cell
from analysis.page.numbers import number_cell
from analysis.page.plates import Column, Table, TableData
from analysis.page.shared.certainty import EFFECT_WORDS, GRADE_WORDS, reasons
from analysis.page.shared.log_points import RANGE_WORDS, LogPoints
from analysis.page.wording import capital, joined
from analysis.verdicts.joint import JointFinding

EVIDENCE_WORDS = {
    "verdict": "Direction",
    **RANGE_WORDS,
    "certainty": "Certainty",
    "reasons": "What could be wrong",
    "regions": "{regions}",
    "reporting": "Reporting checks",
    "per_dose": "For each further unit of dose",
    "yuan": "Cost in all (yuan)",
}
CAPTION_WORDS = {
    "per_dose": "A unit of dose is one of those in which the table of interventions gives it; the "
    "change is beside that of the intervention at its mean dose.",
    "yuan": "Costs are all that the table of costs holds for the {regions} compared; it does not "
    "say over which time.",
}
REPORTING_WORDS = {
    "moved": "shares changed",
    "unmoved": "no change is seen",
    "unknown": "could not be made",
}


@dataclass(frozen=True)
class Evidence:
    """One effect, by its name in a sentence; what a dose adds and what it cost, where known."""

    name: str
    finding: JointFinding
    per_dose: float | None = None
    yuan: float | None = None

    def cells(self, report: LogPoints) -> dict[str, Cell]:
        """A cell for each of the evidence words."""
        say, verdict, record = report.say, self.finding.verdict, self.finding.record
        made = any(look is not None for look in self.finding.mixes.values())
        found = "moved" if "reporting" in verdict.lowered else "unmoved" if made else "unknown"
        inside, grade = record["low"] <= 0 <= record["high"], verdict.certainty
        return {
            "verdict": (say(EFFECT_WORDS[verdict.key]), verdict.key),
            **dict(zip(RANGE_WORDS, report.cells(record[key] for key in RANGE_WORDS), strict=True)),
            "certainty": (say(GRADE_WORDS[grade]) if grade else "–", grade),
            "reasons": (reasons(say, verdict, inside), None),
            "regions": number_cell(record["regions"], report.language),
            "reporting": (say(REPORTING_WORDS[found]), found),
            "per_dose": report.cells([self.per_dose])[0],
            "yuan": number_cell(self.yuan, report.language),
        }


def evidence_table(report: LogPoints, effects: Sequence[Evidence], title: str) -> Table:
    """A column an effect; costs and doses where any has them.

    Side by side, since reasons are sentences: as rows they left three letters to a line.
    """
    say = report.say
    held = {key: any(getattr(e, key) is not None for e in effects) for key in ("per_dose", "yuan")}
    keys = [key for key in EVIDENCE_WORDS if held.get(key, True)]
    cells = [effect.cells(report) for effect in effects]
    columns = (
        Column("what", say("Finding")),
        *(Column(e.finding.name, capital(e.name), role=NUMBER) for e in effects),
    )
    heads = [(capital(say(EVIDENCE_WORDS[key])), key) for key in keys]
    lines = ([head, *(own[head[1]] for own in cells)] for head in heads)
    return Table(
        **report.plate("evidence"),
        title=title,
        caption=joined(
            report.language,
            say(
                "Change while in force, the others as they were; ranges at {level}. Certainty and "
                "its reasons follow a rule fixed before the data were read."
            ),
            *(say(CAPTION_WORDS[key]) for key, given in held.items() if given),
        ),
        data=TableData.of(columns, lines),
    )
