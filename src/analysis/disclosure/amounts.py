"""Sums of money and of days: keyed noise scaled to the largest contributor.

With n records that have an amount, of sum S and largest part m, what is shown is

    (S / n) · (protected count) + m · z,   z ~ N(0, 1) from a key of the sum,

so that alike amounts tell no more of the count than its protected number does, and the largest part
is hidden by as much as it is. Where some records lack the amount, the protected count is that of
all less a protected number of those; only where most lack it, it is drawn for itself. So none but
the records of the smaller part are drawn once more: of all together the strongest reader keeps .68
of the error, where he kept .57 when those with the amount were drawn (``tests/attacks``).

A sum is withheld where fewer than the threshold of records, or one with more than half of it, stand
behind it. Means are that sum over the protected count of the same records: cases that are still
open, or without an amount, are in neither. Like counts, what is drawn stays as it was published and
is corrected once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import scipy

from analysis.data.dataset import Dataset
from analysis.data.frames.names import region_names
from analysis.data.frames.units import keys_of, unit_keys
from analysis.data.periods import FREQUENCY, label_of
from analysis.data.tables import named_outcomes
from analysis.disclosure.memory import PLACE, Made, as_published, published_units
from analysis.disclosure.noise import Noise, draws, shown_counts
from analysis.disclosure.salt import salt_of
from analysis.disclosure.store import noise_of, store_of
from analysis.errors import DesignError, ParamsError, Problem, nearest

PARTS = 100
"""Hundredths of a yuan or a day, in which amounts are added up."""
STATE = ["count", "lacking", "sum", "largest", "key", "count_key", "lacking_key"]
"""What amounts of a region and period are drawn from."""
MOST_OF_ONE = 0.5
"""A sum of which one record holds more than this share is withheld."""
AMOUNTS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "recovered_yuan": lambda records: records["recovered_yuan"],
    "handling_days": lambda records: (records["closed_on"] - records["received_on"]).dt.days,
}
"""What is added up of complaint records, by name."""


def protected(
    data: Dataset, outcome: str, *, amount: str = "", period: str = "quarter"
) -> pd.DataFrame:
    """Protected numbers of single regions, as they may leave: a table to take away.

    What it gives counts as published (:mod:`analysis.disclosure.memory`).

    Parameters
    ----------
    outcome: a counted outcome, or a kind of record. amount: ``recovered_yuan`` or
        ``handling_days`` of its records; blank for how many there are. period: month, quarter or
        year.

    Returns
    -------
    One row per region and period: ``region``, ``name_en``, ``name_zh``, ``period``, ``count`` and,
    of an amount, ``sum`` and ``mean`` over the records that have one; nothing where a number is
    withheld or not known.

    Raises
    ------
    ParamsError, DesignError: a name that is not held, or no salt.
    """
    known = named_outcomes(data.tables, data.has("complaints"))
    if outcome not in known:
        what = "is no outcome of this dataset"
        raise ParamsError([Problem(f"outcome {outcome}", what, nearest(outcome, known))])
    if amount and amount not in AMOUNTS:
        what = "is no amount of records"
        raise ParamsError([Problem(f"amount {amount}", what, nearest(amount, list(AMOUNTS)))])
    levels = store_of(data, outcome).levels
    if period not in levels:
        what = f"is '{period}', but protected counts are by {', '.join(levels)}"
        raise DesignError([Problem("period", what, "Choose one of these")])
    level = levels[period]
    shown = level.shown.mask(level.withheld)
    names = region_names(data)
    table = (
        shown.rename_axis(index="region", columns="period").stack().rename("count").reset_index()
    )
    if amount:
        sums = _sums(data, outcome, amount, period)
        table = table.merge(sums, on=["region", "period"], how="left")
        table[["sum", "mean"]] = table[["sum", "mean"]].where(table["count"].notna(), axis=0)
    taken = Made()
    taken.add(data)
    taken.publish()
    table["period"] = table["period"].map(label_of)
    for place, name in enumerate(("name_en", "name_zh")):
        table.insert(1 + place, name, [names[code][place] for code in table["region"]])
    return table


def _sums(data: Dataset, outcome: str, amount: str, period: str) -> pd.DataFrame:
    """Protected sums and means by region and period; nothing where they are withheld."""
    noise = noise_of(data)
    name = f"{outcome}/{amount}"
    levels = data.once(("amounts", name), lambda: _levels(data, outcome, amount)) if noise else {}
    if noise is None:
        found = _by(_months(data, outcome, amount), period)
        return found.assign(sum=found["sum"] / PARTS, mean=found["sum"] / PARTS / found["count"])
    found = levels[period].copy()
    level = store_of(data, outcome).levels[period].shown
    found["shown"] = [level.at[row.region, row.period] for row in found.itertuples()]
    found[["sum", "mean"]] = _moved(found, noise, salt_of(data))
    return found[["region", "period", "sum", "mean"]]


def _levels(data: Dataset, outcome: str, amount: str) -> dict[str, pd.DataFrame]:
    """What amounts are drawn from by length of period, each period as it was first published."""
    months, name, found = _months(data, outcome, amount), f"{outcome}/{amount}", {}
    for length, level in store_of(data, outcome).levels.items():
        rows = _by(months, length)
        before = published_units(data, name, length, STATE)
        kept = as_published(rows[[*PLACE, *STATE]], before)
        whole = level.shown.columns[level.shown.notna().any()]
        found[length] = kept[kept["period"].isin(set(whole))].reset_index(drop=True)
    return found


def _months(data: Dataset, outcome: str, amount: str) -> pd.DataFrame:
    """Amounts by region and month, with keys of those that have one and of those that lack it."""
    if data.panel is not None or "millionths" in data.tables.get("complaints", ()):
        what = "is of records that are counted where they lie, or that changed their region"
        raise DesignError([Problem(f"amount {amount}", what, "Give the records as a table")])
    records = data.tables["complaints"]
    records = records[records["kind"] == outcome]
    # Whole parts add up to the same in any order; fractions do not.
    parts = (AMOUNTS[amount](records).astype(float) * PARTS).round().astype("Int64")
    rows = pd.DataFrame(
        {
            "region": records["region_code"].astype(str),
            "period": records["received_on"].dt.to_period("M"),
            "parts": parts,
        }
    )
    groups = rows.groupby(["region", "period"])["parts"]
    found = groups.agg(["size", "count", "sum", "max"]).fillna(0).astype("int64").reset_index()
    found["lacking"] = found.pop("size") - found["count"]
    for name, key in (("lacking", "lacking_key"), ("count", "count_key")):
        found[key] = unit_keys(outcome, found["region"], found["period"], found[name].to_numpy())
    texts = (f"{row.count_key}|{amount}|{row.sum}" for row in found.itertuples())
    # The sum is part of the key: else two editions would differ by just what was corrected.
    found["key"] = np.where(found["count"] > 0, keys_of(texts), np.uint64(0))
    return found.rename(columns={"max": "largest"})


def _by(months: pd.DataFrame, length: str) -> pd.DataFrame:
    """Amounts of longer periods: sums of all but the largest part."""
    longer = months["period"].dt.asfreq(FREQUENCY[length])
    added = {name: "max" if name == "largest" else "sum" for name in STATE}
    found = months.groupby(["region", longer], sort=True).agg(added).reset_index()
    return found.assign(origin=found["region"], share=1.0)


def _moved(found: pd.DataFrame, noise: Noise, salt: bytes) -> np.ndarray:
    """Sums and means with their noise, nothing where they are withheld; shape (N, 2)."""
    count, lacking, total, largest, shown = (
        found[name].to_numpy(float) for name in ("count", "lacking", "sum", "largest", "shown")
    )
    own, others = (
        shown_counts(found[name].to_numpy(), found[key].to_numpy(), noise, salt)
        for name, key in (("count", "count_key"), ("lacking", "lacking_key"))
    )
    # Drawn is the smaller part alone: with the larger one nearly all records were drawn once more.
    counted = np.maximum(np.where(lacking <= count, shown - others, own), 1)
    largest, total = largest / PARTS, total / PARTS
    moved = total / count * counted + largest * scipy.special.ndtri(
        draws(found["key"].to_numpy(), salt)
    )
    small = (count < noise.threshold) | (largest > MOST_OF_ONE * total)
    return np.where(small[:, None], np.nan, np.column_stack([moved, moved / counted]))
