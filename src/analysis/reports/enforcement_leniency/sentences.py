"""What a report on sparing first violations says."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.page.plates import Notes, Summary
from analysis.page.shared.certainty import CERTAINTY_WORDS, GRADED_WORDS
from analysis.page.shared.provenance import reading_sentences
from analysis.page.wording import capital, joined
from analysis.reports.enforcement_leniency.answer import Leniency
from analysis.verdicts.leniency import FOLLOWED
from analysis.verdicts.rule import GRADES

VERDICT_WORDS = {**GRADED_WORDS}
LIST_WORDS = {
    "more": "**What is on the list is found again more often since it began:** {value} against "
    "violations not on it (likely range {likely}).",
    "fewer": "**What is on the list is found again less often since it began:** {value} against "
    "violations not on it (likely range {likely}).",
    "too_small_to_matter": "**The list made no difference to repeats that matters:** the likely "
    "range, {likely}, lies within ±{smallest}.",
    "cannot_tell": "**We cannot tell whether the list brought more repeats.** The best estimate is "
    "{value}, the likely range {likely}.",
}
GROUP_WORDS = {
    "more": "**{One}: {event} came sooner or more often** ({value}, likely range {likely}).",
    "fewer": "**{One}: {event} came later or less often** ({value}, likely range {likely}).",
    "too_small_to_matter": "**{One} and {other} do not differ in a way that matters:** the likely "
    "range, {likely}, lies within ±{smallest}.",
    "cannot_tell": "**We cannot tell whether it matters for {event}.** {One} against {other}: "
    "{value}, likely range {likely}.",
}
BESIDE_WORDS = {
    "complaints": "Complaints about the same enterprises in the {followed} days after a case: "
    "{value} (likely range {likely}), by the same comparison.",
    "inspections": "Visits to the same enterprises in these days: {value} (likely range {likely}). "
    "Where more visit, more is found.",
}


def summary(report: Leniency) -> Summary:
    """The answer first, and what would tell more."""
    say, verdict = report.say, report.found.verdict
    words = LIST_WORDS if report.found.of_list else GROUP_WORDS
    capitals = {"One": capital(report.arms[0])}
    points = (
        say(words[verdict.key], **capitals),
        _second(report),
        *_beside(report),
        _undervalued(report),
        _power(report),
    )  # fmt: skip
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict=report.verdict_key,
        verdict_words=say(VERDICT_WORDS[report.verdict_key]),
        number=say("{value}"),
        number_unit=_unit(report),
        number_words=say("{One}, against {other}.", **capitals),
        range_words=say("Likely range at {level}: {likely}."),
        scope={
            "place": report.place,
            "period": "",
            "intervention": say("Sparing first violations") if report.found.of_list else "",
        },
        certainty_words=say(CERTAINTY_WORDS[verdict.certainty]),
        certainty=GRADES.index(verdict.certainty),
        grounds=tuple(_grounds(report)),
        limits=tuple(limits(report)),
    )


def _unit(report: Leniency) -> str:
    if report.found.by_rates:
        return report.say("rate at which it is found again")
    return report.say("time until {event}")


def _second(report: Leniency) -> str:
    second, say = report.found.second, report.say
    if second is None:
        return ""
    told = report.spoken(report.shares(second))
    told = {"second": told["value"], "range": told["likely"]}
    if report.found.of_list:
        return say(
            "A second look lets listed violations have a slope in time of their own: {second} "
            "(nine in ten: {range}). A direction needs both on one side.",
            **told,
        )
    return say(
        "The other kind of model, as a change of how often it comes: {second} (nine in ten: "
        "{range}). A direction needs both on one side.",
        **told,
    )


def _beside(report: Leniency) -> Iterator[str]:
    for one in report.found.beside:
        told = report.spoken(report.shares(one.ratio))
        yield report.say(BESIDE_WORDS[one.key], followed=report.number(FOLLOWED), **told)


def _undervalued(report: Leniency) -> str:
    if report.found.undervalued is None:
        return ""
    value, low, high = report.may_leave(report.found.undervalued)
    return report.say(
        "Goods valued just under the limit of {limit} yuan beyond a smooth course: {share} of "
        "listed cases since the list ({low} to {high}).",
        share=report.percent(value),
        low=report.percent(low),
        high=report.percent(high),
    )


def _power(report: Leniency) -> str:
    """How many more repeats would show what matters."""
    smallest, (_, low, high) = report.params.smallest_effect, report.found.repeats
    times = ((high - low) / 2 / smallest) ** 2
    if times <= 1:
        return ""
    return report.say(
        "For a range of ±{smallest}, about {times} times as many repeats would have to be known.",
        times=report.times(times),
    )


def _grounds(report: Leniency) -> Iterator[str]:
    say = report.say
    if report.found.of_list and report.found.telling:
        yield say(
            "At a list's day made up a year earlier, by the same comparison: {earlier} (likely "
            "range {range}).",
            **_made_up(report),
        )
    if report.found.of_list:
        yield say("Listed and other violations are compared in the same regions and times.")


def _made_up(report: Leniency) -> dict[str, str]:
    """The change at the made-up day, in words."""
    found = report.found.made_up
    told = report.spoken(report.shares(found)) if found else {"value": "", "likely": ""}
    return {"earlier": told["value"], "range": told["likely"]}


DISTURBED_WORDS = {
    "complaints": "Complaints about the same enterprises do not go with it.",
    "inspections": "Visits to the same enterprises changed as well: what is found may follow from "
    "how often one looks.",
}


def limits(report: Leniency) -> Iterator[str]:
    """Why the verdict is not surer."""
    say, found = report.say, report.found
    if not found.of_list:
        yield say("Nobody drew lots for the group; only what is in the data is held equal.")
        return
    yield say("Nobody drew lots for what stands on the list.")
    if found.passed is None:
        yield say("A list's day made up earlier could not be looked at.")
    elif not found.passed:
        yield say(
            "A list's day made up a year earlier shows a change, too: {earlier} (likely range "
            "{range}).",
            **_made_up(report),
        )
    elif not found.telling:
        yield say(
            "A list's day made up a year earlier tells little: {earlier} (likely range {range}).",
            **_made_up(report),
        )
    if len(found.beside) < len(BESIDE_WORDS):
        yield say("Not both complaints and visits of the same enterprises could be looked at.")
    for key in found.disturbed if found.verdict.key != "cannot_tell" else ():
        yield say(DISTURBED_WORDS[key])
    if found.verdict.key == "fewer":
        yield say("What is spared may be written down less often: then fewer are found anyway.")
    if found.undervalued and found.undervalued[1] > 0:
        yield say("Goods are valued down to come under the limit: who is spared is chosen.")
    if found.second is None:
        yield say("The second look could not be made.")
    elif found.verdict.key == "cannot_tell" and found.passed is not False:
        yield say("The likely range includes no change, or the second look does not agree.")


def doubts(report: Leniency) -> str:
    """The same in one line, for the site's table of evidence."""
    return joined(report.language, *limits(report))


def sample(report: Leniency) -> Notes:
    """Which cases, and how long they were followed."""
    say, given = report.say, report.subject
    points = [
        say("Followed: {count} {units}, of which {found} were followed by another.",
            measure=report.named("unit").zh_measure),
    ]  # fmt: skip
    if report.found.of_list:
        points.append(
            say(
                "Another is one of the same kind by the same enterprise, found within {days} days; "
                "on the list at some time are {kinds} kinds."
            )
        )
        if given.first_only:
            points.append(say("Only cases recorded as first ones begin; any later one ends them."))
        fines = report.found.round_fines
        if fines:
            points.append(
                say(
                    "Fines in whole thousands: {listed} of those for listed kinds, {others} of "
                    "others. Round fines show custom, not a measure.",
                    listed=report.percent(report.may_leave(fines[0]), 0),
                    others=report.percent(report.may_leave(fines[1]), 0),
                )
            )
        points.append(
            say(
                "Repeats are found ones: what nobody visits, and what is spared and not written "
                "down, is in no record."
            )
        )
    points += [*reading_sentences(report, report.data.accounts), report.note]
    points += report.recorded_sentences()
    points.append(say("Nobody is named; only rates and shares of many are shown."))
    return report.notes("sample", say("The cases"), *points)


def certainty(report: Leniency) -> Notes:
    """The rule, and what it cannot see."""
    say = report.say
    points = (
        say(
            "A direction needs the likely range to leave out no change, the second look on the "
            "same side in nine of ten, and a list's day made up earlier that shows none."
        ),
        say(
            "Certainty is moderate at most: it is low where that day could not be looked at or "
            "would not have shown as large a change, where complaints about the same enterprises "
            "go the other way, where visits to them moved to the same side, where one of these is "
            "not known, or where there is no list."
        ),
        say(
            "What would change our mind: visits at random to spared and fined alike, and a record "
            "of every spared case."
        ),
    )
    return report.notes("certainty", say("The rule, and what it cannot see"), *points)
