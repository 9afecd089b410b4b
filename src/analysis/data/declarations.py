"""Tables as files declare them: ``tables.csv``, ``columns.csv`` and ``choices.csv`` of a folder."""

from __future__ import annotations

import csv
from pathlib import Path

from pydantic import TypeAdapter

from analysis.data.contract import Table


def csv_rows(file: Path) -> list[dict[str, str]]:
    """The rows of a file of declarations, without remarks."""
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(line for line in handle if not line.startswith("#")))


def declared_tables(folder: Path) -> tuple[Table, ...]:
    """Tables as files declare them, which are long and say nothing but words.

    ``tables.csv`` says what a row of each table is, ``columns.csv`` what its columns hold (all
    but ``en`` may be left out), ``choices.csv``, where there is one, which words a choice may be.
    """
    words: dict[str, list[tuple[str, str, str]]] = {"": []}
    choices = folder / "choices.csv"
    for row in csv_rows(choices) if choices.is_file() else ():
        words.setdefault(row["choices"], []).append((row["word"], row["en"], row["zh"]))
    columns = [
        {name: text for name, text in row.items() if text}
        | {"name": row["column"], "choices": words[row.get("choices", "")]}
        for row in csv_rows(folder / "columns.csv")
    ]
    tables = [
        row
        | {"name": row["table"], "key": [name for name in row["key"].split(";") if name]}
        | {"columns": [column for column in columns if column["table"] == row["table"]]}
        for row in csv_rows(folder / "tables.csv")
    ]
    return TypeAdapter(tuple[Table, ...]).validate_python(tables)
