"""Sums of money and of days: keyed noise scaled to the largest contributor.

With n records that have an amount, of sum S and largest part m, what is shown is

    (S / n) · (protected count) + m · z,   z ~ N(0, 1) from a key of the sum,

so that alike amounts tell no more of the count than its protected number does, and the largest part
is hidden by as much as it is. It is withheld where fewer than the threshold of records, or one with
more than half of the sum, stand behind it. Means are that sum over the protected count of the same
records: cases that are still open, or without an amount, are in neither.
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
from analysis.disclosure.noise import Noise, draws, shown_counts
from analysis.disclosure.salt import salt_of
from analysis.disclosure.store import noise_of, store_of
from analysis.errors import DesignError, ParamsError, Problem, nearest

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
    table["period"] = table["period"].map(label_of)
    for place, name in enumerate(("name_en", "name_zh")):
        table.insert(1 + place, name, [names[code][place] for code in table["region"]])
    return table


def _sums(data: Dataset, outcome: str, amount: str, period: str) -> pd.DataFrame:
    """Protected sums and means by region and period; nothing where they are withheld."""
    if data.panel is not None or "millionths" in data.tables.get("complaints", ()):
        what = "is of records that are counted where they lie, or that changed their region"
        raise DesignError([Problem(f"amount {amount}", what, "Give the records as a table")])
    records = data.tables["complaints"]
    records = records[records["kind"] == outcome]
    values = AMOUNTS[amount](records).astype(float)
    known = values.notna().to_numpy()
    rows = pd.DataFrame(
        {
            "region": records["region_code"].astype(str).to_numpy()[known],
            "month": records["received_on"].dt.to_period("M").to_numpy()[known],
            "value": values.to_numpy()[known],
        }
    )
    groups = rows.groupby(["region", "month"])["value"]
    months = groups.agg(["count", "sum", "max"]).reset_index()
    # Where all records have the amount, their count is the one that is shown beside.
    months["key"] = unit_keys(
        outcome, months["region"], months["month"], months["count"].to_numpy()
    )
    months["period"] = months["month"].dt.asfreq(FREQUENCY[period])
    added = {"count": "sum", "sum": "sum", "max": "max", "key": "sum"}
    found = months.groupby(["region", "period"]).agg(added).reset_index()
    noise = noise_of(data)
    if noise is not None:
        found[["count", "sum"]] = _moved(found, amount, noise, salt_of(data))
    found["mean"] = found["sum"] / found["count"]
    return found[["region", "period", "sum", "mean"]]


def _moved(found: pd.DataFrame, amount: str, noise: Noise, salt: bytes) -> np.ndarray:
    """Counts and sums with their noise, nothing where they are withheld; shape (N, 2)."""
    count, total, largest = (found[name].to_numpy(float) for name in ("count", "sum", "max"))
    keys = found["key"].to_numpy()
    counted = shown_counts(count.astype(np.int64), keys, noise, salt)
    # The sum is part of the key: else two editions would differ by just what was corrected.
    texts = zip(keys, found["sum"], strict=True)
    marks = keys_of(f"{amount}|{key}|{float(value)!r}" for key, value in texts)
    own = scipy.special.ndtri(draws(marks, salt))
    moved = total / count * counted + largest * own
    small = (count < noise.threshold) | (largest > MOST_OF_ONE * total)
    return np.where(small[:, None], np.nan, np.column_stack([counted, moved]))
