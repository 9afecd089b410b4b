"""What someone can work out of withheld counts who has one edition of a table, or two.

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
    """What a reader has of one edition of a table.

    Parameters
    ----------
    shown: counts, shape (R, C), NaN where withheld.
    column_totals: shape (C,). row_totals: shape (R,). ``None`` where there are none.
    floor: counts as last shown in any edition, shape (R, C), NaN where never.
    """

    shown: np.ndarray
    column_totals: np.ndarray | None
    row_totals: np.ndarray | None = None
    floor: np.ndarray | None = None

    @classmethod
    def of(cls, counts: np.ndarray, withheld: np.ndarray, row_totals: bool) -> Published:
        """A table of counts, shape (R, C), published without the withheld ones."""
        rows = counts.sum(axis=1) if row_totals else None
        return cls(np.where(withheld, np.nan, counts), counts.sum(axis=0), rows)

    @property
    def withheld(self) -> np.ndarray:
        """Mask of shape (R, C)."""
        mask: np.ndarray = np.isnan(self.shown)
        return mask

    @property
    def last_shown(self) -> np.ndarray:
        """Each count as shown here or, where it is withheld, in an edition before."""
        if self.floor is None:
            return self.shown
        known: np.ndarray = np.where(self.withheld, self.floor, self.shown)
        return known


@dataclass(frozen=True)
class Earlier:
    """The edition before, and where each cell of the new one stood in it, if anywhere."""

    published: Published
    links: Mapping[Cell, Cell]


class Attacker:
    """Someone who has this edition and the one before, and solves for what is withheld."""

    def __init__(self, now: Published, earlier: Earlier | None = None) -> None:
        self.now, self.earlier = now, earlier
        self._place: dict[tuple[int, int, int], int] = {}
        self._rows: list[dict[int, float]] = []
        self._sums: list[float] = []
        editions = [now] if earlier is None else [now, earlier.published]
        for edition, table in enumerate(editions):
            for row, column in np.argwhere(table.withheld):
                self._place[edition, int(row), int(column)] = len(self._place)
        for edition, table in enumerate(editions):
            self._learn_totals(edition, table)
        self._bounds = [[0.0, np.inf] for _ in self._place]
        for (edition, row, column), place in self._place.items():
            self._bounds[place][0] = float(np.nan_to_num(editions[edition].last_shown[row, column]))
        self._orders: list[tuple[int, int]] = []
        for new, old in earlier.links.items() if earlier else ():
            self._learn_growth(new, old)

    def level(self, cell: Cell, edition: int = 0) -> float:
        """Width of the interval of a count of the new edition, or (1) of the one before."""
        return self._span({self._place[edition, *cell]: 1.0})

    def growth(self, cell: Cell) -> float:
        """Width of the interval of what was added to a count since it was last shown."""
        return self.level(cell) if (0, *cell) in self._place else 0.0

    def _learn_totals(self, edition: int, table: Published) -> None:
        sums = [
            (table.shown, table.column_totals, False),
            (table.shown.T, table.row_totals, True),
        ]
        for shown, totals, turned in sums:
            if totals is None:
                continue
            rest = totals - np.nansum(shown, axis=0)
            for line in range(shown.shape[1]):
                hidden = np.flatnonzero(np.isnan(shown[:, line]))
                cells = ((line, int(h)) if turned else (int(h), line) for h in hidden)
                row = {self._place[edition, *cell]: 1.0 for cell in cells}
                if row:
                    self._rows.append(row)
                    self._sums.append(float(rest[line]))

    def _learn_growth(self, new: Cell, old: Cell) -> None:
        """Records are only ever added, so a count cannot fall from one edition to the next."""
        if self.earlier is None:
            return
        after, before = self._place.get((0, *new)), self._place.get((1, *old))
        if after is not None and before is not None:
            self._orders.append((after, before))
        elif after is not None:
            self._bounds[after][0] = float(self.earlier.published.shown[old])
        elif before is not None:
            self._bounds[before][1] = float(self.now.shown[new])

    def _span(self, form: Mapping[int, float]) -> float:
        """Largest minus smallest value of a linear form, given everything that is published."""
        if not form:
            return 0.0
        aim = np.zeros(len(self._place))
        for place, weight in form.items():
            aim[place] = weight
        ends = [sign * self._least(sign * aim) for sign in (1.0, -1.0)]
        return float(ends[1] - ends[0])

    def _least(self, aim: np.ndarray) -> float:
        """Smallest value of a form; minus infinity where nothing published holds it."""
        size = len(aim)
        known = _matrix(self._rows, size)
        orders = _matrix([{before: 1.0, after: -1.0} for after, before in self._orders], size)
        given = (orders, np.zeros(len(self._orders))) if self._orders else (None, None)
        solved = scipy.optimize.linprog(
            aim, *given, known, self._sums, self._bounds, method="highs"
        )
        if solved.status == INFEASIBLE:
            # Some count fell after all: then the editions bind each other by nothing.
            solved = scipy.optimize.linprog(
                aim, None, None, known, self._sums, (0, None), method="highs"
            )
        return -float("inf") if solved.status == UNBOUNDED else float(solved.fun)


def _matrix(rows: list[dict[int, float]], width: int) -> scipy.sparse.csr_array:
    data = [(line, place, v) for line, row in enumerate(rows) for place, v in row.items()]
    lines, places, values = zip(*data, strict=True) if data else ((), (), ())
    return scipy.sparse.csr_array((values, (lines, places)), shape=(len(rows), width))
