"""Targets, with a twin that nobody scores, and ledgers of sections with scores."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.simulated.places import county_codes, words
from analysis.simulated.province import Province
from analysis.simulated.worlds import Options, stream

MEASURED, TWIN = "new_enterprises", "changes_of_licence"
"""An indicator with a target, and one of like size without."""
SECTIONS, QUARTERS = 6, 4
ITEMS = {"routine": ("inspections", "filing", "replies"), "self_chosen": ("training", "visits")}
LEVEL, SPREAD = 82.0, 5.0
"""Mean and standard deviation of the scores of a ledger's items."""


def target_table(province: Province) -> pd.DataFrame:
    """By county, month and indicator: the year's target and what was reached, then and later."""
    months, register = province.months, province.register
    horizon, counties = len(months), province.options.counties
    rows = register.rows[~register.rows["individual"] & (register.rows["entry"] >= 0)]
    cell = (rows["county"] * horizon + rows["entry"]).to_numpy()
    made_up = np.bincount(cell[rows["padded"]], minlength=counties * horizon)
    every = np.bincount(cell, minlength=counties * horizon).reshape(counties, horizon)
    real = every - made_up.reshape(counties, horizon)
    twin = stream(province.options, "twin").poisson(real.mean(axis=1, keepdims=True), real.shape)
    year = (months.year - months.year[0]).to_numpy()
    nothing = np.full(real.shape, np.nan)
    frames = [
        _indicator(province, MEASURED, register.target[:, year], every, real),
        _indicator(province, TWIN, nothing, twin, twin),
    ]
    return pd.concat(frames, ignore_index=True)


def _indicator(
    province: Province, name: str, target: np.ndarray, monthly: np.ndarray, real: np.ndarray
) -> pd.DataFrame:
    months, codes = province.months, county_codes(province.options.counties)
    keys = np.indices(monthly.shape).reshape(2, -1)

    def since_january(counts: np.ndarray) -> np.ndarray:
        summed = pd.DataFrame(counts.T).groupby(months.year).cumsum()
        return np.asarray(summed.to_numpy().T.ravel())

    return pd.DataFrame(
        {
            "region_code": words(codes, keys[0]),
            "year": words(months.year.astype(str), keys[1]),
            "indicator": name,
            "target": target.ravel(),
            "month": words(months.astype(str), keys[1]),
            "cumulative": since_january(monthly),
            "revised": since_january(real),
        }
    )


def progress_table(province: Province, enterprises: pd.DataFrame) -> pd.DataFrame:
    """New enterprises of the last year, day after day."""
    year = province.months.year[-1]
    days = pd.date_range(f"{year}-01-01", province.months[-1].end_time.normalize())
    codes = county_codes(province.options.counties)
    new = enterprises[enterprises["type"] == "enterprise"]
    new = new[new["registered_on"] >= days[0]]
    county = pd.Categorical(new["region_code"], codes).codes.astype(int)
    day = (new["registered_on"] - days[0]).dt.days.to_numpy()
    counted = np.bincount(county * days.size + day, minlength=len(codes) * days.size)
    keys = np.indices((len(codes), days.size)).reshape(2, -1)
    return pd.DataFrame(
        {
            "region_code": words(codes, keys[0]),
            "indicator": MEASURED,
            "day": days.to_numpy()[keys[1]].astype("datetime64[us]"),
            "value": counted.reshape(len(codes), -1).cumsum(axis=1).ravel(),
        }
    )


def performance_table(options: Options, months: pd.PeriodIndex) -> pd.DataFrame:
    """Scores of every section's items in the last quarters; sections differ, items are hard or not.

    The share of the variance between sections is of one item's score, difficulty of items aside.
    """
    rng, between = stream(options, "performance"), options.truth.sections
    items = [(ledger, item) for ledger, names in ITEMS.items() for item in names]
    quarters = pd.PeriodIndex(months.asfreq("Q").unique()[-QUARTERS:]).astype(str)
    shape = (options.counties, SECTIONS, len(quarters), len(items))
    section = rng.normal(0, SPREAD * np.sqrt(between), shape[:2])[:, :, None, None]
    hard = rng.normal(0, 3, (len(quarters), len(items)))[None, None]
    score = LEVEL + section + hard + rng.normal(0, SPREAD * np.sqrt(1 - between), shape)
    planned = rng.integers(10, 100, shape)
    county, number, quarter, item = np.indices(shape).reshape(4, -1)
    codes = county_codes(options.counties)
    return pd.DataFrame(
        {
            "organisation": words([f"B{code}" for code in codes], county),
            "section": words([f"section {n + 1}" for n in range(SECTIONS)], number),
            "quarter": words(quarters, quarter),
            "ledger": words([ledger for ledger, _ in items], item),
            "item": words([name for _, name in items], item),
            "weight": 1.0,
            "planned": planned.ravel(),
            "done": np.round(planned.ravel() * rng.uniform(0.8, 1.05, planned.size)),
            "score": score.ravel().round(1),
        }
    )
