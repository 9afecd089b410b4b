"""Tables that tests fill row by row and that stand at the end of a run, however many processes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

PUBLISHED, STUDIES = "published numbers", "simulation studies"
HEADS = {
    PUBLISHED: (
        "| number | published | obtained | tolerance | source |",
        "|---|---|---|---|---|",
    ),
    STUDIES: (
        "| study | worlds | truth | bias (error) | covered (error) | refused |",
        "|---|---|---|---|---|---|",
    ),
}


COLUMNS = ("method", "number", "published", "obtained", "tolerance", "source")
"""Of the file that ``RECORD`` names."""


def line(row: Any) -> str:
    """A row as it is printed; those of studies are texts already."""
    if isinstance(row, str):
        return row
    _, what, printed, obtained, tolerance, source, _ = row
    return f"| {what} | {printed:g} | {obtained:.5f} | {tolerance:g} | {source} |"


def record(rows: list[Any], file: Path) -> None:
    """Write what was obtained, to nine digits: what comes after them differs between machines."""
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(COLUMNS)
        for method, what, *numbers, source, _ in rows:
            writer.writerow([method, what, *(f"{number:.9g}" for number in numbers), source])


def collected(reports: list[Any], table: str) -> list[Any]:
    """Rows of a table in the reports of tests, in order of the tests' names."""
    ran = sorted((r for r in reports if getattr(r, "when", "") == "call"), key=lambda r: r.nodeid)
    return [row for r in ran for name, row in r.user_properties if name == table]
