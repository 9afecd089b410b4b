"""What a frame that a method takes must hold: its columns, and all that is wrong, at once.

Frames are declared like the tables of the contract: ``tables.csv`` says what a row of each is,
``columns.csv`` what its columns hold. A column that is not required may be absent; where it is
there, it obeys its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import numpy as np
import pandas as pd

from analysis.data.contract import Column, Table
from analysis.data.declarations import declared_tables
from analysis.data.reading.account import rows_words
from analysis.errors import DesignError, Problem

ROWS_SHOWN = 5
"""Row numbers named in a problem; more are counted."""

Given = ParamSpec("Given")
RULES: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "number": ("a finite number", np.isfinite),
    "count": ("a whole number of 0 or more", lambda v: np.isfinite(v) & (v >= 0) & (v % 1 == 0)),
    "positive": ("a number above 0", lambda v: np.isfinite(v) & (v > 0)),
    "flag": ("0 or 1", lambda v: (v == 0) | (v == 1)),
}


FRAMES = {table.name: table for table in declared_tables(Path(__file__).parent)}
DRAW = FRAMES["draw"]
EFFECTS = FRAMES["effects"]
INTERVENTIONS = FRAMES["interventions"]
JUDGEMENTS = FRAMES["judgements"]
RATINGS = FRAMES["ratings"]
SERIES = FRAMES["series"]


def refusing(check: Callable[Given, Iterable[Problem]]) -> Callable[Given, None]:
    """A check that refuses all that it finds wrong, at once."""

    @wraps(check)
    def refuse(*args: Given.args, **kwargs: Given.kwargs) -> None:
        if problems := tuple(check(*args, **kwargs)):
            raise DesignError(problems)

    return refuse


@refusing
def require_frame(frame: pd.DataFrame, spec: Table) -> Iterator[Problem]:
    """Refuse a frame that is not what the method takes.

    Raises
    ------
    DesignError: with every column and row number that breaks a rule, never a cell's value.
    """
    for column in spec.columns:
        if column.name in frame:
            yield from _broken(frame[column.name], column)
        elif column.required:
            remedy = f"Add it: {column.en}; one row is {spec.en}"
            yield Problem(f"column {column.name}", "is missing", remedy)
    if frame.empty:
        yield Problem("frame", "holds no rows", f"One row is {spec.en}")
    keys = [name for name in spec.key if name in frame]
    if keys and (repeated := frame.duplicated(keys).to_numpy()).any():
        remedy = f"One row is {spec.en}; add up or remove what is repeated"
        rows = rows_words(np.flatnonzero(repeated) + 1, ROWS_SHOWN)
        yield Problem(rows, f"repeat {' and '.join(keys)}", remedy)


def _broken(values: pd.Series, column: Column) -> list[Problem]:
    """The problem of a column whose cells break its rule."""
    where = f"column {column.name}"
    if column.kind == "key":
        bad, wanted = values.isna().to_numpy(), "a name or code"
    else:
        if not pd.api.types.is_numeric_dtype(values):
            return [Problem(where, "is not numeric", f"It holds {column.en}")]
        wanted, holds = RULES[column.kind]
        bad = ~holds(values.to_numpy(float, na_value=np.nan))
    rows = rows_words(np.flatnonzero(bad) + 1, ROWS_SHOWN)
    problem = Problem(f"{where}, {rows}", f"must hold {wanted}", column.en.capitalize())
    return [problem] if bad.any() else []


def unusable_columns(frame: pd.DataFrame, names: Iterable[str], remedy: str = "") -> list[Problem]:
    """The problem of every named column that does not hold a number in every row."""
    return [
        Problem(f"column {name}", "is missing, not numeric or has holes", remedy)
        for name in dict.fromkeys(names)
        if name not in frame
        or not pd.api.types.is_numeric_dtype(frame[name])
        or not np.isfinite(frame[name].to_numpy(float, na_value=np.nan)).all()
    ]
