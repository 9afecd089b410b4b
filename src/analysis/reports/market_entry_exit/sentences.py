"""What a report on a register says: what an intervention changed, who stays, what it is not."""

from __future__ import annotations

import math

from analysis.disclosure.store import noise_of
from analysis.page.plates import Notes, Summary
from analysis.page.shared.certainty import CERTAINTY_WORDS, GRADED_WORDS, reasons
from analysis.page.shared.protection import model_sentence
from analysis.page.shared.provenance import sample_points
from analysis.page.wording import capital
from analysis.reports.market_entry_exit.answer import Entries
from analysis.verdicts.rule import GRADES, RULE_LEVEL

VERDICT_WORDS = GRADED_WORDS
ANSWER_WORDS = {
    "fewer": "**With {name}, fewer {outcome} of {kind} than expected: {value}** (likely range "
    "{likely}).",
    "more": "**With {name}, more {outcome} of {kind} than expected: {value}** (likely range "
    "{likely}).",
    "too_small_to_matter": "**With {name}, {outcome} of {kind} changed by too little to matter:** "
    "the likely range, {likely}, lies within ±{smallest}.",
    "cannot_tell": "**We cannot tell whether {name} changed {outcome} of {kind}.** The best "
    "estimate is {value}, the likely range {likely}.",
}


def summary(report: Entries) -> Summary:
    """The answer first: what it changed, then how long entrants stay and what is a register's."""
    say, verdict = report.say, report.main.verdict
    doubts = why(report)
    points = (
        say(ANSWER_WORDS[verdict.key]),
        say(
            "This is the register, not the economy: who registers need not open, and who closes "
            "may stay on it for years."
        ),
        _stay(report),
        say(
            "Of those on it for more than {young} months, {leaving} leave within a year (likely "
            "range {likely_leaving})."
        ),
        _fleeting(report),
        _more(report),
    )
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict=report.verdict_key,
        verdict_words=say(VERDICT_WORDS[report.verdict_key]),
        number=say("{value}"),
        number_unit=say("with it, against expected"),
        number_words=say("{Outcome} of {kind}, {treated} {regions} with {name}, {rest} without."),
        range_words=say("Likely range at {level}: {likely}."),
        scope={"place": report.place, "period": report.numbers["span"],
               "intervention": report.numbers["Name"]},
        certainty_words=say(CERTAINTY_WORDS[verdict.certainty]),
        certainty=GRADES.index(verdict.certainty),
        grounds=tuple(_grounds(report)),
        limits=(capital(doubts) + say("."),) if doubts else (),
    )  # fmt: skip


def why(report: Entries) -> str:
    """Why the verdict is not surer; a register is moved by no readiness to report."""
    name = report.params.placebo_outcome
    placebo = report.words(name).plural(report.language) if name else ""
    return reasons(
        report.say, report.main.verdict, report.main.inside, ("reporting_unknown",), placebo
    )


def _stay(report: Entries) -> str:
    if report.stay is None:
        return ""
    value, likely = report.stay_words
    return report.say(
        "Those that came with {name} in force leave at {ratio} times the rate of others that came "
        "in the same quarter (likely range {rates}). Places are compared as they are, not with "
        "their own past: whatever else differs between them is in it.",
        ratio=value,
        rates=likely,
    )


def _fleeting(report: Entries) -> str:
    if report.fleeting is None:
        return ""
    return report.say(
        "Of those that came, {fleeting} left within {young} months: they count as registrations "
        "all the same."
    )


def _more(report: Entries) -> str:
    """What would be needed to know more, never what to do."""
    found, smallest = report.main.examined.detectable, report.params.smallest_effect
    if found is None:
        return ""
    least, wanted = math.expm1(found), math.log1p(smallest)
    first = report.say("A change of {least} would be found in four of five such studies",
                       least=report.percent(least, 0))  # fmt: skip
    times = (found / wanted) ** 2
    if times <= 1:
        return first + report.say(".")
    return first + report.say("; one of {smallest} needs about {times} times as many {regions}.",
                              times=report.number(math.ceil(times)))  # fmt: skip


def _grounds(report: Entries) -> list[str]:
    """The placebo and the second looks at the headline."""
    say, found, level = report.say, [], report.main.headline.level
    course = report.main.examined.own_course
    for name, words in LOOK_WORDS.items():
        if course and name in course.looks:
            look = course.looks[name]
            low, high = map(math.expm1, look.limits(level))
            found.append(say(words, **report.said(math.expm1(look.value), low, high)))
    return found


LOOK_WORDS = {
    "own_slope": "Had adopters kept the slope they were on: {value} ({likely}).",
    "trend_break": "With a break at the start beside a slope: {value} ({likely}).",
}


def sample(report: Entries) -> Notes:
    """What was counted, from when on."""
    say, study = report.say, report.main.study
    points = [
        say("{Outcome} of {kind}, {span}, by {region}; source: {title}.",
            title=report.description.title.of(report.language)),
        say("Counted from {since} on, since when exits are recorded: of the time before, only "
            "those are on the register that stayed."),
        say("What a region has and when is counted by the day of entry, exit and first dormancy; "
            "entries made later for an earlier day move the last months."),
    ]  # fmt: skip
    if report.params.placebo_outcome:
        name = report.words(report.params.placebo_outcome).plural(report.language)
        points.append(say("Held against it, as what should not move: {placebo}.", placebo=name))
    points += sample_points(report, study.panel.dropped, report.data.accounts)
    points.append(model_sentence(report, study, noise_of(report.data)))
    return report.notes("sample", say("What was counted"), *points)


def certainty(report: Entries) -> Notes:
    """The rule, and what would change our mind."""
    say = report.say
    points = (
        say("The change is judged by the rule for one intervention, its range at {rule}.",
            rule=report.percent(RULE_LEVEL, 0)),
        say("Entrants that stay as long need not be as good: those that came because it was "
            "easier are others than those who would have come anyway."),
        say("What would change our mind: more {regions}, starts drawn by lot, or taxes and "
            "insurance paid by those that came."),
    )  # fmt: skip
    return report.notes("certainty", say("How it is judged"), *points)
