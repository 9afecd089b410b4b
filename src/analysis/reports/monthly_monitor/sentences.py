"""What a monitor says: what is new this month, what is not judged yet, and what a flag is not."""

from __future__ import annotations

import math

from analysis.disclosure.store import noise_of
from analysis.page.numbers import period, span
from analysis.page.plates import Notes, Summary
from analysis.page.shared.protection import protection_points
from analysis.page.shared.provenance import reading_sentences
from analysis.reports.monthly_monitor.answer import HIGH, LOW, WITHIN, Monitor
from analysis.reports.monthly_monitor.drawings import entered_so_far

NAMED = 8
"""Series named in one sentence."""
HELD_SHORT = 0.03
"""By how much less than asked the ranges of the last year may have held what came."""
FOCUS_WORDS = {
    HIGH: "**{name} has more {outcome} than its own past leads to expect**: {count} in "
    "{month}, likely range {range}.",
    LOW: "**{name} has fewer {outcome} than its own past leads to expect**: {count} in "
    "{month}, likely range {range}.",
    WITHIN: "**{name} is not flagged**: {count} {outcome} in {month}, likely range {range}.",
}
SIDE_WORDS = {HIGH: "More than expected: {names}.", LOW: "Fewer than expected: {names}."}


def summary(report: Monitor) -> Summary:
    """The answer first: how many are flagged, which, and what is not judged."""
    say, some = report.say, report.flagged(HIGH) or report.flagged(LOW)
    own = _own(report)
    points = (
        _focus(report),
        say(
            "**Flagged are {flags} of {told} {series}**: their {outcome} in {month} lie farther "
            "from their own past than chance can explain ({more} with more, {fewer} with fewer)."
        )
        if some
        else say(
            "**None of {told} {series} is flagged**: the {outcome} of each in {month} lie within "
            "what its own past and chance can explain, so many being watched."
        ),
        _names(report),
        say("**All together:** {total}; expected {expected} (likely range {likely})."),
        _late(report),
        say(
            "A flag says where to look first. It does not say why: what happened, who reported "
            "and how it was recorded all move a count. It is no effect of any measure."
        ),
    )
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict="description",
        verdict_words=say("Description"),
        number=own["count"]
        if own
        else say("{flags} of {told} {series}")
        if some
        else say("none of {told} {series}"),
        number_unit=report.outcome if own else "",
        number_words=say("{name}, {month}.", **own) if own else say("flagged in {month}."),
        range_words=say("Likely range from the months before: {range}.", **own)
        if own
        else _false(report),
        scope={"place": report.place, "period": report.month},
    )


def _false(report: Monitor) -> str:
    """How many flags may be false, which the ranges of the last year must bear out."""
    if report.now.held >= report.params.level - HELD_SHORT:
        return report.say("By this rule, at most {false} of flags are false, on average.")
    return report.say(
        "Over the last twelve months ranges held only {held}: more than {false} of flags may be "
        "false."
    )


def _focus(report: Monitor) -> str:
    """The one region asked about."""
    place, own = report.focus, _own(report)
    if place is None:
        return ""
    if not own:
        name = report.name(place)
        return report.say("**{name}: the number of {month} is small and not shown.**", name=name)
    return report.say(FOCUS_WORDS[report.standing(place)], **own)


def _own(report: Monitor) -> dict[str, str]:
    """Name, count and range of the one region asked about, where these may be told."""
    place, found = report.focus, report.now
    if place is None or not report.told[place]:
        return {}
    low, high, count = (
        report.number(float(v[place])) for v in (found.low, found.high, found.count)
    )
    limits = span(low, high, report.language)
    return {"name": report.name(place), "count": count, "range": limits}


def _names(report: Monitor) -> str:
    sentences = []
    for side, words in SIDE_WORDS.items():
        places = report.flagged(side)
        names = [report.name(place) for place in places[:NAMED]]
        if len(places) > NAMED:
            names.append(report.say("{n} more", n=report.number(len(places) - NAMED)))
        if names:
            sentences.append(report.say(words, names=report.say(", ").join(names)))
    return (" " if report.language == "en" else "").join(sentences)


def _late(report: Monitor) -> str:
    """How much of late months is there, and that they are not judged."""
    rows = entered_so_far(report)
    if not rows:
        return ""
    name, *logs = rows[-1]
    value, low, high = (report.percent(math.exp(v), 0) for v in logs)
    return report.say(
        "**Not judged: {late}**, whose records still come in. Of what was expected for {name}, "
        "{value} is there so far ({range}).",
        name=name,
        value=value,
        range=span(low, high, report.language),
    )


def sample(report: Monitor) -> Notes:
    """What is watched, what is left out, and what is still in progress."""
    say, given = report.say, report.subject
    running = given.in_progress
    left = ("silent", "incomplete", "broken", "hidden")
    counts = {name: report.number(getattr(given, name)) for name in left}
    points = [
        say("Judged: {month}, from the {history} months before it, {all} {series}."),
        say("The month in progress, {running}, is left out.",
            running=period(str(running), report.language)) if running else "",
        say("Late entry is corrected by the shares given for the last months, which nobody tested.")
        if report.params.entered else "",
        say("Recorded nothing in the judged month and since, and not judged: {silent}. Ask whether "
            "they still report.", **counts) if given.silent else "",
        say("Without a whole history, and left out: {incomplete}.", **counts)
        if given.incomplete else "",
        say("Recorded in another way until lately, and not judged: {broken}.", **counts)
        if given.broken else "",
        say("Not shown, as their number of the month is small: {withheld} {series}.")
        if not report.told.all() else "",
        say("Categories not shown, as fewer than ten were recorded: {hidden}.", **counts)
        if given.hidden else "",
    ]  # fmt: skip
    points += reading_sentences(report, report.data.accounts)
    return report.notes("sample", say("What was counted"), *points)


def certainty(report: Monitor) -> Notes:
    """What ranges allow for, how they did, and what a flag could not see."""
    say = report.say
    points = (
        say(
            "Over the last twelve months, ranges made from the months before each, with the season "
            "and spread of the whole history, held {held} of what was recorded; they should hold "
            "{level}."
        ),
        say(
            "Ranges allow for chance, for what each usually strays by, for the noise of protection "
            "and for not knowing its level and season. Seasons are those of all together: a season "
            "that one has alone can be flagged every year. Ranges of the total and of steps, meant "
            "to hold 95%, held {total_held} in simulated worlds."
        ),
        say(
            "Alone among all {series}, a middling one would be flagged in {power} of cases if it "
            "recorded {smallest} more than expected. Smaller changes are mostly missed in one "
            "month; more records or longer periods would show them."
        ),
        say(
            "What would change our mind: the same one flagged again next month, another kind of "
            "record that moves with it, or a look at the records themselves."
        ),
        *_protection(report),
    )
    return report.notes("certainty", say("What the ranges mean"), *points)


def _protection(report: Monitor) -> tuple[str, ...]:
    """What was done to the counts; of categories, that they are averages of recorded ones."""
    if not report.recorded:
        return protection_points(report, noise_of(report.data))
    text = report.say(
        "Categories are averages of recorded counts over all {regions} asked about, to three "
        "digits."
    )
    return (text,)
