"""A file as read: its columns under the owner's names, and the row each stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.reading.account import Ledger, Source
from analysis.data.reading.distinct import Cells, plain_name
from analysis.errors import ContractError, Problem

Wanted = Callable[[str], bool]
"""Whether a column of that name, as :func:`plain_name` gives it, is needed."""


@dataclass(frozen=True)
class Raw:
    """A file's columns that are needed, by plain name; all names; each row's number in the file."""

    source: Source
    names: tuple[str, ...]
    columns: Mapping[str, Cells | pd.Series]
    rows: np.ndarray
    ledger: Ledger

    def take(self, keep: np.ndarray) -> Raw:
        """The rows under a mask."""
        if keep.all():
            return self
        columns = {
            name: column.take(keep) if isinstance(column, Cells) else column[keep]
            for name, column in self.columns.items()
        }
        return Raw(self.source, self.names, columns, self.rows[keep], self.ledger)


def merged_names(header: Sequence[Sequence[str]]) -> list[str]:
    """Names of columns from the rows of a header; a merged cell stands over all it covers."""
    width = max((len(row) for row in header), default=0)
    padded = [[*(cell.strip() for cell in row), *[""] * (width - len(row))] for row in header]
    for row in padded[:-1]:
        for place in range(1, width):
            row[place] = row[place] or row[place - 1]
    names = []
    for column in zip(*padded, strict=True):
        parts = [part for part in dict.fromkeys(column) if part]
        names.append("/".join(parts))
    return names


def require_distinct(names: Sequence[str], wanted: Wanted, file: str) -> None:
    """Refuse needed columns that stand there twice.

    Raises
    ------
    ContractError: with the places of each.
    """
    plain = [plain_name(name) for name in names]
    problems = []
    for name in sorted(set(plain)):
        places = [str(place + 1) for place, other in enumerate(plain) if other == name]
        if name and len(places) > 1 and wanted(name):
            where = f"{file}, columns {', '.join(places)}"
            problems.append(
                Problem(where, "have the same name", "Rename one in a copy of the file")
            )
    if problems:
        raise ContractError(problems)
