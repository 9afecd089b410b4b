"""Days that lie so many working days after others, by the dataset's calendar."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.data.reading.account import Origin
from analysis.data.reading.mapping import TableMapping
from analysis.errors import Problem


def last_days(after: np.ndarray, number: int, days: np.ndarray, working: np.ndarray) -> np.ndarray:
    """The last of so many working days after each day; not a time where the calendar ends before.

    Parameters
    ----------
    after: days (n,), as ``datetime64[D]``.
    days, working: the calendar (m,) in order, and which of its days are worked.
    """
    worked = days[working]
    place = np.searchsorted(worked, after, side="right") + number - 1
    known = (after >= days[0]) & (place < len(worked))
    return np.where(known, worked[np.minimum(place, len(worked) - 1)], np.datetime64("NaT", "D"))


def with_limits(
    frame: pd.DataFrame, mapping: TableMapping, calendar: pd.DataFrame | None, origin: Origin
) -> tuple[pd.DataFrame, list[Problem]]:
    """The frame with the days that ``limits`` of its mapping ask for, and rows beyond the calendar.

    Every day between the first and the last of the calendar must stand in it.
    """
    if calendar is None or calendar.empty or not calendar["working"].any():
        what, remedy = "need the table calendar", "Give each day, and whether it is worked"
        return frame, [Problem(f"{origin.name}, limits", what, remedy)]
    days = np.sort(calendar["day"].to_numpy().astype("datetime64[D]"))
    working = calendar.sort_values("day")["working"].to_numpy(dtype=bool)
    problems: list[Problem] = []
    gaps = np.flatnonzero(np.diff(days) > np.timedelta64(1, "D"))
    if len(gaps):
        what = f"leaves out days, the first after {days[gaps[0]]}"
        problems.append(Problem("table calendar", what, "Give every day, worked or not"))
    new = frame.copy()
    for name, limit in mapping.limits.items():
        if limit.after not in frame:
            problems.append(Problem(f"{origin.name}, column {limit.after}", "is missing"))
            continue
        start = frame[limit.after].to_numpy().astype("datetime64[D]")
        found = last_days(start, limit.working_days, days, working)
        beyond = np.flatnonzero(np.isnat(found) & ~np.isnat(start))
        what = f"has its limit {name} outside the calendar, {days[0]} to {days[-1]}"
        remedy = "Give the calendar more days"
        problems += origin.problems(beyond, what, remedy, limit.after)
        new[name] = pd.Series(found.astype("datetime64[ns]"), index=frame.index)
    return new, problems
