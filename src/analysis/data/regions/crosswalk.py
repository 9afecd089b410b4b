"""Regions that merged or split: records of former regions under the codes of the present ones.

A row of ``crosswalk`` says that records with ``old_code``, received from ``first_day`` to
``last_day``, count with ``weight`` for ``new_code``. On any day the weights of a code add up to
one, so that nothing is lost or counted twice; a code or a day without a row stays as it is. A
region that gave up a part keeps the rest by a row that leads to itself. Weights have at most
six decimals and are held as whole millionths, so that sums are equal on every engine.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.data.records.groupings import MILLIONTHS
from analysis.errors import ContractError, Problem

FIRST_DAY, LAST_DAY = pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")
"""Of a row that names no day: before and after all records."""


def lookup(crosswalk: pd.DataFrame) -> pd.DataFrame:
    """The crosswalk ready to join: ``old_code``, ``new_code``, days, ``weight_millionths``.

    Raises
    ------
    ContractError: weights that do not add up to one, or rows that lead to a code that moves on.
    """
    rows = crosswalk.reset_index(drop=True)
    ready = rows.reindex(columns=["old_code", "new_code", "first_day", "last_day"])
    ready = ready.astype({"old_code": object, "new_code": object})
    for name, edge in (("first_day", FIRST_DAY), ("last_day", LAST_DAY)):
        ready[name] = pd.to_datetime(ready[name]).fillna(edge)
    exact = rows["weight"] * MILLIONTHS
    ready["weight_millionths"] = exact.round().astype("int64")
    what = "has more than six decimals"
    problems = [
        Problem(f"crosswalk, row {row + 2}, column weight", what, "Round it")
        for row in rows.index[(exact - ready["weight_millionths"]).abs() > 1e-3]
    ]
    problems += [*dict.fromkeys(_incomplete_weights(ready)), *_chains(ready)]
    ContractError.raise_for(problems)
    return ready


def _incomplete_weights(ready: pd.DataFrame) -> Iterator[Problem]:
    """Codes whose weights do not add up to one on a day that some row covers."""
    for _, rows in ready.groupby("old_code", sort=True):
        edges = {*rows["first_day"], *(rows["last_day"] + pd.Timedelta(days=1))}
        for day in edges:
            valid = rows[(rows["first_day"] <= day) & (day <= rows["last_day"])]
            if len(valid) and valid["weight_millionths"].sum() != MILLIONTHS:
                numbers = ", ".join(str(row + 2) for row in valid.index)
                remedy = "Weights of one old_code add up to 1 on every day"
                where = f"crosswalk, rows {numbers}, column weight"
                yield Problem(where, "do not add up to 1", remedy)


def _chains(ready: pd.DataFrame) -> Iterator[Problem]:
    """Rows that lead to another code which itself moves on the same days."""
    for row in ready.itertuples():
        onward = ready[(ready["old_code"] == row.new_code) & (ready["new_code"] != row.new_code)]
        overlap = (onward["first_day"] <= row.last_day) & (onward["last_day"] >= row.first_day)
        if row.new_code != row.old_code and overlap.any():
            what = "leads to a code that moves on itself"
            where = f"crosswalk, row {row.Index + 2}, column new_code"
            yield Problem(where, what, "Write the region of today")


def to_present_codes(frame: pd.DataFrame, ready: pd.DataFrame, days: pd.Series) -> pd.DataFrame:
    """The rows under present codes, with their ``origin`` and the ``millionths`` that each counts.

    Parameters
    ----------
    ready: as :func:`lookup` gives it.
    days: one per row of ``frame``, same index.
    """
    numbered = frame.assign(_day=days, _row=range(len(frame)), origin=frame["region_code"])
    former = numbered[numbered["region_code"].isin(ready["old_code"])]
    pairs = former.merge(ready, left_on="region_code", right_on="old_code")
    pairs = pairs[(pairs["first_day"] <= pairs["_day"]) & (pairs["_day"] <= pairs["last_day"])]
    kept = numbered[~numbered["_row"].isin(pairs["_row"])].assign(millionths=MILLIONTHS)
    code = pairs["new_code"].astype(frame["region_code"].dtype)
    pairs = pairs.assign(region_code=code, millionths=pairs["weight_millionths"])[list(kept)]
    whole = pd.concat([kept, pairs]).sort_values("_row", kind="stable", ignore_index=True)
    return whole.drop(columns=["_day", "_row"])
