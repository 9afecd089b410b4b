"""What a frame that a method takes must hold: its columns, and all that is wrong, at once.

``frames.csv`` says what a row of each kind of frame is, ``columns.csv`` what its columns hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from analysis.data.contract import csv_rows
from analysis.data.reading.account import rows_words
from analysis.errors import DesignError, Problem

ROWS_SHOWN = 5
"""Row numbers named in a problem; more are counted."""

Rule = Literal["key", "number", "count", "positive", "flag"]

RULES: dict[Rule, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "number": ("a finite number", np.isfinite),
    "count": ("a whole number of 0 or more", lambda v: np.isfinite(v) & (v >= 0) & (v % 1 == 0)),
    "positive": ("a number above 0", lambda v: np.isfinite(v) & (v > 0)),
    "flag": ("0 or 1", lambda v: (v == 0) | (v == 1)),
}


@dataclass(frozen=True)
class Column:
    """One column: its name, the rule its cells obey, and what it means.

    An optional column may be absent; where it is there, it obeys its rule.
    """

    name: str
    rule: Rule
    meaning: str
    optional: bool = False


@dataclass(frozen=True)
class Frame:
    """The frame a method takes: its kind, what one row is, and its columns.

    No two rows are alike in the columns of ``unique``.
    """

    kind: str
    row: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()


def _declared() -> dict[str, Frame]:
    """Every kind of frame as the files here declare it."""
    folder = Path(__file__).parent
    columns = csv_rows(folder / "columns.csv")
    frames = [
        row
        | {"unique": row["unique"].split(";") if row["unique"] else ()}
        | {"columns": [column for column in columns if column["frame"] == row["kind"]]}
        for row in csv_rows(folder / "frames.csv")
    ]
    return {frame.kind: frame for frame in TypeAdapter(list[Frame]).validate_python(frames)}


FRAMES = _declared()
DRAW = FRAMES["draw"]
EFFECTS = FRAMES["effects"]
JUDGEMENTS = FRAMES["judgements"]
RATINGS = FRAMES["ratings"]
SERIES = FRAMES["series"]


def require_frame(frame: pd.DataFrame, spec: Frame) -> None:
    """Refuse a frame that is not what the method takes.

    Raises
    ------
    DesignError: with every column and row number that breaks a rule, never a cell's value.
    """
    problems = []
    for column in spec.columns:
        if column.name not in frame:
            if not column.optional:
                remedy = f"Add it: {column.meaning}; one row is {spec.row}"
                problems.append(Problem(f"column {column.name}", "is missing", remedy))
            continue
        problems += _broken(frame[column.name], column)
    if frame.empty:
        problems.append(Problem("frame", "holds no rows", f"One row is {spec.row}"))
    keys = [name for name in spec.unique if name in frame]
    if keys and (repeated := frame.duplicated(keys).to_numpy()).any():
        remedy = f"One row is {spec.row}; add up or remove what is repeated"
        problems.append(Problem(_named(repeated), f"repeat {' and '.join(keys)}", remedy))
    if problems:
        raise DesignError(problems)


def _broken(values: pd.Series, column: Column) -> list[Problem]:
    """The problem of a column whose cells break its rule."""
    where = f"column {column.name}"
    if column.rule == "key":
        bad, wanted = values.isna().to_numpy(), "a name or code"
    else:
        if not pd.api.types.is_numeric_dtype(values):
            return [Problem(where, "is not numeric", f"It holds {column.meaning}")]
        wanted, holds = RULES[column.rule]
        bad = ~holds(values.to_numpy(float, na_value=np.nan))
    if not bad.any():
        return []
    return [Problem(f"{where}, {_named(bad)}", f"must hold {wanted}", column.meaning.capitalize())]


def _named(bad: np.ndarray) -> str:
    """Row numbers, counted from 1, the first few named."""
    return rows_words(np.flatnonzero(bad) + 1, ROWS_SHOWN)


def unusable_columns(frame: pd.DataFrame, names: Iterable[str], remedy: str = "") -> list[Problem]:
    """The problem of every named column that does not hold a number in every row."""
    return [
        Problem(f"column {name}", "is missing, not numeric or has holes", remedy)
        for name in dict.fromkeys(names)
        if name not in frame
        or not pd.api.types.is_numeric_dtype(frame[name])
        or not np.isfinite(frame[name].to_numpy(float, na_value=np.nan)).all()
    ]
