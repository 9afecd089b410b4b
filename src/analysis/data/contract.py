"""What a table must obey, declared once per column; checking reports every violation at once.

A declaration drives reading, checking, simulated data and the data dictionary. A violation
names file, column, rule, row numbers and remedy, never the value of a cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.reading.distinct import Cells, cells_of
from analysis.data.reading.origin import Origin
from analysis.errors import Problem, nearest

PERIOD = re.compile(r"^\d{4}(-(0[1-9]|1[0-2])|-?Q[1-4])?$")
"""A period is a year ``2019``, a quarter ``2019Q2`` or a month ``2019-03``."""


@dataclass(frozen=True)
class Column:
    """One column: its type, unit, rules, and words for the reader.

    ``kind`` is one of code, text, whole, number, date, period, choice, flag.
    ``links_to`` names ``table.column`` whose values this column must come from. A ``personal``
    column names a person; its values are replaced by keyed hashes when they are read.
    """

    name: str
    kind: str
    en: str
    zh: str
    unit: str = ""
    required: bool = True
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[tuple[str, str, str], ...] = ()
    links_to: str = ""
    personal: bool = False

    @property
    def allowed(self) -> tuple[str, ...]:
        """The words a choice column may hold."""
        return tuple(word for word, _, _ in self.choices)


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, and the key that no two rows may share."""

    name: str
    en: str
    zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """All column names, in order."""
        return tuple(column.name for column in self.columns)


def check_columns(table: Table, frame: Columns, file: str) -> list[Problem]:
    """Missing and unknown columns of a table as read."""
    problems = [
        Problem(f"{file}, column {column.name}", "is missing", f"{column.en} ({column.kind})")
        for column in table.columns
        if column.required and column.name not in frame
    ]
    unknown = [str(name) for name in frame if name not in table.names]
    problems += [
        Problem(f"{file}, column {name}", "is not in the contract", nearest(name, table.names))
        for name in unknown
    ]
    return problems


Columns: TypeAlias = Mapping[str, Any]
"""Columns of a table as read: texts with each kept once, or already typed."""


def parse_table(
    table: Table, raw: Columns, origin: Origin | str
) -> tuple[pd.DataFrame, list[Problem]]:
    """The table with typed columns, and everything wrong with it.

    Parameters
    ----------
    raw: the table as read, every cell a text or already typed, in file order.
    origin: the file and row of each row, or the name of the one file that it all is.
    """
    if isinstance(origin, str):
        origin = Origin.plain(origin, len(next(iter(dict(raw).values()), ())))
    problems = check_columns(table, raw, origin.name)
    frame, found = parse_columns(table, raw, origin)
    return frame, [*problems, *found, *check_key(table, frame, origin)]


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
    return frame, [*problems, *check_periods(table, frame, origin)]


def parse_column(
    column: Column, raw: pd.Series | Cells, origin: Origin
) -> tuple[pd.Series, list[Problem]]:
    """One column typed, with the rows that break each of its rules."""
    given = raw.distinct() if isinstance(raw, Cells) else raw
    text = _as_text(given)
    empty = text.isna() | (text == "")
    problems: list[Problem] = []

    def refuse(bad: pd.Series, rule: str, remedy: str) -> None:
        broken = bad.to_numpy(dtype=bool)
        if not broken.any():
            return
        positions = np.flatnonzero(broken[raw.codes] if isinstance(raw, Cells) else broken)
        problems.extend(origin.problems(positions, rule, remedy, column.name))

    if column.required:
        told = raw.refused if isinstance(raw, Cells) and raw.refused is not None else False
        refuse(empty & np.logical_not(told), "is empty", "Every row needs a value here")
    values, bad, rule, remedy = _typed(column, given, text, empty)
    refuse(bad & ~empty, rule, remedy)
    if column.kind in ("whole", "number"):
        low, high = column.minimum, column.maximum
        if low is not None:
            refuse(values < low, f"is below {low:g}", f"{column.en}: {low:g} or more")
        if high is not None:
            refuse(values > high, f"is above {high:g}", f"{column.en}: {high:g} or less")
    if isinstance(raw, Cells):
        values = values.take(raw.codes).reset_index(drop=True)
    return values, problems


def _as_text(raw: pd.Series) -> pd.Series:
    if pd.api.types.is_string_dtype(raw) or raw.dtype == object:
        return raw.astype("string").str.strip()
    if pd.api.types.is_datetime64_any_dtype(raw) or pd.api.types.is_float_dtype(raw):
        # Taken as they are below: only what is missing matters.
        return pd.Series(np.where(raw.isna(), "", "?"), index=raw.index)
    return raw.astype("string")


def check_key(table: Table, frame: pd.DataFrame, origin: Origin) -> list[Problem]:
    """Rows that share a key."""
    if not table.key or any(name not in frame for name in table.key):
        return []
    shared = sharing(frame, table.key)
    again = frame.iloc[shared].duplicated(list(table.key), keep="first").to_numpy()
    if not again.any():
        return []
    positions = shared[again]
    key = " + ".join(table.key)
    rule = f"repeats the key {key} of an earlier row"
    return origin.problems(positions, rule, "Keep one row per key")


def sharing(frame: pd.DataFrame, key: Sequence[str]) -> np.ndarray:
    """Positions of the rows whose key another row has, too, in order."""
    if len(key) > 1 or not pd.api.types.is_string_dtype(frame[key[0]]):
        return np.flatnonzero(frame.duplicated(list(key), keep=False).to_numpy())
    # Arrow tells five million texts apart in a second or two.
    codes = cells_of(pa.array(frame[key[0]], pa.string(), from_pandas=True)).codes
    return np.flatnonzero(np.bincount(codes)[codes] > 1)


def check_periods(table: Table, frame: pd.DataFrame, origin: Origin) -> list[Problem]:
    """Rows whose period is of another length than most of the same outcome or exposure."""
    others = [name for name in ("outcome", "exposure") if name in table.key and name in frame]
    if "period" not in frame or not others:
        return []
    known = frame["period"].notna().to_numpy()
    length = frame["period"].where(known, "").map(_length).to_numpy()
    mixed = np.zeros(len(frame), dtype=bool)
    for _, rows in frame.groupby(others[0]).indices.items():
        own = rows[known[rows]]
        lengths, counts = np.unique(length[own], return_counts=True)
        if len(lengths) > 1:
            mixed[own[length[own] != lengths[counts.argmax()]]] = True
    rule = "is of another length than most periods"
    remedy = "Years, quarters and months of one series do not mix: leave one length"
    return origin.problems(np.flatnonzero(mixed), rule, remedy, "period")


def _length(period: str) -> str:
    return "quarter" if "Q" in period else "month" if "-" in period else "year"


def check_links(
    tables: Mapping[str, Table], frames: Mapping[str, pd.DataFrame], origins: Mapping[str, Origin]
) -> list[Problem]:
    """Codes that stand in no row of the table they link to."""
    problems: list[Problem] = []
    for name, frame in frames.items():
        for column in _linked(tables[name].columns, frame):
            target_table, target_column = column.links_to.split(".")
            if target_table not in frames or target_column not in frames[target_table]:
                continue
            known = frames[target_table][target_column]
            positions = np.flatnonzero(_strange(frame[column.name], known))
            if positions.size:
                rule = f"is not in {target_table}"
                remedy = f"Add it to {origins[target_table].name} or correct it here"
                problems += origins[name].problems(positions, rule, remedy, column.name)
    return problems


def _strange(values: pd.Series, known: pd.Series) -> np.ndarray:
    """Which values stand in none of the known; Arrow looks millions up in a second."""
    listed = pa.array(known.dropna().unique(), pa.string())
    found = pc.is_in(pa.array(values, pa.string(), from_pandas=True), listed)
    absent: np.ndarray = ~np.asarray(found) & values.notna().to_numpy()
    return absent


def _linked(columns: Iterable[Column], frame: pd.DataFrame) -> list[Column]:
    return [column for column in columns if column.links_to and column.name in frame]


Typed = tuple[pd.Series, pd.Series, str, str]
"""Values, a mask of the rows that are not of the type, the rule and its remedy."""


def _typed(column: Column, raw: pd.Series, text: pd.Series, empty: pd.Series) -> Typed:
    fine = pd.Series(False, index=raw.index)
    if column.kind == "date" and pd.api.types.is_datetime64_any_dtype(raw):
        return raw, fine, "", ""
    if column.kind in ("whole", "number") and pd.api.types.is_float_dtype(raw):
        values = raw.astype("float64")
        bad = ~pd.Series(np.isfinite(values), index=raw.index)
        if column.kind == "number":
            return values, bad, "is not a number", NUMBER_REMEDY
        return values, bad | (values % 1 != 0), "is not a whole number", WHOLE_REMEDY
    given = text.where(~empty)
    return TYPES.get(column.kind, _free)(column, given)


def _number(_: Column, text: pd.Series) -> Typed:
    values = pd.to_numeric(text, errors="coerce").astype("float64")
    bad = values.isna() | ~np.isfinite(values)
    return values, bad, "is not a number", NUMBER_REMEDY


def _whole(column: Column, text: pd.Series) -> Typed:
    values, bad, _, _ = _number(column, text)
    return values, bad | (values % 1 != 0), "is not a whole number", WHOLE_REMEDY


def _date(_: Column, text: pd.Series) -> Typed:
    shaped = text.str.fullmatch(r"\d{4}-\d{2}-\d{2}").fillna(False).astype(bool)
    values = pd.to_datetime(text.where(shaped), format="%Y-%m-%d", errors="coerce")
    return values, values.isna(), "is not a date", "Write dates as YYYY-MM-DD"


def _period(_: Column, text: pd.Series) -> Typed:
    shaped = text.str.fullmatch(PERIOD.pattern).fillna(False).astype(bool)
    return text, ~shaped, "is not a period", "A year 2019, a quarter 2019Q2 or a month 2019-03"


def _choice(column: Column, text: pd.Series) -> Typed:
    words = ", ".join(column.allowed)
    known = text.isin(column.allowed)
    return text, ~known, "is not one of the allowed words", f"Allowed: {words}"


def _flag(_: Column, text: pd.Series) -> Typed:
    lowered = text.str.lower()
    known = lowered.isin(["true", "false", "1", "0"])
    return lowered.isin(["true", "1"]), ~known, "is not true or false", "Write true or false"


def _free(_: Column, text: pd.Series) -> Typed:
    return text, pd.Series(False, index=text.index), "", ""


NUMBER_REMEDY = "Digits with a point, no separators"
WHOLE_REMEDY = "A count has no decimals"

TYPES: Mapping[str, Callable[[Column, pd.Series], Typed]] = {
    "number": _number,
    "whole": _whole,
    "date": _date,
    "period": _period,
    "choice": _choice,
    "flag": _flag,
}
