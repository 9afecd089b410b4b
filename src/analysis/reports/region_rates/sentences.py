"""What a report on regions side by side says: the answer, the table and its limits."""

from __future__ import annotations

from analysis.disclosure.store import noise_of
from analysis.page.numbers import span
from analysis.page.plates import Notes, Summary, Table
from analysis.page.shared.protection import protection_points
from analysis.page.shared.provenance import sample_points
from analysis.page.wording import joined
from analysis.reports.region_rates.answer import HIGH, LOW, Regions

NAMES_WORDS = {HIGH: "More: {names}.", LOW: "Fewer: {names}."}
NAMED = 8
"""Regions named in one sentence."""
MOST = 0.5
"""Share of the size from which one region makes most of the overall rate."""
CLUSTER_WORDS = {
    "parent_code": "The overall range takes {regions} below one upper region to move together.",
    "level": "The overall range takes {regions} of one level of government to move together.",
}


def regions_summary(report: Regions) -> Summary:
    """The answer first: how many stand out, which, and what that does not mean."""
    say, (low, high) = report.say, map(report.rate, report.pooled[1:])
    points = (
        _answer(report),
        _names(report),
        say(
            "**Overall:** {pooled} {unit} ({range}), {span}.",
            range=span(low, high, report.language),
        ),
        _clustered(report),
        _dispersion(report),
        _withheld(report),
        say(
            "A rate is no mark for a bureau: it rises with more that goes wrong, and also with "
            "easier reporting and fuller records. It says where to look, not what will be found."
        ),
    )
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict="description",
        verdict_words=say("Description"),
        number=say("{apart} of {shown} {regions}")
        if report.standing(HIGH, LOW)
        else say("none of {shown} {regions}"),
        number_unit="",
        number_words=say("stand out from chance and usual variation."),
        range_words=say(
            "By this rule, at most {share} of those that stand out do so by chance, on average."
        ),
        scope={"place": report.place, "period": report.numbers["span"]},
    )


def _answer(report: Regions) -> str:
    text = (
        "**More {outcome} per {base} {exposure} than chance and usual variation explain: {high} "
        "{regions}; fewer: {low}.** The other {rest} shown lie within what these explain."
        if report.standing(HIGH, LOW)
        else "**None of the {rest} {regions} shown has more or fewer {outcome} per {base} "
        "{exposure} than chance and usual variation explain.**"
    )
    return joined(report.language, report.say(text), _pairs(report))


def _pairs(report: Regions) -> str:
    """How many pairs differ: to stand out from all and to differ from another are two things."""
    text = (
        "That does not make them alike: {differing} of all {pairs} pairs of {regions} differ by "
        "more than chance alone."
        if report.checks["pairs"].value
        else "No pair of them differs by more than chance alone, which small counts could hide."
    )
    return report.say(text)


def _differences(report: Regions) -> list[str]:
    """Which groups differ, what difference would have been found, and who weighs most."""
    say, checks, found = report.say, report.checks, []
    if checks["ends"].value:
        found.append(
            say(
                "Each of the {ends} {regions} with the highest rates differs by more than chance "
                "alone from each of the {ends} with the lowest (all {pairs} pairs at once, Holm)."
            )
        )
    if checks["pair_ratio"].value and checks["region_ratio"].value:
        found.append(
            say(
                "Two {regions} of middle size would usually be told apart if one had {pair_ratio} "
                "times the rate of the other; one {region} would usually stand out with "
                "{region_ratio} times the rate of all."
            )
        )
    if (checks["largest_share"].value or 0) > MOST:
        found.append(
            say(
                "One {region} holds {largest_share} of all {exposure}: the overall rate is mostly "
                "its own."
            )
        )
    return found


def _names(report: Regions) -> str:
    say = report.say
    parts = []
    for kind, text in NAMES_WORDS.items():
        found = [region.name for region in report.standing(kind)]
        names = say(", ").join(found[:NAMED])
        if len(found) > NAMED:
            names = say(
                "{names} and {more} others (see the table)", names=names, more=len(found) - NAMED
            )
        parts.append(say(text, names=names) if found else "")
    return joined(report.language, *parts)


def _clustered(report: Regions) -> str:
    """Where regions move together: the overall range comes from the groups."""
    by = report.params.cluster
    return report.say(CLUSTER_WORDS[by]) if by else ""


def _dispersion(report: Regions) -> str:
    value = report.checks["dispersion"].value or 0.0
    if value <= 1:
        return report.say("{Regions} differ by no more than chance would have them.")
    return report.say(
        "{Regions} vary {times} times as much as chance alone would have them. Most of that is "
        "taken for usual variation, and the limits allow for it; why they vary is not in these "
        "data, and what is wrong in many {regions} at once is taken for usual as well.",
        times=report.rate(value),
    )


def _withheld(report: Regions) -> str:
    if not report.withheld:
        return ""
    return report.say(
        "Not shown one by one, because their counts are small: {withheld} of {all} {regions}. "
        "Totals and limits hold them."
    )


def regions_table(report: Regions) -> Table:
    """Every region in order of its code, never of its rate."""
    say = report.say
    return Table(
        **report.plate("regions"),
        title=say("{Outcome} and rates of all {regions}, {span}, in order of their codes"),
        caption=say(
            "Rates are {unit}. A shrunken rate borrows from all {regions} what a small count "
            "cannot tell; its range holds at {level}. Read it before the plain rate."
        ),
        data=report.table,
        folded=True,
    )


def regions_sample(report: Regions) -> Notes:
    """What was compared, and what was left out."""
    say = report.say
    points = [
        say(
            "About {events} {outcome} in {all} {regions}, {span}; source: {title}.",
            events=report.number(int(report.frame["events"].sum())),
            title=report.description.title.of(report.language),
        )
    ]
    dropped = report.comparison.dropped
    points += [report.note, *sample_points(report, dropped, report.data.accounts)]
    points += protection_points(report, noise_of(report.data))
    return report.notes("sample", say("What was compared"), *points)


def regions_certainty(report: Regions) -> Notes:
    """How sure, and what would change our mind."""
    say = report.say
    points = (
        say(
            "{all} {regions} were tested at once. A {region} counts as standing out where the "
            "share of false findings among all that do is held to {share} (Benjamini–Hochberg "
            "over these {all} {regions} and this one outcome)."
        ),
        *_differences(report),
        say(
            "The limits are made from these {regions} themselves. If most of them had changed "
            "together, none would stand out."
        ),
        say(
            "What would change our mind: the same {region} standing out in another year, another "
            "kind of record, and after allowing for the trades it is home to."
        ),
    )
    return report.notes("certainty", say("The rule, and what it cannot see"), *points)
