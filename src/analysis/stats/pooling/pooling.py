"""Pooling of estimates from several studies under a normal model of their differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from analysis.stats.resampling.jackknife import t_critical

Between = Literal["reml", "paule_mandel", "dersimonian_laird", "none"]


PRECISE = 0.5
"""Share of all that studies tell beyond which one of them draws the mean to itself."""


@dataclass(frozen=True)
class Pooled:
    """Mean of true effects with its interval, and where the effect of a new study would lie.

    ``between`` is τ², the variance of true effects; ``degrees`` belong to the interval.
    """

    value: float
    standard_error: float
    low: float
    high: float
    degrees: int
    between: float
    weights: np.ndarray


@dataclass(frozen=True)
class Heterogeneity:
    """Cochran's Q, its p-value, and the share of variance that chance does not explain (I²)."""

    statistic: float
    p_value: float
    share: float


def between_variance(values: np.ndarray, errors: np.ndarray, form: Between) -> float:
    """Variance τ² of true effects between studies.

    Parameters
    ----------
    values, errors: shape (K,), estimates and their standard errors.

    References
    ----------
    DerSimonian and Laird (1986), Controlled Clinical Trials 7; Viechtbauer (2005), "Bias and
    efficiency of meta-analytic variance estimators", Journal of Educational and Behavioral
    Statistics 30, for restricted maximum likelihood, which statsmodels does not offer; Paule and
    Mandel (1982), Journal of Research of the National Bureau of Standards 87.
    """
    if form == "none":
        return 0.0
    if form == "paule_mandel":
        from statsmodels.stats.meta_analysis import combine_effects

        return float(combine_effects(values, errors**2, method_re="iterated").tau2)
    if form == "dersimonian_laird":
        # Not statsmodels' "dl": in 0.15.0 its τ² falls below zero where studies are alike.
        weight = errors**-2
        statistic = heterogeneity(values, errors).statistic
        total = float(weight.sum())
        scale = total - float((weight**2).sum()) / total
        return max(0.0, float(statistic - len(values) + 1) / scale)
    # The root of τ² is searched, so that a τ² near 0 is found as precisely as a large one.
    highest = 10 * float(values.std() + errors.max())
    grid = np.linspace(0, highest, 200)
    best = int(np.argmin([_restricted(t, values, errors) for t in grid]))
    bounds = (grid[max(best - 1, 0)], grid[min(best + 1, 199)])
    found = scipy.optimize.minimize_scalar(
        _restricted, args=(values, errors), bounds=bounds, method="bounded", options={"xatol": 1e-9}
    )
    return 0.0 if found.x < 1e-6 * highest else float(found.x**2)


def _restricted(spread: float, values: np.ndarray, errors: np.ndarray) -> float:
    """Minus the restricted log-likelihood of τ."""
    variance = errors**2 + spread**2
    weight = 1 / variance
    mean = (weight * values).sum() / weight.sum()
    squares = (weight * (values - mean) ** 2).sum()
    return float(np.log(variance).sum() + np.log(weight.sum()) + squares) / 2


def pool(
    values: np.ndarray,
    errors: np.ndarray,
    level: float,
    between: Between = "reml",
    hartung_knapp: bool = True,
) -> Pooled:
    """Random-effects mean and interval.

    ``μ = Σ w y / Σ w`` with w = 1/(s² + τ²). Hartung–Knapp: se² = Σ w (y − μ)² / ((K − 1) Σ w)
    with t(K − 1), and at least the interval that there would be without any τ²; else se² = 1/Σ w
    with the normal.

    Parameters
    ----------
    values, errors: shape (K,).

    References
    ----------
    Hartung and Knapp (2001), "A refined method for the meta-analysis of controlled clinical
    trials", Statistics in Medicine 20; Wiksten, Rücker and Schwarzer (2016), "Hartung–Knapp method
    is not always conservative compared with fixed-effect meta-analysis", Statistics in Medicine
    35, for the floor.
    """
    variance = between_variance(values, errors, between)
    weight = 1 / (errors**2 + variance)
    value = float((weight * values).sum() / weight.sum())
    plain = 1 / weight.sum()
    studies = len(values)
    error, critical = np.sqrt(plain), float(scipy.stats.norm.ppf(0.5 + level / 2))
    if hartung_knapp:
        error *= np.sqrt((weight * (values - value) ** 2).sum() / (studies - 1))
        error = max(error, least_error(errors, level))
        critical = t_critical(level, studies - 1)
    low, high = float(value - critical * error), float(value + critical * error)
    shares = weight / weight.sum()
    return Pooled(value, float(error), low, high, studies - 1, variance, shares)


def least_error(errors: np.ndarray, level: float) -> float:
    """The error with which a t(K − 1) interval is as wide as the fixed-effect one.

    Studies that happen to agree do not make the mean surer than their own errors let it be.
    """
    return fixed_margin(errors, level) / t_critical(level, len(errors) - 1)


def fixed_margin(errors: np.ndarray, level: float) -> float:
    """Half the width of the fixed-effect interval."""
    return float(scipy.stats.norm.ppf(0.5 + level / 2) / np.sqrt((errors**-2).sum()))


def prediction_interval(
    values: np.ndarray, errors: np.ndarray, level: float, steps: int = 101
) -> tuple[float, float]:
    """Where the true effect of a new study lies, with the doubt about τ² and μ in it.

    θ_new = μ̂(τ²) + τ z + t se(τ²), with τ² from its confidence distribution (the τ² whose
    Q(τ²) equals a χ²(K − 1) variate), z normal, t Student's with K − 1 degrees and the refined
    error. Quantiles of the three variates are laid out on a grid, so nothing is random. The
    plain t(K − 2) interval was tried and held 89 to 90 % of new studies at 95 %.

    Parameters
    ----------
    values, errors: shape (K,).

    References
    ----------
    Nagashima, Noma and Furukawa (2019), "Prediction intervals for random-effects meta-analysis:
    a confidence distribution approach", Statistical Methods in Medical Research 28.
    """
    mean, error, between = _over_spreads(values, errors, level, steps)
    shares = (np.arange(steps) + 0.5) / steps
    student, normal = scipy.stats.t.ppf(shares, len(values) - 1), scipy.stats.norm.ppf(shares)
    new = (mean[:, None] + error[:, None] * student)[:, :, None]
    new = new + (np.sqrt(between)[:, None] * normal)[:, None, :]
    low, high = np.quantile(new, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def integrated_interval(
    values: np.ndarray, errors: np.ndarray, level: float, steps: int = 101
) -> tuple[float, float]:
    """Where the mean of true effects lies, with the doubt about τ² in it.

    Hartung–Knapp's t interval takes τ² as known. Here its limits are those of

        μ̂(τ²) + t(K − 1) · se(τ²)

    with τ² from its confidence distribution, as for a new study. Over 1,500 worlds each of 4, 12
    and 30 studies of unequal precision, Hartung–Knapp's 95 per cent interval held the mean in
    91 to 95 per cent, this one in 92 to 96 (4 studies) and 94 to 96 (12 and 30). It is
    never narrower than the fixed-effect one, and where one study tells more than all others
    together, se(τ²) is at least 1/√Σw: with one error of .02 and 4, 7 or 11 of .25 to .3 it missed
    the mean in 11, 13 and 9 % of 300 worlds without that, and in 3, 7 and 5 % with it.

    Parameters
    ----------
    values, errors: shape (K,).

    References
    ----------
    Nagashima, Noma and Furukawa (2019), Statistical Methods in Medical Research 28, whose
    distribution of τ² it takes; Röver, Knapp and Friede (2015), BMC Medical Research Methodology
    15, for how Hartung–Knapp's fares under unequal precision, and for that least error.
    """
    mean, error, _ = _over_spreads(values, errors, level, steps)
    free = len(values) - 1
    bounds = scipy.stats.t.ppf([1e-9, 1 - 1e-9], free)
    limits = []
    for share in ((1 - level) / 2, (1 + level) / 2):
        found = scipy.optimize.brentq(
            lambda x, share=share: scipy.special.stdtr(free, (x - mean) / error).mean() - share,
            (mean + bounds[0] * error).min(),
            (mean + bounds[1] * error).max(),
            xtol=1e-10,
        )
        limits.append(float(found))
    middle, least = sum(limits) / 2, fixed_margin(errors, level)
    return min(limits[0], middle - least), max(limits[1], middle + least)


def _over_spreads(
    values: np.ndarray, errors: np.ndarray, level: float, steps: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, refined error and τ² at quantiles of τ²'s confidence distribution; (S,) each."""
    free = len(values) - 1
    shares = (np.arange(steps) + 0.5) / steps
    highest = 100 * float(values.var() + (errors**2).max())
    grid = np.concatenate([[0.0], highest * np.geomspace(1e-7, 1, 600)])
    _, _, statistic = _weighted_mean(values, errors, grid)
    between = np.interp(-scipy.stats.chi2.ppf(shares, free), -statistic, grid)
    mean, precision, squares = _weighted_mean(values, errors, between)
    # One study that tells most draws the mean to itself: distances from it say little of τ².
    most = (errors**-2).max() > PRECISE * (errors**-2).sum()
    least = np.maximum(least_error(errors, level), np.sqrt(most / precision))
    error = np.maximum(np.sqrt(squares / free / precision), least)
    return mean, error, between


def _weighted_mean(
    values: np.ndarray, errors: np.ndarray, between: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, sum of weights and weighted sum of squares for each τ²; shape of ``between``."""
    weight = 1 / (errors**2 + between[:, None])
    total = weight.sum(axis=1)
    mean = weight @ values / total
    return mean, total, (weight * (values - mean[:, None]) ** 2).sum(axis=1)


def heterogeneity(
    values: np.ndarray, errors: np.ndarray, degrees: np.ndarray | None = None
) -> Heterogeneity:
    """Whether studies differ by more than chance; arrays of shape (K,).

    Cochran's Q takes errors as known. Where they rest on few ``degrees``, each study's distance
    from the mean counts as the normal variate that is as rare as its t. Of 20 like studies with 8
    degrees Q finds a difference in 24 %, and with 4 in 50 %; this finds it in 4 to 6 %, where
    Welch's test finds it in 7 to 14 %, and Q of s² · df/(df − 2) in 7 to 9 %.

    References
    ----------
    Higgins and Thompson (2002), "Quantifying heterogeneity", Statistics in Medicine 21.
    """
    # A mean weighted by 1/s² leans on those that happen to look sure: s² is made as large as the
    # variance of t is; of fewer than three degrees, as of three.
    known = np.inf if degrees is None else np.maximum(degrees, 3.0)
    weight = 1 / (errors**2 / (1 - 2 / known))
    mean = (weight * values).sum() / weight.sum()
    distance = (values - mean) / errors
    if degrees is not None:
        kept = 1 - weight / weight.sum()
        rarity = scipy.stats.t.sf(np.abs(distance) / np.sqrt(kept), degrees)
        # Beyond 1e-300 there is no quantile any more.
        distance = scipy.stats.norm.isf(np.maximum(rarity, 1e-300)) * np.sqrt(kept)
    statistic = float((distance**2).sum())
    free = len(values) - 1
    share = max(0.0, 1 - free / statistic) if statistic > 0 else 0.0
    return Heterogeneity(statistic, float(scipy.stats.chi2.sf(statistic, free)), share)
