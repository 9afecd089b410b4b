"""What a report published before, so that two editions together give no small number away.

The site keeps beside its pages what their tables of counts show (``counts.json``). The runner hands
a report what its last edition showed; publishing compares the two once more.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from analysis.disclosure.attacker import Attacker, Cell, Earlier, Published
from analysis.disclosure.suppression import exposed_cells, small_cells
from analysis.errors import Problem, PublishError

FILE = "counts.json"
VARIABLE = "ANALYSIS_EARLIER"
"""Names the file in which the runner hands a report its last edition."""


class Counted(BaseModel):
    """A table of counts as published.

    Parameters
    ----------
    counted: what was counted, over which span; only tables alike in it are compared.
    threshold: counts from 1 to one below it are withheld.
    rows, columns: keys. shown: counts row by row, ``None`` where withheld.
    column_totals: one per column, ``None`` where not shown.
    floor: counts as last shown in any edition, where they are withheld; empty for the first.
    """

    # Records of earlier sites name totals of rows, which no page showed: they are passed over.
    model_config = ConfigDict(frozen=True)

    counted: str
    threshold: int
    rows: list[str]
    columns: list[str]
    shown: list[list[float | None]]
    column_totals: list[float] | None = None
    floor: list[list[float | None]] = []

    def published(self) -> Published:
        """As arrays, NaN where withheld."""
        shape = len(self.rows), len(self.columns)
        shown = np.array(self.shown, dtype=float).reshape(shape)
        floor = np.array(self.floor or self.shown, dtype=float).reshape(shape)
        totals = None if self.column_totals is None else np.array(self.column_totals)
        return Published(shown, totals, floor)

    def cells(self) -> dict[tuple[str, str], Cell]:
        """Where each count stands, by the keys of its row and column."""
        return {
            (row, column): (i, j)
            for i, row in enumerate(self.rows)
            for j, column in enumerate(self.columns)
        }


Edition = Mapping[str, Counted]
"""Tables of counts of one report by the key of their Plate."""
EDITION = TypeAdapter(dict[str, Counted])
Parsed = TypeVar("Parsed")
SITE = TypeAdapter(dict[str, dict[str, Counted]])


def matched(now: Counted, before: Counted | None) -> Earlier | None:
    """The edition before, with its cells found in the new one; ``None`` where nothing is alike."""
    if before is None or before.counted != now.counted:
        return None
    old = before.cells()
    links = {cell: old[keys] for keys, cell in now.cells().items() if keys in old}
    return Earlier(before.published(), links) if links else None


def small_growth(counts: np.ndarray, earlier: Earlier, threshold: int) -> np.ndarray:
    """Mask of counts that grew by a small number since they were last shown; shape (R, C)."""
    grown = np.zeros(counts.shape)
    for cell, old in earlier.links.items():
        grown[cell] = counts[cell] - earlier.published.last_shown[old]
    return small_cells(np.nan_to_num(grown), threshold)


def with_last_shown(now: Edition, before: Edition) -> Edition:
    """The edition with, for each count that it withholds, what earlier editions last showed."""
    return {key: _table_with_last_shown(table, before.get(key)) for key, table in now.items()}


def _table_with_last_shown(now: Counted, before: Counted | None) -> Counted:
    earlier = matched(now, before)
    if earlier is None:
        return now
    floor = [list(row) for row in now.shown]
    for (row, column), old in earlier.links.items():
        known = earlier.published.last_shown[old]
        if floor[row][column] is None and np.isfinite(known):
            floor[row][column] = float(known)
    return now.model_copy(update={"floor": floor})


def narrowed(now: Edition, before: Edition) -> list[Problem]:
    """A problem for each table of which two editions narrow down what one alone protects."""
    problems = []
    for key, table in now.items():
        cells = _narrowed_counts(table, before.get(key))
        if cells:
            what = f"gives {cells} counts away beside the edition before"
            remedy = "Run it with: analysis run, which hands it that edition"
            problems.append(Problem(f"table of '{key}'", what, remedy))
    return problems


def _narrowed_counts(now: Counted, before: Counted | None) -> int:
    """How many counts the two editions narrow down."""
    earlier = matched(now, before)
    if earlier is None:
        return 0
    table = now.published()
    alone = Attacker(table)
    wide = [alone.width(cell) >= now.threshold for cell in np.ndindex(table.shown.shape)]
    hidden = np.reshape(wide, table.shown.shape)
    needs = hidden, small_growth(table.shown, earlier, now.threshold)
    return len(set(exposed_cells(table, needs, now.threshold, earlier)))


def earlier_edition() -> dict[str, Counted]:
    """What the last edition of this report showed, as the runner hands it over; else nothing.

    Raises
    ------
    PublishError: what was handed over cannot be read.
    """
    file = os.environ.get(VARIABLE, "")
    problem = Problem("the edition before", "cannot be read", "Run the report with: analysis run")
    return _parsed(EDITION, Path(file), problem) if file else {}


def read_counts(site: Path) -> dict[str, dict[str, Counted]]:
    """What the site's tables of counts show, by report and Plate.

    Raises
    ------
    PublishError: the file is there and no such record.
    """
    file = site / FILE
    remedy = "Take it from the site's last edition: it protects what was withheld there"
    problem = Problem(FILE, "is not a record of counts", remedy)
    return _parsed(SITE, file, problem) if file.is_file() else {}


def _parsed(adapter: TypeAdapter[Parsed], file: Path, problem: Problem) -> Parsed:
    try:
        return adapter.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        raise PublishError([problem]) from None


def edition_text(counts: Mapping[str, Edition], report: str) -> str:
    """A report's tables of counts as JSON for :func:`earlier_edition`; blank if it has none."""
    edition = counts.get(report)
    return "" if not edition else EDITION.dump_json(dict(edition)).decode("utf-8")


def as_json(content: Mapping[str, Edition]) -> str:
    """The tables of counts of all reports as sorted JSON, for ``counts.json``."""
    held = {
        report: dict(sorted(edition.items()))
        for report, edition in sorted(content.items())
        if edition
    }
    return SITE.dump_json(held).decode("utf-8") + "\n"
