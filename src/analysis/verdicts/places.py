"""What several places say together: of places on average, of another one, and whether they differ.

A difference is to be expected in another place where its whole likely range lies on one side of no
difference, and on average where that of the mean does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.frames.trials import mantel_haenszel
from analysis.methods import meta
from analysis.result import Estimate, Result
from analysis.verdicts.effect import outside_zero
from analysis.verdicts.ratings import Estimating

EXPECTED, AVERAGE, NONE = "expected_elsewhere", "average_only", "none_told"
CHANCE = 0.05
"""p below which places are said to differ by more than chance."""


@dataclass(frozen=True)
class Together:
    """Pooled effects of places that may differ, from the method ``meta``."""

    result: Result

    @property
    def mean(self) -> Estimate:
        """Of places like these."""
        return self.result.headline

    @property
    def new_place(self) -> Estimate:
        """Where the effect in another such place would lie."""
        return self.result.estimates[1]

    @property
    def chance(self) -> float:
        """p of what is seen between places if they did not differ."""
        (check,) = (c for c in self.result.checks if c.name == "heterogeneity")
        return float(check.value or 0.0)

    @property
    def differ(self) -> bool:
        """Whether places differ by more than chance explains."""
        return self.chance < CHANCE

    @property
    def verdict(self) -> str:
        """Whether a difference is to be expected in another place, on average, or neither."""
        if outside_zero(self.new_place):
            return EXPECTED
        return AVERAGE if outside_zero(self.mean) else NONE


def poolings(
    found: Result, frame: pd.DataFrame, tables: np.ndarray | None, estimate: Estimating
) -> Mapping[str, Estimate]:
    """The mean of places that may differ, and what there would be if they did not.

    Parameters
    ----------
    tables: (K, 2, 2), where effects are odds ratios of these; else ``None``.
    """
    alike = estimate(meta.METHOD, frame, between="none", interval="normal", level=found.level)
    ways = {"random": found.headline, "fixed": alike.headline}
    if tables is not None:
        ways["mantel_haenszel"] = mantel_haenszel(tables, found.level)
    return ways
