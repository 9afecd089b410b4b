"""Write ``data/judges`` from lawyers' mean ratings of 43 judges, typed off as ``judges.csv`` here.

    python scripts/make_judges.py

Judges are numbered in the order printed; their names are left out. CONT (how often a lawyer met
the judge) and RTEN (worthy of retention, a rating of all others together) are no items of service.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "data" / "judges"
LEFT_OUT = ["CONT", "RTEN"]


def main() -> None:
    wide = pd.read_csv(HERE / "judges.csv").drop(columns=LEFT_OUT)
    ratings = wide.melt("rated", var_name="item", value_name="score")
    ratings["item"] = ratings["item"].str.lower()
    ratings.to_csv(FOLDER / "ratings.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
