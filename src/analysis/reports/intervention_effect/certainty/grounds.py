"""What a verdict rests on and what keeps it from more: one sentence per reason."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.page.numbers import number, percent, percent_change, percent_span
from analysis.page.shared.certainty import CERTAINTY_WORDS
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.changes import in_words
from analysis.stats.panels.own_course import Look
from analysis.stats.resampling.jackknife import minimum_detectable
from analysis.verdicts.effect import (
    excludes_zero,
    left_out_share,
    lost_checks,
    others_kept,
    outside_zero,
    starting_level,
)
from analysis.verdicts.robustness import POWER, imputes
from analysis.verdicts.rule import LEAST_ADOPTING, LEAST_OTHERS, LOOKS, RULE_LEVEL

GRADES = ("low", "moderate", "high")
LOOK_WORDS = {
    "own_slope": "A second estimate, in which adopters keep the slope they were on, gives {value} "
    "({span}).",
    "trend_break": "Another estimate, which looks for a break at the start beside a slope, gives "
    "{value} ({span}).",
}
DRIFT_WORDS = {
    "week": "A drift of {size} a week would explain it.",
    "month": "A drift of {size} a month would explain it.",
    "quarter": "A drift of {size} a quarter would explain it.",
    "year": "A drift of {size} a year would explain it.",
}
SLOPE_WORDS = {
    "week": "Before the start adopters moved by {value} a week against the others ({span}); a "
    "slope of {least} a week would usually have been seen.",
    "month": "Before the start adopters moved by {value} a month against the others ({span}); a "
    "slope of {least} a month would usually have been seen.",
    "quarter": "Before the start adopters moved by {value} a quarter against the others ({span}); "
    "a slope of {least} a quarter would usually have been seen.",
    "year": "Before the start adopters moved by {value} a year against the others ({span}); a "
    "slope of {least} a year would usually have been seen.",
}
EVE_WORDS = {
    "week": "Without the two weeks before the start: {value} ({span}).",
    "month": "Without the two months before the start: {value} ({span}).",
    "quarter": "Without the two quarters before the start: {value} ({span}).",
    "year": "Without the two years before the start: {value} ({span}).",
}
EARLY_EVE_WORDS = "Without the two periods before effects may show: {value} ({span})."
REASON_WORDS = {
    "no_range": "The method gives no range at {level}, so the estimate cannot be told from chance.",
    "few_clusters": "Too few {regions}: {adopting} that adopt independently of each other, where "
    "{least_adopting} are needed, and {rest} that do not, where {least_others} are needed.",
    "own_course_unknown": "Whether adopters were on a course of their own cannot be told: too few "
    "periods before the start.",
    "placebo_outcome": "An outcome that should not be affected, {placebo}, moved as well.",
    "leave_one_out": "Leaving out one {region} turns the sign.",
    "already_treated": "The method also compares with {regions} that had adopted already.",
    "other_method": "Another sound method gives a range on the other side of no change.",
    "leads": "Before adoption at least one period lies outside its band.",
    "base_period": "Adopters stood out in the period just before adoption, from which they would "
    "have returned by themselves.",
    "placebo_time": "The same comparison finds a change just before adoption, where none can be.",
    "reporting": "Who complains, how, or with what end changed as well: a change in reporting "
    "could look the same.",
    "few_adopters": "Fewer than five {regions} adopted.",
    "not_drawn": "Adopters were not drawn by lot.",
    "no_placebo_outcome": "No outcome that should not be affected was looked at.",
    "reporting_unknown": "These data hold no single records: a change in recording would look the "
    "same.",
}

ALIKE = 0.005
"""A smaller difference of starting levels is none in whole per cent."""
GROUP_WORDS = {
    "leave_one_out": "Leaving out one group of {regions} that can move together turns the sign.",
    "few_adopters": "Fewer than five groups of {regions} that can move together adopted.",
    "few_clusters": "Too few groups of {regions} that can move together: {adopting} with an "
    "adopter, where {least_adopting} are needed, and {rest} without, where {least_others} are "
    "needed.",
}
"""Reasons as they are said where regions that move together are left out together."""


def certainty_words(brief: Brief) -> str:
    """The grade in words."""
    return brief.say(CERTAINTY_WORDS[brief.verdict.certainty])


def grade(brief: Brief) -> int:
    """Of three dots, how many are full."""
    words = brief.verdict.certainty
    return GRADES.index(words) + 1 if words in GRADES else 0


def grounds(brief: Brief) -> tuple[str, ...]:
    """What was looked at and came out for the answer."""
    return tuple(_grounds(brief))


def _grounds(brief: Brief) -> Iterator[str]:
    if brief.verdict.key == "cannot_tell":
        return
    yield from _looks(brief, agreeing=True)
    placebo = brief.robustness.placebo_outcome
    if placebo and not excludes_zero(placebo) and (found := in_words(placebo, brief.language)):
        name = brief.words(brief.study.params.placebo_outcome).plural(brief.language)
        yield brief.say(
            "For {placebo}, which should not be affected, no change is seen: {value} ({span}).",
            placebo=name,
            **found,
        )
    made = [answer.estimate is not None for answer in brief.robustness.reporting]
    if made and all(made) and "reporting" not in brief.verdict.lowered:
        yield brief.say("No shift is seen in who complains, how, and how cases end.")


def _looks(brief: Brief, *, agreeing: bool) -> Iterator[str]:
    """Second looks on the side of a direction, or on the other; all speak for no change."""
    course, effect = brief.robustness.own_course, brief.effect.relative
    words = {name: LOOK_WORDS[name] for name in LOOKS[brief.study.params.onset]}
    early = brief.question.method_options.get("anticipation")
    words["without_eve"] = EARLY_EVE_WORDS if early else EVE_WORDS[brief.study.panel.frequency]
    for name, look in course.looks.items() if course else ():
        same = not brief.verdict.claims or look.value * effect > 0
        if name in words and same == agreeing:
            yield brief.say(words[name], **look_words(brief, look))


def limits(brief: Brief) -> tuple[str, ...]:
    """What keeps the certainty from being higher, or any direction from being claimed."""
    verdict = brief.verdict
    keys = [*verdict.overruled, *verdict.lowered]
    if verdict.claims or verdict.key == "too_small_to_matter":
        keys += verdict.capped
    against = []
    if verdict.key != "cannot_tell":
        against = [*_looks(brief, agreeing=False)]
    elif not verdict.overruled or _undecided(brief):
        against = [*_against(brief)]
    return (*against, *(_reason(brief, key) for key in keys), *_drift(brief))


def _undecided(brief: Brief) -> bool:
    """Whether the range alone, where there is one, decides nothing, whatever else speaks."""
    verdict = brief.verdict
    outside = outside_zero(brief.headline.headline)
    return not (verdict.alone or outside or "no_range" in verdict.overruled)


def _reason(brief: Brief, reason: str) -> str:
    say, language, panel = brief.say, brief.language, brief.study.panel
    if reason == "left_out":
        share = percent(left_out_share(brief.headline), language, 0)
        return say("{share} of all {regions} are left out.", share=share)
    if reason == "other_intervention":
        kept = number(others_kept(panel), language)
        return say("{Regions} kept in which another intervention began or ended: {n}.", n=kept)
    if reason == "checks_lost":
        lost = number(len(lost_checks(brief.headline.method, brief.robustness)), language)
        return say("Checks that could not be made: {n}.", n=lost)
    if reason == "starting_level":
        return level_sentence(brief)
    rank = brief.robustness.rank
    if reason == "few_clusters" and rank is not None:
        return say(
            "Too few {regions} adopt independently of each other for a range that can be trusted. "
            "Given their dates, {n} of {sets} sets of {regions} that never adopted moved as far.",
            n=number(rank.as_far, language),
            sets=number(rank.sets, language),
        )
    name = brief.study.params.placebo_outcome
    placebo = brief.words(name).plural(language) if name else ""
    level = percent(RULE_LEVEL, language, 0)
    words = REASON_WORDS if panel.clustered_by == "region" else {**REASON_WORDS, **GROUP_WORDS}
    course = brief.robustness.own_course
    counts = {
        "adopting": course.adopting if course else 0,
        "rest": course.others if course else 0,
        "least_adopting": LEAST_ADOPTING,
        "least_others": LEAST_OTHERS,
    }
    told = {name: number(count, language) for name, count in counts.items()}
    return say(words[reason], placebo=placebo, level=level, **told)


def level_sentence(brief: Brief) -> str:
    """How far the level of adopters lay from that of the others before the first start."""
    unlike = starting_level(brief.study.protected or brief.study.panel)
    if unlike is None:
        return ""
    if abs(unlike - 1) < ALIKE:
        return brief.say("Adopters began at the level of the others.")
    text = (
        "Adopters began {size} higher than the others."
        if unlike > 1
        else "Adopters began {size} lower than the others."
    )
    return brief.say(text, size=percent(abs(unlike - 1), brief.language, 0))


def _against(brief: Brief) -> Iterator[str]:
    """Why the numbers alone allow no direction."""
    if not brief.verdict.alone:
        # A page may show a narrower range than the rule asks for.
        text = (
            "The range at {level}, which a direction needs, includes no change."
            if outside_zero(brief.headline.headline)
            else "The likely range includes no change."
        )
        yield brief.say(text, level=percent(RULE_LEVEL, brief.language, 0))
        return
    looks = brief.robustness.own_course.looks if brief.robustness.own_course else {}
    for name in LOOKS[brief.study.params.onset]:
        if name in looks:
            yield brief.say(LOOK_WORDS[name], **look_words(brief, looks[name]))


def _drift(brief: Brief) -> Iterator[str]:
    """How steep a drift would explain a claimed direction.

    Of an imputation alone: the same drift moves ``did`` by little more than half of that.
    """
    course, estimate = brief.robustness.own_course, brief.headline.headline
    if not (brief.verdict.claims and course and course.per_drift and imputes(brief.headline)):
        return
    nearest = min(abs(v) for v in (estimate.low, estimate.high) if v is not None)
    size = percent(brief.look_share(nearest / abs(course.per_drift)), brief.language)
    yield brief.say(DRIFT_WORDS[brief.study.panel.frequency], size=size)


def slope_sentence(brief: Brief) -> str:
    """The slope of adopters before the start, and which slope would have been seen."""
    course = brief.robustness.own_course
    if course is None or course.slope is None or not course.slope.error > 0:
        return brief.say(
            "Whether adopters were on a slope of their own before the start cannot be told."
        )
    slope = course.slope
    least = minimum_detectable(slope.error, brief.headline.level, POWER, slope.degrees)
    return brief.say(
        SLOPE_WORDS[brief.study.panel.frequency],
        least=percent(brief.look_share(least), brief.language),
        **look_words(brief, slope),
    )


def look_words(brief: Brief, look: Look) -> dict[str, str]:
    """A second look with its range, for a sentence."""
    low, high = (brief.look_share(v) for v in look.limits(brief.headline.level))
    return {
        "value": percent_change(brief.look_share(look.value), brief.language),
        "span": percent_span(low, high, brief.language),
    }
