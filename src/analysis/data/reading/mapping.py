"""The ``mapping`` of ``dataset.yml``: how an owner's export becomes a table of the contract.

Everything is checked when ``dataset.yml`` is read, before a file is opened: date formats and
encodings, that a query only reads, and that tables, columns and words are the contract's.
"""

from __future__ import annotations

import codecs
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from analysis.data.contract import Table
from analysis.data.reading.distinct import EXCEL_SERIALS
from analysis.errors import Problem, nearest

DIRECTIVES = "YmdHMSqV"
"""What a date format may hold; ``%q`` is the number of a quarter, ``%V`` of a week."""
ERAS = {"minguo": 1911, "heisei": 1988, "reiwa": 2018}
"""Eras by which years are counted, and the year of ours before their first."""
DASHES = r"\s*[-‐‑–—―~〜至到]+\s*"
"""Marks between the first and the last month of a span."""
SPAN = re.compile(rf"1月?{DASHES}%m")
TEXT = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
PASSWORD = re.compile(r"://[^/\s:@]*:[^/\s@]+@")


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _words(given: Any) -> Any:
    """Keys and values of a map of words as they were written, or a refusal.

    YAML reads ``010203`` as an octal number and ``no`` as false: neither is what was meant.
    """
    if isinstance(given, Mapping):
        cells = [cell for pair in given.items() for cell in pair]
    else:
        cells = list(given) if isinstance(given, (list, tuple)) else [given]
    if any(isinstance(cell, (bool, int, float)) for cell in cells):
        raise ValueError("holds a number or yes/no without quotation marks: write '010203', 'no'")
    return given


def _listed(given: Any) -> Any:
    return (given,) if isinstance(given, (str, int)) else given


def _known_encoding(name: str) -> str:
    if name:
        try:
            read = codecs.getincrementaldecoder(name)(errors="strict").decode(b"")
        except (LookupError, TypeError, AssertionError, UnicodeError):
            read = None
        if not isinstance(read, str):
            raise ValueError("is not an encoding: for example utf-8, gb18030, utf-16")
    return name


def _one_character(mark: str) -> str:
    mark = {"tab": "\t", "\\t": "\t"}.get(mark, mark)
    if mark and (len(mark) > 1 or not mark.isascii() or mark in '"\r\n'):
        raise ValueError("is not one plain character: for example ',', ';', tab")
    return mark


def _possible_names(files: tuple[str, ...]) -> tuple[str, ...]:
    if any(not name.strip() or max(map(len, name.split("/"))) > 200 for name in files):
        raise ValueError("holds what is no name of a file")
    return files


def _known_zone(zone: str) -> str:
    if zone:
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is not a time zone: for example Asia/Shanghai") from None
    return zone


def _rows_in_order(rows: tuple[int, ...]) -> tuple[int, ...]:
    if not rows or rows[0] < 1 or list(rows) != list(range(rows[0], rows[0] + len(rows))):
        raise ValueError("is a row number from 1, or several that follow one another")
    return rows


def _readable_formats(formats: tuple[str, ...]) -> tuple[str, ...]:
    for text in formats:
        used = re.findall(r"%(.?)", text)
        known = set(used) <= set(DIRECTIVES) and len(set(used)) == len(used)
        if text not in EXCEL_SERIALS and not (known and "Y" in used):
            raise ValueError("holds a format that is not made of %Y %m %d %H %M %S %q or excel")
    return formats


def is_span(form: str) -> bool:
    """Whether a format is of spans that begin in January, as ``%Y年1-%m月``."""
    return SPAN.search(form) is not None


def _known_units(units: dict[str, str]) -> dict[str, str]:
    # Numbers of a table in the contract's form are never looked at for units.
    from analysis.data.reading.numbers import UNIT

    if not all(UNIT.fullmatch(unit) or unit == "1" for unit in units.values()):
        raise ValueError("holds a unit that is not known: for example 万, 亿, 万户, 万元, or 1")
    return units


def _reads_only(query: str) -> str:
    bare = TEXT.sub(" ", query).strip().rstrip(";").strip()
    if query and (";" in bare or not re.match(r"(?is)(select|with)\b", bare)):
        raise ValueError("is not a single SELECT")
    if re.search(r"(?i)\b(insert|update|delete|drop|alter|create|attach|copy|merge)\b", bare):
        raise ValueError("does more than read: write a single SELECT")
    return query.strip().rstrip(";")


def _no_password(url: str) -> str:
    if PASSWORD.search(url):
        raise ValueError("holds a password: write env:NAME and set that variable")
    return url


def _known_patterns(patterns: dict[str, str]) -> dict[str, str]:
    for theirs, ours in patterns.items():
        names = PLACE.findall(theirs)
        held = [name for name, _ in names]
        used = {name for name, _ in PLACE.findall(ours)}
        if len(set(held)) != len(held) or not used <= set(held) or any(form for _, form in names):
            raise ValueError("holds a pattern that is not made of {n} and {word}, each once")
    return patterns


PLACE = re.compile(r"\{(n|word)(:0\d)?\}")
"""Where a pattern of words has a number or any word; ``{n:02}`` writes a number in two digits."""
Listed = BeforeValidator(_listed)
Plain = BeforeValidator(_words)
Words: TypeAlias = Annotated[tuple[str, ...], Plain, Listed]


class ValueMap(Strict):
    """Words of the owner and the contract's word for each.

    ``patterns`` rewrite words before they are looked for: ``第{n}区: 9901{n:02}`` reads any number,
    in Chinese figures too, ``江州市{word}: "{word}"`` takes the name of a city away.
    ``lookup: regions.name_zh`` finds the key of the row of that table with that name; ``other``
    is what words not listed become, and without it they are refused.
    """

    words: Annotated[dict[str, str], Plain] = Field(default_factory=dict)
    patterns: Annotated[dict[str, str], Plain, AfterValidator(_known_patterns)] = Field(
        default_factory=dict
    )
    lookup: str = ""
    other: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        """``{投诉: complaint}`` is short for ``{words: {投诉: complaint}}``."""
        if isinstance(given, Mapping) and not given.keys() <= {
            "words",
            "patterns",
            "lookup",
            "other",
        }:
            return {"words": _words(given)}
        return given

    @property
    def target(self) -> str:
        """The table in which names are looked up, or nothing."""
        return self.lookup.partition(".")[0]


class RowRule(Strict):
    """Rows of which an owner's column holds one of the words, or nothing."""

    column: str
    words: Words = ()
    empty: bool = False
    why: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> RowRule:
        if not self.words and not self.empty:
            raise ValueError("names neither words nor empty: true")
        return self


class Duplicates(Strict):
    """What happens to rows that are there twice.

    ``exact`` is of rows alike in every column read; ``keep`` of rows that share the key and
    differ: ``none`` refuses them, ``first`` and ``last`` keep one in the order of the files.
    """

    exact: Literal["drop", "refuse"] = "drop"
    keep: Literal["none", "first", "last"] = "none"


class Wide(Strict):
    """Numbers of several rows in one: ``numbers: count, names: outcome, columns: {tips: 举报数}``.

    Each of ``columns`` gives a row, with its word in the column ``names`` of the contract and the
    owner's number in ``numbers``; an empty cell gives none.
    """

    numbers: str
    names: str
    columns: Annotated[dict[str, str], Plain]


class TableMapping(Strict):
    """How one table is read; everything left out is what the contract says.

    Parameters
    ----------
    files: names or patterns below the dataset's folder; ``<table>.csv``, ``.parquet`` or
        ``.xlsx`` where not given.
    sql, url: one SELECT and the database it asks, instead of files.
    sheet: title or number of a sheet, a pattern of titles, or several of these; without it the
        first that is not hidden.
    header: the row of the names, or several where headers are merged.
    columns: contract column to the owner's column, or to several that are joined by ``-``.
    dates: formats tried on every date; a cell that two of them read differently is refused.
        A time of day is left out.
    era: of years in dates and periods below 1000: ``minguo``, ``heisei`` or ``reiwa``.
    period: length of periods that are written as days.
    cumulative: whether counts and values are sums since January, to be differenced.
    units: contract column to the unit of its numbers, 万户; 1 where the header's is to be kept.
    wide: numbers that stand side by side in columns of their own.
    time_zone: whose days count where a Parquet file or database holds times with a zone.
    empty: words that stand for nothing.
    """

    files: Annotated[tuple[str, ...], Listed, AfterValidator(_possible_names)] = ()
    sql: Annotated[str, AfterValidator(_reads_only)] = ""
    url: Annotated[str, AfterValidator(_no_password)] = ""
    encoding: Annotated[str, AfterValidator(_known_encoding)] = ""
    delimiter: Annotated[str, AfterValidator(_one_character)] = ""
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'", "，"] = ""
    sheet: str | int | tuple[str | int, ...] = ""
    header: Annotated[tuple[int, ...], Listed, AfterValidator(_rows_in_order)] = (1,)
    columns: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    constants: Annotated[dict[str, str], Plain] = Field(default_factory=dict)
    dates: Annotated[tuple[str, ...], Listed, AfterValidator(_readable_formats)] = ()
    era: Literal["", "minguo", "heisei", "reiwa"] = ""
    period: Literal["", "week", "month", "quarter", "year"] = ""
    cumulative: bool | None = None
    units: Annotated[dict[str, str], Plain, AfterValidator(_known_units)] = Field(
        default_factory=dict
    )
    wide: Wide | None = None
    time_zone: Annotated[str, AfterValidator(_known_zone)] = ""
    values: dict[str, ValueMap] = Field(default_factory=dict)
    empty: Words = ()
    keep_rows: tuple[RowRule, ...] = ()
    leave_out: tuple[RowRule, ...] = ()
    ragged: Literal["refuse", "leave_out"] = "refuse"
    duplicates: Duplicates = Duplicates()

    @model_validator(mode="after")
    def _one_source(self) -> TableMapping:
        if self.files and self.sql:
            raise ValueError("names files and sql: keep one of them")
        if bool(self.sql) != bool(self.url):
            raise ValueError("sql and url belong together")
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands are the same mark")
        if self.cumulative is False and self.spans:
            raise ValueError("cumulative: false, and a date format of sums since January")
        return self

    @property
    def spans(self) -> bool:
        """Whether its numbers are sums since January."""
        return bool(self.cumulative) or any(map(is_span, self.dates))

    @property
    def targets(self) -> set[str]:
        """The tables in which names are looked up."""
        return {values.target for values in self.values.values()} - {""}

    def owner_names(self, column: str) -> tuple[str, ...]:
        """The owner's columns that make up a column of the contract."""
        return tuple(_listed(self.columns.get(column, column)))

    def parts(self) -> tuple[TableMapping, ...]:
        """The mapping, or of a wide file one for each column of numbers."""
        if self.wide is None:
            return (self,)
        columns = [self.columns | {self.wide.numbers: name} for name in self.wide.columns.values()]
        words = [self.constants | {self.wide.names: word} for word in self.wide.columns]
        return tuple(
            self.model_copy(update={"columns": names, "constants": held, "wide": None})
            for names, held in zip(columns, words, strict=True)
        )


PLAIN = TableMapping(duplicates=Duplicates(exact="refuse"))
"""Of a table without a mapping: it stands as the contract says."""


def inside(folder: Path, given: str) -> bool:
    """Whether a file named in ``dataset.yml`` lies in the dataset's folder, links followed."""
    path = Path(given)
    if path.is_absolute() or ".." in path.parts or "\0" in given:
        return False
    return (folder / path).resolve().is_relative_to(folder.resolve())


def mapping_problems(
    mappings: Mapping[str, TableMapping], tables: Mapping[str, Table], part: str = "mapping"
) -> Iterator[Problem]:
    """What mappings of a part of ``dataset.yml`` name that is not declared, all at once."""
    kind = "a table of the contract" if part == "mapping" else "a kind of ready frame"
    for name, mapping in mappings.items():
        where = f"dataset.yml, {part}.{name}"
        if name in tables:
            yield from _column_problems(mapping, tables[name], where)
            yield from _value_problems(mapping, tables, tables[name], where)
        else:
            yield Problem(where, f"is not {kind}", nearest(name, list(tables)))


def _column_problems(mapping: TableMapping, table: Table, where: str) -> Iterator[Problem]:
    wide = mapping.wide and dict.fromkeys((mapping.wide.numbers, mapping.wide.names))
    parts = {n: getattr(mapping, n) for n in ("columns", "constants", "values", "units")}
    for part, names in (parts | {"wide": wide or {}}).items():
        for name in names:
            if name not in table.names:
                remedy = nearest(name, table.names)
                yield Problem(f"{where}.{part}.{name}", "is not in the contract", remedy)
    for name in wide or ():
        if name in mapping.columns or name in mapping.constants:
            yield Problem(f"{where}.{name}", "is wide and named again", "Keep one of them")
    for name in sorted(mapping.constants.keys() & mapping.columns.keys()):
        yield Problem(f"{where}.{name}", "is a constant and a column", "Keep one of them")


def _value_problems(
    mapping: TableMapping, tables: Mapping[str, Table], table: Table, where: str
) -> Iterator[Problem]:
    for name, values in mapping.values.items():
        here = f"{where}.values.{name}"
        target, _, column = values.lookup.partition(".")
        known = target in tables and column in tables[target].names and target != table.name
        if values.lookup and not known:
            remedy = "Write table.column, for example regions.name_zh"
            yield Problem(f"{here}.lookup", "is no column of another table", remedy)
        allowed = table.column(name).allowed if name in table.names else ()
        given = {*values.words.values(), *filter(None, [values.other])} - set(allowed)
        what = "gives a word that the contract does not have"
        for word in sorted(given) if allowed else ():
            yield Problem(here, what, nearest(word, allowed))
