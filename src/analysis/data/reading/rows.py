"""Which rows of an owner's files are read: those left out, and those filled from above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.reading import distinct
from analysis.data.reading.account import Line, excluded, first_rows_of
from analysis.data.reading.distinct import Cells, Raw, as_cells, mask, plain_name
from analysis.data.reading.mapping import PLAIN, RowRule, TableMapping


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
    kept = raw.take(keep)
    return replace(kept, columns={**kept.columns, **dict(_filled_down(kept, mapping))})


def _filled_down(raw: Raw, mapping: TableMapping) -> Iterator[tuple[str, Cells]]:
    """Columns whose blank cells are read as the one above, as in merged cells; counted."""
    for name in mapping.fill_down:
        texts = as_cells(raw.columns[plain_name(name)])
        blank = mask(pc.equal(distinct.trimmed(texts.words), ""))[texts.codes]
        above = np.maximum.accumulate(np.where(blank, -1, np.arange(len(blank))))
        found = blank & (above >= 0)
        if found.any():
            rule = "a blank cell read as the one above it"
            count, rows = int(found.sum()), first_rows_of(raw.rows[found])
            raw.lines.append(Line("repaired", raw.source.file, name, rule, count, rows))
        yield plain_name(name), Cells(texts.codes[np.maximum(above, 0)], texts.words)


def filled_rows(raw: Raw, name: str, words: tuple[str, ...]) -> Raw:
    """Of a wide file the rows that have a number in one of its columns; the others are counted.

    ``words`` are those that stand for nothing.
    """
    empty = _meets(raw, RowRule(column=name, words=words, empty=True))
    rule = f"no number in column {name}"
    raw.lines.extend(excluded(raw.source.file, rule, raw.rows[empty], name))
    return raw.take(~empty)


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
