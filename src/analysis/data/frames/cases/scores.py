"""What a jump at a cut-off needs before it may be estimated; all that is missing, at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from analysis.data.frames.frame import FRAMES, refusing, unusable_columns
from analysis.errors import Problem

SCORES = FRAMES["scores"]
MINIMUM_SIDE = 30
"""Fewer units on a side, however far from the cut-off, cannot choose a window."""
MINIMUM_WINDOW = 20
"""Fewer units on a side of the window: the normal limits would be a guess."""
MINIMUM_DISTINCT = 10
"""Fewer different scores on a side of the window: the limit is a guess beyond the last of them."""


@refusing
def require_columns(frame: pd.DataFrame, names: Sequence[str]) -> Iterator[Problem]:
    """Refuse an outcome without variation, and further columns that cannot be used.

    Raises
    ------
    DesignError: with every column and what would do.
    """
    yield from unusable_columns(frame, names, "Complete it, or leave it out")
    if np.ptp(frame["outcome"].to_numpy(float)) == 0:
        yield Problem("column outcome", "is the same in every row", "Use an outcome that varies")


def measured_scores(frame: pd.DataFrame, cutoff: float, *, above: bool) -> pd.DataFrame:
    """Rows in order of their distance ``x`` from the cut-off, which is 0 or more if treated.

    ``own_cutoff`` is the column ``cutoff`` where there is one, else the one given.
    """
    own = frame["cutoff"] if "cutoff" in frame else pd.Series(cutoff, frame.index)
    apart = frame["score"].to_numpy(float) - own.to_numpy(float)
    measured = frame.assign(x=(apart if above else -apart) + 0.0, own_cutoff=own.to_numpy(float))
    return measured.sort_values(["x", "unit"], ignore_index=True)


@refusing
def require_sides(frame: pd.DataFrame, *, donut: bool) -> Iterator[Problem]:
    """Refuse a cut-off, or several, without enough units on both sides.

    Raises
    ------
    DesignError: with every cut-off that lacks units, and what would do.
    """
    for cutoff, rows in frame.groupby("own_cutoff"):
        sizes = {"untreated": int((rows["x"] < 0).sum()), "treated": int((rows["x"] >= 0).sum())}
        where = f"cut-off {cutoff:g}"
        if min(sizes.values()) == 0:
            what = "lies outside the scores" + (" that the donut leaves" if donut else "")
            yield Problem(where, what, "Choose a cut-off between the scores")
            continue
        for side, size in sizes.items():
            if size < MINIMUM_SIDE:
                what = f"has {size} units on its {side} side; {MINIMUM_SIDE} are needed"
                yield Problem(where, what, "Add units, or leave this cut-off out")
    if frame.empty:
        yield Problem("donut", "leaves no units", "Make it smaller")


@refusing
def require_window(rows: tuple[int, int], distinct: tuple[int, int]) -> Iterator[Problem]:
    """Refuse a window with too few units or different scores on a side.

    Parameters
    ----------
    rows, distinct: below and above the cut-off.

    Raises
    ------
    DesignError: with each side that lacks them, and what would do.
    """
    for side, units, scores in zip(("below", "above"), rows, distinct, strict=True):
        where = f"window on the side {side} the cut-off"
        if units < MINIMUM_WINDOW:
            what = f"holds {units} units; {MINIMUM_WINDOW} are needed"
            yield Problem(where, what, "Set a wider width, or add units")
        elif scores < MINIMUM_DISTINCT:
            what = f"holds {scores} different scores; {MINIMUM_DISTINCT} are needed"
            remedy = "Use a finer score, set a wider width, or compare the units next to the "
            remedy += "cut-off with method: randomisation"
            yield Problem(where, what, remedy)
