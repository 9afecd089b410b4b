"""What a comparison of interventions says: the answer, its conditions, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.disclosure.store import noise_of
from analysis.page.plates import Notes, Summary
from analysis.page.shared.certainty import EFFECT_WORDS, REASON_WORDS
from analysis.page.shared.protection import averages_sentence
from analysis.page.shared.provenance import sample_points
from analysis.page.wording import capital
from analysis.reports.compare_interventions.answer import Interventions
from analysis.stats.joint.contrasts import Contrast
from analysis.stats.joint.overlap import beside_others
from analysis.studies.verdict import ALLOWED

VERDICT_WORDS = {
    "one_did_more": "One did more than another, low certainty",
    "none_stands": "Cannot tell which did more",
    "not_comparable": "Cannot be compared with one another",
}
CLAIMED_WORDS = {
    True: "come with a change in {outcome} that the rule of this report claims.",
    False: "can be said to go with a change in {outcome}; that is not to say that nothing changed.",
}
"""By whether any does."""
SHOWN = 2
"""Pairs that the answer names."""


def summary(report: Interventions) -> Summary:
    """The answer first: which did more, each effect, what is not told, what would tell more."""
    say, pairs = report.say, report.told
    lead, more = next(iter(pairs.standing), None), pairs.more(report.params.smallest_effect)
    points = (
        *_answers(report),
        _each(report),
        *_beside(report),
        pairs.untold(),
        more,
        _scope(report),
    )
    some = any(finding.verdict.claims for finding in report.findings)
    text = "{claims} of {count} interventions" if some else "none of {count} interventions"
    number = say(text)
    words = say(CLAIMED_WORDS[some])
    likely = say("How much each could have done stands in the ranges below.")
    if lead:
        number, span = pairs.difference(lead)
        words = say("{Outcome} under the first against the second, over the same time since each "
                    "began.")  # fmt: skip
        likely = say("Likely range: {likely}, wide enough for every pair at once.", likely=span)
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict=report.verdict_key,
        verdict_words=say(VERDICT_WORDS[report.verdict_key]),
        number=number,
        number_unit=pairs.against(lead) if lead else "",
        number_words=words,
        range_words=likely,
        scope={"place": report.place, "period": report.numbers["span"]},
        certainty_words=say("Certainty: low") if lead else "",
        certainty=1 if lead else 0,
        grounds=pairs.grounds(lead) if lead else (),
        limits=tuple(_limits(report, lead)) if lead else (),
    )


def claimed(report: Interventions) -> str:
    """For how many interventions a change is claimed; for none, that none can be told."""
    some = any(finding.verdict.claims for finding in report.findings)
    text = (
        "A change in {outcome} is claimed for {claims} of {count} interventions"
        if some
        else "For none of {count} interventions can a change in {outcome} be told"
    )
    return report.say(text)


def _limits(report: Interventions, lead: Contrast) -> Iterator[str]:
    """What keeps the certainty of a difference low: the rule, and the doubts of each of the two."""
    say = report.say
    yield say("A difference between two interventions is never claimed with more certainty.")
    for place in lead.pair:
        one = report.findings[place]
        doubts = (*one.verdict.overruled, *one.verdict.lowered)
        if doubts:
            why = say("; ").join(say(REASON_WORDS[key]) for key in doubts)
            yield say("{Name}: {why}.", Name=capital(report.named(one.name)), why=why)
    if not report.panel.drawn:
        yield say("Adopters were not drawn by lot.")


def _answers(report: Interventions) -> Iterator[str]:
    pairs = report.told
    for contrast in pairs.standing[:SHOWN]:
        (value, likely), pair = pairs.difference(contrast), pairs.of(contrast)
        yield report.say(
            "**{first} went with fewer {outcome} than {second}: {value}** (likely range {likely}).",
            first=capital(pair["first"]),
            second=pair["second"],
            value=value,
            likely=likely,
        )
    if report.verdict_key == "not_comparable":
        yield report.say(
            "**The {count} interventions cannot be compared with one another.** Why not is said "
            "below, pair by pair."
        )
    elif not pairs.standing:
        yield report.say(
            "**We cannot tell which of the {count} interventions did more.** No difference between "
            "two of them stands if every pair is allowed for."
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


def _beside(report: Interventions) -> Iterator[str]:
    """Of which interventions the effect is what they do beside others."""
    say, names = report.say, list(report.interventions.values())
    for which, others in beside_others(report.answer.course).items():
        yield say(
            "Fewer than five {regions} that move independently had {name} without {others}: its "
            "effect is what it does beside that, and what they only do together is part of it.",
            name=names[which],
            others=say(" or ").join(names[k] for k in others),
        )


def _scope(report: Interventions) -> str:
    return report.say(
        "This is about {treated} {regions} with one or more of them and {never} with none, {span}; "
        "it does not say why."
    )


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
    points += sample_points(report, panel.dropped, report.data.accounts)
    points.append(averages_sentence(report, noise_of(report.data)))
    return report.notes("sample", say("What was compared"), *points)


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
    return report.notes("certainty", say("The rule, and what it cannot see"), *points)
