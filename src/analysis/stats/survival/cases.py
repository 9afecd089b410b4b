"""Cases that took some time or are still open, and errors from leaving out their regions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields

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

    def without(self, group: int) -> Cases:
        """The cases of all other groups."""
        kept = self.group != group
        return Cases(*(getattr(self, item.name)[kept] for item in fields(self)))


def left_out_covariance(
    cases: Cases, values: np.ndarray, refit: Callable[[Cases], np.ndarray]
) -> np.ndarray:
    """Covariance of values (K,) that are fitted again without each group of cases; (K, K)."""
    groups = np.unique(cases.group)
    return jackknife_covariance(np.array([refit(cases.without(g)) for g in groups]), values)
