"""Excel sheets and Parquet files, as columns with row numbers."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from analysis import digest
from analysis.data.reading.account import Ledger, Source
from analysis.data.reading.distinct import Cells, cells_of, plain_name
from analysis.data.reading.mapping import TableMapping
from analysis.data.reading.origin import row_problem
from analysis.data.reading.raw import Raw, Wanted, merged_names, require_distinct
from analysis.errors import AnalysisError, ContractError, Problem, nearest

LARGEST = 2 << 30
"""Bytes an Excel file may unfold to; a full sheet of 20 columns takes about half."""
RATIO = 200
"""How many times its size an Excel file may unfold to, beyond ``SMALL``; sheets take 5 to 30."""
SMALL = 50 << 20


def read_excel(file: Path, name: str, mapping: TableMapping, wanted: Wanted) -> Raw:
    """One sheet of an Excel file.

    Raises
    ------
    ContractError: not an Excel file, a bomb, no such sheet, formulas without stored values.
    """
    with _mended_by_owner(name):
        _require_sound_archive(file, name)
        cells, title = _rows(file, name, mapping.sheet)
    last = mapping.header[-1]
    if len(cells) < last or not any(cells[last - 1]):
        where = f"{name}, row {last}"
        raise ContractError(
            [Problem(where, "holds no names of columns", "Correct header in dataset.yml")]
        )
    with _mended_by_owner(name):
        _refuse_unstored_formulas(file, name, mapping.sheet, cells)
    names = merged_names(cells[mapping.header[0] - 1 : last])
    require_distinct(names, wanted, name)
    body = cells[last:]
    columns = {
        plain_name(own): cells_of(pa.array([_at(row, place) for row in body], pa.string()))
        for place, own in enumerate(names)
        if plain_name(own) and wanted(plain_name(own))
    }
    source = Source(
        file=name,
        sha256=digest.of_file(file),
        form="Excel",
        rows=len(body),
        sheet=title,
        header=mapping.header,
    )
    return Raw(source, tuple(names), columns, np.arange(last + 1, len(cells) + 1), Ledger(name))


def sheet_rows(file: Path, name: str, count: int) -> tuple[list[list[str]], str]:
    """The first rows of the first sheet as texts, and its name.

    Raises
    ------
    ContractError: as :func:`read_excel`.
    """
    with _mended_by_owner(name):
        _require_sound_archive(file, name)
        return _rows(file, name, "", count)


def _rows(
    file: Path, name: str, wanted: str | int, count: int | None = None
) -> tuple[list[list[str]], str]:
    book, sheet = _open(file, name, wanted)
    try:
        rows = sheet.iter_rows(max_row=count, values_only=True)
        return [[_text(cell) for cell in row] for row in rows], str(sheet.title)
    finally:
        book.close()


@contextmanager
def _mended_by_owner(name: str) -> Iterator[None]:
    """Whatever a reader of workbooks stumbles over as one problem; its own words quote cells."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except AnalysisError:
        raise
    except Exception:  # a damaged file is the user's to mend, whatever the reader says
        what, remedy = "cannot be read as an Excel workbook", "Save it anew in Excel, or as CSV"
        raise ContractError([Problem(name, what, remedy)]) from None


def _at(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _text(cell: Any) -> str:
    """A cell as text: dates as written in the contract, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _require_sound_archive(file: Path, name: str) -> None:
    """Refuse what is no Excel file, and one that unfolds beyond measure, before it is opened."""
    what, remedy = "", "Save it in Excel as a workbook (.xlsx) or as CSV UTF-8"
    try:
        with zipfile.ZipFile(file) as archive:
            unfolded = sum(part.file_size for part in archive.infolist())
            packed = max(1, file.stat().st_size)
            if unfolded > LARGEST or (unfolded > SMALL and unfolded > RATIO * packed):
                what = "unfolds to far more than a sheet holds"
            elif any(_declares(archive, part) for part in archive.infolist()):
                what = "declares XML entities, which no sheet needs"
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        what = "is not an Excel workbook"
    if what:
        raise ContractError([Problem(name, f"cannot be read: {what}", remedy)])


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    if not part.filename.endswith((".xml", ".rels")):
        return False
    with archive.open(part) as handle:
        return re.search(rb"<!(DOCTYPE|ENTITY)", handle.read(4096)) is not None


def _open(file: Path, name: str, wanted: str | int, *, values: bool = True) -> tuple[Any, Any]:
    """The workbook, and the sheet of that name or number; the first where none is named."""
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True, data_only=values)
    names = book.sheetnames
    if isinstance(wanted, int) and 1 <= wanted <= len(names):
        return book, book[names[wanted - 1]]
    if wanted in names or wanted == "":
        return book, book[wanted or names[0]]
    problem = Problem(f"{name}, sheet", "does not exist", nearest(str(wanted), names))
    raise ContractError([problem])


def _refuse_unstored_formulas(
    file: Path, name: str, sheet_name: str | int, cells: list[list[str]]
) -> None:
    """A formula that no program has computed reads as nothing; that would be silence."""
    book, sheet = _open(file, name, sheet_name, values=False)
    try:
        rows = [
            number
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
            for place, cell in enumerate(row)
            if isinstance(cell, str) and cell.startswith("=") and not _at(cells[number - 1], place)
        ]
    finally:
        book.close()
    if rows:
        what = "holds a formula without a stored result"
        remedy = "Open the file in Excel and save it, so that results are stored"
        raise ContractError([row_problem(name, list(dict.fromkeys(rows)), what, remedy)])


def read_parquet(file: Path, name: str, mapping: TableMapping, wanted: Wanted) -> Raw:
    """A Parquet file; its columns keep their types.

    Raises
    ------
    ContractError: damaged, or times with a zone while none is named in ``dataset.yml``.
    """
    try:
        names = pyarrow.parquet.read_schema(file).names
        require_distinct(names, wanted, name)
        chosen = [own for own in names if wanted(plain_name(own))]
        table = pyarrow.parquet.read_table(file, columns=chosen)
    except (pa.ArrowException, OSError):
        what, remedy = "cannot be read as Parquet", "Export it again"
        raise ContractError([Problem(name, what, remedy)]) from None
    source = Source(name, digest.of_file(file), "Parquet", table.num_rows)
    return raw_of(table, names, source, mapping, base=1)


def raw_of(
    table: pa.Table, names: list[str], source: Source, mapping: TableMapping, base: int
) -> Raw:
    """A table in memory; its first row has the number ``base + 1``."""
    columns = {
        plain_name(own): typed(table.column(own), mapping.time_zone, f"{source.file}, column {own}")
        for own in table.column_names
    }
    rows = np.arange(base + 1, base + 1 + table.num_rows)
    return Raw(source, tuple(names), columns, rows, Ledger(source.file))


def typed(column: pa.ChunkedArray, time_zone: str, where: str) -> Cells | pd.Series:
    """A column as texts, or as numbers, truths or times where it holds those.

    Raises
    ------
    ContractError: times with a zone while none is named, or a column of lists or structures.
    """
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz:
        if not time_zone:
            remedy = "Name the zone whose days count in dataset.yml, for example Asia/Shanghai"
            raise ContractError([Problem(where, "holds times with a zone", remedy)])
        column = pc.local_timestamp(column.cast(pa.timestamp("us", tz=time_zone)))
        return column.to_pandas()
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        raise ContractError([Problem(where, "holds no plain values", "Leave the column out")])
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    if pa.types.is_date(column.type):
        return column.cast(pa.timestamp("us")).to_pandas()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return cells_of(column)
    return column.to_pandas()
