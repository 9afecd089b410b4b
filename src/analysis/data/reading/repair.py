"""From an owner's columns to the contract's: cells repaired, words translated, no row twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.contract import Column, Table
from analysis.data.reading import distinct
from analysis.data.reading.account import (
    NO_RECORD,
    Line,
    Origin,
    column_words,
    excluded,
    row_problem,
)
from analysis.data.reading.distinct import Cells, Raw, as_cells, mask, plain_name
from analysis.data.reading.mapping import PLAIN, TableMapping, ValueMap
from analysis.errors import Problem
from analysis.params import one_form

Given: TypeAlias = pd.Series | Cells
Names: TypeAlias = Mapping[str, pd.DataFrame]
"""Tables read before, in which a ``lookup`` finds names."""
LAST_DAYS = ("ended_on", "dormant_to", "to_day", "last_day")
"""Days that still belong to what ends with them."""
MARKS_RULE = "decimal or thousands marks made plain"
PERIOD_RULE = "a period brought into its one form"


def contract_columns(
    raw: Raw, table: Table, mapping: TableMapping, names: Names
) -> tuple[dict[str, Given], list[Problem]]:
    """The columns of the contract in its own form, and what could not be brought into it."""
    columns: dict[str, Given] = {}
    problems: list[Problem] = []
    for column in table.columns:
        owner_names = [plain_name(name) for name in mapping.owner_names(column.name)]
        found = [raw.columns[name] for name in owner_names if name in raw.columns]
        typed = [one for one in found if isinstance(one, pd.Series) and _is_typed(column, one)]
        if column.name in mapping.constants:
            word = mapping.constants[column.name]
            word = _constant_period(word, mapping) if column.kind == "period" else word
            columns[column.name] = distinct.constant(word, len(raw.rows))
        elif len(typed) == len(owner_names) == 1:
            columns[column.name] = typed[0].reset_index(drop=True)
        elif len(found) == len(owner_names):
            texts = distinct.joined([as_cells(one) for one in found])
            columns[column.name], wrong = _repaired(texts, column, raw, mapping, names)
            problems += wrong
    return columns, problems


def _constant_period(word: str, mapping: TableMapping) -> str:
    """A period that stands in ``dataset.yml``, written as there or as in the owner's cells."""
    if not mapping.dates:
        return one_form(word)
    from analysis.data.reading.times import plain_periods

    read: str = plain_periods(pa.array([one_form(word)]), mapping).words[0].as_py()
    return read


def _is_typed(column: Column, given: pd.Series) -> bool:
    """Whether a typed column needs no look at its texts."""
    if column.kind == "date":
        return bool(pd.api.types.is_datetime64_any_dtype(given))
    numeric = pd.api.types.is_numeric_dtype(given)
    return column.kind in ("whole", "number", "flag") and bool(numeric)


@dataclass
class _Repair:
    """One column on its way into the form of the contract; every repair is counted in rows."""

    column: Column
    owner_name: str
    texts: Cells
    raw: Raw
    words: pa.Array
    refused: np.ndarray
    problems: list[Problem] = field(default_factory=list)

    def step(self, new: pa.Array, rule: str) -> None:
        """Replace words, and count the rows whose word changed."""
        if count := self.texts.count(distinct.changed(self.words, new)):
            line = Line("repaired", self.raw.source.file, self.owner_name, rule, count)
            self.raw.lines.append(line)
        self.words = new

    def refuse(self, bad: np.ndarray, what: str, remedy: str) -> None:
        """Refuse words; the contract says no more of them."""
        bad = bad & ~self.refused
        rows = self.raw.rows[bad[self.texts.codes]] if bad.any() else ()
        if len(rows):
            words = column_words(self.column.name, self.owner_name)
            self.problems.append(row_problem(self.raw.source.file, rows, what, remedy, words))
        self.refused = self.refused | bad
        self.words = pc.if_else(pa.array(bad), "", self.words)


def _repaired(
    texts: Cells, column: Column, raw: Raw, mapping: TableMapping, names: Names
) -> tuple[Cells, list[Problem]]:
    """One column in the form of the contract."""
    owner_name = " + ".join(mapping.owner_names(column.name))
    none = np.zeros(len(texts.words), dtype=bool)
    work = _Repair(column, owner_name, texts, raw, texts.words, none)
    if gone := texts.count(distinct.lost(work.words)):
        what = f"column {owner_name}: characters lost in an earlier conversion; export it anew"
        raw.lines.append(Line("noted", raw.source.file, owner_name, what, gone))
    work.step(distinct.trimmed(work.words), "blanks around the text removed")
    work.step(distinct.visible(work.words), distinct.UNSEEN_RULE)
    work.step(distinct.composed(work.words), "letters and their marks written as one character")
    if column.kind != "text":
        work.step(distinct.narrowed(work.words), "full-width characters made plain")
    if mapping.empty:
        emptied = pc.if_else(pa.array(distinct.is_among(work.words, mapping.empty)), "", work.words)
        work.step(emptied, "a word for nothing read as empty")
    errors = distinct.is_among(work.words, distinct.EXCEL_ERRORS)
    work.refuse(errors, "holds an error of Excel", "Mend the formula, or name it under empty")
    remedy = "Open the file in Excel and save it, so that results are stored"
    uncomputed = distinct.is_among(work.words, [distinct.UNCOMPUTED])
    work.refuse(uncomputed, "holds a formula without a stored result", remedy)
    if column.kind == "code":
        remedy = "Give the column the form of text where it is exported, and export it again"
        rounded = distinct.rounded(work.words, least=1 if raw.source.form == "Excel" else 3)
        work.refuse(rounded, "is a long number that has lost its last digits", remedy)
    if column.name in mapping.values:
        _translate(work, mapping.values[column.name], names)
    for kinds, step, form in FORMS:
        if column.kind in kinds and (mapping is not PLAIN or not _has_form(work, form)):
            step(work, mapping)
    return Cells(texts.codes, work.words, work.refused), work.problems


def _numbers(work: _Repair, mapping: TableMapping) -> None:
    """Numbers without marks and units; a table in the contract's form has neither."""
    from analysis.data.reading import numbers

    unit = mapping.units.get(work.column.name, "")
    header = numbers.unit_in_header(work.owner_name)
    if header and not unit:
        remedy = f"Write units: {{{work.column.name}: …}}, or 1 to keep the numbers as they are"
        where = column_words(work.column.name, work.owner_name)
        what = f"says {header}, and no unit is declared"
        work.problems.append(Problem(f"{work.raw.source.file}, {where}", what, remedy))
    bare, powers = numbers.without_units(work.words, unit)
    plain = numbers.plain_numbers(bare, mapping.decimal, mapping.thousands)
    marked = ~distinct.changed(bare, work.words)
    work.step(pc.if_else(pa.array(marked), plain, work.words), MARKS_RULE)
    told = numbers.multiplied(pc.if_else(pa.array(marked), work.words, plain), powers)
    work.step(told, "a number with a unit, or in the unit declared, written out")


def _dates(work: _Repair, mapping: TableMapping) -> None:
    from analysis.data.reading.times import plain_dates

    last = work.column.name in LAST_DAYS
    found = plain_dates(work.words, mapping, last=last)
    twice = pa.array(found.twice)
    remedy = "Keep one of the formats in dates"
    work.refuse(found.twice, "can be read as two different days", remedy)
    month = pa.array(found.months)
    whole = pc.if_else(month, work.words, found.words)
    work.step(pc.if_else(twice, "", whole), "a date in one of the formats named")
    which = "last" if last else "first"
    work.step(pc.if_else(month, found.words, work.words), f"a month read as its {which} day")


def _periods(work: _Repair, mapping: TableMapping) -> None:
    from analysis.data.reading.times import plain_periods

    found = plain_periods(work.words, mapping)
    remedy = "Say of which length the periods are in dataset.yml: period: month, quarter or year"
    work.refuse(found.unclear, "is a day, not a period", remedy)
    work.step(pc.if_else(pa.array(found.unclear), "", found.words), PERIOD_RULE)


def _translate(work: _Repair, values: ValueMap, names: Names) -> None:
    """The owner's words as ours; what is not listed becomes ``other`` or is refused."""
    from analysis.data.reading import words

    new = words.rewritten(work.words, values.patterns)
    ours = words.listed(values.words)
    passing = {"", *work.column.allowed, *ours.values()}
    target, _, named = values.lookup.partition(".")
    if not values.lookup:
        passing |= set(new.filter(pa.array(distinct.changed(work.words, new))).to_pylist())
    work.step(new, "a word rewritten by a pattern")
    if values.lookup and named not in names.get(target, ()):
        # That the table looked in cannot be read is said once, not again for every word.
        return
    remedy = f"List it under values.{work.column.name} in dataset.yml, or name other; {NO_RECORD}"
    if values.lookup:
        known, several = words.looked_up(work.words, names[target], named)
        ours = known | ours
        passing |= set(names[target].iloc[:, 0].dropna())
        shared = distinct.is_among(work.words, sorted(several - ours.keys()))
        which = (
            f"Name the column that tells them apart, too: {work.column.name}: "
            f"[COLUMN OF THE REGION ABOVE, {work.owner_name}]; only if every such row means one "
            f"and the same, list it under values.{work.column.name}.words"
        )
        work.refuse(shared, f"names several rows of {target}", which)
        chosen, _ = distinct.translated(work.words, {n: ours[n] for n in several & ours.keys()})
        work.step(chosen, f"a name of several rows of {target} read as the one listed")
    new, strange = distinct.translated(work.words, ours)
    strange &= ~distinct.is_among(work.words, sorted(passing))
    if work.column.kind in ("whole", "number"):
        strange &= ~mask(pc.match_substring_regex(work.words, distinct.NUMBER))
    if values.lookup and words.end_in_a_name(work.words, strange, names[target], named):
        remedy = (
            f"Another name stands before those of {target}: give regions their parent_code, "
            f"or write patterns: {{'CITY{{word}}': '{{word}}'}} under values.{work.column.name}"
        )
    work.step(new, "a word translated as listed")
    if values.other is not None:
        other = pc.if_else(pa.array(strange), values.other, work.words)
        work.step(other, f"a word not listed read as '{values.other}'")
    else:
        work.refuse(strange, "holds a word that is not listed", remedy)


Step: TypeAlias = Callable[[_Repair, TableMapping], None]
FORMS: tuple[tuple[tuple[str, ...], Step, str], ...] = (
    (("whole", "number"), _numbers, rf"^$|{distinct.NUMBER}"),
    (("date",), _dates, r"^(\d{4}-\d\d-\d\d)?$"),
    (("period",), _periods, r"^(\d{4}(-\d\d|Q\d|-W\d\d)?)?$"),
)
"""Kinds of columns, what brings their words into form, and the form they have in the contract."""


def _has_form(work: _Repair, form: str) -> bool:
    """Whether all is written as the contract writes it, so that nothing is to be done."""
    right = mask(pc.match_substring_regex(work.words, form))
    # The header is read with the rows, and its word is one that no row holds.
    return bool(right.all()) or not work.texts.count(~right)


def without_duplicates(
    frame: pd.DataFrame, origin: Origin, table: Table, mapping: TableMapping, lines: list[Line]
) -> tuple[pd.DataFrame, Origin, list[Problem]]:
    """Rows without those that are there twice, as the mapping says; each exclusion counted.

    The last of what is returned are the rows that still repeat a key.
    """
    rule = mapping.duplicates
    key = [n for n in table.key if n in frame or table.column(n).required]
    if not key or any(name not in frame for name in key):
        return frame, origin, []
    shared = _sharing(frame, key)
    out = np.zeros(len(frame), dtype=bool)

    def leave_out(again: pd.Series, why: str) -> np.ndarray:
        positions = shared[again]
        out[positions] = True
        for file, rows in origin.by_file(positions):
            lines.extend(excluded(file, why, rows))
        left: np.ndarray = shared[~again]
        return left

    if rule.exact == "drop" and shared.size:
        again = frame.iloc[shared].duplicated(keep="first")
        shared = leave_out(again, "is there twice, alike in every column that is read")
    if rule.keep != "none":
        over = frame.iloc[shared].duplicated(key, keep=rule.keep)
        shared = leave_out(over, f"shares its key with another row: the {rule.keep} is kept")
    again = shared[frame.iloc[shared].duplicated(key, keep="first")]
    what = f"repeats the key {' + '.join(key)} of an earlier row"
    remedy = "Keep one row per key"
    if mapping is not PLAIN:
        remedy += ", or say in dataset.yml which is kept: duplicates: {keep: first} or {keep: last}"
    problems = origin.problems(again, what, remedy)
    if not out.any():
        return frame, origin, problems
    return frame[~out].reset_index(drop=True), origin.take(~out), problems


def _sharing(frame: pd.DataFrame, key: list[str]) -> np.ndarray:
    """Positions of the rows whose key another row has, too, in order; of whole keys only."""
    if len(key) > 1 or not pd.api.types.is_string_dtype(frame[key[0]]):
        shared = frame.duplicated(key, keep=False)
        return np.flatnonzero(shared & frame[key].notna().all(axis=1))
    # Arrow tells five million texts apart in a second or two.
    cells = distinct.cells_of(pa.array(frame[key[0]], pa.string(), from_pandas=True))
    filled = mask(pc.not_equal(cells.words, ""))
    return np.flatnonzero(
        (np.bincount(cells.codes, minlength=len(filled)) > 1)[cells.codes] & filled[cells.codes]
    )
