"""What a printed number says: its value, how exact it is, and the range it allows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

FULL_WIDTH = str.maketrans("０１２３４５６７８９．％＋－，", "0123456789.%+-,")
MAGNITUDE = {"": 1, "万": 10_000, "亿": 100_000_000}
DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
STEPS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = re.compile(
    r"(?P<before>近|约为?|超过|第)?"
    r"(?P<number>[+-]?[\d,]+(?:\.\d+)?|[零一二两三四五六七八九十百千]+|(?=万))"
    r"(?P<more>余|多)?个?(?P<magnitude>[万亿]?)(?P<late>余|多)?(?P<tail>[^\d]*?)(?P<least>以上)?"
)
FRACTION = re.compile(
    r"(?P<whole>[一二三四五六七八九十百]+)分之(?P<part>[一二三四五六七八九十百]+)"
)
WORDED = {
    "没有": (0, "exact"),
    "零成本": (0, "exact"),
    "全部": (100, "exact"),
    "全覆盖": (100, "exact"),
    "每一家": (100, "exact"),
    "首": (1, "exact"),
    "首家": (1, "exact"),
    "第一": (1, "exact"),
    "唯一": (1, "exact"),
    "率先": (1, "exact"),
    "一": (1, "exact"),
    "零的突破": (1, "at_least"),
}
"""Words that stand for a number, with the bound they carry."""


class UnreadableNumberError(ValueError):
    """Characters cannot be read by their rule."""


@dataclass(frozen=True)
class Reading:
    """What follows from printed characters: value and precision as text, and how exact it is."""

    value: str
    bound: str
    precision: str


def read_characters(characters: str, rule: str, year: str) -> Reading:
    """The reading of characters by a rule; ``year`` is used where they name none.

    Raises
    ------
    UnreadableNumberError: the rule does not fit the characters.
    """
    try:
        if rule.startswith("date"):
            return Reading(_date(characters, rule, year), "exact", "")
        if rule == "worded":
            value, bound = WORDED[characters]
            return Reading(str(value), bound, "")
        if rule == "fraction":
            return Reading(_fraction(characters), "exact", "")
        return _numeral(characters, falls=rule == "decrease")
    except (KeyError, IndexError, ArithmeticError) as error:
        raise UnreadableNumberError(characters) from error


def printed_range(characters: str, value: float, precision: float | None, bound: str) -> Range:
    """The lowest and highest number that a writer could have printed so.

    余 and 多 allow less than one more of the last digit that is not zero, 以上 and 超过
    anything above. A count to the last unit is exact; other numbers are rounded.
    """
    rounded = (
        0.0 if precision is None or (precision == 1 and "%" not in _plain(characters)) else 0.5
    )
    margin = rounded * (precision or 0.0)
    if bound == "at_least":
        open_ended = re.search("以上|超过|突破", characters) is not None
        return Range(value, math.inf if open_ended else value + _last_digit(characters, value))
    if "分之" in characters:
        margin = 0.5
    return Range(value - margin, value + margin)


@dataclass(frozen=True)
class Range:
    """The lowest and the highest value; both equal where a number is exact."""

    low: float
    high: float

    def meets(self, other: Range, slack: float = 1e-9) -> bool:
        """Whether some value lies in both."""
        return self.low <= other.high + slack and other.low <= self.high + slack


def chinese_number(text: str) -> int:
    """Value of a Chinese numeral below ten thousand."""
    total, digit = 0, 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        else:
            total += (digit or 1) * STEPS[character]
            digit = 0
    return total + digit


def _plain(characters: str) -> str:
    return characters.translate(FULL_WIDTH)


def _numeral(characters: str, *, falls: bool) -> Reading:
    match = NUMERAL.fullmatch(_plain(characters))
    if match is None:
        raise UnreadableNumberError(characters)
    text = match["number"].replace(",", "") or "1"
    arabic = text.lstrip("+-")[0].isdigit()
    number = Decimal(text) if arabic else Decimal(chinese_number(text))
    magnitude = MAGNITUDE[match["magnitude"]]
    at_least = match["more"] or match["late"] or match["least"] or match["before"] == "超过"
    about = match["before"] in ("近", "约", "约为")
    precision = ""
    if arabic and match["number"]:
        decimals = len(text.partition(".")[2])
        precision = _decimal(Decimal(1).scaleb(-decimals) * magnitude)
    value = (-number if falls else number) * magnitude
    return Reading(
        _decimal(value), "at_least" if at_least else "about" if about else "exact", precision
    )


def _fraction(characters: str) -> str:
    match = FRACTION.fullmatch(characters)
    if match is None:
        raise UnreadableNumberError(characters)
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


def _decimal(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _last_digit(characters: str, value: float) -> float:
    """Worth of the last printed digit that is not zero: 60余万 is below 70万, 370余 below 380."""
    match = NUMERAL.fullmatch(_plain(characters))
    digits = match["number"].replace(",", "") if match else ""
    if not digits or not digits[0].isdigit():
        return abs(value)
    whole, _, decimals = digits.partition(".")
    zeros = len(whole) - len(whole.rstrip("0"))
    step = 10.0 ** (-len(decimals) if decimals else zeros)
    return step * MAGNITUDE[match["magnitude"]] if match else step
