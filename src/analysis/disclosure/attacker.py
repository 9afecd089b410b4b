"""Work out how far withheld counts can be narrowed down from one or two editions of a table.

References
----------
Fischetti and Salazar (2001), "Solving the cell suppression problem on tabular data with linear
constraints", Management Science 47.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy

INFEASIBLE, UNBOUNDED = 2, 3
"""How scipy's linear programme says so."""
Cell = tuple[int, int]


@dataclass(frozen=True)
class Published:
    """What one edition of a table shows to a reader.

    Parameters
    ----------
    shown: counts, shape (R, C), NaN where withheld.
    column_totals: shape (C,), ``None`` where there are none.
    floor: counts as last shown in any edition, shape (R, C), NaN where never.
    """

    shown: np.ndarray
    column_totals: np.ndarray | None
    floor: np.ndarray

    @classmethod
    def of(cls, counts: np.ndarray, withheld: np.ndarray) -> Published:
        """A table of counts, shape (R, C), published without the withheld ones."""
        shown = np.where(withheld, np.nan, counts)
        return cls(shown, counts.sum(axis=0), shown)

    @property
    def withheld(self) -> np.ndarray:
        """Mask of shape (R, C)."""
        mask: np.ndarray = np.isnan(self.shown)
        return mask

    @property
    def last_shown(self) -> np.ndarray:
        """Each count as shown here or, where it is withheld, in an edition before."""
        known: np.ndarray = np.where(self.withheld, self.floor, self.shown)
        return known


@dataclass(frozen=True)
class Earlier:
    """The edition before, and for cells of the new one the place they had in it."""

    published: Published
    links: Mapping[Cell, Cell]


class Attacker:
    """A reader of this edition and the one before, who solves for what is withheld.

    Every withheld count is an unknown of a linear programme; those of the new edition come first.
    """

    def __init__(self, now: Published, earlier: Earlier | None = None) -> None:
        editions = [now] if earlier is None else [now, earlier.published]
        sizes = [int(table.withheld.sum()) for table in editions]
        self._size = sum(sizes)
        self._unknowns = [
            _numbered(table.withheld, first)
            for table, first in zip(editions, (0, sizes[0]), strict=False)
        ]
        """The number of each withheld count, -1 where one is shown; by edition, (R, C) each."""
        lowest = [np.nan_to_num(table.last_shown[table.withheld]) for table in editions]
        self._bounds = np.column_stack([np.concatenate(lowest), np.full(self._size, np.inf)])
        self._totals, self._sums = self._what_totals_tell(editions)
        self._growth = self._what_growth_tells(now, earlier)

    def width(self, cell: Cell, edition: int = 0) -> float:
        """Width of the interval of a count of the new edition, or (1) of the one before.

        None for a count that is shown. It is as wide for what was added since the count was shown.
        """
        unknown = self._unknowns[edition][cell]
        if unknown < 0:
            return 0.0
        aim = np.zeros(self._size)
        aim[unknown] = 1.0
        return -self._smallest(-aim) - self._smallest(aim)

    def _what_totals_tell(
        self, editions: list[Published]
    ) -> tuple[scipy.sparse.csr_array, list[float]]:
        """Equations: withheld counts of a column add up to its total less what is shown."""
        hidden, sums = [], []
        for unknowns, table in zip(self._unknowns, editions, strict=True):
            if table.column_totals is None:
                continue
            rest = table.column_totals - np.nansum(table.shown, axis=0)
            for column in np.flatnonzero(table.withheld.any(axis=0)):
                hidden.append(unknowns[table.withheld[:, column], column])
                sums.append(rest[column])
        return _sparse([(numbers, np.ones(len(numbers))) for numbers in hidden], self._size), sums

    def _what_growth_tells(self, now: Published, earlier: Earlier | None) -> scipy.sparse.csr_array:
        """Limits and inequalities: as records are only added, no count falls between editions."""
        orders: list[tuple[np.ndarray, np.ndarray]] = []
        if earlier is None:
            return _sparse(orders, self._size)
        for new, old in earlier.links.items():
            after, before = self._unknowns[0][new], self._unknowns[1][old]
            if after >= 0 and before >= 0:
                orders.append((np.array([before, after]), np.array([1.0, -1.0])))
            elif after >= 0:
                self._bounds[after, 0] = earlier.published.shown[old]
            elif before >= 0:
                self._bounds[before, 1] = now.shown[new]
        return _sparse(orders, self._size)

    def _smallest(self, aim: np.ndarray) -> float:
        """The smallest value of a sum of unknowns; minus infinity where nothing limits it."""
        known = self._totals, self._sums
        growth = self._growth, np.zeros(self._growth.shape[0])
        solved = scipy.optimize.linprog(aim, *growth, *known, self._bounds, method="highs")
        if solved.status == INFEASIBLE:
            # Some count fell after all: then the editions bind each other by nothing.
            solved = scipy.optimize.linprog(aim, None, None, *known, (0, None), method="highs")
        return -float("inf") if solved.status == UNBOUNDED else float(solved.fun)


def _numbered(mask: np.ndarray, first: int) -> np.ndarray:
    """Numbers from ``first`` for the cells of a mask, -1 outside it; of its shape."""
    return np.where(mask, first + np.cumsum(mask).reshape(mask.shape) - 1, -1)


def _sparse(rows: list[tuple[np.ndarray, np.ndarray]], width: int) -> scipy.sparse.csr_array:
    """A matrix of so many columns from the columns and values of each row."""
    if not rows:
        return scipy.sparse.csr_array((0, width))
    columns, values = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    starts = np.cumsum([0, *(len(row) for row, _ in rows)])
    return scipy.sparse.csr_array((values, columns, starts), shape=(len(rows), width))
