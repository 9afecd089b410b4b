"""What a two-way fixed-effects coefficient is made of under staggered adoption."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.stats.panels.regression import two_way_within

Comparison = Literal["never_treated", "not_yet_treated", "already_treated"]


@dataclass(frozen=True)
class Part:
    """One comparison of two cohorts: its weight in the coefficient and its own estimate.

    ``control`` is the first treated period of the cohort compared with, 0 for never.
    """

    treated: int
    control: int
    comparison: Comparison
    weight: float
    value: float


def bacon_parts(outcome: np.ndarray, starts: np.ndarray) -> tuple[Part, ...]:
    """The two-by-two comparisons whose weighted sum is the two-way coefficient.

    Cohort k with share n_k of regions is treated for a share D_k of periods; V is the variance
    of treatment within regions and periods. Against the never treated the weight is
    n_k n_0 D_k (1 − D_k)/V; of an early cohort k against a later l while l is untreated it is
    n_k n_l (D_k − D_l)(1 − D_k)/V; of the later against the early, by then treated,
    n_k n_l D_l (D_k − D_l)/V. The last kind is what makes the coefficient mislead.

    Parameters
    ----------
    outcome: shape (N, T), balanced. starts: shape (N,), first treated period, 0 for never.

    References
    ----------
    Goodman-Bacon (2021), Journal of Econometrics 225, theorem 1.
    """
    periods = np.arange(1, outcome.shape[1] + 1)
    treatment = ((starts[:, None] > 0) & (periods >= starts[:, None])).astype(float)
    variance = float((two_way_within(treatment) ** 2).mean())
    return tuple(part for part in _parts(outcome, starts, variance) if part.weight > 0)


def _parts(outcome: np.ndarray, starts: np.ndarray, variance: float) -> Iterator[Part]:
    periods = np.arange(1, outcome.shape[1] + 1)
    labels, counts = np.unique(starts, return_counts=True)
    share = {int(g): n / len(starts) for g, n in zip(labels, counts, strict=True)}
    mean = {g: outcome[starts == g].mean(axis=0) for g in share}
    dose = {g: float((periods >= g).mean()) if g else 0.0 for g in share}

    def change(treated: int, control: int, use: np.ndarray) -> float:
        gap, after = mean[treated] - mean[control], periods >= treated
        if not (use & after).any() or not (use & ~after).any():
            return 0.0
        return float(gap[use & after].mean() - gap[use & ~after].mean())

    for k in (g for g in share if g):
        if 0 in share:
            weight = share[k] * share[0] * dose[k] * (1 - dose[k]) / variance
            yield Part(k, 0, "never_treated", weight, change(k, 0, periods > 0))
        for late in (g for g in share if g > k):
            both = share[k] * share[late] * (dose[k] - dose[late]) / variance
            before, since = periods < late, periods >= k
            yield Part(k, late, "not_yet_treated", both * (1 - dose[k]), change(k, late, before))
            yield Part(late, k, "already_treated", both * dose[late], change(late, k, since))
