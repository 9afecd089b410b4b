"""Sniff at an export: how it is written, and what each column is likely to be."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.contract import Column, Table
from analysis.data.declarations import csv_rows
from analysis.data.reading import distinct
from analysis.data.reading.containers.delimited import decoded, first_rows, guess_delimiter
from analysis.data.reading.containers.excel import sheet_rows
from analysis.data.reading.distinct import Cells, as_cells, mask, plain_name
from analysis.data.reading.mapping import Era, TableMapping
from analysis.data.reading.numbers import plain_numbers
from analysis.data.reading.read_table import TEXTS, WORKBOOKS, read_file
from analysis.data.reading.times import formats_read
from analysis.data.tables import TABLES
from analysis.errors import ContractError, Problem

FORMATS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%Y.%m.%d", "%Y-%m-%d %H:%M:%S"),
    *("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%d/%m/%Y", "excel"),
)
PERIODS = ("%Y年%m月", "%Y/%m", "%Y%m", "%Y年%q季度", "%Y年")
OF_MINGUO = r"^民[國国]|^1[01]\d[^\d]"
"""A year of the Republic (民國) since 2011, or one that says so."""
MINGUO = {
    "date": (
        "民國%Y年%m月%d日",
        "民国%Y年%m月%d日",
        "%Y年%m月%d日",
        "%Y/%m/%d",
        "%Y-%m-%d",
        "%Y.%m.%d",
    ),
    "period": (
        "民國%Y年%m月",
        "民国%Y年%m月",
        "%Y年%m月",
        "%Y/%m",
        "%Y-%m",
        "民國%Y年",
        "民国%Y年",
    ),
}
"""Forms of such years, which stand for none of the common era."""
MONTH = re.compile(r"(?:([12]\d{3})年)?(1[0-2]|0?[1-9])月份?")
FEWEST_MONTHS = 3
"""From so many months on in one row they are names of columns; a record names a day or two."""
NEAR = 0.75
"""From this likeness on two names are taken for one another."""
MOST_WORDS = 30
"""A column with more words than this is no choice."""
FIRST_ROWS = 30
HOME = (
    *("regions", "complaints", "outcomes", "exposures", "interventions", "enterprises"),
    *("assessments", "inspections", "penalties", "samples", "calendar"),
)
"""Tables that an export may be; figures read off documents are written by hand."""

OF_PERSONS = re.compile(
    "姓名|电话|手机|身份证|证件|联系人|联系方式|邮箱|住址|微信号|phone|mobile|e-?mail|passport|id.?card",
    re.IGNORECASE,
)
"""Names of columns that name a person: of use for nothing but a keyed hash."""
OTHER_NAMES = {
    (row["of"], row["ours"]): row["owners"].split(";")
    for row in csv_rows(Path(__file__).with_name("other_names.csv"))
}
"""Names that owners give to columns and words of the contract, for first guesses only."""


@dataclass(frozen=True)
class Sniffed:
    """How a file is written, what stands in its columns, and which of ours each seems to be.

    ``year`` is the only one named above the header.
    """

    file: str
    encoding: str
    delimiter: str
    sheet: str
    header: tuple[int, ...]
    names: tuple[str, ...]
    columns: dict[str, Cells]
    table: str
    guesses: dict[str, str]
    year: str = ""

    def cells(self, column: str) -> Cells:
        """What stands in the column that seems to be one of ours; nothing where there is none."""
        if column not in self.guesses:
            return distinct.constant("", 0)
        return self.columns[plain_name(self.guesses[column])]


def sniff(file: Path, name: str) -> Sniffed:
    """A file of an export, read whole.

    Raises
    ------
    ContractError: it cannot be read at all, or has no row of names.
    """
    encoding = delimiter = sheet = ""
    rows: Sequence[Sequence[str]] = ()
    header: tuple[int, ...] = (1,)
    if file.suffix.lower() in WORKBOOKS:
        rows, sheet = sheet_rows(file, name, FIRST_ROWS)
        header = header_rows(rows)
    elif file.suffix.lower() in TEXTS:
        text, encoding = decoded(file.read_bytes(), "", name)
        sample = text[: 1 << 20].decode("utf-8", errors="ignore")
        delimiter = guess_delimiter(sample)
        rows = first_rows(sample, delimiter, FIRST_ROWS)
        header = header_rows(rows)
    if not header:
        # The cells of a record must not become names of columns in a file that is passed on.
        remedy = "Write names above the columns in a copy, or write dataset.yml by hand"
        raise ContractError([Problem(name, "holds no row that looks like names", remedy)])
    mapping = TableMapping(header=header, delimiter=delimiter, ragged="leave_out", sheet=sheet)
    (raw,) = read_file(file, name, mapping, bool)
    columns = {key: as_cells(column) for key, column in raw.columns.items()}
    names = tuple(owner_name for owner_name in raw.names if owner_name)
    table, guesses = guess_table(names)
    above = " ".join(cell for row in rows[: header[0] - 1] for cell in row)
    years = set(re.findall(r"([12]\d{3})年", above))
    if len(months_of(names)) >= FEWEST_MONTHS:
        # A name of a month is like that of a column of months; such a file is wide.
        table = "outcomes"
        told = [owner_name for owner_name in names if not MONTH.fullmatch(owner_name)]
        guesses = _guesses(TABLES[table], told)
    year = years.pop() if len(years) == 1 else ""
    return Sniffed(name, encoding, delimiter, sheet, header, names, columns, table, guesses, year)


def months_of(names: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Names of columns that are months, each with its year, if it has one, and its number."""
    found = {name: MONTH.fullmatch(name.strip()) for name in names}
    return {name: (month[1] or "", int(month[2])) for name, month in found.items() if month}


def header_rows(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The row of the names: the first as wide as most rows; two where the next is names, too.

    Nothing where no row is made of words only.
    """
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    if not any(widths):
        return ()
    usual = Counter(width for width in widths if width).most_common(1)[0][0]
    for number, row in enumerate(rows):
        full = widths[number] >= max(2, 0.6 * usual)
        months = months_of(row)
        named = len(months) >= FEWEST_MONTHS
        if full and not any(_is_value(cell) and not (named and cell in months) for cell in row):
            gaps = any(not cell.strip() for cell in row[1:])
            below = rows[number + 1] if number + 1 < len(rows) else ()
            fills = [cell for cell in below if cell.strip()]
            merged = gaps and 0 < len(fills) < usual and not any(map(_is_value, fills))
            return (number + 1, number + 2) if merged else (number + 1,)
    return ()


def _is_value(cell: str) -> bool:
    return re.fullmatch(r"[\d.,:/年月日\-\s]*\d[\d.,:/年月日\-\s]*", cell.strip()) is not None


def guess_table(names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The table whose needed columns are best found among the names, and which is which."""
    found = {name: _guesses(TABLES[name], names) for name in HOME}

    def fit(name: str) -> tuple[float, int]:
        needed = [column.name for column in TABLES[name].columns if column.needed(found[name])]
        held = sum(column in found[name] for column in needed)
        return (held / len(needed), len(found[name]))

    best = max(HOME, key=fit)
    return best, found[best]


def _guesses(table: Table, names: Sequence[str]) -> dict[str, str]:
    """Contract column to the owner's, each used once, the likest first."""
    pairs = [
        (likeness(owner_name, column), column.name, owner_name)
        for column in table.columns
        for owner_name in names
        if column.personal or not OF_PERSONS.search(owner_name)
    ]
    guesses: dict[str, str] = {}
    for value, column, owner_name in sorted(pairs, key=lambda pair: -pair[0]):
        if value >= NEAR and column not in guesses and owner_name not in guesses.values():
            guesses[column] = owner_name
    return guesses


def likeness(owner_name: str, column: Column) -> float:
    """How near an owner's name is to a column's name, meaning or usual other names."""
    given = plain_name(re.split(r"[（(]", owner_name.rsplit("/", 1)[-1])[0])
    others = [column.name, column.en, column.zh, *OTHER_NAMES.get(("column", column.name), ())]
    return max(_like(given, plain_name(other)) for other in others)


def _like(first: str, second: str) -> float:
    return 1.0 if first == second else 0.95 * difflib.SequenceMatcher(None, first, second).ratio()


def nearest_word(word: str, column: Column) -> str:
    """The contract's word that is nearest to an owner's; empty where none is near."""
    given = plain_name(word)
    best, chosen = 0.0, ""
    for ours, english, chinese in column.choices:
        for other in (ours, english, chinese, *OTHER_NAMES.get(("word", ours), ())):
            plain = plain_name(other)
            # A longer name found inside says more: 不属实 is not 属实.
            inside = 0.8 + 0.02 * len(plain) if plain in given else 0.0
            value = max(_like(given, plain), inside)
            if value > best:
                best, chosen = value, ours
    return chosen if best >= NEAR else ""


def words_of(column: Cells) -> list[str]:
    """The words that stand in a row of a column, without blanks around them."""
    words = distinct.plain(column.words.take(pa.array(np.unique(column.codes))))
    return sorted({word for word in words.to_pylist() if word})


def marks_of(column: Cells) -> tuple[str, str, int]:
    """Decimal and thousands marks that fit most cells of a column, and how many they do not."""
    words = distinct.plain(column.words)
    filled = mask(pc.not_equal(words, ""))

    def unread(decimal: str, thousands: str) -> int:
        plain = plain_numbers(words, decimal, thousands)
        number = mask(pc.match_substring_regex(plain, distinct.NUMBER))
        return column.count(filled & ~number)

    choices = [(".", ""), (".", ","), (",", ""), (",", ".")]
    left, chosen = min((unread(*marks), number) for number, marks in enumerate(choices))
    return *choices[chosen], left


def formats_of(column: Cells, kind: str) -> tuple[list[str], Era, int]:
    """Formats that a column of dates or periods needs, their era, how many cells none reads."""
    words = distinct.plain(column.words)
    # A header read with the rows is a word that no row holds.
    left = (np.bincount(column.codes, minlength=len(words)) > 0) & mask(pc.not_equal(words, ""))
    used = []
    era: Era = ""
    date = kind == "date"
    for form in FORMATS if date else PERIODS:
        read = left & formats_read(words, form, date=date)
        if read.any():
            used.append(form)
            left &= ~read
    of_era = mask(pc.match_substring_regex(words, OF_MINGUO))
    for form in MINGUO[kind] if (left & of_era).any() else ():
        read = left & of_era & formats_read(words, form, date=date, era="minguo")
        if read.any():
            era = "minguo"
            used += [form] if form not in used else []
            left &= ~read
    return used, era, column.count(left)
