"""Whether the mix of records changed as well: what every page says that looks at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.page.plates import Notes, Table
from analysis.page.shared.log_points import RANGE_WORDS, LogPoints
from analysis.page.voice import Voice
from analysis.verdicts.joint import JointFinding

MIX_WORDS = {
    "repeat_claimants": "Share from people with five or more earlier records",
    "online_channel": "Share that came in online",
    "upheld": "Share upheld or settled",
}
MIX_HEAD_WORDS = {"intervention": "Intervention", "share": "Share of records", **RANGE_WORDS}


def without_records(voice: Voice) -> Notes:
    """That there are no single records to tell it from."""
    say = voice.say
    point = say(
        "These data hold no single records, so a change in how readily events are reported "
        "cannot be told from a change in events."
    )
    return Notes(**voice.plate("reporting"), title=say("Reporting checks"), points=(point,))


def chance_sentence(voice: Voice, looked: int, level: float) -> str:
    """How often one of so many ranges leaves out no change where nothing changed, at most."""
    most = min(looked * (1 - level), 1.0)
    text = (
        "Where nothing changed, at least one of {looked} ranges would still leave out “no change” "
        "in up to {most} of studies."
        if looked > 1
        else "Where nothing changed, the range would still leave out “no change” in {most} of "
        "studies."
    )
    return voice.say(text, looked=voice.number(looked), most=voice.percent(most, 0))


def mixes_table(
    report: LogPoints, names: Mapping[str, str], findings: Iterable[JointFinding], level: float
) -> Table | Notes:
    """How each share of records changed with each of several interventions.

    Parameters
    ----------
    names: of interventions in a sentence, by key.
    """
    say, lines, moved, looked = report.say, [], 0, 0
    for finding in findings:
        moved += "reporting" in finding.verdict.lowered
        for mix, look in finding.mixes.items():
            ends = look.limits(level) if look else (None, None)
            looked += look is not None
            cells = report.cells([look.value if look else None, *ends])
            name = (names[finding.name], finding.name)
            lines.append([name, (say(MIX_WORDS[mix]), mix), *cells])
    if not lines:
        return without_records(report)
    text = (
        "Reporting checks: with {n} of {count} interventions the range of a share leaves out “no "
        "change”"
        if moved
        else "Reporting checks: no share of records is seen to change with any intervention"
    )
    return Table(
        **report.plate("reporting"),
        title=say(text, n=report.number(moved)),
        caption=say(
            "If fewer things happened, the mix of records should stay about as it was. Change of "
            "each share while an intervention is in force, the others as they were, in per cent of "
            "that share. {chance}",
            chance=chance_sentence(report, looked, level),
        ),
        data=report.worded(MIX_HEAD_WORDS, lines, ("intervention", "share")),
    )
