"""Draws from lists: who was listed, who was drawn, and what was recorded of both afterwards.

Of a bureau's tables a unit is an enterprise on the list of one plan; a ready frame ``draw`` brings
units as they are. Everything but the outcome is from before the draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.names import not_held
from analysis.data.regions.hierarchy import lies_in, parents_in
from analysis.data.tables import COMPLAINTS
from analysis.errors import DesignError, ParamsError, Problem
from analysis.params import DrawQuestion

TABLES = frozenset({"draw", "draws", "enterprises", "complaints", "inspections", "truth"})
LEAST = 2
"""Of drawn units, and of undrawn ones, that each stratum needs for an error."""
JOINED = "joined"
FEWEST_RECORDS = 10
BEFORE = "before"
KNOWN_BEFORE = frozenset({"place", BEFORE, "months"})
"""Records of a unit in as long a time before the draw as is looked at after it."""


@dataclass(frozen=True)
class Drawn:
    """Units on lists, as the frame of the method ``randomisation``.

    ``frame`` has ``unit``, ``stratum``, ``group`` (the stratum without its region and plan),
    ``treated``, ``place`` (share of the list above it), ``weight`` (with which means of the drawn
    and of others are those of the list), ``outcome`` and ``number``, where there are any, and the
    ``covariates`` from before the draw. ``joined`` strata were thrown together, being too small.
    ``visited`` is the share of drawn units that were visited, where visits name their plan;
    ``regions`` how many the drawn, or the others, are of at least, 0 where regions are not known.
    ``where`` has ``group`` and ``region`` of each unit and the ``day`` of its draw; it is empty
    where regions are not known.
    """

    frame: pd.DataFrame
    covariates: tuple[str, ...]
    plans: int
    joined: int
    visited: float | None
    regions: int
    where: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def measured(self) -> bool:
        """Whether anything is known of what came after."""
        return "outcome" in self.frame


def unknown_in_draws(dataset: Dataset, question: DrawQuestion) -> list[Problem]:
    """Parameters that name something the lists do not hold."""
    if dataset.has("draw"):
        asked = ("plans", "region", "outcome")
        what, remedy = "is no part of a ready frame draw", "Leave it out"
        return [Problem(name, what, remedy) for name in asked if getattr(question, name)]
    if missing := [name for name in ("draws", "enterprises") if not dataset.has(name)]:
        remedy = "Add it, or a ready frame draw: without the list nobody knows who was not drawn"
        return [Problem(f"table {name}", "is needed by this report", remedy) for name in missing]
    plans = dataset.tables["draws"]["plan"].unique()
    found = not_held(("plans", name, plans) for name in question.plans)
    if question.outcome:
        found += not_held([("outcome", question.outcome, COMPLAINTS.column("kind").allowed)])
        if not dataset.has("complaints"):
            what = "is needed to see what came after the draw"
            found.append(Problem("table complaints", what, "Add it, or leave outcome blank"))
    parents = parents_in(dataset) if dataset.has("regions") else {}
    if question.region and not any(lies_in(code, question.region, parents) for code in parents):
        found += not_held([("region", question.region, parents)])
    return found


def build_drawn(dataset: Dataset, question: DrawQuestion) -> Drawn:
    """The units of the lists that are asked about.

    Raises
    ------
    ParamsError: names that the dataset does not hold.
    DesignError: nobody undrawn, strata without an arm, or too few records on one side.
    """
    ParamsError.raise_for(unknown_in_draws(dataset, question))
    frame = _ready(dataset) if dataset.has("draw") else _listed(dataset, question)
    protected = _protected(dataset)
    frame, joined = _joined(_known(frame, protected), question.join_strata)
    DesignError.raise_for([*_beyond_records(dataset, question), *_problems(frame, protected)])
    strata = frame.groupby("stratum")["treated"]
    share = strata.transform("mean")
    frame["weight"] = np.where(frame["treated"] == 1, 1 / share, 1 / (1 - share))
    covariates = tuple(sorted(KNOWN_BEFORE & set(frame)))
    visited = float(frame.pop("visited").mean()) if "visited" in frame else None
    regions, where = 0, pd.DataFrame()
    if "region" in frame:
        days = frame.pop("day") if "day" in frame else pd.NaT
        where = frame[["group", "region"]].assign(day=days)
        regions = int(frame.groupby("treated")["region"].nunique().min())
        frame = frame.drop(columns="region")
    plans = int(frame.pop("plan").nunique()) if "plan" in frame else 1
    return Drawn(frame, covariates, plans, joined, visited, regions, where)


def _ready(dataset: Dataset) -> pd.DataFrame:
    rows = dataset.tables["draw"].rename(columns={"drawn": "treated"})
    frame = rows.assign(treated=rows["treated"].astype(int), unit=rows["unit"].astype(str))
    frame["stratum"] = frame["stratum"].astype(str) if "stratum" in frame else ""
    return _placed(frame.assign(group=frame["stratum"], list=""))


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    """Places as a share of the list, from 0 at its head to 1 at its end."""
    if "place" in frame:
        by_list = frame.groupby("list")["place"]
        length = (by_list.transform("size") - 1).clip(lower=1)
        frame["place"] = (by_list.rank(method="first") - 1) / length
    return frame.drop(columns="list")


def _listed(dataset: Dataset, question: DrawQuestion) -> pd.DataFrame:
    """Enterprises on the lists of the plans, with what is known of them before and after."""
    rows = dataset.tables["draws"]
    rows = rows[rows["plan"].isin(question.plans)] if question.plans else rows
    register = dataset.tables["enterprises"].drop_duplicates("enterprise_id")
    register = register.set_index("enterprise_id")
    region = rows["enterprise_id"].map(register["region_code"]).astype(str)
    if question.region:
        parents = parents_in(dataset)
        rows = rows[[lies_in(code, question.region, parents) for code in region]]
        region = region[rows.index]
    plan, given = rows["plan"].astype(str), rows.get("stratum", pd.Series("", index=rows.index))
    stratum = given.astype(str)
    frame = pd.DataFrame({"plan": plan, "unit": plan + " " + rows["enterprise_id"].astype(str)})
    frame["treated"] = rows["drawn"].astype(int)
    frame["stratum"] = plan + " " + stratum
    pairs = zip(stratum, region, strict=True)
    frame["group"] = [one.removeprefix(code).lstrip("-_ ") for one, code in pairs]
    frame["region"], frame["list"] = region, plan + " " + region
    if "place" in rows:
        frame["place"] = rows["place"].astype(float)
    if "announced_on" in rows and rows["announced_on"].notna().all():
        frame["day"] = rows["announced_on"]
        opened = rows["enterprise_id"].map(register["registered_on"])
        age = (rows["announced_on"] - opened).dt.days / 30.44
        frame["months"] = age.fillna(age.median()).clip(lower=0)
        if question.outcome:
            span = pd.Timedelta(days=question.outcome_after_days)
            around = _around(dataset.tables["complaints"], rows, question.outcome, span)
            frame[BEFORE], frame["outcome"] = around
        if dataset.has("inspections"):
            frame["visited"] = _visits(dataset.tables["inspections"], rows)
    return _placed(frame).reset_index(drop=True)


def _around(
    records: pd.DataFrame, rows: pd.DataFrame, kind: str, span: pd.Timedelta
) -> tuple[np.ndarray, np.ndarray]:
    """Records of each listed enterprise in a span before the draw, and in one from its day on."""
    own = records.loc[records["kind"] == kind, ["enterprise_id", "received_on"]]
    listed = rows[["enterprise_id", "announced_on"]].reset_index(names="row")
    met = listed.merge(own, on="enterprise_id")
    after = met["received_on"] - met["announced_on"]
    found = []
    for within in ((after < pd.Timedelta(0)) & (after >= -span),
                   (after >= pd.Timedelta(0)) & (after < span)):  # fmt: skip
        counts = met.loc[within, "row"].value_counts()
        found.append(counts.reindex(rows.index, fill_value=0).to_numpy(float))
    return found[0], found[1]


def _visits(visits: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Whether each drawn enterprise was visited under its plan; not known of others."""
    seen = set(zip(visits["enterprise_id"], visits.get("plan", []), strict=False))
    keys = zip(rows["enterprise_id"], rows["plan"], rows["drawn"], strict=True)
    return pd.Series([float((e, p) in seen) if d else np.nan for e, p, d in keys], rows.index)


def _protected(dataset: Dataset) -> bool:
    """Whether small numbers of records may not be told."""
    description = dataset.description
    return description.disclosure != "public" and description.protection != "none"


def _known(frame: pd.DataFrame, protected: bool) -> pd.DataFrame:
    """Without what is not known of every unit, is the same of all, or tells of few records."""
    for name in KNOWN_BEFORE & set(frame):
        few = 0
        if protected and name == BEFORE:
            few = int(frame.groupby("treated")[BEFORE].sum().min() < FEWEST_RECORDS)
        if few or frame[name].isna().any() or frame[name].nunique() < LEAST:
            frame = frame.drop(columns=name)
    return frame


def _beyond_records(dataset: Dataset, question: DrawQuestion) -> Iterator[Problem]:
    """Plans of which the time after the draw is not over where the records end."""
    if dataset.has("draw") or not question.outcome:
        return
    rows, records = dataset.tables["draws"], dataset.tables["complaints"]
    rows = rows[rows["plan"].isin(question.plans)] if question.plans else rows
    if "announced_on" not in rows or rows["announced_on"].isna().any():
        what, remedy = "are not all known", "Fill announced_on, or leave outcome blank"
        yield Problem("days of the draws", what, remedy)
        return
    over = rows["announced_on"].max() + pd.Timedelta(days=question.outcome_after_days)
    ended = records["received_on"].max() + pd.Timedelta(days=1)
    if over > ended:
        what = f"go {(over - ended).days} days beyond the last record"
        yield Problem(
            "outcome_after_days", what, "Ask about fewer days, or leave the last plan out"
        )


def _joined(frame: pd.DataFrame, join: bool) -> tuple[pd.DataFrame, int]:
    """Strata that lack two of one arm thrown together, where that is asked for.

    Where that is still too small, the smallest of the others is thrown in.
    """
    thin = set(frame.loc[_thin(frame), "stratum"]) if join else set()
    others = frame.groupby("stratum").size().drop(list(thin)).sort_values(kind="stable")
    for further in [None, *others.index]:
        thin |= {further} - {None}
        joined = frame.assign(stratum=frame["stratum"].where(~frame["stratum"].isin(thin), JOINED))
        if not thin or not _thin(joined).any():
            return joined, len(thin)
    return frame, 0


def _thin(frame: pd.DataFrame) -> pd.Series:
    strata = frame.groupby("stratum")["treated"]
    drawn, size = strata.transform("sum"), strata.transform("size")
    return (drawn < LEAST) | (size - drawn < LEAST)


def _problems(frame: pd.DataFrame, protected: bool) -> Iterator[Problem]:
    if frame.empty or frame["treated"].nunique() < LEAST:
        what = "holds nobody who was not drawn" if len(frame) else "is empty"
        yield Problem("the list", what, "Add the whole list that was drawn from")
        return
    if thin := int(frame.loc[_thin(frame), "stratum"].nunique()):
        what = f"hold fewer than {LEAST} drawn or undrawn units: {thin} of them"
        yield Problem("strata", what, "Set join_strata: true, or ask about more plans")
    if "outcome" not in frame:
        if not KNOWN_BEFORE & set(frame):
            what = "tells nothing of its units beside who was drawn"
            yield Problem("the list", what, "Add places, days of the draw, or an outcome")
        return
    if frame["outcome"].isna().any():
        what = "is not known of every unit"
        yield Problem("outcome", what, "Fill it from the source, or leave it out")
    elif frame.loc[frame["treated"] == 0, "outcome"].mean() <= 0:
        what = "has no mean above zero among those not drawn, of which a change would be a share"
        yield Problem("outcome", what, "Look at a longer time, or at another outcome")
    least = frame.groupby("treated")["outcome"].sum().min()
    if protected and least < FEWEST_RECORDS:
        what = f"are fewer than {FEWEST_RECORDS} on one side"
        yield Problem("records after the draw", what, "Look at a longer time, or at more plans")
