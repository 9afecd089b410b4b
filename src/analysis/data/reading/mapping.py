"""The ``mapping`` of ``dataset.yml``: how an owner's export becomes a table of the contract.

Everything is checked when ``dataset.yml`` is read, before a file is opened: what each key may hold
(:mod:`analysis.data.reading.fields`), and that tables, columns and words are the contract's
(:mod:`analysis.data.reading.mapping_checks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from analysis.data.reading.fields import (
    as_written,
    is_span,
    known_encoding,
    known_patterns,
    known_units,
    known_zone,
    no_password,
    one_character,
    possible_names,
    readable_formats,
    reads_only,
    rows_in_order,
)


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(given: Any) -> Any:
    return (given,) if isinstance(given, (str, int)) else given


Listed = BeforeValidator(_listed)
Plain = BeforeValidator(as_written)
Words: TypeAlias = Annotated[tuple[str, ...], Plain, Listed]


Era: TypeAlias = Literal["", "minguo", "heisei", "reiwa"]


class ValueMap(Strict):
    """Words of the owner and the contract's word for each.

    ``patterns`` rewrite words before they are looked for: ``第{n}区: 9901{n:02}`` reads any number,
    in Chinese figures too, ``江州市{word}: "{word}"`` takes the name of a city away.
    ``lookup: regions.name_zh`` finds the key of the row of that table with that name; ``other``
    is what words not listed become, and without it they are refused.
    """

    words: Annotated[dict[str, str], Plain] = Field(default_factory=dict)
    patterns: Annotated[dict[str, str], Plain, AfterValidator(known_patterns)] = Field(
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
            return {"words": as_written(given)}
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


class Limit(Strict):
    """A day that is so many working days after another: ``{after: received_on, working_days: 60}``.

    Which days are worked stands in the dataset's table ``calendar``.
    """

    after: str
    working_days: int = Field(ge=1, le=1000)


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
    limits: contract column of days to how many working days it lies after another column.
    time_zone: whose days count where a Parquet file or database holds times with a zone.
    empty: words that stand for nothing.
    fill_down: the owner's columns in which a blank cell holds what stands above it, as where
        cells are merged.
    """

    files: Annotated[tuple[str, ...], Listed, AfterValidator(possible_names)] = ()
    sql: Annotated[str, AfterValidator(reads_only)] = ""
    url: Annotated[str, AfterValidator(no_password)] = ""
    encoding: Annotated[str, AfterValidator(known_encoding)] = ""
    delimiter: Annotated[str, AfterValidator(one_character)] = ""
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'", "，"] = ""
    sheet: str | int | tuple[str | int, ...] = ""
    header: Annotated[tuple[int, ...], Listed, AfterValidator(rows_in_order)] = (1,)
    columns: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    constants: Annotated[dict[str, str], Plain] = Field(default_factory=dict)
    dates: Annotated[tuple[str, ...], Listed, AfterValidator(readable_formats)] = ()
    era: Era = ""
    period: Literal["", "week", "month", "quarter", "year"] = ""
    cumulative: bool | None = None
    units: Annotated[dict[str, str], Plain, AfterValidator(known_units)] = Field(
        default_factory=dict
    )
    wide: Wide | None = None
    limits: dict[str, Limit] = Field(default_factory=dict)
    time_zone: Annotated[str, AfterValidator(known_zone)] = ""
    values: dict[str, ValueMap] = Field(default_factory=dict)
    empty: Words = ()
    fill_down: Words = ()
    keep_rows: tuple[RowRule, ...] = ()
    leave_out: tuple[RowRule, ...] = ()
    ragged: Literal["refuse", "leave_out"] = "refuse"
    duplicates: Duplicates = Duplicates()

    @model_validator(mode="after")
    def _one_source(self) -> TableMapping:
        rules = [
            (self.files and self.sql, "names files and sql: keep one of them"),
            (bool(self.sql) != bool(self.url), "sql and url belong together"),
            (self.decimal == self.thousands, "decimal and thousands are the same mark"),
            (
                self.cumulative is False and self.spans,
                "cumulative: false, and a date format of sums since January",
            ),
        ]
        if wrong := [text for broken, text in rules if broken]:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def spans(self) -> bool:
        """Whether its numbers are sums since January."""
        return bool(self.cumulative) or any(map(is_span, self.dates))

    @property
    def targets(self) -> set[str]:
        """The tables that must be read before: those in which names are looked up, and others."""
        looked = {values.target for values in self.values.values()}
        return (looked - {""}) | ({"calendar"} if self.limits else set())

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
