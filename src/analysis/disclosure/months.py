"""Counts by month as they may be told of: of regions from the store, of categories as averages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.cases.months import Months, build_months
from analysis.disclosure.estimates import FEWEST_RECORDS, FEWEST_REGIONS
from analysis.disclosure.store import noise_of, store_of
from analysis.errors import DesignError, Problem
from analysis.params import MonthlyQuestion


def protected_months(dataset: Dataset, question: MonthlyQuestion) -> Months:
    """The series that are asked about; regions and their total from protected counts.

    Categories are counted in no table of the store: their counts over five regions or more are
    told of as averages are, and small ones not at all.

    Raises
    ------
    AnalysisError: as :func:`build_months` and ``store_of``; or categories of fewer regions.
    """
    plain = build_months(dataset, question)
    store = store_of(dataset, question.outcome)
    if store.noise is None:
        return replace(plain, protected=store.mark)
    level, columns = store.levels["month"], plain.counts.columns

    def of(wide: pd.DataFrame, codes: pd.Index) -> np.ndarray:
        return np.asarray(wide.reindex(index=codes, columns=columns))

    if question.by == "category":
        return _averages(plain, of(level.shown, pd.Index(plain.regions)), store.mark)
    codes = plain.counts.index
    shown = np.round(np.nan_to_num(of(level.shown, codes).astype(float)))
    alike = plain.usable.all(axis=1)
    return replace(
        plain,
        # A region that was split has shares of counts.
        counts=pd.DataFrame(shown, codes, columns),
        total=pd.Series(shown[alike].sum(axis=0), columns),
        noise=np.nan_to_num(of(level.variance, codes).astype(float)),
        withheld=of(level.withheld, codes).astype(bool),
        protected=store.mark,
    )


def _averages(plain: Months, shown: np.ndarray, mark: str) -> Months:
    """Categories over enough regions, without those of which too few were recorded."""
    if len(plain.regions) < FEWEST_REGIONS:
        what = f"are {len(plain.regions)}: categories are told of over {FEWEST_REGIONS} or more"
        remedy = "Ask about a larger region, or set by: region"
        raise DesignError([Problem("regions", what, remedy)])
    judged = plain.counts.iloc[:, plain.judged]
    few = ((judged > 0) & (judged < FEWEST_RECORDS)).to_numpy()
    if few.all():
        what = f"hold fewer than {FEWEST_RECORDS} records each in the judged month"
        raise DesignError([Problem("categories", what, "Ask about a larger region")])
    total = pd.Series(np.nan_to_num(shown.astype(float)).sum(axis=0), plain.counts.columns)
    empty = np.zeros(plain.counts[~few].shape)
    return replace(
        plain,
        counts=plain.counts[~few],
        usable=plain.usable[~few],
        total=total,
        noise=empty,
        withheld=empty.astype(bool),
        hidden=int(few.sum()),
        protected=mark,
    )


def categories_are_recorded(dataset: Dataset, question: MonthlyQuestion) -> bool:
    """Whether what a page says rests on recorded counts of categories."""
    return question.by == "category" and noise_of(dataset) is not None
