"""Fits of durations with their covariance: every region left out in turn, where there are any."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.stats.resampling.jackknife import jackknife_covariance
from analysis.stats.survival.accelerated import Distribution, fit_accelerated
from analysis.stats.survival.survival import Hazards, fit_hazards, hazard_trend

Trend = tuple[float, float]
"""How the first term's log hazard ratio changes over time, and the error of that."""


@dataclass(frozen=True)
class Cases:
    """Arrays of N cases; ``group`` numbers what is left out together, or is empty.

    ``design`` is (N, K), the treatment first; for accelerated models the constant comes last.
    """

    duration: np.ndarray
    ended: np.ndarray
    design: np.ndarray
    strata: np.ndarray
    group: np.ndarray

    def without(self, group: int) -> Cases:
        """The cases of all other groups."""
        kept = self.group != group
        arrays = (self.duration, self.ended, self.design, self.strata, self.group)
        return Cases(*(array[kept] for array in arrays))


def cox_of(cases: Cases) -> tuple[np.ndarray, np.ndarray, Trend]:
    """Log hazard ratios (K,), their covariance (K, K), and the first one's trend.

    Raises
    ------
    ValueError: the likelihood has no highest point, with all cases or without some group.
    """
    fit = _hazards(cases)
    slope, error = _slope(cases, fit)
    if not cases.group.size:
        return fit.value, fit.covariance, (slope, error)
    replicates = []
    for group in np.unique(cases.group):
        others = cases.without(group)
        found = _hazards(others, fit.value)
        replicates.append(np.append(found.value, _slope(others, found)[0]))
    joint = jackknife_covariance(np.array(replicates), np.append(fit.value, slope))
    return fit.value, joint[:-1, :-1], (slope, float(np.sqrt(joint[-1, -1])))


def _hazards(cases: Cases, start: np.ndarray | None = None) -> Hazards:
    return fit_hazards(cases.duration, cases.ended, cases.design, cases.strata, start)


def _slope(cases: Cases, fit: Hazards) -> Trend:
    slope, error = hazard_trend(cases.duration, cases.ended, cases.design, cases.strata, fit)
    return float(slope[0]), float(error[0])


def accelerated_of(cases: Cases, distribution: Distribution) -> tuple[np.ndarray, np.ndarray]:
    """Log time ratios without the constant, and their covariance.

    Raises
    ------
    ValueError: as of hazards.
    """
    terms = cases.design.shape[1] - 1
    fit = fit_accelerated(cases.duration, cases.ended, cases.design, distribution)
    if not cases.group.size:
        return fit.value[:terms], fit.covariance[:terms, :terms]
    start = np.append(fit.value, fit.log_scale)
    replicates = []
    for group in np.unique(cases.group):
        kept = cases.without(group)
        found = fit_accelerated(kept.duration, kept.ended, kept.design, distribution, start)
        replicates.append(found.value[:terms])
    return fit.value[:terms], jackknife_covariance(np.array(replicates), fit.value[:terms])
