"""Any table of a dataset as one long frame, with which pandas can count, group and draw at once."""

from __future__ import annotations

from typing import cast

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.names import region_names
from analysis.data.periods import period_of
from analysis.errors import DesignError, ParamsError, Problem, nearest

ABOUT = ("complaints", "outcomes")
"""Tables that a dataset is about where it has them; else the longest one with a time."""
PERIODS = ("period", "quarter", "month", "year")
SUMS = ("count", "taken", "cumulative", "done", "treated_events")
"""Numbers that add up; of others the mean is taken."""
MEANS = ("value", "score", "number")
WORDS = 40
"""Different words up to which a column is one to split by."""
GROUPS = 500


def long_table(data: Dataset, table: str = "", language: str = "en") -> pd.DataFrame:
    """A table with columns ``time``, ``group`` and ``amount``, then those of words to split by.

    ``time`` is the start of a month or period (missing where the table has none), ``group`` the
    name of the region (or of what is rated, drawn or tried), ``amount`` a number of the table, or
    1 a row where each is a case. ``attrs`` say from which columns they come, and whether amounts
    add up (``sum``) or are to be averaged (``mean``).

    Parameters
    ----------
    table: its name; complaints, outcomes or the longest one with a time unless given.

    Raises
    ------
    ParamsError: the dataset has no such table.
    DesignError: it has no rows.
    """
    name = table or _longest(data)
    if name not in data.tables:
        remedy = nearest(name, list(data.tables))
        raise ParamsError([Problem("table", f"the dataset has no table {name!r}", remedy)])
    frame = data.tables[name]
    if not len(frame):
        raise DesignError([Problem(name, "has no rows", "Choose another table")])
    time, group, amount = _time(frame), _group(frame), _amount(frame)
    words = [c for c in frame if c not in {time, group, amount} and _is_of_words(frame[c])]
    long = pd.DataFrame(
        {
            "time": _starts(frame[time]) if time else pd.Series(pd.NaT, frame.index),
            "group": _names(data, frame[group], language) if group else data.description.title.en,
            "amount": frame[amount] if amount else 1.0,
            **{word: frame[word] for word in words},
        }
    )
    how = "mean" if amount in MEANS else "sum"
    long.attrs = {"table": name, "time": time, "group": group, "amount": amount, "how": how}
    return long


def _longest(data: Dataset) -> str:
    """The table that the dataset is about."""
    filled = {name: frame for name, frame in data.tables.items() if len(frame)}
    timed = {name: frame for name, frame in filled.items() if _time(frame)}
    longest = max(timed or filled or data.tables, key=lambda name: len(data.tables[name]))
    return next((name for name in ABOUT if name in filled), longest)


def _time(frame: pd.DataFrame) -> str:
    """The column of periods, else the first of days; blank where there is none."""
    days = [c for c in frame if pd.api.types.is_datetime64_any_dtype(frame[c])]
    return next((c for c in [*PERIODS, *days] if c in frame and frame[c].notna().any()), "")


def _group(frame: pd.DataFrame) -> str:
    """The column of regions, else the first of few enough words; blank where there is none."""
    texts = [c for c in frame if pd.api.types.is_string_dtype(frame[c]) and c != _time(frame)]
    few = [c for c in texts if 2 <= frame[c].nunique() <= GROUPS]
    return next((c for c in ["region_code", *few] if c in frame and frame[c].notna().any()), "")


def _amount(frame: pd.DataFrame) -> str:
    """The column of amounts; blank where each row is a case."""
    numeric = [c for c in frame if pd.api.types.is_numeric_dtype(frame[c])]
    return next((c for c in [*SUMS, *MEANS] if c in numeric), "")


def _is_of_words(column: pd.Series) -> bool:
    kind = pd.api.types
    plain = kind.is_string_dtype(column) or kind.is_bool_dtype(column)
    return bool(plain) and 2 <= column.nunique() <= WORDS


def _starts(column: pd.Series) -> pd.Series:
    """Days as the first of their month, periods as their first day."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.to_period("M").dt.start_time
    starts = {label: period_of(label).start_time for label in column.dropna().unique()}
    return cast(pd.Series, pd.to_datetime(column.map(starts)))


def _names(data: Dataset, column: pd.Series, language: str) -> pd.Series:
    """Names of regions where these are codes of such; a code without a name stays."""
    if column.name != "region_code" or not data.has("regions"):
        return column
    place = 1 if language == "zh" else 0
    return column.map(lambda code: region_names(data).get(code, (code, code))[place])
