"""The published figures against the documents themselves, where these are at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.data.dataset import Dataset
from analysis.data.reading.account import FIRST_DATA_ROW
from analysis.errors import ParamsError, Problem

RUNS = (
    re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)*"),
    re.compile(r"[〇零一二三四五六七八九十百千万亿两半双]+|全部|没有|全覆盖|首|率先|每"),
)
"""What may be a number: digits, and Chinese numerals."""
Documents = dict[str, list[str]]


@dataclass(frozen=True)
class Mark:
    """Characters that a row says stand in a document, from ``start`` up to ``end``."""

    place: str
    line: tuple[str, int]
    start: int
    end: int
    text: str


def read_documents(dataset: Dataset, folder: Path) -> Documents:
    """The lines of each document.

    Raises
    ------
    ParamsError: a document is not in the folder.
    """
    sources = dataset.tables["sources"]
    files = {row.source: folder / row.file for row in sources.itertuples()}
    missing = [file.name for file in files.values() if not file.is_file()]
    if missing:
        raise ParamsError([Problem(f"document {name}", "is not in the folder") for name in missing])
    return {key: file.read_text(encoding="utf-8").split("\n") for key, file in files.items()}


def check_documents(dataset: Dataset, documents: Documents) -> list[Problem]:
    """Tokens that do not stand at their offset, and runs of digits that nothing accounts for."""
    figures, listed = _marks(dataset, "figures", "token"), _marks(dataset, "uncovered", "run")
    return [
        *_misplaced([*figures, *listed], documents),
        *_unaccounted([*figures, *listed], documents),
        *_twice(listed, figures),
    ]


def _marks(dataset: Dataset, table: str, column: str) -> list[Mark]:
    rows = dataset.tables[table].to_dict("records")
    return [
        Mark(
            f"{table}.csv, column offset, row {position}",
            (row["source"], int(row["line"])),
            int(row["offset"]),
            int(row["offset"]) + len(row[column]),
            row[column],
        )
        for position, row in enumerate(rows, FIRST_DATA_ROW)
    ]


def _misplaced(marks: list[Mark], documents: Documents) -> Iterator[Problem]:
    lines = {(s, n): text for s, texts in documents.items() for n, text in enumerate(texts, 1)}
    for mark in marks:
        if lines.get(mark.line, "")[mark.start : mark.end] != mark.text:
            remedy = "Lines count from 1, characters from 0"
            yield Problem(mark.place, "has other characters there in the document", remedy)


def _unaccounted(marks: list[Mark], documents: Documents) -> Iterator[Problem]:
    for source, lines in documents.items():
        for number, line in enumerate(lines, 1):
            here = [mark for mark in marks if mark.line == (source, number)]
            for run in (found for pattern in RUNS for found in pattern.finditer(line)):
                if not any(m.start <= run.start() and run.end() <= m.end for m in here):
                    where = f"{source}, line {number}, offset {run.start()}"
                    remedy = "Add a figure, or list it in uncovered.csv with a reason"
                    yield Problem(where, "has a number that nothing accounts for", remedy)


def _twice(listed: list[Mark], figures: list[Mark]) -> Iterator[Problem]:
    for mark in listed:
        if any(f.line == mark.line and f.start < mark.end and mark.start < f.end for f in figures):
            yield Problem(mark.place, "is covered by a figure as well", "Remove it")
