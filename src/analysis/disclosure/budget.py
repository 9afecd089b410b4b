"""How often a record is part of a count that is drawn for itself, totals of kinds among them.

The table ``outcomes`` may hold kinds and their total. Each of these is drawn from keys of its own,
so that the total tells more of its parts than the noise of these allows. A total is an outcome that
equals the sum of others, or one other, in nearly every region and period in which it is given: in
nine of ten, so that a correction of few cells makes no other outcome of it.

Records that lack an amount are drawn once more, beside all. That is no matter of this budget but of
another rule: of each region and period as many counts are drawn as there are parts, so that none
follows in two ways (:mod:`analysis.disclosure.amounts`).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
import scipy

from analysis.data.dataset import Dataset
from analysis.data.frames.outcomes import counts_of, kind_of
from analysis.data.frames.units import ladder_of
from analysis.data.records.groupings import MILLIONTHS
from analysis.data.tables import named, named_outcomes
from analysis.disclosure.noise import BOUNDS, Noise
from analysis.errors import DesignError, Problem

PART = 0.5 / MILLIONTHS
"""By less than this two sums of shares of records may differ."""
ALIKE = 5
"""Cells other than zero from which on an outcome like another is the same; fewer may be chance."""


NEARLY = 0.9
"""Share of the cells in which a sum agrees that was corrected in few, so as to pass for another."""
BY_CHANCE = 0.5
"""Share of the cells that agree in any order where counts hardly vary; then nothing is told."""
FITTED = 2000
"""Rows from which parts of a total that is nearly one are found; all rows are held against it."""
TURNS = 4
"""How often parts are looked for again without the rows that fitted least."""


def overdrawn(dataset: Dataset, outcome: str, noise: Noise) -> list[Problem]:
    """Why the counts of an outcome would draw records more often than the noise bears."""
    ladder, totals = ladder_of(dataset, outcome), totals_of(dataset)
    where = f"outcome {outcome}"
    if len(ladder) > noise.draws:
        what = (
            f"draws {len(ladder)} counts for each record ({', '.join(ladder)}), and a "
            f"variance of {noise.variance} bears {noise.draws}"
        )
        remedy = "Set protection: {variance: 9} in dataset.yml, or give counts by quarter only"
        return [Problem(where, what, remedy)]
    parts = totals.get(outcome, ())
    drawn = max((_draws(dataset, part) for part in parts), default=0)
    if drawn <= noise.draws:
        return []
    same = "the sum of" if len(parts) > 1 else "the same as"
    what = (
        f"is {same} {' and '.join(parts)} in every region and period, or in "
        f"nearly all: with its own noise beside theirs, {drawn} counts would be drawn for each "
        f"record, and a variance of {noise.variance} bears {noise.draws}"
    )
    remedy = "Leave it out: an.protected gives counts of its parts, which may be added up"
    strongest = Noise(max(BOUNDS))
    if drawn <= strongest.draws:
        remedy += f"; or set protection: {{variance: {strongest.variance}}} in dataset.yml"
    return [Problem(where, what, remedy)]


def counted_outcomes(dataset: Dataset) -> list[str]:
    """Every outcome of a dataset that is a count."""
    names = named_outcomes(dataset.tables, dataset.has("complaints"))
    return [name for name in names if kind_of(dataset, name) != "level"]


def totals_of(dataset: Dataset) -> Mapping[str, tuple[str, ...]]:
    """Outcomes that are sums of others, and the smallest others that they are sums of."""
    return dataset.once(("totals",), lambda: _totals(dataset))


def _draws(dataset: Dataset, part: str) -> int:
    """How many counts that are drawn a record of a part is in: its own, and those of totals."""
    within = [total for total, parts in totals_of(dataset).items() if part in parts]
    return sum(len(ladder_of(dataset, name)) for name in (part, *within))


def _totals(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    given = [n for n in named(dataset.tables, "outcomes") if kind_of(dataset, n) != "level"]
    if not given:
        return {}
    cells = {name: _cells(dataset, name) for name in counted_outcomes(dataset)}
    lengths = {one.columns.freqstr for one in cells.values()}
    alike = ({n: c for n, c in cells.items() if c.columns.freqstr == each} for each in lengths)
    return {total: parts for each in alike for total, parts in _among(each, given).items()}


def _among(cells: Mapping[str, pd.DataFrame], given: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Totals of outcomes with periods of one length, and their parts."""
    values, smaller = _side_by_side(cells), {}
    for place, own in enumerate(values):
        smaller[place] = _smaller(values, place, np.flatnonzero(np.isfinite(own)))
    found: dict[str, tuple[str, ...]] = {}
    names = list(cells)
    for place in sorted(smaller, key=lambda place: len(smaller[place])):
        # What is a total itself stands here by its parts.
        others = [other for other in smaller[place] if names[other] not in found]
        if names[place] in given and others:
            there = np.isfinite(values[place])
            parts = parts_of(values[place, there], np.nan_to_num(values[others][:, there].T))
            if parts:
                found[names[place]] = tuple(sorted(names[others[part]] for part in parts))
    return found


def _side_by_side(cells: Mapping[str, pd.DataFrame]) -> np.ndarray:
    """Counts of outcomes by region and period, one outcome a row; nothing where not given."""
    rows = pd.Index(np.unique(np.concatenate([one.index for one in cells.values()])))
    columns = pd.PeriodIndex(
        np.unique(np.concatenate([one.columns for one in cells.values()])),
        freq=next(iter(cells.values())).columns.freq,
    )
    wide = (one.reindex(index=rows, columns=columns) for one in cells.values())
    return np.stack([one.to_numpy(dtype=float, na_value=np.nan).ravel() for one in wide])


def _smaller(values: np.ndarray, own: int, there: np.ndarray) -> list[int]:
    """Outcomes that are smaller in more cells than they are larger; of two alike, the first.

    No sum decides, in which one cell may outweigh all others; some thousand cells tell.
    """
    there = np.random.default_rng(0).permutation(there)[:FITTED]
    apart = np.nansum(np.sign(values[own, there] - values[:, there]), axis=1)
    return [n for n, by in enumerate(apart) if by > 0 or (by == 0 and n < own)]


def _cells(dataset: Dataset, outcome: str) -> pd.DataFrame:
    """Counts by region and smallest period, wide; none where these are not of one length."""
    try:
        return counts_of(dataset, outcome, ladder_of(dataset, outcome)[0])
    except DesignError:
        return pd.DataFrame(columns=pd.PeriodIndex([], freq="Y"))


def parts_of(total: np.ndarray, others: np.ndarray) -> tuple[int, ...]:
    """Which columns add up to a total in every row, or in nearly all; none where no columns do.

    A region that was split has shares of counts, exact to a millionth.

    Parameters
    ----------
    total: counts, shape (N,). others: counts of others, shape (N, K).
    """
    counted = others.any(axis=0)
    within = others < total[:, None] + PART
    chosen = _exact_parts(total, others, np.flatnonzero(within.all(axis=0) & counted))
    if not len(chosen):
        beyond = np.count_nonzero(~within, axis=0)
        mostly = beyond <= (1 - NEARLY) * np.count_nonzero((total > 0)[:, None] | ~within, axis=0)
        chosen = _near_parts(total, others, np.flatnonzero(mostly & counted))
    return tuple(int(place) for place in chosen)


def _exact_parts(total: np.ndarray, others: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Those of the columns that add up to a total in every row."""
    chosen = _weighty(total, others, places)
    enough = len(chosen) > 1 or np.count_nonzero(total) >= ALIKE
    whole = enough and len(chosen) and np.abs(others[:, chosen].sum(axis=1) - total).max() < PART
    return chosen if whole else chosen[:0]


def _near_parts(total: np.ndarray, others: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Those that add up to it in nearly all rows, whatever is in the few that were corrected.

    No row outweighs the others: where a count is above the total it is cut off, and rows are fitted
    in relation to their size. Those with most such counts are left out, then those that fit least.
    """
    if not len(places):
        return places
    filled = np.flatnonzero((total > 0) | others[:, places].any(axis=1))
    rows = np.random.default_rng(0).permutation(filled)[:FITTED]
    cut = np.minimum(others[rows], total[rows, None])
    size = np.maximum(total[rows] + cut[:, places].sum(axis=1), 1.0)
    own, alike = total[rows] / size, cut / size[:, None]
    apart = np.count_nonzero(others[np.ix_(rows, places)] > total[rows, None], axis=1)
    for _ in range(TURNS):
        kept = np.argsort(apart, kind="stable")[: math.ceil(NEARLY * len(rows))]
        chosen = _weighty(own[kept], alike[kept], places)
        if _agrees(total, others[:, chosen]):
            return chosen
        apart = np.abs(alike[:, chosen].sum(axis=1) - own)
    return chosen[:0]


def _weighty(total: np.ndarray, others: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Those of the columns that least squares without negative weights takes for parts."""
    if not len(places) or not len(total):
        return places[:0]
    # The same least squares in few rows. Active sets of ``nnls`` are independent: parts are 0 or 1.
    both = np.column_stack([others[:, places], total])
    small = np.asarray(np.linalg.qr(both, mode="r"))
    weights, _ = scipy.optimize.nnls(small[:, :-1], small[:, -1])
    return np.asarray(places[weights > 0.5])


def _agrees(total: np.ndarray, parts: np.ndarray) -> bool:
    """Whether parts add up to a total in nearly all rows that are not empty, and not by chance.

    By chance a few rare parts fill the cells of a rare total; and counts that hardly vary agree as
    well where rows of the one are held against other rows of the other.
    """
    added = parts.sum(axis=1)
    another = added[np.random.default_rng(1).permutation(len(added))]
    shares = []
    for one in (added, another):
        filled = (total > 0) | (one > 0)
        shares.append(float(np.mean(np.abs(one - total)[filled] < PART)) if filled.any() else 0.0)
    enough = shares[0] * np.count_nonzero((total > 0) | (added > 0)) >= ALIKE * parts.shape[1]
    return bool(parts.shape[1] and enough and shares[0] >= NEARLY and shares[1] < BY_CHANCE)
