"""Periods: as the contract writes them, and as pandas does.

A year is ``2019``, a quarter ``2019Q2``, a month ``2019-03``, a week ``2019-W05``, from Monday to
Sunday, as ISO 8601 counts it.
"""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

FREQUENCY = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}
PER_YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}
WEEK = re.compile(r"(\d{4})-W(\d\d)")


def period_of(label: object) -> pd.Period:
    """One period; quarters are also written ``2019-Q2``.

    Raises
    ------
    ValueError: the year has no such week.
    """
    if week := WEEK.fullmatch(str(label)):
        return pd.Period(dt.date.fromisocalendar(int(week[1]), int(week[2]), 1), "W")
    return pd.Period(str(label).replace("-Q", "Q"))


def periods_of(labels: pd.Series) -> pd.Series:
    """Many periods, each way of writing read once."""
    return labels.map({label: period_of(label) for label in labels.unique()})


def length_of(period: pd.Period) -> str:
    """``week``, ``month``, ``quarter`` or ``year``."""
    return {code: name for name, code in FREQUENCY.items()}[period.freqstr[0]]


def label_of(period: pd.Period) -> str:
    """A period as the contract writes it."""
    if length_of(period) != "week":
        return str(period)
    year, week, _ = period.start_time.isocalendar()
    return f"{year}-W{week:02d}"
