"""Numbers as owners write them: thousands and decimal marks, and units such as 万 and 亿."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.reading import distinct
from analysis.data.reading.distinct import NUMBER, mask

POWERS = {
    "十": 1,
    "百": 2,
    "千": 3,
    "万": 4,
    "萬": 4,
    "十万": 5,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "億": 8,
    "十亿": 9,
    "百亿": 10,
    "千亿": 11,
    "万亿": 12,
}
"""Words for powers of ten."""
MEASURES = "户家件元人个起条次份批宗例"
"""Words that say what is counted."""
_POWER = "|".join(sorted(POWERS, key=len, reverse=True))
UNIT = re.compile(rf"({_POWER})?([{MEASURES}]|批次|人次|件次|\(户\))?")
WITH_UNIT = re.compile(rf"([^{MEASURES}{''.join(POWERS)}]*\d\.?)\s*{UNIT.pattern}")
AT_END = re.compile(rf"(?<!每)([万萬亿億])[{MEASURES}]数?$")
"""A header that ends so without brackets: 经营主体万户数, but not 每万人."""
IN_HEADER = re.compile(rf"[（(:：/]\s*(?:单位[:：])?\s*({_POWER})[{MEASURES}]?\w{{0,2}}\s*[)）]?$")


def plain_numbers(words: pa.Array, decimal: str, thousands: str) -> pa.Array:
    """Numbers with a point and no thousands marks; what is not written so stays as it is."""
    text = words
    if thousands:
        mark, point = re.escape(thousands), re.escape(decimal)
        grouped = pc.match_substring_regex(text, rf"^[+-]?\d{{1,3}}({mark}\d{{3}})+({point}\d*)?$")
        text = pc.if_else(grouped, pc.replace_substring(text, thousands, ""), text)
    if decimal == ",":
        swapped = pc.replace_substring(text, ",", ".")
        dotted = pc.match_substring(text, ".")
        clean = pc.and_(pc.match_substring_regex(swapped, NUMBER), pc.invert(dotted))
        # "1.234" where the comma is the decimal mark is no number; a text keeps it from passing.
        pointed = pc.and_(pc.match_substring_regex(text, NUMBER), dotted)
        text = pc.if_else(clean, swapped, pc.if_else(pointed, "?", text))
    return text


def power_of(unit: str) -> int:
    """The power of ten of a unit: 4 of 万户."""
    found = UNIT.fullmatch(unit)
    return POWERS.get(found[1] or "", 0) if found else 0


def without_units(words: pa.Array, unit: str) -> tuple[pa.Array, np.ndarray]:
    """Numbers without the unit behind them, and by which power of ten each is to be multiplied.

    A unit in a cell goes before the one declared for its column.
    """
    numbers, powers = words.to_pylist(), np.full(len(words), power_of(unit))
    bare = mask(pc.match_substring_regex(words, NUMBER))
    for at in np.flatnonzero(~bare):
        found = WITH_UNIT.fullmatch(numbers[at])
        if found and (found[2] or found[3]):
            numbers[at], powers[at] = found[1], POWERS.get(found[2] or "", 0)
    return pa.array(numbers, pa.string()), powers


def multiplied(words: pa.Array, powers: np.ndarray) -> pa.Array:
    """Numbers times powers of ten, to the last digit: 1.2345 and 4 are 12345."""
    numbers = words.to_pylist()
    known = mask(pc.match_substring_regex(words, distinct.NUMBER)) & (powers != 0)
    for at in np.flatnonzero(known):
        shifted = Decimal(numbers[at]).scaleb(int(powers[at]))
        numbers[at] = f"{shifted:f}"
    return pa.array(numbers, pa.string())


def unit_in_header(name: str) -> str:
    """The power of ten that the name of a column says its numbers are in; nothing without one."""
    found = IN_HEADER.search(name) or AT_END.search(name)
    return found[1] if found else ""
