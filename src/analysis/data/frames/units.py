"""Counts as they were recorded: by region of then and smallest period, each with its key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.outcomes import kind_of
from analysis.data.periods import FREQUENCY, label_of, length_of, period_of, periods_of
from analysis.data.records.groupings import MILLIONTHS, as_months, monthly_units
from analysis.errors import DesignError, Problem

LADDER = {
    "week": ("week",),
    "month": ("month", "quarter", "year"),
    "quarter": ("quarter", "year"),
    "year": ("year",),
}
"""Periods into which shorter ones add up, by the smallest."""


@dataclass(frozen=True)
class Units:
    """What counts of regions are made of, by the smallest period that there is.

    ``frame`` has ``region`` (of today), ``origin`` (as recorded), ``share`` (how much a record
    counts for the region of today), ``period``, ``count`` (whole) and ``key``.
    """

    frame: pd.DataFrame
    length: str

    @property
    def ladder(self) -> tuple[str, ...]:
        """Lengths of periods in which there are counts, the smallest first."""
        return LADDER[self.length]

    def by(self, length: str) -> pd.DataFrame:
        """Units of a longer period: counts and keys added up."""
        longer = self.frame["period"].map(
            {period: period.asfreq(FREQUENCY[length]) for period in self.frame["period"].unique()}
        )
        by = [self.frame[name] for name in ("region", "origin", "share")]
        groups = self.frame.groupby([*by, longer.rename("period")], observed=True, sort=True)
        return groups[["count", "key"]].sum().reset_index()


def units_of(dataset: Dataset, outcome: str) -> Units:
    """The units of a counted outcome.

    Raises
    ------
    DesignError: the outcome is no count.
    """
    return dataset.once(("units", outcome), lambda: _units(dataset, outcome))


def ladder_of(dataset: Dataset, outcome: str) -> tuple[str, ...]:
    """Lengths of periods in which there are counts of an outcome, the smallest first."""
    periods = _given(dataset, outcome).get("period", [])
    return LADDER[length_of(period_of(next(iter(periods)))) if len(periods) else "month"]


def _given(dataset: Dataset, outcome: str) -> pd.DataFrame:
    """The rows of an outcome that is given as such, by regions of then; none of records."""
    given = dataset.tables.get("outcomes") if dataset.recorded is None else dataset.recorded
    return pd.DataFrame() if given is None else given[given["outcome"] == outcome]


def _units(dataset: Dataset, outcome: str) -> Units:
    if kind_of(dataset, outcome) == "level":
        what = "is a level; only counts have units"
        raise DesignError([Problem(f"outcome {outcome}", what, "Choose one that is counted")])
    rows = _given(dataset, outcome)
    return _of_records(dataset, outcome) if rows.empty else _of_counts(rows)


def unit_keys(
    outcome: str, origin: Iterable[object], periods: Iterable[pd.Period], counts: np.ndarray
) -> np.ndarray:
    """Keys of units, which add up modulo 2⁶⁴ to those of longer periods; shape (N,).

    They need no secret: what is drawn from their sum is keyed (:mod:`analysis.disclosure.noise`).
    They are of counts, not of record numbers: these are long to read, and an export may change
    them. So the same counts have the same keys, wherever they were counted.
    """
    labels = {period: label_of(period) for period in set(periods)}
    rows = zip(origin, periods, counts, strict=True)
    # The count is part of it: else two editions would differ by just what came late.
    keys = keys_of(f"{code}|{outcome}|{labels[period]}|{count}" for code, period, count in rows)
    # What is empty adds nothing: else an empty kind beside would draw a total anew.
    return np.where(counts > 0, keys, np.uint64(0))


def keys_of(texts: Iterable[str]) -> np.ndarray:
    """A whole number of 64 bits that tells each text from others; shape (N,)."""
    digests = (hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)


def _of_counts(rows: pd.DataFrame) -> Units:
    """Each row is a unit: its key is of where, when and what it was recorded as, and how many."""
    rows = rows[rows["count"].notna()]
    origin = rows["origin"] if "origin" in rows else rows["region_code"]
    periods = periods_of(rows["period"])
    counts = rows["count"].to_numpy(float).astype(np.int64)
    share = rows["millionths"] / MILLIONTHS if "millionths" in rows else 1.0
    frame = pd.DataFrame(
        {
            "region": rows["region_code"].astype(str),
            "origin": origin.astype(str),
            "share": share,
            "period": periods,
            "count": counts,
            "key": unit_keys(rows["outcome"].iloc[0], origin, periods, counts),
        }
    ).reset_index(drop=True)
    return Units(frame, length_of(periods.iloc[0]))


def _of_records(dataset: Dataset, kind: str) -> Units:
    """Records by month; those in files and databases were counted where they lie."""
    if dataset.panel is None:
        cells = monthly_units(dataset.tables["complaints"], kind)
    else:
        cells = dataset.panel.units
        cells = cells[cells["kind"] == kind]
    scale = MILLIONTHS if dataset.has("crosswalk") else 1
    months = pd.Series(as_months(cells["month"]))
    counts = cells["records"].to_numpy(np.int64)
    frame = pd.DataFrame(
        {
            "region": cells["region_code"].astype(str).to_numpy(),
            "origin": cells["origin"].astype(str).to_numpy(),
            "share": cells["millionths"].to_numpy() / scale,
            "period": months.astype(object),
            "count": counts,
            "key": unit_keys(kind, cells["origin"], months, counts),
        }
    )
    return Units(frame, "month")
