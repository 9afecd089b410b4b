"""Delimited text: bytes decoded, split into cells, and rows numbered as the owner sees them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from analysis import digest
from analysis.data.reading.account import Source, excluded, perhaps_cut, row_problem
from analysis.data.reading.distinct import Raw, Wanted, cells_of, names_of_columns, needed_columns
from analysis.data.reading.mapping import TableMapping
from analysis.errors import ContractError, Problem

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
JUDGED = 1 << 16
"""Bytes from which an encoding is told."""
CHUNK = 1 << 24
ENOUGH = 12
"""Bytes above ASCII from which valid UTF-8 is no accident."""
REMEDY = "Name it in dataset.yml, for example encoding: gb18030, or save the file in UTF-8"

DELIMITERS = ",;\t|"
SAID = re.compile(r'\ufeff?"?sep=([^\w\s"]|\t)"?\r?\n', re.IGNORECASE)
"""A first line by which some programs tell Excel the delimiter."""
SAMPLE = 1 << 20
"""Bytes from which the delimiter and the header are told."""
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
    text, encoding = decoded(data, mapping.encoding, name)
    _refuse_nuls(text, name)
    sample = text[:SAMPLE].decode("utf-8", errors="ignore")
    said = SAID.match(sample)
    # Excel does not show a line "sep=;", so its reader counts the header as row 1.
    header = (2,) if said and mapping.header == (1,) else mapping.header
    delimiter = mapping.delimiter or (said[1] if said else guess_delimiter(sample))
    names = names_of_columns(first_rows(sample, delimiter, header[-1]), header, name)
    needed = needed_columns(names, wanted, name)
    table, ragged = _split(text, delimiter, len(names), needed.values(), name)
    numbers = np.arange(1, table.num_rows + len(ragged) + 1)
    rows = np.delete(numbers, np.array(ragged, int) - 1)
    below = rows > header[-1]
    late = [row for row in ragged if row > header[-1]]
    if late and text.count(b'"') % 2:
        # It has swallowed rows: their number is not known, and leaving them out would hide that.
        raise ContractError([_open_quote(text, name)])
    if late and mapping.ragged == "refuse":
        what = f"has more or fewer than {len(names)} cells"
        remedy = "Mend the row in a copy, or write ragged: leave_out in dataset.yml"
        raise ContractError([row_problem(name, late, what, remedy)])
    lines = excluded(name, "more or fewer cells than the header", late)
    lines += perhaps_cut(name, len(numbers))
    how = ["named" if given else "detected" for given in (mapping.encoding, mapping.delimiter)]
    how[1] = "named in its first row" if said and not mapping.delimiter else how[1]
    written = (encoding, delimiter, f"encoding {how[0]}, delimiter {how[1]}")
    read, sha256 = int(below.sum()) + len(late), digest.of_bytes(data)
    source = Source(name, sha256, "delimited text", read, *written, header=header)
    cells = {key: cells_of(table.column(str(number))) for key, number in needed.items()}
    columns = {key: column.take(below) for key, column in cells.items()}
    return Raw(source, tuple(names), columns, rows[below], lines)


def decoded(data: bytes, named: str, file: str) -> tuple[bytes, str]:
    """A file's text in UTF-8 and its encoding, which is named or else told from the bytes.

    Raises
    ------
    ContractError: the bytes are not in the encoding named, or in none that can be told.
    """
    mark = next((name for start, name in BYTE_ORDER_MARKS if data.startswith(start)), "")
    if named:
        encoding = codecs.lookup(named).name
        _require_unopposed(data, encoding, mark, file)
    else:
        encoding = _wide(data[:JUDGED])
    encoding = mark or encoding
    if encoding:
        return _required(data, encoding, file), encoding
    if (text := transcoded(data, "utf-8")[0]) is not None:
        return text, "utf-8"
    # Most files are UTF-8 and need none of it.
    from analysis.data.reading.containers.encodings import told

    if encoding := told(data):
        return _required(data, encoding, file), encoding
    raise ContractError([Problem(file, "cannot be read: its encoding cannot be told", REMEDY)])


def _require_unopposed(data: bytes, name: str, mark: str, file: str) -> None:
    """Refuse an encoding that was named where the bytes show another."""
    family = name.replace("-", "").replace("_", "")[:5]
    what = ""
    if mark and mark.replace("-", "")[:5] != family:
        what = f"is named as {name}, but begins with the mark of {mark.removesuffix('-sig')}"
    elif name.startswith("gb") and _is_utf8(data):
        what = f"is named as {name}, but is UTF-8"
    if what:
        raise ContractError([Problem(file, what, "Correct encoding in dataset.yml")])


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: every other byte of plain text is nought."""
    half = max(1, len(sample) // 2)
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.25 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.25 and odd < 0.05 else ""


def _is_utf8(data: bytes) -> bool:
    above = len(data[:CHUNK].translate(None, bytes(range(128))))
    return above >= ENOUGH and transcoded(data, "utf-8")[0] is not None


def _required(data: bytes, name: str, file: str) -> bytes:
    text, row = transcoded(data, name)
    if text is None:
        what = f"cannot be read: bytes that are not {name.removesuffix('-sig')}"
        raise ContractError([Problem(f"{file}, row {row}", what, REMEDY)])
    return text


def transcoded(data: bytes, name: str) -> tuple[bytes | None, int]:
    """The text in UTF-8; else nothing, and the row of the first bytes not in the encoding."""
    if name == "utf-8" and data.isascii():
        return data, 0
    chunks = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    parts, row = [], 1
    try:
        for text in codecs.iterdecode(chunks, name):
            row += text.count("\n")
            if name != "utf-8":
                parts.append(text.encode("utf-8"))
    except UnicodeError as error:
        before = error.object[: error.start] if isinstance(error, UnicodeDecodeError) else b""
        return None, row + before.count(b"\n")
    return (data if name == "utf-8" else b"".join(parts)), 0


def _refuse_nuls(text: bytes, name: str) -> None:
    if b"\0" in text:
        rows = [number for number, line in enumerate(text.split(b"\n"), 1) if b"\0" in line]
        remedy = "Export the file again; such a character is a sign of damage"
        what = "cannot be read: holds a NUL character"
        raise ContractError([row_problem(name, rows, what, remedy)])


def guess_delimiter(sample: str) -> str:
    """The mark that splits most lines into the same number of cells, more than one."""
    lines = sample.splitlines()[:200]

    def fit(mark: str) -> tuple[float, int]:
        # A cell can be longer than the reader takes, as where a quotation mark is left open.
        with suppress(csv.Error):
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=mark) if row)
            wide = [(count, width) for width, count in widths.items() if width > 1]
            count, width = max(wide, default=(0, 0))
            return (count / max(1, widths.total()), width)
        return (0.0, 0)

    return max(DELIMITERS, key=fit)


def first_rows(sample: str, delimiter: str, count: int) -> list[list[str]]:
    """The first rows of a text, split."""
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    # A cell can be longer than the reader takes; the rows before it are what can be looked at.
    with suppress(csv.Error):
        for row in islice(reader, count):
            rows.append(row)
    return rows


def _split(
    text: bytes, delimiter: str, width: int, needed: Iterable[int], name: str
) -> tuple[pa.Table, list[int]]:
    """All rows as texts, and the numbers of those with another number of cells."""
    ragged: list[int] = []

    def note(row: pyarrow.csv.InvalidRow) -> str:
        ragged.append(row.number)
        return "skip"

    keys = [str(number) for number in range(width)]
    chosen = [str(number) for number in needed]
    parse = pyarrow.csv.ParseOptions(
        delimiter=delimiter,
        newlines_in_values=True,
        invalid_row_handler=note,
        ignore_empty_lines=False,
    )
    convert = pyarrow.csv.ConvertOptions(
        column_types=pa.schema([(key, pa.string()) for key in chosen]),
        include_columns=chosen or keys[:1],
        strings_can_be_null=False,
    )
    # Rows have numbers only where one thread reads them; most files need none.
    for threads in (True, False):
        ragged.clear()
        read = pyarrow.csv.ReadOptions(use_threads=threads, column_names=keys, block_size=BLOCK)
        try:
            table = pyarrow.csv.read_csv(pa.BufferReader(text), read, parse, convert)
        except pa.ArrowInvalid:
            # What Arrow says quotes the cell.
            raise ContractError([_open_quote(text, name)]) from None
        if not ragged:
            break
    return table, ragged


def _open_quote(text: bytes, name: str) -> Problem:
    """That the file cannot be split, and the rows with an odd number of quotation marks."""
    what, remedy = "cannot be read as delimited text", "A quotation mark may be left open"
    odd = [row for row, line in enumerate(text.split(b"\n"), 1) if line.count(b'"') % 2]
    return row_problem(name, odd, what, remedy) if odd else Problem(name, what, remedy)
