"""What a report on cut-offs says: whether scores were moved, and what crossing changed."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from analysis.page.plates import Notes, Summary
from analysis.page.shared.certainty import CERTAINTY_WORDS, GRADED_WORDS
from analysis.page.shared.provenance import reading_sentences
from analysis.page.wording import joined
from analysis.reports.rating_threshold.answer import Thresholds
from analysis.verdicts.rule import GRADES
from analysis.verdicts.threshold import MINIMUM_OTHERS, Density, roundness

VERDICT_WORDS = {
    "manipulated": "Scores were moved over the line",
    "uneven": "Scores pile up or lack at the line: whether they were moved cannot be told",
    "not_seen": "No sign that scores were moved",
    **GRADED_WORDS,
}
ANSWER_WORDS = {
    "manipulated": "**Scores were moved over the line at {crossed}.** What crossing does "
    "cannot be told there: who stands just over it did not get there as others did.",
    "uneven": "**Scores pile up or lack at the line, or lines, {uneven}: whether they were moved "
    "there cannot be told.** What crossing does cannot be told there either.",
    "not_seen": "**Nothing shows that scores were moved over a line.** That does not prove that "
    "none were.",
    "fewer": "**{Outcome} of {units} {here}: {value} against those {there}** (likely "
    "range {likely}).",
    "more": "**{Outcome} of {units} {here}: {value} against those {there}** (likely "
    "range {likely}).",
    "too_small_to_matter": "**Crossing the line made no difference that matters:** the likely "
    "range for {outcome}, {likely}, lies within ±{smallest}.",
    "cannot_tell": "**We cannot tell what crossing the line does.** The best estimate for "
    "{outcome}, {here} against {there}, is {value}, the likely range {likely}.",
}
ANSWER_WORDS |= {"lower": ANSWER_WORDS["fewer"], "higher": ANSWER_WORDS["more"]}


def summary(report: Thresholds) -> Summary:
    """The answer first: the effect, or that there is none to be told of."""
    say, found = report.say, report.found
    told, verdict = bool(found.told), found.verdict
    points = (
        say(ANSWER_WORDS[verdict.key if told else report.verdict_key]),
        say("Told of the lines at {told}, together.") if told and report.subject.whole else "",
        _seen(report) if found.doubted else "",
        say("At {doubted} no effect is told.") if told and found.doubted else "",
        _second(report),
        _power(report),
    )
    number, unit, words, likely = _number(report)
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict=report.verdict_key,
        verdict_words=say(VERDICT_WORDS[report.verdict_key]),
        number=number,
        number_unit=unit,
        number_words=words,
        range_words=likely,
        scope={"place": report.place, "period": "", "intervention": say("A line in a score")},
        certainty_words=say(CERTAINTY_WORDS[verdict.certainty]) if told else "",
        certainty=GRADES.index(verdict.certainty),
        grounds=tuple(_grounds(report)) if told else (),
        limits=tuple(limits(report)) if told else (),
    )


def _number(report: Thresholds) -> tuple[str, str, str, str]:
    """The number of the first screen with its words: the effect, else the share moved."""
    say, one = report.say, report.seen
    if report.found.told:
        return (
            say("{value}"),
            say("{here} against {there}"),
            say("{Outcome} of {units} at the line."),
            say("Likely range at {level}: {likely}."),
        )
    if one.moved is None:
        words = say("The scores are looked at as they stand; no share can be told.")
        return "–", say("of scores"), words, ""
    share, low, high = report.may_leave(one.moved.share)
    at = report.point(one.cutoff)
    words = say("stand too many on the line at {at}.", at=at)
    if share < 0:
        share, low, high = -share, -high, -low
        words = say("are lacking on the line at {at}.", at=at)
    return (
        report.percent(share, 0),
        say("of those expected just short of it"),
        words,
        say(
            "Likely range at {level}: {low} to {high}.",
            low=report.percent(low, 0),
            high=report.percent(high, 0),
        ),
    )


def moved_words(report: Thresholds, one: Density) -> str:
    """What lies on a line and lacks short of it, and how rare that is among honest scores."""
    say, p = report.say, report.rarity(one.p or 0.0)
    if one.moved is None:
        return say(
            "At {at}, {p} of sets of scores that run smoothly would differ as much between the two "
            "sides.",
            at=report.point(one.cutoff),
            p=p,
        )
    share, lacking = report.may_leave((one.moved.share[0], one.moved.lacking))
    at = report.point(one.cutoff)
    if share < 0:
        return say(
            "At {at} too few lie on the line: fewer than expected by {share} of all expected in "
            "the {reach} points short of it. Of sets of scores that run smoothly {p} would look "
            "like that.",
            at=at,
            share=report.percent(-share, 0),
            p=p,
        )
    return say(
        "At {at} too many lie on the line: as many as {share} of all expected in the {reach} "
        "points short of it, where {lacking} are lacking. Of sets of scores that run smoothly {p} "
        "would look like that.",
        at=at,
        share=report.percent(share, 0),
        lacking=report.percent(max(lacking, 0.0), 0),
        p=p,
    )


def _seen(report: Thresholds) -> str:
    """What lies on the line that is shown, and whether a liking for round scores explains it."""
    words = [moved_words(report, report.seen), _liking(report)]
    return joined(report.language, *(one for one in words if one))


def _liking(report: Thresholds) -> str:
    """Whether a liking for round scores explains what lies on the line that is shown."""
    say, one = report.say, report.seen
    if not one.doubted or one.moved is None or one.moved.share[0] < 0:
        return ""
    step = roundness(one.cutoff)
    if not step:
        return say("It is no round score, so that no liking for round scores explains it.")
    if len(one.others) < MINIMUM_OTHERS:
        return say(
            "A liking for round scores may explain it: on too few other multiples of {step} could "
            "so much be seen.",
            step=report.number(step),
        )
    shares = report.may_leave([other.share[0] for other in one.others])
    told = {
        "step": report.number(step),
        "others": report.number(len(shares)),
        "middle": report.percent(max(median(shares), 0.0), 0),
    }
    if one.crossed:
        return say(
            "A liking for round scores does not explain it: of {others} other multiples of {step} "
            "the middle one has {middle} too many, measured alike.",
            **told,
        )
    return say(
        "A liking for round scores may explain it: of {others} other multiples of {step} the "
        "middle one has {middle} too many, measured alike.",
        **told,
    )


def _second(report: Thresholds) -> str:
    second = report.found.second
    if second is None:
        return ""
    told = {"second": report.spoken(second)["value"], "range": report.spoken(second)["likely"]}
    if report.found.coarse:
        return report.say(
            "A second look, at those within {window} of the line alone, as if that had been drawn "
            "by lot: {second} (likely range {range}). A direction is claimed only where both leave "
            "out no change.",
            **told,
        )
    return report.say(
        "A second look, which allows any course as curved as these data: {second} (likely range "
        "{range}). A direction is claimed only where both leave out no change.",
        **told,
    )


def _power(report: Thresholds) -> str:
    """What would be found, and how many more would find what matters."""
    found, smallest = report.found.detectable, report.params.smallest_effect
    if found is None:
        return ""
    first = report.say(
        "In four of five datasets like this one a change of {found} would be found.",
        found=report.percent(found, 0),
    )
    if found <= smallest:
        return first
    times = (found / smallest) ** 2
    more = report.say(
        "To find one of {smallest}, about {times} times as many would be needed near the line.",
        times=report.times(times),
    )
    return joined(report.language, first, more)


def _grounds(report: Thresholds) -> Iterator[str]:
    say, found = report.say, report.found
    if any(one.p is not None and not one.doubted for one in found.densities):
        yield say("Scores lie around {told} as evenly as elsewhere.")
    if found.balanced:
        yield say("What was known before does not change at the line.")
    if found.placebos_pass:
        yield say("Where no line is drawn, no change is seen.")


def limits(report: Thresholds) -> Iterator[str]:
    """Why the verdict is not surer."""
    say, found = report.say, report.found
    if found.crossed:
        yield say("At other lines scores were moved: {crossed}.")
    if report.uneven:
        yield say("At other lines scores pile up or lack: {uneven}.")
    if any(one.p is None for one in found.densities):
        yield say("Whether scores were moved could not be looked at everywhere.")
    if found.balanced is None:
        yield say("Nothing is known of those concerned from before.")
    elif not found.balanced:
        yield say("What was known before changes at the line, too.")
    if found.placebos_pass is None:
        yield say("Lines where none is drawn could not be looked at.")
    elif not found.placebos_pass:
        yield say("A change is seen where no line is drawn, too.")
    if found.turned:
        yield say("Within another window, or without the nearest, the change has the other sign.")
    if found.verdict.key == "cannot_tell":
        yield say("One of the two likely ranges includes no change, or changes that matter.")


def doubts(report: Thresholds) -> str:
    """The same in one line, for the site's table of evidence."""
    return joined(report.language, *limits(report))


def sample(report: Thresholds) -> Notes:
    """What has a score, and what was counted."""
    say, given = report.say, report.subject
    measure = report.named("unit").zh_measure
    points = [say("With a score: {count} {units}; lines at {cutoffs}.", measure=measure)]
    if given.counted and given.measured:
        points.append(
            say(
                "Counted: {outcome} in up to {months} full months after the month of the score, "
                "until the next score."
            )
            if report.params.regrade == "first"
            else say(
                "Counted: {outcome} in up to {months} full months after the month of the score, "
                "whatever was scored meanwhile."
            )
        )
        points.append(say("Scored again within that time: {regraded}."))
    if report.found.told and report.found.coarse:
        points.append(
            say(
                "Scores are whole numbers, too few different ones for a curve on each side: a "
                "straight line is fitted on each side within {band} points, and the range leaves "
                "room for the most it can miss."
            )
        )
    if len(given.cutoffs) > 1:
        points.append(say("Who stands between two lines is over the one and short of the other."))
    points += [*reading_sentences(report, report.data.accounts), report.note]
    points += report.recorded_sentences()
    points.append(say("Nobody with a score is named; only means and shares of many are shown."))
    return report.notes("sample", say("The scores"), *points)


def certainty(report: Thresholds) -> Notes:
    """The rule, and what it cannot see."""
    say = report.say
    points = (
        say(
            "A line is doubted where, of sets of scores that run smoothly, fewer than {doubt} "
            "would be as uneven there, over all lines. That share of such sets is doubted, too."
        ),
        say(
            "Of a doubted line no effect is told. That scores were moved is said where a liking "
            "for round scores does not explain it: the line is no multiple of five, or more lie "
            "on it than on seven of eight other scores as round, or of a few on each."
        ),
        say(
            "A direction needs both likely ranges to leave out no change, and nothing known "
            "before to change at the line. Certainty is high where that and lines drawn where "
            "none is could be looked at and passed, and no line is doubted; else moderate. It is "
            "low where another window, or leaving out the nearest, gives the other sign."
        ),
        say(
            "What would change our mind: scores before rounding, who gave them, and a line that "
            "is moved from one year to the next."
        ),
    )
    return report.notes("certainty", say("The rule, and what it cannot see"), *points)
