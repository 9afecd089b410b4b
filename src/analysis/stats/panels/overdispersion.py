"""A test of whether counts vary more than Poisson counts would."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy


@dataclass(frozen=True)
class Overdispersion:
    """Excess variance α in μ + α μ², its t statistic, and the chance of one as large if α = 0."""

    alpha: float
    statistic: float
    p_value: float


def overdispersion(counts: np.ndarray, mean: np.ndarray, estimated: int) -> Overdispersion:
    """Whether counts vary more than Poisson counts of these means would.

    ``((y − μ)² n/(n − k) − y)/μ`` is regressed on μ without a constant; k numbers behind the
    fitted means make squared residuals too small, hence the factor.

    Parameters
    ----------
    counts, mean: shape (n,), means above 0. estimated: k.

    References
    ----------
    Cameron and Trivedi (1990), "Regression-based tests for overdispersion in the Poisson
    model", Journal of Econometrics 46.
    """
    from statsmodels.regression.linear_model import OLS

    cells = len(counts)
    excess = ((counts - mean) ** 2 * cells / (cells - estimated) - counts) / mean
    fit = OLS(excess, mean).fit()
    # Counts that fit without any error vary less than Poisson counts, not more.
    statistic = float(fit.tvalues[0]) if fit.bse[0] > 0 else -np.inf
    return Overdispersion(float(fit.params[0]), statistic, float(scipy.stats.norm.sf(statistic)))
