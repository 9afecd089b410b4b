"""Regression of one time series with errors that are correlated over time."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

ROUNDS = 100
NOTHING = 1e-6
"""A fitted rate this far below the average is none at all."""
EXACT = 1e-11
"""Residuals this small beside the values are rounding."""


@dataclass(frozen=True)
class SeriesFit:
    """Coefficients (K,), their covariances (K, K), fitted means (T,), residuals (T,).

    ``autoregressive`` takes errors to follow their first autocorrelation, and has ``degrees``
    degrees of freedom; ``correlation`` is that, freed of its bias. ``local_level`` is there where
    the coefficients allow for a level that wanders.
    """

    value: np.ndarray
    conventional: np.ndarray
    newey_west: np.ndarray
    autoregressive: np.ndarray
    degrees: float
    fitted: np.ndarray
    residual: np.ndarray
    correlation: float
    local_level: np.ndarray | None = None


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
    """Least squares with Newey–West errors and a T/(T − K) correction, by statsmodels.

    Parameters
    ----------
    outcome: shape (T,), in order of time. design: shape (T, K).

    Raises
    ------
    ValueError: nothing is left for an error.

    References
    ----------
    Newey and West (1987), Econometrica 55.
    """
    from statsmodels.regression.linear_model import OLS

    fit = OLS(outcome, design).fit(**_newey_west(lags))
    return _series_fit(fit, design, fit.resid, float(np.abs(outcome).max()))


def fit_local_level(outcome: np.ndarray, design: np.ndarray, lags: int) -> SeriesFit:
    """The same terms beside a level that takes a random step each period, by statsmodels.

    y_t = μ_t + x_t'b + ε_t, μ_t = μ_{t−1} + η_t. Coefficients are states without a prior, so that
    the likelihood of both variances is free of them (as in REML): with regression by maximum
    likelihood, 20 periods missed in .03 to .15; so in .05 to .10, whatever the correlation. The
    first column of the design, a constant, is the level's.

    References
    ----------
    Harvey (1989), "Forecasting, Structural Time Series Models and the Kalman Filter", ch. 2 and 7.
    """
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    plain = fit_linear(outcome, design, lags)
    size, widths = float(outcome.std()), np.abs(design[:, 1:]).max(axis=0)
    model = UnobservedComponents(
        (outcome - outcome.mean()) / size, "llevel", exog=design[:, 1:] / widths,
        mle_regression=False,
    )  # fmt: skip
    with warnings.catch_warnings():
        # One of the variances may be nothing, where the likelihood is flat.
        warnings.simplefilter("ignore")
        found = model.fit(disp=0, maxiter=ROUNDS).smoother_results
    terms = len(widths)
    scale = size / widths
    value = np.append(np.nan, found.smoothed_state[-terms:, -1] * scale)
    covariance = np.zeros((terms + 1, terms + 1))
    covariance[1:, 1:] = found.smoothed_state_cov[-terms:, -terms:, -1] * np.outer(scale, scale)
    level = outcome.mean() + size * found.smoothed_state[0]
    value[0] = level.mean()
    fitted = level + design[:, 1:] @ value[1:]
    degrees = len(outcome) - terms - 2.0
    return replace(plain, value=value, local_level=covariance, fitted=fitted, degrees=degrees)


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
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    with warnings.catch_warnings():
        # Without any event in a term the fit runs away, which is refused below.
        warnings.simplefilter("ignore")
        fit = GLM(counts, design, family=Poisson(), exposure=exposure).fit(
            maxiter=ROUNDS, tol=1e-12, tol_criterion="params", **_newey_west(lags)
        )
    if float((fit.fittedvalues / exposure).min()) < NOTHING * (
        float(counts.sum()) / float(exposure.sum())
    ):
        raise ValueError("some term stands for periods without any event (separation)")
    if not fit.converged:
        raise ValueError(f"no convergence in {ROUNDS} rounds")
    root = np.sqrt(fit.fittedvalues)
    return _series_fit(fit, design * root[:, None], fit.resid_pearson, float(root.max()))


def _newey_west(lags: int) -> dict[str, Any]:
    return {"cov_type": "HAC", "cov_kwds": {"maxlags": lags, "use_correction": True}}


def _series_fit(fit: Any, design: np.ndarray, residual: np.ndarray, size: float) -> SeriesFit:
    """All three covariances of a fit; the design carries the roots of its weights.

    ``size`` is that of the largest value, beside which residuals may be mere rounding.
    """
    spread = float(residual @ residual) / len(residual)
    if not EXACT * size < np.sqrt(spread) < np.inf:
        raise ValueError("the terms follow the series exactly, or its squares are too large")
    bread = np.asarray(fit.normalized_cov_params)
    first = unbiased_autocorrelation(residual, design.shape[1])
    chained, degrees = _autoregressive(bread, design, residual, first)
    conventional, robust = bread * fit.scale, np.asarray(fit.cov_params())
    errors = conventional, robust, chained
    return SeriesFit(fit.params, *errors, degrees, fit.fittedvalues, residual, first)


def _autoregressive(
    bread: np.ndarray, design: np.ndarray, residual: np.ndarray, first: float
) -> tuple[np.ndarray, float]:
    """Covariance and degrees of freedom under errors with correlation ρ^|s − t|.

    The error variance divides by tr(MΩ), and degrees are tr(MΩ)²/tr((MΩ)²). statsmodels' GLSAR
    corrects neither ρ nor the degrees.

    References
    ----------
    Satterthwaite (1946), Biometrics Bulletin 2.
    """
    first = float(np.clip(first, 0.0, 0.97))
    time = np.arange(len(design))
    chain = first ** np.abs(time[:, None] - time)
    made = chain - design @ (bread @ (design.T @ chain))
    trace = float(np.trace(made))
    variance = float(residual @ residual) / trace
    covariance: np.ndarray = variance * bread @ design.T @ chain @ design @ bread
    return covariance, trace**2 / float((made * made.T).sum())


def first_autocorrelation(residual: np.ndarray) -> float:
    """Correlation of residuals with those of the period before."""
    return float(residual[1:] @ residual[:-1] / (residual @ residual))


def unbiased_autocorrelation(residual: np.ndarray, terms: int) -> float:
    """The same plus K(1 + ρ)/T, for what K fitted terms take away.

    References
    ----------
    Marriott and Pope (1954), Biometrika 41.
    """
    first = first_autocorrelation(residual)
    return first + terms * (1 + first) / len(residual)


def autocorrelation_p_value(residual: np.ndarray, lags: int) -> float:
    """Ljung–Box p-value that residuals are not correlated over time.

    References
    ----------
    Ljung and Box (1978), Biometrika 65.
    """
    from statsmodels.stats.diagnostic import acorr_ljungbox

    return float(acorr_ljungbox(residual, lags=[lags])["lb_pvalue"].iloc[0])
