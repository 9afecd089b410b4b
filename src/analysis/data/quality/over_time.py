"""Defects that show over time: gaps, breaks, months not whole, categories that come and go."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.data.contract import RECORDED_ON
from analysis.data.periods import length_of, period_of
from analysis.data.quality.found import Defect
from analysis.data.tables import TABLES

USUAL = 20.0
"""Rows of a usual month, of a table or region, from which a month without any is a gap."""
HALF_YEAR = 6
JUMP = float(np.log(1.5))
"""Log ratio of one half-year to the one before, by which something changed."""
LATE = float(np.log(0.9))
STRAYS = 2.5
"""Standard deviations of usual months, and more, by which a last month lies low."""
COMMON = 0.03
"""Share of rows that a category has for its coming or going to be told."""
WORDS = 60
"""Different words up to which a column is one of categories."""
BLANK = ""
SPELL = 3
"""Last, or first, months without a category."""
REGULAR = 0.8
"""Share of all other months in which it occurs: what comes by campaigns is no habit that ended."""
OPEN_DAYS, RECENT = 30, 50


def time_defects(
    table: str, frame: pd.DataFrame, declared: pd.Series
) -> tuple[pd.Series | None, list[Defect]]:
    """Rows by month, and what is found over time; none where rows have no day or month.

    Parameters
    ----------
    declared: first days of changes in recording that the dataset names.
    """
    column, month = _months(frame)
    if month is None:
        return None, []
    known = month.notna()
    span = pd.period_range(month[known].min(), month[known].max(), freq="M")
    rows = month[known].value_counts().reindex(span, fill_value=0).sort_index().astype(float)
    found = [*_gaps(table, column, rows)]
    if column in RECORDED_ON:
        found += _holes(table, frame[known], month[known], span)
        found += _breaks(table, column, rows, declared)
        found += [*_late(table, column, rows), *_closed_only(table, frame, column)]
    return rows, [*found, *_drift(table, frame[known], month[known], rows)]


def _months(frame: pd.DataFrame) -> tuple[str, pd.Series | None]:
    """The column that tells when a row is from, and its months."""
    for name in RECORDED_ON:
        if name in frame:
            return name, frame[name].dt.to_period("M")
    for name in ("period", "month"):
        if name in frame and len(frame):
            given = frame[name].astype(str)
            if length_of(period_of(given.iloc[0])) != "month":
                return "", None
            return name, given.map({one: pd.Period(one, "M") for one in given.unique()})
    return "", None


def _gaps(table: str, column: str, rows: pd.Series) -> Iterator[Defect]:
    """Months without any row."""
    empty = rows[rows == 0]
    if len(empty) and rows.median() >= USUAL:
        yield Defect("gap", table, column, len(empty) / len(rows), str(empty.index[0]))


def _holes(
    table: str, frame: pd.DataFrame, month: pd.Series, span: pd.PeriodIndex
) -> Iterator[Defect]:
    """Months in which single regions have no row, though they usually have many."""
    if "region_code" not in frame:
        return
    wide = frame.groupby(["region_code", month]).size().unstack(fill_value=0)
    wide = wide.reindex(columns=span, fill_value=0)
    whole = wide.columns[wide.sum() > 0]
    holes = (wide[whole] == 0) & (wide.median(axis=1) >= USUAL).to_numpy()[:, None]
    if holes.any(axis=None):
        regions = int(holes.any(axis=1).sum())
        yield Defect("hole", table, "region_code", float(holes.to_numpy().mean()), str(regions))


def _steady(rows: pd.Series) -> np.ndarray | None:
    """Logs of rows by month without their season; none of a short or thin series."""
    if len(rows) < 2 * HALF_YEAR or rows.median() < USUAL:
        return None
    logs: np.ndarray = np.log(np.maximum(rows.to_numpy(float), 0.5))
    if len(rows) < 4 * HALF_YEAR:
        return logs
    level = pd.Series(logs).rolling(2 * HALF_YEAR, center=True, min_periods=HALF_YEAR).median()
    season = pd.Series(logs - level.to_numpy()).groupby(rows.index.month).median()
    own: np.ndarray = season.reindex(rows.index.month).to_numpy(float)
    steady: np.ndarray = logs - own
    return steady


def _breaks(table: str, column: str, rows: pd.Series, declared: pd.Series) -> Iterator[Defect]:
    """The largest change from one half-year to the next that is not declared, if it is large."""
    logs = _steady(rows)
    if logs is None:
        return
    places = range(HALF_YEAR, len(logs) - HALF_YEAR + 1)
    moved = np.array([np.median(logs[p : p + HALF_YEAR]) - np.median(logs[p - HALF_YEAR : p])
                      for p in places])  # fmt: skip
    known = {pd.Period(day, "M") for day in declared}
    for place in np.argsort(-np.abs(moved)):
        if abs(moved[place]) < JUMP:
            return
        at = rows.index[places[int(place)]]
        if not any(abs((at - one).n) < HALF_YEAR for one in known):
            yield Defect("break", table, column, float(np.expm1(moved[place])), str(at))
            return


def _late(table: str, column: str, rows: pd.Series) -> Iterator[Defect]:
    """A last month that lies lower than months usually do."""
    logs = _steady(rows)
    if logs is None:
        return
    before = logs[-1 - HALF_YEAR : -1]
    usual = np.std(np.diff(logs[:-1])) / np.sqrt(2)
    low = float(logs[-1] - np.median(before))
    if low < min(LATE, -STRAYS * usual):
        yield Defect("late", table, column, float(np.expm1(low)), str(rows.index[-1]))


def _closed_only(table: str, frame: pd.DataFrame, column: str) -> Iterator[Defect]:
    """Cases of the last weeks are all closed: who exported left the open ones out."""
    if "closed_on" not in frame:
        return
    last = frame[column].max()
    recent = frame[frame[column] > last - pd.Timedelta(days=OPEN_DAYS)]
    if len(recent) >= RECENT and recent["closed_on"].notna().all():
        yield Defect("closed_only", table, "closed_on", len(recent) / len(frame), str(last)[:7])


def _drift(table: str, frame: pd.DataFrame, month: pd.Series, rows: pd.Series) -> Iterator[Defect]:
    """Categories, and blanks, that come or go: common at one end, absent at the other."""
    if len(rows) < 4 * SPELL:
        return
    number = (month.dt.year * 12 + month.dt.month).to_numpy()
    number = number - number.min()
    ends = {"vanished": number > number.max() - SPELL, "appeared": number < SPELL}
    for column in frame.columns:
        kind = TABLES[table].column(column).kind if column in TABLES[table].names else ""
        if kind not in ("choice", "code", "text") or frame[column].nunique() > WORDS:
            continue
        codes, words = pd.factorize(frame[column].astype("object").fillna(BLANK))
        every = np.bincount(codes, minlength=len(words))
        for code, end in ends.items():
            own = np.bincount(codes[end], minlength=len(words))
            # Elsewhere common enough that none at this end is no chance.
            share = (every - own) / max(int((~end).sum()), 1)
            gone = (own == 0) & (share >= COMMON) & (share * end.sum() >= USUAL)
            if gone.any():
                seen = pd.crosstab(codes[~end], number[~end]).reindex(
                    range(len(words)), fill_value=0
                )
                gone &= (seen > 0).mean(axis=1).to_numpy() >= REGULAR
            if gone.any() and len(words) > 1:
                yield Defect(code, table, column, float(share[gone].max()), str(int(gone.sum())))
