"""Officers and the enterprises they serve: portfolios that last, unequal in size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.simulated.places import identifiers
from analysis.simulated.tables.register import choose
from analysis.simulated.worlds import Options, stream

OFFICERS, SERVED = 8, 100
"""Officers of a county, and enterprises that have one."""
SWITCHED = 0.1
"""Share of enterprises that get another officer in a year."""
SKEWNESS = 0.6
"""Spread of the log sizes of portfolios."""


@dataclass(frozen=True)
class Portfolios:
    """P enterprises with an officer; ``row`` of the register and ``county``, (P,); ``officer`` by
    year, numbered through the province, (P, years); ``skill`` of each officer.
    """

    row: np.ndarray
    county: np.ndarray
    officer: np.ndarray
    skill: np.ndarray


def draw_portfolios(options: Options, rows: pd.DataFrame, months: pd.PeriodIndex) -> Portfolios:
    """Enterprises that were there before and stay, most complained of first; who serves them."""
    rng, count = stream(options, "officers"), options.counties
    years = months.year[-1] - months.year[0] + 1
    stay = rows[(rows["entry"] < 0) & (rows["leave"] > len(months)) & ~rows["individual"]]
    county = np.repeat(np.arange(count), 2 * SERVED)
    place = choose(stay, county, np.zeros(county.size, dtype=int), rng)
    found = pd.DataFrame({"county": county, "row": stay.index.to_numpy()[place]})
    found = found.drop_duplicates("row")
    found = found[found.groupby("county").cumcount() < SERVED]
    served = found["county"].to_numpy()
    size = rng.lognormal(0, SKEWNESS, (count, OFFICERS))
    chances = (size / size.sum(axis=1, keepdims=True)).cumsum(axis=1)
    officer = np.empty((served.size, years), dtype=int)
    for year in range(years):
        own = (rng.random(served.size)[:, None] > chances[served]).sum(axis=1).clip(0, OFFICERS - 1)
        kept = (year > 0) & (rng.random(served.size) >= SWITCHED)
        officer[:, year] = np.where(kept, officer[:, year - 1], served * OFFICERS + own)
    skill = rng.normal(0, options.truth.officers, count * OFFICERS)
    return Portfolios(found["row"].to_numpy(), served, officer, skill)


def officer_names(numbers: np.ndarray) -> np.ndarray:
    """Identifiers of officers."""
    return np.asarray(identifiers("O", numbers, 6).to_pylist(), dtype=object)


def pairing_table(found: Portfolios, months: pd.PeriodIndex) -> pd.DataFrame:
    """A row per officer and enterprise, for as long as they stayed together."""
    pairs, years = found.officer.shape
    begins = np.ones((pairs, years), dtype=bool)
    begins[:, 1:] = found.officer[:, 1:] != found.officer[:, :-1]
    pair, year = np.nonzero(begins)
    januaries = [f"{months.year[0] + y}-01-01" for y in range(years)]
    firsts = np.array(januaries, dtype="datetime64[us]")
    firsts[0] = months[0].start_time.to_datetime64()
    last = np.append(pair[1:] != pair[:-1], True)
    following = np.append(firsts[year[1:]], firsts[0])
    ended = np.where(last, np.datetime64("NaT", "D"), following - np.timedelta64(1, "D"))
    return pd.DataFrame(
        {
            "officer_id": officer_names(found.officer[pair, year]),
            "enterprise_id": identifiers("E", found.row[pair], 7),
            "started_on": firsts[year].astype("datetime64[us]"),
            "ended_on": ended.astype("datetime64[us]"),
        }
    )
