"""Cases that took some time or are still open, and errors from leaving out their regions.

Days are whole and arms are few: of 213,000 cases some hundred differ. Equal ones are one row that
counts for many, and a fit without a region moves these counts alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from analysis.stats.resampling.jackknife import jackknife_covariance


@dataclass(frozen=True)
class Cases:
    """Arrays of N cases; ``group`` numbers what is left out together, or is empty.

    ``ended`` is 1 for a case that ended and 0 for one still open. ``design`` is (N, K), the
    treatment first, without a constant for Cox's model and with it, last, for the accelerated
    ones. Each stratum of ``strata`` has a baseline hazard of its own.
    """

    duration: np.ndarray
    ended: np.ndarray
    design: np.ndarray
    strata: np.ndarray
    group: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))


@dataclass(frozen=True)
class Distinct:
    """Each row of cases that differs from the others, and how many are like it.

    ``cases`` (U rows) stand by stratum, then by falling time, those that ended before those that
    are open; ``row`` (N,) says which of them each case is.
    """

    cases: Cases
    row: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """How many cases each row stands for; shape (U,)."""
        return np.bincount(self.row).astype(float)


def distinct(cases: Cases) -> Distinct:
    """Equal cases put together."""
    columns = [cases.strata, -cases.duration, -cases.ended, *cases.design.T]
    order = np.lexsort(columns[::-1])
    changes = np.zeros(len(order), dtype=bool)
    for column in columns:
        changes |= np.diff(column[order], prepend=np.nan) != 0
    row = np.empty(len(order), dtype=int)
    row[order] = np.cumsum(changes) - 1
    first = order[changes]
    kept = (cases.duration, cases.ended, cases.design, cases.strata)
    return Distinct(Cases(*(values[first] for values in kept)), row)


def left_out_covariance(
    cases: Cases, told: Distinct, values: np.ndarray, refit: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Covariance of values (K,) that are fitted again without each group of cases; (K, K).

    Parameters
    ----------
    refit: values from how many cases each distinct row stands for (U,).
    """
    every = told.counts
    without = (
        every - np.bincount(told.row[cases.group == group], minlength=len(every))
        for group in np.unique(cases.group)
    )
    return jackknife_covariance(np.array([refit(counts) for counts in without]), values)
