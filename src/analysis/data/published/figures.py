"""Figures read off published documents: typed, and refused where they do not resolve."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from analysis.data.dataset import Dataset, read_dataset
from analysis.data.published.printed_number import Range, printed_range
from analysis.data.published.rules import figure_problems, relation_problems, table_problems
from analysis.data.published.tables import PUBLISHED_TABLES
from analysis.data.reading.origin import FIRST_DATA_ROW
from analysis.errors import ContractError, ParamsError, Problem

NAMES = tuple(table.name for table in PUBLISHED_TABLES)


@dataclass(frozen=True)
class Figure:
    """One printed number. ``value`` is in base units, or ``None`` where it is a date."""

    id: str
    source: str
    line: int
    token: str
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
        return printed_range(self.token, self.number, self.precision, self.bound)

    @property
    def whole_units(self) -> bool:
        """Whether it counts things, so that its value is a whole number."""
        return self.kind in ("level", "target") and self.unit not in (
            "percent",
            "yuan",
            "patent_per_10000_people",
            "working_day",
        )


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
    figures: Mapping[str, Figure]
    relations: tuple[Relation, ...]

    @property
    def sources(self) -> pd.DataFrame:
        """The documents, by their short name."""
        return self.dataset.tables["sources"].set_index("source")

    def name(self, table: str, key: str, language: str) -> str:
        """The name of an indicator, scope or region in a language."""
        return _names(self.dataset.folder, self.dataset.hashes[f"{table}.csv"], table)[key][
            language == "zh"
        ]

    def level(self, region: str) -> str:
        """The level of government of a region."""
        regions = self.dataset.tables["regions"].set_index("region_code")
        return str(regions.at[region, "level"])


@lru_cache(maxsize=16)
def _names(folder: Path, digest: str, table: str) -> dict[str, tuple[str, str]]:  # noqa: ARG001
    """Both names by key; the digest tells when the file changed."""
    frame = read_dataset(folder, NAMES).tables[table]
    english = frame["scope"] if table == "scopes" else frame["name_en"]
    keys = frame.iloc[:, 0]
    return {k: (e, z) for k, e, z in zip(keys, english, frame["name_zh"], strict=True)}


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
    ParamsError: it holds no figures.
    ContractError: a token, unit, period, link or relation does not resolve; with its rows.
    """
    missing = [name for name in NAMES if not dataset.has(name)]
    if missing:
        place = f"dataset {dataset.folder.name}"
        remedy = "Published figures are a dataset of their own: data/published"
        raise ParamsError([Problem(place, f"has no table {name}", remedy) for name in missing])
    problems = list(check_published(dataset))
    if problems:
        raise ContractError(problems)
    tables = dataset.tables
    figures = {str(row["id"]): _figure(row) for row in _rows(tables["figures"])}
    relations = tuple(_relation(row) for row in _rows(tables["relations"]))
    return Published(dataset, figures, relations)


def check_published(dataset: Dataset) -> Iterator[Problem]:
    """What the column declarations cannot say: tokens, units, periods, links, relations."""
    tables = dataset.tables
    groups = (
        (
            "figures.csv",
            figure_problems(tables["figures"], tables["indicators"], tables["sources"]),
        ),
        ("relations.csv", relation_problems(tables["relations"], tables["figures"])),
        ("mechanisms.csv", table_problems(tables["mechanisms"], tables["figures"])),
    )
    for file, found in groups:
        for position, column, rule, remedy in found:
            row = position + FIRST_DATA_ROW
            yield Problem(f"{file}, column {column}, row {row}", rule, remedy)


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    blank = frame.astype(object).where(frame.notna(), None)
    return [dict(row) for row in blank.to_dict("records")]


def _figure(row: Mapping[str, object]) -> Figure:
    def text(name: str) -> str:
        return "" if row.get(name) is None else str(row[name])

    is_date = row["kind"] == "date"
    links = ("numerator", "denominator", "target", "part_of", "previous", "growth_of", "same_as")
    return Figure(
        id=text("id"),
        source=text("source"),
        line=int(float(text("line"))),
        token=text("token"),
        region=text("region_code"),
        start=dt.date.fromisoformat(text("period_start")[:10]),
        end=dt.date.fromisoformat(text("period_end")[:10]),
        period_inferred=row["period_basis"] == "inferred",
        indicator=text("indicator"),
        scope=text("scope"),
        kind=text("kind"),
        value=None if is_date else float(text("value")),
        date=text("value") if is_date else "",
        precision=float(text("precision")) if text("precision") else None,
        unit=text("unit"),
        bound=text("bound"),
        compared_with=text("compared_with"),
        links={name: text(name) for name in links if text(name)},
    )


def _relation(row: Mapping[str, object]) -> Relation:
    terms = str(row["terms"] or "")
    constant = row["constant"]
    return Relation(
        id=str(row["id"]),
        type=str(row["type"]),
        result=str(row["result"] or ""),
        terms=tuple(re.split(";", terms)) if terms else (),
        constant=None if constant is None else int(float(str(constant))),
        basis=str(row["basis"]),
    )
