"""What checking a dataset found, as a table for a terminal and as JSON for the page on its quality.

The JSON (``version`` 1) holds ``dataset`` (the folder's name), ``title`` in both languages,
``status`` (``real`` or ``simulated``), ``obeys`` (whether nothing was refused), ``tables`` and
``refused``. A table holds ``table``, ``rows_read``, ``rows_kept``, ``files`` (``file``,
``sha256``, ``form``, ``rows``, ``encoding``, ``delimiter``, ``how``, ``sheet``, ``header``),
``repaired``, ``excluded``, ``noted`` and ``not_read`` (``file``, ``column``, ``rule``, ``count``,
``rows``: the first numbers in the owner's file) and ``unused`` (columns that are not read).
``unread_files`` are files of the folder that hold no table. A refusal holds
``where``, ``rule``, ``remedy`` and, where it is of rows, ``file``, ``column``, ``rows``,
``count`` and ``table``. Nothing holds the value of a cell.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size

from analysis import stored
from analysis.data.dataset import Dataset
from analysis.data.description import table_sources
from analysis.data.reading.account import Account, Line, RowProblem, Source, rows_words
from analysis.data.reading.distinct import UNSEEN_RULE
from analysis.data.reading.read_table import READERS
from analysis.errors import Problem

VERSION = 1


def report_of(dataset: Dataset, problems: Sequence[Problem]) -> dict[str, Any]:
    """The account of a dataset as plain values."""
    return {
        "version": VERSION,
        "dataset": dataset.folder.name,
        "title": {"en": dataset.description.title.en, "zh": dataset.description.title.zh},
        "status": dataset.description.status,
        "obeys": not problems,
        "tables": [_table(account) for account in dataset.accounts.values()],
        "unread_files": unread_files(dataset),
        "refused": [_refusal(problem) for problem in problems],
    }


def _table(account: Account) -> dict[str, Any]:
    def lines(done: str) -> list[dict[str, Any]]:
        found = [asdict(line) for line in account.lines if line.done == done]
        return [{key: value for key, value in line.items() if key != "done"} for line in found]

    return {
        "table": account.table,
        "rows_read": account.rows,
        "rows_kept": account.kept,
        "files": [asdict(source) for source in account.sources],
        "repaired": lines("repaired"),
        "excluded": lines("excluded"),
        "noted": lines("noted"),
        "not_read": lines("not read"),
        "unused": list(account.unused),
    }


def _refusal(problem: Problem) -> dict[str, Any]:
    found = asdict(problem)
    return {"rule": found.pop("what"), **found}


def write_report(dataset: Dataset, problems: Sequence[Problem], file: Path) -> Path:
    """The account as JSON, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report_of(dataset, problems), ensure_ascii=False, indent=1, sort_keys=True)
    stored.write_whole(file, f"{text}\n".encode())
    return file


def account_lines(dataset: Dataset, problems: Sequence[Problem]) -> list[str]:
    """The account as a table: what happened, to which table, where, how often."""
    rows = [("", "table", "file or column", "rows", "what")]
    for account in dataset.accounts.values():
        rows += [("read", account.table, s.file, f"{s.rows:,}", _read(s)) for s in account.sources]
        rows += [_line(account.table, line) for line in _summed(account.lines)]
    if unseen := dataset.description.unseen:
        rows.append(("repaired", "", "dataset.yml", f"{unseen:,}", UNSEEN_RULE))
    rows += [("not read", "", file, "", "holds no table") for file in unread_files(dataset)]
    for problem in problems:
        if isinstance(problem, RowProblem):
            subject = problem.column or problem.file
            what = f"{problem.what} ({_rows(problem)})"
            rows.append(("refused", problem.table, subject, f"{problem.count:,}", what))
        else:
            rows.append(("refused", "", problem.where, "", problem.what))
    return _aligned(rows)


OTHER_DATA = {
    *(".ods", ".xlsb", ".et", ".wps", ".dbf", ".mdb", ".accdb", ".sav", ".dta", ".rds", ".json"),
    *(".jsonl", ".xml", ".zip", ".gz", ".7z", ".rar", ".bz2", ".xz", ".db", ".sqlite", ".duckdb"),
}
"""Endings of files that may hold data and are never read as a table."""


def unread_files(dataset: Dataset) -> list[str]:
    """Files of data in the folder, and below it, that are no table of the dataset."""
    folder, description = dataset.folder, dataset.description
    sources, _ = table_sources(folder, description)
    used = {file.resolve() for files in sources.values() for file in files.values()}
    if description.records and description.records.files:
        used |= {file.resolve() for file in folder.glob(description.records.files)}
    urls = [*(m.url for m in description.read_as.values()), getattr(description.records, "url", "")]
    named = {folder / url.partition("://")[2].lstrip("/") for url in urls if url}
    kinds = {*READERS, *OTHER_DATA}
    data = (file for file in folder.rglob("*") if file.suffix.lower() in kinds)
    other = (f.relative_to(folder) for f in data if f.resolve() not in used and f not in named)
    return sorted(
        f.as_posix() for f in other if not any(p.startswith(("~$", ".")) for p in f.parts)
    )


def _summed(lines: Sequence[Line]) -> list[Line]:
    """Repairs of one kind in one column as one line, over all files; exclusions as they are."""
    counts = Counter[tuple[str, str]]()
    for line in lines:
        if line.done == "repaired":
            counts[line.column, line.rule] += line.count
    summed = [Line("repaired", "", *subject, count) for subject, count in counts.items()]
    return [*(line for line in lines if line.done != "repaired"), *summed]


def _line(table: str, line: Line) -> tuple[str, str, str, str, str]:
    what = f"{line.rule} ({_rows(line)})" if line.rows else line.rule
    subject = line.column if line.done == "repaired" else line.file
    return (line.done, table, subject, f"{line.count:,}", what)


def _rows(found: Line | RowProblem) -> str:
    """The rows of a problem or exclusion, the first few and how many more."""
    more = found.count - len(found.rows)
    words = rows_words(found.rows)
    return f"{words} and {more:,} more" if more > 0 else words


def _read(source: Source) -> str:
    mark = {"\t": "tab"}.get(source.delimiter, source.delimiter)
    parts = [
        source.form,
        f"sheet {source.sheet}" if source.sheet else "",
        f"{source.encoding}, delimiter {mark} ({source.how})" if source.encoding else "",
        f"header in {rows_words(source.header)}" if source.header != (1,) else "",
    ]
    return "; ".join(filter(None, parts))


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns of equal width; a Chinese character takes two places."""
    *widths, _ = (max(map(cell_len, column)) for column in zip(*rows, strict=True))
    lines = []
    for *texts, count, what in rows:
        cells = [set_cell_size(text, width) for text, width in zip(texts, widths, strict=False)]
        lines.append("  ".join([*cells, count.rjust(widths[3]), what]).rstrip())
    return lines
