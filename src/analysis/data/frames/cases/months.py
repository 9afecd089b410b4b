"""Counts by month of regions or categories, and where their recording changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.names import not_held, region_names
from analysis.data.frames.outcomes import counts_of
from analysis.data.frames.units import ladder_of
from analysis.data.records.groupings import MILLIONTHS
from analysis.data.regions.hierarchy import lies_in, parents_in, within_region
from analysis.data.tables import named_outcomes
from analysis.errors import DesignError, ParamsError, Problem
from analysis.params import MonthlyQuestion

LEAST = 10
"""Records of all series together, in a month, below which no course is told."""
SAME_REGIME = 6
"""Months recorded as the judged one is, from which a series is judged."""


@dataclass(frozen=True)
class Break:
    """A change in how something is recorded; ``share`` of each month in which it is in force."""

    first_day: pd.Timestamp
    region: str
    what: str
    share: np.ndarray


@dataclass(frozen=True)
class Months:
    """Series by month, wide: the history, the judged month, and later ones that may still grow.

    ``total`` is of all series that recorded alike throughout. ``usable``: months that tell of a
    series. ``steps`` are breaks that all series share, inside the history; ``local`` others.
    ``judged`` is the place of the month that is judged; ``entered`` the share of each month's
    records that is there by now. ``noise``, ``withheld``: of protected counts. ``silent`` series
    hold nothing for the judged month, ``incomplete`` ones not all of the history, ``broken`` ones
    too few months that were recorded alike.
    """

    counts: pd.DataFrame
    total: pd.Series
    usable: np.ndarray
    judged: int
    entered: np.ndarray
    steps: tuple[Break, ...]
    local: tuple[Break, ...]
    names: Mapping[str, tuple[str, str]]
    regions: tuple[str, ...]
    focus: str
    in_progress: pd.Period | None
    silent: int
    incomplete: int
    broken: int
    noise: np.ndarray
    withheld: np.ndarray
    hidden: int = 0
    protected: str = ""

    @property
    def month(self) -> pd.Period:
        """The month that is judged."""
        return self.counts.columns[self.judged]

    @property
    def late(self) -> list[pd.Period]:
        """Months after it, whose records still come in."""
        return list(self.counts.columns[self.judged + 1 :])


def unknown_in_months(dataset: Dataset, question: MonthlyQuestion) -> list[Problem]:
    """Parameters that name something the dataset does not hold."""
    if not dataset.has("regions"):
        what = "is needed, and the dataset holds ready frames only"
        return [Problem("table regions", what, "Choose a dataset of tables")]
    known = named_outcomes(dataset.tables, dataset.has("complaints"))
    found, parents = not_held([("outcome", question.outcome, known)]), parents_in(dataset)
    if question.region and not any(lies_in(code, question.region, parents) for code in parents):
        found += not_held([("region", question.region, parents)])
    if question.by == "category" and (problem := _no_categories(dataset)):
        found.append(Problem("by", problem, "Set by: region, or add them"))
    return found


def _no_categories(dataset: Dataset) -> str:
    if dataset.panel is not None:
        return "needs records in memory, and these are counted where they lie"
    records = dataset.tables.get("complaints")
    if records is None or "category" not in records:
        return "needs records with a category"
    return ""


def build_months(dataset: Dataset, question: MonthlyQuestion) -> Months:
    """The series that are asked about, as recorded.

    Raises
    ------
    ParamsError: names that the dataset does not hold.
    DesignError: with everything for which no forecast can be made.
    """
    ParamsError.raise_for(unknown_in_months(dataset, question))
    if ladder_of(dataset, question.outcome)[0] != "month":
        what = "is not given by month"
        raise DesignError(
            [Problem(f"outcome {question.outcome}", what, "Give its counts by month")]
        )
    every = counts_of(dataset, question.outcome, "month")
    alone = question.by == "region" and question.region in every.index
    counts = every if alone else within_region(dataset, every, question.region)
    regions = tuple(map(str, counts.index))
    closed, in_progress = _closed(dataset, counts.columns)
    if question.by == "category":
        counts = _by_category(dataset, question.outcome, regions, closed)
    end, judged = closed[-1], closed[-1]
    if not question.entered:
        judged -= question.late_months
    if question.last_period:
        judged = min(judged, pd.Period(question.last_period, "M"))
    first = judged - question.months_history
    shown = judged if question.last_period else end
    if first < closed[0]:
        what = f"asks for {question.months_history} months before {judged}, which the data lack"
        remedy = "Ask for fewer, 24 or more, or for a later month"
        raise DesignError([Problem("months_history", what, remedy)])
    window = counts.reindex(columns=pd.period_range(first, shown, freq="M"))
    entered = np.ones(window.shape[1])
    for back, share in enumerate(reversed(question.entered)):
        entered[(window.columns == end - back)] = share
    return _whole(dataset, question, window, question.months_history, entered,
                  regions, question.region if alone else "", in_progress)  # fmt: skip


def _whole(
    dataset: Dataset,
    question: MonthlyQuestion,
    window: pd.DataFrame,
    judged: int,
    entered: np.ndarray,
    regions: tuple[str, ...],
    focus: str,
    in_progress: pd.Period | None,
) -> Months:
    """Series that are whole, and what is shared or not of breaks."""
    known = window.notna().to_numpy()
    complete, silent = known[:, :judged].all(axis=1), ~known[:, judged]
    kept = window[complete & ~silent].fillna(0.0)
    by_region, parents = question.by == "region", parents_in(dataset)
    steps: list[Break] = []
    local: list[Break] = []
    for one in _breaks(dataset, window.columns):
        hit = [not one.region or lies_in(code, one.region, parents) for code in regions]
        shared = all(hit) or (not by_region and any(hit))
        if any(hit) and np.ptp(one.share[: judged + 1]):
            (steps if shared else local).append(one)
    usable = np.ones(kept.shape, dtype=bool)
    for one in local:
        own = np.array([lies_in(str(code), one.region, parents) for code in kept.index], dtype=bool)
        usable[own] &= (one.share == one.share[judged]) & (one.share[judged] % 1 == 0)
    enough = usable[:, :judged].sum(axis=1) >= SAME_REGIME
    alike = usable.all(axis=1)
    total = kept[alike].sum()
    DesignError.raise_for([*_too_few(total, judged, steps, focus, kept.index[enough])])
    names = region_names(dataset) if by_region else {}
    return Months(
        kept[enough], total, usable[enough], judged, entered, tuple(steps), tuple(local), names,
        regions, focus, in_progress, int((complete & silent).sum()), int((~complete).sum()),
        int((~enough).sum()), np.zeros(kept[enough].shape), np.zeros(kept[enough].shape, bool),
    )  # fmt: skip


def _too_few(
    total: pd.Series, judged: int, steps: list[Break], focus: str, codes: pd.Index
) -> Iterator[Problem]:
    """Why no forecast can be made."""
    if not len(codes):
        remedy = "Ask about a shorter history, or another region"
        yield Problem("series", "are none that is whole and recorded alike", remedy)
        return
    if focus and focus not in codes:
        what = "has no whole history recorded alike, or nothing for the judged month"
        yield Problem(f"region {focus}", what, "Ask about a shorter history, or another region")
    few = int((total.iloc[: judged + 1] < LEAST).sum())
    if few:
        what = f"hold fewer than {LEAST} records over all in {few} of {judged + 1} months"
        yield Problem("months", what, "Ask about a larger region, or about another outcome")
    for one in steps:
        if not np.ptp(one.share[:judged]):
            what = f"begins to hold in {total.index[judged]}: nothing tells yet how much it adds"
            remedy = "Ask about the month before, or wait for a month under the new way"
            yield Problem(f"break of {one.first_day:%Y-%m-%d}", what, remedy)


def _closed(dataset: Dataset, months: pd.PeriodIndex) -> tuple[pd.PeriodIndex, pd.Period | None]:
    """Months that are over, and the one in progress that was left out."""
    fetched = dataset.description.accessed
    if dataset.description.status != "simulated" and fetched is not None:
        running = pd.Period(fetched, "M")
        if months[-1] >= running:
            return months[months < running], running
    records = dataset.tables.get("complaints")
    if records is not None and dataset.panel is None:
        newest = records["received_on"].max().to_period("M")
        return months, newest if newest > months[-1] else None
    return months, None


def _by_category(
    dataset: Dataset, outcome: str, regions: tuple[str, ...], months: pd.PeriodIndex
) -> pd.DataFrame:
    """Records of each category, in all the regions together, by month."""
    records = dataset.tables["complaints"]
    own = records[(records["kind"] == outcome) & records["region_code"].isin(regions)]
    weight = own["millionths"] / MILLIONTHS if "millionths" in own else pd.Series(1.0, own.index)
    month = own["received_on"].dt.to_period("M")
    wide = weight.groupby([own["category"].astype(str), month], observed=True).sum().unstack()
    return wide.reindex(columns=months).fillna(0.0)


def _breaks(dataset: Dataset, months: pd.PeriodIndex) -> Iterator[Break]:
    """Declared breaks, with the share of the days of each month in which they are in force."""
    table = dataset.tables.get("breaks")
    if table is None:
        return
    days = np.array([month.days_in_month for month in months], dtype=float)
    starts, day = months.start_time, pd.Timedelta(days=1)
    for row in table.sort_values("from_day").itertuples():
        last = getattr(row, "to_day", pd.NaT)
        over = pd.Timestamp.max.normalize() if pd.isna(last) else last + day
        begun = np.clip((row.from_day - starts) / day, 0, days)
        ended = np.clip((over - starts) / day, 0, days)
        region = getattr(row, "region_code", "")
        yield Break(row.from_day, "" if pd.isna(region) else str(region), str(row.what),
                    np.maximum(ended - begun, 0) / days)  # fmt: skip
