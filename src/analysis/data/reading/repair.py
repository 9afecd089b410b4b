"""From an owner's columns to the contract's: rows left out, cells repaired, words translated."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.contract import Column, Table
from analysis.data.reading import distinct
from analysis.data.reading.account import Line, column_words, excluded, row_problem
from analysis.data.reading.distinct import Cells, Raw, as_cells, mask, plain_name
from analysis.data.reading.mapping import PLAIN, RowRule, TableMapping, ValueMap
from analysis.errors import Problem

Given: TypeAlias = pd.Series | Cells
Names: TypeAlias = Mapping[str, pd.DataFrame]
"""Tables read before, in which a ``lookup`` finds names."""
ISO = "%Y-%m-%d"
NO_DAY = np.iinfo(np.int64).min


def without_rows(raw: Raw, mapping: TableMapping) -> Raw:
    """The rows that the rules of a mapping keep; each rule's exclusions are counted."""
    keep = np.ones(len(raw.rows), dtype=bool)

    def leave_out(rows: np.ndarray, rule: str, column: str = "") -> None:
        raw.lines.extend(excluded(raw.source.file, rule, raw.rows[keep & rows], column))
        keep[rows] = False

    if raw.columns and (mapping is not PLAIN or raw.source.form == "Excel"):
        leave_out(_blank(raw), "a blank row")
    for rule in mapping.keep_rows:
        why = rule.why or f"not among the rows kept by column {rule.column}"
        leave_out(~_meets(raw, rule), why, rule.column)
    for rule in mapping.leave_out:
        leave_out(_meets(raw, rule), rule.why or f"left out by column {rule.column}", rule.column)
    return raw.take(keep)


def _blank(raw: Raw) -> np.ndarray:
    """Rows in which every column that is read holds nothing."""
    blank = np.ones(len(raw.rows), dtype=bool)
    for column in raw.columns.values():
        if isinstance(column, Cells):
            blank &= mask(pc.equal(distinct.trimmed(column.words), ""))[column.codes]
        else:
            blank &= column.isna().to_numpy()
    return blank


def _meets(raw: Raw, rule: RowRule) -> np.ndarray:
    texts = as_cells(raw.columns[plain_name(rule.column)])
    listed = distinct.plain(pa.array(rule.words, pa.string())).to_pylist()
    met = distinct.is_among(distinct.plain(texts.words), [*listed, ""] if rule.empty else listed)
    return np.take(met, texts.codes)


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
            columns[column.name] = distinct.constant(word, len(raw.rows))
        elif len(typed) == len(owner_names) == 1:
            columns[column.name] = typed[0].reset_index(drop=True)
        elif len(found) == len(owner_names):
            texts = distinct.joined([as_cells(one) for one in found])
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
    if column.kind in ("whole", "number"):
        plain = distinct.plain_numbers(work.words, mapping.decimal, mapping.thousands)
        work.step(plain, "decimal or thousands marks made plain")
    elif column.kind == "date":
        plain, twice = plain_dates(work.words, mapping.dates)
        work.refuse(twice, "can be read as two different days", "Keep one of the formats in dates")
        work.step(pc.if_else(pa.array(twice), "", plain), "a date in one of the formats named")
    elif column.kind == "period":
        plain = plain_periods(work.words, mapping.dates)
        work.step(plain, "a period in one of the formats named")
    return Cells(texts.codes, work.words, work.refused), work.problems


def _translate(work: _Repair, values: ValueMap, names: Names) -> None:
    """The owner's words as ours; what is not listed becomes ``other`` or is refused."""
    keys = distinct.plain(pa.array(list(values.words), pa.string()))
    ours = dict(zip(keys.to_pylist(), values.words.values(), strict=True))
    passing = {"", *work.column.allowed, *ours.values()}
    target, _, named = values.lookup.partition(".")
    if values.lookup and named not in names.get(target, ()):
        # That the table looked in cannot be read is said once, not again for every word.
        return
    if values.lookup:
        known, several = _keys_by_name(names[target], named)
        ours = known | ours
        passing |= set(known.values())
        shared = distinct.is_among(work.words, sorted(several - ours.keys()))
        remedy = f"List it under values.{work.column.name}.words in dataset.yml"
        work.refuse(shared, f"names several rows of {target}", remedy)
    new, strange = distinct.translated(work.words, ours)
    strange &= ~distinct.is_among(work.words, sorted(passing))
    work.step(new, "a word translated as listed")
    if values.other is not None:
        other = pc.if_else(pa.array(strange), values.other, work.words)
        work.step(other, f"a word not listed read as '{values.other}'")
    else:
        remedy = f"List it under values.{work.column.name} in dataset.yml, or name other"
        work.refuse(strange, "holds a word that is not listed", remedy)


def _keys_by_name(frame: pd.DataFrame, column: str) -> tuple[dict[str, str], set[str]]:
    """The key of each name in a table, and the names that several keys share."""
    pairs = pd.DataFrame({"name": frame[column], "key": frame.iloc[:, 0]})
    pairs = pairs.dropna().drop_duplicates()
    shared = pairs["name"].duplicated(keep=False)
    known = dict(zip(pairs["name"][~shared], pairs["key"][~shared], strict=True))
    return known, set(pairs["name"][shared])


def _pattern(form: str) -> str:
    """A date format as a regular expression with one group per directive."""
    widths = {"Y": r"\d{4}", "q": "[1-4]"}
    parts = re.split(r"%(.)", form)
    text = "^" + re.escape(parts[0])
    for at in range(1, len(parts), 2):
        name, after = parts[at], parts[at + 1]
        # Without a mark after it, "2023111" could be two days; both digits are needed.
        tight = not after and at + 2 < len(parts)
        last = at + 2 >= len(parts) and at > 1 and not parts[at - 1]
        digits = widths.get(name, r"\d{2}" if tight or last else r"\d{1,2}")
        text += f"(?P<{name}>{digits}){re.escape(after)}"
    return text + "$"


def _parts(words: pa.Array, form: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Which words have the form, and the numbers in it; shape (words,) each."""
    found = pc.extract_regex(words, pattern=_pattern(form))
    numbers = {
        name: pc.fill_null(pc.struct_field(found, name).cast(pa.int64()), 0).to_numpy()
        for name in re.findall(r"%(.)", form)
    }
    return mask(pc.is_valid(found)), numbers


def _days(words: pa.Array, form: str) -> np.ndarray:
    """Days since 1970 that the words say in a form; the least integer where they do not."""
    if form in distinct.EXCEL_SERIALS:
        fits = mask(pc.match_substring_regex(words, r"^\d{5}(\.\d+)?$"))
        whole = pc.if_else(pa.array(fits), pc.replace_substring_regex(words, r"\..*", ""), "0")
        start = np.datetime64(distinct.EXCEL_SERIALS[form]).astype(np.int64)
        return np.where(fits, whole.cast(pa.int64()).to_numpy() + start, NO_DAY)
    fits, numbers = _parts(words, form)
    year, month, day = (numbers.get(name, np.ones(len(fits), int)) for name in "Ymd")
    months = ((year - 1970) * 12 + month - 1 + [[0], [1]]).astype("datetime64[M]")
    first, after = months.astype("datetime64[D]").astype(np.int64)
    days = first + day - 1
    right = fits & (month >= 1) & (month <= 12) & (day >= 1) & (days < after)
    for name, limit in {"H": 23, "M": 59, "S": 59}.items():
        right &= numbers.get(name, np.zeros(len(fits), int)) <= limit
    return np.where(right, days, NO_DAY)


def plain_dates(words: pa.Array, forms: Sequence[str]) -> tuple[pa.Array, np.ndarray]:
    """Dates as ``YYYY-MM-DD``, and which can be read as two different days.

    What none of the forms reads stays as it is and is refused by the contract.
    """
    whole = [form for form in forms if form in distinct.EXCEL_SERIALS or "%d" in form]
    found = np.full(len(words), NO_DAY)
    twice = np.zeros(len(words), dtype=bool)
    for form in dict.fromkeys([*whole, ISO]):
        days = _days(words, form)
        twice |= (days != NO_DAY) & (found != NO_DAY) & (days != found)
        found = np.where(found == NO_DAY, days, found)
    read = found != NO_DAY
    texts = np.where(read, found, 0).astype("datetime64[D]").astype(str)
    return pc.if_else(pa.array(read), pa.array(texts, pa.string()), words), twice


def plain_periods(words: pa.Array, forms: Sequence[str]) -> pa.Array:
    """Periods as ``2019``, ``2019Q2`` or ``2019-03``, from formats without a day."""
    for form in forms:
        if form in distinct.EXCEL_SERIALS or "%d" in form:
            continue
        fits, numbers = _parts(words, form)
        text = np.char.zfill(numbers["Y"].astype(str), 4)
        if "q" in numbers:
            text = np.char.add(np.char.add(text, "Q"), numbers["q"].astype(str))
        elif "m" in numbers:
            text = np.char.add(np.char.add(text, "-"), np.char.zfill(numbers["m"].astype(str), 2))
            fits &= (numbers["m"] >= 1) & (numbers["m"] <= 12)
        words = pc.if_else(pa.array(fits), pa.array(text, pa.string()), words)
    return words
