"""Figures read off published documents: typed, and refused where they do not resolve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, TypeAdapter

from analysis.data.dataset import Dataset, read_dataset
from analysis.data.published import rules
from analysis.data.published.printed_number import printed_range
from analysis.data.published.tables import NAMES, Row, Tables, rows_of
from analysis.data.reading.account import FIRST_DATA_ROW
from analysis.errors import ContractError, ParamsError, Problem
from analysis.stats.pooling.exact import Interval

RULES: Mapping[str, Callable[[Tables], Iterator[rules.Fault]]] = {
    "sources": rules.source_faults,
    "figures": rules.figure_faults,
    "relations": rules.relation_faults,
    "mechanisms": rules.mechanism_faults,
    "topics": rules.topic_faults,
    "comparisons": rules.comparison_faults,
    **{table: partial(rules.word_faults, table=table) for table in ("topic_words", "fall_words")},
}
"""What the column declarations cannot say: tokens, units, periods, links, relations, words."""


Blank = Annotated[float | None, BeforeValidator(lambda given: None if given == "" else given)]
"""A number, or nothing."""


def months(start: dt.date, end: dt.date) -> int:
    """Calendar months that a period touches."""
    return 12 * (end.year - start.year) + end.month - start.month + 1


@dataclass(frozen=True)
class PrintedFigure:
    """One printed number, from its row. ``value`` is in base units, or ``None`` where it is a date.

    ``characters`` is what the document prints, ``measures`` what its unit measures;
    ``part_of`` and ``growth_of`` name the figures of its whole and of the level that changed.
    """

    id: str
    source: str
    characters: Annotated[str, Field(alias="token")]
    region: Annotated[str, Field(alias="region_code")]
    start: Annotated[dt.date, Field(alias="period_start")]
    end: Annotated[dt.date, Field(alias="period_end")]
    period_basis: str
    indicator: str
    scope: str
    kind: str
    value: Blank
    date: str
    precision: Blank
    unit: str
    measures: str
    bound: str
    compared_with: str
    part_of: str
    growth_of: str

    @property
    def number(self) -> float:
        """The value of a figure that is no date."""
        if self.value is None:
            raise TypeError(f"{self.id} is a date")
        return self.value

    @property
    def range(self) -> Interval:
        """The number with the values that could have been printed so."""
        return printed_range(self.characters, self.number, self.precision, self.bound)

    @property
    def step(self) -> float:
        """Worth of its last printed digit; one where none is printed."""
        return self.precision or 1.0

    @property
    def months(self) -> int:
        """Calendar months that its period touches."""
        return months(self.start, self.end)

    @property
    def whole_units(self) -> bool:
        """Whether it counts things, so that its value is a whole number."""
        return self.kind in ("level", "target") and self.measures in ("thing", "event")


@dataclass(frozen=True)
class Published:
    """Everything read off the documents."""

    dataset: Dataset
    tables: Tables
    figures: Mapping[str, PrintedFigure]

    @cached_property
    def _rows(self) -> Mapping[str, Mapping[str, Row]]:
        """The rows of every table by what stands first in them."""
        return {
            name: {next(iter(row.values())): row for row in rows}
            for name, rows in self.tables.items()
        }

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """The documents by level of government, then by name: an order, not a ranking."""
        levels = list(self._rows["levels"])

        def by_level(source: str) -> tuple[int, str]:
            return levels.index(self.level(self.region_of(source))), source

        return tuple(sorted(self._rows["sources"], key=by_level))

    def row(self, table: str, key: str) -> Row:
        """The row of a document, region, level, unit, indicator or scope; empty for none."""
        return self._rows[table].get(key, {})

    def name(self, table: str, key: str, language: str) -> str:
        """The name of an indicator, scope, region or level in a language."""
        # A scope is named in English by its key.
        return self._rows[table][key].get(f"name_{language}", key)

    def region_of(self, source: str) -> str:
        """The region that a document reports on; single figures may be of another one."""
        return self._rows["sources"][source]["region_code"]

    def level(self, region: str) -> str:
        """The level of government of a region."""
        return self._rows["regions"][region]["level"]

    def words(self, table: str, key: str, language: str) -> Mapping[str, str]:
        """The words on a topic or a reported fall, by use."""
        rows = (row for row in self.tables[table] if next(iter(row.values())) == key)
        return {row["use"]: row[f"words_{language}"] for row in rows}

    def counts(self, indicator: str) -> list[PrintedFigure]:
        """Counts and sums of an indicator, in the order of the table."""
        return [
            figure
            for figure in self.figures.values()
            if figure.indicator == indicator and figure.kind in ("level", "money")
        ]

    def whole(self, indicator: str, source: str) -> PrintedFigure | None:
        """The count of an indicator in all the region that a document reports on."""
        home = source, self.region_of(source)
        found = (f for f in self.counts(indicator) if (f.source, f.region) == home and not f.scope)
        return next(found, None)

    def related(self, *types: str) -> Iterator[tuple[Row, list[PrintedFigure]]]:
        """Relations of some types, each with its terms."""
        for row in self.tables["relations"]:
            if row["type"] in types:
                yield row, [self.figures[term] for term in row["terms"].split(";") if term]


def read_published(path: str | Path) -> Published:
    """The published figures of a folder.

    Raises
    ------
    ParamsError: the folder does not exist.
    AnalysisError: as :func:`published_in`.
    """
    return published_in(read_dataset(path, NAMES))


def published_in(dataset: Dataset) -> Published:
    """The published figures of a dataset, checked beyond types and links.

    Raises
    ------
    ParamsError: the folder does not exist, or holds no figures.
    ContractError: a token, unit, period, link, relation or topic does not resolve; with its rows.
    """
    missing = [name for name in NAMES if not dataset.has(name)]
    if missing:
        where = f"dataset {dataset.folder.name}"
        remedy = "Published figures are a dataset of their own: data/published"
        raise ParamsError([Problem(where, f"has no table {name}", remedy) for name in missing])
    tables = {name: rows_of(dataset.tables[name]) for name in (*NAMES, "regions")}
    problems = [
        Problem(f"{name}.csv, column {column}, row {position + FIRST_DATA_ROW}", rule, remedy)
        for name, faults in RULES.items()
        for position, column, rule, remedy in faults(tables)
    ]
    ContractError.raise_for(problems)
    measures = {row["unit"]: row["measures"] for row in tables["units"]}
    rows = [
        {**row, "date": "", "measures": measures[row["unit"]], **_day(row)}
        for row in tables["figures"]
    ]
    figures = TypeAdapter(tuple[PrintedFigure, ...]).validate_python(rows)
    return Published(dataset, tables, {figure.id: figure for figure in figures})


def _day(row: Row) -> Row:
    """A date stands where other figures have a value."""
    return {"value": "", "date": row["value"]} if row["kind"] == "date" else {}
