"""How long cases stay open, with cases that are not over yet: curves, medians and their test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy


@dataclass(frozen=True)
class Curve:
    """Share of cases still open after each time at which some ended, with limits; shape (T,).

    ``median`` is when half of the cases have ended, with its limits; none where so many have not.
    """

    time: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray
    median: tuple[float | None, float | None, float | None]


def kaplan_meier(duration: np.ndarray, ended: np.ndarray, level: float) -> Curve:
    """Kaplan–Meier's curve by statsmodels, with log–log limits from Greenwood's variance.

    The median is the first time at which the share is one half or less.

    Parameters
    ----------
    duration, ended: shape (N,); ended is 1 for a case that ended, 0 for one still open.

    References
    ----------
    Kaplan and Meier (1958), JASA 53; Kalbfleisch and Prentice (2002), "The Statistical Analysis
    of Failure Time Data", ch. 1, for the limits; Brookmeyer and Crowley (1982), "A confidence
    interval for the median survival time", Biometrics 38.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    found = SurvfuncRight(duration, ended)
    # statsmodels asks for a share below one half. Where it is one half exactly, rounding decided:
    # the median of the days 1 … 10 was 6, but of 1 … 12 it was 6 too.
    half = 0.5 - 1e-12
    share = found.surv_prob
    # After the last case ended the share is 0, which has no logarithm; its limits are 0 too.
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = scipy.stats.norm.ppf(0.5 + level / 2) * found.surv_prob_se / share / np.log(share)
        low, high = (np.nan_to_num(share ** np.exp(sign * spread)) for sign in (-1, 1))
        median = np.array([found.quantile(half), *found.quantile_ci(half, 1 - level)], dtype=float)
    value, least, most = (float(at) if np.isfinite(at) else None for at in median)
    return Curve(found.surv_times, share, low, high, found.n_risk, (value, least, most))


def log_rank(duration: np.ndarray, ended: np.ndarray, arm: np.ndarray, strata: np.ndarray) -> float:
    """P-value of the hypothesis that cases of all arms end at the same rate, within strata.

    Cases are taken as independent.

    References
    ----------
    Mantel (1966), "Evaluation of survival data and two new rank order statistics arising in its
    consideration", Cancer Chemotherapy Reports 50.
    """
    from statsmodels.duration.survfunc import survdiff

    return float(survdiff(duration, ended, arm, strata=strata)[1])
