"""What trend before the start a look at the leads would have found."""

from __future__ import annotations

import numpy as np
from scipy import optimize, stats


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
    critical = stats.norm.ppf(0.5 + level / 2)
    error = np.sqrt(np.diag(covariance))
    noise = rng.standard_normal((draws, len(times))) @ np.linalg.cholesky(covariance).T

    def shortfall(slope: float) -> float:
        found = (np.abs(noise + slope * times) > critical * error).any(axis=1)
        return float(found.mean()) - power

    highest = float(((critical + 5) * error / np.abs(times)).max())
    if shortfall(0.0) >= 0:
        return 0.0
    return float(optimize.brentq(shortfall, 0.0, highest, xtol=1e-6 * highest))
