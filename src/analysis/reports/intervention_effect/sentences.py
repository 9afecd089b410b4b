"""The sentences of a report, made from the same numbers as its tables."""

from __future__ import annotations

from analysis.page.numbers import (
    PER_EXPOSURE,
    change,
    change_span,
    number,
    percent,
    percent_change,
    percent_span,
    period_span,
    size_decimals,
    span,
)
from analysis.page.plates import Summary
from analysis.page.shared.certainty import GRADED_WORDS as VERDICT_WORDS
from analysis.page.wording import capital, joined
from analysis.reports.intervention_effect.answer import PER_EXPECTED, Brief
from analysis.reports.intervention_effect.certainty.grounds import (
    certainty_words,
    grade,
    grounds,
    level_sentence,
    limits,
)
from analysis.reports.intervention_effect.certainty.own_course import alone_sentences
from analysis.reports.intervention_effect.levels import changed, changed_span
from analysis.reports.intervention_effect.levels import size as amount
from analysis.reports.intervention_effect.sensitivity import distinct_changes
from analysis.verdicts.effect import left_out_share, outside_zero, smallest_share

CLAIM_WORDS = {
    "fewer": "**Fewer {outcome} in {regions} with {intervention}: about {size} fewer "
    "than expected** (likely range {span}).",
    "more": "**More {outcome} in {regions} with {intervention}: about {size} more "
    "than expected** (likely range {span}).",
    "fell": "**{Outcome} fell in {regions} with {intervention}: about {size} below what was "
    "expected** (likely range {span}).",
    "rose": "**{Outcome} rose in {regions} with {intervention}: about {size} above what was "
    "expected** (likely range {span}).",
    "lower": "**{Outcome} fell in {regions} with {intervention}: about {amount}, {size} below what "
    "was expected** (likely range {span}).",
    "higher": "**{Outcome} rose in {regions} with {intervention}: about {amount}, {size} above "
    "what was expected** (likely range {span}).",
}
POWER_WORDS = {
    "fall": "A study of this size finds a true fall of {size} that comes at once in four cases out "
    "of five; a smaller or slower one may well go unseen.",
    "rise": "A study of this size finds a true rise of {size} that comes at once in four cases out "
    "of five; a smaller or slower one may well go unseen.",
    "gradual_fall": "A study of this size finds a true fall of {size} in four cases out of five; a "
    "smaller one may well go unseen.",
    "gradual_rise": "A study of this size finds a true rise of {size} in four cases out of five; a "
    "smaller one may well go unseen.",
}
WHOLE_PERCENT = 0.01
"""A smaller share is written with decimals."""


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
        verdict=brief.verdict.graded,
        verdict_words=say(VERDICT_WORDS[brief.verdict.graded]),
        certainty_words=certainty_words(brief),
        certainty=grade(brief),
        grounds=grounds(brief),
        limits=limits(brief),
        number=percent_change(effect.relative, language),
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
        opening = say(
            "**We cannot tell whether {intervention} changed {outcome}.** The best estimate is "
            "{best}, the likely range {span}.",
            best=percent_change(effect.relative, language),
            span=span,
            **words,
        )
        return joined(language, opening, *alone_sentences(brief))
    if brief.verdict.key == "too_small_to_matter":
        smallest = smallest_share(brief.study, brief.headline)
        return say(
            "**{Intervention} made no difference that matters to {outcome}:** the likely range, "
            "{span}, lies within ±{smallest}.",
            span=span,
            smallest=percent(smallest, language, 0 if smallest >= WHOLE_PERCENT else 2),
            **words,
        )
    claim: str = brief.verdict.key
    counted = brief.study.panel.counted
    if claim in ("improves", "worsens"):
        down, up = ("fell", "rose") if counted else ("lower", "higher")
        claim = down if effect.relative < 0 else up
    if not counted:
        words["amount"] = amount(brief, effect.change, effect.change_low, effect.change_high)
    return say(CLAIM_WORDS[claim], size=size, span=span, **words)


def _frequency(brief: Brief) -> str:
    """The headline as a natural frequency, without a full stop."""
    effect, language, say = brief.effect, brief.language, brief.say
    if not brief.study.panel.counted:
        return say("about {best}", best=changed(brief))
    ends = effect.change_low, effect.change_high
    best = change(effect.change, language, *ends, measure=brief.measure)
    if brief.study.panel.has_exposure and not brief.study.panel.yearly:
        return say(
            "about {best} {outcome} for every {base} {exposure}",
            best=best,
            base=number(PER_EXPOSURE, language),
        )
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
    if not brief.study.panel.counted:
        return changed_span(brief)
    return change_span(effect.change_low, effect.change_high, brief.language, brief.measure)


def _frequency_point(brief: Brief) -> str:
    say = brief.say
    text = say(
        "Put another way: {frequency}, likely range {span}.",
        frequency=_frequency(brief),
        span=_frequency_range(brief),
    )
    effect, panel = brief.effect, brief.study.panel
    if not panel.counted:
        return text + say(
            " Without it, {amount} were to be expected.", amount=amount(brief, effect.base)
        )
    if not panel.has_exposure:
        return text
    values = (effect.base, effect.base_low, effect.base_high)
    base, low, high = (number(v, brief.language, size_decimals(*values)) for v in values)
    likely = span(low, high, brief.language)
    return text + say(" Without it, {base} ({span}) were to be expected.", base=base, span=likely)


def _range_words(brief: Brief) -> str:
    level = number(100 * brief.headline.level, brief.language)
    if "few_clusters" in brief.verdict.overruled:
        return brief.say(
            "Likely range: {span}, which may be too narrow: too few {regions} to tell how far such "
            "an estimate strays.",
            span=_frequency_range(brief),
        )
    return brief.say(
        "Likely range: {span}. If the study could be repeated many times, about {level} in 100 "
        "such ranges would contain the true change.",
        span=_frequency_range(brief),
        level=level,
    )


def _doubt_point(brief: Brief) -> str:
    say, verdict = brief.say, brief.verdict
    if verdict.overruled or verdict.alone or outside_zero(brief.headline.headline):
        return ""
    if verdict.key == "cannot_tell":
        return say(
            "The likely range includes no change, so chance alone could explain the estimate."
        )
    return ""


def _method_point(brief: Brief) -> str:
    values = distinct_changes(brief)
    if len(values) < 2:
        return ""
    language = brief.language
    return brief.say(
        "{count} ways to estimate give changes of {span}.",
        count=number(len(values), language),
        span=percent_span(values[0], values[-1], language),
    )


def _power_point(brief: Brief) -> str:
    if brief.detectable is None:
        return ""
    # In the worlds of the study .72 to .83 are found at once, .35 to .58 where they grow.
    key = "gradual_" if brief.question.onset == "gradual" else ""
    key += "fall" if brief.detectable < 0 else "rise"
    return brief.say(POWER_WORDS[key], size=percent(abs(brief.detectable), brief.language, 0))


def _scope_point(brief: Brief) -> str:
    left_out = sum(brief.headline.sample.dropped.values())
    text = (
        "This is about {treated} {regions} that adopted and {others} that did not or not yet, "
        "{span}; left out: {out} ({share}). It does not say why."
        if left_out
        else "This is about {treated} {regions} that adopted and {others} that did not or not yet, "
        "{span}; it does not say why."
    )
    scope = brief.say(
        text,
        out=number(left_out, brief.language),
        share=percent(left_out_share(brief.headline), brief.language, 0),
        treated=number(brief.headline.sample.treated, brief.language),
        others=number(brief.headline.sample.units - brief.headline.sample.treated, brief.language),
        regions=brief.regions,
        span=_period(brief),
    )
    level = level_sentence(brief)
    return scope if level in limits(brief) else joined(brief.language, scope, level)
