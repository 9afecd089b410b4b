"""Records in memory counted with pandas: Ibis and DuckDB take longer to import than a province to
count. Records in files and databases are counted by :mod:`analysis.data.records.expression`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.data.records.groupings import (
    COUNTED_FROM,
    MILLIONTHS,
    ONLINE,
    REPEAT_CASES,
    UPHELD,
    as_months,
)


def monthly_counts(records: pd.DataFrame, kind: str, measure: str) -> pd.DataFrame:
    """A measure of records of one kind by region and month, wide, from records in memory.

    Zeros are counts only inside a region's reporting span, from its first record of any kind to
    its last; outside it nothing is known and the cell is empty.
    """
    rows, codes = pd.factorize(records["region_code"], sort=True)
    month = records["received_on"].to_numpy().astype("datetime64[M]").astype(np.int64)
    first, size = month.min(), np.ptp(month) + 1
    shape = (len(codes), size)
    cell = rows * size + month - first
    inside = _spans(np.bincount(cell, minlength=len(codes) * size).reshape(shape) > 0)
    of_kind = (records["kind"] == kind).to_numpy(dtype=bool)
    values = _measured(records[of_kind], measure)
    # Whole millionths are added up, and divided once: equal sums on every engine.
    split = "millionths" in records
    weight = records["millionths"].to_numpy()[of_kind] if split else 1
    counts = np.bincount(cell[of_kind], weights=values * weight, minlength=len(codes) * size)
    scale = MILLIONTHS if split else 1
    wide = np.where(inside, counts.reshape(shape) / scale, np.nan)
    months = as_months(np.arange(first, first + size) + 1970 * 12)
    return pd.DataFrame(wide, index=pd.Index(codes, name="region_code"), columns=months)


def _spans(seen: np.ndarray) -> np.ndarray:
    """From the first to the last month seen in each region; (regions, months) of truth."""
    begun = np.logical_or.accumulate(seen, axis=1)
    lasting = np.logical_or.accumulate(seen[:, ::-1], axis=1)[:, ::-1]
    both: np.ndarray = begun & lasting
    return both


def _measured(records: pd.DataFrame, measure: str) -> np.ndarray:
    """What each record adds to a measure; shape (records,)."""
    if measure == "records":
        return np.ones(len(records))
    values = records[COUNTED_FROM[measure]]
    if measure == "repeat_claimants":
        added = (values >= REPEAT_CASES).fillna(False)
    elif measure == "closed":
        added = values.notna()
    elif measure == "handling_days":
        added = (values - records["received_on"]).dt.days.fillna(0)
    else:
        added = values.isin(ONLINE if measure == "online_channel" else UPHELD)
    number: np.ndarray = added.to_numpy(dtype=float)
    return number
