"""What records are counted by, and what is counted: declared once, for every engine.

A cell is a region, a month and the chosen dimensions. Its measures are whole numbers, so that
they add up over files, months and engines to the same panel, digit by digit. Records in memory
are counted here with pandas: Ibis and DuckDB take longer to import than a province to count.
Those in files and databases are counted by :mod:`analysis.data.records.expression`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.data.tables import COMPLAINTS

REPEAT_CASES = 5
"""Earlier records by one person from which a claimant counts as a repeat claimant."""

ONLINE = ("online",)
UPHELD = ("upheld", "mediated")

COUNTED_FROM = {
    "records": "complaint_id",
    "repeat_claimants": "claimant_prior_cases",
    "online_channel": "channel",
    "upheld": "outcome",
    "closed": "closed_on",
    "handling_days": "closed_on",
}
"""Measures of a cell, and the column that tells each. Handling days are the sum over closed
records of the days from receipt to closing."""

MEASURES = tuple(COUNTED_FROM)

BROKEN = "broken"
"""Beside the measures, cells count records with a word or number that the contract refuses."""

MIXES = ("repeat_claimants", "online_channel", "upheld")
"""Mixes of complaint records that stay put if only what happened changed."""

DIMENSIONS = {
    "kind": COMPLAINTS.column("kind").allowed,
    "channel": COMPLAINTS.column("channel").allowed,
    "category": (),
    "claimant": ("repeat", "other"),
}
"""What cells can be told apart by, with its words; of categories, those that occur."""

MILLIONTHS = 1_000_000
"""A record of a region that was split counts in millionths for its successors."""


def mixes_in(columns: Iterable[str]) -> tuple[str, ...]:
    """The mixes that can be told from records with these columns."""
    held = set(columns)
    return tuple(mix for mix in MIXES if COUNTED_FROM[mix] in held)


def as_months(numbers: Iterable[int]) -> pd.PeriodIndex:
    """Month numbers as periods."""
    ordinals = np.asarray(list(numbers), dtype=np.int64) - 1970 * 12
    return pd.PeriodIndex.from_ordinals(ordinals, freq="M")


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


def monthly_units(records: pd.DataFrame, kind: str) -> pd.DataFrame:
    """How many records of one kind there are in memory by region as recorded and month.

    Returns
    -------
    ``region_code``, ``origin``, ``millionths``, ``month`` (number), ``records``.
    """
    own = records[records["kind"] == kind]
    months = own["received_on"].to_numpy().astype("datetime64[M]").astype(np.int64) + 1970 * 12
    moved = "millionths" in own
    rows = pd.DataFrame(
        {
            "region_code": own["region_code"].to_numpy(),
            "origin": own["origin" if moved else "region_code"].to_numpy(),
            "millionths": own["millionths"].to_numpy() if moved else 1,
            "month": months,
            "records": 1,
        }
    )
    by = ["region_code", "origin", "millionths", "month"]
    return rows.groupby(by, as_index=False, observed=True).sum()


def _spans(seen: np.ndarray) -> np.ndarray:
    """From the first to the last month seen in each region; (regions, months) of truth."""
    begun = np.logical_or.accumulate(seen, axis=1)
    lasting = np.logical_or.accumulate(seen[:, ::-1], axis=1)[:, ::-1]
    return np.logical_and(begun, lasting)


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
    return np.asarray(added, dtype=float)
