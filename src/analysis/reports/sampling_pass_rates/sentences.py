"""What a report on samples says: the share that fails, what it stands for, and what not."""

from __future__ import annotations

from analysis.data.frames.cases.samples import NOT_OF_THE_WHOLE
from analysis.page.plates import Notes, Summary
from analysis.page.shared.provenance import reading_sentences
from analysis.reports.sampling_pass_rates.answer import PassRates


def summary(report: PassRates) -> Summary:
    """The answer first: the share, how it was sampled, and how many samples would tell more."""
    say, weighted = report.say, report.whole is not None
    answer = (
        say(
            "**{failing} of what is sold fails, as far as samples of one kind can say** (likely "
            "range {likely}; {mode}; strata count by their weight)."
        )
        if weighted
        else say(
            "**Each group of samples stands by itself ({groups} here).** Taken for different "
            "reasons, groups have no common rate."
        )
        if not report.params.mode
        else say(
            "**Each product stands by itself ({groups} here).** Without weights of strata, "
            "samples say nothing of all that is sold."
        )
    )
    points = (answer, _sampled(report), _chosen(report), _few(report), _needed(report))
    one = report.groups[0]
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict="description",
        verdict_words=say("Description"),
        number=say("{failing}") if weighted else say("groups shown: {groups}"),
        number_unit="",
        number_words=say("of samples fail, strata counting by their weight.")
        if weighted
        else say("of samples, of which none stands for what is sold as a whole."),
        range_words=say("Likely range at {level}: {likely}.")
        if weighted
        else say(
            "The first, {words}: {range}.", words=one.words, range=report.range_of(one.failing)
        ),
        scope={"place": report.place},
    )


def _sampled(report: PassRates) -> str:
    """What would come out if every sample counted alike."""
    if report.plain is None:
        return ""
    return report.say(
        "Were every sample to count alike, it would be {sampled} ({likely_sampled}): where samples "
        "are taken is not where things are sold."
    )


def _chosen(report: PassRates) -> str:
    """That samples taken on suspicion say nothing of the whole."""
    if not report.params.mode:
        return report.say(
            "A share of samples taken where trouble is suspected says how well the suspicion was, "
            "not how safe goods are; where it is not stated why they were taken, neither."
        )
    if report.params.mode in NOT_OF_THE_WHOLE:
        return report.say(
            "**These samples were taken where trouble is suspected, or nobody says how:** their "
            "share does not say how safe goods are."
        )
    return (
        report.say("Samples taken for other reasons are shown beside it and not put together.")
        if len(report.by_mode) > 1
        else ""
    )


def _few(report: PassRates) -> str:
    """Groups whose range holds both shares that matter."""
    good, bad = (1 - share for share in report.params.detect)
    both = [g for g in report.groups if g.failing.low <= good and bad <= g.failing.high]
    if not both:
        return ""
    return report.say(
        "Groups that could have a true share that passes of {good} as well as of {bad}: {both} of "
        "{groups}. Too few samples tell them apart.",
        both=report.number(len(both)),
    )


def _needed(report: PassRates) -> str:
    if not report.needed:
        return ""
    return report.say(
        "To tell {good} that pass from {bad}, about {needed} samples of one kind are needed: then "
        "four in five of such samplings find the difference."
    )


def sample(report: PassRates) -> Notes:
    """What was sampled, what was left out."""
    say, given = report.say, report.subject
    points = [
        say("Samples of one kind: {mode}.") if report.params.mode else "",
        say("Groups shown, each with its exact range at {level}: {groups}."),
    ]
    if given.hidden:
        points.append(
            say(
                "Left out, also from the whole, as fewer than ten were taken or one to nine "
                "failed: {hidden} groups."
            )
        )
    if given.uncovered > 0:
        points.append(
            say(
                "Strata that no sample here stands for hold {uncovered} of the weight; nothing is "
                "said of them."
            )
        )
    points += reading_sentences(report, report.data.accounts)
    return report.notes("sample", say("What was sampled"), *points)


def certainty(report: PassRates) -> Notes:
    """What ranges allow for, and what they do not."""
    say = report.say
    points = (
        say(
            "Ranges allow for chance alone: which samples of these strata came to be taken. They "
            "do not allow for samples that were announced, or picked by who is sampled."
        ),
        say(
            "The range of the whole is exact for a sample of the size that unequal weights leave "
            "(Korn and Graubard)."
        )
        if report.whole
        else "",
        say(
            "That samples tell {good} from {bad} means: where {good} is true, they rule it out by "
            "mistake in at most {miss} of samplings; where {bad} is true, they rule {good} out in "
            "at least {power}."
        ),
        say(
            "What would change our mind: samples drawn at random from what is sold, with the "
            "strata written down, and enough of each."
        ),
    )
    return report.notes("certainty", say("What the ranges mean"), *points)
