"""Which cells of a table of counts must be withheld so that no small one can be worked out.

A table of R rows and C columns is published with its column totals, and its row totals where
there are any. A cell is *primary* where its own size gives someone away; others are withheld
beside it until a linear programme over everything that is published, in this edition and in the
one before, can pin nothing down that must stay open:

    width(f) = max f(x) − min f(x)   over x ≥ 0 with all published sums, and now ≥ before,

at least ``protection`` for every count that is primary now, for every count that was protected in
the edition before, and for every small growth between the two.

References
----------
Fischetti and Salazar (2001), "Solving the cell suppression problem on tabular data with linear
constraints", Management Science 47, for the attacker's problem. Hundepool and others (2012),
Statistical Disclosure Control, chapter 4, for the dominance rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from analysis.disclosure.attacker import Attacker, Cell, Earlier, Published

PRECISION = 1e-6


@dataclass(frozen=True)
class Needs:
    """What must stay open: counts of the new edition, and growth since the one before.

    Both are masks of the new table, shape (R, C).
    """

    level: np.ndarray
    growth: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))


def small(counts: np.ndarray, threshold: int) -> np.ndarray:
    """Cells that are positive and below the threshold; zeros give nobody away."""
    mask: np.ndarray = (counts > 0) & (counts < threshold)
    return mask


def dominated(largest: np.ndarray, totals: np.ndarray, share: float) -> np.ndarray:
    """Cells in which the largest contributors hold more than the share.

    Parameters
    ----------
    largest: sum of the n largest contributions to each cell. totals: of all, same shape.
    """
    mask: np.ndarray = (totals > 0) & (largest > share * totals)
    return mask


def withhold(
    counts: np.ndarray,
    needs: Needs,
    *,
    protection: float,
    row_totals: bool = False,
    earlier: Earlier | None = None,
) -> np.ndarray:
    """The cells that must stay open and as few others as it takes to protect them.

    Parameters
    ----------
    counts: shape (R, C).

    Returns
    -------
    Mask of withheld cells, shape (R, C). Where even withholding every cell leaves a count too
    narrow, all are withheld: the caller must then refuse the totals.
    """
    withheld = needs.level.copy()
    if needs.growth.size:
        withheld |= needs.growth
    while not withheld.all():
        now = Published.of(counts, withheld, row_totals)
        cell = next(exposed(now, needs, protection, earlier), None)
        if cell is None:
            break
        withheld = withheld | _companion(counts, withheld, cell, row_totals)
    return withheld


def exposed(
    now: Published, needs: Needs, protection: float, earlier: Earlier | None = None
) -> Iterator[Cell]:
    """Cells of the new edition at which something that must stay open can be narrowed down."""
    attacker = Attacker(now, earlier)
    enough = protection - PRECISION
    for cell in _cells(needs.level):
        if attacker.level(cell) < enough:
            yield cell
    if earlier is None:
        return
    for cell in _cells(needs.growth):
        if attacker.growth(cell) < enough:
            yield cell
    alone = Attacker(earlier.published)
    for new, old in earlier.links.items():
        if not np.isnan(earlier.published.shown[old]):
            continue
        if attacker.level(old, 1) < enough <= alone.level(old):
            yield new


def _cells(mask: np.ndarray) -> Iterator[Cell]:
    for row, column in np.argwhere(mask):
        yield int(row), int(column)


def _companion(
    counts: np.ndarray, withheld: np.ndarray, cell: Cell, row_totals: bool
) -> np.ndarray:
    """The cell itself; where it is withheld, the cheapest that shares a total, or of all."""
    row, column = cell
    chosen = np.zeros(counts.shape, dtype=bool)
    if not withheld[cell]:
        chosen[cell] = True
        return chosen
    related = np.zeros(counts.shape, dtype=bool)
    related[:, column] = True
    if row_totals:
        related[row, :] = True
        # A swap needs four corners: once a row and a column are open, close the rectangle.
        open_rows, open_columns = withheld[:, column], withheld[row, :]
        corners = np.outer(open_rows, open_columns) & ~withheld
        if corners.any():
            related = corners
    candidates = related & ~withheld & (counts > 0)
    if not candidates.any():
        candidates = ~withheld & (counts > 0)
    if not candidates.any():
        candidates = ~withheld
    cost = np.where(candidates, counts, np.inf)
    chosen[np.unravel_index(int(np.argmin(cost)), counts.shape)] = True
    return chosen
