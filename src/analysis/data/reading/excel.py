"""One sheet of an Excel workbook: the cells by calamine, and what calamine leaves out by the XML.

calamine reads a sheet forty times as fast as openpyxl and does not believe the stated dimension
of a sheet, which WPS writes as A1. Four things it gets wrong are looked up in the sheet's XML:
an error such as #N/A reads as nothing, a formula without a stored result reads as nothing, whole
numbers of more than fifteen digits lose the last ones, and days before 1900 become times.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa

from analysis import digest
from analysis.data.reading.account import Source, row_problem
from analysis.data.reading.distinct import Raw, Wanted, cells_of, names_of_columns, needed_columns
from analysis.data.reading.mapping import TableMapping
from analysis.errors import AnalysisError, ContractError, Problem, nearest

LARGEST = 2 << 30
"""Bytes an Excel file may unfold to; a full sheet of 20 columns takes about half."""
RATIO = 200
"""How many times its size an Excel file may unfold to, beyond ``SMALL``; sheets take 5 to 30."""
SMALL = 50 << 20
MOST_PLACES = 100_000_000
"""Rows times columns of a sheet: calamine takes 24 bytes for each, filled or not."""

ROW_OR_CELL = re.compile(
    rb"<(?:\w+:)?row\b([^>]*)>|<(?:\w+:)?c\b([^>/]*)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL
)
"""Of a row its attributes; of a cell its attributes and content. Some programs write prefixes."""
REFERENCE = re.compile(rb"""\br=["']([A-Z]*)(\d+)""")
ROWS = re.compile(rb"""row\b[^>]*?\br=["'](\d+)""")
COLUMNS = re.compile(rb"""r=["']([A-Z]+)\d""")
KIND = re.compile(rb"""\bt=["'](\w+)""")
FORMULA = re.compile(rb"<(?:\w+:)?f\b")
VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)<")
DOUBTFUL = [re.compile(mark) for mark in (rb"<f\b", rb":f\b", rb"""t=["']e["']""", rb"v>-?\d{16}")]
"""Marks of cells that must be looked up. Each begins with a plain letter, and is searched for by
itself: as one expression they take ten times as long."""


def read_excel(file: Path, name: str, mapping: TableMapping, wanted: Wanted) -> Raw:
    """One sheet of an Excel file.

    Raises
    ------
    ContractError: not an Excel file, a bomb, no such sheet, formulas without stored values.
    """
    cells, title, length = _sheet(file, name, mapping.sheet)
    last = mapping.header[-1]
    header = [[_text(cell) for cell in row] for row in cells[:last]]
    names = names_of_columns(header, mapping.header, name)
    # Rows at the end that hold a format only are blank rows, too, and are counted.
    blank = [""] * (length - len(cells))
    columns = {}
    for key, number in needed_columns(names, wanted, name).items():
        texts = [*(_text(row[number]) for row in cells[last:]), *blank]
        columns[key] = cells_of(pa.array(texts, pa.string()))
    rows, sha256 = np.arange(last + 1, length + 1), digest.of_file(file)
    source = Source(name, sha256, "Excel", rows.size, sheet=title, header=mapping.header)
    return Raw(source, tuple(names), columns, rows, [])


def sheet_rows(file: Path, name: str, count: int) -> tuple[list[list[str]], str]:
    """The first rows of the first sheet as texts, and its name.

    Raises
    ------
    ContractError: as :func:`read_excel`.
    """
    cells, title, _ = _sheet(file, name, "", count)
    return [[_text(cell) for cell in row] for row in cells], title


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
        raise ContractError([Problem(name, what, remedy)]) from None


def _sheet(
    file: Path, name: str, wanted: str | int, count: int | None = None
) -> tuple[list[list[Any]], str, int]:
    """The first ``count`` rows of a sheet, or all; the sheet's name; the number of its last row.

    ``wanted`` is the name or number of a sheet; the first where it is empty.
    """
    import python_calamine

    with _as_one_problem(name):
        _require_sound_archive(file, name)
        with python_calamine.load_workbook(file) as book:
            titles = book.sheet_names
            if isinstance(wanted, int) and 1 <= wanted <= len(titles):
                index = wanted - 1
            elif wanted in titles or wanted == "":
                index = titles.index(wanted) if wanted else 0
            else:
                problem = Problem(f"{name}, sheet", "does not exist", nearest(str(wanted), titles))
                raise ContractError([problem])
            xml = _xml(file, index)
            length = _require_bounded(xml, name)
            sheet = book.get_sheet_by_index(index)
            cells = sheet.to_python(skip_empty_area=False, nrows=count)
        times = any(isinstance(cell, dt.time) for row in cells for cell in row)
        if times or any(mark.search(xml) for mark in DOUBTFUL):
            _look_up(cells, xml, name)
        return cells, titles[index], max(length, len(cells))


def _xml(file: Path, index: int) -> bytes:
    """The XML of the sheet that the workbook lists in that place, counted from nought."""
    with zipfile.ZipFile(file) as archive:
        # Neither part declares entities: such an archive has been refused.
        listed = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        sheets = [part for part in listed.iter() if part.tag.rpartition("}")[2] == "sheet"]
        link = next(v for key, v in sheets[index].attrib.items() if key.endswith("}id"))
        target = next(part.get("Target", "") for part in links if part.get("Id") == link)
        return archive.read(posixpath.normpath(posixpath.join("/xl", target)).lstrip("/"))


def _require_bounded(xml: bytes, name: str) -> int:
    """The number of the last row that is written; a lone cell far away is refused."""
    last = max(map(int, ROWS.findall(xml)), default=0)
    width = max(map(_number, set(COLUMNS.findall(xml))), default=1)
    if last * width > MOST_PLACES:
        what, remedy = "cells stand too far apart", "Delete what stands below or beside the table"
        raise ContractError([Problem(f"{name}, sheet", what, remedy)])
    return last


def _number(letters: bytes) -> int:
    """The number of a column from its letters: A is 1, AA is 27."""
    return reduce(lambda number, letter: number * 26 + letter - ord("A") + 1, letters, 0)


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


def _look_up(cells: list[list[Any]], xml: bytes, name: str) -> None:
    """Set those cells right that calamine does not read as they are.

    Raises
    ------
    ContractError: formulas that no program has computed; what they stand for is not known.
    """
    unstored: dict[int, None] = {}
    for row, column, kind, content in _cells_of_xml(xml):
        value = VALUE.search(content)
        text = value[1].decode() if value else ""
        if FORMULA.search(content) and not text and not (kind == b"str" and value):
            unstored[row + 1] = None
        elif not text or row >= len(cells):
            continue
        elif kind == b"e":
            cells[row][column] = text
        elif kind in (b"", b"n") and re.fullmatch(r"-?\d{16,}", text):
            cells[row][column] = str(int(text))
        elif text[0] == "-" and isinstance(cells[row][column], dt.time):
            # A day before 1900, which Excel shows as ####: nobody has written it.
            cells[row][column] = "#VALUE!"
    if unstored:
        what = "holds a formula without a stored result"
        remedy = "Open the file in Excel and save it, so that results are stored"
        raise ContractError([row_problem(name, list(unstored), what, remedy)])


def _cells_of_xml(xml: bytes) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Of each cell row, column (from nought), kind and content; places may be left unwritten."""
    row = column = -1
    for found in ROW_OR_CELL.finditer(xml):
        of_row, attributes, content = found.groups()
        reference = REFERENCE.search(of_row if attributes is None else attributes)
        if attributes is None:
            row, column = int(reference[2]) - 1 if reference else row + 1, -1
            continue
        column += 1
        if reference:
            row, column = int(reference[2]) - 1, _number(reference[1]) - 1
        kind = KIND.search(attributes)
        yield row, column, kind[1] if kind else b"", content or b""


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
