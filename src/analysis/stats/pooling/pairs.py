"""Which of many rates differ from one another, and by how much they would have had to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from analysis.stats.pooling.rates import Family, restored, root_error, rooted

NEAR = 1.0
"""Pairs of rates whose roots lie less than so many errors apart are no further looked at."""


@dataclass(frozen=True)
class Pairs:
    """All N(N − 1)/2 pairs of units: their places, the higher rate first, and p-values (P,)."""

    higher: np.ndarray
    lower: np.ndarray
    p_value: np.ndarray

    @cached_property
    def adjusted(self) -> np.ndarray:
        """Holm's p-values over all pairs; shape (P,).

        References
        ----------
        Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian
        Journal of Statistics 6.
        """
        from statsmodels.stats.multitest import multipletests

        return np.asarray(multipletests(self.p_value, method="holm")[1])


def compare_pairs(events: np.ndarray, size: np.ndarray, family: Family) -> Pairs:
    """Two-sided exact p-values that two units have one rate, twice the smaller tail.

    Given the sum of their events one of two Poisson counts is binomial, one of two binomial ones
    hypergeometric. Only chance is in these tests: whether two rates differ is another question
    than whether they differ more than rates usually do.

    Parameters
    ----------
    events, size: shape (N,).

    References
    ----------
    Przyborowski and Wilenski (1940), Biometrika 31; Fisher (1935), "The Design of Experiments".
    """
    first, second = np.triu_indices(len(events), 1)
    rate = events / size
    swap = rate[first] < rate[second]
    higher, lower = np.where(swap, second, first), np.where(swap, first, second)
    chance = np.ones(len(higher))
    gap = rooted(rate[higher], family) - rooted(rate[lower], family)
    far = gap > NEAR * np.hypot(root_error(size[higher]), root_error(size[lower]))
    chance[far] = _tail(events, size, higher[far], lower[far], family)
    return Pairs(higher, lower, np.minimum(1.0, 2 * chance))


def _tail(
    events: np.ndarray, size: np.ndarray, higher: np.ndarray, lower: np.ndarray, family: Family
) -> np.ndarray:
    """Chance of as many events as the unit with the higher rate had, given both units' sum."""
    both, whole = events[higher] + events[lower], size[higher] + size[lower]
    if family == "poisson":
        # The binomial tail by its beta function, which knows counts that are not whole, too.
        above, share = events[higher], size[higher] / whole
        return np.asarray(scipy.special.betainc(above, events[lower] + 1, share))
    law = scipy.stats.hypergeom(whole, size[higher], both)
    return np.asarray(law.sf(events[higher] - 1))


def detectable_ratio(
    target: float,
    error: float,
    tests: int,
    level: float,
    power: float,
    family: Family,
    below: float = 0.5,
) -> float | None:
    """The ratio of two rates that is found so often; ``None`` where no two rates lie so far apart.

    Parameters
    ----------
    target: a rate between them, ``below`` of their distance above the lower. error: standard error
    of the difference of their rooted rates. tests: among so many theirs must have the smallest
    p-value, by Bonferroni, which is Holm's first step.
    """
    found = scipy.stats.norm.isf((1 - level) / 2 / tests) + scipy.stats.norm.ppf(power)
    apart = error * float(found)
    ends = float(rooted(target, family)) + apart * np.array([-below, 1 - below])
    if ends[0] <= 0 or (family == "binomial" and ends[1] >= np.pi / 2):
        return None
    low, high = restored(ends, family)
    return float(high / low)
