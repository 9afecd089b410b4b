"""Durations of which some are cut off: survival curves and proportional hazards.

Written here because every region is left out in turn: statsmodels walks over risk sets in
Python, where these sums run over sorted arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

STEPS = 50
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Curve:
    """Share still open at each time at which cases ended, with limits; all of shape (T,)."""

    time: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray


@dataclass(frozen=True)
class Hazards:
    """Log hazard ratios (K,), their covariance if cases are independent (K, K), and the fit."""

    value: np.ndarray
    covariance: np.ndarray
    log_likelihood: float


@dataclass(frozen=True)
class _Risk:
    """Cases in order of stratum and falling time, and where the sums of each end are found.

    ``last`` (D,) is the last row at risk and ``before`` (D,) the last row of the stratum before;
    ``tied`` (D, 2) bounds the ends at the same time; ``share`` (D,) is the part of them gone.
    """

    design: np.ndarray
    ends: np.ndarray
    last: np.ndarray
    before: np.ndarray
    tied: np.ndarray
    share: np.ndarray


def kaplan_meier(duration: np.ndarray, ended: np.ndarray, level: float) -> Curve:
    """Share of cases still open by time since they began, with log–log limits.

    ``S(t) = Π (1 − d/n)`` over the times of ends up to t; Greenwood's variance, cases taken as
    independent.

    Parameters
    ----------
    duration, ended: shape (N,); ended is 1 for a case that ended, 0 for one still open.

    References
    ----------
    Kaplan and Meier (1958), JASA 53; Kalbfleisch and Prentice (2002), "The Statistical Analysis
    of Failure Time Data", ch. 1, for the limits.
    """
    time, inverse = np.unique(duration, return_inverse=True)
    ends, leaving = np.bincount(inverse, ended), np.bincount(inverse)
    at_risk = len(duration) - np.concatenate([[0], np.cumsum(leaving)[:-1]])
    time, ends, at_risk = (item[ends > 0] for item in (time, ends, at_risk))
    share = np.cumprod(1 - ends / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(ends / (at_risk * (at_risk - ends)))
        log = np.log(share)
        spread = scipy.stats.norm.ppf(0.5 + level / 2) * np.sqrt(greenwood) / np.abs(log)
        low, high = (np.exp(log * np.exp(sign * spread)) for sign in (1, -1))
    open_still = share > 0
    return Curve(
        time, share, np.where(open_still, low, 0.0), np.where(open_still, high, 0.0), at_risk
    )


def quantile_time(curve: Curve, share: float) -> tuple[float, float, float]:
    """When the share still open first falls to ``share`` or less, with limits; NaN if never.

    References
    ----------
    Brookmeyer and Crowley (1982), "A confidence interval for the median survival time",
    Biometrics 38.
    """
    found = [np.flatnonzero(s <= share + 1e-12) for s in (curve.share, curve.low, curve.high)]
    value, low, high = (float(curve.time[at[0]]) if at.size else float("nan") for at in found)
    return value, low, high


def fit_hazards(
    duration: np.ndarray,
    ended: np.ndarray,
    design: np.ndarray,
    strata: np.ndarray,
    start: np.ndarray | None = None,
) -> Hazards:
    """Cox's proportional hazards by Newton's method, ties by Efron's likelihood.

    Parameters
    ----------
    duration, ended: shape (N,). design: shape (N, K), without a constant. strata: shape (N,),
    whole numbers; each has its own baseline hazard. start: shape (K,).

    Raises
    ------
    ValueError: the likelihood has no highest point, as where a group has no end.

    References
    ----------
    Cox (1972), JRSS B 34; Efron (1977), JASA 72.
    """
    risk = _risk(duration, ended, design, strata)
    value = np.zeros(design.shape[1]) if start is None else start
    log, gradient, information = _likelihood(risk, value)
    for _ in range(STEPS):
        step = _solve(information, gradient)
        new = _likelihood(risk, value + step)
        while not np.isfinite(new[0]) or new[0] < log - 1e-9 * (1 + abs(log)):
            step = step / 2
            new = _likelihood(risk, value + step)
        value = value + step
        gain, (log, gradient, information) = new[0] - log, new
        if np.abs(step).max() < 1e-7 or gain < TOLERANCE * (1 + abs(log)):
            break
    if not np.isfinite(value).all() or np.abs(value * design.std(axis=0)).max() > 10:
        raise ValueError("has no finite solution")
    return Hazards(value, np.linalg.inv(information), log)


def _solve(information: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    try:
        return np.asarray(np.linalg.solve(information, gradient))
    except np.linalg.LinAlgError:
        raise ValueError("has terms that the others determine") from None


def _risk(duration: np.ndarray, ended: np.ndarray, design: np.ndarray, strata: np.ndarray) -> _Risk:
    """Rows in order and, for every end, the bounds of its risk set and of its ties."""
    order = np.lexsort((-ended, -duration, strata))
    time, group, end = duration[order], strata[order], ended[order] == 1
    opens = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    first_of_group = opens[np.searchsorted(opens, np.arange(len(time)), side="right") - 1]
    changes = (np.diff(time, prepend=np.inf) != 0) | (np.diff(group, prepend=group[0] - 1) != 0)
    first = np.flatnonzero(changes)
    tie = np.cumsum(changes) - 1
    last = np.append(first[1:], len(time))[tie] - 1
    number = np.bincount(tie, end)[tie]
    at = np.flatnonzero(end)
    share = (at - first[tie[at]]) / number[at]
    tied = np.column_stack([first[tie[at]], first[tie[at]] + number[at].astype(int)])
    return _Risk(design[order], at, last[at], first_of_group[at], tied, share)


def _moments(risk: _Risk, value: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum, mean and covariance of the design over each end's risk set; (D,), (D, K), (D, K, K)."""
    score = risk.design @ value
    weight = np.exp(score - score.max())
    rows, terms = risk.design.shape
    squares = (risk.design[:, :, None] * risk.design[:, None, :]).reshape(rows, -1)
    stacked = weight[:, None] * np.column_stack([np.ones(rows), risk.design, squares])
    total = np.vstack([np.zeros(stacked.shape[1]), np.cumsum(stacked, axis=0)])
    sums = total[risk.last + 1] - total[risk.before]
    sums = sums - risk.share[:, None] * (total[risk.tied[:, 1]] - total[risk.tied[:, 0]])
    mean = sums[:, 1 : terms + 1] / sums[:, :1]
    square = (sums[:, terms + 1 :] / sums[:, :1]).reshape(-1, terms, terms)
    size = np.log(sums[:, 0]) + score.max()
    return size, mean, square - mean[:, :, None] * mean[:, None, :]


def _likelihood(risk: _Risk, value: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    with np.errstate(all="ignore"):
        size, mean, spread = _moments(risk, value)
    own = risk.design[risk.ends]
    log = float((own @ value - size).sum())
    return log, (own - mean).sum(axis=0), spread.sum(axis=0)


def hazard_trend(
    duration: np.ndarray,
    ended: np.ndarray,
    design: np.ndarray,
    strata: np.ndarray,
    fit: Hazards,
) -> tuple[np.ndarray, np.ndarray]:
    """How log hazard ratios change along the ranks of the times of ends, and its error.

    Slopes (K,) of scaled Schoenfeld residuals on the rank of time (0 to 1), errors (K,) if cases
    are independent; hazards are proportional where slopes are 0.

    References
    ----------
    Grambsch and Therneau (1994), "Proportional hazards tests and diagnostics based on weighted
    residuals", Biometrika 81.
    """
    risk = _risk(duration, ended, design, strata)
    _, mean, _ = _moments(risk, fit.value)
    order = np.lexsort((-ended, -duration, strata))
    rank = scipy.stats.rankdata(duration[order][risk.ends]) / len(risk.ends)
    centred = rank - rank.mean()
    number, squares = len(rank), float((centred**2).sum())
    scaled = number * (risk.design[risk.ends] - mean) @ fit.covariance
    error = np.sqrt(number * np.diag(fit.covariance) / squares)
    return centred @ scaled / squares, error
