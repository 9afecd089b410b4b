"""What a report on ratings rests on: what was rated by whom, and how sure it is."""

from __future__ import annotations

from analysis.data.frames.ratings import BOUND, WITHIN
from analysis.page.plates import Notes
from analysis.page.shared.provenance import reading_sentences
from analysis.reports.service_assessment.answer import Ratings
from analysis.stats.ratings.nested import LEAST_REGIONS


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
        _dropped(report),
        *(
            say(
                "All ratings have the same number of {event}: it tells nobody apart, and does not "
                "count in scores put together.",
                event=event,
            )
            for event in idle
        ),
        _early(report),
        *reading_sentences(report, report.data.accounts),
        privacy(report),
    ]
    return report.notes("sample", say("Who rated whom"), *points)


def _dropped(report: Ratings) -> str:
    """How many ratings lack an item."""
    text = (
        "Left out because an item is missing: 1 rating."
        if report.ratings.dropped == 1
        else "Left out because an item is missing: {dropped} ratings."
    )
    return report.say(text) if report.ratings.dropped else ""


def _early(report: Ratings) -> str:
    """Where scoring began before its day."""
    text = (
        "In one {region} scoring began before the day on which it is said to have started: what "
        "came before that day is no time without it."
        if report.ratings.early == 1
        else "In {early} {regions} scoring began before the day on which it is said to have "
        "started: what came before that day is no time without it."
    )
    return report.say(text) if report.ratings.early else ""


def _range(report: Ratings) -> str:
    """What the likely range rests on."""
    if not report.ratings.raters_known:
        return ""
    if not report.ratings.alone:
        return report.say("The likely range holds for as many {raters} as there were.")
    text = (
        "The likely range leaves out one {region} at a time; it holds for as many {raters} as "
        "there were."
        if report.ratings.regions_compared >= LEAST_REGIONS
        else "The likely range leaves out one of the {rated} at a time with all its ratings; it "
        "holds for as many {raters} as there were."
    )
    return report.say(text)


def _stability(report: Ratings) -> str:
    """Who is called bottom in the next round too; blank where nobody was there to be."""
    if not report.params.stability or report.stable is None:
        return ""
    text = (
        "Of ten called bottom beside others of their {region} in one round, {n} were again in the "
        "next. Most {raters} were the same, so that part of this is their own taste, and not the "
        "{one_rated}."
        if report.ratings.place == WITHIN
        else "Of ten called bottom in one round, {n} were again in the next. Most {raters} were "
        "the same, so that part of this is their own taste, and not the {one_rated}."
    )
    return report.say(text, n=report.number(10 * report.stable, 1))


def _agreed(report: Ratings) -> str:
    """How alike raters of the same one are."""
    if report.agreed is None:
        return ""
    text = (
        "Two {raters} of the same {one_rated} agree by {agreed} beyond chance (Krippendorff's "
        "alpha, last round); what a {region} has in common counts too."
        if report.ratings.place in (WITHIN, BOUND)
        else "Two {raters} of the same {one_rated} agree by {agreed} beyond chance (Krippendorff's "
        "alpha, last round)."
    )
    return report.say(text, agreed=report.number(report.agreed, 2))


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
        _range(report),
        _agreed(report),
        say(
            "The truth these data were made from: {truth}; inside the likely range: {inside}.",
            truth=report.percent(truth),
            inside=say("yes") if worth.mean.low <= truth <= worth.mean.high else say("no"),
        )
        if truth is not None
        else "",
        _stability(report),
        say(
            "What would change our mind: a random draw of {raters}, more of them for each "
            "{one_rated}, and the same {rated} rated by others."
        ),
    ]
    return report.notes("certainty", say("What would change our mind"), *points)
