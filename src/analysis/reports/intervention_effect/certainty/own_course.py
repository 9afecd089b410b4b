"""Why a headline whose range leaves out no change is not enough, where second looks differ."""

from __future__ import annotations

from analysis.page.numbers import percent
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.certainty.grounds import look_words
from analysis.stats.panels.own_course import Look
from analysis.verdicts.effect import in_looks
from analysis.verdicts.robustness import imputes
from analysis.verdicts.rule import LOOKS

ANYWAY_WORDS = {
    "fewer": "Fewer were recorded than expected, but adopters may have been falling anyway: "
    "{estimates}.",
    "more": "More were recorded than expected, but adopters may have been rising anyway: "
    "{estimates}.",
    "lower": "{Outcome} were lower than expected, but adopters may have been falling anyway: "
    "{estimates}.",
    "higher": "{Outcome} were higher than expected, but adopters may have been rising anyway: "
    "{estimates}.",
}
STEEPER_WORDS = {
    "fewer": "Fewer were recorded than expected, by more still where adopters are allowed a course "
    "of their own, but that is too uncertain to claim a direction.",
    "more": "More were recorded than expected, by more still where adopters are allowed a course "
    "of their own, but that is too uncertain to claim a direction.",
    "lower": "{Outcome} were lower than expected, by more still where adopters are allowed a "
    "course of their own, but that is too uncertain to claim a direction.",
    "higher": "{Outcome} were higher than expected, by more still where adopters are allowed a "
    "course of their own, but that is too uncertain to claim a direction.",
}
"""Where every second look is at least as large: adopters were, if anything, on another course."""
ESTIMATES_WORDS = {
    "against": "estimates that allow them a course of their own do not bear it out",
    "uncertain": "estimates that allow them a course of their own are too uncertain to bear it out",
}
EXPLAINED_WORDS = {
    "week": "By their own course before the start, {value} a week ({span}), about {share} of the "
    "{size} would be explained.",
    "month": "By their own course before the start, {value} a month ({span}), about {share} of the "
    "{size} would be explained.",
    "quarter": "By their own course before the start, {value} a quarter ({span}), about {share} of "
    "the {size} would be explained.",
    "year": "By their own course before the start, {value} a year ({span}), about {share} of the "
    "{size} would be explained.",
}


def alone_sentences(brief: Brief) -> tuple[str, ...]:
    """What the headline alone finds, and how much of it adopters' own course would explain.

    None where its range includes no change, or something else leaves no direction.
    """
    verdict, course = brief.verdict, brief.robustness.own_course
    if not verdict.alone or verdict.overruled or course is None:
        return ()
    down, up = ("fewer", "more") if brief.study.panel.counted else ("lower", "higher")
    side = down if verdict.alone < 0 else up
    shares = [look.value / _headline(brief) for look in _asked(brief)]
    if shares and min(shares) >= 1:
        return (brief.say(STEEPER_WORDS[side]),)
    estimates = brief.say(ESTIMATES_WORDS["uncertain" if _uncertain(brief) else "against"])
    return brief.say(ANYWAY_WORDS[side], estimates=estimates), *_explained(brief)


def _asked(brief: Brief) -> list[Look]:
    """The second looks that the rule asks, the one that tells a slope from an effect first."""
    course = brief.robustness.own_course
    names = reversed(LOOKS[brief.study.params.onset])
    return [course.looks[name] for name in names if course and name in course.looks]


def _headline(brief: Brief) -> float:
    """The headline in the unit of the second looks."""
    return in_looks(brief.study, brief.headline, brief.headline.headline.value)


def _uncertain(brief: Brief) -> bool:
    """Whether the range of a second look includes the headline itself, beside no change."""
    limits = [look.limits(brief.headline.level) for look in _asked(brief)]
    return any(low <= _headline(brief) <= high for low, high in limits)


def _explained(brief: Brief) -> tuple[str, ...]:
    """How much of the headline is gone in the second look: 1 − e3 / e1, of imputations alone.

    At most all, as a look on the other side leaves nothing to explain; not said where that look is
    larger than the headline, of which a course explains nothing.
    """
    course, looks, headline = brief.robustness.own_course, _asked(brief), _headline(brief)
    slope = course.slope if course else None
    if not looks or slope is None or not slope.error > 0 or not imputes(brief.headline):
        return ()
    share = min(1 - looks[0].value / headline, 1.0)
    if share <= 0:
        return ()
    text = brief.say(
        EXPLAINED_WORDS[brief.study.panel.frequency],
        share=percent(share, brief.language, 0),
        size=percent(abs(brief.effect.relative), brief.language),
        **look_words(brief, slope),
    )
    return (text,)
