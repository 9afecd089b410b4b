"""Accelerated failure times: how treatment stretches the time a case takes.

statsmodels has no such model; R's ``survreg`` and lifelines are the references of the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from analysis.stats.survival.cases import Cases, left_out_covariance

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
    terms = cases.design.shape[1] - 1
    fit = fit_accelerated(cases, distribution)
    if not cases.group.size:
        return fit.value[:terms], fit.covariance[:terms, :terms]
    start = np.append(fit.value, fit.log_scale)

    def refit(others: Cases) -> np.ndarray:
        return fit_accelerated(others, distribution, start).value[:terms]

    return fit.value[:terms], left_out_covariance(cases, fit.value[:terms], refit)


def fit_accelerated(
    cases: Cases, distribution: Distribution, start: np.ndarray | None = None
) -> Accelerated:
    """Maximum likelihood of ``log T = x'β + σ W`` with right-censored durations.

    W is smallest extreme value (Weibull), normal or logistic.

    Parameters
    ----------
    start: shape (K + 1,), where the search begins, the log scale last.

    Raises
    ------
    ValueError: the likelihood has no highest point.

    References
    ----------
    Kalbfleisch and Prentice (2002), "The Statistical Analysis of Failure Time Data", ch. 3.
    """
    from statsmodels.tools.numdiff import approx_fprime

    log_time, count = np.log(cases.duration), len(cases.duration)
    if start is None:
        first = np.linalg.lstsq(cases.design, log_time, rcond=None)[0]
        spread = float((log_time - cases.design @ first).std())
        start = np.append(first, np.log(max(spread, 1e-3)))

    def minus(point: np.ndarray) -> tuple[float, np.ndarray]:
        log, slopes = _likelihood(point, log_time, cases, distribution)
        return -log / count, -slopes / count

    with np.errstate(over="ignore", invalid="ignore"):
        exact = {"gtol": 1e-8}
        found = scipy.optimize.minimize(minus, start, jac=True, method="BFGS", options=exact)
        if np.abs(found.jac).max() > 1e-5 or np.abs(found.x).max() > 50:
            raise ValueError("has no finite solution")
        curvature = approx_fprime(found.x, lambda point: minus(point)[1], centered=True)
    covariance = np.linalg.inv((curvature + curvature.T) / 2 * count)
    jacobian = log_time[cases.ended == 1].sum()  # densities of T, not of log T, as R prints them
    log_likelihood = float(-found.fun * count - jacobian)
    return Accelerated(found.x[:-1], float(found.x[-1]), covariance, log_likelihood)


def _likelihood(
    point: np.ndarray, log_time: np.ndarray, cases: Cases, distribution: Distribution
) -> tuple[float, np.ndarray]:
    """Log-likelihood and its slopes; shape (K + 1,)."""
    z = (log_time - cases.design @ point[:-1]) / np.exp(point[-1])
    density, density_slope, survival, survival_slope = FORMS[distribution](z)
    end = cases.ended == 1
    log = np.where(end, density - point[-1], survival)
    slope = np.where(end, density_slope, survival_slope)
    towards = -(slope @ cases.design) / np.exp(point[-1])
    return float(log.sum()), np.append(towards, (-slope * z - end).sum())
