"""Figures read off published documents: typed, and refused where they do not resolve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.data.dataset import Dataset, read_dataset
from analysis.data.published.comparison_rules import topic_problems
from analysis.data.published.printed_number import Range, printed_range
from analysis.data.published.rules import (
    figure_problems,
    mechanism_problems,
    relation_problems,
    source_problems,
)
from analysis.data.published.tables import LINKS, PUBLISHED_TABLES, rows_of
from analysis.data.reading.account import FIRST_DATA_ROW
from analysis.errors import ContractError, ParamsError, Problem

NAMES = tuple(table.name for table in PUBLISHED_TABLES)
NAMED = {"indicators": "name_en", "regions": "name_en", "levels": "name_en", "scopes": "scope"}
"""Tables whose rows have a name in each language, with the column of the English one."""


@dataclass(frozen=True)
class PrintedFigure:
    """One printed number. ``value`` is in base units, or ``None`` where it is a date.

    ``characters`` is what the document prints, ``measures`` what its unit measures.
    """

    id: str
    source: str
    line: int
    characters: str
    region: str
    start: dt.date
    end: dt.date
    period_inferred: bool
    indicator: str
    scope: str
    kind: str
    value: float | None
    date: str
    precision: float | None
    unit: str
    measures: str
    bound: str
    compared_with: str
    links: Mapping[str, str]

    @property
    def number(self) -> float:
        """The value of a figure that is no date."""
        if self.value is None:
            raise TypeError(f"{self.id} is a date")
        return self.value

    @property
    def range(self) -> Range:
        """The values that could have been printed so."""
        return printed_range(self.characters, self.number, self.precision, self.bound)

    @property
    def step(self) -> float:
        """Worth of its last printed digit; one where none is printed."""
        return self.precision or 1.0

    @property
    def whole_units(self) -> bool:
        """Whether it counts things, so that its value is a whole number."""
        return self.kind in ("level", "target") and self.measures in ("thing", "event")


@dataclass(frozen=True)
class Relation:
    """A relation that arithmetic can test, as the editor of the data coded it."""

    id: str
    type: str
    result: str
    terms: tuple[str, ...]
    constant: int | None
    basis: str


@dataclass(frozen=True)
class Published:
    """Everything read off the documents."""

    dataset: Dataset
    figures: Mapping[str, PrintedFigure]
    relations: tuple[Relation, ...]

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The documents, by their short name."""
        return self.dataset.tables["sources"].set_index("source")

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """The documents by level of government, then by name: an order, not a ranking."""
        levels = self.dataset.tables["levels"]["level"].tolist()

        def by_level(source: str) -> tuple[int, str]:
            return levels.index(self.levels[self.region_of(source)]), source

        return tuple(sorted(self.sources.index, key=by_level))

    @cached_property
    def units(self) -> Mapping[str, Mapping[str, str]]:
        """What each unit measures, and how money is written in it."""
        return {str(row["unit"]): row for row in rows_of(self.dataset.tables["units"])}

    def name(self, table: str, key: str, language: str) -> str:
        """The name of an indicator, scope, region or level in a language."""
        return self._names[table][key][language == "zh"]

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, tuple[str, str]]]:
        tables = self.dataset.tables
        return {
            name: {
                key: (en, zh)
                for key, en, zh in zip(
                    tables[name].iloc[:, 0],
                    tables[name][english],
                    tables[name]["name_zh"],
                    strict=True,
                )
            }
            for name, english in NAMED.items()
        }

    def region_of(self, source: str) -> str:
        """The region that a document reports on; single figures may be of another one."""
        return str(self.sources.at[source, "region_code"])

    def level_of(self, source: str) -> str:
        """The level of government of that region."""
        return self.levels[self.region_of(source)]

    @cached_property
    def levels(self) -> Mapping[str, str]:
        """The level of government of each region."""
        regions = self.dataset.tables["regions"]
        return dict(zip(regions["region_code"], regions["level"], strict=True))

    def fall_words(self, figure: str) -> Mapping[str, tuple[str, str]]:
        """The words on a reported fall in English and Chinese, by use."""
        rows = rows_of(self.dataset.tables["fall_words"])
        return {r["use"]: (r["words_en"], r["words_zh"]) for r in rows if r["figure"] == figure}

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

    def related(self, *types: str) -> Iterator[tuple[Relation, list[PrintedFigure]]]:
        """Relations of some types, each with its terms."""
        for relation in self.relations:
            if relation.type in types:
                yield relation, [self.figures[term] for term in relation.terms]


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
    problems = list(check_published(dataset))
    if problems:
        raise ContractError(problems)
    tables = dataset.tables
    measures = dict(zip(tables["units"]["unit"], tables["units"]["measures"], strict=True))
    figures = (_figure(row, measures) for row in rows_of(tables["figures"]))
    relations = tuple(_relation(row) for row in rows_of(tables["relations"]))
    return Published(dataset, {figure.id: figure for figure in figures}, relations)


def check_published(dataset: Dataset) -> Iterator[Problem]:
    """What the column declarations cannot say: tokens, units, periods, links, relations, words."""
    tables = dataset.tables
    groups = {
        "sources": source_problems(tables["sources"], tables["regions"], tables["levels"]),
        "figures": figure_problems(tables),
        "relations": relation_problems(tables["relations"], tables["figures"]),
        "mechanisms": mechanism_problems(tables["mechanisms"], tables["figures"]),
        **topic_problems(tables),
    }
    for table, found in groups.items():
        for position, column, rule, remedy in found:
            row = position + FIRST_DATA_ROW
            yield Problem(f"{table}.csv, column {column}, row {row}", rule, remedy)


AS_THEY_ARE = ("id", "source", "indicator", "scope", "kind", "unit", "bound", "compared_with")


def _figure(row: Mapping[str, str], measures: Mapping[str, str]) -> PrintedFigure:
    start, end = (dt.date.fromisoformat(row[f"period_{side}"][:10]) for side in ("start", "end"))
    is_date = row["kind"] == "date"
    return PrintedFigure(
        **{name: row[name] for name in AS_THEY_ARE},
        line=int(float(row["line"])),
        characters=row["token"],
        region=row["region_code"],
        start=start,
        end=end,
        period_inferred=row["period_basis"] == "inferred",
        value=None if is_date else float(row["value"]),
        date=row["value"] if is_date else "",
        precision=float(row["precision"]) if row["precision"] else None,
        measures=measures[row["unit"]],
        links={name: row[name] for name in LINKS if row[name]},
    )


def _relation(row: Mapping[str, str]) -> Relation:
    return Relation(
        id=row["id"],
        type=row["type"],
        result=row["result"],
        terms=tuple(row["terms"].split(";")) if row["terms"] else (),
        constant=int(float(row["constant"])) if row["constant"] else None,
        basis=row["basis"],
    )
