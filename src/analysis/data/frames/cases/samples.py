"""Samples of products, by why they were taken: counted from records, or as a bureau prints them.

Samples taken for different reasons are never put together: who looks where trouble is suspected
finds more of it. Nor is a product left out of the whole for its failing ones: that would choose by
what is asked. Products too small to be told of stand together instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.small import LEAST, large, together
from analysis.data.frames.names import not_held
from analysis.data.periods import period_of
from analysis.data.regions.hierarchy import lies_in, parents_in
from analysis.errors import DesignError, ParamsError, Problem
from analysis.params import SamplesQuestion

OTHERS = "other products"
"""Products of one mode of which too few failed or were taken to be told of one by one."""
NOT_OF_THE_WHOLE = ("targeted", "complaint", "follow_up", "not_stated")
"""Modes whose share says how good a suspicion was, or nothing."""
UNCOVERED = 0.2
"""Share of the weight of strata without samples from which nothing is told of the whole."""


@dataclass(frozen=True)
class Samples:
    """Samples of the question.

    ``groups``: one row a mode and product (and region, where counts are printed) with ``taken``,
    ``failed`` and how many ``products`` it stands for: those too small stand together as
    ``OTHERS``, so that rows of a mode are all of its samples. ``strata``: of the mode asked about,
    one row a stratum with ``taken``, ``failed`` and ``weight``, which add up to 1; ``None`` where
    nothing is weighted.
    ``uncovered`` is the share of the weight that no sample stands for, ``hidden`` how many groups
    were left out as too small; ``regions`` is in how many the group with the fewest was taken.
    ``told`` has ``mode``, ``product``, ``region`` and ``day`` of all that groups are told of.
    """

    groups: pd.DataFrame
    strata: pd.DataFrame | None
    uncovered: float
    hidden: int
    regions: int
    told: pd.DataFrame

    @property
    def frame(self) -> pd.DataFrame:
        """One row a stratum and result with its number and weight; without strata, the groups."""
        if self.strata is None:
            return self.groups
        rows = self.strata
        each = [
            rows.assign(failed=result, number=number, weight=rows["weight"] / rows["taken"])
            for result, number in ((1, rows["failed"]), (0, rows["taken"] - rows["failed"]))
        ]
        found = pd.concat(each, ignore_index=True)
        found["weight"] = found["weight"] * found["number"]
        return found[["stratum", "failed", "number", "weight"]]


def unknown_in_samples(dataset: Dataset, question: SamplesQuestion) -> list[Problem]:
    """Parameters that name something the samples do not hold."""
    if not (dataset.has("samples") or dataset.has("sample_counts")):
        what = "is needed: table samples, or sample_counts as they were printed"
        return [Problem(f"dataset {dataset.folder.name}", what, "Add one of them")]
    rows = _rows(dataset)
    asked = [("mode", question.mode, rows["mode"].unique())] if question.mode else []
    if question.product:
        asked.append(("product", question.product, rows["product"].unique()))
    found = not_held(asked)
    parents = parents_in(dataset)
    if question.region and not any(lies_in(code, question.region, parents) for code in parents):
        found += not_held([("region", question.region, parents)])
    if question.weighted and not question.mode:
        what = "asks for one share of samples taken for different reasons, which is none"
        found.append(Problem("weighted", what, "Name one mode, or set weighted: false"))
    if question.weighted and question.mode in NOT_OF_THE_WHOLE:
        what = "asks what samples chosen on suspicion, or nobody says how, tell of all that is sold"
        found.append(Problem("weighted", what, "Set weighted: false, or name another mode"))
    kept = dataset.has("samples") and "stratum" in dataset.tables["samples"]
    if question.weighted and not (kept and dataset.has("strata")):
        what = "needs the tables samples (with its column stratum) and strata"
        found.append(Problem("weighted", what, "Add them, or set weighted: false"))
    return found


def build_samples(dataset: Dataset, question: SamplesQuestion) -> Samples:
    """The samples that are asked about.

    Raises
    ------
    ParamsError: names that the dataset does not hold, or modes put together.
    DesignError: no samples, or strata without any that weigh too much.
    """
    ParamsError.raise_for(unknown_in_samples(dataset, question))
    rows = _joined(_within(dataset, _rows(dataset), question), dataset)
    if question.product:
        rows = rows[rows["named"] == question.product]
    own = rows[rows["mode"] == question.mode] if question.mode else rows
    if own.empty:
        remedy = "Ask about another span, region or product"
        raise DesignError([Problem("samples", "are none of these", remedy)])
    printed = ["region_code"] if not dataset.has("samples") else []
    keys = [*printed, "mode", "product"]
    sums = rows.groupby(keys, observed=True)
    groups = sums[["taken", "failed"]].sum().assign(products=sums["named"].nunique()).reset_index()
    kept = _told(groups, dataset)
    if question.product:
        # One of those that stand together would tell of the others.
        kept &= groups["product"] != OTHERS
    if not (kept & ((groups["mode"] == question.mode) | (question.mode == ""))).any():
        what = (
            f"are too few: under {LEAST} taken, or 1 to {LEAST - 1} failed, in each group, or such "
            "numbers would follow from them"
        )
        raise DesignError([Problem("samples", what, "Ask about a longer span or larger region")])
    taken_in = rows.groupby(keys, observed=True)["region_code"].agg(lambda codes: codes.nunique())
    regions = int(taken_in.to_numpy()[kept].min()) if kept.any() else 0
    strata, uncovered = None, 0.0
    if question.weighted:
        strata, uncovered = _weighted(own, dataset.tables["strata"], question.product != "")
        DesignError.raise_for(list(_uncovered(uncovered)))
    shown = groups[kept].reset_index(drop=True)
    behind = rows.merge(shown[keys]).rename(columns={"region_code": "region"})
    behind = behind.assign(day=_days(behind))[["mode", "product", "region", "day"]]
    return Samples(shown, strata, uncovered, int((~kept).sum()), regions, behind)


def _rows(dataset: Dataset) -> pd.DataFrame:
    """Counts of samples, each record as one of its own."""
    if not dataset.has("samples"):
        return dataset.tables["sample_counts"]
    rows = dataset.tables["samples"]
    return rows.assign(taken=1, failed=1 - rows["passed"].astype(int))


def _within(dataset: Dataset, rows: pd.DataFrame, question: SamplesQuestion) -> pd.DataFrame:
    """Rows of the region and the span."""
    if question.region:
        parents = parents_in(dataset)
        rows = rows[[lies_in(str(c), question.region, parents) for c in rows["region_code"]]]
    ends = (question.first_period, question.last_period)
    first, last = (period_of(text) if text else None for text in ends)
    day = _days(rows)
    inside = np.ones(len(rows), dtype=bool)
    if first is not None:
        inside &= (day >= first.start_time).to_numpy()
    if last is not None:
        inside &= (day <= last.end_time).to_numpy()
    return rows[inside]


def _days(rows: pd.DataFrame) -> pd.Series:
    """The day of each record; of printed counts, the first of their period."""
    if "taken_on" in rows:
        return rows["taken_on"]
    return pd.Series([period_of(p).start_time for p in rows["period"]], rows.index)


def _told(groups: pd.DataFrame, dataset: Dataset) -> pd.Series:
    """Which groups may be told of: all that are printed already, else those not too small."""
    description = dataset.description
    if description.disclosure == "public" or description.protection == "none":
        return groups["taken"] > 0
    return pd.Series(large(groups["taken"].to_numpy(), groups["failed"].to_numpy()), groups.index)


def _joined(rows: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """The rows, those of small products as of ``OTHERS``; ``named`` keeps the product's own name.

    Printed counts that are protected are of single regions, of which nothing is told anyway.
    """
    rows = rows.assign(named=rows["product"])
    if not (dataset.has("samples") and dataset.description.protected):
        return rows
    sums = rows.groupby(["mode", "product"], observed=True)[["taken", "failed"]].sum()
    small = [
        together(own["taken"].to_numpy(int), own["failed"].to_numpy(int))
        for _, own in sums.groupby(level="mode", observed=True, sort=False)
    ]
    pooled = sums.index[np.concatenate(small)] if small else sums.index
    of_these = pd.MultiIndex.from_frame(rows[["mode", "product"]]).isin(pooled)
    return rows.assign(product=rows["product"].astype(str).mask(of_these, OTHERS))


def _weighted(own: pd.DataFrame, strata: pd.DataFrame, part: bool) -> tuple[pd.DataFrame, float]:
    """Samples by stratum with weights, and the share of the weight without samples.

    Of a ``part`` of the products, only strata that have samples are meant.
    """
    found = own.groupby("stratum", observed=True)[["taken", "failed"]].sum()
    weight = strata.set_index("stratum")["weight"].astype(float)
    every = weight[weight.index.isin(found.index)] if part else weight
    known = every[every.index.isin(found.index)]
    uncovered = 1 - known.sum() / every.sum() if every.sum() else 1.0
    table = found.loc[known.index].assign(weight=known / known.sum())
    return table.reset_index(), float(uncovered)


def _uncovered(share: float) -> Iterator[Problem]:
    if share > UNCOVERED:
        what = f"without any sample hold {share:.0%} of the weight"
        yield Problem("strata", what, "Ask about a longer span, or set weighted: false")
