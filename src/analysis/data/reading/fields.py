"""What a key of a mapping may hold: checked as it is read, refused with what would be right."""

from __future__ import annotations

import codecs
import re
import zoneinfo
from collections.abc import Mapping
from typing import Any

from analysis.data.reading.distinct import EXCEL_SERIALS

DIRECTIVES = "YmdHMSqV"
"""What a date format may hold; ``%q`` is the number of a quarter, ``%V`` of a week."""
ERAS = {"minguo": 1911, "heisei": 1988, "reiwa": 2018}
"""Eras by which years are counted, and the year of ours before their first."""
DASHES = r"\s*[-‐‑–—―~〜至到]+\s*"
"""Marks between the first and the last month of a span."""
SPAN = re.compile(rf"1月?{DASHES}%m")
TEXT = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
PASSWORD = re.compile(r"://[^/\s:@]*:[^/\s@]+@")


PLACE = re.compile(r"\{(n|word)(:0\d)?\}")
"""Where a pattern of words has a number or any word; ``{n:02}`` writes a number in two digits."""


def as_written(given: Any) -> Any:
    """Keys and values of a map of words as they were written, or a refusal.

    YAML reads ``010203`` as an octal number and ``no`` as false: neither is what was meant.
    """
    if isinstance(given, Mapping):
        cells = [cell for pair in given.items() for cell in pair]
    else:
        cells = list(given) if isinstance(given, (list, tuple)) else [given]
    if any(isinstance(cell, (bool, int, float)) for cell in cells):
        raise ValueError("holds a number or yes/no without quotation marks: write '010203', 'no'")
    return given


def known_encoding(name: str) -> str:
    if name:
        try:
            read = codecs.getincrementaldecoder(name)(errors="strict").decode(b"")
        except (LookupError, TypeError, AssertionError, UnicodeError):
            read = None
        if not isinstance(read, str):
            raise ValueError("is not an encoding: for example utf-8, gb18030, utf-16")
    return name


def one_character(mark: str) -> str:
    mark = {"tab": "\t", "\\t": "\t"}.get(mark, mark)
    if mark and (len(mark) > 1 or not mark.isascii() or mark in '"\r\n'):
        raise ValueError("is not one plain character: for example ',', ';', tab")
    return mark


def possible_names(files: tuple[str, ...]) -> tuple[str, ...]:
    if any(not name.strip() or max(map(len, name.split("/"))) > 200 for name in files):
        raise ValueError("holds what is no name of a file")
    return files


def known_zone(zone: str) -> str:
    if zone:
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is not a time zone: for example Asia/Shanghai") from None
    return zone


def rows_in_order(rows: tuple[int, ...]) -> tuple[int, ...]:
    if not rows or rows[0] < 1 or list(rows) != list(range(rows[0], rows[0] + len(rows))):
        raise ValueError("is a row number from 1, or several that follow one another")
    return rows


def readable_formats(formats: tuple[str, ...]) -> tuple[str, ...]:
    for text in formats:
        used = re.findall(r"%(.?)", text)
        known = set(used) <= set(DIRECTIVES) and len(set(used)) == len(used)
        if text not in EXCEL_SERIALS and not (known and "Y" in used):
            raise ValueError("holds a format that is not made of %Y %m %d %H %M %S %q or excel")
    return formats


def is_span(form: str) -> bool:
    """Whether a format is of spans that begin in January, as ``%Y年1-%m月``."""
    return SPAN.search(form) is not None


def known_units(units: dict[str, str]) -> dict[str, str]:
    # Numbers of a table in the contract's form are never looked at for units.
    from analysis.data.reading.numbers import UNIT

    if not all(UNIT.fullmatch(unit) or unit == "1" for unit in units.values()):
        raise ValueError("holds a unit that is not known: for example 万, 亿, 万户, 万元, or 1")
    return units


def reads_only(query: str) -> str:
    bare = TEXT.sub(" ", query).strip().rstrip(";").strip()
    if query and (";" in bare or not re.match(r"(?is)(select|with)\b", bare)):
        raise ValueError("is not a single SELECT")
    if re.search(r"(?i)\b(insert|update|delete|drop|alter|create|attach|copy|merge)\b", bare):
        raise ValueError("does more than read: write a single SELECT")
    return query.strip().rstrip(";")


def no_password(url: str) -> str:
    if PASSWORD.search(url):
        raise ValueError("holds a password: write env:NAME and set that variable")
    return url


def known_patterns(patterns: dict[str, str]) -> dict[str, str]:
    for theirs, ours in patterns.items():
        names = PLACE.findall(theirs)
        held = [name for name, _ in names]
        used = {name for name, _ in PLACE.findall(ours)}
        if len(set(held)) != len(held) or not used <= set(held) or any(form for _, form in names):
            raise ValueError("holds a pattern that is not made of {n} and {word}, each once")
    return patterns
