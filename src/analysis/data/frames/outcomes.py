"""Outcomes by region and period: counts, shares or levels, added up to longer periods.

Which kind an outcome is follows from its columns: ``count`` alone is a count, ``count`` with
``base`` a share, ``value`` a level (a score, a rate, an amount), with ``base`` what it is out of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.counts import (
    exposure_of,
    months_of,
    whole_months,
    whole_periods,
    within_span,
)
from analysis.data.regions.hierarchy import within_region
from analysis.errors import DesignError, Problem
from analysis.params import CountsQuestion

Kind = Literal["count", "share", "level"]


@dataclass(frozen=True)
class Outcome:
    """An outcome by region and period, wide; a period that is not whole stays empty.

    ``values`` are counts, of a share its numerator, or levels; ``base`` what a share is out of or
    a level is a mean of, ``None`` where there is none. ``adds_up``: whether periods add up.
    """

    kind: Kind
    values: pd.DataFrame
    base: pd.DataFrame | None = None
    adds_up: bool = True

    @property
    def takes_exposure(self) -> bool:
        """Whether it can be out of an exposure: not if it has a base, or is a mean."""
        return self.base is None and (self.adds_up or self.kind == "count")


def kind_of(dataset: Dataset, outcome: str) -> Kind:
    """Whether an outcome is a count, a share or a level."""
    return _kind(_rows(dataset, outcome))


def outcome_of(dataset: Dataset, outcome: str, length: str) -> Outcome:
    """An outcome in periods of a length: month, quarter or year."""
    key = ("outcome", outcome, length)
    return dataset.once(key, lambda: _outcome(dataset, outcome, length))


def counts_of(dataset: Dataset, outcome: str, length: str) -> pd.DataFrame:
    """Counts by region and period, wide.

    Raises
    ------
    DesignError: the outcome is no count.
    """
    found = outcome_of(dataset, outcome, length)
    if found.kind != "count":
        what = f"is a {found.kind}; only counts are compared here"
        raise DesignError(
            [Problem(f"outcome {outcome}", what, "Choose an outcome that is counted")]
        )
    return found.values


def observed(
    dataset: Dataset, question: CountsQuestion, outcome: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts and exposure of the question's regions over its span, by region and period, wide."""
    everywhere = counts_of(dataset, outcome, question.period)
    counts = within_span(within_region(dataset, everywhere, question.region), question)
    return counts, exposure_of(dataset, question, counts)


def _rows(dataset: Dataset, outcome: str) -> pd.DataFrame:
    """The rows of an outcome that is given as such."""
    outcomes = dataset.tables.get("outcomes")
    return pd.DataFrame() if outcomes is None else outcomes[outcomes["outcome"] == outcome]


def _kind(rows: pd.DataFrame) -> Kind:
    held = [name for name in ("value", "base") if name in rows and rows[name].notna().any()]
    return "level" if "value" in held else "share" if held else "count"


def _outcome(dataset: Dataset, outcome: str, length: str) -> Outcome:
    rows = _rows(dataset, outcome)
    if rows.empty and length == "week":
        what = "is 'week', but records are counted by month"
        raise DesignError(
            [Problem("period", what, "Choose a longer period, or give weekly counts")]
        )
    if rows.empty:
        return Outcome("count", whole_months(months_of(dataset, outcome, "records"), length))
    kind, said = _kind(rows), dataset.description.word(outcome).adds_up
    adds_up = kind != "level" if said is None else said
    given = rows["value" if kind == "level" else "count"]
    base = rows["base"].where(rows["base"] > 0) if "base" in rows else given * float("nan")
    if base.isna().all():
        values = whole_periods(rows, given, length, "sum" if adds_up else "mean")
        return Outcome(kind, values, None, adds_up)
    size = whole_periods(rows, base, length, "sum")
    if kind == "level" and not adds_up:
        return Outcome(kind, whole_periods(rows, given * base, length, "sum") / size, size, False)
    return Outcome(kind, whole_periods(rows, given, length, "sum"), size, adds_up)
