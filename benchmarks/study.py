"""Write rows of the studies of the verdict: how often it claims what is not so.

    python benchmarks/study.py                    every row that is missing, 1,000 worlds each
    python benchmarks/study.py "drift -2 %" …     these rows, anew
    python benchmarks/study.py --worlds 200 …     fewer worlds
    python benchmarks/study.py --joint …          of joint estimates of several interventions

Rows are added to ``data/studies/verdict.csv`` or ``joint_effects.csv`` as they are done, so that a
run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.simulated.counties import WORLDS
from analysis.simulated.interventions import JOINT_WORLDS
from analysis.studies import joint as joint_studies
from analysis.studies import verdict as studies

FOLDER = Path(__file__).resolve().parents[1] / "data" / "studies"
SEED = 7
SHOWN = ["row", "alone", "claimed", "moderate", "little", "seconds"]
SHOWN_JOINT = ["row", "effects", "contrasts", "family", "claimed", "best", "found", "seconds"]


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[[], *WORLDS, *JOINT_WORLDS], metavar="ROW")
    parser.add_argument("--worlds", type=int, default=1000)
    parser.add_argument("--joint", action="store_true")
    asked = parser.parse_args()
    every: dict[str, Any] = {**JOINT_WORLDS} if asked.joint else {**WORLDS}
    kind: Any = joint_studies if asked.joint else studies
    file = FOLDER / ("joint_effects.csv" if asked.joint else "verdict.csv")
    there = pd.read_csv(file) if file.exists() else pd.DataFrame({"row": []})
    wanted = asked.rows or [row for row in every if row not in set(there["row"])]
    for row in wanted:
        done = kind.study(row, every[row], range(asked.worlds), SEED, _version())
        found = kind.as_frame([done])
        there = pd.concat([there[there["row"] != row], found]) if len(there) else found
        order = {name: place for place, name in enumerate(every)}
        there = there.sort_values("row", key=lambda names: names.map(order))
        FOLDER.mkdir(exist_ok=True)
        there.to_csv(file, index=False)
        shown = found[SHOWN_JOINT if asked.joint else SHOWN]
        print(shown.to_string(index=False, header=False), flush=True)


def _version() -> str:
    from importlib.metadata import version

    return version("regional-regulation-analysis")


if __name__ == "__main__":
    main()
