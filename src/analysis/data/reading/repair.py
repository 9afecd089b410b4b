"""From an owner's columns to the contract's: rows left out, cells repaired, words translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.contract import Column, Table
from analysis.data.reading import distinct as repairs
from analysis.data.reading.distinct import Cells, changed, joined, mask, plain_name
from analysis.data.reading.mapping import PLAIN, RowRule, TableMapping, ValueMap
from analysis.data.reading.origin import row_problem
from analysis.data.reading.raw import Raw
from analysis.data.reading.sources import cells_of_series
from analysis.errors import Problem

Given: TypeAlias = pd.Series | Cells


def without_rows(raw: Raw, mapping: TableMapping) -> Raw:
    """The rows that the rules of a mapping keep; each rule's exclusions are counted."""
    keep = np.ones(len(raw.rows), dtype=bool)
    if raw.columns and (mapping is not PLAIN or raw.source.form == "Excel"):
        keep = ~_blank(raw)
        raw.ledger.excluded("a blank row", raw.rows[~keep])
    rules = [(rule, True) for rule in mapping.keep_rows]
    rules += [(rule, False) for rule in mapping.leave_out]
    for rule, keeps in rules:
        out = keep & (_meets(raw, rule) != keeps)
        doing = "not among the rows kept by" if keeps else "left out by"
        raw.ledger.excluded(rule.why or f"{doing} column {rule.column}", raw.rows[out], rule.column)
        keep &= ~out
    return raw.take(keep)


def _blank(raw: Raw) -> np.ndarray:
    """Rows in which every column that is read holds nothing."""
    blank = np.ones(len(raw.rows), dtype=bool)
    for column in raw.columns.values():
        if isinstance(column, Cells):
            blank &= mask(pc.equal(repairs.trimmed(column.words), ""))[column.codes]
        else:
            blank &= column.isna().to_numpy()
    return blank


def _meets(raw: Raw, rule: RowRule) -> np.ndarray:
    column = raw.columns[plain_name(rule.column)]
    texts = column if isinstance(column, Cells) else cells_of_series(column)
    words = repairs.narrowed(repairs.trimmed(texts.words))
    listed = repairs.narrowed(repairs.trimmed(pa.array(rule.words, pa.string())))
    met = mask(pc.is_in(words, listed))
    if rule.empty:
        met |= mask(pc.equal(words, ""))
    rows: np.ndarray = met[texts.codes]
    return rows


def contract_columns(
    raw: Raw, table: Table, mapping: TableMapping, names: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, Given], list[Problem]]:
    """The columns of the contract in its own form, and what could not be brought into it."""
    columns: dict[str, Given] = {}
    problems: list[Problem] = []
    for column in table.columns:
        if column.name in mapping.constants:
            word = mapping.constants[column.name]
            columns[column.name] = repairs.constant(word, len(raw.rows))
            continue
        parts = [plain_name(own) for own in mapping.owners(column.name)]
        if any(part not in raw.columns for part in parts):
            continue
        given = [raw.columns[part] for part in parts]
        if len(given) == 1 and isinstance(given[0], pd.Series) and _is_typed(column, given[0]):
            columns[column.name] = given[0].reset_index(drop=True)
            continue
        texts = joined([c if isinstance(c, Cells) else cells_of_series(c) for c in given])
        columns[column.name], wrong = _repaired(texts, column, raw, mapping, names)
        problems += wrong
    return columns, problems


def _is_typed(column: Column, given: pd.Series) -> bool:
    """Whether a typed column needs no look at its texts."""
    if column.kind == "date":
        return bool(pd.api.types.is_datetime64_any_dtype(given))
    numeric = pd.api.types.is_numeric_dtype(given)
    return column.kind in ("whole", "number", "flag") and bool(numeric)


@dataclass
class _Work:
    """One column on its way into the form of the contract; every repair is counted in rows."""

    column: Column
    own: str
    texts: Cells
    raw: Raw
    words: pa.Array
    refused: np.ndarray
    problems: list[Problem] = field(default_factory=list)

    def step(self, new: pa.Array, rule: str) -> None:
        """Replace words, and count the rows whose word changed."""
        self.raw.ledger.repaired(self.own, rule, self.texts.count(changed(self.words, new)))
        self.words = new

    def refuse(self, bad: np.ndarray, what: str, remedy: str) -> None:
        """Refuse words; the contract says no more of them."""
        bad = bad & ~self.refused
        rows = self.raw.rows[bad[self.texts.codes]] if bad.any() else ()
        if len(rows):
            same = self.own == self.column.name
            shown = f"column {self.own}" + ("" if same else f" ({self.column.name})")
            file = self.raw.source.file
            self.problems.append(row_problem(file, rows, what, remedy, shown))
        self.refused = self.refused | bad
        self.words = pc.if_else(pa.array(bad), "", self.words)


def _repaired(
    texts: Cells,
    column: Column,
    raw: Raw,
    mapping: TableMapping,
    names: Mapping[str, pd.DataFrame],
) -> tuple[Cells, list[Problem]]:
    """One column in the form of the contract."""
    own = " + ".join(mapping.owners(column.name))
    work = _Work(column, own, texts, raw, texts.words, np.zeros(len(texts.words), dtype=bool))
    work.step(repairs.trimmed(work.words), "blanks around the text removed")
    if column.kind != "text":
        work.step(repairs.narrowed(work.words), "full-width characters made plain")
    work.step(repairs.emptied(work.words, mapping.empty), "a word for nothing read as empty")
    errors = repairs.is_excel_error(work.words)
    work.refuse(errors, "holds an error of Excel", "Mend the formula, or name it under empty")
    if column.name in mapping.values:
        _translate(work, mapping.values[column.name], names)
    if column.kind in ("whole", "number"):
        plain = repairs.plain_numbers(work.words, mapping.decimal, mapping.thousands)
        work.step(plain, "decimal or thousands marks made plain")
    elif column.kind == "date":
        plain, twice = repairs.plain_dates(work.words, mapping.dates)
        work.refuse(twice, "can be read as two different days", "Keep one of the formats in dates")
        work.step(pc.if_else(pa.array(twice), "", plain), "a date in one of the formats named")
    elif column.kind == "period":
        plain = repairs.plain_periods(work.words, mapping.dates)
        work.step(plain, "a period in one of the formats named")
    return Cells(texts.codes, work.words, work.refused), work.problems


def _translate(work: _Work, values: ValueMap, names: Mapping[str, pd.DataFrame]) -> None:
    """The owner's words as ours; what is not listed becomes ``other`` or is refused."""
    keys = repairs.narrowed(repairs.trimmed(pa.array(list(values.words), pa.string())))
    ours = dict(zip(keys.to_pylist(), values.words.values(), strict=True))
    passing = {"", *work.column.allowed, *ours.values()}
    target, _, named = values.lookup.partition(".")
    if values.lookup and named not in names.get(target, ()):
        # That the table looked in cannot be read is said once, not again for every word.
        return
    if values.lookup:
        known, several = _names_of(names[target], named)
        ours = known | ours
        passing |= set(known.values())
        listed = mask(pc.is_in(work.words, pa.array(sorted(several - ours.keys()), pa.string())))
        remedy = f"List it under values.{work.column.name}.words in dataset.yml"
        work.refuse(listed, f"names several rows of {target}", remedy)
    new, strange = repairs.translated(work.words, ours)
    strange &= ~mask(pc.is_in(work.words, pa.array(sorted(passing), pa.string())))
    work.step(new, "a word translated as listed")
    if values.other is not None:
        other = pc.if_else(pa.array(strange), values.other, work.words)
        work.step(other, f"a word not listed read as '{values.other}'")
    else:
        remedy = f"List it under values.{work.column.name} in dataset.yml, or name other"
        work.refuse(strange, "holds a word that is not listed", remedy)


def _names_of(frame: pd.DataFrame, column: str) -> tuple[dict[str, str], set[str]]:
    """The key of each name in a table, and the names that several keys share."""
    if column not in frame or frame.empty:
        return {}, set()
    pairs = pd.DataFrame({"name": frame[column], "key": frame.iloc[:, 0]}).dropna()
    pairs = pairs.drop_duplicates()
    shared = pairs["name"].duplicated(keep=False)
    known = dict(zip(pairs["name"][~shared], pairs["key"][~shared], strict=True))
    return known, set(pairs["name"][shared])
