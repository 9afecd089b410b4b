"""The tables of figures read off published documents, as the files beside this module declare them.

``tables.csv`` says what a row of each table is, ``columns.csv`` what its columns hold,
``choices.csv`` which words a column of choices may hold, and ``relations.csv`` what each type of
relation takes. They are files because they are long and say nothing but words.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from analysis.data.contract import Column, Table

FOLDER = Path(__file__).parent


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _declared() -> tuple[Table, ...]:
    columns = _rows("columns")
    words = [(row["choices"], (row["word"], row["en"], row["zh"])) for row in _rows("choices")]

    def column(row: dict[str, str]) -> Column:
        return Column(
            row["column"],
            row["kind"],
            row["en"],
            row["zh"],
            required=row["required"] != "no",
            minimum=float(row["minimum"]) if row["minimum"] else None,
            choices=tuple(word for name, word in words if row["choices"] == name),
            links_to=row["links_to"],
        )

    return tuple(
        Table(
            row["table"],
            row["en"],
            row["zh"],
            tuple(row["key"].split(";")),
            tuple(column(c) for c in columns if c["table"] == row["table"]),
        )
        for row in _rows("tables")
    )


PUBLISHED_TABLES = _declared()
LINKS = ("numerator", "denominator", "target", "part_of", "previous", "growth_of", "same_as")
"""Columns of a figure that name another figure."""
RELATIONS = {row["type"]: row for row in _rows("relations")}
"""Types of relation: least and most terms, whether a result and a constant are needed."""


def choices(table: str, column: str) -> dict[str, tuple[str, str]]:
    """The words that a column may hold, with their meaning in English and Chinese."""
    found = next(one for one in PUBLISHED_TABLES if one.name == table).column(column)
    return {word: (en, zh) for word, en, zh in found.choices}


def rows_of(frame: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of a table as text, empty where nothing stands."""
    blank = frame.astype(object).where(frame.notna(), "")
    return [{k: str(v) for k, v in row.items()} for row in blank.to_dict("records")]
