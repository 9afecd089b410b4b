"""Counts and exposures by region and period: wide tables, only whole periods, never a guess."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.tables import COMPLAINTS
from analysis.errors import DesignError, Problem
from analysis.params import InterventionEffect, RegionRates

FREQUENCY = {"month": "M", "quarter": "Q", "year": "Y"}

PER_YEAR = {"month": 12, "quarter": 4, "year": 1}


def to_periods(labels: pd.Series, frequency: str) -> pd.Series:
    """Contract periods (``2019``, ``2019Q2``, ``2019-03``) as periods of a frequency."""
    code = FREQUENCY[frequency]
    unique = {label: _coarser(label, code) for label in labels.unique()}
    return labels.map(unique)


def _coarser(label: str, code: str) -> pd.Period | None:
    """The period that holds this one, or ``None`` where it is longer than asked for."""
    given = pd.Period(str(label).replace("-Q", "Q"))
    order = {"M": 0, "Q": 1, "Y": 2}
    own = given.freqstr[0]
    return given.asfreq(code) if order[own] <= order[code] else None


MIX_COLUMNS = {
    "repeat_claimants": "claimant_prior_cases",
    "online_channel": "channel",
    "upheld": "outcome",
}
"""Mixes of complaint records that stay put if only what happened changed, by column."""

REPEAT_CASES = 5
"""Earlier records by one person from which a claimant counts as a repeat claimant."""


def mix_counts(dataset: Dataset, outcome: str, mix: str, periods: pd.PeriodIndex) -> pd.DataFrame:
    """How many records of a kind fall into a mix, by region and period, wide; zeros filled."""
    records = dataset.tables["complaints"]
    values = records[MIX_COLUMNS[mix]]
    if mix == "repeat_claimants":
        belongs = values >= REPEAT_CASES
    else:
        belongs = values.isin(["online"] if mix == "online_channel" else ["upheld", "mediated"])
    own = records[(records["kind"] == outcome) & belongs.fillna(False)]
    frequency = own["received_on"].dt.to_period(periods.freqstr)
    wide = own.groupby(["region_code", frequency]).size().unstack()
    return wide.reindex(columns=periods).fillna(0.0)


def mixes_of(dataset: Dataset, outcome: str) -> tuple[str, ...]:
    """The mixes that can be told from the records behind an outcome."""
    if outcome not in COMPLAINTS.column("kind").allowed or not dataset.has("complaints"):
        return ()
    held = dataset.tables["complaints"]
    return tuple(mix for mix, column in MIX_COLUMNS.items() if column in held)


def counts_of(dataset: Dataset, outcome: str, frequency: str) -> pd.DataFrame:
    """Counts by region and period, wide; a period that is not whole stays empty."""
    outcomes = dataset.tables.get("outcomes")
    if outcomes is not None and (outcomes["outcome"] == outcome).any():
        rows = outcomes[outcomes["outcome"] == outcome]
        return _sum_whole(rows, "count", frequency)
    records = dataset.tables["complaints"]
    spans = records.groupby("region_code")["received_on"].agg(["min", "max"])
    months = pd.period_range(spans["min"].min(), spans["max"].max(), freq="M")
    own = records[records["kind"] == outcome]
    wide = own.groupby(["region_code", own["received_on"].dt.to_period("M")]).size().unstack()
    wide = wide.reindex(index=spans.index, columns=months).fillna(0.0).astype(float)
    for code, (low, high) in spans.iterrows():
        # Zeros are counts only inside a region's reporting span; outside it nothing is known.
        outside = (months < low.to_period("M")) | (months > high.to_period("M"))
        wide.loc[code, outside] = np.nan
    return _resample_whole(wide, frequency)


def _sum_whole(rows: pd.DataFrame, value: str, frequency: str) -> pd.DataFrame:
    periods = to_periods(rows["period"], frequency)
    if periods.isna().any():
        raise DesignError(
            [
                Problem(
                    "period",
                    f"is '{frequency}', but some counts are given for longer periods only",
                    "Choose a longer period",
                )
            ]
        )
    own = _own_frequency(rows["period"])
    grouped = rows.groupby([rows["region_code"], periods])[value]
    wide = grouped.sum().unstack()
    needed = PER_YEAR[own] // PER_YEAR[frequency]
    return wide.where(grouped.size().unstack() == needed).sort_index(axis=1)


def _own_frequency(labels: pd.Series) -> str:
    codes = {pd.Period(str(label).replace("-Q", "Q")).freqstr[0] for label in labels.unique()}
    if len(codes) > 1:
        raise DesignError(
            [
                Problem(
                    "period",
                    "mixes months, quarters and years within one series",
                    "Give one series in one kind of period",
                )
            ]
        )
    return {"M": "month", "Q": "quarter", "Y": "year"}[codes.pop()]


def _resample_whole(months: pd.DataFrame, frequency: str) -> pd.DataFrame:
    """Monthly columns added up to whole longer periods; a part of a period stays empty."""
    target = months.columns.asfreq(FREQUENCY[frequency])
    needed = 12 // PER_YEAR[frequency]
    summed = months.T.groupby(target).sum(min_count=needed).T
    size = pd.Series(1, index=target).groupby(level=0).sum()
    return summed.loc[:, size[size == needed].index]


def within(counts: pd.DataFrame, params: InterventionEffect | RegionRates) -> pd.DataFrame:
    """The columns from ``first_period`` to ``last_period``; empty edges are cut."""
    code = FREQUENCY[params.period]
    if params.first_period:
        first = _bound(params.first_period, code, "start")
        counts = counts.loc[:, counts.columns >= first]
    if params.last_period:
        last = _bound(params.last_period, code, "end")
        counts = counts.loc[:, counts.columns <= last]
    full = counts.columns[counts.notna().any(axis=0)]
    if not len(full):
        raise DesignError(
            [
                Problem(
                    "first_period, last_period",
                    "leave no period with counts",
                    "Choose dates inside the data",
                )
            ]
        )
    return counts.reindex(columns=pd.period_range(full.min(), full.max(), freq=code))


def _bound(label: str, code: str, edge: str) -> pd.Period:
    return pd.Period(label.replace("-Q", "Q")).asfreq(code, how=edge)


def exposure_of(
    dataset: Dataset, params: InterventionEffect | RegionRates, counts: pd.DataFrame
) -> tuple[pd.DataFrame, bool]:
    """Mean exposure by region and period; ones where the question has none."""
    if not params.exposure:
        ones = pd.DataFrame(1.0, index=counts.index, columns=counts.columns)
        return ones, False
    rows = dataset.tables["exposures"]
    rows = rows[rows["exposure"] == params.exposure]
    own = _own_frequency(rows["period"])
    if PER_YEAR[own] < PER_YEAR[params.period]:
        # A yearly register serves every month of its year: exposures move slowly.
        years = to_periods(rows["period"], own)
        wide = rows.assign(p=years).pivot(index="region_code", columns="p", values="value")
        lookup = counts.columns.asfreq(FREQUENCY[own])
        wide = wide.reindex(columns=lookup)
        wide.columns = counts.columns
    else:
        periods = to_periods(rows["period"], params.period)
        wide = rows.groupby([rows["region_code"], periods])["value"].mean().unstack()
        wide = wide.reindex(columns=counts.columns)
    wide = wide.reindex(index=counts.index)
    return wide.where(wide > 0), True
