"""What a printed number says: its value, how exact it is, and the range it allows."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from analysis.data.reading.distinct import FULL_WIDTH
from analysis.stats.pooling.exact import Interval

MAGNITUDE = {"": 1, "万": 10_000, "亿": 100_000_000}
NUMERAL = re.compile(
    r"(?P<before>近|约为?|超过|第)?"
    r"(?P<number>[+-]?[\d,]+(?:\.\d+)?|[零一二两三四五六七八九十百千]+|(?=万))"
    r"(?P<more>余|多)?个?(?P<magnitude>[万亿]?)(?P<late>余|多)?(?P<tail>[^\d]*?)(?P<least>以上)?"
)
FRACTION = re.compile(
    r"(?P<whole>[一二三四五六七八九十百]+)分之(?P<part>[一二三四五六七八九十百]+)"
)
WORDED = {
    **dict.fromkeys(("没有", "零成本"), "0"),
    **dict.fromkeys(("全部", "全覆盖", "每一家"), "100"),
    **dict.fromkeys(("首", "首家", "第一", "唯一", "率先", "一", "零的突破"), "1"),
}
"""Words that stand for a number; exact, but for a breakthrough from zero."""


class UnreadableNumberError(ValueError):
    """Characters cannot be read by their rule."""


@dataclass(frozen=True)
class Reading:
    """What follows from printed characters: value and precision as text, and how exact it is."""

    value: str
    bound: str = "exact"
    precision: str = ""


def read_characters(characters: str, rule: str, year: str) -> Reading:
    """The reading of characters by a rule; ``year`` is used where they name none.

    Raises
    ------
    UnreadableNumberError: the rule does not fit the characters.
    """
    try:
        if rule.startswith("date"):
            return Reading(_date(characters, rule, year))
        if rule == "worded":
            bound = "at_least" if characters == "零的突破" else "exact"
            return Reading(WORDED[characters], bound)
        if rule == "fraction":
            return Reading(_fraction(characters))
        return _numeral(characters, falls=rule == "decrease")
    except (KeyError, IndexError, ArithmeticError) as error:
        raise UnreadableNumberError(characters) from error


def printed_range(characters: str, value: float, precision: float | None, bound: str) -> Interval:
    """The lowest and highest number that a writer could have printed so.

    余 and 多 allow less than one more of the last digit that is not zero, 以上 and 超过
    anything above. A count to the last unit is exact; other numbers are rounded.
    """
    if bound == "at_least":
        open_ended = re.search("以上|超过|突破", characters) is not None
        high = math.inf if open_ended else value + _last_digit(characters, value)
        return Interval(value, value, high)
    margin = 0.5 * (precision or 0.0)
    if precision == 1 and "%" not in _plain(characters):
        margin = 0.0
    if "分之" in characters:
        margin = 0.5
    return Interval(value, value - margin, value + margin)


def chinese_number(text: str) -> int:
    """Value of a Chinese numeral below ten thousand."""
    total, digit = 0, 0
    for character in text:
        worth = int(unicodedata.numeric(character, 2))  # Unicode gives none for 两
        if worth < 10:
            digit = worth
        else:
            total += (digit or 1) * worth
            digit = 0
    return total + digit


def _plain(characters: str) -> str:
    return characters.translate(FULL_WIDTH)


def _matched(pattern: re.Pattern[str], characters: str) -> re.Match[str]:
    match = pattern.fullmatch(_plain(characters))
    if match is None:
        raise UnreadableNumberError(characters)
    return match


def _numeral(characters: str, *, falls: bool) -> Reading:
    match = _matched(NUMERAL, characters)
    text = match["number"].replace(",", "") or "1"
    arabic = text.lstrip("+-")[0].isdigit()
    number = Decimal(text) if arabic else Decimal(chinese_number(text))
    magnitude = MAGNITUDE[match["magnitude"]]
    at_least = match["more"] or match["late"] or match["least"] or match["before"] == "超过"
    about = match["before"] in ("近", "约", "约为")
    precision = ""
    if arabic and match["number"]:
        decimals = len(text.partition(".")[2])
        precision = f"{(Decimal(1).scaleb(-decimals) * magnitude).normalize():f}"
    value = (-number if falls else number) * magnitude
    bound = "at_least" if at_least else "about" if about else "exact"
    return Reading(f"{value.normalize():f}", bound, precision)


def _fraction(characters: str) -> str:
    match = _matched(FRACTION, characters)
    return f"{100 * chinese_number(match['part']) / chinese_number(match['whole']):.4f}"


def _date(characters: str, rule: str, year: str) -> str:
    parts = re.findall(r"\d+", _plain(characters))
    if rule == "date_year_end":
        return f"{parts[0]}-12-31"
    if rule == "date_range_year_inferred":
        parts = parts[:2]
    if rule != "date":
        parts = [year, *parts]
    return "-".join([parts[0], *(part.zfill(2) for part in parts[1:])])


def _last_digit(characters: str, value: float) -> float:
    """Worth of the last printed digit that is not zero: 60余万 is below 70万, 370余 below 380."""
    match = NUMERAL.fullmatch(_plain(characters))
    digits = match["number"].replace(",", "") if match else ""
    if not match or not digits[:1].isdigit():
        return abs(value)
    whole, _, decimals = digits.partition(".")
    zeros = len(whole) - len(whole.rstrip("0"))
    return 10.0 ** (-len(decimals) if decimals else zeros) * MAGNITUDE[match["magnitude"]]
