"""Write ``data/late_pickups`` from the printed table of ten centres, ``late_pickups.csv`` here.

    python scripts/make_late_pickups.py

Weeks are numbered in the table and have no dates: they are written as the first twenty of 1998.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "data" / "late_pickups"
BEGAN, ENDED = "1998-01-26", "1998-04-19"
"""First day of the fifth week, when the fine was announced, and last day of the sixteenth."""


def main() -> None:
    printed = pd.read_csv(HERE / "late_pickups.csv")
    printed["region_code"] = "C-" + printed["center"].astype(str).str.zfill(2)
    printed["period"] = "1998-W" + printed["week"].astype(str).str.zfill(2)
    counts = printed.assign(outcome="late_pickup", count=printed["late_pickups"])
    sizes = printed.assign(exposure="children", value=printed["children"])
    centres = printed.drop_duplicates("center")
    regions = pd.DataFrame(
        {
            "region_code": centres["region_code"],
            "name_en": "Centre " + centres["center"].astype(str),
            "name_zh": centres["center"].astype(str) + "号托儿所",
            "level": "county",
        }
    )
    fined = centres.loc[centres["group"] == "test", ["region_code"]].assign(
        intervention="fine", started_on=BEGAN, ended_on=ENDED, assignment="unknown"
    )
    for name, frame in {
        "outcomes": counts[["region_code", "period", "outcome", "count"]],
        "exposures": sizes[["region_code", "period", "exposure", "value"]],
        "regions": regions,
        "interventions": fined,
    }.items():
        frame.to_csv(FOLDER / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
