"""Periods: as the contract writes them (``2019``, ``2019Q2``, ``2019-03``), and as pandas does."""

from __future__ import annotations

import pandas as pd

FREQUENCY = {"month": "M", "quarter": "Q", "year": "Y"}
PER_YEAR = {"month": 12, "quarter": 4, "year": 1}


def period_of(label: object) -> pd.Period:
    """One period; quarters are also written ``2019-Q2``."""
    return pd.Period(str(label).replace("-Q", "Q"))


def periods_of(labels: pd.Series) -> pd.Series:
    """Many periods, each way of writing read once."""
    return labels.map({label: period_of(label) for label in labels.unique()})


def length_of(period: pd.Period) -> str:
    """``month``, ``quarter`` or ``year``."""
    return {code: name for name, code in FREQUENCY.items()}[period.freqstr[0]]
