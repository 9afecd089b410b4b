"""Ratio of the times in which half of the cases end, against cases of the same strata."""

from __future__ import annotations

import numpy as np

from analysis.stats.resampling.jackknife import jackknife_covariance
from analysis.stats.survival.cases import Cases

HALF = 0.5


Medians = tuple[float, float]
"""Of treated and untreated cases."""


def estimate_medians(cases: Cases) -> tuple[np.ndarray, np.ndarray, Medians]:
    """Log ratio of Kaplan–Meier's medians, treated to untreated, its covariance (1, 1), and both.

    Untreated cases of a stratum count as often as it has treated ones, so that both arms are of the
    same strata; strata without one of the arms count for nothing. No form of times is assumed, and
    cases of which a share never ends in either arm leave the ratio as it is. Times are whole days:
    a case that ended on day t did so at some time since the day before.

    Parameters
    ----------
    cases: the treatment is the first column of the design; without groups there is no error.

    Raises
    ------
    ValueError: in an arm half of the cases did not end, with all or without some group.
    """
    arm, group = cases.design[:, 0].astype(int), cases.group
    time, place = np.unique(cases.duration, return_inverse=True)
    levels, strata = np.unique(cases.strata, return_inverse=True)
    number = np.bincount(2 * strata + arm, minlength=2 * len(levels)).reshape(-1, 2)
    both = number.min(axis=1)[strata] > 0
    weight = both * np.where(arm == 1, 1.0, (number[:, 1] / np.maximum(number[:, 0], 1))[strata])
    names, groups = np.unique(group, return_inverse=True)
    shape = (len(names), 2, 2, len(time))
    cell = np.ravel_multi_index((groups, arm, cases.ended.astype(int), place), shape)
    counts = np.bincount(cell, weight, minlength=int(np.prod(shape))).reshape(shape)
    whole = counts.sum(axis=0)
    found = _medians(whole, time)
    value = np.log(found[:1]) - np.log(found[1:])
    without = np.log([_medians(whole - own, time) for own in counts])
    covariance = jackknife_covariance(without[:, :1] - without[:, 1:], value)
    return value, covariance, found


def _medians(counts: np.ndarray, time: np.ndarray) -> Medians:
    """Of cases counted by arm, whether they ended, and time; shape (2, 2, T)."""
    return _median(counts[1], time), _median(counts[0], time)


def _median(counts: np.ndarray, time: np.ndarray) -> float:
    """When half of the cases have ended; counts (2, T) of open and of ended ones."""
    at_risk = np.cumsum(counts.sum(axis=0)[::-1])[::-1]
    left = 1 - np.divide(counts[1], at_risk, out=np.zeros(len(time)), where=at_risk > 0)
    share = np.append(1.0, np.cumprod(left))
    if share[-1] > HALF:
        raise ValueError("has an arm of which half of the cases did not end")
    last = int(np.argmax(share <= HALF))
    before, since = np.append(0.0, time)[last - 1 : last + 1]
    passed = (share[last - 1] - HALF) / (share[last - 1] - share[last])
    return float(before + passed * (since - before))
