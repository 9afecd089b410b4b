"""Penalties, and a list of minor violations whose first one is spared, city after city."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.simulated.places import cities, county_codes, identifiers, words
from analysis.simulated.province import Province
from analysis.simulated.tables.register import choose
from analysis.simulated.worlds import Options, stream

LISTED = ("label_wording", "licence_display", "late_report", "price_tag")
UNLISTED = ("expired_goods", "false_advertising", "unsafe_food", "unlicensed")
BEHAVIOURS = (*LISTED, *UNLISTED)
RATE = 0.0012
"""First offences in a month per enterprise."""
REPEATED = 0.02
"""Chance in a month to be found at it again."""
MILDER, LATER = -0.3, 0.1
"""Log points on repeating, of listed behaviours and of all after the list's date."""
LIMIT = 10_000.0
"""Value of goods up to which a first violation is spared."""
JUST_OVER = 1.25
GENERATIONS = 4


def list_starts(options: Options) -> np.ndarray:
    """The month from which the list holds in each county, the same throughout a city."""
    rng, city = stream(options, "list"), cities(options.counties)
    low, high = options.months // 4, 2 * options.months // 3
    return np.asarray(rng.integers(low, high, city[-1] + 1)[city])


def draw_penalties(province: Province) -> pd.DataFrame:
    """A row per case: ``row`` of the register, ``county``, ``month``, day and what was decided."""
    options = province.options
    rng, starts = stream(options, "penalties"), list_starts(options)
    number = rng.poisson(RATE * province.exposure)
    county, month = np.repeat(np.indices(number.shape).reshape(2, -1), number.ravel(), axis=1)
    behaviour = rng.integers(0, len(BEHAVIOURS), county.size)
    row = choose(province.register.rows, county, month, rng)
    cases = pd.DataFrame({"row": row, "county": county, "month": month, "behaviour": behaviour})
    cases["moment"] = cases["month"] + rng.random(len(cases))
    # Of two chance violations of one kind by one enterprise the later is no first one.
    cases = cases.sort_values("moment", kind="stable").drop_duplicates(["row", "behaviour"])
    cases["first"] = True
    whole = [cases]
    for _ in range(GENERATIONS):
        whole.append(_again(options, whole[-1], starts, rng))
    found = pd.concat(whole, ignore_index=True).sort_values("moment", kind="stable")
    return _decided(province, found.reset_index(drop=True), starts, rng)


def _on_list(cases: pd.DataFrame, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether each behaviour is a listed one, and whether the list held on its day."""
    listed = cases["behaviour"].to_numpy() < len(LISTED)
    return listed, (cases["moment"] >= starts[cases["county"]]).to_numpy()


def _again(
    options: Options, cases: pd.DataFrame, starts: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """The next violation of the same kind, of those that repeat within the province's months."""
    listed, after = _on_list(cases, starts)
    log_rate = MILDER * listed + LATER * after + options.truth.leniency * (listed & after)
    wait = rng.exponential(1 / (REPEATED * np.exp(log_rate)))
    repeated = cases.assign(moment=cases["moment"] + wait, first=False)
    repeated = repeated[repeated["moment"] < options.months]
    return repeated.assign(month=repeated["moment"].astype(int))


def _decided(
    province: Province, cases: pd.DataFrame, starts: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Days, values of goods and fines."""
    listed, after = _on_list(cases, starts)
    goods = np.round(rng.lognormal(8.6, 1.2, len(cases)), 2)
    over = (goods > LIMIT) & (goods < JUST_OVER * LIMIT) & listed & after & cases["first"]
    under = over & (rng.random(len(cases)) < province.options.truth.undervalued)
    goods = np.where(under, LIMIT - np.round(rng.uniform(0, 300, len(cases)), 2), goods)
    waived = listed & after & cases["first"].to_numpy() & (goods <= LIMIT)
    # Most fines are round: thousands, else hundreds.
    fine = rng.lognormal(8, 0.9, len(cases))
    fine = np.where(rng.random(len(cases)) < 0.7, fine.round(-3).clip(1000), fine.round(-2))
    firsts = province.months.to_timestamp().to_numpy().astype("datetime64[D]")[cases["month"]]
    lengths = province.months.days_in_month.to_numpy()[cases["month"]]
    within = (cases["moment"] % 1 * lengths).to_numpy().astype("timedelta64[D]")
    return cases.assign(
        listed=listed & after,
        waived=waived,
        under=under,
        decided_on=firsts + within,
        goods=goods,
        fine=np.where(waived, 0.0, fine),
    )


def penalty_table(options: Options, cases: pd.DataFrame) -> pd.DataFrame:
    """Cases as a table of the contract."""
    return pd.DataFrame(
        {
            "case_id": identifiers("P", np.arange(len(cases)), 7),
            "enterprise_id": identifiers("E", cases["row"].to_numpy(), 7),
            "region_code": words(county_codes(options.counties), cases["county"].to_numpy()),
            "behaviour": words(BEHAVIOURS, cases["behaviour"].to_numpy()),
            "decided_on": cases["decided_on"].astype("datetime64[us]"),
            "listed": cases["listed"],
            "waived": cases["waived"],
            "first_offence": cases["first"].astype(bool),
            "goods_value_yuan": cases["goods"],
            "fine_yuan": cases["fine"],
        }
    )
