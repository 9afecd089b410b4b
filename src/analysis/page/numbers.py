"""Numbers, money, dates, periods and ranges as a reader of the language writes them."""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import lru_cache, partial

from babel.dates import format_date
from babel.numbers import format_decimal

from analysis.errors import Problem, PublishError
from analysis.page.wording import translator

LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
MINUS = "−"
PERIOD = re.compile(
    r"^(?P<year>\d{4})"
    r"(?:-?Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2])|-W(?P<week>\d\d))?$"
)
PERIOD_FORMS = {
    ("year", "en"): ("{year}", "{year}"),
    ("year", "zh"): ("{year}年", "{year}年"),
    ("quarter", "en"): ("Q{quarter} {year}", "Q{quarter}\n{year}"),
    ("quarter", "zh"): ("{year}年第{quarter}季度", "第{quarter}季度\n{year}年"),
    ("month", "en"): ("{MMMM} {year}", "{MMM}\n{year}"),
    ("month", "zh"): ("{year}年{month}月", "{month}月\n{year}年"),
    ("week", "en"): ("week {week} of {year}", "W{week}\n{year}"),
    ("week", "zh"): ("{year}年第{week}周", "第{week}周\n{year}年"),
}
"""How a period is written in a sentence, and on an axis."""
WAN, YI = 1e4, 1e8
USUAL_MEASURE = "件"
"""Chinese measure word of an outcome that names none."""
PER_EXPOSURE = 1000
"""Rates are per so many of the exposure."""


@lru_cache(maxsize=4096)
def in_full(value: float, language: str, decimals: int = 0, signed: bool = False) -> str:
    """A number to its last digit, with separators, for tables and axes.

    It has a true minus sign, and a plus sign where asked for.

    Raises
    ------
    PublishError: there is no such number.
    """
    rounded = _rounded(value, decimals)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text = str(format_decimal(abs(rounded), format=pattern, locale=LOCALES[language]))
    return _sign(rounded, signed) + text


def number(value: float, language: str, decimals: int = 0, signed: bool = False) -> str:
    """A number in a sentence: ``12,300``; Chinese ``3325``, and ``1.23万`` from ten thousand on.

    In Chinese 万 and 亿 have at most two decimals, and smaller numbers no separator.

    Raises
    ------
    PublishError: there is no such number.
    """
    rounded = _rounded(value, decimals)
    if language != "zh":
        return in_full(value, language, decimals, signed)
    size = abs(rounded)
    if size < WAN:
        return _sign(rounded, signed) + f"{size:.{decimals}f}"
    # Of the rounded size: 99,999,999 is one 亿, and never ten thousand 万.
    scale, word = (WAN, "万") if round(size / WAN, 2) < WAN else (YI, "亿")
    return _sign(rounded, signed) + f"{size / scale:.2f}".rstrip("0").rstrip(".") + word


def _rounded(value: float, decimals: int) -> float:
    if not math.isfinite(value):
        remedy = "Leave out what cannot be given, or refuse the estimate behind it"
        raise PublishError([Problem("a number of the page", "is not finite", remedy)])
    return round(value, decimals) + 0.0


def _sign(value: float, signed: bool) -> str:
    return MINUS if value < 0 else ("+" if signed and value > 0 else "")


def percent(share: float, language: str, decimals: int = 1, signed: bool = False) -> str:
    """A share as a percentage: −0.177 is ``−17.7%``."""
    return in_full(100 * share, language, decimals, signed) + "%"


def number_cell(
    value: float | None, language: str, decimals: int = 0, digits: int | None = 6
) -> tuple[str, float | None]:
    """A number as a cell of a table: its text, and its value to so many digits; blank for none."""
    if value is None:
        return "", None
    return in_full(value, language, decimals), value if digits is None else round(value, digits)


def percent_cell(share: float | None, language: str) -> tuple[str, float | None]:
    """A change as a cell of a table: its text in per cent, and its value; blank for none."""
    return ("", None) if share is None else (percent(share, language, signed=True), round(share, 6))


def date(iso: str, language: str) -> str:
    """An ISO date in full: ``22 November 2026``, ``2026年11月22日``; other text as it is."""
    try:
        day = dt.date.fromisoformat(iso)
    except ValueError:
        return iso
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return str(format_date(day, format="long", locale=LOCALES[language]))


def period(label: str, language: str) -> str:
    """A period's label in a sentence: ``Q1 2019``, ``2019年第1季度``; other text as it is."""
    return _period(label, 0, language)


def period_tick(label: str, language: str, year_only: bool = False) -> str:
    """A period's label on an axis, short: ``2019``, ``Q1 2019``, ``Jan 2019``; in two lines."""
    return _period(label[:4] if year_only and PERIOD.match(label) else label, 1, language)


def _period(label: str, place: int, language: str) -> str:
    """A label in one of the forms of its period: 0 for sentences, 1 for axes."""
    match = PERIOD.match(label)
    if match is None:
        return label
    parts: dict[str, object] = {name: int(n) for name, n in match.groupdict().items() if n}
    if number := match["month"]:
        day, locale = dt.date(2000, int(number), 1), LOCALES["en"]
        parts |= {form: format_date(day, form, locale=locale) for form in ("MMM", "MMMM")}
    forms = PERIOD_FORMS[str(match.lastgroup), language]
    return forms[place].format(**parts)


def period_span(first: str, last: str, language: str) -> str:
    """A range of periods: ``Q1 2019 to Q4 2023``, ``2019年第1季度至2023年第4季度``.

    Chinese years, and months of one year, are joined by a dash: ``1980—1988年``, ``2023年1—6月``.
    """
    if first == last:
        return period(first, language)
    if language == "zh":
        begin, end = PERIOD.match(first), PERIOD.match(last)
        if begin and end and len(first) == len(last) == 4:
            return f"{first}—{period(last, 'zh')}"
        if begin and end and begin["month"] and end["month"] and begin["year"] == end["year"]:
            return f"{period(first, 'zh')[:-1]}—{int(end['month'])}月"
    return span(period(first, language), period(last, language), language)


def size_decimals(*values: float) -> int:
    """Decimals that keep about two figures of the largest value."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if largest >= 10:
        return 0
    return 1 if largest >= 1 else 2


def mean_decimals(value: float) -> int:
    """Decimals of a mean in a table: what three figures hold, and two at most."""
    return 1 if abs(value) >= 10 else 2


def span(low: str, high: str, language: str) -> str:
    """A range: ``1.8 to 2.8``, ``1.8至2.8``."""
    return translator(language)("{low} to {high}", low=low, high=high)


def percent_change(share: float, language: str, decimals: int = 1) -> str:
    """A change in a sentence: ``−17.4%``, ``下降17.4%``."""
    if language != "zh":
        return percent(share, language, decimals, signed=True)
    return _direction(share, decimals) + percent(abs(share), language, decimals)


def percent_span(low: float, high: float, language: str) -> str:
    """A range of changes in a sentence: ``−21.6% to −12.9%``, ``下降12.9%至21.6%``."""
    if language == "zh" and _direction(low) == _direction(high):
        small, large = sorted((abs(low), abs(high)))
        return _direction(low) + span(percent(small, language), percent(large, language), language)
    return span(percent_change(low, language), percent_change(high, language), language)


def _direction(share: float, decimals: int = 1) -> str:
    """A change as a word, blank where it is nothing to the decimals shown."""
    shown = round(100 * share, decimals)
    return "下降" if shown < 0 else ("上升" if shown > 0 else "")


def change_span(low: float, high: float, language: str, measure: str = USUAL_MEASURE) -> str:
    """A range of changes as fewer and more: ``3 to 21 fewer``, ``33 fewer to 1 more``."""
    say = partial(translator(language), measure=measure)
    decimals = size_decimals(low, high)
    small, large = sorted((low, high))
    first, second = (number(abs(value), language, decimals) for value in (small, large))
    if large <= 0:
        return say("{low} to {high} fewer", low=second, high=first)
    if small >= 0:
        return say("{low} to {high} more", low=first, high=second)
    return say("{low} fewer to {high} more", low=first, high=second)


def level_span(low: float, high: float, language: str, decimals: int, unit: str) -> str:
    """A range of changes of a level: ``0.4 to 2.2 points lower``, ``1 lower to 2 higher``."""
    say = translator(language)
    small, large = sorted((low, high))
    begin, end = (large, small) if large <= 0 else (small, large)
    first, last = (number(abs(value), language, decimals) for value in (begin, end))
    last = f"{last}{'' if language == 'zh' else ' '}{unit}".strip()
    if large <= 0:
        return say("{low} to {high} lower", low=first, high=last)
    if small >= 0:
        return say("{low} to {high} higher", low=first, high=last)
    return say("{low} lower to {high} higher", low=first, high=last)


def change(value: float, language: str, *companions: float, measure: str = USUAL_MEASURE) -> str:
    """One change as fewer or more; companions share its decimals."""
    say = partial(translator(language), measure=measure)
    text = number(abs(value), language, size_decimals(value, *companions))
    return say("{n} fewer", n=text) if value < 0 else say("{n} more", n=text)
