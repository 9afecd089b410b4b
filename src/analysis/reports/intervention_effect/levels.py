"""How an outcome is measured, in words, and amounts of a level in its own unit."""

from __future__ import annotations

from analysis.page.numbers import PER_EXPOSURE, level_span, number, size_decimals
from analysis.reports.intervention_effect.answer import Brief


def measure(brief: Brief) -> str:
    """What the numbers of a period are: ``late cases per 1,000 cases``, ``scores (points)``."""
    say, panel, outcome = brief.say, brief.study.panel, brief.outcome
    if not panel.counted:
        unit = unit_of(brief)
        own = say("{outcome} ({unit})", unit=unit) if unit else outcome
        if panel.has_exposure:
            return say("{level} per 1,000 {exposure} a year", level=own)
        return say("{level} per {region} a year", level=own) if panel.yearly else own
    if not panel.has_exposure:
        text = "{outcome} per {region} a year" if panel.yearly else "{outcome} per {region}"
        return say(text)
    text = (
        "{outcome} per 1,000 {exposure} a year"
        if panel.yearly
        else "{outcome} per 1,000 {exposure}"
    )
    return say(text)


def unit_of(brief: Brief) -> str:
    """The unit of a level; blank for counts, and where the dataset names none."""
    unit = brief.words(brief.question.outcome).unit
    return "" if unit is None or brief.study.panel.counted else unit.plural(brief.language)


def size(brief: Brief, value: float, *companions: float) -> str:
    """An amount without its sign, with its unit; companions share its decimals."""
    text = number(abs(value), brief.language, size_decimals(value, *companions))
    return f"{text}{'' if brief.language == 'zh' else ' '}{unit_of(brief)}".strip()


def changed(brief: Brief) -> str:
    """The headline's change with its unit: ``1.3 points lower``."""
    effect, say = brief.effect, brief.say
    text = size(brief, effect.change, effect.change_low, effect.change_high)
    text = say("{size} lower", size=text) if effect.change < 0 else say("{size} higher", size=text)
    if not brief.study.panel.yearly:
        return text
    if not brief.study.panel.has_exposure:
        return say("{change} per {region} a year", change=text)
    return say(
        "{change} per {base} {exposure} a year",
        change=text,
        base=number(PER_EXPOSURE, brief.language),
    )


def changed_span(brief: Brief) -> str:
    """The range of the change: ``0.4 to 2.2 points lower``, ``0.4 lower to 1.2 points higher``."""
    low, high = brief.effect.change_low, brief.effect.change_high
    return level_span(low, high, brief.language, size_decimals(low, high), unit_of(brief))
