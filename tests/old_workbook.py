"""Workbooks of Excel 97, written record by record: no library in use writes them any more."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SECTOR = 512
WORKBOOK, SHEET, HIDDEN = 0x0005, 0x0010, 1


@dataclass(frozen=True)
class Formula:
    """A cell whose formula ended in an error of that code."""

    error: int


def old_workbook(
    sheets: Mapping[str, list[list[Any]]],
    hidden: tuple[str, ...] = (),
    error: tuple[int, int] | None = None,
) -> bytes:
    """The file; ``error`` is the place of a #N/A on the first sheet."""
    bodies = [_sheet(rows, error if not at else None) for at, rows in enumerate(sheets.values())]
    titles = [title.encode("utf-16-le") for title in sheets]
    lengths = [4 + 8 + len(title) for title in titles]
    start = len(_begin(WORKBOOK)) + sum(lengths) + 4
    head = _begin(WORKBOOK)
    for name, title, body in zip(sheets, titles, bodies, strict=True):
        state = HIDDEN if name in hidden else 0
        head += _record(0x85, struct.pack("<IBBBB", start, state, 0, len(title) // 2, 1) + title)
        start += len(body)
    return _container(head + _record(0x0A) + b"".join(bodies))


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _begin(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 0x0600))


def _sheet(rows: list[list[Any]], error: tuple[int, int] | None) -> bytes:
    made = _begin(SHEET)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            place = struct.pack("<HHH", r, c, 0)
            if isinstance(cell, str):
                text = cell.encode("utf-16-le")
                made += _record(0x204, place + struct.pack("<HB", len(cell), 1) + text)
            elif isinstance(cell, Formula):
                result = bytes([2, 0, cell.error, 0, 0, 0, 0xFF, 0xFF])
                made += _record(0x06, place + result + bytes(6) + struct.pack("<H", 0))
            elif cell is not None:
                made += _record(0x203, place + struct.pack("<d", cell))
    if error:
        made += _record(0x205, struct.pack("<HHHBB", *error, 0, 42, 1))
    return made + _record(0x0A)


def _container(stream: bytes) -> bytes:
    """The stream in a compound file: a table of sectors, a directory, the stream."""
    stream = stream.ljust(max(len(stream), 4096), b"\0")
    size = len(stream)
    count = -(-size // SECTOR)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096,
                          0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)  # fmt: skip
    header += b"\xff" * (SECTOR - len(header))
    entries = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry("Workbook", 2, -1, 2, size)
    directory = entries.ljust(SECTOR, b"\0")
    return header + table + directory + stream.ljust(count * SECTOR, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return text.ljust(64, b"\0") + struct.pack(
        "<HBBiii16xI8x8xIQ", len(text), kind, 1, -1, -1, child, 0, start, size
    )
