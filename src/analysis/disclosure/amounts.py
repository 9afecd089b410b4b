"""Sums of money and of days: keyed noise scaled to the largest contributor.

With n records that have an amount, of sum S and largest part m, either way from nothing, what is
shown is

    (S / n) · (protected count) + m · z,   z ~ N(0, 1) from a key of the sum,

so that alike amounts tell no more of the count than its protected number does, and the largest part
is hidden by as much as it is. Where some records lack an amount, they are told apart by which
amounts they lack. Of a region and period the largest of these parts is what the protected count of
all leaves of the others, and only the others are drawn. So there are as many draws of each length
of period as numbers they are of: no count, of a part or of all, follows in two ways, and whoever
knows nothing of the parts learns nothing of all from them (``tests/attacks``: of all together the
strongest reader keeps .68 of the error, where he kept .57 when those with the amount were drawn).

A sum is withheld where fewer than the threshold of records, or one with more than half of what all
come to without their signs, stand behind it. Means are that sum over the protected count of the
same records: cases that are still open, or without an amount, are in neither. Like counts, what is
drawn stays as it was published and is corrected once.
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
from analysis.disclosure.kept import PLACE
from analysis.disclosure.memory import Made, as_published, published_units
from analysis.disclosure.noise import Noise, draws, shown_counts
from analysis.disclosure.salt import salt_of
from analysis.disclosure.store import noise_of, store_of
from analysis.errors import DesignError, ParamsError, Problem, nearest

PARTS = 100
"""Hundredths of a yuan or a day, in which amounts are added up."""
MOST_OF_ONE = 0.5
"""A sum of which one record holds more than this share is withheld."""
AMOUNTS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "recovered_yuan": lambda records: records["recovered_yuan"],
    "handling_days": lambda records: (records["closed_on"] - records["received_on"]).dt.days,
}
"""What is added up of complaint records, by name."""
NEEDED = {"recovered_yuan": "recovered_yuan", "handling_days": "closed_on"}
"""The column without which no record has an amount."""
PATTERNS = range(1 << len(AMOUNTS))
"""Which amounts a record lacks: the first adds 1, the second 2."""
STATE = [
    "count",
    *(f"{part}_{what}" for part in PATTERNS for what in ("count", "key")),
    *(f"{amount}_{what}" for amount in AMOUNTS for what in ("sum", "absolute", "largest", "key")),
]
"""What amounts of a region and period are drawn from: parts by their pattern, and sums."""


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
    records = data.tables.get("complaints")
    if amount and not data.has("complaints"):
        what = "is of records, and the dataset has no table complaints"
        remedy = "Add the records, or leave amount blank for counts"
        raise ParamsError([Problem(f"amount {amount}", what, remedy)])
    if amount and records is not None and NEEDED[amount] not in records:
        what = f"is of the column {NEEDED[amount]}, which the records lack"
        raise ParamsError([Problem(f"amount {amount}", what, "Add it to the table complaints")])
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


def having(amount: str) -> list[int]:
    """Patterns of records that have an amount."""
    lacks = 1 << list(AMOUNTS).index(amount)
    return [part for part in PATTERNS if not part & lacks]


def _sums(data: Dataset, outcome: str, amount: str, period: str) -> pd.DataFrame:
    """Protected sums and means by region and period; nothing where they are withheld."""
    noise = noise_of(data)
    if noise is None:
        found = _by(_months(data, outcome), period)
        total = found[f"{amount}_sum"] / PARTS
        mean = total / found[[f"{part}_count" for part in having(amount)]].sum(axis=1)
        return found[["region", "period"]].assign(sum=total, mean=mean)
    levels = data.once(("amounts", f"{outcome}/amounts"), lambda: _levels(data, outcome))
    found = levels[period].copy()
    level = store_of(data, outcome).levels[period].shown
    found["shown"] = [level.at[row.region, row.period] for row in found.itertuples()]
    found[["sum", "mean"]] = _moved(found, amount, noise, salt_of(data))
    return found[["region", "period", "sum", "mean"]]


def _levels(data: Dataset, outcome: str) -> dict[str, pd.DataFrame]:
    """What amounts are drawn from by length of period, each period as it was first published."""
    months, found = _months(data, outcome), {}
    for length, level in store_of(data, outcome).levels.items():
        rows = _by(months, length)
        before = _with_absolute(published_units(data, f"{outcome}/amounts", length, STATE))
        kept = as_published(rows[[*PLACE, *STATE]], before)
        whole = level.shown.columns[level.shown.notna().any()]
        found[length] = kept[kept["period"].isin(set(whole))].reset_index(drop=True)
    return found


def _with_absolute(before: pd.DataFrame) -> pd.DataFrame:
    """Sums as published; of those from before signs were looked at, as if there had been none."""
    sums = {f"{amount}_absolute": before[f"{amount}_sum"] for amount in AMOUNTS}
    return before.assign(**{name: before[name].fillna(own) for name, own in sums.items()})


def _months(data: Dataset, outcome: str) -> pd.DataFrame:
    """Parts by pattern, and amounts, by region and month, with their keys."""
    if data.panel is not None or "millionths" in data.tables.get("complaints", ()):
        what = "are of records that are counted where they lie, or that changed their region"
        raise DesignError([Problem("amounts", what, "Give the records as a table")])
    records = data.tables["complaints"]
    records = records[records["kind"] == outcome]
    place = {
        "region": records["region_code"].astype(str),
        "period": records["received_on"].dt.to_period("M"),
    }
    # Whole parts add up to the same in any order; fractions do not.
    parts = {
        amount: (added(records).astype(float) * PARTS).round().astype("Int64")
        if NEEDED[amount] in records
        else pd.Series(pd.NA, records.index, dtype="Int64")
        for amount, added in AMOUNTS.items()
    }
    pattern = sum(given.isna() * (1 << bit) for bit, given in enumerate(parts.values()))
    rows = pd.DataFrame({**place, **parts, "pattern": pattern})
    groups = rows.groupby(["region", "period"])
    # What is paid back, or closed before it came, is as large a part as what is not.
    unsigned = rows.assign(**rows[list(AMOUNTS)].abs()).groupby(["region", "period"])
    sizes = rows.groupby(["region", "period", "pattern"]).size().unstack(fill_value=0)
    sizes = sizes.reindex(columns=list(PATTERNS), fill_value=0).add_suffix("_count")
    found = groups.size().rename("count").to_frame().join(sizes)
    for amount in AMOUNTS:
        found[f"{amount}_sum"] = groups[amount].sum().fillna(0).astype("int64")
        found[f"{amount}_absolute"] = unsigned[amount].sum().fillna(0).astype("int64")
        found[f"{amount}_largest"] = unsigned[amount].max().fillna(0).astype("int64")
    return _keyed(found.reset_index(), outcome)


def _keyed(found: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """The same with keys of its parts and of its sums."""
    own = unit_keys(outcome, found["region"], found["period"], found["count"].to_numpy())
    keys = {}
    for part in PATTERNS:
        counts = found[f"{part}_count"].to_numpy()
        # Disjoint parts of one size have draws of their own.
        keys[f"{part}_key"] = unit_keys(
            f"{outcome}/{part}", found["region"], found["period"], counts
        )
    for amount in AMOUNTS:
        sums = found[f"{amount}_sum"]
        # The sum is part of the key: else two editions would differ by just what was corrected.
        texts = (f"{key}|{amount}|{total}" for key, total in zip(own, sums, strict=True))
        held = found[[f"{part}_count" for part in having(amount)]].sum(axis=1).to_numpy()
        keys[f"{amount}_key"] = np.where(held > 0, keys_of(texts), np.uint64(0))
    return found.assign(**keys)


def _by(months: pd.DataFrame, length: str) -> pd.DataFrame:
    """Amounts of longer periods: sums of all but the largest part."""
    longer = months["period"].dt.asfreq(FREQUENCY[length])
    added = {name: "max" if name.endswith("largest") else "sum" for name in STATE}
    found = months.groupby(["region", longer], sort=True).agg(added).reset_index()
    return found.assign(origin=found["region"], share=1.0)


def _parts(found: pd.DataFrame, noise: Noise, salt: bytes) -> np.ndarray:
    """Protected counts of the parts, which add up to that of all; shape (N, patterns)."""
    counts, keys = (
        found[[f"{part}_{what}" for part in PATTERNS]].to_numpy() for what in ("count", "key")
    )
    places = np.arange(len(found)), counts.argmax(axis=1)
    drawn = counts.copy()
    drawn[places] = 0
    parts = shown_counts(drawn.ravel(), keys.ravel(), noise, salt).reshape(drawn.shape)
    moved = parts.astype(float)
    moved[places] = found["shown"].to_numpy(float) - moved.sum(axis=1)
    return moved


def _moved(found: pd.DataFrame, amount: str, noise: Noise, salt: bytes) -> np.ndarray:
    """Sums and means with their noise, nothing where they are withheld; shape (N, 2)."""
    held = having(amount)
    count = found[[f"{part}_count" for part in held]].sum(axis=1).to_numpy(float)
    counted = np.maximum(_parts(found, noise, salt)[:, held].sum(axis=1), 1)
    total, largest, absolute = (
        found[f"{amount}_{what}"].to_numpy(float) / PARTS for what in ("sum", "largest", "absolute")
    )
    drawn = scipy.special.ndtri(draws(found[f"{amount}_key"].to_numpy(), salt))
    moved = total / np.maximum(count, 1) * counted + largest * drawn
    small = (count < noise.threshold) | (largest > MOST_OF_ONE * absolute)
    return np.where(small[:, None], np.nan, np.column_stack([moved, moved / counted]))
