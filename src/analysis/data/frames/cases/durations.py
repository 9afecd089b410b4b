"""How long complaints take, as the frames of the methods ``survival`` and ``bunching``."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.frame import FRAMES
from analysis.data.frames.names import not_held
from analysis.data.tables import COMPLAINTS, named
from analysis.errors import DesignError, ParamsError, Problem, nearest

DURATIONS, VALUES = FRAMES["durations"], FRAMES["values"]
End = Literal["closed_on", "acknowledged_on"]
SAME_DAY = 0.5
"""Days of a case that ended on the day it began: less than the next day, but not nothing."""


def handling_times(
    dataset: Dataset, intervention: str, *, kind: str = "complaint", end: End = "closed_on"
) -> pd.DataFrame:
    """One row per case: days until it ended, or until it was last seen open.

    A case is treated if it came in on or after the day its region took up the intervention. Open
    cases are last seen on the latest day that stands anywhere in the records: a case that was
    closed later than the export reaches is cut off there.

    Returns
    -------
    Columns ``case``, ``duration`` (days), ``ended``, ``treated``, ``region``.

    Raises
    ------
    ParamsError: a table, a column or a name that the dataset does not hold.
    DesignError: cases that ended before they began.
    """
    _require(dataset, intervention, kind, end)
    records = dataset.tables["complaints"]
    last = records[["received_on", end]].max().max()
    cases = records[records["kind"] == kind].reset_index(drop=True)
    days = (cases[end].fillna(last) - cases["received_on"]).dt.days
    if early := int((days < 0).sum()):
        what = f"lies before received_on in {early} of {len(cases)} cases of this kind"
        raise DesignError([Problem(f"complaints, column {end}", what, "Mend or remove them")])
    return pd.DataFrame(
        {
            "case": cases["complaint_id"],
            "duration": days.astype(float).clip(lower=SAME_DAY),
            "ended": cases[end].notna().astype(int),
            "treated": under(dataset, intervention, cases["region_code"], cases["received_on"]),
            "region": cases["region_code"],
        }
    )


def days_taken(frame: pd.DataFrame) -> pd.DataFrame:
    """Days of the cases that ended, as ``bunching`` takes them: ``value`` and ``region``."""
    ended = frame[frame["ended"] == 1]
    return ended[["duration", "region"]].rename(columns={"duration": "value"})


def _require(dataset: Dataset, intervention: str, kind: str, end: str) -> None:
    """Refuse names that the dataset does not hold, all at once."""
    problems = [
        Problem(f"table {name}", f"is needed, and dataset {dataset.folder.name} has none")
        for name in ("complaints", "interventions")
        if not dataset.has(name)
    ]
    if dataset.has("complaints") and end not in dataset.tables["complaints"]:
        what = "is missing: without it no case is known to have ended"
        problems.append(Problem(f"complaints, column {end}", what))
    kinds = list(COMPLAINTS.column("kind").allowed)
    if kind not in kinds:
        problems.append(Problem("kind", f"'{kind}' does not exist", nearest(kind, kinds)))
    if dataset.has("interventions"):
        known = named(dataset.tables, "interventions")
        problems += not_held([("intervention", intervention, known)])
    if problems:
        raise ParamsError(problems)


def under(dataset: Dataset, intervention: str, region: pd.Series, day: pd.Series) -> pd.Series:
    """1 for what began on a day on which the intervention was in force in its region."""
    rows = dataset.tables["interventions"]
    rows = rows[rows["intervention"] == intervention]
    treated = pd.Series(False, index=day.index)
    for _, spells in rows.groupby(rows.groupby("region_code").cumcount()):
        spell = spells.set_index("region_code")
        within = day >= region.map(spell["started_on"])
        if "ended_on" in spell:
            within &= ~(day > region.map(spell["ended_on"]))
        treated |= within
    return treated.astype(int)
