"""Numbers, shares and ranges as a reader of the language writes them."""

from __future__ import annotations

import math

from babel.numbers import format_decimal

from analysis.report.wording import translator

LOCALES = {"en": "en", "zh": "zh_Hans_CN"}
MINUS = "−"


def number(value: float, language: str, decimals: int = 0, signed: bool = False) -> str:
    """A number with separators, a true minus sign, and a plus sign where asked for."""
    rounded = round(value, decimals) + 0.0
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text = str(format_decimal(abs(rounded), format=pattern, locale=LOCALES[language]))
    sign = MINUS if rounded < 0 else ("+" if signed and rounded > 0 else "")
    return sign + text


def percent(share: float, language: str, decimals: int = 1, signed: bool = False) -> str:
    """A share as a percentage: −0.177 is ``−17.7%``."""
    return number(100 * share, language, decimals, signed) + "%"


def size_decimals(*values: float) -> int:
    """Decimals that keep about two figures of the largest value."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if largest >= 10:
        return 0
    return 1 if largest >= 1 else 2


def span(low: str, high: str, language: str) -> str:
    """A range: ``1.8 to 2.8``, ``1.8 至 2.8``."""
    return translator(language)("{low} to {high}", low=low, high=high)


def percent_span(low: float, high: float, language: str) -> str:
    """A range of changes in per cent, both signed."""
    return span(percent(low, language, signed=True), percent(high, language, signed=True), language)


def change_span(low: float, high: float, language: str) -> str:
    """A range of changes as fewer and more: ``3 to 21 fewer``, ``33 fewer to 1 more``."""
    say = translator(language)
    decimals = size_decimals(low, high)
    small, large = sorted((low, high))
    first, second = (number(abs(value), language, decimals) for value in (small, large))
    if large <= 0:
        return say("{low} to {high} fewer", low=second, high=first)
    if small >= 0:
        return say("{low} to {high} more", low=first, high=second)
    return say("{low} fewer to {high} more", low=first, high=second)


def change(value: float, language: str, *companions: float) -> str:
    """One change as fewer or more; companions share its decimals."""
    say = translator(language)
    text = number(abs(value), language, size_decimals(value, *companions))
    return say("{n} fewer", n=text) if value < 0 else say("{n} more", n=text)
