"""What is said of one region: the answer, what it rests on, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.disclosure.store import noise_of
from analysis.page.plates import Notes, Summary
from analysis.page.shared.certainty import GRADED_WORDS
from analysis.page.shared.protection import protection_points
from analysis.page.shared.provenance import sample_points
from analysis.page.wording import capital, joined
from analysis.reports.single_region.answer import Alone
from analysis.reports.single_region.drawings import WAY_WORDS
from analysis.reports.single_region.question import SHORT
from analysis.verdicts.alone import SECOND

TOO_SHORT_WORDS = "Too short to be matched"
VERDICT_WORDS = GRADED_WORDS | {"too_short": TOO_SHORT_WORDS}
ANSWER_WORDS = {
    "fewer_low": "**Fewer {outcome} in {name} than others lead to expect: {value}** (likely range "
    "{likely}).",
    "more_low": "**More {outcome} in {name} than others lead to expect: {value}** (likely range "
    "{likely}).",
    "lower_low": "**{Outcome} in {name}: {value} than others lead to expect** (likely range "
    "{likely}).",
    "higher_low": "**{Outcome} in {name}: {value} than others lead to expect** (likely range "
    "{likely}).",
    "cannot_tell": "**We cannot tell what {intervention} did in {name}.** The best estimate is "
    "{value}, the likely range {likely}.",
    "too_short": "**{name} is known for too short a time to be matched:** {before} periods before "
    "the start, where at least {least} are needed to tell likeness from luck.",
}
RARE_WORDS = {
    1: "**As rare as {rank} in {among}:** taken for the one that acted, none of the other {others} "
    "{regions} that can be followed as closely shows a gap as large beside its gap before the "
    "start; in single periods it may be larger.",
    2: "**As rare as {rank} in {among}:** taken for the one that acted, one of the other {others} "
    "{regions} that can be followed as closely shows a gap as large beside its gap before the "
    "start.",
    3: "**As rare as {rank} in {among}:** taken for the one that acted, {rarer} of the other "
    "{others} {regions} that can be followed as closely show a gap as large beside their gap "
    "before the start.",
}
"""By whether none, one or more of the others do."""
RARE_OF_ALL_WORDS = {
    1: "**As rare as {rank} in {among}:** taken for the one that acted, none of the other {others} "
    "{regions} shows a gap as large beside its gap before the start; in single periods it may be "
    "larger.",
    2: "**As rare as {rank} in {among}:** taken for the one that acted, one of the other {others} "
    "{regions} shows a gap as large beside its gap before the start.",
    3: "**As rare as {rank} in {among}:** taken for the one that acted, {rarer} of the other "
    "{others} {regions} show a gap as large beside their gap before the start.",
}
"""The same where nobody is left out, however closely it can be followed."""
WHY_WORDS = {
    "rank": "no range can be given from so few {regions} and periods",
    "range": "the likely range includes no change",
    "series": "the {region}'s own course, held against all others together, does not bear it out",
    "no_series": "too few periods to look at its own course as well",
}


def summary(report: Alone) -> Summary:
    """The answer first: the change, how rare it is, other ways, and what could have been seen."""
    say, key = report.say, report.verdict_key
    points = (
        say(ANSWER_WORDS[key], least=report.number(SHORT)),
        *_why(report),
        _rare(report),
        _others(report),
        report.power_sentence(),
        say(
            "One {region} is one case: whatever else began in {name} around {began} is in the "
            "estimate, and nothing follows for other {regions}."
        ),
    )
    low = key.endswith("_low")
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point)[:6],
        verdict=key,
        verdict_words=say(VERDICT_WORDS[key]),
        number=report.numbers["value"],
        number_unit=report.outcome if report.counted else "",
        number_words=say(
            "{Outcome} in {name} against what {donors} other {regions} lead to expect."
        ),
        range_words=say("Likely range: {likely}. As rare as {rank} in {among}."),
        scope={
            "place": report.place,
            "period": report.numbers["span"],
            "intervention": capital(report.intervention),
        },
        certainty_words=say("Certainty: low") if low else say("No direction is claimed"),
        certainty=1 if low else 0,
        grounds=(say("The {region}'s own course, held against all others, agrees."),)
        if low
        else (),
        limits=(say("A single {region}; it was not drawn by lot."),) if low else (),
    )


def _why(report: Alone) -> Iterator[str]:
    """Why no direction is claimed."""
    if report.verdict_key == "cannot_tell":
        yield report.say("Why: {reason}.", reason=_reason(report))


def _reason(report: Alone) -> str:
    """What keeps a direction from being claimed."""
    found = report.result.headline
    key = "no_series" if report.controlled is None else "series"
    if found.low is None or found.high is None:
        key = "rank"
    elif found.low <= 0 <= found.high:
        key = "range"
    return report.say(WHY_WORDS[key])


def doubts(report: Alone) -> str:
    """What could be wrong, in a line."""
    if report.verdict_key == "too_short":
        return report.say(TOO_SHORT_WORDS)
    if report.verdict_key == "cannot_tell":
        return _reason(report)
    return report.say("A single {region}; it was not drawn by lot.")


def _rare(report: Alone) -> str:
    """How many others show as large a gap beside that before, each taken for it."""
    detail = report.check("placebo_rank").detail
    words = RARE_WORDS if report.limited else RARE_OF_ALL_WORDS
    rarer, others = (report.number(detail[key] - 1) for key in ("rank", "among"))
    said = report.say(words[min(detail["rank"], 3)], rarer=rarer, others=others)
    unsaid = report.say("A rank cannot tell a change from a course of its own.")
    return joined(report.language, said, unsaid)


def _others(report: Alone) -> str:
    """The other estimates in one sentence."""
    parts = [
        report.say(
            "{way} {value} ({likely})",
            way=_lower(report, way.key),
            value=report.change(way.estimate.value),
            likely=report.likely_of(way.estimate),
        )
        for way in report.every[1 if report.subject.synthetic else 0 :]
    ]
    return report.say("**Other ways:** {parts}.", parts=report.say("; ").join(parts))


def _lower(report: Alone, key: str) -> str:
    text = report.say(WAY_WORDS[key])
    return text[:1].lower() + text[1:]


def sample(report: Alone) -> Notes:
    """What was compared, what was left out, and how counts are protected."""
    say = report.say
    points = [
        say("{name} acted from {began} on: {intervention}."),
        say("It is held against {donors} {regions} that did not act, {span}: {before} periods "
            "before the start and {after} since."),
        say("Source: {title}.", title=report.description.title.of(report.language)),
    ]  # fmt: skip
    if report.subject.acted:
        points.append(say("{acted} other {regions} acted as well within these data; they are not "
                          "compared with."))  # fmt: skip
    points += sample_points(report, report.subject.panel.dropped, report.data.accounts)
    if report.counted:
        weeks = report.params.period == "week"
        points += protection_points(report, noise_of(report.data), weeks=weeks)
    return report.notes("sample", say("What was compared"), *points)


def certainty(report: Alone) -> Notes:
    """The rule, the checks, and what would change our mind."""
    say = report.say
    text = (
        "Refused as one that cannot be matched is a {region} where more than {share} of the "
        "others, each taken for it, can be followed more closely, beside their own noise."
        if report.limited
        else "No limit was set to how closely {name} and the others can be followed before the "
        "start: all are ranked."
    )
    points = [
        say(
            "A direction is claimed where the likely range leaves out no change and the "
            "interrupted series against all others together does so too, at {second}, on the same "
            "side. Of one {region} certainty is never more than low.",
            second=report.percent(SECOND, 0),
        ),
        say(text, share=report.percent(report.params.fit_limit, 0)),
    ]
    if report.subject.synthetic:
        fit = report.check("fit_before")
        all_of = [row["ratio"] for row in report.result.series["placebos"]]
        rank = sum(ratio >= all_of[0] for ratio in all_of)
        points.append(say("Among all {n} {regions}, also those followed less closely, the gap of "
                          "{name} beside the one before is as rare as {r} in {n}.",
                          n=report.number(len(all_of)), r=report.number(rank)))  # fmt: skip
        points.append(
            say(
                "Before the start the gap was {gap} on average; the limit was {limit}.",
                gap=report.amount(fit.value or 0.0),
                limit=report.amount(fit.threshold or 0.0),
            )
        )
    points += [
        say(
            "Published for the same data: {way} {value} ({source}); here {own}.",
            way=_lower(report, way.key),
            value=report.change(way.published),
            source=way.source,
            own=report.change(way.estimate.value),
        )
        for way in report.every
        if way.published is not None
    ]
    if report.controlled and report.check("autocorrelation", report.controlled).passed is False:
        points.append(say("The series stays where it is for long: its range allows for that, but "
                          "may still be too narrow."))  # fmt: skip
    text = (
        "What would change our mind: another gap, or none, where the {acted} other {regions} acted "
        "that are not looked at here, a longer time before the start, or news of what else began "
        "there then."
        if report.subject.acted
        else "What would change our mind: the same gap where other {regions} act, a longer time "
        "before the start, or news of what else began there then."
    )
    points.append(say(text))
    return report.notes("certainty", say("The rule, and what it cannot see"), *points)
