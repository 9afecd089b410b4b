"""What every report on the simulated provinces answers, held in one small table: what moves?"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import yaml

from analysis.reports.kind import find

TABLE = Path(__file__).resolve().parents[1] / "verdicts.csv"
SIMULATED = "data/simulated/"
GRADES = ("low", "moderate", "high")
NUMBER = re.compile(r"[−+]?\d[\d,]*(?:\.\d+)?")
LAST_DIGIT = 1.01
"""Of the number as printed: sums in another order may turn a rounding, nothing more."""


def questions(root: Path) -> dict[tuple[str, str], dict[str, object]]:
    """The parameters of every report on simulated data, by notebook and report."""
    files = sorted((root / "params").glob("*/*.yml"))
    read = {(f.parent.name, f.stem): yaml.safe_load(f.read_text("utf-8")) for f in files}
    return {key: p for key, p in read.items() if str(p.get("dataset")).startswith(SIMULATED)}


def answer(notebook: str, params: dict[str, object]) -> list[str]:
    """Direction, certainty and the number of the first screen, from question to verdict."""
    report = find(notebook).report.read(params)
    summary = report.summary()
    direction, _, grade = summary.verdict.rpartition("_")
    graded = (direction, grade) if grade in GRADES else (summary.verdict, "")
    none = summary.number.startswith("none of")
    return [*graded, "0" if none else NUMBER.search(summary.number)[0]]


def apart(expected: list[str], found: list[str]) -> bool:
    """Whether two lines differ by more than the last digit of their numbers."""
    one, other = (line[-1].replace("−", "-").replace(",", "") for line in (expected, found))
    digit = 10.0 ** -len(one.partition(".")[2])
    return expected[:-1] != found[:-1] or abs(float(one) - float(other)) > LAST_DIGIT * digit


def test_every_report_on_the_simulated_provinces_answers_as_expected(root, monkeypatch):
    """Direction, certainty and headline number of each, and no report without a line."""
    monkeypatch.chdir(root)
    lines = pd.read_csv(TABLE, dtype=str, keep_default_na=False).to_numpy().tolist()
    expected = {(line[0], line[1]): line for line in lines}
    asked = questions(root)
    moved = [
        f"no such report: {','.join(line)}" for key, line in expected.items() if key not in asked
    ]
    for key, params in asked.items():
        found = [*key, *answer(key[0], params)]
        before = expected.get(key)
        if before is None or apart(before, found):
            moved += [
                f"expected: {','.join(before or ['nothing'])}",
                f"found:    {','.join(found)}",
            ]
    assert not moved, "\n".join([f"{TABLE.name} and the reports differ", *moved])
