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
from analysis.stats.pooling.families import benjamini_hochberg

HALF = 0.5
"""Added to both sides of a ratio, so that a region with no count has one."""
LEAST_REGIONS = 5
LEAST_PERIODS = 4
"""Periods under the intervention alone that a region needs for an effect of its own."""
LEAST_RECORDS = 15
"""A period, of protected counts. In worlds of 20 records a quarter whose counties do not differ, a
county stood apart in .16 when noise was left to ω and all were told, and does in .05 now
(``data/studies/county_effects.csv``)."""
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


@dataclass(frozen=True)
class _Sides:
    """What R regions were expected to record after and before, and in how many periods; (R,)."""

    after: np.ndarray
    before: np.ndarray
    periods_after: np.ndarray
    periods_before: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """What ω is multiplied with."""
        return np.asarray(1 / self.periods_after + 1 / self.periods_before)

    def by_chance(self, noise: float) -> np.ndarray:
        """Variance of a log ratio by chance and by noise of that variance on each count."""
        moved = self.periods_after / self.after**2 + self.periods_before / self.before**2
        return np.asarray(1 / self.after + 1 / self.before + noise * moved)

    def tell(self, noise: float) -> np.ndarray:
        """Which regions have both sides and, where counts are protected, enough records."""
        least = LEAST_RECORDS if noise else 0.0
        enough = (self.after >= least * self.periods_after) & (
            self.before >= least * self.periods_before
        )
        return np.asarray((self.after > 0) & (self.before > 0) & enough)

    def of(self, chosen: np.ndarray) -> _Sides:
        """Those of some regions."""
        sides = (self.after, self.before, self.periods_after, self.periods_before)
        return _Sides(*(side[chosen] for side in sides))


def region_effects(
    course: JointCourse, which: int, level: float, noise: float = 0.0
) -> RegionEffects | None:
    """One intervention in each region that had it alone and recorded anything before.

    ``None`` where fewer than five tell, or fewer than five never adopt to tell how much regions
    stray. ``noise`` is its variance on each count.
    """
    joint, base = course.joint, course.baseline
    either = joint.either
    fitted = base.expected * np.exp(np.tensordot(course.headline[0], course.design, 1))
    cells = joint.active[which] & either.active & (joint.active.sum(axis=0) == 1)
    seen, expected = (np.where(cells, one, 0.0).sum(axis=1) for one in (either.values, fitted))
    before = np.where(either.untreated, either.values, 0.0).sum(axis=1)
    sides = _Sides(expected, before, cells.sum(axis=1), either.untreated.sum(axis=1))
    chosen = np.flatnonzero(sides.tell(noise) & (sides.periods_after >= LEAST_PERIODS))
    straying = _straying(course, which, noise)
    if len(chosen) < LEAST_REGIONS or straying is None:
        return None
    strays, degrees = straying
    sides = sides.of(chosen)
    ratio = (seen[chosen] + HALF) / (sides.after + HALF)
    error = np.sqrt(sides.by_chance(noise) + strays * sides.lengths)
    found = _shrunken(np.log(ratio), error)
    own = course.look(which)
    # The average itself is known no better than its own error.
    width = scipy.stats.t.ppf(0.5 + level / 2, degrees)
    margin = width * np.sqrt(found.variance + own.error**2)
    value = own.value + found.mean
    chance = 2 * scipy.stats.t.sf(np.abs(np.log(ratio) - found.middle) / error, degrees)
    adjusted = benjamini_hochberg(chance)
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


def _straying(course: JointCourse, which: int, noise: float) -> tuple[float, int] | None:
    """ω and its degrees of freedom: squared log ratios of regions that never adopt, beyond chance.

    ``None`` where fewer than five tell.
    """
    joint = course.joint
    either, starts = joint.either, joint.starts[which]
    never = ~joint.adopting
    later = np.arange(1, either.values.shape[1] + 1) >= np.median(starts[starts > 0])
    cells = either.untreated[never]
    halves = [cells & side for side in (later, ~later)]
    seen, fitted = (
        [np.where(half, one[never], 0.0).sum(axis=1) for half in halves]
        for one in (either.values, course.baseline.expected)
    )
    sides = _Sides(*fitted, *(half.sum(axis=1) for half in halves))
    told = sides.tell(noise) & (seen[0] > 0) & (seen[1] > 0)
    if told.sum() < LEAST_REGIONS:
        return None
    sides, after, before = sides.of(told), seen[0][told], seen[1][told]
    apart = np.log(after / before) - np.log(sides.after / sides.before)
    beyond = apart**2 - sides.by_chance(noise)
    return max(float(beyond.sum() / sides.lengths.sum()), 0.0), len(after) - 1
