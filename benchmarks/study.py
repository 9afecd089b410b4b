"""Write rows of the studies of the verdict: how often it claims what is not so.

    python benchmarks/study.py                    every row that is missing, 1,000 worlds each
    python benchmarks/study.py "drift -2 %" …     these rows, anew
    python benchmarks/study.py --worlds 200 …     fewer worlds
    python benchmarks/study.py --joint …          of joint estimates of several interventions
    python benchmarks/study.py --counties …       of single counties, from protected counts
    python benchmarks/study.py --methods …        of every method with its defaults, 200 worlds

Rows are added to the file of the study in ``data/studies`` (of methods in ``data/methods``) as they
are done, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import methods as every
from analysis.simulated.counties import WORLDS
from analysis.simulated.interventions import JOINT_WORLDS
from analysis.studies import counties, joint, methods, verdict
from analysis.studies.counties import COUNTY_WORLDS

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from kinds import KINDS  # noqa: E402

FOLDER, OF_METHODS = ROOT / "data" / "studies", ROOT / "data" / "methods" / "worlds.csv"
SEED = 7
STUDIES: dict[str, tuple[Any, dict[str, Any]]] = {
    "verdict": (verdict, {**WORLDS}),
    "interventions": (joint, {**JOINT_WORLDS}),
    "county_effects": (counties, {**COUNTY_WORLDS}),
    "methods": (methods, {name: KINDS[every.load(name).takes.name] for name in every.names()}),
}
OPTIONS = {"--joint": "interventions", "--counties": "county_effects", "--methods": "methods"}
USUAL = {"methods": 200}
"""Worlds of a row unless asked for; else 1,000."""
SHOWN = ["row", "alone", "effects", "contrasts", "family", "claimed", "best", "found", "held",
         "recorded", "apart", "any_apart", "bias", "covered", "false", "refused",
         "seconds"]  # fmt: skip


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [[], *(name for _, worlds in STUDIES.values() for name in worlds)]
    parser.add_argument("rows", nargs="*", choices=names, metavar="ROW")
    parser.add_argument("--worlds", type=int)
    for option, name in OPTIONS.items():
        parser.add_argument(
            option, dest="study", action="store_const", const=name, default="verdict"
        )
    asked = parser.parse_args()
    kind, every = STUDIES[asked.study]
    file = OF_METHODS if asked.study == "methods" else FOLDER / f"{asked.study}.csv"
    there = pd.read_csv(file) if file.exists() else pd.DataFrame({"row": []})
    worlds = asked.worlds or USUAL.get(asked.study, 1000)
    wanted = asked.rows or [row for row in every if row not in set(there["row"])]
    for row in wanted:
        done = kind.study(row, every[row], range(worlds), SEED, _version())
        found = kind.as_frame([done])
        there = pd.concat([there[there["row"] != row], found]) if len(there) else found
        order = {name: place for place, name in enumerate(every)}
        there = there.sort_values("row", key=lambda names: names.map(order))
        FOLDER.mkdir(exist_ok=True)
        there.to_csv(file, index=False)
        shown = found[[name for name in SHOWN if name in found]]
        print(shown.to_string(index=False, header=False), flush=True)


def _version() -> str:
    from importlib.metadata import version

    return version("regional-regulation-analysis")


if __name__ == "__main__":
    main()
