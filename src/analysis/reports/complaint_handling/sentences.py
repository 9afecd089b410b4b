"""What a report on handling says: which route takes less time, how sure, and what is due."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.page.numbers import span
from analysis.page.plates import Notes, Summary
from analysis.page.shared.provenance import reading_sentences
from analysis.page.wording import joined
from analysis.reports.complaint_handling.answer import CEILING, Handling
from analysis.verdicts.rule import GRADES

VERDICT_WORDS = {
    "lower_low": "Takes less time, low certainty",
    "higher_low": "Takes more time, low certainty",
    "too_small_to_matter_low": "No difference in time that matters, low certainty",
    "cannot_tell": "Cannot tell which takes less time",
}
ANSWER_WORDS = {
    "lower": "**Cases take {much} less time: {one}, against {other}** (likely range {sides} less).",
    "higher": "**Cases take {much} more time: {one}, against {other}** (likely range {sides} "
    "more).",
    "too_small_to_matter": "**Times differ by too little to matter: {one}, against {other}.** The "
    "likely range, {likely}, lies within ±{smallest}.",
    "cannot_tell": "**We cannot tell which takes less time: {one}, or {other}.** The best estimate "
    "of the difference is {value}, the likely range {likely}.",
}
CHANGED_WORDS = {
    "lower": "**After the change cases take {much} less time ({one}), against the change for "
    "{other}** (likely range {sides} less).",
    "higher": "**After the change cases take {much} more time ({one}), against the change for "
    "{other}** (likely range {sides} more).",
    "too_small_to_matter": "**The change made no difference to times that matters ({one}, against "
    "{other}).** The likely range, {likely}, lies within ±{smallest}.",
    "cannot_tell": "**We cannot tell whether the change made cases of the group take longer "
    "({one}, against {other}).** The best estimate is {value}, the likely range {likely}.",
}
SITE_WORDS = {
    "lower": "less time",
    "higher": "more time",
    "too_small_to_matter": "too small to matter",
    "cannot_tell": "cannot tell",
}
END_WORDS = {
    "closed": "A case ends here when it is closed.",
    "acknowledged": "A case ends here when its receipt is acknowledged.",
}
CERTAINTY_WORDS = {"low": "Certainty: low", "": "No direction is claimed"}


def summary(report: Handling) -> Summary:
    """The answer first: which takes less time, then the legal day and what is open."""
    say, verdict = report.say, report.verdict
    words = CHANGED_WORDS if report.subject.covariates else ANSWER_WORDS
    points = (
        say(words[verdict.key]),
        _second(report),
        _halves(report),
        _rush(report),
        _ceiling(report),
        report.note,
    )
    grade = verdict.certainty
    return Summary(
        **report.plate("summary"),
        points=tuple(point for point in points if point),
        verdict=report.verdict_key,
        verdict_words=say(VERDICT_WORDS[report.verdict_key]),
        number=say("{value}"),
        number_unit=say("time, against like cases"),
        number_words=say("{one}, against {other}."),
        range_words=say("Likely range at {level}: {likely}."),
        scope={"place": report.place, "intervention": report.arms[0]},
        certainty_words=say(CERTAINTY_WORDS[grade]),
        certainty=GRADES.index(grade),
        grounds=tuple(_grounds(report)) if grade else (),
        limits=tuple(limits(report)) if grade else (),
    )


def _second(report: Handling) -> str:
    """Why a range that leaves out no difference is not enough."""
    _, low, high = report.range
    if report.verdict.key != "cannot_tell" or low * high <= 0:
        return ""
    hazard = report.hazard.headline
    if (hazard.low or 0.0) * (hazard.high or 0.0) > 0:
        return report.say(
            "The range leaves out no difference, and so do the rates at which open cases end, but "
            "to the other side (Cox: {rate}, likely range {rates}): which is quicker depends on "
            "how times are compared.",
            **_rates(report),
        )
    return report.say(
        "The range leaves out no difference, but the rates at which open cases end do not (Cox: "
        "{rate}, likely range {rates}): which is quicker depends on how times are compared.",
        **_rates(report),
    )


def _rates(report: Handling) -> dict[str, str]:
    """Cox's ratio of rates of ending, with its range."""
    one = report.may_leave(report.hazard.headline)
    rate, low, high = (
        report.number(float(np.exp(v or 0.0)), 2) for v in (one.value, one.low, one.high)
    )
    return {"rate": rate, "rates": span(low, high, report.language)}


def _halves(report: Handling) -> str:
    """When half of the cases had ended, of cases that are alike."""
    if report.params.model != "median":
        return ""
    return report.say(
        "Half of the cases had ended {first} {days} after receipt ({one}), against {second} "
        "({other}, cases of the same {regions} and years)."
    )


def _rush(report: Handling) -> str:
    if report.hurried is None:
        return ""
    if report.hurried[1] <= 0:
        return report.say(
            "At the legal day ({legal} working days) no more cases end than a smooth course leads "
            "to expect, as far as can be told ({hurried}, likely range {likely_hurried})."
        )
    found = report.say(
        "At the legal day ({legal} working days) and the day before, {hurried} of all cases end "
        "beyond a smooth course (likely range {likely_hurried})."
    )
    return joined(
        report.language,
        found,
        report.say(
            "Measured alike, no other day shows as much (at most {elsewhere}). That is a rush; it "
            "does not say that dates are false."
        )
        if report.rush
        else report.say(
            "Measured alike, days that are nobody's limit show about as much (up to {elsewhere}), "
            "as a rhythm of weeks does: whether there is a rush cannot be told."
        ),
    )


def _ceiling(report: Handling) -> str:
    if report.punctual is None:
        return ""
    first = report.say("Of cases whose legal day has passed {on_time} ended by then.")
    if report.punctual < CEILING:
        return first
    more = report.say("So near to all, the share says nothing of who is quicker.")
    return joined(report.language, first, more)


def _grounds(report: Handling) -> Iterator[str]:
    say, one = report.say, report.may_leave(report.hazard.headline)
    if (one.low or 0.0) * (one.high or 0.0) > 0:
        yield say(
            "Of as many cases still open for as long, {rate} end of these for each one of the "
            "others (Cox; {rates}).",
            **_rates(report),
        )
    if "stratum" in report.frame:
        yield say("Held against cases of the same {region} and year of receipt.")
    if report.subject.covariates:
        yield say("What changed for the other group as well is taken away.")


def limits(report: Handling) -> Iterator[str]:
    """Why the verdict is not surer."""
    say = report.say
    if report.subject.covariates:
        yield say("One change in one place: whatever else changed there for this group is in it.")
    else:
        yield say("Nobody drew lots for the route: easier cases may take the quicker one.")
    proportional = {c.name: c for c in report.hazard.checks}.get("proportional_hazards")
    if proportional is not None and proportional.passed is False:
        yield say("The difference is not the same for short and for long cases.")


def doubts(report: Handling) -> str:
    """The same in one line, for the site's table of evidence."""
    return joined(report.language, *limits(report))


def sample(report: Handling) -> Notes:
    """Which cases, and how they are counted."""
    say, given, cases = report.say, report.subject, report.subject.cases
    count = report.may_leave(float(len(cases)))
    still = report.percent(report.may_leave(1 - float(cases["ended"].mean())))
    points = [
        say("About {count} cases; {still} are still open.", count=report.number(count), still=still)
        if not cases["ended"].all()
        else say("About {count} cases, all of which ended: none that was still open is in these "
                 "data, and recent ones look quicker by that.", count=report.number(count))
    ]  # fmt: skip
    if given.last is not None:
        points.append(say(END_WORDS[report.params.end]))
        points.append(
            say("A case belongs to the route that it had taken when it came in: time in which it "
                "waited to change its route is not counted for the new one.")
        )  # fmt: skip
    if given.joined:
        points.append(
            say("Changed their route after they came in: about {joined} cases, which count "
                "as open ones of the other route until that day.",
                joined=report.number(report.may_leave(float(given.joined))))
        )  # fmt: skip
    if report.punctual is not None:
        points.append(
            say("The legal day is the last of {legal} working days after receipt, by the calendar "
                "of the dataset.")
        )  # fmt: skip
    if report.entered is not None:
        points.append(
            say("Of the last month there are {entered} as many cases as of a month before it: some "
                "may not be entered yet.", entered=report.percent(report.entered, 0))
        )  # fmt: skip
    points += [*reading_sentences(report, report.data.accounts), *report.recorded_sentences()]
    return report.notes("sample", say("The cases"), *points)


def certainty(report: Handling) -> Notes:
    """The rule, and what it cannot see."""
    say = report.say
    points = (
        say(
            "A direction is claimed where the likely range of the ratio of times leaves out no "
            "difference, and the rates at which open cases end (Cox) lie beyond it on the same "
            "side. Certainty is never more than low: nobody drew lots."
        ),
        say(
            "Ranges allow for {regions} that are slow or fast as a whole: each is left out in turn."
        )
        if "region" in report.frame
        else say("Ranges take cases as independent of one another."),
        say(
            "What would change our mind: routes that cases are dealt to by lot, or a route that "
            "begins in some {regions} before others."
        ),
    )
    return report.notes("certainty", say("The rule, and what it cannot see"), *points)
