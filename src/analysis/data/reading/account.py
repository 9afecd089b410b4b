"""The account of reading a table: what was read, repaired and left out, never a cell's value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.data.reading.origin import ROWS_SHOWN


@dataclass(frozen=True)
class Source:
    """One file, sheet or query as read.

    ``how`` says of the encoding and delimiter whether each was ``named`` or ``detected``;
    ``rows`` counts the rows below the header.
    """

    file: str
    sha256: str
    form: str
    rows: int
    encoding: str = ""
    delimiter: str = ""
    how: str = ""
    sheet: str = ""
    header: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Line:
    """One repair or exclusion of one column or file, with its count and first rows."""

    done: str
    file: str
    column: str
    rule: str
    count: int
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Account:
    """All that happened to a table between the owner's files and the contract."""

    table: str
    sources: tuple[Source, ...] = ()
    lines: tuple[Line, ...] = ()
    kept: int = 0
    unused: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows read, before anything was left out."""
        return sum(source.rows for source in self.sources)

    def left_out(self) -> dict[str, int]:
        """Rows left out, by rule."""
        found: dict[str, int] = {}
        for line in self.lines:
            if line.done == "excluded":
                found[line.rule] = found.get(line.rule, 0) + line.count
        return found


@dataclass
class Ledger:
    """Lines of an account as they come up; empty ones are not written down."""

    file: str
    lines: list[Line] = field(default_factory=list)

    def repaired(self, column: str, rule: str, count: int) -> None:
        """A repair of so many cells."""
        if count:
            self.lines.append(Line("repaired", self.file, column, rule, int(count)))

    def excluded(self, rule: str, rows: Sequence[int] | np.ndarray, column: str = "") -> None:
        """Rows left out, by their numbers in the owner's file."""
        if len(rows):
            first = tuple(int(row) for row in rows[:ROWS_SHOWN])
            self.lines.append(Line("excluded", self.file, column, rule, len(rows), first))
