"""Where the rows of a table stand in the owner's files, and the account of what was done to them.

Nothing here holds the value of a cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from analysis.errors import ContractError, Problem

Read = TypeVar("Read")

FIRST_DATA_ROW = 2
"""Row 1 of a file is its header."""
ROWS_SHOWN = 8
NO_RECORD = "a line of totals or a note is left out by leave_out"
_ERA = "years below 1000 are of an era"
MAPPED = {
    "is empty": f"Every row needs a value here; {NO_RECORD}, cells below a merged one are filled "
    "by fill_down",
    "is not a date": f"Name its form under dates in dataset.yml, such as '%Y年%m月%d日'; {_ERA}; "
    "an open end is empty, or listed under empty",
    "is not a period": f"Name its form under dates in dataset.yml, such as '%Y年%m月'; {_ERA}; "
    "others lie in 1000 to 2999; a year that stands in a title only is written under values: "
    "{period: {patterns: {'{n}月': '2023-{n:02}'}}}",
    "is not a whole number": "A count has no decimals; what stands for nothing is listed "
    "under empty",
    "is not a number": "Name decimal, thousands or units in dataset.yml; what stands for nothing "
    "is listed under empty",
}
"""What an owner writes into a mapping, as files are not rewritten: by what is wrong."""


def rows_words(rows: Sequence[int] | np.ndarray, most: int = ROWS_SHOWN) -> str:
    """Row numbers in words: the first few, and how many more."""
    listed = ", ".join(str(int(row)) for row in rows[:most])
    more = f" and {len(rows) - most} more" if len(rows) > most else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {listed}{more}"


def first_rows_of(rows: Sequence[int] | np.ndarray) -> tuple[int, ...]:
    """The rows that are shown."""
    return tuple(int(row) for row in rows[:ROWS_SHOWN])


@dataclass(frozen=True)
class RowProblem(Problem):
    """A problem of some rows of a file: the first few numbers, and how many rows in all.

    ``table`` is the one that the file was read for.
    """

    file: str = ""
    column: str = ""
    rows: tuple[int, ...] = ()
    count: int = 0
    table: str = ""


def row_problem(
    file: str, rows: Sequence[int] | np.ndarray, what: str, remedy: str = "", column: str = ""
) -> RowProblem:
    """A problem of rows given by their numbers in a file."""
    where = ", ".join(part for part in (file, column, rows_words(rows)) if part)
    shown = first_rows_of(rows)
    return RowProblem(where, what, remedy, file, column.removeprefix("column "), shown, len(rows))


def column_words(name: str, owner_name: str) -> str:
    """A column of the contract, with the owner's name where it is another."""
    return f"column {name}" if owner_name == name else f"column {owner_name} ({name})"


@dataclass(frozen=True)
class Origin:
    """The file and row of each row of a table.

    Parameters
    ----------
    files: names of the owner's files.
    file_of_row: position in ``files`` of each row's file, shape (n,).
    rows: number of each row in its file as a reader counts them, shape (n,).
    owner_names: the owner's name of each column of the contract.
    own: of each file those names that are its own, as the columns of a wide file are; or nothing.
    """

    files: tuple[str, ...]
    file_of_row: np.ndarray
    rows: np.ndarray
    owner_names: Mapping[str, str] = field(default_factory=dict)
    own: tuple[Mapping[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The files in words."""
        more = len(self.files) - 1
        return self.files[0] if not more else f"{self.files[0]} and {more} more"

    def take(self, keep: np.ndarray) -> Origin:
        """The rows under a mask."""
        return replace(self, file_of_row=self.file_of_row[keep], rows=self.rows[keep])

    def by_file(self, positions: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """Rows of a table as numbers in the files they stand in."""
        for file, rows in self._by_place(positions):
            yield self.files[file], rows

    def _by_place(self, positions: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        files = self.file_of_row[positions]
        for file in np.unique(files):
            yield int(file), self.rows[positions[files == file]]

    def problems(
        self, positions: np.ndarray, what: str, remedy: str, column: str = ""
    ) -> list[Problem]:
        """One problem for every file that has such rows."""

        def words(file: int) -> str:
            names = {**self.owner_names, **(self.own[file] if self.own else {})}
            return column_words(column, names.get(column, column)) if column else ""

        return [
            row_problem(self.files[file], rows, what, remedy, words(file))
            for file, rows in self._by_place(positions)
        ]


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
    """What was done to one column or file, with its count and first rows.

    ``done`` is ``repaired``, ``excluded``, ``noted``, or ``not read`` of a sheet.
    """

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


def excluded(
    file: str, rule: str, rows: Sequence[int] | np.ndarray, column: str = ""
) -> list[Line]:
    """The line of an exclusion of rows, by their numbers in the owner's file; none for no rows."""
    line = Line("excluded", file, column, rule, len(rows), first_rows_of(rows))
    return [line] if len(rows) else []


LAST_ROWS = (65_536, 1_048_576)
"""Of a sheet of Excel 97, and of one since 2007."""


def perhaps_cut(file: str, last: int) -> list[Line]:
    """The line that a file ends where a sheet of Excel does, so that more may have been lost."""
    what = "ends in the last row that a sheet of Excel can have: look whether more were exported"
    return [Line("noted", file, "", what, 1, (last,))] if last in LAST_ROWS else []


def all_of(readers: Iterable[Callable[[], Read]]) -> tuple[list[Read], list[Problem]]:
    """What each of them reads; one that is refused does not hide what others hold."""
    found: list[Read] = []
    problems: list[Problem] = []
    for reader in readers:
        try:
            found.append(reader())
        except ContractError as error:
            problems += error.problems
    return found, problems
