"""What a report on the methods says: what holds, and what nobody has looked at."""

from __future__ import annotations

from analysis.page.plates import Notes, Summary
from analysis.reports.method_validation.answer import Validated


def summary(report: Validated) -> Summary:
    """The answer first: published numbers, then worlds, then what is missing."""
    say = report.say
    answer = (
        say("**{off} of {all} published numbers are not obtained again.** They are named below.")
        if report.off
        else say(
            "**All {all} published numbers that were tried are obtained again**, each as exactly "
            "as its source prints it or as the test says."
        )
    )
    strays = [one.words for one in report.tried if one.strays]
    worlds = (
        say(
            "In simulated worlds with a known truth, {lowest} to {highest} of the ranges at "
            "{level} hold it. Worlds rule out that they are as sure as they say for: {strays}.",
            strays=say(", ").join(strays),
        )
        if strays
        else say(
            "In simulated worlds with a known truth, {lowest} to {highest} of the ranges at "
            "{level} hold it: no more off than so few worlds explain."
        )
    )
    points = (
        answer,
        worlds,
        say(
            "Where there is no effect, at most {false} of worlds seem to show one; {chance} should."
        )
        if report.numbers["false"] != report.numbers["chance"]
        else "",
        say(
            "Of the published numbers, {recalled} are cited from memory: their source could not be "
            "looked up."
        )
        if report.recalled
        else "",
        say(
            "No published number stands behind: {without}. They rest on worlds and on second ways "
            "to compute the same.",
            without=say(", ").join(report.without),
        )
        if report.without
        else "",
    )
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict="description",
        verdict_words=say("Description"),
        number=say("{within} of {all}") if report.off else say("all {all}"),
        number_unit="",
        number_words=say("published numbers are obtained again, of {methods} methods."),
        range_words=say("Ranges at {level} hold the truth in {lowest} to {highest} of worlds."),
        scope={"place": report.place},
    )


def sample(report: Validated) -> Notes:
    """Where numbers and worlds come from."""
    say = report.say
    return report.notes(
        "sample",
        say("What was compared"),
        say("A published number is worked out anew from its data whenever the tests run."),
        say(
            "Worlds are made by this package, {worlds} or more a method, with one ordinary truth "
            "and once with none."
        ),
    )


def certainty(report: Validated) -> Notes:
    """What this can and cannot show."""
    say = report.say
    return report.notes(
        "certainty",
        say("What this can show, and what not"),
        say(
            "A published number shows that the same is computed, not that the method suits your "
            "data."
        ),
        say(
            "Worlds are simple where data are not: one kind each. Harder ones, with drifts, shocks "
            "and holes, stand on the site's page on how to read these reports."
        ),
        say(
            "What would change our mind: a published number that is not obtained, or a world, as "
            "plausible as these, in which ranges hold the truth too seldom. Both can be sent as a "
            "test."
        ),
    )
