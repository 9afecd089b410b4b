"""Which cells of a table of counts must be withheld so that no small one can be worked out.

A table of R rows and C columns is published with its column totals, and its row totals where
there are any. A cell is *primary* where its own size gives someone away; others are withheld
beside it until a linear programme that knows every total, and every count of an earlier edition
that was shown, can pin no primary cell down:

    width(c) = max x_c − min x_c   over x ≥ 0 with all published sums, and x ≥ earlier

must be at least ``protection`` wide.

References
----------
Fischetti and Salazar (2001), "Solving the cell suppression problem on tabular data with linear
constraints", Management Science 47, for the attacker's problem. Hundepool and others (2012),
Statistical Disclosure Control, chapter 4, for the dominance rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

PRECISION = 1e-6


@dataclass(frozen=True)
class Published:
    """One edition of a table: its counts, what of it is withheld, and which totals are shown.

    ``counts`` and ``withheld`` have shape (R, C). Column totals are always shown.
    """

    counts: np.ndarray
    withheld: np.ndarray
    row_totals: bool


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


def widths(now: Published, earlier: Published | None, targets: np.ndarray) -> np.ndarray:
    """How wide an attacker's interval is for each target cell of the new edition.

    Parameters
    ----------
    targets: mask of shape (R, C). Where an earlier edition is given, the interval is that of
        the increase since then if it is the narrower one.

    Returns
    -------
    One width per target, in the order of ``np.argwhere``.
    """
    matrix, sums, upper, floor = _knowledge(now, earlier)
    size = now.counts.size
    found = []
    for cell in map(int, np.flatnonzero(targets)):
        directions = [_unit(matrix.shape[1], cell)]
        if earlier is not None:
            directions.append(directions[0] - _unit(matrix.shape[1], cell + size))
        spans = [_span(direction, matrix, sums, upper, floor) for direction in directions]
        found.append(min(spans))
    return np.array(found)


def _unit(length: int, place: int) -> np.ndarray:
    unit = np.zeros(length)
    unit[place] = 1.0
    return unit


def _span(
    direction: np.ndarray,
    matrix: np.ndarray,
    sums: np.ndarray,
    upper: np.ndarray | None,
    floor: np.ndarray | None,
) -> float:
    """Largest minus smallest value of a linear form, given everything that is published."""
    ends = []
    for sign in (1.0, -1.0):
        solved = linprog(sign * direction, upper, floor, matrix, sums, method="highs")
        if solved.status == 3:  # unbounded: no published sum holds this form down
            return float("inf")
        ends.append(sign * solved.fun)
    return float(ends[1] - ends[0])


def _knowledge(
    now: Published, earlier: Published | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, np.ndarray | None]:
    """Everything published as equalities ``A x = b`` and inequalities over the stacked cells."""
    editions = [now] if earlier is None else [now, earlier]
    width = sum(edition.counts.size for edition in editions)
    rows: list[np.ndarray] = []
    sums: list[float] = []
    start = 0
    for edition in editions:
        for mask in _sums_of(edition):
            row = np.zeros(width)
            row[start : start + mask.size] = mask.ravel()
            rows.append(row)
            sums.append(float(edition.counts[mask].sum()))
        start += edition.counts.size
    if earlier is None:
        return np.array(rows), np.array(sums), None, None
    # Records are only ever added, so a count cannot fall from one edition to the next.
    half = now.counts.size
    upper = np.hstack([-np.eye(half), np.eye(half)])
    return np.array(rows), np.array(sums), upper, np.zeros(half)


def _sums_of(edition: Published) -> list[np.ndarray]:
    """Masks of the cells that add up to a published number: totals, and each shown cell."""
    shape = edition.counts.shape
    masks = []
    for column in range(shape[1]):
        mask = np.zeros(shape, dtype=bool)
        mask[:, column] = True
        masks.append(mask)
    for row in range(shape[0] if edition.row_totals else 0):
        mask = np.zeros(shape, dtype=bool)
        mask[row, :] = True
        masks.append(mask)
    for cell in np.argwhere(~edition.withheld):
        mask = np.zeros(shape, dtype=bool)
        mask[tuple(cell)] = True
        masks.append(mask)
    return masks


def withhold(
    counts: np.ndarray,
    primary: np.ndarray,
    *,
    protection: float,
    row_totals: bool = False,
    earlier: Published | None = None,
) -> np.ndarray:
    """The primary cells and as few others as it takes to protect them.

    Parameters
    ----------
    counts, primary: shape (R, C).

    Returns
    -------
    Mask of withheld cells, shape (R, C). Where even withholding every cell leaves a primary
    one too narrow, all are withheld: the caller must then refuse the totals.
    """
    withheld = primary.copy()
    while not withheld.all():
        found = widths(Published(counts, withheld, row_totals), earlier, primary)
        exposed = np.argwhere(primary)[found < protection - PRECISION]
        if not exposed.size:
            return withheld
        added = _companion(counts, withheld, exposed[0], row_totals)
        withheld = withheld | added
    return withheld


def protected(
    now: Published, primary: np.ndarray, protection: float, earlier: Published | None = None
) -> bool:
    """Whether every primary cell keeps its protection."""
    return bool((widths(now, earlier, primary) >= protection - PRECISION).all())


def _companion(
    counts: np.ndarray, withheld: np.ndarray, cell: np.ndarray, row_totals: bool
) -> np.ndarray:
    """The cheapest cell that shares a total with the exposed one, or else the cheapest of all."""
    row, column = cell
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
    chosen = np.zeros(counts.shape, dtype=bool)
    chosen[np.unravel_index(int(np.argmin(cost)), counts.shape)] = True
    return chosen
