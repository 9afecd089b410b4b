"""Where the rows of a table stand in the owner's files, and problems that name those rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.errors import Problem

FIRST_DATA_ROW = 2
"""Row 1 of a file is its header."""

ROWS_SHOWN = 8


def rows_words(rows: Sequence[int] | np.ndarray) -> str:
    """Row numbers, the first few and how many more."""
    shown = [str(int(row)) for row in rows[:ROWS_SHOWN]]
    more = len(rows) - len(shown)
    listed = ", ".join(shown) + (f" and {more} more" if more else "")
    return f"row {listed}" if len(rows) == 1 else f"rows {listed}"


@dataclass(frozen=True)
class RowProblem(Problem):
    """A problem of some rows of a file: the first few numbers, and how many rows in all."""

    file: str = ""
    column: str = ""
    rows: tuple[int, ...] = ()
    count: int = 0


def row_problem(
    file: str, rows: Sequence[int] | np.ndarray, what: str, remedy: str = "", column: str = ""
) -> RowProblem:
    """A problem of rows given by their numbers in a file."""
    named = f", {column}" if column else ""
    where = f"{file}{named}, {rows_words(rows)}"
    first = tuple(int(row) for row in rows[:ROWS_SHOWN])
    return RowProblem(where, what, remedy, file, column.removeprefix("column "), first, len(rows))


@dataclass(frozen=True)
class Origin:
    """The file and row of each row of a table.

    Parameters
    ----------
    files: names of the owner's files.
    place: position in ``files`` of each row's file, shape (n,).
    rows: number of each row in its file as a reader counts them, shape (n,).
    owners: the owner's name of a column of the contract, where it differs.
    """

    files: tuple[str, ...]
    place: np.ndarray
    rows: np.ndarray
    owners: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def plain(cls, file: str, size: int) -> Origin:
        """One file with a header in its first row."""
        rows = np.arange(FIRST_DATA_ROW, FIRST_DATA_ROW + size)
        return cls((file,), np.zeros(size, dtype=np.int32), rows)

    @property
    def name(self) -> str:
        """The files in words."""
        more = len(self.files) - 1
        return self.files[0] if not more else f"{self.files[0]} and {more} more"

    def take(self, keep: np.ndarray) -> Origin:
        """The rows under a mask."""
        return Origin(self.files, self.place[keep], self.rows[keep], self.owners)

    def column(self, name: str) -> str:
        """A column of the contract with the owner's name where it differs."""
        own = self.owners.get(name, name)
        return f"column {name}" if own == name else f"column {own} ({name})"

    def by_file(self, positions: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """Rows of a table as numbers in the files they stand in."""
        places = self.place[positions]
        for place in np.unique(places):
            yield self.files[place], self.rows[positions[places == place]]

    def problems(
        self, positions: np.ndarray, what: str, remedy: str, column: str = ""
    ) -> list[Problem]:
        """One problem for every file that has such rows."""
        named = self.column(column) if column else ""
        return [
            row_problem(file, rows, what, remedy, named) for file, rows in self.by_file(positions)
        ]
