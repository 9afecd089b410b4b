"""Scores around the cut-offs that decide on a colour, a list or a star, and what came after.

Of a bureau's tables a unit is a scored visit; a ready frame ``threshold`` brings units as they are,
or how many have each score. A unit between two cut-offs stands above the one and below the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.draws import FEWEST_RECORDS
from analysis.data.frames.names import not_held
from analysis.data.regions.hierarchy import lies_in, parents_in
from analysis.data.tables import COMPLAINTS, TABLES
from analysis.errors import DesignError, ParamsError, Problem
from analysis.params import ThresholdQuestion

READ = frozenset({"threshold", "inspections", "complaints", "truth"})
LEAST_SIDE = 30
"""Units on each side of a cut-off."""
MONTHS = 12
SPAN_OF_WHOLE = 5
"""Different whole scores on each side that a course needs."""


@dataclass(frozen=True)
class Scored:
    """Units with a score, as the frame of the method ``rdd``.

    ``frame`` has ``unit``, ``score``, ``cutoff`` and, where anything was measured, ``outcome`` and
    ``before``: records a month of the time looked at, or a ready frame's own. ``scores`` has how
    many (``number``) have each ``score``. ``counted`` tells whether the outcome is of records;
    ``regraded`` which share was scored again within the time. ``where`` are the regions that the
    units are of, none where these are not known.
    """

    frame: pd.DataFrame
    scores: pd.DataFrame
    cutoffs: tuple[float, ...]
    units: int
    whole: bool
    counted: bool
    regraded: float
    where: tuple[str, ...] = ()

    @property
    def regions(self) -> int:
        """Of how many regions the units are; 0 where these are not known."""
        return len(self.where)

    @property
    def measured(self) -> bool:
        """Whether anything is known of what came after."""
        return "outcome" in self.frame


def unknown_in_thresholds(dataset: Dataset, question: ThresholdQuestion) -> list[Problem]:
    """Parameters that name something the scores do not hold."""
    if dataset.has("threshold"):
        own = "cutoff" in dataset.tables["threshold"]
        asked = ["selection", "region", "outcome", *(["cutoffs"] if own else [])]
        what, remedy = "is no part of this ready frame threshold", "Leave it out"
        found = [Problem(name, what, remedy) for name in asked if getattr(question, name)]
        return found + ([] if own or question.cutoffs else [_no_cutoff()])
    if not dataset.has("inspections") or "score" not in dataset.tables["inspections"]:
        remedy = "Add it, or a ready frame threshold: without scores there are none next to a line"
        return [Problem("table inspections with its column score", "is needed", remedy)]
    found = [] if question.cutoffs else [_no_cutoff()]
    if question.selection:
        allowed = TABLES["inspections"].column("selection").allowed
        found += not_held([("selection", question.selection, allowed)])
    if question.outcome:
        found += not_held([("outcome", question.outcome, COMPLAINTS.column("kind").allowed)])
        records = dataset.tables.get("complaints")
        if records is None or "enterprise_id" not in records:
            what = "with its column enterprise_id is needed to see what came after the score"
            found.append(Problem("table complaints", what, "Add it, or leave outcome blank"))
    parents = parents_in(dataset) if dataset.has("regions") else {}
    if question.region and not any(lies_in(code, question.region, parents) for code in parents):
        found += not_held([("region", question.region, parents)])
    return found


def _no_cutoff() -> Problem:
    return Problem("cutoffs", "names none", "Name the scores from which on something follows")


def build_scored(dataset: Dataset, question: ThresholdQuestion) -> Scored:
    """The scores that are asked about.

    Raises
    ------
    ParamsError: names that the dataset does not hold.
    DesignError: cut-offs outside the scores, too few units or records on a side, or a treatment
        that crossing does not decide.
    """
    ParamsError.raise_for(unknown_in_thresholds(dataset, question))
    ready = dataset.has("threshold")
    units = _ready(dataset) if ready else _visits(dataset, question)
    if units.empty:
        raise DesignError([Problem("scores", "are none of these", "Ask about other visits")])
    own = sorted({*units["cutoff"]}) if "cutoff" in units else question.cutoffs
    cutoffs = tuple(float(cutoff) for cutoff in own)
    DesignError.raise_for([*_unusable(units)])
    frame = pd.concat([_around(units, cutoffs, k, question.treated) for k in range(len(cutoffs))])
    protected = dataset.description.disclosure != "public" and (
        dataset.description.protection != "none"
    )
    DesignError.raise_for([*_problems(frame, cutoffs, question, protected=protected)])
    scores = units.groupby("score", as_index=False)["number"].sum()
    regraded = float(units["regraded"].mean()) if "regraded" in units else 0.0
    where = tuple(sorted(units["region"].unique())) if "region" in units else ()
    whole = bool((scores["score"] % 1 == 0).all())
    kept = [name for name in ("unit", "score", "cutoff", "outcome", "before") if name in frame]
    number = int(units["number"].sum())
    told = frame[kept].reset_index(drop=True)
    return Scored(told, scores, cutoffs, number, whole, not ready, regraded, where)


def _ready(dataset: Dataset) -> pd.DataFrame:
    rows = dataset.tables["threshold"]
    number = rows["number"] if "number" in rows else pd.Series(1, rows.index)
    return rows.assign(unit=rows["unit"].astype(str), number=number.astype(int))


def _visits(dataset: Dataset, question: ThresholdQuestion) -> pd.DataFrame:
    """Scored visits, with records a month in the full months after and before the month of each."""
    visits = dataset.tables["inspections"]
    visits = visits[visits["score"].notna()].sort_values(["visited_on", "inspection_id"])
    month = _month(visits["visited_on"])
    again = month.groupby(visits["enterprise_id"]).shift(-1)
    kept = pd.Series(True, visits.index)
    if question.selection:
        kept &= (visits["selection"] == question.selection).to_numpy()
    if question.region:
        parents = parents_in(dataset)
        codes = visits["region_code"].astype(str)
        kept &= np.array([lies_in(code, question.region, parents) for code in codes])
    rows = visits[kept]
    frame = pd.DataFrame({"unit": rows["inspection_id"].astype(str), "score": rows["score"]})
    frame["number"], frame["region"] = 1, rows["region_code"].astype(str)
    if not question.outcome:
        return frame
    records = dataset.tables["complaints"]
    own = records.loc[records["kind"] == question.outcome, ["enterprise_id", "received_on"]]
    own = pd.DataFrame({"enterprise": own["enterprise_id"], "month": _month(own["received_on"])})
    first, last = (int(end) for end in (own["month"].min(), own["month"].max()))
    end = (month[kept] + question.horizon_months).clip(upper=last)
    stop = again[kept].fillna(np.inf)
    frame["regraded"] = stop < end
    if question.regrade == "first":
        end = np.minimum(end, stop)
    begin = (month[kept] - 1 - question.horizon_months).clip(lower=first - 1)
    who = rows["enterprise_id"]
    frame["outcome"] = _a_month(own, who, month[kept], end)
    frame["before"] = _a_month(own, who, begin, month[kept] - 1)
    return frame[frame["outcome"].notna()]


def _month(days: pd.Series) -> pd.Series:
    return days.dt.year * MONTHS + days.dt.month


def _a_month(
    records: pd.DataFrame, who: pd.Series, after: pd.Series, until: pd.Series
) -> pd.Series:
    """Records of each a month, after one month, up to another; unknown where none lies between."""
    span = pd.DataFrame({"enterprise": who, "after": after, "until": until})
    met = span.reset_index(names="row").merge(records, on="enterprise")
    met = met[(met["month"] > met["after"]) & (met["month"] <= met["until"])]
    counts = met["row"].value_counts().reindex(who.index, fill_value=0)
    months = until - after
    return counts / months.where(months > 0)


def _around(
    units: pd.DataFrame, cutoffs: tuple[float, ...], place: int, treated: str
) -> pd.DataFrame:
    """Units of a cut-off between the cut-offs on both sides of it, which have jumps of their own.

    Units at a cut-off are treated by it: they lie above it, or below it where that is treated.
    """
    cutoff = cutoffs[place]
    low = cutoffs[place - 1] if place else -np.inf
    high = cutoffs[place + 1] if place + 1 < len(cutoffs) else np.inf
    own = units[units["cutoff"] == cutoff] if "cutoff" in units else units
    if "cutoff" not in units:
        inclusive = "left" if treated == "above" else "right"
        own = own[own["score"].between(low, high, inclusive=inclusive)]
    return own.assign(unit=own["unit"] + f" {cutoff:g}", cutoff=cutoff)


def _unusable(units: pd.DataFrame) -> Iterator[Problem]:
    if "outcome" in units and (units["number"] != 1).any():
        what = "gives scores that several units have, with one outcome"
        yield Problem("frame threshold", what, "Give each unit a row, or leave outcome out")
    if "outcome" in units and units["outcome"].isna().any():
        yield Problem("outcome", "is not known of every unit", "Fill it, or leave these units out")


def _problems(
    frame: pd.DataFrame,
    cutoffs: tuple[float, ...],
    question: ThresholdQuestion,
    *,
    protected: bool,
) -> Iterator[Problem]:
    above = question.treated == "above"
    for cutoff in cutoffs:
        rows = frame[frame["cutoff"] == cutoff]
        crossed = rows["score"] >= cutoff if above else rows["score"] <= cutoff
        where, size = f"cut-off {cutoff:g}", rows["number"].groupby(crossed).sum()
        least = int(size.min()) if len(size) == 2 else 0
        if least < LEAST_SIDE:
            what = f"has {least} units on one side; {LEAST_SIDE} are needed"
            yield Problem(where, what, "Leave this cut-off out, or ask about more visits")
            continue
        if "treated" in rows and (rows["treated"].astype(bool) != crossed).any():
            what = "does not decide on treatment: units are treated that lie on the other side"
            yield Problem(where, what, "See treated, or leave the column treated out")
        if "outcome" in rows:
            yield from _of_outcome(rows, crossed, where, protected=protected)


def _of_outcome(
    rows: pd.DataFrame, crossed: pd.Series, where: str, *, protected: bool
) -> Iterator[Problem]:
    with_some = (rows["outcome"] != 0).groupby(crossed).sum().min()
    if rows["outcome"].nunique() < 2:
        yield Problem(where, "has an outcome that never varies", "Look at another, or longer")
    elif rows.loc[~crossed, "outcome"].mean() <= 0:
        what = "has no mean above zero short of it, of which a change would be a share"
        yield Problem(where, what, "Look at a longer time, or at another outcome")
    elif protected and with_some < FEWEST_RECORDS:
        what = f"has records of fewer than {FEWEST_RECORDS} units on one side"
        yield Problem(where, what, "Leave it out, or look at a longer time")
