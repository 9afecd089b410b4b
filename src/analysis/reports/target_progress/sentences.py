"""What a report on targets says: what stands at the mark, and whether it is work or reporting."""

from __future__ import annotations

from analysis.page.numbers import span
from analysis.page.plates import Notes, Summary
from analysis.page.shared.provenance import reading_sentences
from analysis.page.wording import joined
from analysis.reports.target_progress.answer import Progress

VERDICT_WORDS = {
    "reporting_moderate": "Results were lifted to the target and taken back, moderate certainty",
    "heaped_low": "More results just above the target than elsewhere, low certainty",
    "no_heap": "No heap at the target that matters",
    "cannot_tell": "Cannot tell whether results heap at the target",
}
ANSWER_WORDS = {
    "reporting_moderate": "**About {in_ten} of ten results stand just above the target beyond a "
    "smooth course, and most of them are taken back later** ({excess}, likely range {likely}). "
    "That points to reporting rather than work.",
    "heaped_low": "**About {in_ten} of ten results stand just above the target beyond a smooth "
    "course** ({excess}, likely range {likely}). Whether work was done to reach it or numbers were "
    "found cannot be told from that.",
    "no_heap": "**Results do not heap at the target by a share that matters:** no more than {most} "
    "of them stand just above it beyond a smooth course (likely range {likely}).",
    "cannot_tell": "**We cannot tell whether results heap at the target:** {excess} beyond a "
    "smooth course, likely range {likely}.",
}
CERTAINTY_WORDS = {0: "No direction is claimed", 1: "Certainty: low", 2: "Certainty: moderate"}
GRADES = {"reporting_moderate": 2, "heaped_low": 1}


def summary(report: Progress) -> Summary:
    """The answer first: what stands at the mark, what was taken back, how it was reached."""
    say, key = report.say, report.verdict_key
    grade = GRADES.get(key, 0)
    back = _back(report) if key != "reporting_moderate" else ""  # A ground there, said once.
    points = (say(ANSWER_WORDS[key]), back, _end(report), _twin(report), _ratchet(report))
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict=key,
        verdict_words=say(VERDICT_WORDS[key]),
        number=say("{excess}"),
        number_unit=say("of results"),
        number_words=say(
            "stand from 100 to {above} per cent of the target beyond a smooth course."
        ),
        range_words=say("Likely range at {level}: {likely}."),
        scope={"place": report.place, "intervention": report.indicator},
        certainty_words=say(CERTAINTY_WORDS[grade]),
        certainty=grade,
        grounds=(_back(report),) if key == "reporting_moderate" else (),
        limits=tuple(_limits(report)) if grade else (),
    )


def _back(report: Progress) -> str:
    if report.back is None:
        return ""
    return report.say(
        "Of all results, {held} reached the target when they were reported; {back} of all reached "
        "it then and lie below it since they were revised."
    )


def _end(report: Progress) -> str:
    if report.year_end is None:
        return ""
    return report.say(
        "On each of the last {days} days of the year come {times} times as many as on other days.",
        days=report.number(report.params.year_end),
        times=report.number(report.year_end, 1),
    )


def _twin(report: Progress) -> str:
    if report.last_months is None:
        return ""
    one, other = report.last_months
    return report.say(
        "In the last month come {one} times as many as in a month before it; of {twin}, which have "
        "no target, {other} times.",
        one=report.number(one, 2),
        other=report.number(other, 2),
    )


def _ratchet(report: Progress) -> str:
    if report.ratchet is None:
        return ""
    middle, low, high = (report.number(v, 2) for v in report.ratchet)
    if low == high:
        return report.say(
            "In half of all cases or more the next target is {middle} times this result.",
            middle=middle,
        )
    return report.say(
        "The next target is {middle} times this result in the middle case ({range} in the middle "
        "half).",
        middle=middle,
        range=span(low, high, report.language),
    )


def _limits(report: Progress) -> list[str]:
    say = report.say
    found = [say("How results would lie without a target is a smooth guess.")]
    if report.back is None:
        found.append(say("Whether results were revised is not known."))
    else:
        found.append(say("Revisions can have other reasons than false reports."))
    return found


def sample(report: Progress) -> Notes:
    """Which results, of what, and what was left out."""
    say, dropped = report.say, report.result.sample.dropped.get("out_of_range", 0)
    points = [
        say("{results} results of {years} years: {indicator}, by {region} and year."),
        say("A result counts where its year is there to the last month and its target is printed."),
        say("Left out, as a target of under {units} has few results beside 100 per cent: {coarse}.")
        if report.subject.coarse else "",
        say("Farther from the target than 20 per cent, and not in the course: {n} results.",
            n=report.number(dropped)) if dropped else "",
        _sections(report),
    ]  # fmt: skip
    points += [*reading_sentences(report, report.data.accounts), *report.recorded_sentences()]
    return report.notes("sample", say("The results"), *points)


def _sections(report: Progress) -> str:
    """How far scores of two ledgers tell sections apart."""
    if report.sections is None:
        return ""
    value, low, high = (report.percent(v, 0) for v in report.sections)
    first = report.say(
        "Two ledgers: of the variance of one item's score in one quarter, {share} lie between "
        "sections ({range}), how hard items are taken away.",
        share=value,
        range=span(low, high, report.language),
    )
    scores = report.subject.sections
    means = scores.groupby("rater")["score"].mean()
    easy = report.may_leave(float(means.max() - means.min()))
    second = report.say(
        "Between the easiest and the hardest item and quarter lie {gap} points.",
        gap=report.number(easy, 1),
    )
    return joined(report.language, first, second)


def certainty(report: Progress) -> Notes:
    """The rule, and what it cannot see."""
    say = report.say
    points = (
        say(
            "Results are said to heap where the likely range of the excess lies above nothing; to "
            "be reporting where at least half of the excess falls below the target once results "
            "are revised, beyond what falls below lines that nobody aims at; not to heap where the "
            "range lies below {smallest}."
        ),
        say(
            "Those above the target are taken to have come from {below} per cent of it and more. "
            "Ranges come from drawing {regions} anew with all their years."
        ),
        say(
            "What would change our mind: numbers from a source that nobody is scored by, or "
            "targets that are moved after the year has begun."
        ),
    )
    return report.notes("certainty", say("The rule, and what it cannot see"), *points)
