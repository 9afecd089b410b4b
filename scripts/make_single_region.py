"""Write the tables of ``data/proposition99`` and ``data/organ_donations``.

    python scripts/make_single_region.py

``data/proposition99/source.csv``: packs of cigarettes sold per head in 39 states, 1970 to 2000,
from ``california_prop99.csv`` of CausalPy 0.9.0 (Apache 2.0), rounded to the one decimal it is
printed with; and the four predictors of Abadie, Diamond and Hainmueller, averaged over 1980 to 1988
(beer 1984 to 1988), from ``MLAB_data.txt`` of their replication files. Organ donors are the set
``organ_donations`` of the package ``causaldata`` (MIT). ``states.csv`` names the states and says
where their tiles lie.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from causaldata import organ_donations

DATA = Path(__file__).resolve().parents[1] / "data"
STATES = pd.read_csv(Path(__file__).with_name("states.csv")).set_index("state")
PREDICTORS = ["income", "price", "young", "beer"]
KEYS = ["region_code", "period"]


def write(folder: str, start: tuple[str, str], **tables: pd.DataFrame) -> None:
    """The tables of one dataset, with its states and the one start in California."""
    own = STATES[STATES["code"].isin(tables["outcomes"]["region_code"])].reset_index()
    own = own.rename(columns={"code": "region_code", "state": "name_en"}).sort_values("region_code")
    columns = ["region_code", "name_en", "name_zh", "level", "tile_row", "tile_column"]
    tables["regions"] = own.assign(level="province")[columns]
    row = {"region_code": "US-CA", "intervention": start[0], "started_on": start[1]}
    tables["interventions"] = pd.DataFrame([{**row, "assignment": "selected"}])
    for name, table in tables.items():
        table.to_csv(DATA / folder / f"{name}.csv", index=False, lineterminator="\n")


def proposition99() -> None:
    """Packs by state and year; predictors stand in the first year, as sizes do."""
    source = pd.read_csv(DATA / "proposition99" / "source.csv")
    source["region_code"] = source["state"].map(STATES["code"])
    years = [column for column in source if column.isdigit()]
    packs = source.melt("region_code", years, "period").assign(outcome="cigarette_packs")
    known = source.melt("region_code", PREDICTORS, "exposure").assign(period=years[0])
    write(
        "proposition99",
        ("proposition_99", "1989-01-01"),
        outcomes=packs.sort_values(KEYS)[[*KEYS, "outcome", "value"]],
        exposures=known.sort_values(["exposure", *KEYS])[[*KEYS, "exposure", "value"]],
    )


def donors() -> None:
    """Share of people registered, in per cent, by state and quarter."""
    given = organ_donations.load_pandas().data
    rates = pd.DataFrame(
        {
            "region_code": given["State"].map(STATES["code"]),
            "period": given["Quarter"].str.replace(r"Q(\d)(\d{4})", r"\2Q\1", regex=True),
            "outcome": "registered_share",
            "value": (100 * given["Rate"]).round(2),
        }
    )
    write("organ_donations", ("active_choice", "2011-07-01"), outcomes=rates.sort_values(KEYS))


if __name__ == "__main__":
    proposition99()
    donors()
