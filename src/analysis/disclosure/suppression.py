"""Which cells of a table of counts must be withheld so that no small one can be worked out.

A table of R rows and C columns is published with its column totals. A cell is *primary* where its
own size gives someone away; others are withheld beside it until a linear programme over everything
that is published, in this edition and in the one before, can pin nothing down that must stay open:

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

import numpy as np

from analysis.disclosure.attacker import Attacker, Cell, Earlier, Published

PRECISION = 1e-6


Needs = tuple[np.ndarray, np.ndarray]
"""What must not be narrowed down: counts of the new edition, and growth since the one before.

Both are masks of the new table, shape (R, C).
"""


def small_cells(counts: np.ndarray, threshold: int) -> np.ndarray:
    """Cells that are positive and below the threshold; zeros give nobody away."""
    mask: np.ndarray = (counts > 0) & (counts < threshold)
    return mask


def dominated_cells(largest: np.ndarray, totals: np.ndarray, share: float) -> np.ndarray:
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
    withheld: np.ndarray = needs[0] | needs[1]
    while not withheld.all():
        cell = next(exposed_cells(Published.of(counts, withheld), needs, protection, earlier), None)
        if cell is None:
            break
        withheld[_next_to_withhold(counts, withheld, cell)] = True
    return withheld


def exposed_cells(
    now: Published, needs: Needs, protection: float, earlier: Earlier | None = None
) -> Iterator[Cell]:
    """Cells of the new edition that can be narrowed down further than is allowed."""
    attacker = Attacker(now, earlier)
    enough = protection - PRECISION
    for mask in needs:
        for row, column in np.argwhere(mask):
            if attacker.width((row, column)) < enough:
                yield row, column
    if earlier is None:
        return
    alone = Attacker(earlier.published)
    for new, old in earlier.links.items():
        if attacker.width(old, 1) < enough <= alone.width(old):
            yield new


def _next_to_withhold(counts: np.ndarray, withheld: np.ndarray, cell: Cell) -> Cell:
    """What to withhold for an exposed cell: itself, else the smallest of its total, or of all."""
    if not withheld[cell]:
        return cell
    same_total = np.zeros(counts.shape, dtype=bool)
    same_total[:, cell[1]] = True
    candidates = ~withheld & (counts > 0)
    if (candidates & same_total).any():
        candidates = candidates & same_total
    elif not candidates.any():
        candidates = ~withheld
    row, column = np.argwhere(candidates)[np.argmin(counts[candidates])]
    return row, column
