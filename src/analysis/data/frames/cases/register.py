"""Entries, exits and dormancy of a register by region and month, and how long entrants stay.

A register holds who stands in it and, from some day on, who left. Of the time before that day only
those are known that stayed: their entries are no count of entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.durations import SAME_DAY
from analysis.data.frames.counts import LAST_DAYS
from analysis.data.frames.names import not_held
from analysis.data.periods import PER_YEAR
from analysis.data.tables import TABLES as DECLARED
from analysis.errors import DesignError, Problem
from analysis.params import RegisterQuestion

EVENTS = {"registered": "registered_on", "deregistered": "deregistered_on",
          "dormant": "dormant_from"}  # fmt: skip
OTHERS = "_others"
YOUNG = 3
"""Months after which an entry is no longer young: what leaves before is told apart."""
DAYS = 365.25 / 12
LEAST_MONTHS = 24
YEAR = PER_YEAR["month"]
SELDOM = 0.2
"""Of the exits of a usual month, below which a month's are not recorded whole."""


@dataclass(frozen=True)
class Register:
    """Everyone registered, and what is counted of them from ``since`` to ``last``.

    ``rows`` are of the type that is asked about: ``region``, ``entry``, ``exit``, ``dormant``
    (days), ``route``, ``converted``. ``monthly`` has the counts of each of ``EVENTS`` by region and
    month, wide, and ``standing``, those there at the month's beginning.
    """

    rows: pd.DataFrame
    since: pd.Timestamp
    last: pd.Timestamp
    monthly: dict[str, pd.DataFrame]

    @property
    def entrants(self) -> pd.DataFrame:
        """Who came since exits are recorded: days until they left, or were last seen there."""
        rows = self.rows[self.rows["entry"] >= self.since]
        ended = rows["exit"].notna()
        days = (rows["exit"].fillna(self.last) - rows["entry"]).dt.days
        return rows.assign(
            case=np.arange(len(rows)),
            duration=days.astype(float).clip(lower=SAME_DAY),
            ended=ended.astype(int),
        )

    @property
    def exits(self) -> pd.DataFrame:
        """By region: exits of those that are no longer young, and the months they were there."""
        return leaving(self.rows, self.since, self.last)


def leaving(rows: pd.DataFrame, since: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Exits by region of those there for ``YOUNG`` months or more, out of months there.

    A month of the calendar counts for whoever stood in the register when it began.
    """
    number = {name: rows[name].dt.year * 12 + rows[name].dt.month for name in ("entry", "exit")}
    first, final = (day.year * 12 + day.month for day in (since, last))
    begin = np.maximum(number["entry"] + YOUNG + 1, first)
    end = number["exit"].fillna(final).clip(upper=final)
    months = (end - begin + 1).clip(lower=0)
    left = rows["exit"].notna() & (months > 0)
    table = pd.DataFrame({"region": rows["region"], "events": left.astype(float), "size": months})
    return table.groupby("region", as_index=False).sum().query("size > 0")


def unknown_in_register(dataset: Dataset, question: RegisterQuestion) -> list[Problem]:
    """What the register lacks, and parameters that name what it does not hold."""
    if not dataset.has("enterprises"):
        return [Problem("table enterprises", "is needed by this report", "Add the register")]
    rows = dataset.tables["enterprises"]
    needed = {"registered_on", "deregistered_on", EVENTS[question.outcome]}
    if question.exit_route:
        needed.add("exit_route")
    found = [
        Problem(f"enterprises, column {name}", "is missing", "Add it, or ask about another outcome")
        for name in sorted(needed - set(rows))
    ]
    kinds = DECLARED["enterprises"].column("type").allowed
    if question.type:
        found += not_held([("type", question.type, kinds)])
    if question.exit_route:
        routes = DECLARED["enterprises"].column("exit_route").allowed
        found += not_held([("exit_route", question.exit_route, routes)])
        if question.outcome != "deregistered":
            what = "is of those that leave, and the report asks about others"
            found.append(
                Problem("exit_route", what, "Set outcome: deregistered, or leave it blank")
            )
    if not found and rows["deregistered_on"].isna().all():
        what = "is blank throughout: those that left are not here, and entries are not whole"
        remedy = "Export those that left, too"
        found.append(Problem("enterprises, column deregistered_on", what, remedy))
    return found


def register_of(dataset: Dataset, question: RegisterQuestion) -> Register:
    """The register as it is asked about.

    Raises
    ------
    DesignError: too short a time since exits are recorded.
    """
    key = ("register", question.type, question.exit_route)
    return dataset.once(key, lambda: _register(dataset, question))


def _register(dataset: Dataset, question: RegisterQuestion) -> Register:
    given = dataset.tables["enterprises"]
    if question.type:
        given = given[given["type"] == question.type]
    blank = pd.Series(pd.NaT, given.index, dtype="datetime64[us]")
    rows = pd.DataFrame(
        {
            "region": given["region_code"].astype(str),
            "entry": given["registered_on"],
            "exit": given["deregistered_on"],
            "dormant": given.get("dormant_from", blank),
            "route": given.get("exit_route", pd.Series("", given.index)).astype("str"),
            "converted": given["converted_from"].notna() if "converted_from" in given else False,
        }
    )
    since = _whole_since(rows["exit"].dropna())
    last = rows[["entry", "exit"]].max().max()
    months = pd.period_range(since, last, freq="M")
    if last < last.to_period("M").end_time.normalize():
        months = months[:-1]
    DesignError.raise_for(_problems(months))
    return Register(rows, since, months[-1].end_time.normalize(), _monthly(rows, months, question))


def _whole_since(exits: pd.Series) -> pd.Timestamp:
    """The first day of the first month from which on exits are recorded as they are at last.

    A stray exit of long ago begins no record, and a record that begins within a month is no whole.
    """
    counts = exits.dt.to_period("M").value_counts().sort_index()
    counts = counts.reindex(pd.period_range(counts.index[0], counts.index[-1], freq="M"))
    counts = counts.fillna(0)
    usual = SELDOM * counts.iloc[-LEAST_MONTHS:].median()
    ahead = counts[::-1].rolling(YEAR, min_periods=1).median()[::-1]
    first = counts.index[(counts >= usual) & (ahead >= usual)][0]
    late = exits[exits >= first.start_time].min().day > LAST_DAYS
    return (first + int(late)).start_time


def _monthly(
    rows: pd.DataFrame, months: pd.PeriodIndex, question: RegisterQuestion
) -> dict[str, pd.DataFrame]:
    """Counts by region and month, zeros filled, and who stood there when each month began."""
    regions = np.sort(rows["region"].unique())
    routed = rows["route"] == question.exit_route if question.exit_route else True
    found = {}
    for event, column in (("registered", "entry"), ("deregistered", "exit"), ("dormant",) * 2):
        own = rows[rows[column].notna() & (routed if event == "deregistered" else True)]
        counts = own.groupby(["region", own[column].dt.to_period("M")]).size().unstack()
        found[event] = counts.reindex(index=regions, columns=months).fillna(0.0)
    before = rows[(rows["entry"] < months[0].start_time)
                  & ~(rows["exit"] < months[0].start_time)]  # fmt: skip
    there = before.groupby("region").size().reindex(regions, fill_value=0).astype(float)
    left = rows[rows["exit"].notna()]
    gone = left.groupby(["region", left["exit"].dt.to_period("M")]).size().unstack()
    moved = found["registered"] - gone.reindex(index=regions, columns=months).fillna(0.0)
    found["standing"] = moved.cumsum(axis=1).shift(axis=1, fill_value=0.0).add(there, axis=0)
    return found


def _problems(months: pd.PeriodIndex) -> Iterator[Problem]:
    if len(months) < LEAST_MONTHS:
        what = f"are recorded over {len(months)} whole months; {LEAST_MONTHS} are needed"
        yield Problem("exits", what, "Export exits of a longer time: before, entries are not whole")


def with_events(dataset: Dataset, question: RegisterQuestion) -> Dataset:
    """The dataset with the event as an outcome by month, and with that of the other type.

    The latter is named with ``OTHERS`` at its end.
    """

    def build() -> Dataset:
        rows = [_outcome(register_of(dataset, question), question.outcome, question.outcome)]
        if other := _other_type(question):
            theirs = register_of(dataset, question.model_copy(update={"type": other}))
            rows.append(_outcome(theirs, question.outcome, question.outcome + OTHERS))
        given = dataset.tables.get("outcomes", pd.DataFrame())
        outcomes = pd.concat([given, *rows], ignore_index=True)
        tables = {**dataset.tables, "outcomes": outcomes}
        return replace(dataset, tables=tables, recorded=None, worked_out={})

    return dataset.once(("events", question.outcome, question.type, question.exit_route), build)


def _other_type(question: RegisterQuestion) -> str:
    """The type that is not asked about; blank where all are."""
    kinds = DECLARED["enterprises"].column("type").allowed
    return next((kind for kind in kinds if question.type and kind != question.type), "")


def _outcome(register: Register, event: str, name: str) -> pd.DataFrame:
    """Rows of the table ``outcomes``."""
    wide = register.monthly[event].rename_axis(index="region_code", columns="period")
    rows = wide.stack().rename("count").reset_index().assign(outcome=name)
    return rows.assign(period=rows["period"].astype(str))


def by_year(register: Register, event: str) -> pd.Series:
    """How many a year for each thousand that stood there when a month began, over all regions."""
    counts, there = (register.monthly[name].sum() for name in (event, "standing"))
    years = counts.index.year
    whole = counts.groupby(years).size() == YEAR
    rate = 1000 * counts.groupby(years).sum() / there.groupby(years).mean()
    return rate[whole]
