"""The answer of the regional profile and its facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.data.published.profile import (
    fines,
    growths,
    handling_shares,
    progresses,
    rates,
    recovery,
    samplings,
    yields,
)
from analysis.page.numbers import number, percent
from analysis.page.plates import Notes, Summary
from analysis.page.printed_figures import FiguresBrief


def profile_summary(brief: FiguresBrief) -> Summary:
    """What the five documents allow to compare, and what they do not."""
    say, language, published = brief.say, brief.language, brief.published
    everything = rates(published)
    given = [item for item in everything if item.rate]
    complaints = next(r for r in given if r.figure.indicator.startswith("complaints_"))
    money = recovery(published)[0]
    sampled = [s for s in samplings(published, brief.params.level) if s.interval]
    shares = handling_shares(published, brief.params.level)
    changes = growths(published)
    if complaints.rate is None:
        raise ValueError("a rate was asked for")
    rate = number(complaints.rate.value, language, 1)
    low, high = (number(v, language, 1) for v in (complaints.rate.low, complaints.rate.high))
    points = (
        say(
            "**The five documents cannot be ranked.** They speak of a province, a city, a "
            "district and two counties, in 2020 and 2023, for periods from six months to a year.",
        ),
        say(
            "**Per 1,000 registered entities:** a rate can be given for {given} of {all} counts. "
            "{place} accepted {rate} complaints and tip-offs per 1,000 ({low} to {high}).",
            given=len(given),
            all=len(everything),
            place=brief.place(complaints.figure.source),
            rate=rate,
            low=low,
            high=high,
        ),
        say(
            "**Complaint handling:** {counted} of {all} shares can be traced to counts. "
            "{place} recovered {sum} per case closed.",
            counted=sum(1 for s in shares if s.interval),
            all=len(shares),
            place=brief.place(money.first.source),
            sum=brief.money(money.value.value),
        ),
        say(
            "**Sampling:** {given} samplings print a result. A pass rate of {value} in {batches} "
            "batches leaves the true rate anywhere from {low} to {high}.",
            given=len(sampled),
            **_widest(brief),
        ),
        say(
            "**Growth:** {known} of {all} changes come with a level; for the others no "
            "number stands behind the percentage.",
            known=sum(1 for g in changes if g.level),
            all=len(changes),
        ),
        say(
            "A description: it shows what is printed and how exact it can be, not what any "
            "measure achieved."
        ),
    )
    return Summary(
        **brief.plate("summary"),
        scope=brief.scope,
        points=points,
        verdict="description",
        verdict_words=say("Description"),
        number=say("{given} of {all}", given=len(given), all=len(everything)),
        number_unit=say("counts"),
        number_words=say("can be put per 1,000 registered entities."),
        range_words=say(
            "{with_base} of {all} documents print how many entities are registered.",
            with_base=len({item.figure.source for item in given}),
            all=len(brief.order),
        ),
    )


def _widest(brief: FiguresBrief) -> dict[str, str]:
    """The pass rate with the widest interval."""
    given = samplings(brief.published, brief.params.level)
    spans = [(s.interval, s.tested) for s in given if s.interval]
    widest, tested = max(spans, key=lambda pair: pair[0].high - pair[0].low)
    return {
        "value": percent(widest.value, brief.language),
        "batches": number(tested.number, brief.language),
        "low": percent(widest.low, brief.language),
        "high": percent(widest.high, brief.language),
    }


def comparable_next(brief: FiguresBrief) -> Notes:
    """What five numbers in every document would make comparable."""
    say = brief.say
    return Notes(
        **brief.plate("comparable_next"),
        title=say("Five numbers that would make the next documents comparable"),
        points=(
            say("Market entities registered at the end of the period, enterprises apart."),
            say("Complaints, tip-offs and enquiries received, each by itself, and closed."),
            say("Premises inspected at random, and how many of them had a problem."),
            say("Batches tested and failed, random sampling apart from targeted sampling."),
            say("Cases opened, closed and fined, with the sum; and each number of last year."),
        ),
    )


def profile_facts(brief: FiguresBrief) -> Mapping[str, Any]:
    """What both languages must agree on."""
    published, level = brief.published, brief.params.level
    return {
        "verdict": "description",
        "rates": {
            r.figure.id: None if r.rate is None else round(r.rate.value, 3)
            for r in rates(published)
        },
        "shares": {s.figure.id: round(s.value, 4) for s in handling_shares(published, level)},
        "inspections": [round(r.value.value, 3) for r in yields(published)],
        "sampling": {s.tested.id: s.passed for s in samplings(published, level)},
        "fines": [round(f.per_case, 2) for f in fines(published)],
        "earlier": [None if g.earlier is None else round(g.earlier, 2) for g in growths(published)],
        "progress": [round(p.done.number / p.target, 4) for p in progresses(published)],
    }
