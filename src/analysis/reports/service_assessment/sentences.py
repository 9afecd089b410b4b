"""What a report on ratings says: the answer, what was rated by whom, and how sure it is."""

from __future__ import annotations

from analysis.data.frames.routes import BETWEEN, INFLUENCED, OTHERS
from analysis.page.plates import Notes, Summary
from analysis.page.shared.provenance import reading_sentences
from analysis.reports.service_assessment.answer import Ratings
from analysis.verdicts.ratings import NO_RATERS, RELIABLE, UNCLEAR, UNRELIABLE

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
    NO_RATERS: "**Only means are known, not who rated whom**: whether other {raters} would have "
    "said the same, and how many are needed, cannot be told from these data.",
}


def ratings_summary(report: Ratings) -> Summary:
    """The answer first: how far a score is of the one who is rated, and what it may be used for."""
    say, known = report.say, report.ratings.raters_known
    points = (
        say(ANSWER_WORDS[report.verdict_key]),
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
        number_words=say("of the differences between mean scores are of {rated} themselves.")
        if known
        else say("alpha over {items} items: so much do they move as one."),
        range_words=say("Likely range {range}.")
        if known
        else say("Any two items have a correlation of about {icc}."),
        scope={"place": report.place, "period": report.numbers["span"]},
    )


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
    return report.say(
        "A single rating is {single} the {one_rated}'s own; {target} would take about {needed} "
        "{raters_counted} each. {held} Of ten called bottom by such a score, about {again} would "
        "be again by as many other {raters}.",
        held=report.say(text),
    )


def _halo(report: Ratings) -> str:
    """What items add to one another."""
    if report.worth.halo is None:
        return ""
    if not report.ratings.raters_known:
        text = (
            "The means of {items} items order the {rated} nearly alike (alpha {alpha}): as means, "
            "they hold one impression, right or wrong. Of a single rating this says nothing."
            if report.worth.halo[0] > report.params.target
            else "The means of {items} items order the {rated} differently (alpha {alpha})."
        )
        return report.say(text)
    text = (
        "The {items} items of a rating say nearly the same (alpha {alpha}): that is one "
        "impression, right or wrong."
        if report.worth.halo[0] > report.params.target
        else "The {items} items of a rating differ from one another (alpha {alpha})."
    )
    return report.say(text)


def _records(report: Ratings) -> str:
    """What became of records that officers can influence, beside the others."""
    if not report.routes:
        return ""
    between = report.routes.get(BETWEEN)
    text = (
        "Once scores counted, complaints that officers record themselves changed by {own}, "
        "others by {others}. The difference points to recording; what both share may be either."
        if between is not None and (between.headline.high or 0.0) < 0
        else "Once scores counted, complaints that officers record themselves changed by {own}, "
        "others by {others}: no difference that chance would not explain."
    )
    own, others = report.moved_with_range(INFLUENCED), report.moved_with_range(OTHERS)
    return report.say(text, own=own, others=others)


def ratings_sample(report: Ratings) -> Notes:
    """Who rated whom, and what is done so that nobody is named."""
    say, ratings = report.say, report.ratings
    idle = (report.named(name).plural(report.language) for name in ratings.idle)
    points = [
        say("{ratings} ratings of {all_rated}; source: {title}.")
        if ratings.raters_known
        else say("Means of {all_rated} in {items} items; source: {title}."),
        say(
            "Those who rate are regulated by those they rate: they may be polite, or silent. "
            "Nothing in the scores themselves shows it."
        )
        if ratings.regulated
        else "",
        say("Left out because an item is missing: {dropped} ratings.") if ratings.dropped else "",
        *(
            say(
                "All ratings have the same number of {event}: it tells nobody apart, and does not "
                "count in scores put together.",
                event=event,
            )
            for event in idle
        ),
        say(
            "In {early} {regions} scoring began before the day on which it is said to have "
            "started: what came before that day is no time without it."
        )
        if ratings.early
        else "",
        *reading_sentences(report, report.data.accounts),
        privacy(report),
    ]
    return report.notes("sample", say("Who rated whom"), *points)


def privacy(report: Ratings) -> str:
    """What is done so that nobody can be told."""
    if not report.ratings.raters_known:
        return report.say("No {one_rated} is named. Shares and averages are over all together.")
    return report.say(
        "No {one_rated} is named. A point in a figure stands for one with at least {least} "
        "{raters_counted}; it shares its place across with at least {others} others, and its score "
        "is moved by a small random amount, by at most one standard error of the mean of so many "
        "ratings. Shares and averages are over all together."
    )


def ratings_certainty(report: Ratings) -> Notes:
    """How sure, the truth where it is known, and what would change our mind."""
    say, worth = report.say, report.worth
    truth = report.ratings.truth.get("officer's quarter")
    points = [
        say(
            "The likely range leaves out one of the {rated} at a time with all its ratings; it "
            "holds for as many {raters} as there were."
        )
        if report.ratings.raters_known
        else "",
        say(
            "Two {raters} of the same {one_rated} agree by {agreed} beyond chance (Krippendorff's "
            "alpha, last round).",
            agreed=report.number(report.agreed, 2),
        )
        if report.agreed is not None
        else "",
        say(
            "The truth these data were made from: {truth}; inside the likely range: {inside}.",
            truth=report.percent(truth),
            inside=say("yes") if worth.mean.low <= truth <= worth.mean.high else say("no"),
        )
        if truth is not None
        else "",
        say(
            "Of ten called bottom in one round, {n} were again in the next. Most {raters} were the "
            "same, so that part of this is their own taste, and not the {one_rated}.",
            n=report.number(10 * report.stable, 1),
        )
        if report.params.stability
        else "",
        say(
            "What would change our mind: a random draw of {raters}, more of them for each "
            "{one_rated}, and the same {rated} rated by others."
        ),
    ]
    return report.notes("certainty", say("What would change our mind"), *points)
