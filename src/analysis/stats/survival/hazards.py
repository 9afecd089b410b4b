"""Cox's proportional hazards, fitted again without every region in turn.

statsmodels' ``PHReg`` gives the same numbers, which a test holds, but walks over risk sets in
Python. Here equal cases are one row, and the ends of one day are summed in closed form: Efron's
sums over ties are differences of the digamma function and its like (``benchmarks/methods.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from analysis.stats.survival.cases import Cases, Distinct, distinct, left_out_covariance

STEPS = 50
TOLERANCE = 1e-10
Trend = tuple[float, float]
"""How the first term's log hazard ratio changes over time, and the error of that."""
Likelihood = tuple[float, np.ndarray, np.ndarray]
"""Its logarithm, its slopes (K,) and minus their slopes (K, K)."""


@dataclass(frozen=True)
class Hazards:
    """Log hazard ratios (K,), and their covariance if cases are independent (K, K)."""

    value: np.ndarray
    covariance: np.ndarray


@dataclass(frozen=True)
class _RiskSets:
    """Distinct rows by stratum and falling time, and where each time begins.

    ``opens`` (T,) is the first row of each time of a stratum, ``before`` (T,) the place of the
    first time of its stratum; ``time`` (T,) is when.
    """

    design: np.ndarray
    products: np.ndarray
    ended: np.ndarray
    opens: np.ndarray
    before: np.ndarray
    time: np.ndarray


@dataclass(frozen=True)
class _Moments:
    """What each time with ends adds, its ties summed; shapes (D,), (D, K), (D, K, K).

    ``own`` is the sum of the design over its ends, ``expected`` over as many from the risk set.
    """

    time: np.ndarray
    ends: np.ndarray
    size: np.ndarray
    own: np.ndarray
    expected: np.ndarray
    spread: np.ndarray


def estimate_hazards(cases: Cases) -> tuple[np.ndarray, np.ndarray, Trend]:
    """Log hazard ratios (K,), their covariance (K, K), and the first one's trend.

    Raises
    ------
    ValueError: the likelihood has no highest point, with all cases or without some group.
    """
    told = distinct(cases)
    risk = _risk_sets(told)
    fit = _fit(risk, told.counts)
    slope, error = _trend(risk, told.counts, fit)
    if not cases.group.size:
        return fit.value, fit.covariance, (float(slope[0]), float(error[0]))

    def refit(counts: np.ndarray) -> np.ndarray:
        found = _fit(risk, counts, fit.value)
        return np.append(found.value, _trend(risk, counts, found)[0][0])

    joint = left_out_covariance(cases, told, np.append(fit.value, slope[0]), refit)
    return fit.value, joint[:-1, :-1], (float(slope[0]), float(np.sqrt(joint[-1, -1])))


def fit_hazards(cases: Cases) -> Hazards:
    """Cox's proportional hazards by Newton's method, ties by Efron's likelihood.

    Raises
    ------
    ValueError: the likelihood has no highest point, as where a group has no end.

    References
    ----------
    Cox (1972), JRSS B 34; Efron (1977), JASA 72.
    """
    told = distinct(cases)
    return _fit(_risk_sets(told), told.counts)


def _fit(risk: _RiskSets, counts: np.ndarray, start: np.ndarray | None = None) -> Hazards:
    """The same of rows that count for many; ``start`` (K,) is where the search begins."""
    value = np.zeros(risk.design.shape[1]) if start is None else start
    log, gradient, information = _likelihood(risk, counts, value)
    for _ in range(STEPS):
        step = _solve(information, gradient)
        new = _likelihood(risk, counts, value + step)
        while not np.isfinite(new[0]) or new[0] < log - 1e-9 * (1 + abs(log)):
            step = step / 2
            new = _likelihood(risk, counts, value + step)
        value = value + step
        gain, (log, gradient, information) = new[0] - log, new
        if np.abs(step).max() < 1e-7 or gain < TOLERANCE * (1 + abs(log)):
            break
    centred = risk.design - np.average(risk.design, axis=0, weights=counts)
    scale = np.sqrt(np.average(centred**2, axis=0, weights=counts))
    if not np.isfinite(value).all() or np.abs(value * scale).max() > 10:
        raise ValueError("has no finite solution")
    return Hazards(value, np.linalg.inv(information))


def _solve(information: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    try:
        return np.asarray(np.linalg.solve(information, gradient))
    except np.linalg.LinAlgError:
        raise ValueError("has terms that the others determine") from None


def _risk_sets(told: Distinct) -> _RiskSets:
    """Where times and strata begin among the rows, which stand in order."""
    cases = told.cases
    stratum = np.diff(cases.strata, prepend=cases.strata[0] - 1) != 0
    opens = np.flatnonzero((np.diff(cases.duration, prepend=np.inf) != 0) | stratum)
    firsts = np.flatnonzero(stratum[opens])
    before = firsts[np.searchsorted(firsts, np.arange(len(opens)), side="right") - 1]
    products = cases.design[:, :, None] * cases.design[:, None, :]
    flat = products.reshape(len(cases.duration), -1)
    return _RiskSets(cases.design, flat, cases.ended, opens, before, cases.duration[opens])


def _moments(risk: _RiskSets, counts: np.ndarray, value: np.ndarray) -> _Moments:
    """Sums over the risk set of each time, its ends leaving one after another as Efron has it.

    Where d cases of weight W end out of a risk set of weight S, the l-th sees S − l W/d: sums over
    l of its logarithm and of its inverse powers are closed in x = d S/W.
    """
    score = risk.design @ value
    top = score.max()
    weight = counts * np.exp(score - top)
    stacked = weight[:, None] * np.column_stack([np.ones(len(weight)), risk.design, risk.products])
    ended = (counts * risk.ended)[:, None] * np.column_stack([np.ones(len(weight)), risk.design])
    tied = np.add.reduceat(stacked * risk.ended[:, None], risk.opens)
    ends = np.add.reduceat(ended, risk.opens)
    total = np.cumsum(np.add.reduceat(stacked, risk.opens), axis=0)
    sums = total - np.vstack([np.zeros(total.shape[1]), total])[risk.before]
    kept = ends[:, 0] > 0
    sums, tied, ends = sums[kept], tied[kept], ends[kept]
    number, terms = ends[:, 0], risk.design.shape[1]
    log, inverse, squares = _over_ties(sums[:, 0], tied[:, 0], number)
    # Of the l-th the mean is m + (the risk set's sum less m times its weight) over what it sees.
    mean = tied[:, 1:] / tied[:, :1]
    rest = sums[:, 1:] - sums[:, :1] * mean
    expected = number[:, None] * mean + rest * inverse[:, None]
    first, more = mean[:, :terms], rest[:, :terms]
    cross = first[:, :, None] * more[:, None, :]
    outer = (
        number[:, None, None] * first[:, :, None] * first[:, None, :]
        + inverse[:, None, None] * (cross + cross.transpose(0, 2, 1))
        + squares[:, None, None] * more[:, :, None] * more[:, None, :]
    )
    spread = expected[:, terms:].reshape(-1, terms, terms) - outer
    size = log + number * top
    return _Moments(risk.time[kept], number, size, ends[:, 1:], expected[:, :terms], spread)


def _over_ties(
    whole: np.ndarray, tied: np.ndarray, number: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sums of log, inverse and squared inverse of ``whole − l tied/number``, l from 0 to number."""
    log, inverse = np.log(whole), 1 / whole
    squares, several = inverse**2, number > 1
    size, step = number[several], tied[several] / number[several]
    place = whole[several] / step
    special = scipy.special
    log[several] = (
        size * np.log(step) + special.gammaln(place + 1) - special.gammaln(place - size + 1)
    )
    inverse[several] = (special.digamma(place + 1) - special.digamma(place - size + 1)) / step
    trigamma = special.polygamma(1, place - size + 1) - special.polygamma(1, place + 1)
    squares[several] = trigamma / step**2
    return log, inverse, squares


def _likelihood(risk: _RiskSets, counts: np.ndarray, value: np.ndarray) -> Likelihood:
    """The log-likelihood and its slopes."""
    with np.errstate(all="ignore"):
        found = _moments(risk, counts, value)
    log = float((found.own @ value - found.size).sum())
    return log, (found.own - found.expected).sum(axis=0), found.spread.sum(axis=0)


def hazard_trend(cases: Cases, fit: Hazards) -> tuple[np.ndarray, np.ndarray]:
    """How log hazard ratios change along the ranks of the times of ends, and its error.

    Slopes (K,) of scaled Schoenfeld residuals on the rank of time (0 to 1), errors (K,) if cases
    are independent; hazards are proportional where slopes are 0.

    References
    ----------
    Grambsch and Therneau (1994), "Proportional hazards tests and diagnostics based on weighted
    residuals", Biometrika 81.
    """
    told = distinct(cases)
    return _trend(_risk_sets(told), told.counts, fit)


def _trend(risk: _RiskSets, counts: np.ndarray, fit: Hazards) -> tuple[np.ndarray, np.ndarray]:
    found = _moments(risk, counts, fit.value)
    number = found.ends.sum()
    _, place = np.unique(found.time, return_inverse=True)
    at_once = np.bincount(place, found.ends)
    rank = (np.cumsum(at_once) - (at_once - 1) / 2)[place] / number
    centred = rank - found.ends @ rank / number
    squares = float(found.ends @ centred**2)
    if not squares:  # all ended at once
        return np.full_like(fit.value, np.nan), np.full_like(fit.value, np.nan)
    scaled = number * (found.own - found.expected) @ fit.covariance
    error = np.sqrt(number * np.diag(fit.covariance) / squares)
    return centred @ scaled / squares, error
