"""Records and exposures by region and period: wide tables, only whole periods, never a guess."""

from __future__ import annotations

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.periods import FREQUENCY, PER_YEAR, length_of, period_of, periods_of
from analysis.data.records.groupings import as_months, mixes_in, monthly_counts
from analysis.data.tables import COMPLAINTS
from analysis.errors import DesignError, Problem
from analysis.params import CountsQuestion

LAST_DAYS = 6
"""Records within so many days of a month's end make it whole, where nothing else tells."""


def mixes_of(dataset: Dataset, outcome: str) -> tuple[str, ...]:
    """The mixes that can be told from the records behind an outcome."""
    if outcome not in COMPLAINTS.column("kind").allowed or not dataset.has("complaints"):
        return ()
    records = dataset.tables["complaints"] if dataset.panel is None else dataset.panel
    return mixes_in(records.columns)


def mix_counts(dataset: Dataset, outcome: str, mix: str, periods: pd.PeriodIndex) -> pd.DataFrame:
    """How many records of a kind fall into a mix, by region and period, wide; zeros filled."""
    months = months_of(dataset, outcome, mix)
    wide = months.T.groupby(months.columns.asfreq(periods.freqstr)).sum().T
    return wide.reindex(columns=periods).fillna(0.0)


def months_of(dataset: Dataset, outcome: str, measure: str) -> pd.DataFrame:
    """A measure of the records of a kind by region and month, wide; empty outside a span.

    So is a month that may still grow: a part of it is no count, and every night would show another.
    """

    def count() -> pd.DataFrame:
        months = _count(dataset, outcome, measure)
        return months.loc[:, months.columns <= last_closed_month(dataset, months.columns[-1])]

    return dataset.once(("months", outcome, measure), count)


def last_closed_month(dataset: Dataset, last: pd.Period) -> pd.Period:
    """The last month to which no record is added any more, of those up to the last with records.

    The day on which the data were fetched tells it (``accessed``), or else that records reach the
    month's last days.
    """
    fetched = dataset.description.accessed
    if dataset.description.status == "simulated":
        return last
    if fetched is not None:
        return min(last, pd.Period(fetched, "M") - 1)
    if dataset.panel is not None:
        # Counted where they lie, by month: which day is the last is not known.
        return last - 1
    newest = dataset.tables["complaints"]["received_on"].max()
    whole = newest >= last.end_time.normalize() - pd.Timedelta(days=LAST_DAYS)
    return last if whole or newest.to_period("M") > last else last - 1


def _count(dataset: Dataset, outcome: str, measure: str) -> pd.DataFrame:
    if dataset.panel is None:
        return monthly_counts(dataset.tables["complaints"], outcome, measure)
    frame = dataset.panel.frame
    rows = frame[frame["kind"] == outcome]
    wide = rows.pivot(index="region_code", columns="month", values=measure).astype(float)
    wide = wide.reindex(columns=range(wide.columns.min(), wide.columns.max() + 1))
    return wide.set_axis(as_months(wide.columns), axis=1)


def whole_periods(rows: pd.DataFrame, values: pd.Series, length: str, how: str) -> pd.DataFrame:
    """Values of periods joined to longer ones, wide; a period that is not whole stays empty.

    Parameters
    ----------
    rows: with ``region_code`` and ``period``. values: of the rows.
    length: of the periods: month, quarter or year. how: ``sum`` or ``mean``.
    """
    given = periods_of(rows["period"])
    lengths = [length_of(period) for period in given.unique()]
    if any(PER_YEAR[one] < PER_YEAR[length] for one in lengths):
        what = f"is '{length}', but some rows are given for longer periods only"
        raise DesignError([Problem("period", what, "Choose a longer period")])
    own = _one_length(given)
    if own == "week" != length:
        what = f"is '{length}', but weeks do not add up to longer periods"
        raise DesignError([Problem("period", what, "Set period: week")])
    needed = PER_YEAR[own] // PER_YEAR[length]
    periods = given.map(lambda period: period.asfreq(FREQUENCY[length]))
    grouped = values.groupby([rows["region_code"], periods])
    wide = grouped.agg(how).unstack()
    return wide.where(grouped.count().unstack() == needed).sort_index(axis=1)


def _one_length(periods: pd.Series) -> str:
    """The length of all periods of a series."""
    lengths = {length_of(period) for period in periods.unique()}
    if len(lengths) > 1:
        what = "mixes weeks, months, quarters and years within one series"
        raise DesignError([Problem("period", what, "Give one series in one kind of period")])
    return lengths.pop()


def whole_months(months: pd.DataFrame, length: str) -> pd.DataFrame:
    """Monthly columns added up to whole longer periods; a part of a period stays empty."""
    target = months.columns.asfreq(FREQUENCY[length])
    needed = 12 // PER_YEAR[length]
    summed = months.T.groupby(target).sum(min_count=needed).T
    size = pd.Series(1, index=target).groupby(level=0).sum()
    return summed.loc[:, size[size == needed].index]


def within_span(counts: pd.DataFrame, question: CountsQuestion) -> pd.DataFrame:
    """The columns from ``first_period`` to ``last_period``; empty edges are cut."""
    code, first, last = FREQUENCY[question.period], question.first_period, question.last_period
    start = period_of(first).asfreq(code, how="start") if first else None
    end = period_of(last).asfreq(code, how="end") if last else None
    counts = counts.loc[:, start:end]
    full = counts.columns[counts.notna().any(axis=0)]
    if not len(full):
        what, remedy = "leave no period with counts", "Choose dates inside the data"
        raise DesignError([Problem("first_period, last_period", what, remedy)])
    return counts.reindex(columns=pd.period_range(full.min(), full.max(), freq=code))


def exposure_of(
    dataset: Dataset, question: CountsQuestion, counts: pd.DataFrame, exposure: str = ""
) -> pd.DataFrame:
    """Mean exposure by region and period; ones where the question has none.

    Parameters
    ----------
    counts: by region and period, wide.
    exposure: another one than the question's.
    """
    name, periods = exposure or question.exposure, counts.columns
    if not name:
        return pd.DataFrame(1.0, index=counts.index, columns=periods)
    key = ("exposure", name, question.period, tuple(periods))
    wide = dataset.once(key, lambda: _exposure(dataset, name, question.period, periods))
    return wide.reindex(index=counts.index)


def _exposure(dataset: Dataset, name: str, length: str, periods: pd.PeriodIndex) -> pd.DataFrame:
    """Mean exposure of every region by period; nothing where it is not above zero."""
    rows = dataset.tables["exposures"]
    rows = rows[rows["exposure"] == name]
    given = periods_of(rows["period"])
    own = _one_length(given)
    shorter = PER_YEAR[own] >= PER_YEAR[length]
    # A yearly register serves every month of its year: exposures move slowly.
    code = FREQUENCY[length if shorter else own]
    labels = given.map(lambda period: period.asfreq(code))
    wide = rows.groupby([rows["region_code"], labels])["value"].mean().unstack()
    wide = wide.reindex(columns=periods if shorter else periods.asfreq(code))
    wide.columns = periods
    return wide.where(wide > 0)
