"""The effect of an intervention in each region: shrunken, with those that stand apart.

With O what a region recorded while this intervention alone was in force, and E what the average
effect leads to expect there, log(O/E) ~ N(0, τ² + v), v = 1/E + 1/B + ω (1/n + 1/m), B what it
recorded before, n and m the periods of both. ω is by how much more regions that never adopt stray
around the middle start: serial correlation, excess variance and noise that protects counts are in
it. A region's own effect is drawn towards the average by τ² / (τ² + v), averaged over what τ may
be. A region stands apart where log(O/E) is beyond what v alone gives, with the share of false
findings among all of them held (Benjamini–Hochberg).

References
----------
Morris (1983), "Parametric empirical Bayes inference", JASA 78. Gelman (2006), Bayesian Analysis 1,
for the flat prior on τ. Benjamini and Hochberg (1995), JRSS B 57.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from analysis.stats.joint.course import JointCourse

HALF = 0.5
"""Added to both sides of a ratio, so that a region with no count has one."""
LEAST_REGIONS = 5
LEAST_PERIODS = 4
"""Periods under the intervention alone that a region needs for an effect of its own."""
MOST, GRID = 2.0, 200
"""τ is looked for up to so many standard deviations of what was seen, in so many steps."""


@dataclass(frozen=True)
class RegionEffects:
    """Of R regions that adopted, in order; each array has shape (R,).

    ``regions`` are their places among all. ``ratio`` is what was recorded over what the average
    effect leads to expect, ``value`` the shrunken effect in log points, ``low`` and ``high`` its
    limits, ``error`` of log ``ratio`` by chance, ``false_discovery`` the adjusted p of standing
    apart. ``spread`` is τ.
    """

    regions: np.ndarray
    ratio: np.ndarray
    error: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    false_discovery: np.ndarray
    spread: float


def region_effects(course: JointCourse, which: int, level: float) -> RegionEffects | None:
    """One intervention in each region that had it alone and recorded anything before.

    ``None`` where fewer than five tell.
    """
    joint, base = course.joint, course.baseline
    either = joint.either
    before = np.where(either.untreated, either.values, 0.0).sum(axis=1)
    fitted = base.expected * np.exp(np.tensordot(course.headline[0], course.design, 1))
    cells = joint.active[which] & either.active & (joint.active.sum(axis=0) == 1)
    seen, expected = (np.where(cells, one, 0.0).sum(axis=1) for one in (either.values, fitted))
    periods = (cells.sum(axis=1), either.untreated.sum(axis=1))
    chosen = np.flatnonzero((expected > 0) & (before > 0) & (periods[0] >= LEAST_PERIODS))
    if len(chosen) < LEAST_REGIONS:
        return None
    ratio = (seen[chosen] + HALF) / (expected[chosen] + HALF)
    poisson = 1 / expected[chosen] + 1 / before[chosen]
    lengths = 1 / periods[0][chosen] + 1 / periods[1][chosen]
    error = np.sqrt(poisson + _straying(course, which) * lengths)
    found = _shrunken(np.log(ratio), error)
    own = course.look(which)
    # The average itself is known no better than its own error.
    margin = scipy.stats.norm.ppf(0.5 + level / 2) * np.sqrt(found.variance + own.error**2)
    value = own.value + found.mean
    chance = 2 * scipy.stats.norm.sf(np.abs(np.log(ratio) - found.middle) / error)
    adjusted = np.asarray(scipy.stats.false_discovery_control(chance))
    limits = (value - margin, value + margin)
    return RegionEffects(chosen, ratio, error, value, *limits, adjusted, found.spread)


@dataclass(frozen=True)
class _Shrunken:
    """Posterior means and variances (R,), the average of all, and the mean of τ."""

    mean: np.ndarray
    variance: np.ndarray
    middle: float
    spread: float


def _shrunken(values: np.ndarray, errors: np.ndarray) -> _Shrunken:
    """Of values with known errors around a common mean, whatever τ may be: flat priors on both."""
    spreads = np.linspace(0.0, MOST * values.std() + errors.min(), GRID)[:, None]
    total = spreads**2 + errors**2
    weight = (1 / total).sum(axis=1)
    middle = (values / total).sum(axis=1) / weight
    apart = values - middle[:, None]
    fit = -(np.log(total).sum(axis=1) + np.log(weight) + (apart**2 / total).sum(axis=1)) / 2
    chance = np.exp(fit - fit.max())
    chance = chance / chance.sum()
    kept = spreads**2 / total
    means = middle[:, None] + kept * apart
    variances = kept * errors**2 + (1 - kept) ** 2 / weight[:, None]
    mean = chance @ means
    variance = chance @ (variances + (means - mean) ** 2)
    return _Shrunken(mean, variance, float(chance @ middle), float(chance @ spreads[:, 0]))


def _straying(course: JointCourse, which: int) -> float:
    """ω: squared log ratios of regions that never adopt, beyond what chance alone would give."""
    joint = course.joint
    either, starts = joint.either, joint.starts[which]
    never = ~joint.adopting
    later = np.arange(1, either.values.shape[1] + 1) >= np.median(starts[starts > 0])
    cells = either.untreated[never]
    values, fitted = either.values[never], course.baseline.expected[never]
    sums = [
        np.where(cells & side, one, 0.0).sum(axis=1)
        for one in (values, fitted)
        for side in (later, ~later)
    ]
    told = np.all([one > 0 for one in sums], axis=0)
    after, before, after_fit, before_fit = (one[told] for one in sums)
    if not told.any():
        return 0.0
    apart = np.log(after / before) - np.log(after_fit / before_fit)
    lengths = 1 / (cells & later).sum(axis=1)[told] + 1 / (cells & ~later).sum(axis=1)[told]
    beyond = apart**2 - 1 / after_fit - 1 / before_fit
    return max(float(beyond.sum() / lengths.sum()), 0.0)
