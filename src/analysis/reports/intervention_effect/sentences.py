"""The sentences of a report, made from the same numbers as its tables."""

from __future__ import annotations

import math

from analysis.page.numbers import (
    PER_EXPOSURE,
    change,
    change_span,
    number,
    percent,
    percent_span,
    period_span,
    size_decimals,
)
from analysis.page.plates import Summary
from analysis.page.wording import capital
from analysis.reports.intervention_effect.answer import PER_EXPECTED, Brief

VERDICT_WORDS = {
    "improves": "Improves",
    "worsens": "Worsens",
    "too_small_to_matter": "Too small to matter",
    "cannot_tell": "Cannot tell",
}
DOUBT_WORDS = {
    "few_regions": "fewer than five {regions} adopted or can be compared with",
    "leads": "adopters and the others already moved apart before adoption",
    "base_period": "adopters stood out in the period just before adoption, from which they would "
    "have returned by themselves",
    "placebo_time": "the same comparison finds an effect just before adoption, where none can be",
    "placebo_outcome": "an outcome that should not change, {placebo}, changed as well",
    "leave_one_out": "leaving out one {region} turns the sign",
    "already_treated": "the method also compares with {regions} that had adopted already",
    "other_method": "another sound method gives a range on the other side of no change",
}

HELD_WORDS = {
    "both": "It held when the start was moved back in time, and when any one {region} was left "
    "out.",
    "moved": "It held when the start was moved back in time; it could not be tried without each "
    "{region}.",
    "left_out": "It held when any one {region} was left out; it could not be tried with an earlier "
    "start.",
    "neither": "It could not be tried with an earlier start, nor without each {region}.",
}


def summary(brief: Brief) -> Summary:
    """The answer first: at most six points and one number with its range in words."""
    effect, language, say = brief.effect, brief.language, brief.say
    return Summary(
        **brief.plate("summary"),
        points=tuple(
            point
            for point in (
                _answer_point(brief),
                _frequency_point(brief),
                _doubt_point(brief),
                _method_point(brief),
                _power_point(brief),
                _scope_point(brief),
            )
            if point
        ),
        verdict=brief.verdict.key,
        verdict_words=say(VERDICT_WORDS[brief.verdict.key]),
        number=percent(effect.relative, language, signed=True),
        number_unit=brief.outcome,
        number_words=capital(_frequency(brief)) + say("."),
        range_words=_range_words(brief),
        scope={
            "place": brief.place,
            "period": _period(brief),
            "intervention": capital(brief.intervention),
        },
    )


def _period(brief: Brief) -> str:
    sample = brief.headline.sample
    return period_span(sample.first_period, sample.last_period, brief.language)


def _subject(brief: Brief) -> dict[str, str]:
    return {
        "intervention": brief.intervention,
        "outcome": brief.outcome,
        "regions": brief.regions,
        "Intervention": capital(brief.intervention),
    }


def _answer_point(brief: Brief) -> str:
    effect, language, say = brief.effect, brief.language, brief.say
    size = percent(abs(effect.relative), language)
    span = percent_span(effect.relative_low, effect.relative_high, language)
    words = _subject(brief)
    if brief.verdict.key == "cannot_tell":
        return say(
            "**We cannot tell whether {intervention} changed {outcome}.** The best estimate is "
            "{best}, the likely range {span}.",
            best=percent(effect.relative, language, signed=True),
            span=span,
            **words,
        )
    if brief.verdict.key == "too_small_to_matter":
        return say(
            "**{Intervention} made no difference that matters to {outcome}:** the likely range, "
            "{span}, lies within ±{smallest}.",
            span=span,
            smallest=percent(brief.study.params.smallest_effect, language, 0),
            **words,
        )
    text = (
        "**{Intervention} reduced {outcome} by about {size}** in the {regions} that adopted, "
        "compared with {regions} that had not (likely range {span})."
        if effect.relative < 0
        else "**{Intervention} raised {outcome} by about {size}** in the {regions} that adopted, "
        "compared with {regions} that had not (likely range {span})."
    )
    return say(text, size=size, span=span, **words)


def _frequency(brief: Brief) -> str:
    """The headline as a natural frequency, without a full stop."""
    effect, language, say = brief.effect, brief.language, brief.say
    best = change(effect.change, language, effect.change_low, effect.change_high)
    if brief.study.panel.has_exposure:
        return say(
            "about {best} {outcome} per {base} {exposure} a year",
            best=best,
            outcome=brief.outcome,
            exposure=brief.exposure,
            base=number(PER_EXPOSURE, language),
        )
    return say(
        "about {best} {outcome} for every {base} expected",
        best=best,
        outcome=brief.outcome,
        base=number(PER_EXPECTED, language),
    )


def _frequency_range(brief: Brief) -> str:
    effect = brief.effect
    return change_span(effect.change_low, effect.change_high, brief.language)


def _frequency_point(brief: Brief) -> str:
    say = brief.say
    text = say(
        "Put another way: {frequency}, likely range {span}.",
        frequency=_frequency(brief),
        span=_frequency_range(brief),
    )
    if not brief.study.panel.has_exposure:
        return text
    effect = brief.effect
    base = number(effect.base, brief.language, size_decimals(effect.base))
    return text + say(" Without it, {base} were to be expected.", base=base)


def _range_words(brief: Brief) -> str:
    level = number(100 * brief.headline.level, brief.language)
    return brief.say(
        "Likely range: {span}. If the study could be repeated many times, about {level} in 100 "
        "such ranges would contain the true change.",
        span=_frequency_range(brief),
        level=level,
    )


def fill(brief: Brief, words: str) -> str:
    placebo = brief.study.params.placebo_outcome
    return brief.say(
        words,
        region=brief.region,
        regions=brief.regions,
        placebo=brief.words(placebo).plural(brief.language) if placebo else "",
    )


def _doubt_point(brief: Brief) -> str:
    say, doubts = brief.say, brief.verdict.doubts
    if doubts:
        listed = say("; ").join(fill(brief, DOUBT_WORDS[doubt]) for doubt in doubts)
        return say("No direction is claimed because {doubts}.", doubts=listed)
    if brief.verdict.key == "cannot_tell":
        return say(
            "The likely range includes no change, so chance alone could explain the estimate."
        )
    return say(_held_words(brief), region=brief.region)


def _held_words(brief: Brief) -> str:
    """What the answer was put to and held; nothing that the method could not be put to."""
    moved = brief.robustness.placebo_time.estimate is not None
    if moved and brief.robustness.leave_one_out:
        return HELD_WORDS["both"]
    if moved:
        return HELD_WORDS["moved"]
    return HELD_WORDS["left_out"] if brief.robustness.leave_one_out else HELD_WORDS["neither"]


def _method_point(brief: Brief) -> str:
    values = [
        math.expm1(answer.estimate.value)
        for answer in brief.robustness.specifications
        if answer.estimate is not None
    ]
    if len(values) < 2:
        return ""
    language = brief.language
    return brief.say(
        "{count} ways to estimate give changes between {low} and {high}.",
        count=number(len(values), language),
        low=percent(min(values), language, signed=True),
        high=percent(max(values), language, signed=True),
    )


def _power_point(brief: Brief) -> str:
    if brief.detectable is None:
        return ""
    text = (
        "A study of this size finds a true fall of {size} in four cases out of five; a smaller "
        "one may well go unseen."
        if brief.detectable < 0
        else "A study of this size finds a true rise of {size} in four cases out of five; a "
        "smaller one may well go unseen."
    )
    return brief.say(text, size=percent(abs(brief.detectable), brief.language, 0))


def _scope_point(brief: Brief) -> str:
    return brief.say(
        "This is about {treated} {regions} that adopted and {others} that did not or not yet, "
        "{span}; it does not say why.",
        treated=number(brief.headline.sample.treated, brief.language),
        others=number(brief.headline.sample.units - brief.headline.sample.treated, brief.language),
        regions=brief.regions,
        span=_period(brief),
    )
