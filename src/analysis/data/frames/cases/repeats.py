"""From one violation to the next of the same kind by the same enterprise, found or not yet.

A case lasts from its decision until the next one of the same behaviour by the same enterprise, or
until records, or the time looked at, end. A ready frame ``durations`` brings cases as they are,
with what was known of each when it began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.durations import SAME_DAY
from analysis.data.frames.names import not_held
from analysis.data.regions.hierarchy import lies_in, parents_in
from analysis.errors import DesignError, ParamsError, Problem
from analysis.params import LeniencyQuestion

TABLES = frozenset({"durations", "penalties", "complaints", "inspections", "truth"})
FEWEST_ENDS = 10
"""Repeats of each of the four: listed or not, before or after."""
KNOWN = tuple(f"known_{number}" for number in range(1, 10))
FEWEST_CLUSTERS = 6
CITY = r"^(\d{4})\d\d$"


@dataclass(frozen=True)
class Repeats:
    """Cases, as the frame of the method ``survival``.

    ``frame`` has ``case``, ``duration`` (days), ``ended`` (repeated), ``treated`` (on the list on
    its day), ``region``, ``cluster`` (what moves together), ``stratum`` (region, before or after)
    and ``listed`` (of a kind that is ever on the list). ``cases`` has beside these ``after``,
    ``since`` (days from the list's day in its region), ``decided_on``, ``enterprise_id`` and what
    is known of goods and fines. Of a ready frame ``covariates`` were known at the beginning.
    """

    frame: pd.DataFrame
    cases: pd.DataFrame
    covariates: tuple[str, ...]
    behaviours: tuple[str, ...]
    horizon: int
    last: pd.Timestamp | None
    first_only: bool = False

    @property
    def regions(self) -> int:
        """Regions of the cases; 0 where they are not known."""
        return int(self.frame["region"].nunique()) if "region" in self.frame else 0


def unknown_in_repeats(dataset: Dataset, question: LeniencyQuestion) -> list[Problem]:
    """Parameters that name something the cases do not hold."""
    if dataset.has("durations"):
        what, remedy = "is no part of a ready frame durations", "Leave it out"
        asked = ("listed_from", "behaviours", "region", "goods_limit")
        return [Problem(name, what, remedy) for name in asked if getattr(question, name)]
    if not dataset.has("penalties"):
        what = "is needed, with every case and its behaviour; or a ready frame durations"
        return [Problem("table penalties", what, "Add one of them")]
    rows = dataset.tables["penalties"]
    found = []
    if not question.behaviours and "listed" not in rows:
        what = "is needed to know what stands on the list"
        found.append(Problem("penalties, column listed", what, "Add it, or name behaviours"))
    known = rows["behaviour"].astype(str).unique()
    found += not_held(("behaviours", name, known) for name in question.behaviours)
    if question.goods_limit and "goods_value_yuan" not in rows:
        what = "is needed to look at the limit"
        found.append(
            Problem("penalties, column goods_value_yuan", what, "Add it, or goods_limit: 0")
        )
    if question.behaviours and not question.listed_from and "listed" not in rows:
        what = "is not known: on which day the list began"
        found.append(Problem("listed_from", what, "Write it as 2020-07-01"))
    parents = parents_in(dataset) if dataset.has("regions") else {}
    if question.region and not any(lies_in(code, question.region, parents) for code in parents):
        found += not_held([("region", question.region, parents)])
    return found


def build_repeats(dataset: Dataset, question: LeniencyQuestion) -> Repeats:
    """The cases that are asked about.

    Raises
    ------
    ParamsError: names that the dataset does not hold.
    DesignError: too few repeats of one of the four that are compared, or no list at all.
    """
    ParamsError.raise_for(unknown_in_repeats(dataset, question))
    if dataset.has("durations"):
        return _ready(dataset.tables["durations"])
    rows = dataset.tables["penalties"]
    if question.region:
        codes, parents = rows["region_code"].astype(str), parents_in(dataset)
        kept = {code for code in codes.unique() if lies_in(code, question.region, parents)}
        rows = rows[codes.isin(kept)]
    if rows.empty:
        raise DesignError([Problem("penalties", "are none of these", "Ask about another region")])
    behaviours = _listed_kinds(rows, question)
    last = rows["decided_on"].max()
    spells = _spells(rows, last, question.horizon_days)
    cases = _compared(spells, behaviours, question)
    DesignError.raise_for([*_problems(cases)])
    frame = cases[
        ["case", "duration", "ended", "treated", "region", "cluster", "stratum", "listed"]
    ]
    first = "first_offence" in rows
    return Repeats(frame, cases, ("listed",), behaviours, question.horizon_days, last, first)


def _listed_kinds(rows: pd.DataFrame, question: LeniencyQuestion) -> tuple[str, ...]:
    if question.behaviours:
        return tuple(sorted(question.behaviours))
    return tuple(sorted(rows.loc[rows["listed"].astype(bool), "behaviour"].astype(str).unique()))


def _spells(rows: pd.DataFrame, last: pd.Timestamp, horizon: int) -> pd.DataFrame:
    """Each case with the days until the next of its kind, first ones where that is known."""
    rows = rows.sort_values(["enterprise_id", "behaviour", "decided_on", "case_id"])
    again = rows.groupby(["enterprise_id", "behaviour"], observed=True)["decided_on"].shift(-1)
    days = (again.fillna(last) - rows["decided_on"]).dt.days.astype(float)
    spells = rows.assign(
        case=rows["case_id"].astype(str),
        behaviour=rows["behaviour"].astype(str),
        region=rows["region_code"].astype(str),
        duration=days.clip(lower=SAME_DAY, upper=horizon),
        ended=(again.notna() & (days <= horizon)).astype(int),
    )
    if "first_offence" in rows:
        spells = spells[rows["first_offence"].astype(bool)]
    # A case of the last day has not been followed at all.
    return spells[(spells["decided_on"] < last)].reset_index(drop=True)


def _compared(
    spells: pd.DataFrame,
    behaviours: tuple[str, ...],
    question: LeniencyQuestion,
) -> pd.DataFrame:
    """Which cases are of a listed kind, and which after the list's day in their region."""
    kind = spells["behaviour"].isin(behaviours)
    if question.listed_from:
        start = pd.Series(pd.Timestamp(question.listed_from), spells["region"].unique())
    else:
        on_list = spells[kind & spells["listed"].astype(bool)]
        start = on_list.groupby("region")["decided_on"].min()
    since = (spells["decided_on"] - spells["region"].map(start)).dt.days
    after = since >= 0
    # Codes of six digits begin with those of the city, whose counties are likely to begin together.
    above = spells["region"].str.extract(CITY)[0]
    apart = above.isna().any() or above.nunique() < FEWEST_CLUSTERS
    return spells.assign(
        listed=kind.astype(int),
        after=after.astype(int),
        treated=(kind & after).astype(int),
        since=since,
        cluster=spells["region"] if apart else above,
        stratum=spells["region"] + np.where(after, " after", " before"),
    )


def _problems(cases: pd.DataFrame) -> Iterator[Problem]:
    for listed, kind in ((1, "listed"), (0, "unlisted")):
        for after, when in ((0, "before"), (1, "after")):
            own = cases[(cases["listed"] == listed) & (cases["after"] == after)]
            if (ends := int(own["ended"].sum())) < FEWEST_ENDS:
                what = f"{when} the list are {ends}; {FEWEST_ENDS} are needed"
                remedy = "Follow cases for longer, or ask about a larger region"
                yield Problem(f"repeats of {kind} behaviours", what, remedy)


def _ready(rows: pd.DataFrame) -> Repeats:
    """A ready frame: one group beside another, with what was known when each case began."""
    known = tuple(name for name in KNOWN if name in rows)
    frame = rows.assign(case=rows["case"].astype(str), ended=rows["ended"].astype(int))
    frame["treated"] = frame["group"].astype(int)
    problems = []
    for arm, name in ((1, "of the group"), (0, "of others")):
        if (ends := int(frame.loc[frame["treated"] == arm, "ended"].sum())) < FEWEST_ENDS:
            what = f"are {ends}; {FEWEST_ENDS} are needed"
            problems.append(Problem(f"repeats {name}", what, "Follow cases for longer"))
    if (frame["duration"] <= 0).any():
        problems.append(Problem("durations", "of nothing have no logarithm", "Give parts of a day"))
    for name in known:
        if frame[name].isna().any():
            what = "is not known of every case"
            problems.append(Problem(f"column {name}", what, "Fill it, or leave it out"))
    DesignError.raise_for(problems)
    kept = frame[["case", "duration", "ended", "treated", *known]]
    return Repeats(kept, kept.assign(listed=frame["treated"]), known, (), 0, None)
