"""How often a record is part of a count that is drawn for itself, totals of kinds among them.

The table ``outcomes`` may hold kinds and their total. Each of these is drawn from keys of its own,
so that the total tells more of its parts than the noise of these allows. A total is an outcome that
equals the sum of others, or one other, in every region and period in which it is given.

Records that lack an amount are drawn once more, beside all. That is no matter of this budget but of
another rule: of each region and period as many counts are drawn as there are parts, so that none
follows in two ways (:mod:`analysis.disclosure.amounts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
        f"is {same} {' and '.join(parts)} in every region and period: with its own noise "
        f"beside theirs, {drawn} counts would be drawn for each record, and a variance of "
        f"{noise.variance} bears {noise.draws}"
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
    found: dict[str, tuple[str, ...]] = {}
    names = sorted(cells, key=lambda name: np.nansum(cells[name].to_numpy(dtype=float)))
    for place, name in enumerate(names):
        length = cells[name].columns.freqstr
        # What is a total itself stands here by its parts.
        others = [n for n in names[:place] if n not in found and cells[n].columns.freqstr == length]
        if name in given and others:
            parts = parts_of(*_side_by_side(cells, name, others))
            found |= {name: tuple(sorted(others[part] for part in parts))} if parts else {}
    return found


def _cells(dataset: Dataset, outcome: str) -> pd.DataFrame:
    """Counts by region and smallest period, wide; none where these are not of one length."""
    try:
        return counts_of(dataset, outcome, ladder_of(dataset, outcome)[0])
    except DesignError:
        return pd.DataFrame(columns=pd.PeriodIndex([], freq="Y"))


def _side_by_side(
    cells: Mapping[str, pd.DataFrame], total: str, others: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Counts where one outcome is given, shape (N,), and those of others there, (N, K)."""
    own = cells[total]
    there = own.notna().to_numpy()
    alike = (cells[n].reindex(index=own.index, columns=own.columns).fillna(0) for n in others)
    return own.to_numpy(float)[there], np.column_stack([n.to_numpy(float)[there] for n in alike])


def parts_of(total: np.ndarray, others: np.ndarray) -> tuple[int, ...]:
    """Which columns add up to a total in every row; none where no columns do.

    A region that was split has shares of counts, exact to a millionth.

    Parameters
    ----------
    total: counts, shape (N,). others: counts of others, shape (N, K).
    """
    places = np.flatnonzero((others < total[:, None] + PART).all(axis=0) & others.any(axis=0))
    if not len(places):
        return ()
    # The same least squares in few rows. Active sets of ``nnls`` are independent: parts are 0 or 1.
    both = np.column_stack([others[:, places], total])
    small = np.asarray(np.linalg.qr(both, mode="r"))
    weights, _ = scipy.optimize.nnls(small[:, :-1], small[:, -1])
    chosen = places[weights > 0.5]
    enough = len(chosen) > 1 or np.count_nonzero(total) >= ALIKE
    whole = enough and len(chosen) and np.abs(others[:, chosen].sum(axis=1) - total).max() < PART
    return tuple(int(place) for place in chosen) if whole else ()
