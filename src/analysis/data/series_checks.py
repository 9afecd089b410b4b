"""Counts, sizes and levels by period: one kind in all rows of a series, periods of one length."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.data.contract import (
    FAR_REMEDY,
    FAR_RULE,
    Columns,
    Table,
    are_periods,
    empty_rows,
    far,
)
from analysis.data.reading.account import Origin
from analysis.errors import Problem

MOSTLY = 0.5
"""From this share on most rows of an outcome fill a column."""


def check_either(table: Table, raw: Columns, origin: Origin) -> list[Problem]:
    """Rows in which neither a column nor the one that may stand for it is filled, or both are."""
    problems: list[Problem] = []
    for column in table.columns:
        held = [name for name in (column.name, column.or_else) if name in raw]
        if not column.or_else or not held:
            continue
        filled = np.sum([~empty_rows(raw[name]) for name in held], axis=0)
        remedy = f"Every row needs a value here, or in column {column.or_else}"
        none = np.flatnonzero(filled == 0)
        problems += origin.problems(none, "is empty", remedy, held[0])
        both = np.flatnonzero(filled == len((column.name, column.or_else)))
        remedy = "Fill one of the two"
        problems += origin.problems(both, f"is filled beside {column.name}", remedy, held[-1])
    return problems


def check_kinds(table: Table, raw: Columns, frame: pd.DataFrame, origin: Origin) -> list[Problem]:
    """Outcomes that are of one kind in some rows and of another in others; shares above 1."""
    if table.name != "outcomes" or "outcome" not in frame:
        return []
    problems: list[Problem] = []
    for name in ("value", "base"):
        if name in raw:
            filled = pd.Series(~empty_rows(raw[name]))
            usual = filled.groupby(frame["outcome"]).transform("mean") > MOSTLY
            mixed = np.flatnonzero((filled != usual) & frame["outcome"].notna())
            rule = "is filled in some rows of its outcome only"
            problems += origin.problems(mixed, rule, "Fill it in all rows, or in none", name)
    if {"count", "base"} <= {*frame}:
        above = np.flatnonzero(frame["count"] > frame["base"])
        problems += origin.problems(above, "is above its base", "A share is at most 1", "count")
    return problems


def check_periods(table: Table, frame: pd.DataFrame, origin: Origin) -> list[Problem]:
    """Rows whose period is of another length than most of an outcome or exposure, or far away."""
    others = [name for name in ("outcome", "exposure") if name in table.key and name in frame]
    if "period" not in frame or not others:
        return []
    written = frame["period"].dropna()
    written = written[are_periods(written)]
    length = written.map({period: length_of(period) for period in written.unique()})
    series = length.groupby(frame.loc[length.index, others[0]])
    mixed, away = np.array([], dtype=int), np.array([], dtype=int)
    for rows in series.groups.values():
        lengths = length[rows]
        mixed = np.append(mixed, rows[lengths != lengths.mode()[0]])
        away = np.append(away, rows[far(frame["period"][rows].str[:4])])
    rule = "is of another length than most periods"
    remedy = "Years, quarters, months and weeks of one series do not mix: leave one length"
    return [
        *origin.problems(np.sort(mixed), rule, remedy, "period"),
        *origin.problems(np.sort(away), FAR_RULE, FAR_REMEDY, "period"),
    ]


def length_of(period: str) -> str:
    if "W" in period:
        return "week"
    return "quarter" if "Q" in period else "month" if "-" in period else "year"
