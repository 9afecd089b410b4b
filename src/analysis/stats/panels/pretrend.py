"""What trend before the start a look at the leads would have found."""

from __future__ import annotations

import numpy as np
import scipy

from analysis.result import Check
from analysis.stats.resampling.jackknife import jackknife_intervals


def detectable_slope(
    covariance: np.ndarray,
    times: np.ndarray,
    level: float,
    power: float,
    rng: np.random.Generator,
    draws: int = 10_000,
) -> float:
    """Slope per period of a linear trend of which some lead would be significant so often.

    Parameters
    ----------
    covariance: shape (P, P), of the leads. times: shape (P,), periods from the base period.

    References
    ----------
    Roth (2022), "Pretest with caution", American Economic Review: Insights 4.
    """
    critical = scipy.stats.norm.ppf(0.5 + level / 2)
    error = np.sqrt(np.diag(covariance))
    noise = rng.standard_normal((draws, len(times))) @ np.linalg.cholesky(covariance).T

    def shortfall(slope: float) -> float:
        found = (np.abs(noise + slope * times) > critical * error).any(axis=1)
        return float(found.mean()) - power

    highest = float(((critical + 5) * error / np.abs(times)).max())
    if shortfall(0.0) >= 0:
        return 0.0
    return float(scipy.optimize.brentq(shortfall, 0.0, highest, xtol=1e-6 * highest))


def base_check(gaps: np.ndarray, level: float, treated: np.ndarray) -> Check:
    """Whether adopters stand out in the base period: ``passed`` is ``None`` without earlier ones.

    Leads are compared with the base period one by one; the base period against all of them has
    far more power to find adopters that were chosen for a spike.

    Parameters
    ----------
    gaps: shape (1 + G,), of the full sample and without each group. treated: shape (G,), which
    groups hold a treated region.

    References
    ----------
    Ashenfelter (1978), "Estimating the effect of training programs on earnings", Review of
    Economics and Statistics 60.
    """
    if not np.isfinite(gaps).all():
        return Check("base_period", None)
    found = jackknife_intervals(gaps[:1], gaps[1:, None], level, treated)
    low, high = float(found.low[0]), float(found.high[0])
    return Check("base_period", low <= 0 <= high, float(gaps[0]), (high - low) / 2)
