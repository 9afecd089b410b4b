"""Sheets of an Excel workbook: the cells by calamine, and what calamine leaves out by the XML.

calamine reads a sheet forty times as fast as openpyxl and does not believe the stated dimension
of a sheet, which WPS writes as A1. What it gets wrong is set right by :mod:`sheet_xml`.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from analysis import digest
from analysis.data.reading.account import Line, Source, first_rows_of, perhaps_cut
from analysis.data.reading.containers import sheet_xml
from analysis.data.reading.distinct import (
    Raw,
    Wanted,
    cells_of,
    names_of_columns,
    needed_columns,
)
from analysis.data.reading.mapping import TableMapping
from analysis.errors import AnalysisError, ContractError, Problem, nearest

LARGEST = 2 << 30
"""Bytes an Excel file may unfold to; a full sheet of 20 columns takes about half."""
RATIO = 200
"""How many times its size an Excel file may unfold to, beyond ``SMALL``; sheets take 5 to 30."""
SMALL = 50 << 20
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a workbook of Excel 97 to 2003 begins."""
ERROR_CODES = rb"[\x00\x07\x0f\x17\x1d\x24\x2a]"
OLD_ERRORS = re.compile(
    rb"\x05\x02\x08\x00.{6}%b\x01|\x06\x00..{6}.\x02\x00%b\x00{3}\xff\xff"
    % (ERROR_CODES, ERROR_CODES),
    re.DOTALL,
)
"""A record of an error, and of a formula whose result is one, in a workbook of Excel 97 to 2003."""


def read_excel(file: Path, name: str, mapping: TableMapping, wanted: Wanted) -> list[Raw]:
    """The sheets of an Excel file that a mapping names, or the first that is not hidden.

    Sheets that are not read, and rows that a filter hides, are lines of the account.

    Raises
    ------
    ContractError: not an Excel file, a bomb, no such sheet, or two that hold the same table.
    """
    with _opened(file, name) as book:
        titles, visible = sheets_of(book)
        chosen = _chosen(titles, visible, mapping.sheet, name)
        sha256 = digest.of_file(file)
        raws = []
        for index in chosen:
            shown = name if len(chosen) == 1 else f"{name}, sheet {titles[index]}"
            sheet = _sheet(book, file, index, shown)
            raws.append(_raw(sheet, titles[index], shown, sha256, mapping, wanted))
        others = [index for index in range(len(titles)) if index not in chosen]
        unread = {i: book.get_sheet_by_index(i).to_python(skip_empty_area=False) for i in others}
    if not mapping.sheet:
        alike = [i for i in others if i in visible and _names(unread[i], mapping) == raws[0].names]
        if alike:
            remedy = "Name in dataset.yml which to read; sheet: '*' reads all that are not hidden"
            shown = ", ".join(titles[index] for index in (*chosen, *alike))
            raise ContractError(
                [Problem(f"{name}, sheets {shown}", "have the same header", remedy)]
            )
    for index in others:
        what = f"{'' if index in visible else 'hidden '}sheet {titles[index]}"
        count = sum(any(cell != "" for cell in row) for row in unread[index])
        raws[0].lines.extend([Line("not read", name, "", what, count)] if count else [])
    return raws


def _raw(
    sheet: Sheet, title: str, shown: str, sha256: str, mapping: TableMapping, wanted: Wanted
) -> Raw:
    """The columns of a sheet that are needed."""
    last = mapping.header[-1]
    header = [[_text(cell) for cell in row] for row in sheet.cells[:last]]
    names = names_of_columns(header, mapping.header, shown)
    # Rows at the end that hold a format only are blank rows, too, and are counted.
    blank = [""] * (sheet.length - len(sheet.cells))
    columns = {}
    for key, number in needed_columns(names, wanted, shown).items():
        texts = [*_texts([row[number] for row in sheet.cells[last:]]), *blank]
        columns[key] = cells_of(pa.array(texts, pa.string()))
    rows = np.arange(last + 1, sheet.length + 1)
    source = Source(shown, sha256, "Excel", rows.size, sheet=title, header=mapping.header)
    hidden = np.array([row for row in sheet.hidden if row > last], int)
    what = "rows that a filter hides are read, too"
    noted = Line("noted", shown, "", what, len(hidden), first_rows_of(hidden))
    lines = [*([noted] if len(hidden) else []), *perhaps_cut(shown, sheet.length)]
    return Raw(source, tuple(names), columns, rows, lines)


def _names(cells: list[list[Any]], mapping: TableMapping) -> tuple[str, ...]:
    """The names of columns of a sheet that is not read; none where it has no such header."""
    header = [[_text(cell) for cell in row] for row in cells[: mapping.header[-1]]]
    with suppress(ContractError):
        return tuple(names_of_columns(header, mapping.header, ""))
    return ()


def sheet_rows(file: Path, name: str, count: int) -> tuple[list[list[str]], str]:
    """The first rows of the first sheet that is not hidden as texts, and its name.

    Raises
    ------
    ContractError: as :func:`read_excel`.
    """
    with _opened(file, name) as book:
        titles, visible = sheets_of(book)
        (index,) = _chosen(titles, visible, "", name)
        sheet = _sheet(book, file, index, name, count)
    return [[_text(cell) for cell in row] for row in sheet.cells], titles[index]


def sheets_of(book: Any) -> tuple[list[str], list[int]]:
    """The titles of all sheets, and the places of those that hold cells and are not hidden."""
    of = [(str(sheet.typ).endswith("WorkSheet"), sheet.visible) for sheet in book.sheets_metadata]
    shown = [i for i, (cells, how) in enumerate(of) if cells and str(how).endswith(".Visible")]
    return book.sheet_names, shown


def _chosen(
    titles: list[str], visible: list[int], wanted: str | int | tuple[str | int, ...], name: str
) -> list[int]:
    """The places of the sheets named by title, pattern or number; the first visible for none."""
    found: list[int] = []
    for one in wanted if isinstance(wanted, tuple) else (wanted,):
        if one == "":
            found += visible[:1] or [0]
        elif isinstance(one, int) and 1 <= one <= len(titles):
            found.append(one - 1)
        elif str(one) in titles:
            found.append(titles.index(str(one)))
        elif globbed := [i for i in visible if fnmatchcase(titles[i], str(one))]:
            found += globbed
        else:
            what, remedy = "does not exist", nearest(str(one), titles)
            raise ContractError([Problem(f"{name}, sheet", what, remedy)])
    return list(dict.fromkeys(found))


@contextmanager
def _as_one_problem(name: str) -> Iterator[None]:
    """Whatever a reader of workbooks stumbles over as one problem; its own words quote cells."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except AnalysisError:
        raise
    except BaseException as error:
        # A panic in Rust is no Exception; a damaged file is the user's to mend either way.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        what, remedy = "cannot be read as an Excel workbook", "Save it anew in Excel, or as CSV"
        if type(error).__name__ == "PasswordError":
            what, remedy = "is protected by a password", "Save it in Excel without one"
        raise ContractError([Problem(name, what, remedy)]) from None


@contextmanager
def _opened(file: Path, name: str) -> Iterator[Any]:
    """A workbook, looked at before it is opened."""
    import python_calamine

    with _as_one_problem(name):
        if not is_old(file):
            _require_sound_archive(file, name)
        with python_calamine.load_workbook(file) as book:
            yield book


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet, the number of its last row, and the rows that are hidden."""

    cells: list[list[Any]]
    length: int
    hidden: tuple[int, ...] = ()


def _sheet(book: Any, file: Path, index: int, name: str, count: int | None = None) -> Sheet:
    """The first ``count`` rows of a sheet, or all."""
    old = is_old(file)
    xml = b"" if old else sheet_xml.xml_of(file, index)
    length = 0 if old else sheet_xml.last_row(xml, name)
    cells = book.get_sheet_by_index(index).to_python(skip_empty_area=False, nrows=count)
    if old:
        _require_no_errors(file, name)
    times = any(dt.time in {*map(type, row)} for row in cells)
    if not old and (times or sheet_xml.is_doubtful(xml)):
        sheet_xml.set_right(cells, xml)
    hidden = sheet_xml.hidden_rows(xml)
    return Sheet(cells, max(length, len(cells)), hidden)


def is_old(file: Path) -> bool:
    """Whether a file is a workbook of Excel 97 to 2003, by its first bytes."""
    with file.open("rb") as handle:
        return handle.read(8) == OLD


def _require_no_errors(file: Path, name: str) -> None:
    """Refuse an .xls with errors such as #N/A, which calamine reads as nothing."""
    if OLD_ERRORS.search(file.read_bytes()):
        what = "holds an error of Excel, and an .xls does not tell where"
        raise ContractError([Problem(name, what, "Mend the formula, or save it as .xlsx")])


def _texts(cells: list[Any]) -> list[str]:
    """The cells of a column as texts; one of texts alone stays as it is."""
    return cells if {*map(type, cells)} == {str} else [*map(_text, cells)]


def _text(cell: Any) -> str:
    """A cell as text: dates as written in the contract, whole numbers without a point."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else str(cell)
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.strftime("%Y-%m-%d %H:%M:%S")
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
        start = file.read_bytes()[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
        page = "is a web page under the name of a workbook"
        what = page if start.startswith(b"<") else "is not an Excel workbook"
    if what:
        raise ContractError([Problem(name, f"cannot be read: {what}", remedy)])


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    if not part.filename.endswith((".xml", ".rels")):
        return False
    with archive.open(part) as handle:
        return re.search(rb"<!(DOCTYPE|ENTITY)", handle.read(4096)) is not None
