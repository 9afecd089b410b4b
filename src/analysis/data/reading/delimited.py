"""Delimited text: decoded, split and numbered row by row as the owner sees it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from analysis import digest
from analysis.data.reading.account import Ledger, Source
from analysis.data.reading.distinct import Cells, cells_of, plain_name
from analysis.data.reading.encoding import decoded
from analysis.data.reading.mapping import TableMapping
from analysis.data.reading.origin import row_problem
from analysis.data.reading.raw import Raw, Wanted, merged_names, require_distinct
from analysis.errors import ContractError, Problem

DELIMITERS = ",;\t|"
SAMPLE = 1 << 20
BLOCK = 1 << 24
"""No row is longer than this; a quotation mark left open runs into it."""


def read_delimited(file: Path, name: str, mapping: TableMapping, wanted: Wanted) -> Raw:
    """A file of delimited text.

    Raises
    ------
    ContractError: encoding, NULs, ragged rows, an open quotation mark, or no such header.
    """
    data = file.read_bytes()
    if re.search(rb"\S", data) is None:
        raise ContractError([Problem(name, "is empty", "A header and a row for each record")])
    opened = decoded(data, mapping.encoding, name)
    text = opened.text
    _refuse_nuls(text, name)
    sample = text[:SAMPLE].decode("utf-8", errors="ignore")
    delimiter = mapping.delimiter or guess_delimiter(sample)
    header = _header(sample, delimiter, mapping.header, name)
    names = merged_names(header)
    require_distinct(names, wanted, name)
    table, ragged = _split(text, delimiter, names, wanted, name)
    ledger = Ledger(name)
    rows = np.delete(np.arange(1, table.num_rows + len(ragged) + 1), np.array(ragged, int) - 1)
    below = rows > mapping.header[-1]
    late = [row for row in ragged if row > mapping.header[-1]]
    if late and text.count(b'"') % 2:
        # It has swallowed rows: their number is not known, and leaving them out would hide that.
        raise ContractError([_open_quote(text, name)])
    if late and mapping.ragged == "refuse":
        what = f"has more or fewer than {len(names)} cells"
        remedy = "Mend the row in a copy, or write ragged: leave_out in dataset.yml"
        raise ContractError([row_problem(name, late, what, remedy)])
    ledger.excluded("more or fewer cells than the header", late)
    source = Source(
        file=name,
        sha256=digest.of_bytes(data),
        form="delimited text",
        rows=int(below.sum()) + len(late),
        encoding=opened.encoding,
        delimiter=delimiter,
        how=f"encoding {opened.how}, delimiter {'named' if mapping.delimiter else 'detected'}",
        header=mapping.header,
    )
    columns = {key: column.take(below) for key, column in _columns(table, names).items()}
    return Raw(source, tuple(names), columns, rows[below], ledger)


def _refuse_nuls(text: bytes, name: str) -> None:
    if b"\0" not in text:
        return
    rows = [number for number, line in enumerate(text.split(b"\n"), 1) if b"\0" in line]
    remedy = "Export the file again; such a character is a sign of damage"
    what = "cannot be read: holds a NUL character"
    raise ContractError([row_problem(name, rows, what, remedy)])


def guess_delimiter(sample: str) -> str:
    """The mark that splits most lines into the same number of cells, more than one."""
    lines = sample.splitlines()[:200]
    best, chosen = (0.0, 0), ","
    for mark in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=mark) if row)
        except csv.Error:
            # A cell longer than the reader takes, as where a quotation mark is left open.
            continue
        wide = {width: count for width, count in widths.items() if width > 1}
        if wide:
            width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
            score = (count / sum(widths.values()), width)
            if score > best:
                best, chosen = score, mark
    return chosen


def first_rows(sample: str, delimiter: str, count: int) -> list[list[str]]:
    """The first rows of a text, split."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == count:
                break
    except csv.Error:
        # A cell longer than the reader takes; the rows before it are what can be looked at.
        return rows
    return rows


def _header(sample: str, delimiter: str, numbers: tuple[int, ...], name: str) -> list[list[str]]:
    rows = first_rows(sample, delimiter, numbers[-1])
    if len(rows) < numbers[-1] or not any(cell.strip() for cell in rows[numbers[-1] - 1]):
        where = f"{name}, row {numbers[-1]}"
        raise ContractError(
            [Problem(where, "holds no names of columns", "Correct header in dataset.yml")]
        )
    return rows[numbers[0] - 1 :]


def _split(
    text: bytes, delimiter: str, names: list[str], wanted: Wanted, name: str
) -> tuple[pa.Table, list[int]]:
    """All rows as texts, and the numbers of those with another number of cells."""
    table, ragged = _parsed(text, delimiter, names, wanted, name, threads=True)
    if ragged:
        # Rows have numbers only where one thread reads them; most files need none.
        table, ragged = _parsed(text, delimiter, names, wanted, name, threads=False)
    return table, ragged


def _parsed(
    text: bytes, delimiter: str, names: list[str], wanted: Wanted, name: str, *, threads: bool
) -> tuple[pa.Table, list[int]]:
    ragged: list[int] = []

    def note(row: pyarrow.csv.InvalidRow) -> str:
        ragged.append(row.number)
        return "skip"

    keys = [str(place) for place in range(len(names))]
    chosen = [key for key, own in zip(keys, names, strict=True) if wanted(plain_name(own))]
    kinds = pa.schema([(key, pa.string()) for key in chosen])
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(text),
            pyarrow.csv.ReadOptions(use_threads=threads, column_names=keys, block_size=BLOCK),
            pyarrow.csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                invalid_row_handler=note,
                ignore_empty_lines=False,
            ),
            pyarrow.csv.ConvertOptions(
                column_types=kinds, include_columns=chosen or keys[:1], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        # What Arrow says quotes the cell.
        raise ContractError([_open_quote(text, name)]) from None
    return table, ragged


def _open_quote(text: bytes, name: str) -> Problem:
    """That the file cannot be split, and the rows with an odd number of quotation marks."""
    what, remedy = "cannot be read as delimited text", "A quotation mark may be left open"
    odd = [row for row, line in enumerate(text.split(b"\n"), 1) if line.count(b'"') % 2]
    return row_problem(name, odd, what, remedy) if odd else Problem(name, what, remedy)


def _columns(table: pa.Table, names: list[str]) -> dict[str, Cells]:
    return {
        plain_name(names[int(key)]): cells_of(table.column(key))
        for key in table.column_names
        if plain_name(names[int(key)])
    }
