"""The tables of a dataset on the regions of today, where its ``crosswalk`` says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.data.periods import periods_of
from analysis.data.reading.account import Origin
from analysis.data.records.groupings import MILLIONTHS
from analysis.data.regions.crosswalk import lookup, to_present_codes
from analysis.errors import ContractError, Problem

COUNTED = {
    "outcomes": ("outcome", ("count", "base", "value")),
    "exposures": ("exposure", ("value",)),
}


def on_present_regions(
    frames: Mapping[str, pd.DataFrame], origins: Mapping[str, Origin]
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Counts, exposures and records under present codes, and the crosswalk ready to join.

    Parameters
    ----------
    frames: the tables as checked.
    origins: where their rows stand, for problems.

    Raises
    ------
    ContractError: the crosswalk is not one, or a period or an intervention cannot be moved.
    """
    present = dict(frames)
    ready = lookup(frames["crosswalk"])
    checks = (_periods_of_change, _former_adopters, _levels_moved)
    ContractError.raise_for(one for check in checks for one in check(frames, ready, origins))
    for table in COUNTED.keys() & frames.keys():
        present[table] = _counts_at_present(frames[table], ready, *COUNTED[table])
    if "complaints" in frames:
        records = frames["complaints"]
        present["complaints"] = to_present_codes(records, ready, records["received_on"])
    return present, ready


def _days(labels: pd.Series, edge: str) -> pd.Series:
    """First (``start``) or last (``end``) day of each period."""
    return periods_of(labels).map(lambda period: getattr(period, f"{edge}_time").normalize())


def _counts_at_present(
    frame: pd.DataFrame, ready: pd.DataFrame, name: str, columns: tuple[str, ...]
) -> pd.DataFrame:
    whole = counts_by_origin(frame, ready)
    held = [column for column in columns if column in whole]
    whole[held] = whole[held].mul(whole.pop("millionths"), axis=0)
    keys = ["region_code", "period", name]
    summed = whole.groupby(keys, sort=False, as_index=False)[held].sum(min_count=1)
    return summed.assign(**{column: summed[column] / MILLIONTHS for column in held})


def counts_by_origin(frame: pd.DataFrame, ready: pd.DataFrame) -> pd.DataFrame:
    """Counts as recorded, with the present code that each leads to and its ``millionths``."""
    return to_present_codes(frame, ready, _days(frame["period"], "start"))


def _levels_moved(
    frames: Mapping[str, pd.DataFrame], ready: pd.DataFrame, origins: Mapping[str, Origin]
) -> list[Problem]:
    """Levels of regions that changed: what a whole has cannot be told from its parts."""
    outcomes = frames.get("outcomes", pd.DataFrame())
    if "value" not in outcomes:
        return []
    moved = outcomes["value"].notna() & outcomes["region_code"].isin(ready["old_code"])
    what, remedy = "is a level of a region that changed", "Give levels of the regions of today"
    return origins["outcomes"].problems(moved.to_numpy(bool).nonzero()[0], what, remedy, "value")


def _periods_of_change(
    frames: Mapping[str, pd.DataFrame], ready: pd.DataFrame, origins: Mapping[str, Origin]
) -> Iterator[Problem]:
    """Periods in which their region changes."""
    after = ready["last_day"] + pd.Timedelta("1D")
    edges = pd.concat([ready.assign(day=days) for days in (ready["first_day"], after)])
    for table in sorted(COUNTED.keys() & frames.keys()):
        frame = frames[table]
        rows = frame[["region_code"]].assign(
            low=_days(frame["period"], "start"),
            high=_days(frame["period"], "end"),
            row=range(len(frame)),
        )
        pairs = rows.merge(edges, left_on="region_code", right_on="old_code")
        within = (pairs["low"] < pairs["day"]) & (pairs["day"] <= pairs["high"])
        changed = pairs.loc[within, "row"].unique()
        what = "is of a period in which the region changed"
        remedy = "Give counts before and after by shorter periods"
        yield from origins[table].problems(changed, what, remedy)


def _former_adopters(
    frames: Mapping[str, pd.DataFrame], ready: pd.DataFrame, origins: Mapping[str, Origin]
) -> list[Problem]:
    """Starts of an intervention in a region that is no more."""
    if "interventions" not in frames:
        return []
    former = set(ready["old_code"]) - set(ready["new_code"])
    rows = frames["interventions"]["region_code"].isin(former).to_numpy(dtype=bool).nonzero()[0]
    remedy = "Write the region of today that acted"
    return origins["interventions"].problems(rows, "is a former region", remedy, "region_code")
