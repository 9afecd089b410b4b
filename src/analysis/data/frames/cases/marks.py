"""Results of regions and years against their targets, and the course of the work until then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.names import not_held
from analysis.data.regions.hierarchy import lies_in, parents_in
from analysis.errors import DesignError, ParamsError, Problem
from analysis.params import TargetsQuestion

TABLES = frozenset({"targets", "progress", "performance", "regions", "truth"})
FEWEST = 200
"""Results below which no course around the mark can be told."""
MARK, NEAR = 100.0, 0.5
"""Per cent of the target; how near to it a result counts as the mark itself."""
MONTHS = 12
FEWEST_UNITS = 50
"""Units of a counted target below which 100 % is one of few results there can be: of targets of
8 to 15 without anything moved, heaps were found in 10 of 10 worlds."""


@dataclass(frozen=True)
class Marks:
    """Results as per cent of their targets, as the frame of ``bunching``, and their courses.

    ``frame`` has ``region``, ``year``, ``value``, ``laid`` (the same with counts laid out over the
    unit that each stands for: ratios of whole numbers heap by themselves), ``revised`` (not a
    number where nothing was) and ``next`` (the next year's target over this result). ``coarse``
    results were left out, whose target has too few units. ``months`` has ``region``, ``month`` (a
    period), ``reached`` (share of the year's target) and ``new``, ``twin`` the ``new`` of the
    indicator that nobody scores. ``days`` has ``region``, ``day`` and ``new``. ``sections`` is the
    frame of ``reliability``, of scores in two ledgers. Those that are not there are empty.
    """

    frame: pd.DataFrame
    months: pd.DataFrame
    twin: pd.DataFrame
    days: pd.DataFrame
    sections: pd.DataFrame
    coarse: int = 0

    @property
    def regions(self) -> int:
        """Regions with results."""
        return int(self.frame["region"].nunique())


def unknown_in_marks(dataset: Dataset, question: TargetsQuestion) -> list[Problem]:
    """Parameters that name something the targets do not hold."""
    if not dataset.has("targets"):
        return [Problem("table targets", "is needed by this report", "Add it")]
    known = [str(name) for name in dataset.tables["targets"]["indicator"].unique()]
    found = not_held([("indicator", question.indicator, known)])
    if question.unmeasured:
        found += not_held([("unmeasured", question.unmeasured, known)])
        if _of(dataset, question.unmeasured)["target"].notna().any():
            what = "has a target of its own, and is no twin that nobody scores"
            found.append(Problem("unmeasured", what, "Name another indicator, or leave it blank"))
    if not found and _of(dataset, question.indicator)["target"].isna().all():
        what = "has no printed target: what it was to reach is not known"
        found.append(Problem("indicator", what, "Name one with a target"))
    parents = parents_in(dataset) if dataset.has("regions") else {}
    if question.region and not any(lies_in(code, question.region, parents) for code in parents):
        found += not_held([("region", question.region, parents)])
    return found


def build_marks(dataset: Dataset, question: TargetsQuestion) -> Marks:
    """The results that are asked about.

    Raises
    ------
    ParamsError: names that the dataset does not hold, or an indicator without a target.
    DesignError: too few results, or none but at the mark.
    """
    ParamsError.raise_for(unknown_in_marks(dataset, question))
    rows = _within(dataset, _of(dataset, question.indicator), question)
    months = _months(rows)
    ends = rows[rows["month"].dt.month == MONTHS].set_index(["region", "year"])
    ends = ends[ends["target"] > 0].sort_index()
    counted = bool((ends["cumulative"] % 1 == 0).all())
    coarse = counted & (ends["target"] < FEWEST_UNITS)
    ends = ends[~coarse]
    frame = pd.DataFrame({"value": MARK * ends["cumulative"] / ends["target"]})
    within = np.random.default_rng(len(ends)).random(len(ends)) if counted else 0.0
    frame["laid"] = MARK * (ends["cumulative"] + within) / ends["target"]
    frame["revised"] = np.nan
    if question.revisions and "revised" in ends:
        frame["revised"] = MARK * ends["revised"] / ends["target"]
    after = ends["target"].rename(lambda year: year - 1, level="year")
    frame["next"] = after.reindex(ends.index) / ends["cumulative"].where(ends["cumulative"] > 0)
    frame = frame.reset_index().sort_values(["region", "year"], ignore_index=True)
    DesignError.raise_for(_problems(frame, int(coarse.sum())))
    twin = pd.DataFrame()
    if question.unmeasured:
        twin = _months(_within(dataset, _of(dataset, question.unmeasured), question))
    days, sections = _days(dataset, question), _sections(dataset, question)
    return Marks(frame, months, twin, days, sections, int(coarse.sum()))


def _of(dataset: Dataset, indicator: str) -> pd.DataFrame:
    rows = dataset.tables["targets"]
    return rows[rows["indicator"] == indicator]


def _within(dataset: Dataset, rows: pd.DataFrame, question: TargetsQuestion) -> pd.DataFrame:
    """Rows of the region and the years, with periods and whole years as numbers."""
    rows = rows.rename(columns={"region_code": "region"}).astype({"region": str})
    if question.region:
        parents = parents_in(dataset)
        inside = {c for c in rows["region"].unique() if lies_in(c, question.region, parents)}
        rows = rows[rows["region"].isin(inside)]
    known = {str(m): pd.Period(str(m), "M") for m in rows["month"].unique()}
    month = rows["month"].astype(str).map(known).astype("period[M]")
    rows = rows.assign(month=month, year=rows["year"].astype(str).astype(int))
    return rows[rows["year"].between(*_years(question))]


def _years(question: TargetsQuestion) -> tuple[int, int]:
    """The first year asked about and the last."""
    return int(question.first_period[:4] or 0), int(question.last_period[:4] or 9999)


def _months(rows: pd.DataFrame) -> pd.DataFrame:
    """Each month's own number, and the share of the year's target that was reached by then."""
    rows = rows.sort_values(["region", "month"])
    new = rows.groupby(["region", "year"])["cumulative"].diff()
    first = rows["month"].dt.month == 1
    return pd.DataFrame(
        {
            "region": rows["region"],
            "month": rows["month"],
            "reached": rows["cumulative"] / rows["target"],
            "new": new.where(~first, rows["cumulative"]),
        }
    ).reset_index(drop=True)


def _days(dataset: Dataset, question: TargetsQuestion) -> pd.DataFrame:
    """What came on each day of a year that is there whole; empty where no day is known."""
    if not dataset.has("progress"):
        return pd.DataFrame()
    rows = dataset.tables["progress"]
    rows = rows[rows["indicator"] == question.indicator].rename(columns={"region_code": "region"})
    if question.region:
        parents = parents_in(dataset)
        rows = rows[[lies_in(str(c), question.region, parents) for c in rows["region"]]]
    first, last = _years(question)
    rows = rows[rows["day"].dt.year.between(first, last)].sort_values(["region", "day"])
    new = rows.groupby(["region", rows["day"].dt.year], observed=True)["value"].diff()
    first = (rows["day"].dt.month == 1) & (rows["day"].dt.day == 1)
    found = rows[["region", "day"]].assign(new=new.where(~first, rows["value"]))
    return found.dropna().reset_index(drop=True)


def _sections(dataset: Dataset, question: TargetsQuestion) -> pd.DataFrame:
    """Scores of sections by item and quarter; empty where there are none, or of one region."""
    if not dataset.has("performance") or question.region:
        return pd.DataFrame()
    rows = dataset.tables["performance"].dropna(subset="score")
    rated = rows["organisation"].astype(str) + " " + rows["section"].astype(str)
    item = rows["quarter"].astype(str) + " " + rows["ledger"].astype(str) + " "
    item += rows["item"].astype(str)
    frame = pd.DataFrame({"rated": rated, "rater": item, "score": rows["score"].astype(float)})
    # Sections that lack an item are compared with others by nothing.
    return frame[frame.groupby("rated")["rater"].transform("nunique") == item.nunique()]


def _problems(frame: pd.DataFrame, coarse: int) -> Iterator[Problem]:
    if len(frame) < FEWEST:
        what = f"of whole years with a target are {len(frame)}; at least {FEWEST} are needed"
        if coarse:
            what += f", {coarse} more have targets of under {FEWEST_UNITS}, too few to show a heap"
        yield Problem("results", what, "Add years or regions: fewer show no course at the mark")
    if len(frame) and ((frame["value"] - MARK).abs() <= NEAR).all():
        what = "all stand at 100 %: of what was not reached, or passed, nothing is recorded"
        yield Problem("results", what, "Add the numbers themselves, not whether they were reached")
