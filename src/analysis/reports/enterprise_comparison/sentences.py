"""What a report on joiners of a programme says."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.page.plates import Notes, Summary
from analysis.page.shared.certainty import CERTAINTY_WORDS, GRADED_WORDS
from analysis.page.shared.provenance import reading_sentences
from analysis.page.wording import joined
from analysis.reports.enterprise_comparison.answer import Joiners
from analysis.verdicts.rule import GRADES

VERDICT_WORDS = {**GRADED_WORDS}
ANSWER_WORDS = {
    "fewer": "**{Outcome} about enterprises that joined: {value} in the {months} months after, "
    "against like ones** (likely range {likely}).",
    "more": "**{Outcome} about enterprises that joined: {value} in the {months} months after, "
    "against like ones** (likely range {likely}).",
    "too_small_to_matter": "**Joining made no difference that matters:** the likely range for "
    "{outcome}, {likely}, lies within ±{smallest}.",
    "cannot_tell": "**We cannot tell whether joining changes anything.** The best estimate for "
    "{outcome} is {value}, the likely range {likely}.",
}
NAMED_WORDS = {"type": "type", "industry": "industry", "station": "station", "age": "age"}


def summary(report: Joiners) -> Summary:
    """The answer first, and what would tell more."""
    say, verdict = report.say, report.found.verdict
    points = (
        say(ANSWER_WORDS[verdict.key]),
        _second(report),
        _refused(report),
        say("Joiners: {joiners}; like ones in the same {regions}, at the same time: {alike}."),
        _power(report),
    )
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict=report.verdict_key,
        verdict_words=say(VERDICT_WORDS[report.verdict_key]),
        number=say("{value}"),
        number_unit=say("joiners against like ones"),
        number_words=say("{Outcome} in the {months} months after, against the {months} before."),
        range_words=say("Likely range at {level}: {likely}."),
        scope={"place": report.place, "period": "", "intervention": report.programme},
        certainty_words=say(CERTAINTY_WORDS[verdict.certainty]),
        certainty=GRADES.index(verdict.certainty),
        grounds=tuple(_grounds(report)),
        limits=tuple(limits(report)),
    )


def _second(report: Joiners) -> str:
    if report.found.second is None:
        return ""
    told = report.spoken(report.shares(report.found.second))
    return report.say(
        "A second look weighs like ones by how likely they were to join, and predicts their course "
        "from what they were like (doubly robust): {second} (nine in ten: {range}).",
        second=told["value"],
        range=told["likely"],
    )


def _refused(report: Joiners) -> str:
    if report.found.refused is None:
        return ""
    told = report.spoken(report.shares(report.found.refused))
    return report.say(
        "Against the {refusals} that applied and were refused: {against} (likely range {range}).",
        against=told["value"],
        range=told["likely"],
    )


def _power(report: Joiners) -> str:
    """How many more joiners would show what matters."""
    smallest, (_, low, high) = report.params.smallest_effect, report.found.ratio
    times = ((high - low) / 2 / smallest) ** 2
    if times <= 1:
        return ""
    return report.say(
        "For a range of ±{smallest}, about {times} times as many joiners would be needed.",
        times=report.times(times),
    )


def _grounds(report: Joiners) -> Iterator[str]:
    say, found = report.say, report.found
    if found.telling:
        yield say(
            "At a date made up {months} months earlier, by the same comparison: {earlier} (likely "
            "range {range}).",
            **_made_up(report),
        )
    if found.by_refused > 0 and found.verdict.key != "too_small_to_matter":
        yield say("Against those refused the change is to the same side.")


def _made_up(report: Joiners) -> dict[str, str]:
    """The change at the made-up date, in words."""
    found = report.found.made_up
    told = report.spoken(report.shares(found)) if found else {"value": "", "likely": ""}
    return {"earlier": told["value"], "range": told["likely"]}


def limits(report: Joiners) -> Iterator[str]:
    """Why the verdict is not surer."""
    say, found = report.say, report.found
    yield say("Joiners chose to join: what made them may also change what is recorded.")
    if found.passed is None:
        yield say("A date made up earlier could not be looked at.")
    elif not found.passed:
        yield say(
            "A date made up {months} months earlier shows a change, too: {earlier} (likely range "
            "{range}).",
            **_made_up(report),
        )
    elif not found.telling:
        yield say(
            "A date made up {months} months earlier tells little: {earlier} (likely range "
            "{range}).",
            **_made_up(report),
        )
    if found.second is None:
        yield say("The second look could not be made.")
    if found.refused is None:
        yield say("Nobody was refused, or too few to compare with.")
    elif found.refused[1] <= 0 <= found.refused[2]:
        yield say("Against those refused the likely range includes no change.")
    elif found.by_refused < 0:
        yield say("Against those refused the change is to the other side.")
    elif found.verdict.key == "too_small_to_matter":
        yield say("Against those refused the likely range leaves out no change.")


def doubts(report: Joiners) -> str:
    """The same in one line, for the site's table of evidence."""
    return joined(report.language, *limits(report))


def sample(report: Joiners) -> Notes:
    """Who joined, and who they are held against."""
    say = report.say
    names = say(", ").join(say(NAMED_WORDS[name]) for name in report.params.match_on)
    points = (
        say("Joined {programme}, with records on both sides: {joiners} enterprises."),
        say("Others stand in the same region and are alike in: {names}.", names=names)
        if names
        else say("Others stand in the same region; nothing else is matched on."),
        say("Nobody alike was found for {alone} of the joiners: these are left out.")
        if report.subject.alone
        else "",
        say("Like ones may stand beside several joiners, and did not join in the time looked at."),
        *reading_sentences(report, report.data.accounts),
        *report.recorded_sentences(),
        say("No enterprise is named; only rates of many are shown."),
    )
    return report.notes("sample", say("Who joined"), *points)


def certainty(report: Joiners) -> Notes:
    """The rule, and what it cannot see."""
    say = report.say
    points = (
        say(
            "A direction needs the likely range to leave out no change, the second look on the "
            "same side in nine of ten, a date made up earlier that shows none, and no change to "
            "the other side against those refused."
        ),
        say(
            "Certainty is moderate at most: where those refused, who wished to join as well, give "
            "the same side, and where the date made up earlier would have shown as large a change; "
            "else low."
        ),
        say(
            "What would change our mind: places given by lot among applicants, or a line in the "
            "score that nobody can lift a score over."
        ),
    )
    return report.notes("certainty", say("The rule, and what it cannot see"), *points)
