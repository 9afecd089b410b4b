"""What a comparison of interventions says: the answer, its conditions, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from analysis.disclosure.store import noise_of
from analysis.page.plates import Notes, Summary
from analysis.page.shared.certainty import EFFECT_WORDS
from analysis.page.shared.certainty import reasons as said
from analysis.page.shared.protection import averages_sentence
from analysis.page.shared.provenance import DROPPED_WORDS, reading_sentences
from analysis.page.wording import capital, joined
from analysis.reports.compare_interventions.answer import Interventions
from analysis.stats.joint.contrasts import Contrast
from analysis.studies.verdict import ALLOWED
from analysis.verdicts.joint import JointFinding

VERDICT_WORDS = {
    "one_did_more": "One did more than another, low certainty",
    "none_stands": "Cannot tell which did more",
    "not_comparable": "Cannot be compared with one another",
}
REFUSED_WORDS = {
    "few_with_one": "fewer than five {regions}, or three that move independently, had exactly one "
    "of the two on either side",
    "subset": "all {regions} with one of them had the other as well",
    "overlap": "most {regions} had both, and what the two do together cannot be told",
    "no_kind_in_common": "no kind of {region} took up both",
    "few_degrees": "too few {regions} tell the difference",
}
SHOWN = 2
"""Pairs that the answer names."""
BEND = 0.1
"""By how much of the overlap an interaction of .15 that is left out moves an effect."""


def toward_first(contrast: Contrast) -> tuple[float, float, float]:
    """The difference and its limits, of the one with fewer records against the other."""
    value, (low, high) = contrast.look.value if contrast.look else 0.0, contrast.limits
    return (value, low, high) if value < 0 else (-value, -high, -low)


def summary(report: Interventions) -> Summary:
    """The answer first: which did more, each effect, what is not told, what would tell more."""
    say, lead = report.say, next(iter(report.standing), None)
    points = (*_answers(report), _each(report), _untold(report), _more(report), _scope(report))
    number = say("{claims} of {count} interventions")
    words = say("come with a change in {outcome} that the rule of this report claims.")
    likely = say("How much each could have done stands in the ranges below.")
    if lead:
        value, low, high = toward_first(lead)
        number, words = report.change(value), capital(_against(report, lead)) + say(".")
        likely = say(
            "Likely range: {likely}, wide enough for all {pairs} pairs at once.",
            likely=report.likely(low, high),
        )
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict=report.verdict_key,
        verdict_words=say(VERDICT_WORDS[report.verdict_key]),
        number=number,
        number_unit=report.outcome if lead else "",
        number_words=words,
        range_words=likely,
        scope={"place": report.place, "period": report.numbers["span"]},
        certainty_words=say("Certainty: low") if lead else "",
        certainty=1 if lead else 0,
        grounds=_grounds(report, lead) if lead else (),
        limits=(say("Adopters were not drawn by lot."),) if lead and not report.panel.drawn else (),
    )


def _against(report: Interventions, contrast: Contrast) -> str:
    return report.say("{first} against {second}", **report.pair(contrast))


def _answers(report: Interventions) -> Iterator[str]:
    for contrast in report.standing[:SHOWN]:
        value, low, high = toward_first(contrast)
        pair = report.pair(contrast)
        yield report.say(
            "**{first} went with fewer {outcome} than {second}: {value}** (likely range {likely}).",
            first=capital(pair["first"]),
            second=pair["second"],
            value=report.change(value),
            likely=report.likely(low, high),
        )
    if not report.standing:
        yield report.say(
            "**We cannot tell which of the {count} interventions did more.** No difference between "
            "two of them stands once all {pairs} pairs are looked at together."
        )


def _each(report: Interventions) -> str:
    """Every intervention while it is in force, the others as they were."""
    say = report.say
    parts = [
        say(
            "{name} {value} ({likely}; {verdict})",
            name=report.named(finding.name),
            value=report.change(finding.record["value"]),
            likely=report.likely(finding.record["low"], finding.record["high"]),
            verdict=say(EFFECT_WORDS[finding.verdict.key]),
        )
        for finding in report.findings
    ]
    return say(
        "Each while in force, the others as they were: {parts}.", parts=say("; ").join(parts)
    )


def _untold(report: Interventions) -> str:
    """Pairs of which nothing can be said, and pairs whose difference does not stand."""
    refused = sum(c.look is None for c in report.contrasts)
    open_ = len(report.contrasts) - refused - len(report.standing)
    found = []
    if open_ and report.standing:
        text = report.say(
            "For {open} of {pairs} pairs we cannot tell which did more.", open=report.number(open_)
        )
        found.append(text)
    if refused:
        text = report.say(
            "{refused} of {pairs} pairs cannot be compared at all.", refused=report.number(refused)
        )
        found.append(text)
    return joined(report.language, *found)


def _more(report: Interventions) -> str:
    """What would be needed to know more, never what to do."""
    open_ = [c for c in report.contrasts if c.look and not c.stands(report.params.level)]
    if not open_:
        return ""
    contrast = min(open_, key=report.detectable)
    least, wanted = report.detectable(contrast), math.log1p(report.params.smallest_effect)
    if least <= wanted:
        return ""
    return report.say(
        "Between {first} and {second} a difference of {least} would be found in four cases out of "
        "five; to find one of {smallest} would take about {times} times as many {regions} with "
        "exactly one of the two.",
        least=report.percent(math.expm1(least), 0),
        smallest=report.percent(report.params.smallest_effect, 0),
        times=report.number(math.ceil((least / wanted) ** 2)),
        **report.pair(contrast),
    )


def _scope(report: Interventions) -> str:
    return report.say(
        "This is about {treated} {regions} with one or more of them and {never} with none, {span}; "
        "it does not say why."
    )


def _grounds(report: Interventions, contrast: Contrast) -> tuple[str, ...]:
    """What the leading contrast was held against."""
    found, look = contrast.trend_break, contrast.look
    if found is None or look is None:
        return ()
    text = report.say(
        "With a slope of their own for the adopters of each, the difference is {value}.",
        value=report.change(found.value if look.value < 0 else -found.value),
    )
    return text, _months(report, contrast)


SPAN_WORDS = {
    "week": "Compared over the first {n} weeks of each.",
    "month": "Compared over the first {n} months of each.",
    "quarter": "Compared over the first {n} quarters of each.",
    "year": "Compared over the first {n} years of each.",
}


def _months(report: Interventions, contrast: Contrast) -> str:
    return report.say(SPAN_WORDS[report.panel.frequency], n=report.number(contrast.span))


def reasons(report: Interventions, finding: JointFinding) -> str:
    """Why a verdict is not surer, or what keeps a direction from being claimed."""
    inside = finding.record["low"] <= 0 <= finding.record["high"]
    return said(report.say, finding.verdict, inside)


def sample(report: Interventions) -> Notes:
    """What was compared, and what was left out."""
    say, panel = report.say, report.panel
    points = [
        say(
            "{outcome} in {all} {regions}, {span}; source: {title}.",
            outcome=capital(report.outcome),
            title=report.description.title.of(report.language),
        )
    ]
    if panel.left_out:
        names = say(", ").join(map(report.named, panel.left_out))
        points.append(say("Begun in fewer than five {regions} and left out: {names}.", names=names))
    points += [
        f"{say(DROPPED_WORDS[reason])}: {say('{n} left out', n=report.number(count))}"
        for reason, count in panel.dropped.items()
    ]
    points += reading_sentences(report, report.data.accounts)
    points.append(averages_sentence(report, noise_of(report.data)))
    return Notes(**report.plate("sample"), title=say("What was compared"), points=tuple(points))


def head_to_head(report: Interventions) -> Notes:
    """On which conditions one can be compared with another, pair by pair."""
    rule = report.say(
        "A difference is told only from {regions} with exactly one of the two, over the same time "
        "since the start, and stands only if it holds for all {pairs} pairs together and also with "
        "a slope of their own for the adopters of each."
    )
    points = (rule, *(capital(_conditions(report, one)) for one in report.contrasts))
    return Notes(**report.plate("head_to_head"), title=report.say("Head to head"), points=points)


def _conditions(report: Interventions, contrast: Contrast) -> str:
    """What a pair can be told from, or why it cannot."""
    say, overlap, pair = report.say, contrast.overlap, report.pair(contrast)
    if contrast.refused:
        why = say("; ").join(say(REFUSED_WORDS[key]) for key in contrast.refused)
        return say(
            "{first} and {second}: cannot tell which did more, because {why}.", why=why, **pair
        )
    one, other = overlap.alone if contrast.look and contrast.look.value < 0 else overlap.alone[::-1]
    text = say(
        "{first} and {second}: {one} and {other} {regions} have exactly one, {share} of the "
        "adopters of the rarer one have both.",
        one=report.number(one),
        other=report.number(other),
        share=report.percent(overlap.share, 0),
        **pair,
    )
    doubt = ""
    if overlap.both and not report.modelled(contrast):
        doubt = say(
            "What the two do together is not in the model; one of 15% would move each effect by "
            "about {bend}.",
            bend=report.percent(BEND * overlap.share, 0),
        )
    answer = "" if contrast.stands(report.params.level) else say("No difference stands.")
    return joined(report.language, text, _months(report, contrast), doubt, answer)


def certainty(report: Interventions) -> Notes:
    """The rule, and what would change our mind."""
    say, expected = report.say, ALLOWED * len(report.findings)
    points = (
        say(
            "Each effect is judged by the rule for a single intervention. Had none of {count} any "
            "effect, chance alone would still be expected to give up to {expected} directions.",
            expected=report.number(expected, 2),
        ),
        say(
            "In simulated worlds without a difference any pair was falsely told apart in at most "
            "about one study in twenty; the studies are kept with this project."
        ),
        say(
            "A drift of one intervention's adopters would look like a difference; a bend of it at "
            "the start still would."
        ),
        say(
            "What would change our mind: more {regions} with exactly one of two interventions, "
            "starts drawn by lot, or the same difference in another place."
        ),
    )
    title = say("The rule, and what it cannot see")
    return Notes(**report.plate("certainty"), title=title, points=points)
