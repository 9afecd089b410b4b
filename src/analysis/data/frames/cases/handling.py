"""Cases by the route they took when they came in, with how long they took and when they were due.

A case belongs to the route that stands beside it, but where its enterprise joined the route only
after the case came in: until that day it counts for the other route, as open. Counted for the
route, it would be sure to last until then; left out, the other route would lack long cases alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.durations import SAME_DAY
from analysis.data.frames.names import not_held
from analysis.data.periods import period_of
from analysis.data.reading.working_days import last_days
from analysis.data.regions.hierarchy import lies_in, parents_in
from analysis.data.tables import COMPLAINTS
from analysis.errors import DesignError, ParamsError, Problem
from analysis.params import HandlingQuestion

TABLES = frozenset({"complaints", "enrolments", "calendar", "durations", "truth"})
FEWEST_ENDS = 10
LATER = "later"
"""In place of the route of a case that took it only after it had come in."""
EXPECTED_OPEN = 5
"""Open cases that should be there, beyond which none at all is no chance (once in 150)."""
SELDOM = 0.05
"""Share of ends on days off below which cases end on working days only."""


@dataclass(frozen=True)
class Handled:
    """Cases, as the frame of the method ``survival``, and what the page tells beside it.

    ``frame`` has ``case``, ``duration``, ``ended``, ``treated`` and ``region`` with ``stratum``
    (region and year of receipt), or the covariates ``group`` and ``after`` of a ready frame.
    ``cases`` holds every route: ``route``, ``duration``, ``ended``, ``region``, ``received``,
    ``outcome`` and, where a deadline is known, ``late`` (days from the due day to the end; with
    ``working``, working days), ``due`` (whether that day has passed) and ``on_time``. ``joined``
    cases changed their route after they came in: beside the frame, they are of neither.
    """

    frame: pd.DataFrame
    cases: pd.DataFrame
    covariates: tuple[str, ...] = ()
    joined: int = 0
    working: bool = False
    last: pd.Timestamp | None = None

    @property
    def regions(self) -> int:
        """Regions with cases of the route, or without; 0 where regions are not known."""
        if "region" not in self.frame:
            return 0
        return int(self.frame.groupby("treated")["region"].nunique().min())


def unknown_in_handling(dataset: Dataset, question: HandlingQuestion) -> list[Problem]:
    """Parameters that name something the records do not hold."""
    if dataset.has("durations"):
        asked = ("region", "first_period", "last_period", "deadline_days")
        what, remedy = "is no part of a ready frame durations", "Leave it out"
        return [Problem(name, what, remedy) for name in asked if getattr(question, name)]
    if "complaints" not in dataset.tables:
        what = "is needed as single records, or a ready frame durations"
        return [Problem("table complaints", what, "Add one of them")]
    records, ended = dataset.tables["complaints"], f"{question.end}_on"
    lacking = [name for name in ("route", ended) if name not in records]
    found = [Problem(f"complaints, column {c}", "is missing", "Add it") for c in lacking]
    found += not_held([("kind", question.kind, COMPLAINTS.column("kind").allowed)])
    if "route" in records:
        routes = [str(name) for name in records["route"].dropna().unique()]
        found += not_held((n, getattr(question, n), routes) for n in ("route", "compared_with"))
    if question.route == question.compared_with:
        what = "is the same as route, which nothing is held against"
        found.append(Problem("compared_with", what, "Name another route"))
    parents = parents_in(dataset) if dataset.has("regions") else {}
    if question.region and not any(lies_in(code, question.region, parents) for code in parents):
        found += not_held([("region", question.region, parents)])
    if question.legal_days and not dataset.has("calendar"):
        what = "are working days, and the dataset has no table calendar"
        found.append(Problem("deadline_days", what, "Add every day and whether it is worked"))
    return found


def build_handled(dataset: Dataset, question: HandlingQuestion) -> Handled:
    """The cases that are asked about.

    Raises
    ------
    ParamsError: names that the dataset does not hold.
    DesignError: no or too few cases, ends before the beginning, open cases left out.
    """
    ParamsError.raise_for(unknown_in_handling(dataset, question))
    if dataset.has("durations"):
        return _ready(dataset.tables["durations"])
    records, end = dataset.tables["complaints"], f"{question.end}_on"
    last = records[["received_on", end]].max().max()
    rows = _within(dataset, records[records["kind"] == question.kind], question)
    joined = _joined_later(dataset, rows, question.route)
    days = (rows[end].fillna(last) - rows["received_on"]).dt.days
    cases = pd.DataFrame(
        {
            "case": rows["complaint_id"],
            "route": rows["route"].astype("str").mask(joined.notna(), LATER),
            "duration": days.astype(float).clip(lower=SAME_DAY),
            "ended": rows[end].notna().astype(int),
            "region": rows["region_code"].astype(str),
            "received": rows["received_on"],
            "outcome": rows.get("outcome"),
        }
    ).reset_index(drop=True)
    DesignError.raise_for(_problems(cases, int((days < 0).sum()), last, question))
    working = _with_deadline(dataset, cases, rows[end].reset_index(drop=True), last, question)
    frame = _compared(cases, joined.reset_index(drop=True), question)
    return Handled(frame, cases, (), int(joined.notna().sum()), working, last)


def _compared(cases: pd.DataFrame, joined: pd.Series, question: HandlingQuestion) -> pd.DataFrame:
    """Cases of the two routes; those that changed theirs, of the other one until that day."""
    own = cases["route"].isin([question.route, question.compared_with, LATER])
    until = (joined - cases["received"]).dt.days.clip(lower=SAME_DAY)
    frame = cases[["case", "region"]].assign(
        duration=cases["duration"].where(joined.isna(), until.astype(float)),
        ended=cases["ended"].where(joined.isna(), 0),
        treated=(cases["route"] == question.route).astype(int),
        stratum=cases["region"] + " " + cases["received"].dt.year.astype(str),
    )
    return frame[own].reset_index(drop=True)


def _ready(rows: pd.DataFrame) -> Handled:
    """A ready frame: one group against another, or what a change did to one and not the other."""
    frame = rows.assign(case=rows["case"].astype(str), ended=rows["ended"].astype(int))
    group = frame["group"].astype(int)
    covariates = ("group", "after") if "after" in frame else ()
    after = frame["after"].astype(int) if covariates else 1
    frame = frame.assign(group=group, treated=group * after, after=after)
    frame = frame[["case", "duration", "ended", "treated", *covariates]]
    problems = [*_too_few(frame)]
    if covariates and len(frame[[*covariates]].drop_duplicates()) < 2 * len(covariates):
        what = "hold not every group both before and after"
        problems.append(Problem("cases", what, "Add the missing ones, or leave after out"))
    if (frame["duration"] <= 0).any():
        what = "of nothing have no logarithm"
        problems.append(Problem("durations", what, "Give the part of a day or week they took"))
    DesignError.raise_for(problems)
    cases = frame.assign(route=np.where(group == 1, "group", "others"))
    return Handled(frame, cases, covariates)


def _within(dataset: Dataset, rows: pd.DataFrame, question: HandlingQuestion) -> pd.DataFrame:
    """Cases of the region that came in within the span."""
    if question.region:
        codes, parents = rows["region_code"].astype(str), parents_in(dataset)
        kept = {code for code in codes.unique() if lies_in(code, question.region, parents)}
        rows = rows[codes.isin(kept)]
    if question.first_period:
        rows = rows[rows["received_on"] >= period_of(question.first_period).start_time]
    if question.last_period:
        rows = rows[rows["received_on"] <= period_of(question.last_period).end_time]
    return rows


def _joined_later(dataset: Dataset, rows: pd.DataFrame, route: str) -> pd.Series:
    """The day on which each case's enterprise joined its route, where the case was open then."""
    nothing = pd.Series(pd.NaT, rows.index, dtype="datetime64[us]")
    if not dataset.has("enrolments") or "enterprise_id" not in rows:
        return nothing
    joined = dataset.tables["enrolments"]
    joined = joined[(joined["programme"] == route) & joined["approved_on"].notna()]
    since = rows["enterprise_id"].map(joined.groupby("enterprise_id")["approved_on"].min())
    return nothing.where((rows["route"] != route) | ~(since > rows["received_on"]), since)


def _with_deadline(
    dataset: Dataset,
    cases: pd.DataFrame,
    end: pd.Series,
    last: pd.Timestamp,
    question: HandlingQuestion,
) -> bool:
    """Add what follows from the legal days; whether distances are counted in working days."""
    if not question.legal_days:
        return False
    table = dataset.tables["calendar"].sort_values("day")
    days = table["day"].to_numpy().astype("datetime64[D]")
    worked = table["working"].to_numpy(dtype=bool)
    received = cases["received"].to_numpy().astype("datetime64[D]")
    due = last_days(received, question.legal_days, days, worked)
    ends = end.to_numpy().astype("datetime64[D]")
    known = ~np.isnat(due) & ~np.isnat(ends)
    off = np.isin(ends[known], days[~worked]).mean() if known.any() else 1.0
    late = np.full(len(cases), np.nan)
    if off < SELDOM:
        count = np.append(0, np.cumsum(worked))
        place = [np.searchsorted(days, one[known], side="right") for one in (ends, due)]
        late[known] = count[place[0]] - count[place[1]]
    else:
        late[known] = (ends - due)[known].astype(int)
    cases["late"], cases["due"] = late, due <= np.datetime64(last, "D")
    cases["on_time"] = (ends <= due) & cases["due"]
    return bool(off < SELDOM)


def _problems(
    cases: pd.DataFrame, early: int, last: pd.Timestamp, question: HandlingQuestion
) -> Iterator[Problem]:
    if early:
        what = f"lies before received_on in {early} cases"
        yield Problem(f"complaints, column {question.end}_on", what, "Mend or remove them")
    own = cases[cases["route"].isin([question.route, question.compared_with])]
    treated = (own["route"] == question.route).astype(int)
    yield from _too_few(own.assign(treated=treated))
    if len(cases) and cases["ended"].all():
        took, age = np.sort(cases["duration"]), (last - cases["received"]).dt.days
        longer = 1 - np.searchsorted(took, age, side="right") / len(took)
        if longer.sum() >= EXPECTED_OPEN:
            what = f"are none, where about {longer.sum():.0f} should be: the export leaves them out"
            remedy = "Add them, or end the span with last_period where all had the time to end"
            yield Problem("open cases", what, remedy)


def _too_few(frame: pd.DataFrame) -> Iterator[Problem]:
    for arm, name in ((1, "with the route, or of the group"), (0, "it is held against")):
        ends = int(frame.loc[frame["treated"] == arm, "ended"].sum())
        if ends < FEWEST_ENDS:
            what = f"are fewer than {FEWEST_ENDS}"
            yield Problem(f"cases that ended, {name}", what, "Ask about a longer span")
