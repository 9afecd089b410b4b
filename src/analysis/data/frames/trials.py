"""Trials: a table of two by two in each of several places, as effects that can be pooled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.errors import DesignError, Problem
from analysis.result import Estimate

TRIALS = "trials"
CELLS = ("treated_events", "treated_others", "control_events", "control_others")
Measure = Literal["odds_ratio", "risk_ratio"]
MANY_ZEROS, UNLIKE = 1 / 3, 1.5
"""Share of places with an empty cell, and ratio of sizes, beyond which there is no mean."""
SMALL = 10
"""A cell of fewer bends the log of a ratio, and its own error with it."""


@dataclass(frozen=True)
class Trials:
    """Log ratios of K places as the frame ``effects``, and the tables behind them, (K, 2, 2).

    ``names`` are those of each place in English and Chinese. ``silent`` places tell nothing, since
    nobody, or everybody, had the event or one side is empty; in ``halved`` ones a half was added to
    each cell, because one held fewer than ``SMALL``.
    """

    frame: pd.DataFrame
    tables: np.ndarray
    names: Mapping[str, tuple[str, str]]
    silent: int
    halved: int


def trials_of(dataset: Dataset, measure: Measure) -> Trials:
    """The ready frame ``trials`` of a dataset.

    Raises
    ------
    DesignError: the dataset holds none, or its counts are neither printed already nor for inside.
    """
    description = dataset.description
    if not dataset.has(TRIALS):
        remedy = "Name its file in dataset.yml under frames, or reports under across"
        raise DesignError([Problem(f"frame {TRIALS}", "is needed, and not in the dataset", remedy)])
    if description.disclosure != "public" and description.protection != "none":
        what = "holds counts of single places, which no noise protects"
        remedy = "Say where they are printed already (disclosure: public), or audience: internal"
        raise DesignError([Problem(f"frame {TRIALS}", what, remedy)])
    rows = dataset.tables[TRIALS].sort_values("place", ignore_index=True)
    tables = rows[list(CELLS)].to_numpy(float).reshape(-1, 2, 2)
    told = (tables.sum(axis=1) > 0).all(axis=1) & (tables.sum(axis=2) > 0).all(axis=1)
    rows, kept = rows[told], tables[told]
    given = {name: rows[name] if name in rows else rows["place"] for name in ("name_en", "name_zh")}
    codes = rows["place"].astype(str)
    return Trials(
        _effects(codes, kept, measure),
        kept,
        dict(zip(codes, zip(given["name_en"], given["name_zh"], strict=True), strict=True)),
        int((~told).sum()),
        int(_small(kept).sum()),
    )


def _small(tables: np.ndarray) -> np.ndarray:
    """Whether a table has a small cell; shape (K,)."""
    return np.asarray((tables < SMALL).any(axis=(1, 2)))


def _effects(codes: pd.Series, tables: np.ndarray, measure: Measure) -> pd.DataFrame:
    """Log ratio and its error of each table, by statsmodels.

    With a small cell the error is that of the cells which the ratio common to all places leads to
    expect. A table's own error is smaller where chance gave more events, which weighs those places
    more: with groups of 100 and 400, 1 % of whom have the event, 20 places without a difference
    had a mean log ratio of .28 and an interval that held 0 in 83 to 88 % of worlds (.09, and 96 %,
    as here; with corrections by the size of groups alone .32, and 87 %).

    References
    ----------
    Sweeting, Sutton and Lambert (2004), "What to add to nothing?", Statistics in Medicine 23, for
    corrections; Hunter and Schmidt (2004), "Methods of Meta-Analysis", for errors that do not rest
    on a study's own estimate.
    """
    from statsmodels.stats.contingency_tables import Table2x2

    small = _small(tables)[:, None, None]
    # statsmodels 0.15 adds the half to the empty cell alone, and to the table it is given.
    whole = tables + 0.5 * small
    likely = np.where(small, _expected(tables, _common(tables)), whole)
    name = "oddsratio" if measure == "odds_ratio" else "riskratio"
    values, errors = (
        [float(getattr(Table2x2(table, shift_zeros=False), key)) for table in of]
        for of, key in ((whole, f"log_{name}"), (likely, f"log_{name}_se"))
    )
    given = {"study": codes.to_numpy(), "estimate": values, "standard_error": errors}
    return pd.DataFrame(given)


def _common(tables: np.ndarray) -> float:
    """Mantel and Haenszel's odds ratio; where nobody of a side had the event, with halves added."""
    both = tables.sum(axis=(1, 2))
    pair = [(tables[:, 0, k] * tables[:, 1, 1 - k] / np.maximum(both, 1)).sum() for k in range(2)]
    if len(tables) and min(pair) == 0:
        return _common(tables + 0.5)
    return float(pair[0] / pair[1]) if len(tables) else 1.0


def _expected(tables: np.ndarray, ratio: float) -> np.ndarray:
    """Cells that an odds ratio leads to expect of tables with the same margins; (K, 2, 2)."""
    first, second = tables.sum(axis=2).T
    events = tables[:, :, 0].sum(axis=1)
    # a(n₂ − m + a) = ratio (n₁ − a)(m − a), by the form of the root that a ratio of 1 leaves whole.
    linear = second - events + ratio * (first + events)
    root = np.sqrt(linear**2 - 4 * (ratio - 1) * ratio * first * events)
    own = 2 * ratio * first * events / (linear + root)
    rows = [[own, first - own], [events - own, second - events + own]]
    found: np.ndarray = np.moveaxis(np.array(rows), 2, 0)
    return found


def uneven_zeros(tables: np.ndarray) -> bool:
    """Whether corrections of empty cells decide on the mean, and on one side.

    So many places have one, and both the groups and the outcomes are of unlike size. With groups
    alike corrections cancel out; of 40 places with groups of 100 and 400, .5 % of whom have the
    event and 63 % of which have an empty cell, the mean log ratio is .28 without any difference.
    """
    sizes = [tables.sum(axis=axis) for axis in (1, 2)]
    unlike = [np.exp(abs(np.log(size[:, 0] / size[:, 1]).mean())) for size in sizes]
    return bool((tables == 0).any(axis=(1, 2)).mean() > MANY_ZEROS and min(unlike) > UNLIKE)


def mantel_haenszel(tables: np.ndarray, level: float) -> Estimate:
    """The log odds ratio that all places would have in common, by statsmodels; (K, 2, 2)."""
    from statsmodels.stats.contingency_tables import StratifiedTable

    common = StratifiedTable(list(tables))
    low, high = common.logodds_pooled_confint(1 - level)
    value, error = float(common.logodds_pooled), float(common.logodds_pooled_se)
    return Estimate("mantel_haenszel", value, error, float(low), float(high))
