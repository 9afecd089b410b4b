"""Counts and exposures by region and period: wide tables, only whole periods, never a guess."""

from __future__ import annotations

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.records.groupings import as_months, mixes_in
from analysis.data.records.in_memory import monthly_counts
from analysis.data.tables import COMPLAINTS
from analysis.errors import DesignError, Problem
from analysis.params import CountsQuestion

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


def mix_counts(dataset: Dataset, outcome: str, mix: str, periods: pd.PeriodIndex) -> pd.DataFrame:
    """How many records of a kind fall into a mix, by region and period, wide; zeros filled."""
    months = _months(dataset, outcome, mix)
    wide = months.T.groupby(months.columns.asfreq(periods.freqstr)).sum().T
    return wide.reindex(columns=periods).fillna(0.0)


def _months(dataset: Dataset, outcome: str, measure: str) -> pd.DataFrame:
    """A measure of the records of a kind by region and month, wide; empty outside a span."""
    return dataset.once(("months", outcome, measure), lambda: _count(dataset, outcome, measure))


def _count(dataset: Dataset, outcome: str, measure: str) -> pd.DataFrame:
    if dataset.panel is None:
        return monthly_counts(dataset.tables["complaints"], outcome, measure)
    frame = dataset.panel.frame
    own = frame[frame["kind"] == outcome]
    wide = own.pivot(index="region_code", columns="month", values=measure).astype(float)
    wide = wide.reindex(columns=range(wide.columns.min(), wide.columns.max() + 1))
    wide.columns = as_months(wide.columns)
    return wide


def mixes_of(dataset: Dataset, outcome: str) -> tuple[str, ...]:
    """The mixes that can be told from the records behind an outcome."""
    if outcome not in COMPLAINTS.column("kind").allowed or not dataset.has("complaints"):
        return ()
    return mixes_in(
        dataset.tables["complaints"] if dataset.panel is None else dataset.panel.columns
    )


def counts_of(dataset: Dataset, outcome: str, frequency: str) -> pd.DataFrame:
    """Counts by region and period, wide; a period that is not whole stays empty."""
    key = ("counts", outcome, frequency)
    return dataset.once(key, lambda: _counts(dataset, outcome, frequency))


def _counts(dataset: Dataset, outcome: str, frequency: str) -> pd.DataFrame:
    outcomes = dataset.tables.get("outcomes")
    if outcomes is not None and (outcomes["outcome"] == outcome).any():
        rows = outcomes[outcomes["outcome"] == outcome]
        return _sum_whole(rows, "count", frequency)
    return _resample_whole(_months(dataset, outcome, "records"), frequency)


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


def within(counts: pd.DataFrame, params: CountsQuestion) -> pd.DataFrame:
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
    dataset: Dataset, params: CountsQuestion, counts: pd.DataFrame
) -> tuple[pd.DataFrame, bool]:
    """Mean exposure by region and period; ones where the question has none."""
    if not params.exposure:
        ones = pd.DataFrame(1.0, index=counts.index, columns=counts.columns)
        return ones, False
    key = ("exposure", params.exposure, params.period, tuple(counts.columns))
    wide = dataset.once(key, lambda: _exposure(dataset, params, counts.columns))
    return wide.reindex(index=counts.index), True


def _exposure(dataset: Dataset, params: CountsQuestion, periods: pd.PeriodIndex) -> pd.DataFrame:
    """Mean exposure of every region by period; nothing where it is not above zero."""
    rows = dataset.tables["exposures"]
    rows = rows[rows["exposure"] == params.exposure]
    own = _own_frequency(rows["period"])
    if PER_YEAR[own] < PER_YEAR[params.period]:
        # A yearly register serves every month of its year: exposures move slowly.
        years = to_periods(rows["period"], own)
        wide = rows.assign(p=years).pivot(index="region_code", columns="p", values="value")
        lookup = periods.asfreq(FREQUENCY[own])
        wide = wide.reindex(columns=lookup)
        wide.columns = periods
    else:
        labels = to_periods(rows["period"], params.period)
        wide = rows.groupby([rows["region_code"], labels])["value"].mean().unstack()
        wide = wide.reindex(columns=periods)
    return wide.where(wide > 0)
