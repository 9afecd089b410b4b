"""Defects that columns show by themselves: rows twice, heaps, no variation, ceilings, blanks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.data.contract import RECORDED_ON
from analysis.data.quality.found import Defect
from analysis.data.tables import TABLES

ENOUGH = 200
"""Rows from which a column's form is looked at."""
TWICE = 0.001
TENS, ROUND = 10, 0.4
"""Of whole numbers a tenth ends in nought; so many are rounded."""
DISTINCT = 50
CEILING, FEWEST = 0.25, 5
"""Share at the highest value, and different values, from which it is a ceiling."""
ONE_DAY = 0.1
"""Share of rows on one day of the month, three times as many as chance gives it."""
BLANKS = 0.2
WHO = ("enterprise_id", "claimant_id", "rated", "officer_id")
"""Columns that tell whom a row is about: without one, equal rows may be several."""


def column_defects(table: str, frame: pd.DataFrame) -> Iterator[Defect]:
    """What is found in single columns, and in rows as a whole."""
    yield from _twice(table, frame)
    yield from _day_of_month(table, frame)
    if len(frame) < ENOUGH:
        return
    blanks: dict[str, float] = {}
    for name in frame.columns:
        if name not in TABLES[table].names or name in TABLES[table].key:
            continue
        kind = TABLES[table].column(name).kind
        values = frame[name].dropna()
        if kind in ("whole", "number", "flag", "choice", "text", "code"):
            if len(values) >= ENOUGH and values.nunique() == 1:
                yield Defect("constant", table, name, 1.0)
            blanks[name] = 1 - len(values) / len(frame)
        if kind in ("whole", "number") and len(values) >= ENOUGH:
            yield from _numbers(table, name, values.to_numpy(float))
    many = [name for name, share in blanks.items() if BLANKS < share < 1]
    if many:
        most = max(many, key=blanks.__getitem__)
        yield Defect("blank", table, most, blanks[most], str(len(many)))


def _numbers(table: str, name: str, values: np.ndarray) -> Iterator[Defect]:
    """Rounded numbers, and scores that stand at their highest value."""
    distinct = np.unique(values)
    highest = float(np.mean(values == distinct[-1]))
    if len(distinct) >= FEWEST and highest >= CEILING:
        yield Defect("ceiling", table, name, highest)
    large = values[values >= TENS]
    if len(distinct) >= DISTINCT and 2 * len(large) >= (values > 0).sum():
        rounded = float(np.mean(np.isclose(large % TENS, 0)))
        if rounded >= ROUND:
            yield Defect("heaped", table, name, rounded)


def _twice(table: str, frame: pd.DataFrame) -> Iterator[Defect]:
    """Rows that differ in nothing but their number, and tell whom and when they are about."""
    rest = [name for name in frame.columns if name not in TABLES[table].key]
    dated = any(name in rest for name in RECORDED_ON)
    if len(TABLES[table].key) != 1 or not dated or not any(name in rest for name in WHO):
        return
    share = float(frame.duplicated(subset=rest).mean())
    if share > TWICE:
        yield Defect("duplicates", table, "", share)


def _day_of_month(table: str, frame: pd.DataFrame) -> Iterator[Defect]:
    """Many rows on one day of the month, as where days are not known."""
    for name in RECORDED_ON:
        if name in frame and len(frame) >= ENOUGH:
            days = frame[name].dt.day.value_counts(normalize=True)
            if days.max() >= ONE_DAY:
                yield Defect("one_day", table, name, float(days.max()), str(days.idxmax()))
