"""What a report on ratings says first: the answer, and what may be done with a score."""

from __future__ import annotations

from analysis.data.frames.ratings import BOUND, ONE, UNKNOWN, WITHIN
from analysis.data.frames.routes import BETWEEN, INFLUENCED, OTHERS
from analysis.page.plates import Summary
from analysis.page.wording import joined
from analysis.reports.service_assessment.answer import Ratings
from analysis.result import Estimate
from analysis.verdicts.ratings import NO_RATERS, RELIABLE, UNCLEAR, UNRELIABLE

CONFOUNDED = "confounded"
"""They would do, were it known that the differences are theirs."""
LEAST_SHOWN = 0.005
"""A smaller share is none in whole per cent."""
ONE_PIECE = 0.7
"""Correlation of items from which on they are said to be of one piece."""
VERDICT_WORDS = {
    RELIABLE: "A mean score can be relied on",
    UNRELIABLE: "A mean score cannot be relied on",
    UNCLEAR: "Cannot tell whether a mean score can be relied on",
    NO_RATERS: "Means only: what others would have said is not known",
}
ANSWER_WORDS = {
    RELIABLE: "**Scores tell {rated} apart: {value} of the differences between their means are "
    "their own** (likely range {range}); the rest is what differs from one rating to the next.",
    UNRELIABLE: "**Scores do not tell {rated} apart well enough: {value} of the differences "
    "between their means are their own** (likely range {range}); the rest is what differs from "
    "one rating to the next.",
    UNCLEAR: "**Whether scores tell {rated} apart well enough cannot be told: {value} of the "
    "differences between their means are their own** (likely range {range}); {target} are asked "
    "for.",
    CONFOUNDED: "**Whether scores tell {rated} apart, or only their places, cannot be told: "
    "{value} of the differences between their means are of one or the other** (likely range "
    "{range}); the rest is what differs from one rating to the next.",
    NO_RATERS: "**Only means are known, not who rated whom**: whether other {raters} would have "
    "said the same, and how many are needed, cannot be told from these data.",
}

BESIDE_WORDS = {
    RELIABLE: "**Scores tell {rated} of one {region} apart: {value} of the differences between "
    "their means are their own** (likely range {range}); the rest is what differs from one rating "
    "to the next.",
    UNRELIABLE: "**Scores do not tell {rated} of one {region} apart well enough: {value} of the "
    "differences between their means are their own** (likely range {range}); the rest is what "
    "differs from one rating to the next.",
    UNCLEAR: "**Whether scores tell {rated} of one {region} apart well enough cannot be told: "
    "{value} of the differences between their means are their own** (likely range {range}); "
    "{target} are asked for.",
}
"""Where they are compared within regions."""
RECORD_WORDS = {
    "less": "Once scores counted, complaints {ways}, which officers record themselves, changed by "
    "{own}, others by {others}. The difference points to recording; what both share may be either.",
    "more": "Once scores counted, complaints {ways}, which officers record themselves, changed by "
    "{own}, others by {others}. Beside the others they rose, by more than chance: no sign that "
    "officers record fewer.",
    "same": "Once scores counted, complaints {ways}, which officers record themselves, changed by "
    "{own}, others by {others}: no difference that chance would not explain.",
    "unknown": "Once scores counted, complaints {ways}, which officers record themselves, changed "
    "by {own}, others by {others}. Whether they differ by more than chance could not be compared.",
}
PLACE_WORDS = {
    WITHIN: "Of the differences between means over all {regions}, {beyond} lie between {regions}: "
    "that may be the place and those who rate there, and is not counted as the {rated}' own.",
    BOUND: "Hardly two {rated} are in one {region}, so what is theirs and what is their place's "
    "stay mixed: what differs between places and those who rate there counts as the {rated}' own "
    "here.",
    UNKNOWN: "The data do not say in which {region} each {one_rated} is, so what is theirs and "
    "what is their place's stay mixed: what differs between places and those who rate there "
    "counts as the {rated}' own here.",
}
NUMBER_WORDS = {
    WITHIN: "of the differences between mean scores in one {region} are of {rated} themselves.",
    ONE: "of the differences between mean scores are of {rated} themselves.",
    BOUND: "of the differences between mean scores are of {rated} or of their place.",
    UNKNOWN: "of the differences between mean scores are of {rated} or of their place.",
}


def ratings_summary(report: Ratings) -> Summary:
    """The answer first: how far a score is of the one who is rated, and what it may be used for."""
    say, known, place = report.say, report.ratings.raters_known, report.ratings.place
    points = (
        say(_answer(report)),
        _place(report) if known and place != ONE else "",
        _use(report) if known else "",
        _halo(report),
        _records(report),
        report.note,
        say("A score is no verdict on a person: this page names, ranks and dismisses nobody."),
    )
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict=report.verdict_key,
        verdict_words=say(VERDICT_WORDS[report.verdict_key]),
        number=report.numbers["value" if known else "alpha"],
        number_unit="",
        number_words=say(NUMBER_WORDS[place])
        if known
        else say("alpha over {items} items: so much do they move as one."),
        range_words=say("Likely range {range}.")
        if known
        else say("Any two items have a correlation of about {icc}."),
        scope={"place": report.place, "period": report.numbers["span"]},
    )


def _answer(report: Ratings) -> str:
    """The sentence of the verdict, by what the rated are told apart from."""
    key, place = report.verdict_key, report.ratings.place
    if place == WITHIN and key in BESIDE_WORDS:
        return BESIDE_WORDS[key]
    # They would do, if it were known whose the differences are.
    doubted = key == UNCLEAR and report.worth.mean.low >= report.params.target
    return ANSWER_WORDS[CONFOUNDED if doubted else key]


def _place(report: Ratings) -> str:
    """What lies between regions, or that it cannot be told from the rated."""
    place = report.ratings.place
    text = (
        "Between {regions} means differ no more than {rated} and {raters} within them lead to "
        "expect."
        if place == WITHIN and report.worth.beyond < LEAST_SHOWN
        else PLACE_WORDS[place]
    )
    return report.say(text)


def _use(report: Ratings) -> str:
    """How many raters are needed, and who would be called bottom again."""
    if report.worth.mean.low <= 0:
        return report.say(
            "How many {raters} would do cannot be told: the likely range of what is the {rated}' "
            "own begins at nothing."
        )
    text = (
        "They had {had}."
        if report.numbers["had"] == report.numbers["average"]
        else "They had {average} on average, so unevenly that it is worth {had} each (harmonic "
        "mean)."
    )
    held = report.say(text)
    text = (
        "Of ten called bottom beside others of their {region}, about {again} would be again by as "
        "many other {raters}."
        if report.ratings.place == WITHIN
        else "Of ten called bottom by such a score, about {again} would be again by as many other "
        "{raters}."
    )
    single = report.say(
        "A single rating is {single} the {one_rated}'s own; {target} would take about {needed} "
        "{needed_raters} each."
    )
    return joined(report.language, single, held, report.say(text))


def _halo(report: Ratings) -> str:
    """What items add to one another."""
    if report.worth.halo is None:
        return ""
    one_piece = report.worth.halo[1] >= ONE_PIECE
    if not report.ratings.raters_known:
        text = (
            "The means of {items} items order the {rated} nearly alike (alpha {alpha}): as means, "
            "they hold one impression, right or wrong. Of a single rating this says nothing."
            if one_piece
            else "The means of {items} items order the {rated} differently: any two have a "
            "correlation of about {icc}."
        )
        return report.say(text)
    text = (
        "The {items} items of a rating say nearly the same (alpha {alpha}): that is one "
        "impression, right or wrong."
        if one_piece
        else "The {items} items of a rating differ from one another: any two have a correlation of "
        "about {icc}."
    )
    return report.say(text)


def _records(report: Ratings) -> str:
    """What became of records that officers can influence, beside the others."""
    if not report.routes:
        return ""
    between = report.routes.get(BETWEEN)
    return report.say(
        RECORD_WORDS[_side(between.headline if between else None)],
        ways=report.ways(True),
        own=report.moved_with_range(INFLUENCED),
        others=report.moved_with_range(OTHERS),
    )


def _side(between: Estimate | None) -> str:
    """Which way records that officers influence changed beside the others."""
    if between is None or between.low is None or between.high is None:
        return "unknown"
    return "less" if between.high < 0 else "more" if between.low > 0 else "same"
