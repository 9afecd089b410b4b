"""What a report on draws says: whether it was one, and what being drawn changed."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.page.plates import Notes, Summary
from analysis.page.shared.provenance import reading_sentences
from analysis.page.wording import joined
from analysis.reports.random_inspection.answer import Draws
from analysis.verdicts.draw import VISITED
from analysis.verdicts.rule import GRADES

VERDICT_WORDS = {
    "not_random": "The draw was not random",
    "looks_random": "Nothing speaks against a random draw",
    "fewer_moderate": "Fewer recorded about those drawn, moderate certainty",
    "fewer_high": "Fewer recorded about those drawn, high certainty",
    "more_moderate": "More recorded about those drawn, moderate certainty",
    "more_high": "More recorded about those drawn, high certainty",
    "too_small_to_matter_moderate": "No difference that matters, moderate certainty",
    "too_small_to_matter_high": "No difference that matters, high certainty",
    "cannot_tell": "Cannot tell whether being drawn matters",
}
ANSWER_WORDS = {
    "not_random": "**This was no draw by lot:** {why} What being drawn changed cannot be told "
    "from it.",
    "looks_random": "**Nothing speaks against a draw by lot:** {why} That does not prove that it "
    "was one.",
    "fewer": "**{Outcome} about {units} that were drawn: {value} in the {days} days from the draw, "
    "against those not drawn** (likely range {likely}).",
    "more": "**{Outcome} about {units} that were drawn: {value} in the {days} days from the draw, "
    "against those not drawn** (likely range {likely}).",
    "too_small_to_matter": "**Being drawn made no difference that matters:** the likely range of "
    "{outcome} about those drawn, {likely}, lies within ±{smallest}.",
    "cannot_tell": "**We cannot tell whether being drawn matters.** The best "
    "estimate for {outcome} is {value}, the likely range {likely}.",
}
BALANCE_WORDS = {
    True: "drawn and undrawn {units} differed in what was known before the draw, as they would in "
    "{share} of draws by lot.",
    False: "in what was known before the draw, {share} of draws by lot would make drawn and "
    "undrawn {units} differ as much or more.",
}
CERTAINTY_WORDS = {
    "moderate": "Certainty: moderate",
    "high": "Certainty: high",
    "": "No direction is claimed",
}


def summary(report: Draws) -> Summary:
    """The answer first: the draw, then its effect, and what would tell more."""
    say, verdict = report.say, report.found.verdict
    number, unit, words, likely = _number(report)
    key = verdict.key if report.found.told else report.verdict_key
    points = (
        say(ANSWER_WORDS[key], why=why(report)),
        why(report, whole=True) if report.found.told else "",
        _numbers(report),
        _power(report),
        _listed(report),
    )
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict=report.verdict_key,
        verdict_words=say(VERDICT_WORDS[report.verdict_key]),
        number=number,
        number_unit=unit,
        number_words=words,
        range_words=likely,
        scope={"place": report.place, "period": "", "intervention": say("Random draw")},
        certainty_words=say(CERTAINTY_WORDS[verdict.certainty]) if report.found.told else "",
        certainty=GRADES.index(verdict.certainty),
        grounds=tuple(_grounds(report)) if report.found.told else (),
        limits=tuple(limits(report)) if report.found.told else (),
    )


def _number(report: Draws) -> tuple[str, str, str, str]:
    """The number of the first screen with its words: the effect, else how rare such a draw is."""
    say, judged = report.say, report.found.judged
    if report.found.told:
        return (
            say("{value}"),
            say("drawn against not drawn"),
            say("{Outcome} about {units} in the {days} days from the draw."),
            say("Likely range at {level}: {likely}."),
        )
    p = judged.balance if judged.balance is not None else judged.runs
    return (
        "–" if p is None else report.in_draws(p),
        say("of draws by lot"),
        say("would leave drawn and undrawn {units} as unlike as these, or more."),
        say("A draw is doubted below {doubt}, over all that is looked at."),
    )


def why(report: Draws, whole: bool = False) -> str:
    """What speaks for or against a draw by lot."""
    judged, say, told = report.found.judged, report.say, []
    allowed = report.params.doubt / (1 + (judged.balance is not None and judged.runs is not None))
    if judged.balance is not None:
        far = judged.balance < allowed
        share = report.in_draws(judged.balance)
        told.append(say(BALANCE_WORDS[far], share=share))
    if judged.runs is not None:
        told.append(
            say(
                "Along the list, {share} of draws by lot would be as unevenly mixed or more.",
                share=report.in_draws(judged.runs),
            )
        )
    if not told:
        told.append(say("nothing known before the draw could be looked at."))
    found = joined(report.language, *told)
    return say("The draw itself: {found}", found=found) if whole else found


def _listed(report: Draws) -> str:
    """How many stood on lists, and how many were drawn."""
    first = report.say(
        "On the lists: {count} {units}; drawn: {drawn} ({part}).",
        measure=report.named("unit").zh_measure,
    )
    if report.subject.plans == 1:
        return first
    several = report.say("The lists are of {lists} plans; who stands on several counts each time.")
    return joined(report.language, first, several)


def _numbers(report: Draws) -> str:
    r = report.found.along_numbers
    if r is None:
        return ""
    text = (
        "The further down the list, the earlier it was drawn: place and number go together at "
        "{r}, where 0 is to be expected."
        if r < 0
        else "The further down the list, the later it was drawn: place and number go together at "
        "{r}, where 0 is to be expected."
    )
    return report.say(text, r=report.number(r, 3))


def _power(report: Draws) -> str:
    """What would be found, and how many more would find what matters."""
    found, smallest = report.found.detectable, report.params.smallest_effect
    if found is None:
        return ""
    first = report.say(
        "In four of five draws like this one a difference of {found} would be found.",
        found=report.percent(found, 0),
    )
    if found <= smallest:
        return first
    times = (found / smallest) ** 2
    more = report.say(
        "To find one of {smallest}, lists would have to be about {times} times as long.",
        times=report.times(times),
    )
    return joined(report.language, first, more)


def _grounds(report: Draws) -> Iterator[str]:
    say, visited = report.say, report.subject.visited
    if report.found.judged.looked:
        yield say("Nothing that was known before speaks against a draw by lot.")
    if visited is not None:
        yield say(
            "Visited under their plan: {share} of those drawn.", share=report.percent(visited)
        )


def limits(report: Draws) -> Iterator[str]:
    """Why the verdict is not surer."""
    say, given = report.say, report.subject
    if not report.found.judged.looked:
        yield say("Whether this was a draw by lot could not be looked at.")
    if given.visited is None:
        yield say("Whether those drawn were visited is not known.")
    elif given.visited < VISITED:
        yield say("Many of those drawn were not visited.")
    if given.joined:
        yield say("Small strata were thrown together.")
    if report.found.verdict.key == "cannot_tell":
        yield say("The likely range includes no change.")


def doubts(report: Draws) -> str:
    """The same in one line, for the site's table of evidence."""
    return joined(report.language, *limits(report))


def sample(report: Draws) -> Notes:
    """Who stood on the lists, and what was looked at."""
    say, given = report.say, report.subject
    points = [
        _listed(report),
        say("Only what was known before the draw is used to judge the draw."),
    ]
    if given.measured and report.params.outcome:
        points.append(
            say(
                "Counted: {outcome} about each of them in the {days} days from the day of the draw."
            )
        )
    if given.joined:
        joint = report.number(given.joined)
        points.append(say("Strata too small for an error, thrown together: {joint}.", joint=joint))
    points += [*reading_sentences(report, report.data.accounts), *report.recorded_sentences()]
    points.append(say("Nobody on a list is named; only means over many are shown."))
    return report.notes("sample", say("The lists"), *points)


def certainty(report: Draws) -> Notes:
    """The rule, and what it cannot see."""
    say = report.say
    points = (
        say(
            "A draw is doubted where, of draws by lot, fewer than {doubt} would look as little "
            "like one, over all that is looked at. That share of honest draws is doubted, too."
        ),
        say(
            "Of a doubted draw no effect is told: who was drawn may differ from others in ways "
            "that nobody recorded."
        ),
        say(
            "The likely range holds every difference that draws by lot do not contradict. "
            "Certainty is high where the draw could be looked at and four in five of those drawn "
            "were visited, else moderate."
        ),
        say(
            "What would change our mind: the seed of the draw published beforehand, longer lists, "
            "or a record of who was visited instead of whom."
        ),
    )
    return report.notes("certainty", say("The rule, and what it cannot see"), *points)
