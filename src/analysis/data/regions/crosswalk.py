"""Regions that merged or split: records of former regions under the codes of the present ones.

A row of ``crosswalk`` says that records with ``old_code``, received from ``first_day`` to
``last_day``, count with ``weight`` for ``new_code``. On any day the weights of a code add up to
one, so that nothing is lost or counted twice; a code or a day without a row stays as it is. A
region that gave up a part keeps the rest by a row that leads to itself. Weights have at most
six decimals and are held as whole millionths, so that sums are equal on every engine.
"""

from __future__ import annotations

import pandas as pd

from analysis.data.records.groupings import PARTS
from analysis.errors import ContractError, Problem

FIRST, LAST = pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")


def lookup(crosswalk: pd.DataFrame) -> pd.DataFrame:
    """The crosswalk ready to join: ``old_code``, ``new_code``, days, ``weight_parts``.

    Raises
    ------
    ContractError: weights that do not add up to one, or rows that lead to a code that moves on.
    """
    held = crosswalk.reset_index(drop=True)
    days = {
        name: (held[name] if name in held else pd.Series(pd.NaT, index=held.index)).fillna(edge)
        for name, edge in (("first_day", FIRST), ("last_day", LAST))
    }
    parts = (held["weight"] * PARTS).round().astype("int64")
    ready = pd.DataFrame(
        {
            "old_code": held["old_code"].astype(object),
            "new_code": held["new_code"].astype(object),
            **{name: pd.to_datetime(values) for name, values in days.items()},
            "weight_parts": parts,
        }
    )
    fine = (held["weight"] * PARTS - parts).abs() > 1e-3
    problems = [
        Problem(
            f"crosswalk, row {row + 2}, column weight", "has more than six decimals", "Round it"
        )
        for row in held.index[fine]
    ]
    problems += _unequal(ready) + _chained(ready)
    if problems:
        raise ContractError(problems)
    return ready


def _unequal(ready: pd.DataFrame) -> list[Problem]:
    """Codes whose weights do not add up to one on a day that some row covers."""
    problems = []
    for _, rows in ready.groupby("old_code", sort=True):
        edges = {*rows["first_day"], *(rows["last_day"] + pd.Timedelta(days=1))}
        for day in edges:
            valid = rows[(rows["first_day"] <= day) & (day <= rows["last_day"])]
            if len(valid) and valid["weight_parts"].sum() != PARTS:
                numbers = ", ".join(str(row + 2) for row in valid.index)
                remedy = "Weights of one old_code add up to 1 on every day"
                where = f"crosswalk, rows {numbers}, column weight"
                problems.append(Problem(where, "do not add up to 1", remedy))
    return list(dict.fromkeys(problems))


def _chained(ready: pd.DataFrame) -> list[Problem]:
    """Rows that lead to another code which itself moves on the same days."""
    problems = []
    for row in ready.itertuples():
        onward = ready[(ready["old_code"] == row.new_code) & (ready["new_code"] != row.new_code)]
        overlap = (onward["first_day"] <= row.last_day) & (onward["last_day"] >= row.first_day)
        if row.new_code != row.old_code and overlap.any():
            what = "leads to a code that moves on itself"
            where = f"crosswalk, row {row.Index + 2}, column new_code"
            problems.append(Problem(where, what, "Write the region of today"))
    return problems


def moved(frame: pd.DataFrame, ready: pd.DataFrame, days: pd.Series) -> pd.DataFrame:
    """The rows under present codes, with ``parts`` of a million that each counts.

    Parameters
    ----------
    ready: as :func:`lookup` gives it.
    days: one per row of ``frame``, same index.
    """
    base = frame.assign(_day=days, _row=range(len(frame)))
    met = base[base["region_code"].isin(ready["old_code"])].merge(
        ready, left_on="region_code", right_on="old_code"
    )
    met = met[(met["first_day"] <= met["_day"]) & (met["_day"] <= met["last_day"])]
    kept = base[~base["_row"].isin(met["_row"])].assign(parts=PARTS)
    met = met.assign(region_code=met["new_code"].astype(frame["region_code"].dtype))
    met = met.assign(parts=met["weight_parts"])[[*base.columns, "parts"]]
    whole = pd.concat([kept, met]).sort_values("_row", kind="stable", ignore_index=True)
    return whole.drop(columns=["_day", "_row"])
