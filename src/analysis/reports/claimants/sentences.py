"""What a report on claimants says: the answer, who they are, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from analysis.data.frames.claimants import share_unknown
from analysis.disclosure.store import noise_of
from analysis.page.numbers import percent_change
from analysis.page.plates import Notes, Summary
from analysis.page.shared.certainty import CERTAINTY_WORDS, EFFECT_WORDS, reasons
from analysis.page.shared.protection import model_sentence
from analysis.page.shared.provenance import sample_points
from analysis.page.wording import capital, joined
from analysis.reports.claimants.answer import FREQUENT, OTHER, Claims
from analysis.verdicts.effect import Answered
from analysis.verdicts.rule import GRADES, RULE_LEVEL

VERDICT_WORDS = {
    "fewer_low": "Frequent claimants' share fell, low certainty",
    "fewer_moderate": "Frequent claimants' share fell, moderate certainty",
    "fewer_high": "Frequent claimants' share fell, high certainty",
    "more_low": "Frequent claimants' share rose, low certainty",
    "more_moderate": "Frequent claimants' share rose, moderate certainty",
    "more_high": "Frequent claimants' share rose, high certainty",
    "too_small_to_matter_low": "No difference that matters, low certainty",
    "too_small_to_matter_moderate": "No difference that matters, moderate certainty",
    "too_small_to_matter_high": "No difference that matters, high certainty",
    "cannot_tell": "Cannot tell",
}
ANSWER_WORDS = {
    "fewer": "**With {name}, {outcome} by frequent claimants fell against those by others: "
    "{value}** (likely range {likely}).",
    "more": "**With {name}, {outcome} by frequent claimants rose against those by others: "
    "{value}** (likely range {likely}).",
    "too_small_to_matter": "**With {name}, {outcome} by frequent claimants and by others moved "
    "alike:** the likely range of the difference, {likely}, lies within ±{smallest}.",
    "cannot_tell": "**We cannot tell whether {name} acted on frequent claimants otherwise than on "
    "others.** The best estimate of the difference is {value}, the likely range {likely}.",
}
AGAINST_WORDS = {
    "fewer": "fell against others",
    "more": "rose against others",
    "too_small_to_matter": "too small to matter",
    "cannot_tell": "cannot tell",
}
"""The verdict on frequent claimants against others: it falls where others rise, too."""


def summary(report: Claims) -> Summary:
    """The answer first: one class against the other, each by itself, and who they are."""
    say, main, verdict = report.say, report.main, report.main.verdict
    said = report.said(*main.shares)
    points = (
        say(ANSWER_WORDS[verdict.key], **said),
        _each(report),
        _people(report),
        say(
            "Fewer records make fewer claimants frequent, whoever brought them: had all complaints "
            "of adopters moved alike ({moved}), frequent claimants' share against others would "
            "have come out at {alone} by that alone; a direction is claimed only beyond it. "
            "Turning away frequent claimants alone looks like a fall.",
            moved=percent_change(report.records_alone[0], report.language),
            alone=percent_change(report.records_alone[1], report.language),
        ),
        _more(report),
        say(
            "This is about {treated} {regions} with {name} and {rest} without it or not yet, "
            "{span}; why records moved it does not say."
        ),
    )
    doubts = why(report, main)
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict=report.verdict_key,
        verdict_words=say(VERDICT_WORDS[report.verdict_key]),
        number=said["value"],
        number_unit=say("frequent against other claimants"),
        number_words=say("{Outcome} by frequent claimants for each by others, against expected."),
        range_words=say("Likely range at {level}: {likely}.", likely=said["likely"]),
        scope={"place": report.place, "period": report.numbers["span"],
               "intervention": report.numbers["Name"]},
        certainty_words=say(CERTAINTY_WORDS[verdict.certainty]),
        certainty=GRADES.index(verdict.certainty),
        grounds=tuple(_looks(report)),
        limits=(capital(doubts) + say("."),) if doubts else (),
    )  # fmt: skip


def verdict_of(report: Claims, one: Answered) -> str:
    """A verdict in few words, with its reasons where no direction is claimed."""
    words = report.say(EFFECT_WORDS[one.verdict.key])
    if one is report.main:
        words = against(report)
    if one.verdict.key != "cannot_tell":
        return words
    return report.say("{verdict}: {why}", verdict=words, why=why(report, one))


def against(report: Claims) -> str:
    """The verdict on one class against the other, in few words."""
    return report.say(AGAINST_WORDS[report.main.verdict.key])


def why(report: Claims, one: Answered) -> str:
    """Why a verdict is not surer; the mix of claimants is the question itself, not a reason."""
    name = report.params.placebo_outcome
    placebo = report.words(name).plural(report.language) if name else ""
    return reasons(report.say, one.verdict, one.inside, ("reporting_unknown",), placebo)


def _each(report: Claims) -> str:
    first, second = (report.findings[name] for name in (FREQUENT, OTHER))
    spoken = {
        f"{key}_{name}": text
        for name, one in ((FREQUENT, first), (OTHER, second))
        for key, text in report.said(*one.shares).items()
    }
    return report.say(
        "Each by itself: frequent claimants {value_frequent} ({likely_frequent}; {first}); others "
        "{value_other} ({likely_other}; {second}).",
        first=verdict_of(report, first),
        second=verdict_of(report, second),
        **spoken,
    )


def _people(report: Claims) -> str:
    """Who they are, in groups."""
    text = report.say("Frequent claimants brought {carried} of {outcome} in these {regions}.")
    if not report.asked.claimants.by_person:
        return text
    who = report.say(
        "About {people} claimants of all {regions} were frequent at some time; in the {all} "
        "compared here, frequent claimants brought {carried} of {outcome}."
    )
    top = report.say(
        "In all {regions}, compared here or not, the {top} of claimants who complained most "
        "brought {brought}."
    )
    return joined(report.language, who, top if report.tops else "")


def _more(report: Claims) -> str:
    """What would be needed to know more, never what to do."""
    least, wanted = report.least, -math.log1p(-report.params.smallest_effect)
    if least is None:
        return ""
    text = report.say("A difference of {least} would be found in four of five such studies",
                      least=report.percent(least, 0))  # fmt: skip
    times = (-math.log1p(-least) / wanted) ** 2
    if times <= 1:
        return text + report.say(".")
    return text + report.say("; one of {smallest} needs about {times} times as many {regions}.",
                             times=report.number(math.ceil(times)))  # fmt: skip


def _looks(report: Claims) -> Iterator[str]:
    """The second looks at the difference."""
    course = report.main.examined.own_course
    for name, words in LOOK_WORDS.items():
        if course and name in course.looks:
            look = course.looks[name]
            low, high = map(math.expm1, look.limits(report.main.headline.level))
            yield report.say(words, **report.said(math.expm1(look.value), low, high))


LOOK_WORDS = {
    "own_slope": "Had adopters kept the slope they were on: {value} ({likely}).",
    "trend_break": "With a break at the start beside a slope: {value} ({likely}).",
}


def sample(report: Claims) -> Notes:
    """What was compared, and who counts as frequent."""
    say, study, found = report.say, report.main.study, report.asked.claimants
    text = (
        "Frequent is a complaint whose claimant had brought {cases} or more complaints and "
        "tip-offs in the {days} days before, or {burst} or more in the {burst_days} days before. "
        "The day itself and what came later do not count."
        if found.by_person
        else "Frequent is a complaint whose claimant had {cases} or more earlier records, as the "
        "bureau counted them; who is the same person is not in these data."
    )
    points = [say("{Outcome}, {span}; source: {title}.",
                  title=report.description.title.of(report.language)), say(text)]  # fmt: skip
    if report.params.label_categories:
        subjects = map(report.subject_of, report.params.label_categories)
        points.append(say("So is one about {subjects} after another about these in that time.",
                          subjects=say(", ").join(subjects)))  # fmt: skip
    if unknown := share_unknown(found):
        points.append(say("Left out, as nobody knows who complained: {share} of {outcome}.",
                          share=report.percent(unknown)))  # fmt: skip
    points += sample_points(report, study.panel.dropped, report.data.accounts)
    points.append(model_sentence(report, study, noise_of(report.data)))
    points.append(say("Of claimants only groups are told, of at least ten people and ten records."))
    return report.notes("sample", say("What was compared"), *points)


def certainty(report: Claims) -> Notes:
    """The rule, and what would change our mind."""
    say = report.say
    points = (
        say("The difference, and each class by itself, is judged by the rule for one intervention, "
            "its range at {rule}.", rule=report.percent(RULE_LEVEL, 0)),
        say("Each class is the check on the other: one aimed at those who complain often "
            "should leave other claimants where they were."),
        say("What would change our mind: more {regions}, starts drawn by lot, or claimants known "
            "from before the first start."),
    )  # fmt: skip
    return report.notes("certainty", say("How it is judged"), *points)
