"""Product samples: routine ones that follow the bureau's habits, and those taken for a reason."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.simulated.places import county_codes, identifiers, words
from analysis.simulated.worlds import Options, stream

PRODUCTS = ("vegetables", "meat", "dairy", "cooking_oil", "toys", "appliances")
OUTLETS = ("supermarket", "market", "online")
STRATA = tuple(f"{product} {outlet}" for product in PRODUCTS for outlet in OUTLETS)
FAILING = np.array([0.03, 0.025, 0.008, 0.015, 0.05, 0.035])
RISK = np.array([0.6, 1.8, 1.3])
"""By product, and how much more often at each kind of outlet."""
SALES = np.array([0.5, 0.35, 0.15])
HABIT = np.array([0.75, 0.15, 0.1])
"""Shares of outlets in what is sold, and in what is sampled as a routine."""
MODES = ("routine", "evaluation", "targeted", "complaint", "follow_up")
MODE_SHARE = (0.62, 0.1, 0.16, 0.08, 0.04)
MORE = np.array([1.0, 1.0, 4.0, 5.0, 2.0])
"""How much more often samples of each mode fail."""
A_MONTH = 8.0
"""Samples in a county and month."""


def weights() -> np.ndarray:
    """What each stratum counts for: all products alike, outlets by their sales."""
    return np.outer(np.full(len(PRODUCTS), 1 / len(PRODUCTS)), SALES).ravel()


def failing() -> np.ndarray:
    """The chance that a routine sample of each stratum fails."""
    return np.outer(FAILING, RISK).ravel()


def sample_table(options: Options, months: pd.PeriodIndex) -> pd.DataFrame:
    """A row per sample, by day."""
    rng = stream(options, "samples")
    number = rng.poisson(A_MONTH, (options.counties, len(months)))
    county, month = np.repeat(np.indices(number.shape).reshape(2, -1), number.ravel(), axis=1)
    mode = rng.choice(len(MODES), county.size, p=MODE_SHARE)
    product = rng.integers(0, len(PRODUCTS), county.size)
    chances = np.where((mode == 1)[:, None], SALES, HABIT).cumsum(axis=1)
    outlet = (rng.random(county.size)[:, None] > chances).sum(axis=1).clip(0, len(OUTLETS) - 1)
    stratum = product * len(OUTLETS) + outlet
    passed = rng.random(county.size) >= (failing()[stratum] * MORE[mode]).clip(0, 0.9)
    firsts = months.to_timestamp().to_numpy().astype("datetime64[D]")[month]
    day = firsts + (rng.random(county.size) * 28).astype("timedelta64[D]")
    order = np.lexsort([county, day])
    return pd.DataFrame(
        {
            "sample_id": identifiers("Q", np.arange(county.size), 7),
            "taken_on": day[order].astype("datetime64[us]"),
            "region_code": words(county_codes(options.counties), county[order]),
            "product": words(PRODUCTS, product[order]),
            "mode": words(MODES, mode[order]),
            "passed": passed[order],
            "stratum": words(STRATA, stratum[order]),
        }
    )


def sample_counts(samples: pd.DataFrame) -> pd.DataFrame:
    """What a bureau prints of them: by year, product and mode."""
    keys = ["region_code", "period", "product", "mode"]
    rows = samples.assign(period=samples["taken_on"].dt.year.astype(str), failed=~samples["passed"])
    return rows.groupby(keys, as_index=False).agg(
        taken=("passed", "size"), failed=("failed", "sum")
    )


def strata_table() -> pd.DataFrame:
    """Weights of strata."""
    return pd.DataFrame({"stratum": STRATA, "weight": weights(), "source": "share of sales"})
