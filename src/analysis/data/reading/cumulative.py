"""Series that add up since January: differenced where they are said to be, asked about where not.

A bureau's 1—6月 holds the first half of the year, not June. Read as it stands, a year of 406
becomes one of 1,020. A series is taken to add up where it rises within nearly every year and falls
with every new one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from math import lgamma

import numpy as np
import pandas as pd

from analysis.data.contract import Table
from analysis.data.reading.account import Line, Origin
from analysis.data.reading.mapping import TableMapping
from analysis.errors import Problem

HEADER = re.compile(
    r"累计|年初以来|自年初|本年以来|1月?\s*[-—–~～至]\s*\d+月|year.to.date|cumul|\bytd\b",
    re.IGNORECASE,
)
"""Names of columns, sheets and files that say so."""
NUMBERS = ("count", "value", "base")
NEARLY_ALL = 0.9
LEAST = 10.0
"""Nats by which chance alone must be unlikely to rise so: the logarithm of 1 to 22,000."""
STEPS = {1: "month", 3: "quarter", 12: "year"}
REMEDY = "Write cumulative: true or false in dataset.yml"
Differenced = tuple[pd.DataFrame, list[Problem], list[Line]]


def asked_about(
    frame: pd.DataFrame,
    table: Table,
    mapping: TableMapping,
    origin: Origin,
    sheets: Iterable[str] = (),
) -> list[Problem]:
    """Series that seem to add up since January, where nothing says whether they do."""
    if mapping.cumulative is not None or mapping.spans or not _held(frame, table):
        return []
    owner_names = [name for n in ("period", *NUMBERS) for name in mapping.owner_names(n)]
    owner_names += mapping.wide.columns.values() if mapping.wide else []
    named = [f"column {name}" for name in owner_names if HEADER.search(name)]
    named += [f"sheet {name}" for name in dict.fromkeys(sheets) if HEADER.search(name)]
    files = [name for name in origin.files if HEADER.search(name)]
    if said := files or [f"{origin.name}, {name}" for name in named]:
        what = "says that its numbers are sums since January"
        return [Problem(where, what, REMEDY) for where in said]
    what = "rises within every year and begins anew with the next, as sums since January do"
    return [
        Problem(f"{origin.name}, {kind} {series}", what, REMEDY) for kind, series in _rising(frame)
    ]


def differenced(frame: pd.DataFrame, table: Table, origin: Origin) -> Differenced:
    """The frame with what each period holds by itself, and rows of which that cannot be told."""
    if not _held(frame, table):
        what, remedy = "has no numbers by period", "Leave cumulative out"
        return frame, [Problem(f"table {table.name}", what, remedy)], []
    ends = _ends(frame["period"])
    keys = [frame[name] for name in _keys(table, frame)]
    year = frame["period"].str[:4]
    step = math.gcd(*ends.dropna().astype(int).unique().tolist()) if ends.notna().any() else 12
    order = frame.assign(_end=ends).sort_values("_end", kind="stable").index
    grouped = [key.loc[order] for key in (*keys, year)]
    before = ends.loc[order].groupby(grouped, sort=False).shift(fill_value=0).reindex(frame.index)
    problems = [*_unknown(ends, before, step, origin), *_going_on(frame, ends, keys, origin)]
    new = frame.copy()
    for name in (n for n in NUMBERS if n in frame):
        numbers = frame[name].loc[order]
        parts = numbers - numbers.groupby(grouped, sort=False).shift().fillna(0.0)
        new[name] = parts.reindex(frame.index)
        falls = np.flatnonzero(new[name] < 0) if name != "value" else np.array([], int)
        what = "is less than the sum since January up to the period before"
        problems += origin.problems(falls, what, "Correct one of the two", name)
    if not problems:
        new["period"] = [_label(label, end, step) for label, end in zip(year, ends, strict=True)]
    rule = "a sum since January less that of the period before"
    changed = int((ends > step).sum())
    line = Line("repaired", origin.name, " + ".join(_numbers(frame)), rule, changed)
    return new, problems, [line]


def _held(frame: pd.DataFrame, table: Table) -> bool:
    return "period" in table.key and "period" in frame and bool(_numbers(frame))


def _numbers(frame: pd.DataFrame) -> list[str]:
    return [name for name in NUMBERS if name in frame]


def _keys(table: Table, frame: pd.DataFrame) -> list[str]:
    return [name for name in table.key if name != "period" and name in frame]


def _ends(periods: pd.Series) -> pd.Series:
    """The month in which each period ends, 1 to 12; nothing for weeks."""
    quarter = pd.to_numeric(periods.str.extract(r"Q(\d)$")[0], errors="coerce") * 3
    month = pd.to_numeric(periods.str.extract(r"^\d{4}-(\d\d)$")[0], errors="coerce")
    whole = periods.str.fullmatch(r"\d{4}").map({True: 12.0})
    return quarter.fillna(month).fillna(whole)


def _label(year: str, end: float, step: int) -> str:
    month = int(end)
    return {1: f"{year}-{month:02d}", 3: f"{year}Q{month // 3}"}.get(step, year)


def _unknown(ends: pd.Series, before: pd.Series, step: int, origin: Origin) -> list[Problem]:
    """Rows whose own period is not known: the sum before them is not there."""
    if step not in STEPS:
        what = f"are sums over {step} months, which are no period here"
        return [Problem(f"{origin.name}, column period", what, "Keep the rows of whole years")]
    lost = np.flatnonzero((ends - before != step).to_numpy() | ends.isna().to_numpy())
    what = "has no sum since January up to the period before it, which it is to be less"
    remedy = "Add that period, or leave the row out"
    return origin.problems(lost, what, remedy, "period")


def _going_on(
    frame: pd.DataFrame, ends: pd.Series, keys: list[pd.Series], origin: Origin
) -> Iterator[Problem]:
    """That series do not begin anew with a year: they are sums since some other beginning."""
    years = pd.to_numeric(frame["period"].str[:4], errors="coerce").astype(float)
    rows = pd.DataFrame({"year": years, "end": ends.astype(float)})
    rows["number"] = frame[_numbers(frame)[0]]
    rows = rows.loc[rows.sort_values(["year", "end"], kind="stable").index]
    series = [key.loc[rows.index] for key in keys]
    before, earlier = (rows.groupby(series, sort=False).shift(n) for n in (1, 2))
    whole = (before["end"] == 12) & (before["year"] == earlier["year"]) & (before["number"] > 0)
    begins = (rows["number"] < before["number"])[whole & (rows["year"] != before["year"])]
    if len(begins) and begins.mean() <= 1 - NEARLY_ALL:
        what = "goes on from one year to the next, which sums since January do not"
        remedy = "Give each period's own number: sums since another beginning are not differenced"
        yield Problem(origin.name, what, remedy)


def _rising(frame: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Outcomes or exposures whose series rise within nearly every year and then fall."""
    kinds = [name for name in ("outcome", "exposure") if name in frame]
    number = next(name for name in ("count", "value") if name in frame)
    if not kinds or "region_code" not in frame:
        return
    rows = frame[[kinds[0], "region_code", "period", number]].dropna()
    rows = rows.assign(end=_ends(rows["period"]), year=rows["period"].str[:4]).dropna()
    rows = rows.sort_values([kinds[0], "region_code", "year", "end"])
    series = [rows[kinds[0]], rows["region_code"]]
    step = rows[number].groupby(series).diff()
    first = rows["year"] != rows["year"].groupby(series).shift()
    for name, positions in rows.groupby(kinds[0]).indices.items():
        if _adds_up(rows.iloc[positions], step.iloc[positions], first.iloc[positions]):
            yield kinds[0], str(name)


def _adds_up(rows: pd.DataFrame, step: pd.Series, first: pd.Series) -> bool:
    """Whether the series of one outcome do what chance would not let them do."""
    years = step.mask(first).groupby([rows["region_code"], rows["year"]])
    rises = ~(years.min() < 0) & (years.sum() > 0)
    long = years.size() >= 3
    begins = step[first].dropna()
    if not long.any() or not len(begins):
        return False
    chance = sum(lgamma(size + 1) for size in years.size()[long & rises])
    share = rises[long].mean()
    return bool(share >= NEARLY_ALL and (begins < 0).mean() >= NEARLY_ALL and chance >= LEAST)
