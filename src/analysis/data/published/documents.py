"""The published figures against the documents themselves, where these are at hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.reading.account import FIRST_DATA_ROW
from analysis.errors import ParamsError, Problem

ARABIC_RUN = re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)*")
CHINESE_RUN = re.compile(r"[〇零一二三四五六七八九十百千万亿两半双]+|全部|没有|全覆盖|首|率先|每")
Documents = dict[str, list[str]]
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Coverage:
    """How the runs of digits of the documents are accounted for."""

    figures: Counter[str]
    uncovered: Counter[str]
    reasons: Counter[str]


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
    tables = dataset.tables
    return [
        *_places("figures", "token", tables["figures"], documents),
        *_places("uncovered", "run", tables["uncovered"], documents),
        *_unaccounted(tables, documents),
        *_twice(tables),
    ]


def coverage(dataset: Dataset) -> Coverage:
    """Figures and uncovered runs by document, and uncovered runs by reason."""
    figures, uncovered = dataset.tables["figures"], dataset.tables["uncovered"]
    return Coverage(
        Counter(figures["source"]), Counter(uncovered["source"]), Counter(uncovered["reason"])
    )


def _places(name: str, column: str, table: pd.DataFrame, documents: Documents) -> Iterator[Problem]:
    for position, row in enumerate(table.to_dict("records")):
        lines = documents.get(row["source"], [])
        line, offset, text = int(row["line"]), int(row["offset"]), row[column]
        there = lines[line - 1] if 1 <= line <= len(lines) else ""
        if there[offset : offset + len(text)] != text:
            where = f"{name}.csv, column offset, row {position + FIRST_DATA_ROW}"
            remedy = "Lines count from 1, characters from 0"
            yield Problem(where, "has other characters there in the document", remedy)


def _spans(tables: Tables, name: str, column: str) -> dict:
    found: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for row in tables[name].to_dict("records"):
        start = int(row["offset"])
        key = (row["source"], int(row["line"]))
        found.setdefault(key, []).append((start, start + len(row[column])))
    return found


def _unaccounted(tables: Tables, documents: Documents) -> Iterator[Problem]:
    figures, listed = _spans(tables, "figures", "token"), _spans(tables, "uncovered", "run")
    for source, lines in documents.items():
        for number, line in enumerate(lines, 1):
            key = (source, number)
            here = figures.get(key, []) + listed.get(key, [])
            for pattern in (ARABIC_RUN, CHINESE_RUN):
                for run in pattern.finditer(line):
                    if not any(low <= run.start() and run.end() <= high for low, high in here):
                        where = f"{source}, line {number}, offset {run.start()}"
                        remedy = "Add a figure, or list it in uncovered.csv with a reason"
                        yield Problem(where, "has a number that nothing accounts for", remedy)


def _twice(tables: Tables) -> Iterator[Problem]:
    taken = _spans(tables, "figures", "token")
    for position, row in enumerate(tables["uncovered"].to_dict("records")):
        start = int(row["offset"])
        end = start + len(row["run"])
        spans = taken.get((row["source"], int(row["line"])), [])
        if any(low < end and start < high for low, high in spans):
            where = f"uncovered.csv, column offset, row {position + FIRST_DATA_ROW}"
            yield Problem(where, "is covered by a figure as well", "Remove it")
