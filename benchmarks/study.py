"""Write rows of the studies of the verdict: how often it claims what is not so.

    python benchmarks/study.py                    every row that is missing, 1,000 worlds each
    python benchmarks/study.py "drift -2 %" …     these rows, anew
    python benchmarks/study.py --worlds 200 …     fewer worlds

Rows are added to ``data/studies/verdict.csv`` as they are done, so that a run that was stopped
goes on where it was.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from analysis.simulated.counties import WORLDS
from analysis.studies import as_frame, study

FILE = Path(__file__).resolve().parents[1] / "data" / "studies" / "verdict.csv"
SEED = 7


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[[], *WORLDS], metavar="ROW")
    parser.add_argument("--worlds", type=int, default=1000)
    asked = parser.parse_args()
    there = pd.read_csv(FILE) if FILE.exists() else pd.DataFrame({"row": []})
    wanted = asked.rows or [row for row in WORLDS if row not in set(there["row"])]
    for row in wanted:
        found = as_frame([study(row, WORLDS[row], range(asked.worlds), SEED, _version())])
        there = pd.concat([there[there["row"] != row], found]) if len(there) else found
        order = {name: place for place, name in enumerate(WORLDS)}
        there = there.sort_values("row", key=lambda names: names.map(order))
        FILE.parent.mkdir(exist_ok=True)
        there.to_csv(FILE, index=False)
        print(
            found[["row", "alone", "claimed", "moderate", "little", "seconds"]].to_string(
                index=False, header=False
            ),
            flush=True,
        )


def _version() -> str:
    from importlib.metadata import version

    return version("regional-regulation-analysis")


if __name__ == "__main__":
    main()
