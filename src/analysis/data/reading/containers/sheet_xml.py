"""What calamine leaves out of a sheet or gets wrong, looked up in the sheet's XML.

An error such as #N/A reads as nothing, a formula without a stored result reads as nothing, whole
numbers of more than fifteen digits lose the last ones, and days before 1900 become times.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import zipfile
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from analysis.data.reading.distinct import UNCOMPUTED
from analysis.errors import ContractError, Problem

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
HIDDEN = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["'](\d+)["'][^>]*?\bhidden=["'](?:1|true)""")
DOUBTFUL = [re.compile(mark) for mark in (rb"<f\b", rb":f\b", rb"""t=["']e["']""", rb"v>-?\d{16}")]
"""Marks of cells that must be looked up. Each begins with a plain letter, and is searched for by
itself: as one expression they take ten times as long."""


def xml_of(file: Path, index: int) -> bytes:
    """The XML of the sheet that the workbook lists in that place, counted from nought."""
    with zipfile.ZipFile(file) as archive:
        # Neither part declares entities: such an archive has been refused.
        listed = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        sheets = [part for part in listed.iter() if part.tag.rpartition("}")[2] == "sheet"]
        link = next(v for key, v in sheets[index].attrib.items() if key.endswith("}id"))
        target = next(part.get("Target", "") for part in links if part.get("Id") == link)
        return archive.read(posixpath.normpath(posixpath.join("/xl", target)).lstrip("/"))


def last_row(xml: bytes, name: str) -> int:
    """The number of the last row that is written; a lone cell far away is refused."""
    last = max(map(int, ROWS.findall(xml)), default=0)
    width = max(map(_number, set(COLUMNS.findall(xml))), default=1)
    if last * width > MOST_PLACES:
        what, remedy = "cells stand too far apart", "Delete what stands below or beside the table"
        raise ContractError([Problem(f"{name}, sheet", what, remedy)])
    return last


def is_doubtful(xml: bytes) -> bool:
    """Whether a sheet has cells that must be looked up."""
    return any(mark.search(xml) for mark in DOUBTFUL)


def hidden_rows(xml: bytes) -> tuple[int, ...]:
    """The numbers of the rows that a filter or a person hides."""
    return tuple(int(row[1]) for row in HIDDEN.finditer(xml)) if b"hidden" in xml else ()


def _number(letters: bytes) -> int:
    """The number of a column from its letters: A is 1, AA is 27."""
    return reduce(lambda number, letter: number * 26 + letter - ord("A") + 1, letters, 0)


def set_right(cells: list[list[Any]], xml: bytes) -> None:
    """Set those cells right that calamine does not read as they are."""
    for row, column, kind, content in _cells_of_xml(xml):
        value = VALUE.search(content)
        text = value[1].decode() if value else ""
        if FORMULA.search(content) and not text and not (kind == b"str" and value):
            _put(cells, row, column, UNCOMPUTED)
        elif not text or row >= len(cells):
            continue
        elif kind == b"e":
            cells[row][column] = text
        elif kind in (b"", b"n") and re.fullmatch(r"-?\d{16,}", text):
            cells[row][column] = str(int(text))
        elif text[0] == "-" and isinstance(cells[row][column], dt.time):
            # A day before 1900, which Excel shows as ####: nobody has written it.
            cells[row][column] = "#VALUE!"


def _put(cells: list[list[Any]], row: int, column: int, word: str) -> None:
    """Write a word into a place that calamine may have left out, at the end of rows or of one."""
    width = len(cells[0]) if cells else 0
    if row >= len(cells) or column >= width:
        cells.extend([] for _ in range(row + 1 - len(cells)))
        for each in cells:
            each.extend([""] * (max(width, column + 1) - len(each)))
    cells[row][column] = word


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
