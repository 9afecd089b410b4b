"""Accelerated failure times: how treatment stretches the time a case takes.

statsmodels has no such model; R's ``survreg`` and lifelines are the references of the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from analysis.stats.survival.cases import Cases, distinct, left_out_covariance

Distribution = Literal["weibull", "lognormal", "loglogistic"]
HALF_LOG = 0.5 * np.log(2 * np.pi)
ErrorTerms = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Log density and its slope, log survival and its slope, of the standard error term."""


@dataclass(frozen=True)
class Accelerated:
    """Coefficients (K,) of log time and the log scale, their covariance, and the fit."""

    value: np.ndarray
    log_scale: float
    covariance: np.ndarray
    log_likelihood: float


def _weibull(z: np.ndarray) -> ErrorTerms:
    rate = np.exp(np.minimum(z, 700.0))
    return z - rate, 1 - rate, -rate, -rate


def _lognormal(z: np.ndarray) -> ErrorTerms:
    survival = scipy.special.log_ndtr(-z)
    return -(z**2) / 2 - HALF_LOG, -z, survival, -np.exp(-(z**2) / 2 - HALF_LOG - survival)


def _loglogistic(z: np.ndarray) -> ErrorTerms:
    share, survival = scipy.special.expit(z), -np.logaddexp(0, z)
    return z + 2 * survival, 1 - 2 * share, survival, -share


FORMS: dict[Distribution, Callable[[np.ndarray], ErrorTerms]] = {
    "weibull": _weibull,
    "lognormal": _lognormal,
    "loglogistic": _loglogistic,
}


def estimate_accelerated(cases: Cases, distribution: Distribution) -> tuple[np.ndarray, np.ndarray]:
    """Log time ratios without the constant, and their covariance.

    Raises
    ------
    ValueError: the likelihood has no highest point, with all cases or without some group.
    """
    terms, told = cases.design.shape[1] - 1, distinct(cases)
    fit = _fit(told.cases, told.counts, distribution)
    if not cases.group.size:
        return fit.value[:terms], fit.covariance[:terms, :terms]
    start = np.append(fit.value, fit.log_scale)

    def refit(counts: np.ndarray) -> np.ndarray:
        return _highest(told.cases, counts, distribution, start)[0][:terms]

    return fit.value[:terms], left_out_covariance(cases, told, fit.value[:terms], refit)


def fit_accelerated(cases: Cases, distribution: Distribution) -> Accelerated:
    """Maximum likelihood of ``log T = x'β + σ W`` with right-censored durations.

    W is smallest extreme value (Weibull), normal or logistic.

    Raises
    ------
    ValueError: the likelihood has no highest point.

    References
    ----------
    Kalbfleisch and Prentice (2002), "The Statistical Analysis of Failure Time Data", ch. 3.
    """
    told = distinct(cases)
    return _fit(told.cases, told.counts, distribution)


def _fit(cases: Cases, counts: np.ndarray, distribution: Distribution) -> Accelerated:
    """The same of rows that count for many, from least squares on."""
    from statsmodels.tools.numdiff import approx_fprime

    log_time, root = np.log(cases.duration), np.sqrt(counts)
    first = np.linalg.lstsq(root[:, None] * cases.design, root * log_time, rcond=None)[0]
    rest = log_time - cases.design @ first
    spread = float(np.sqrt(np.average(rest**2, weights=counts)))
    start = np.append(first, np.log(max(spread, 1e-3)))
    found, minus = _highest(cases, counts, distribution, start)
    with np.errstate(over="ignore", invalid="ignore"):
        curvature = approx_fprime(found, lambda point: minus(point)[1], centered=True)
    number = counts.sum()
    covariance = np.linalg.inv((curvature + curvature.T) / 2 * number)
    # Densities of T, not of log T, as R prints them.
    jacobian = float(counts @ (log_time * cases.ended))
    log_likelihood = float(-minus(found)[0] * number - jacobian)
    return Accelerated(found[:-1], float(found[-1]), covariance, log_likelihood)


Minus = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""Minus the log-likelihood of a case, and its slopes (K + 1,)."""


def _highest(
    cases: Cases, counts: np.ndarray, distribution: Distribution, start: np.ndarray
) -> tuple[np.ndarray, Minus]:
    """Where the likelihood is highest, the log scale last, searched from ``start``; (K + 1,)."""
    log_time, number = np.log(cases.duration), counts.sum()

    def minus(point: np.ndarray) -> tuple[float, np.ndarray]:
        log, slopes = _likelihood(point, log_time, cases, counts, distribution)
        return float(-log / number), -slopes / number

    with np.errstate(over="ignore", invalid="ignore"):
        exact = {"gtol": 1e-8}
        found = scipy.optimize.minimize(minus, start, jac=True, method="BFGS", options=exact)
    if np.abs(found.jac).max() > 1e-5 or np.abs(found.x).max() > 50:
        raise ValueError("has no finite solution")
    return found.x, minus


def _likelihood(
    point: np.ndarray,
    log_time: np.ndarray,
    cases: Cases,
    counts: np.ndarray,
    distribution: Distribution,
) -> tuple[float, np.ndarray]:
    """Log-likelihood and its slopes; shape (K + 1,)."""
    z = (log_time - cases.design @ point[:-1]) / np.exp(point[-1])
    density, density_slope, survival, survival_slope = FORMS[distribution](z)
    end = cases.ended == 1
    log = counts * np.where(end, density - point[-1], survival)
    slope = counts * np.where(end, density_slope, survival_slope)
    towards = -(slope @ cases.design) / np.exp(point[-1])
    return float(log.sum()), np.append(towards, (-slope * z - counts * end).sum())
