"""What a report on regions side by side says: the answer, the table and its limits."""

from __future__ import annotations

from analysis.page.numbers import number, percent
from analysis.page.plates import Notes, Provenance, Summary, Table
from analysis.page.protection import describe_rules
from analysis.page.provenance import DROPPED_WORDS, method_line, reading_sentences, source_entries
from analysis.page.wording import capital, joined
from analysis.reports.region_rates.answer import HIGH, LOW, RegionsBrief

STANDING_WORDS = {HIGH: "More: {names}.", LOW: "Fewer: {names}."}
NAMED = 8
"""Regions named in one sentence."""


def regions_summary(brief: RegionsBrief) -> Summary:
    """The answer first: how many stand out, which, and what that does not mean."""
    say, language = brief.say, brief.language
    count = len(brief.standing(HIGH, LOW))
    points = (
        _answer(brief),
        _names(brief),
        say(
            "**Overall:** {rate} {unit} ({range}), {span}.",
            rate=brief.rate(brief.pooled[0]),
            unit=brief.unit,
            range=brief.pooled_span(),
            span=brief.span,
        ),
        _dispersion(brief),
        _withheld(brief),
        say(
            "A rate is no mark for a bureau: it rises with more that goes wrong, and also with "
            "easier reporting and fuller records. It says where to look, not what will be found."
        ),
    )
    return Summary(
        **brief.plate("summary"),
        points=tuple(point for point in points if point),
        verdict="description",
        verdict_words=say("Description"),
        number=say(
            "{given} of {all}",
            given=number(count, language),
            all=number(len(brief.shown), language),
        ),
        number_unit=brief.regions,
        number_words=say("stand out from chance and usual variation."),
        range_words=say(
            "By this rule, at most {share} of those that stand out do so by chance, on average.",
            share=percent(brief.question.false_discoveries, language, 0),
        ),
        scope={"place": brief.place, "period": brief.span},
    )


def _answer(brief: RegionsBrief) -> str:
    say, language = brief.say, brief.language
    high, low = (len(brief.standing(kind)) for kind in (HIGH, LOW))
    rest = len(brief.shown) - high - low
    if not high + low:
        return say(
            "**None of the {rest} {regions} shown has more or fewer {outcome} per 1,000 "
            "{exposure} than chance and usual variation explain.** They cannot be told apart, "
            "whatever their order in a league table.",
            rest=number(rest, language),
            regions=brief.regions,
            outcome=brief.outcome,
            exposure=brief.exposure,
        )
    return say(
        "**More {outcome} per 1,000 {exposure} than chance and usual variation explain: {high} "
        "{regions}; fewer: {low}.** The other {rest} shown cannot be told apart, whatever their "
        "order in a league table.",
        high=number(high, language),
        low=number(low, language),
        rest=number(rest, language),
        regions=brief.regions,
        outcome=brief.outcome,
        exposure=brief.exposure,
    )


def _names(brief: RegionsBrief) -> str:
    say = brief.say
    parts = []
    for kind, text in STANDING_WORDS.items():
        found = [region.name for region in brief.standing(kind)]
        if not found:
            continue
        names = say(", ").join(found[:NAMED])
        if len(found) > NAMED:
            names = say(
                "{names} and {more} others (see the table)", names=names, more=len(found) - NAMED
            )
        parts.append(say(text, names=names))
    return joined(brief.language, *parts)


def _dispersion(brief: RegionsBrief) -> str:
    value = brief.result.checks[0].value or 0.0
    if value <= 1:
        return brief.say(
            "{Regions} differ by no more than chance would have them.",
            Regions=capital(brief.regions),
        )
    return brief.say(
        "{Regions} vary {times} times as much as chance alone would have them. Most of that is "
        "usual variation, such as different trades and habits of reporting, and the limits allow "
        "for it.",
        Regions=capital(brief.regions),
        times=number(value, brief.language, 1),
    )


def _withheld(brief: RegionsBrief) -> str:
    if not brief.withheld:
        return ""
    return brief.say(
        "{count} of {all} {regions} are not shown one by one, because their counts are small or "
        "would give a small one away; the totals hold them.",
        count=number(brief.withheld, brief.language),
        all=number(len(brief.everyone), brief.language),
        regions=brief.regions,
    )


def regions_table(brief: RegionsBrief) -> Table:
    """Every region in order of its code, never of its rate."""
    say = brief.say
    return Table(
        **brief.plate("regions"),
        title=say(
            "{outcome} and rates of all {regions}, {span}, in order of their codes",
            outcome=capital(brief.outcome),
            regions=brief.regions,
            span=brief.span,
        ),
        caption=say(
            "Rates are {unit}. A shrunken rate borrows from all {regions} what a small count "
            "cannot tell; its range holds at {level}. Read it before the plain rate.",
            unit=brief.unit,
            regions=brief.regions,
            level=percent(brief.result.level, brief.language, 0),
        ),
        data=brief.table,
        folded=True,
    )


def regions_sample(brief: RegionsBrief) -> Notes:
    """What was compared, and what was left out."""
    say, language = brief.say, brief.language
    events = int(brief.comparison.frame["events"].sum())
    points = [
        say(
            "{events} {outcome} in {count} {regions}, {span}; source: {title}.",
            events=number(events, language),
            outcome=brief.outcome,
            count=number(len(brief.everyone), language),
            regions=brief.regions,
            span=brief.span,
            title=brief.description.title.of(language),
        )
    ]
    points += [
        f"{say(DROPPED_WORDS[reason])}: {say('{n} left out', n=number(count, language))}"
        for reason, count in brief.comparison.dropped.items()
    ]
    points += reading_sentences(brief, brief.comparison.accounts)
    return Notes(**brief.plate("sample"), title=say("What was compared"), points=tuple(points))


def regions_certainty(brief: RegionsBrief) -> Notes:
    """How sure, and what would change our mind."""
    say, language = brief.say, brief.language
    share = percent(brief.question.false_discoveries, language, 0)
    points = (
        say(
            "{count} {regions} were tested at once. A {region} counts as standing out where the "
            "share of false findings among all that do is held to {share} (Benjamini–Hochberg "
            "over these {count} {regions} and this one outcome).",
            count=number(len(brief.everyone), language),
            regions=brief.regions,
            region=brief.region,
            share=share,
        ),
        say(
            "The limits are made from these {regions} themselves. If most of them had changed "
            "together, none would stand out.",
            regions=brief.regions,
        ),
        say(
            "What would change our mind: the same {region} standing out in another year, another "
            "kind of record, and after allowing for the trades it is home to.",
            region=brief.region,
        ),
    )
    return Notes(
        **brief.plate("certainty"),
        title=say("The rule, and what it cannot see"),
        points=points,
    )


def regions_provenance(brief: RegionsBrief) -> Provenance:
    """Where the numbers come from and with what they were made."""
    say = brief.say
    entries = source_entries(
        brief,
        method_line(brief.result.method, brief.language),
        brief.question.seed,
        describe_rules(brief.rules, say),
        brief.comparison.hashes,
        brief.comparison.accounts,
    )
    return Provenance(
        **brief.plate("provenance"),
        entries=entries,
        params=brief.question.model_dump(),
        methods=(brief.result.method,),
    )
