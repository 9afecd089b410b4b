"""Rates of events: exact intervals, funnel limits with over-dispersion, and shrinkage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy

Family = Literal["poisson", "binomial"]
WINSORISED = 0.1
"""Share of z scores pulled in at each end before over-dispersion is estimated."""
POINTS_LIMIT = 4001
"""Most points on the grid of region effects."""


@dataclass(frozen=True)
class Limits:
    """Lower and upper limits, of the shape of what they belong to."""

    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Spread:
    """Over-dispersion of z scores: a factor on their variance, and a variance between units."""

    factor: float
    between: float

    def error(self, size: np.ndarray) -> np.ndarray:
        """Standard error of a rooted rate among units that differ so; shape of ``size``."""
        return np.sqrt(self.factor * root_error(size) ** 2 + self.between)


@dataclass(frozen=True)
class Shrunken:
    """Posterior mean rate and limits of each unit, and the mean and spread of the units' effects.

    ``rate``, ``low`` and ``high`` have shape (N,); ``centre`` and ``spread`` are posterior means
    on the log scale (Poisson) or the logit scale (binomial).
    """

    rate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    centre: float
    spread: float


def exact_limits(
    events: np.ndarray | float, size: np.ndarray | float, level: float, family: Family
) -> Limits:
    """Exact limits of a Poisson rate per unit of exposure, or of a share; shape of ``events``.

    References
    ----------
    Garwood (1936), "Fiducial limits for the Poisson distribution", Biometrika 28; Clopper and
    Pearson (1934), "The use of confidence or fiducial limits", Biometrika 26.
    """
    # Imported here, as in all of ``stats``: planning a suite reads this file, and statsmodels
    # takes half a second to load.
    from statsmodels.stats.proportion import proportion_confint
    from statsmodels.stats.rates import confint_poisson

    if family == "poisson":
        return Limits(*confint_poisson(events, size, method="exact-c", alpha=1 - level))
    return Limits(*proportion_confint(events, size, alpha=1 - level, method="beta"))


CHANCE_ALONE = Spread(1.0, 0.0)


def funnel_limits(
    target: float, size: np.ndarray, level: float, family: Family, spread: Spread = CHANCE_ALONE
) -> Limits:
    """Between which a unit's rate lies with probability ``level`` were the target true.

    Exact quantiles of the count, interpolated between whole numbers, or with over-dispersion
    normal ones on the root scale; shape of ``size``.

    References
    ----------
    Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics in
    Medicine 24, appendix A.1.1.
    """
    if spread == CHANCE_ALONE:
        tail = (1 - level) / 2
        return Limits(*(_quantile(p, target, size, family) / size for p in (tail, 1 - tail)))
    margin = scipy.stats.norm.ppf(0.5 + level / 2) * spread.error(size)
    centre = rooted(target, family)
    return Limits(restored(centre - margin, family), restored(centre + margin, family))


def _law(target: float, size: np.ndarray, family: Family) -> Any:
    """How counts of units that share the target vary."""
    if family == "poisson":
        return scipy.stats.poisson(target * size)
    return scipy.stats.binom(size, target)


def _quantile(share: float, target: float, size: np.ndarray, family: Family) -> np.ndarray:
    law = _law(target, size, family)
    whole = law.ppf(share)
    beyond = (law.cdf(whole) - share) / law.pmf(whole)
    # Beyond some 10 billion events scipy has no quantile, and the normal one is as good.
    normal = law.mean() + scipy.stats.norm.ppf(share) * law.std()
    return np.asarray(np.where(np.isfinite(whole), np.maximum(whole - beyond, 0.0), normal))


def chance(
    events: np.ndarray, size: np.ndarray, target: float, family: Family, spread: Spread
) -> np.ndarray:
    """Two-sided p-values of units that all share the target but for their spread; shape (N,).

    Exact, twice the smaller tail, without over-dispersion; normal on the root scale with it.
    """
    if spread == CHANCE_ALONE:
        if family == "poisson":
            # Of gamma functions, which know counts that are not whole, too.
            mean = target * size
            below, above = scipy.special.gammaincc(events + 1, mean), np.ones(len(events))
            above[events > 0] = scipy.special.gammainc(events[events > 0], mean[events > 0])
        else:
            law = _law(target, size, family)
            below, above = law.cdf(events), law.sf(events - 1)
        tails = np.minimum(below, above)
        return np.asarray(np.minimum(1.0, 2 * tails))
    z = (rooted(events / size, family) - rooted(target, family)) / spread.error(size)
    return np.asarray(2 * scipy.stats.norm.sf(np.abs(z)))


def noiseless_share(expected: np.ndarray, noise: np.ndarray | float) -> np.ndarray:
    """The share of a Poisson count, and of its size, that tells as much as the count with noise.

    Its variance is its mean, that with noise E + v; a share E/(E + v) of both gives the rate the
    same error. Shape of ``expected``, the means E; ``noise`` are variances v.
    """
    return np.asarray(expected / np.maximum(expected + noise, 1e-300))


def root_error(size: np.ndarray) -> np.ndarray:
    """Standard error of a rooted rate, whatever the rate; shape of ``size``."""
    error: np.ndarray = 0.5 / np.sqrt(size)
    return error


def rooted(rate: np.ndarray | float, family: Family) -> np.ndarray:
    """Square root of a Poisson rate; arcsine of the root of a share."""
    root = np.sqrt(rate)
    return np.asarray(root if family == "poisson" else np.arcsin(root))


def restored(value: np.ndarray, family: Family) -> np.ndarray:
    """The rate of a rooted value, held within what a rate can be."""
    if family == "poisson":
        return np.asarray(np.clip(value, 0, None) ** 2)
    return np.asarray(np.sin(np.clip(value, 0, np.pi / 2)) ** 2)


def over_dispersion(z: np.ndarray, size: np.ndarray, form: str) -> Spread:
    """How much more units differ than chance alone would have them.

    Parameters
    ----------
    z: shape (N,), rooted rate less rooted target, over its error.
    size: shape (N,), exposure or trials.
    form: ``multiplicative`` (one factor on every variance), ``additive`` (a variance between
        units, by moments) or ``none``.

    References
    ----------
    Spiegelhalter (2005), "Handling over-dispersion of performance indicators", Quality and
    Safety in Health Care 14: winsorised z scores, and both forms. There the mean square of the
    winsorised scores is used as it is, which is .68 under pure chance; here it is divided by
    that, so that it is right where scores are normal.
    """
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    edge = float(scipy.stats.norm.isf(WINSORISED))
    inside = 1 - 2 * WINSORISED - 2 * edge * float(scipy.stats.norm.pdf(edge))
    usual = inside + 2 * WINSORISED * edge**2
    factor = float((np.clip(z, low, high) ** 2).mean()) / usual
    # Both forms are used only where winsorised scores vary more than chance has them vary.
    if form == "none" or factor * len(z) <= len(z) - 1:
        return CHANCE_ALONE
    if form == "multiplicative":
        return Spread(factor, 0.0)
    weight = 1 / root_error(size) ** 2
    excess = len(z) * factor - (len(z) - 1)
    return Spread(1.0, float(excess / (weight.sum() - (weight**2).sum() / weight.sum())))


def hierarchical(
    events: np.ndarray, size: np.ndarray, level: float, family: Family, steps: int = 41
) -> Shrunken:
    """Rates under effects that are normal between units, with their mean and spread unknown.

    The posterior is summed over a grid: effects θ_i ~ N(m, s²) on the log or logit scale, flat
    priors on m and on s. Nothing is drawn at random, and limits include the doubt about m and s.

    Parameters
    ----------
    events, size: shape (N,). steps: points of the grids of m and of s.

    References
    ----------
    Gelman, Carlin, Stern, Dunson, Vehtari and Rubin (2013), "Bayesian Data Analysis", ch. 5.
    """
    crude = (events + 0.5) / (size + (0.5 if family == "poisson" else 1.0))
    centre, points = _effect_grid(events, crude, family)
    likelihood = _likelihood(events, size, points, family)
    wide = max(float(np.std(rate_scale(crude, family))), 0.1)
    error = wide / np.sqrt(len(events))
    means = centre + np.linspace(-6, 6, steps) * max(error, 0.02)
    spreads = np.linspace(0.02, 2.5, steps) * wide
    mean, spread = (grid.ravel() for grid in np.meshgrid(means, spreads))
    prior = scipy.stats.norm.pdf(points, mean[:, None], spread[:, None])
    prior /= prior.sum(axis=1, keepdims=True)
    evidence = likelihood @ prior.T
    log_weight = np.log(np.maximum(evidence, 1e-300)).sum(axis=0)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    posterior = likelihood * ((weight / np.maximum(evidence, 1e-300)) @ prior)
    posterior /= posterior.sum(axis=1, keepdims=True)
    rate = np.exp(points) if family == "poisson" else scipy.special.expit(points)
    tails = [(1 - level) / 2, (1 + level) / 2]
    limits = np.array([np.interp(tails, row, rate) for row in posterior.cumsum(axis=1)])
    centre, between = float(weight @ mean), float(weight @ spread)
    return Shrunken(posterior @ rate, limits[:, 0], limits[:, 1], centre, between)


def rate_scale(rate: np.ndarray, family: Family) -> np.ndarray:
    """Logarithm of a Poisson rate, logit of a share."""
    return np.asarray(np.log(rate) if family == "poisson" else scipy.special.logit(rate))


def _effect_grid(events: np.ndarray, crude: np.ndarray, family: Family) -> tuple[float, np.ndarray]:
    """The middle of the crude effects, and points that are dense where counts are large."""
    effect = rate_scale(crude, family)
    beyond = 6 / np.sqrt(events.max() + 1) + 4 * max(float(effect.std()), 0.1)
    low, high = effect.min() - beyond, effect.max() + beyond
    dense = int(np.ceil(3 * (high - low) * np.sqrt(events.max() + 1)))
    return float(effect.mean()), np.linspace(low, high, min(max(dense, 401), POINTS_LIMIT))


def _likelihood(
    events: np.ndarray, size: np.ndarray, points: np.ndarray, family: Family
) -> np.ndarray:
    """Likelihood of each unit's count at each point, its peak 1; shape (N, K)."""
    cumulant = np.exp(points) if family == "poisson" else np.logaddexp(0, points)
    log = events[:, None] * points - size[:, None] * cumulant
    return np.asarray(np.exp(log - log.max(axis=1, keepdims=True)))


def standardised(events: np.ndarray, size: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """Events to be expected at the strata's overall rates (indirect standardisation).

    Parameters
    ----------
    events, size: shape (N,). stratum: shape (N,), whole numbers from 0. Returns shape (N,).

    References
    ----------
    Breslow and Day (1987), "Statistical Methods in Cancer Research" II, ch. 2.
    """
    rate = np.bincount(stratum, events) / np.bincount(stratum, size)
    expected: np.ndarray = rate[stratum] * size
    return expected
