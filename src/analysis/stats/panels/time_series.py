"""Regression of one time series with errors that are correlated over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

CONVERGED = 1e-12
ROUNDS = 100
NOTHING = 1e-6
"""A fitted rate this far below the average is none at all."""


@dataclass(frozen=True)
class SeriesFit:
    """Coefficients (K,), their covariances (K, K), fitted means (T,), residuals (T,).

    ``robust`` is Newey–West's; ``autoregressive`` takes errors to follow their first
    autocorrelation, and has ``degrees`` degrees of freedom.
    """

    value: np.ndarray
    conventional: np.ndarray
    robust: np.ndarray
    autoregressive: np.ndarray
    degrees: float
    fitted: np.ndarray
    residual: np.ndarray


def default_lags(periods: int) -> int:
    """Lags of the Bartlett kernel: ⌈1.3 √T⌉, more than tradition has, for size.

    References
    ----------
    Lazarus, Lewis, Stock and Watson (2018), "HAR inference: recommendations for practice",
    Journal of Business and Economic Statistics 36.
    """
    return int(np.ceil(1.3 * np.sqrt(periods)))


def kernel_degrees(periods: int, lags: int) -> float:
    """Degrees of freedom of a Bartlett estimate with so many lags: 1.5 T/(lags + 1)."""
    return 1.5 * periods / (lags + 1)


def fit_linear(outcome: np.ndarray, design: np.ndarray, lags: int) -> SeriesFit:
    """Least squares with Newey–West errors and a T/(T − K) correction.

    Parameters
    ----------
    outcome: shape (T,), in order of time. design: shape (T, K).

    References
    ----------
    Newey and West (1987), Econometrica 55.
    """
    bread = np.linalg.inv(design.T @ design)
    value = bread @ design.T @ outcome
    fitted = design @ value
    residual = outcome - fitted
    free = len(outcome) - design.shape[1]
    conventional = bread * float(residual @ residual) / free
    robust = _sandwich(bread, design * residual[:, None], lags)
    chained, degrees = _autoregressive(bread, design, residual)
    return SeriesFit(value, conventional, robust, chained, degrees, fitted, residual)


def fit_counts(
    counts: np.ndarray, design: np.ndarray, exposure: np.ndarray, lags: int
) -> SeriesFit:
    """Poisson regression with a log link, exposure as offset and Newey–West errors.

    Raises
    ------
    ValueError: the iterations did not converge, or a term stands for periods without events.

    References
    ----------
    McCullagh and Nelder (1989), "Generalized Linear Models", ch. 2.
    """
    offset = np.log(exposure)
    mean = counts + 0.5
    value = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        working = np.log(mean) - offset + (counts - mean) / mean
        root = np.sqrt(mean)[:, None]
        updated = np.linalg.lstsq(design * root, working * root[:, 0], rcond=None)[0]
        change = float(np.abs(updated - value).max())
        value = updated
        mean = np.exp(np.clip(design @ value + offset, -30, 30))
        if change < CONVERGED * (1 + float(np.abs(value).max())):
            break
    else:
        raise ValueError(f"no convergence in {ROUNDS} rounds")
    if float((mean / exposure).min()) < NOTHING * float(counts.sum() / exposure.sum()):
        raise ValueError("some term stands for periods without any event (separation)")
    bread = np.linalg.inv((design * mean[:, None]).T @ design)
    residual = (counts - mean) / np.sqrt(mean)
    robust = _sandwich(bread, design * (counts - mean)[:, None], lags)
    chained, degrees = _autoregressive(bread, design * np.sqrt(mean)[:, None], residual)
    return SeriesFit(value, bread, robust, chained, degrees, mean, residual)


def _autoregressive(
    bread: np.ndarray, design: np.ndarray, residual: np.ndarray
) -> tuple[np.ndarray, float]:
    """Covariance and degrees of freedom under errors with correlation ρ^|s − t|.

    ρ is the residuals' first autocorrelation plus K(1 + ρ)/T for what K fitted terms take away;
    the error variance divides by tr(MΩ), and degrees are tr(MΩ)²/tr((MΩ)²).

    References
    ----------
    Satterthwaite (1946), Biometrics Bulletin 2, for the degrees; Marriott and Pope (1954),
    Biometrika 41, for the bias of autocorrelations.
    """
    periods, terms = design.shape
    first = first_autocorrelation(residual)
    first = float(np.clip(first + terms * (1 + first) / periods, 0.0, 0.97))
    time = np.arange(periods)
    chain = first ** np.abs(time[:, None] - time)
    made = chain - design @ (bread @ (design.T @ chain))
    trace = float(np.trace(made))
    variance = float(residual @ residual) / trace
    covariance: np.ndarray = variance * bread @ design.T @ chain @ design @ bread
    return covariance, trace**2 / float((made * made.T).sum())


def _sandwich(bread: np.ndarray, scores: np.ndarray, lags: int) -> np.ndarray:
    periods, columns = scores.shape
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat = meat + (1 - lag / (lags + 1)) * (cross + cross.T)
    covariance: np.ndarray = periods / (periods - columns) * bread @ meat @ bread
    return covariance


def first_autocorrelation(residual: np.ndarray) -> float:
    """Correlation of residuals with those of the period before."""
    return float(residual[1:] @ residual[:-1] / (residual @ residual))


def autocorrelation_p_value(residual: np.ndarray, lags: int) -> float:
    """Ljung–Box p-value that residuals are not correlated over time.

    References
    ----------
    Ljung and Box (1978), Biometrika 65.
    """
    periods, total = len(residual), float(residual @ residual)
    shares = [
        (float(residual[k:] @ residual[:-k]) / total) ** 2 / (periods - k)
        for k in range(1, lags + 1)
    ]
    return float(scipy.stats.chi2.sf(periods * (periods + 2) * sum(shares), lags))
