"""The course of a total over months: seasons, steps in recording, and a level that wanders."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import scipy


@dataclass(frozen=True)
class Course:
    """A total that goes on as it used to; T months, of which the last ones are forecast.

    ``usual`` is the factor of season and steps, shape (T,); ``design`` what it is made of, (T, K),
    with ``covariance`` (K, K) of the coefficients; ``steps`` value and error of each step, in log
    points. ``log_mean`` and ``log_error`` are forecasts from the months before alone, a step ahead
    where the month is known, (T,).
    """

    usual: np.ndarray
    design: np.ndarray
    covariance: np.ndarray
    steps: tuple[tuple[float, float], ...]
    log_mean: np.ndarray
    log_error: np.ndarray
    degrees: int

    def limits(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Limits of the forecasts, as counts; each of shape (T,)."""
        reach = scipy.stats.t.ppf(0.5 + level / 2, self.degrees) * self.log_error
        return np.exp(self.log_mean - reach), np.exp(self.log_mean + reach)


def course_of(totals: np.ndarray, months: np.ndarray, steps: np.ndarray) -> Course:
    """log y_t = μ_t + season + steps + ε_t, μ_t = μ_{t−1} + η_t, fitted by statsmodels.

    Coefficients are states without a prior (``mle_regression=False``), so that forecasts allow for
    not knowing them.

    Parameters
    ----------
    totals: above zero, the K first of T months, shape (K,). months: 1 to 12, shape (T,).
    steps: share of each month in which each step is in force, shape (T, S).

    References
    ----------
    Harvey (1989), "Forecasting, Structural Time Series Models and the Kalman Filter", ch. 2 and 7.
    """
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    known = len(totals)
    seasons = (months[:, None] == np.unique(months)[1:]).astype(float)
    design = np.column_stack([seasons, steps])
    logs = np.log(totals)
    size = max(float(logs.std()), 1e-3)
    model = UnobservedComponents(
        (logs - logs.mean()) / size, "llevel", exog=design[:known], mle_regression=False
    )
    with warnings.catch_warnings():
        # A variance of zero, at the edge of what is allowed, is where it may well end.
        warnings.simplefilter("ignore")
        fit = model.fit(disp=0)
    states = fit.smoother_results
    value = size * states.smoothed_state[1:, -1]
    covariance = size**2 * states.smoothed_state_cov[1:, 1:, -1]
    beyond = design[known:] if known < len(months) else None
    ahead = fit.get_prediction(0, len(months) - 1, exog=beyond)
    first = seasons.shape[1]
    errors = np.sqrt(np.diag(covariance))
    return Course(
        np.exp(design @ value),
        design,
        covariance,
        tuple(zip(value[first:].tolist(), errors[first:].tolist(), strict=True)),
        logs.mean() + size * np.asarray(ahead.predicted_mean),
        size * np.asarray(ahead.se_mean),
        max(known - design.shape[1] - 2, 1),
    )
