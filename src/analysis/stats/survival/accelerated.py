"""Accelerated failure times: how many times longer durations are, some of them cut off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

Distribution = Literal["weibull", "lognormal", "loglogistic"]
Terms = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
HALF_LOG = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True)
class Accelerated:
    """Log time ratios (K,), log scale, their covariance (K + 1, K + 1), and the fit.

    The covariance takes cases as independent; the scale comes last in it.
    """

    value: np.ndarray
    log_scale: float
    covariance: np.ndarray
    log_likelihood: float


def _weibull(z: np.ndarray) -> Terms:
    rate = np.exp(np.minimum(z, 700.0))
    return z - rate, 1 - rate, -rate, -rate


def _lognormal(z: np.ndarray) -> Terms:
    survival = scipy.special.log_ndtr(-z)
    return -(z**2) / 2 - HALF_LOG, -z, survival, -np.exp(-(z**2) / 2 - HALF_LOG - survival)


def _loglogistic(z: np.ndarray) -> Terms:
    share, survival = scipy.special.expit(z), -np.logaddexp(0, z)
    return z + 2 * survival, 1 - 2 * share, survival, -share


FORMS: dict[Distribution, Callable[[np.ndarray], Terms]] = {
    "weibull": _weibull,
    "lognormal": _lognormal,
    "loglogistic": _loglogistic,
}
"""Log density and its slope, log survival and its slope, of the standard error term."""


def fit_accelerated(
    duration: np.ndarray,
    ended: np.ndarray,
    design: np.ndarray,
    distribution: Distribution,
    start: np.ndarray | None = None,
) -> Accelerated:
    """Maximum likelihood of ``log T = x'β + σ W`` with right-censored durations.

    W is smallest extreme value (Weibull), normal or logistic.

    Parameters
    ----------
    duration, ended: shape (N,), durations above 0. design: shape (N, K), with a constant.
    start: shape (K + 1,), the log scale last.

    Raises
    ------
    ValueError: the likelihood has no highest point.

    References
    ----------
    Kalbfleisch and Prentice (2002), "The Statistical Analysis of Failure Time Data", ch. 3.
    """
    log_time = np.log(duration)
    if start is None:
        first = np.linalg.lstsq(design, log_time, rcond=None)[0]
        start = np.append(first, np.log(max(float((log_time - design @ first).std()), 1e-3)))

    def minus(point: np.ndarray) -> tuple[float, np.ndarray]:
        log, slopes = _likelihood(point, log_time, ended, design, distribution)
        return -log / len(log_time), -slopes.sum(axis=0) / len(log_time)

    with np.errstate(over="ignore", invalid="ignore"):
        found = scipy.optimize.minimize(
            minus, start, jac=True, method="BFGS", options={"gtol": 1e-8}
        )
    if np.abs(found.jac).max() > 1e-5 or np.abs(found.x).max() > 50:
        raise ValueError("has no finite solution")
    information = _information(found.x, minus) * len(log_time)
    covariance = np.linalg.inv(information)
    jacobian = -log_time[ended == 1].sum()  # densities of T, not of log T, as R prints them
    return Accelerated(
        found.x[:-1],
        float(found.x[-1]),
        covariance,
        float(-found.fun * len(log_time) + jacobian),
    )


def _likelihood(
    point: np.ndarray,
    log_time: np.ndarray,
    ended: np.ndarray,
    design: np.ndarray,
    distribution: Distribution,
) -> tuple[float, np.ndarray]:
    """Log-likelihood and each case's slopes; shape (N, K + 1)."""
    scale = np.exp(point[-1])
    z = (log_time - design @ point[:-1]) / scale
    density, density_slope, survival, survival_slope = FORMS[distribution](z)
    end = ended == 1
    log = np.where(end, density - point[-1], survival)
    slope = np.where(end, density_slope, survival_slope)
    slopes = np.column_stack([-(slope / scale)[:, None] * design, -slope * z - end])
    return float(log.sum()), slopes


def _information(
    point: np.ndarray, minus: Callable[[np.ndarray], tuple[float, np.ndarray]]
) -> np.ndarray:
    """Second derivatives by central differences of the slopes."""
    rows = []
    for k in range(len(point)):
        step = 1e-5 * max(1.0, abs(point[k]))
        shift = np.zeros(len(point))
        shift[k] = step
        rows.append((minus(point + shift)[1] - minus(point - shift)[1]) / (2 * step))
    matrix = np.array(rows)
    return np.asarray((matrix + matrix.T) / 2)
