"""Write the tables of ``data/castle_doctrine`` from the set ``castle`` of ``causaldata``.

    python scripts/make_castle_doctrine.py

The package numbers the states, the District of Columbia between them though it is left out, and
says from which whole year a law was in force. The days stand in ``castle_laws.csv``: with them the
published regressions, which count the first year by its share in force, are met to four decimals.
Weights are the package's, one a state: people on average over the years.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from causaldata import castle

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "data" / "castle_doctrine"
DIGITS = 5


def main() -> None:
    source = castle.load_pandas().data.sort_values(["sid", "year"])
    states = pd.read_csv(HERE / "states.csv")
    code = source["sid"].astype(int).map(states["code"].rename(lambda place: place + 1))
    outcomes = pd.DataFrame(
        {
            "region_code": code,
            "period": source["year"].astype(int),
            "outcome": "homicides",
            "value": source["homicide"].astype(float).round(DIGITS),
            "base": source["popwt"].round().astype(int),
        }
    )
    own = states[states["code"].isin(code)].sort_values("code")
    regions = own.rename(columns={"code": "region_code", "state": "name_en"}).assign(
        level="province"
    )[["region_code", "name_en", "name_zh", "level", "tile_row", "tile_column"]]
    laws = pd.read_csv(HERE / "castle_laws.csv")
    interventions = pd.DataFrame(
        {
            "region_code": laws["state"].map(states.set_index("state")["code"]),
            "intervention": "castle_law",
            "started_on": laws["in_force_from"],
            "assignment": "selected",
        }
    )
    tables = {
        "outcomes": outcomes.sort_values(["region_code", "period"]),
        "regions": regions,
        "interventions": interventions.sort_values("region_code"),
    }
    for name, table in tables.items():
        table.to_csv(FOLDER / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
