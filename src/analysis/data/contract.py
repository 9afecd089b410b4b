"""What a table must obey, declared once per column; checking reports every violation at once.

A declaration drives reading, checking, simulated data and the data dictionary; where declarations
stand says :mod:`analysis.data.declarations`. A violation
names file, column, rule, row numbers and remedy, never the value of a cell.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.periods import period_of
from analysis.data.reading.account import Origin
from analysis.data.reading.distinct import Cells
from analysis.errors import Problem
from analysis.params import PERIOD_PATTERN

PERIOD = re.compile(PERIOD_PATTERN)
FIRST_YEAR, LAST_YEAR = 1000, 2999
FAR = 20
"""No series leaves out so many years; a slip of a digit would make a panel of centuries."""
FAR_RULE = f"lies more than {FAR} years from the others"
FAR_REMEDY = "Look for a slip in the year"
RECORDED_ON = ("received_on", "visited_on", "taken_on", "decided_on")
"""Days that say when a record was made; one far off would make a panel of centuries."""
DAYS = "Write dates as YYYY-MM-DD, years 1000 to 2999; an open end is empty, or listed under empty"
MOST = 10**12
"""No count is larger; sums over millions of rows stay exact."""


@dataclass(frozen=True)
class Column:
    """One column: its type, unit, rules, and words for the reader.

    ``kind`` is one of code, text, whole, number, date, period, choice, flag.
    ``links_to`` names ``table.column`` whose values this column must come from. A ``personal``
    column names a person; its values are replaced by keyed hashes when they are read.
    ``not_before`` names another column of days or numbers, before which this one must not lie;
    ``or_else`` a column that may be filled instead.
    """

    name: str
    kind: str
    en: str
    zh: str = ""
    unit: str = ""
    required: bool = True
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[tuple[str, str, str], ...] = ()
    links_to: str = ""
    personal: bool = False
    not_before: str = ""
    or_else: str = ""

    @property
    def allowed(self) -> tuple[str, ...]:
        """The words a choice column may hold."""
        return tuple(word for word, _, _ in self.choices)

    def needed(self, held: Container[str]) -> bool:
        """Whether a table with these columns must have this one."""
        return self.required or (bool(self.or_else) and self.or_else not in held)


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, and the key that no two rows may share."""

    name: str
    en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    zh: str = ""

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """All column names, in order."""
        return tuple(column.name for column in self.columns)


Columns: TypeAlias = Mapping[str, pd.Series | Cells]
"""Columns of a table as read: texts with each kept once, or already typed."""


def parse_columns(table: Table, raw: Columns, origin: Origin) -> tuple[pd.DataFrame, list[Problem]]:
    """The columns of the contract, typed, and the rows that break their rules."""
    problems: list[Problem] = []
    parsed: dict[str, pd.Series] = {}
    for column in table.columns:
        if column.name in raw:
            values, found = parse_column(column, raw[column.name], origin)
            parsed[column.name] = values
            problems += found
    frame = pd.DataFrame(parsed)
    return frame, [
        *problems,
        *_check_series(table, raw, frame, origin),
        *_check_days(table, frame, origin),
        *check_order(table, frame, origin),
    ]


def parse_column(
    column: Column, raw: pd.Series | Cells, origin: Origin
) -> tuple[pd.Series, list[Problem]]:
    """One column typed, with the rows that break each of its rules."""
    given, text, empty = _texts(raw)
    problems: list[Problem] = []

    def refuse(bad: pd.Series, rule: str, remedy: str) -> None:
        broken = bad.to_numpy(dtype=bool)
        if broken.any():
            positions = np.flatnonzero(broken[raw.codes] if isinstance(raw, Cells) else broken)
            problems.extend(origin.problems(positions, rule, remedy, column.name))

    if column.required:
        refused = raw.refused if isinstance(raw, Cells) and raw.refused is not None else False
        refuse(empty & np.logical_not(refused), "is empty", "Every row needs a value here")
    values, bad, rule, remedy = _typed(column, given, text, empty)
    refuse(bad & ~empty, rule, remedy)
    if column.minimum is not None:
        low = f"{column.minimum:g}"
        refuse(values < column.minimum, f"is below {low}", f"{column.en}: {low} or more")
    if column.maximum is not None:
        high = f"{column.maximum:g}"
        refuse(values > column.maximum, f"is above {high}", f"{column.en}: {high} or less")
    if isinstance(raw, Cells):
        values = values.take(raw.codes).reset_index(drop=True)
    return values, problems


def _texts(raw: pd.Series | Cells) -> tuple[pd.Series, pd.Series, pd.Series]:
    """The distinct values of a column, as texts, and which of them are empty."""
    given = raw.distinct() if isinstance(raw, Cells) else raw
    text = _as_text(given)
    return given, text, text.isna() | (text == "")


def empty_rows(raw: pd.Series | Cells) -> np.ndarray:
    """Which rows of a column are empty."""
    empty: np.ndarray = _texts(raw)[2].to_numpy(dtype=bool, copy=True)
    if not isinstance(raw, Cells):
        return empty
    if raw.refused is not None:
        empty &= ~raw.refused.astype(bool)
    return np.asarray(empty[raw.codes])


def _as_text(given: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(given) or pd.api.types.is_float_dtype(given):
        # Taken as they are below: only what is missing matters.
        return pd.Series(np.where(given.isna(), "", "?"), index=given.index)
    return given.astype("string").str.strip()


def _check_series(table: Table, raw: Columns, frame: pd.DataFrame, origin: Origin) -> list[Problem]:
    """Counts, sizes and levels by period, which records are not."""
    if "period" not in frame and not any(column.or_else for column in table.columns):
        return []
    from analysis.data import series_checks

    return [
        *series_checks.check_either(table, raw, origin),
        *series_checks.check_kinds(table, raw, frame, origin),
        *series_checks.check_periods(table, frame, origin),
    ]


def _check_days(table: Table, frame: pd.DataFrame, origin: Origin) -> list[Problem]:
    """Days on which records were made that lie far from the others."""
    problems: list[Problem] = []
    for name in (name for name in RECORDED_ON if name in frame and table.column(name).required):
        away = np.flatnonzero(far(frame[name].dt.year))
        problems += origin.problems(away, FAR_RULE, FAR_REMEDY, name)
    return problems


def far(years: pd.Series) -> np.ndarray:
    """Which rows lie behind a gap of many years, on the side that holds fewer of them."""
    numbers = pd.to_numeric(years, errors="coerce").to_numpy(dtype=float)
    known = np.unique(numbers[np.isfinite(numbers)])
    gaps = np.flatnonzero(np.diff(known) > FAR)
    far = np.zeros(len(numbers), dtype=bool)
    for gap in gaps:
        after = numbers > known[gap]
        far |= after if after.sum() * 2 <= len(numbers) else ~after
    return far


def check_order(table: Table, frame: pd.DataFrame, origin: Origin) -> list[Problem]:
    """Rows in which a day or a number lies before the one it must not lie before."""
    problems: list[Problem] = []
    for column in table.columns:
        first, days = column.not_before, column.kind == "date"
        if first and first in frame and column.name in frame:
            early = np.flatnonzero(frame[column.name] < frame[first])
            rule = f"lies before {first}" if days else f"is below {first}"
            remedy = f"Correct one of the two {'days' if days else 'numbers'}"
            problems += origin.problems(early, rule, remedy, column.name)
    return problems


def check_links(
    tables: Mapping[str, Table], frames: Mapping[str, pd.DataFrame], origins: Mapping[str, Origin]
) -> Iterator[Problem]:
    """Codes that stand in no row of the table they link to."""
    for name, frame in frames.items():
        for column in tables[name].columns:
            target_table, _, target_column = column.links_to.partition(".")
            if column.name not in frame or target_column not in frames.get(target_table, ()):
                continue
            known = frames[target_table][target_column]
            positions = np.flatnonzero(_strange(frame[column.name], known))
            rule = f"is not in {target_table}"
            remedy = f"Add it to {origins[target_table].name} or correct it here"
            yield from origins[name].problems(positions, rule, remedy, column.name)


def _strange(values: pd.Series, known: pd.Series) -> np.ndarray:
    """Which values stand in none of the known; Arrow looks millions up in a second."""
    listed = pa.array(known.dropna().unique(), pa.string())
    found = pc.is_in(pa.array(values, pa.string(), from_pandas=True), listed)
    absent: np.ndarray = ~np.asarray(found) & values.notna().to_numpy()
    return absent


Typed: TypeAlias = tuple[pd.Series, pd.Series, str, str]
"""Values, a mask of the rows that are not of the type, the rule and its remedy."""


def _typed(column: Column, raw: pd.Series, text: pd.Series, empty: pd.Series) -> Typed:
    given = text.where(~empty)
    if column.kind in ("whole", "number"):
        return _number(column, raw if pd.api.types.is_float_dtype(raw) else given)
    if column.kind == "date":
        return _date(raw if pd.api.types.is_datetime64_any_dtype(raw) else given)
    if column.kind == "flag":
        lowered = given.str.lower()
        known = lowered.isin(["true", "false", "1", "0"])
        values = lowered.isin(["true", "1"])
        values = values.astype("boolean").mask(empty) if empty.any() else values
        return values, ~known, "is not true or false", "Write true or false"
    if column.kind == "choice":
        allowed = f"Allowed: {', '.join(column.allowed)}"
        return given, ~given.isin(column.allowed), "is not one of the allowed words", allowed
    bad, rule, remedy = pd.Series(False, index=given.index), "", ""
    if column.kind == "period":
        bad = ~are_periods(given)
        rule = "is not a period"
        remedy = "A year 2019, a quarter 2019Q2, a month 2019-03 or a week 2019-W05, 1000 to 2999"
    return given, bad, rule, remedy


def are_periods(given: pd.Series) -> pd.Series:
    """Which texts are written as periods are; each way of writing is looked at once."""
    return given.map({text: is_period(text) for text in given.dropna().unique()}).eq(True)


def is_period(text: str) -> bool:
    """Whether it is written as a period is; only some years have a week 53."""
    try:
        return bool(PERIOD.fullmatch(text)) and period_of(text) is not None
    except ValueError:
        return False


def _number(column: Column, given: pd.Series) -> Typed:
    values = pd.to_numeric(given, errors="coerce").astype("float64")
    bad = ~np.isfinite(values)
    if column.kind == "whole" and (values.abs() > MOST).any():
        return values, bad | (values.abs() > MOST), f"is above {MOST:,}", "No count is so large"
    if column.kind == "number":
        return values, bad, "is not a number", "Digits with a point, no separators"
    return values, bad | (values % 1 != 0), "is not a whole number", "A count has no decimals"


def _date(text: pd.Series) -> Typed:
    if pd.api.types.is_datetime64_any_dtype(text):
        outside = text.notna() & ~text.dt.year.between(FIRST_YEAR, LAST_YEAR)
        return text.mask(outside), outside, "is not a date", DAYS
    shaped = text.str.fullmatch(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}").fillna(False).astype(bool)
    values = pd.to_datetime(text.where(shaped), format="%Y-%m-%d", errors="coerce")
    return values, values.isna(), "is not a date", DAYS
