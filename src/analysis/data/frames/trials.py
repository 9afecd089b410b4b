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


@dataclass(frozen=True)
class Trials:
    """Log ratios of K places as the frame ``effects``, and the tables behind them, (K, 2, 2).

    ``names`` are those of each place in English and Chinese. ``silent`` places tell nothing, since
    nobody, or everybody, had the event or one side is empty; in ``halved`` ones a half was added to
    each cell, because one was empty.
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
        int((kept == 0).any(axis=(1, 2)).sum()),
    )


def _effects(codes: pd.Series, tables: np.ndarray, measure: Measure) -> pd.DataFrame:
    """Log ratio and its error of each table, by statsmodels."""
    from statsmodels.stats.contingency_tables import Table2x2

    # statsmodels 0.15 adds the half to the empty cell alone, and to the table it is given.
    whole = tables + 0.5 * (tables == 0).any(axis=(1, 2), keepdims=True)
    each = [Table2x2(table, shift_zeros=False) for table in whole]
    name = "oddsratio" if measure == "odds_ratio" else "riskratio"
    return pd.DataFrame(
        {
            "study": codes.to_numpy(),
            "estimate": [float(getattr(one, f"log_{name}")) for one in each],
            "standard_error": [float(getattr(one, f"log_{name}_se")) for one in each],
        }
    )


def mantel_haenszel(tables: np.ndarray, level: float) -> Estimate:
    """The log odds ratio that all places would have in common, by statsmodels; (K, 2, 2)."""
    from statsmodels.stats.contingency_tables import StratifiedTable

    common = StratifiedTable(list(tables))
    low, high = common.logodds_pooled_confint(1 - level)
    value, error = float(common.logodds_pooled), float(common.logodds_pooled_se)
    return Estimate("mantel_haenszel", value, error, float(low), float(high))
