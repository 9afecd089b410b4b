"""The administrative divisions of China by GB/T 2260: codes, names, and what became of them.

``gbt2260.csv`` lists every code from the county upwards that stood in a list of the Ministry of
Civil Affairs since 1980; it is written by ``scripts/build_region_codes.py`` and names its sources
and licences. The first two digits of a code are the province, the next two the city, the last
two the county or district; what lies above ends in zeros.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analysis.data.declarations import csv_rows

TABLE = Path(__file__).with_name("gbt2260.csv")
FIRST_YEAR, LAST_YEAR = 1980, 2024
"""The lists are of the end of each year."""
SHAPE = re.compile(r"[0-9]{6}")
GROUPS = frozenset({"110100", "120100", "310100", "500100", "500200"}) | frozenset(
    {"419000", "429000", "469000", "659000"}
)
"""Stand for no division: they hold those right below a municipality or province."""


@dataclass(frozen=True)
class Division:
    """One code: names, the years of the lists it came and went, and the codes it went into.

    ``until`` is the first year in which it no longer stands, ``None`` where it is in the last
    list. ``name_en`` is blank where no source settles it, ``followed_by`` is empty where no
    source says what became of it.
    """

    code: str
    name_zh: str
    name_en: str
    since: int
    until: int | None
    followed_by: tuple[str, ...]

    def valid_in(self, year: int) -> bool:
        """Whether it is in the list of the end of a year."""
        return self.since <= year and (self.until is None or year < self.until)


@lru_cache(maxsize=1)
def divisions() -> Mapping[str, Division]:
    """Every code since 1980."""
    return {row["code"]: _division(row) for row in csv_rows(TABLE)}


def _division(row: Mapping[str, str]) -> Division:
    years = (int(row["since"]), int(row["until"]) if row["until"] else None)
    followed_by = tuple(code for code in row["next"].split(";") if code)
    return Division(row["code"], row["name_zh"], row["name_en"], *years, followed_by)


def is_code(code: str) -> bool:
    """Whether a text has the form of a code, known or not."""
    return SHAPE.fullmatch(code) is not None


def codes_above(code: str) -> tuple[str, ...]:
    """The codes of the city and the province that a code lies in by its digits, nearest first."""
    if not is_code(code):
        return ()
    higher = (f"{code[:4]}00", f"{code[:2]}0000")
    return tuple(other for other in dict.fromkeys(higher) if other != code)


def levels(code: str) -> tuple[str, ...]:
    """The words of the column ``level`` that fit a code.

    Every division below a city is of the county's level; only a city's own districts, whose
    names end in 区 and are no 林区 or 特区, may be called districts.
    """
    if code.endswith("0000"):
        return ("province",)
    if code.endswith("00"):
        return ("city",)
    name = divisions()[code].name_zh if code in divisions() else ""
    districts = name.endswith("区") and not name.endswith(("林区", "特区"))
    return ("district", "county") if districts else ("county",)


def successors(code: str, year: int = LAST_YEAR) -> tuple[str, ...]:
    """The codes of a year's list that a former code went into, by way of others if need be.

    Empty where one of the ways is not known.
    """
    waiting = [code]
    # What is found on the way is looked at in turn, each code once.
    for each in waiting:
        division = divisions()[each]
        if not division.valid_in(year):
            if not division.followed_by:
                return ()
            waiting += [other for other in division.followed_by if other not in waiting]
    return tuple(sorted(each for each in waiting if divisions()[each].valid_in(year)))


def same_name(name_zh: str, year: int = LAST_YEAR) -> tuple[str, ...]:
    """The codes of a year's list that stand for a Chinese name."""
    return tuple(code for code in _by_name().get(name_zh, ()) if divisions()[code].valid_in(year))


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, tuple[str, ...]]:
    """The codes, present and former, of each Chinese name."""
    found: dict[str, tuple[str, ...]] = {}
    for division in divisions().values():
        found[division.name_zh] = (*found.get(division.name_zh, ()), division.code)
    return found
