"""Exact intervals, counts behind a reported fall, and falls by chance alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize, stats

from analysis.stats.pooling.exact import rate_interval, ratio_interval, share_interval
from analysis.stats.pooling.reported import (
    apparent_falls,
    consistent_counts,
    earlier_level,
    smallest_baseline,
    smallest_whole,
    whole_part,
)


@pytest.mark.parametrize(("successes", "trials"), [(24, 30), (193, 210), (1, 41), (637, 673)])
def test_the_share_interval_inverts_the_binomial_distribution(successes, trials):
    """Second implementation: limits at which the tail is 2.5 %, found by root search."""
    found = share_interval(successes, trials)
    low = optimize.brentq(lambda p: stats.binom.sf(successes - 1, trials, p) - 0.025, 1e-9, 1)
    high = optimize.brentq(lambda p: stats.binom.cdf(successes, trials, p) - 0.025, 0, 1 - 1e-9)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize("count", [0, 3, 18, 365])
def test_the_rate_interval_inverts_the_poisson_distribution(count):
    """Second implementation, with the exposure of the district; zero has no lower tail."""
    exposure = 51.632
    found = rate_interval(count, exposure)
    top = 3 * count + 20
    high = optimize.brentq(lambda m: stats.poisson.cdf(count, m) - 0.025, 1e-9, top)
    assert found.high == pytest.approx(high / exposure, rel=1e-8)
    if count:
        low = optimize.brentq(lambda m: stats.poisson.sf(count - 1, m) - 0.025, 1e-9, top)
        assert found.low == pytest.approx(low / exposure, rel=1e-8)
    else:
        assert found.low == 0


def test_the_ratio_interval_covers_the_true_ratio_at_least_at_its_level():
    """Exact intervals never cover less; 4,000 draws leave an error of 0.3 points."""
    rng = np.random.default_rng(5)
    before, after = rng.poisson(60, 4000), rng.poisson(6, 4000)
    spans = [ratio_interval(int(a), int(b)) for a, b in zip(after, before, strict=True)]
    assert np.mean([span.low <= 0.1 <= span.high for span in spans]) > 0.945


def test_a_fall_of_98_per_cent_needs_forty_before():
    """1 of 40 is a fall of 97.5 %; nothing of 39 prints as 98 %."""
    assert smallest_baseline(98, 1) == 40
    assert consistent_counts(98, 1, 39) is None
    found = consistent_counts(98, 1, 200)
    assert (found.fewest, found.most) == (3, 5)


@pytest.mark.parametrize("baseline", [40, 66, 100, 333, 1000])
def test_consistent_counts_are_those_that_print_so(baseline):
    """Against trying every later count."""
    printing = [n for n in range(baseline + 1) if abs(100 - 100 * n / baseline - 98) <= 0.5 + 1e-9]
    found = consistent_counts(98, 1, baseline)
    assert (found.fewest, found.most) == (printing[0], printing[-1])


def test_whole_numbers_behind_percentages():
    """42.96 % is no share of 58, but 58 of 135; 80.15 % is 105 of 131."""
    assert whole_part(42.96, 0.01, 58) is None
    assert whole_part(42.96, 0.01, 135) == 58
    assert whole_part(80.15, 0.01, 131) == 105
    assert smallest_whole(72.1, 0.1) == 43


def test_an_earlier_level_prints_as_the_growth_or_there_is_none():
    """3,325 after +60.47 % were 2,072; no level of one decimal gives 8.6 after +31.25 %."""
    assert earlier_level(3325, 60.47, 0.01, 1) == 2072
    assert earlier_level(8.6, 31.25, 0.01, 0.1) is None


@pytest.mark.parametrize("peak_share", [1 / 12, 0.25, 0.5])
def test_falls_by_chance_alone_follow_the_truncated_normal(peak_share):
    """Large Poisson counts are normal: the mean before is μ + σ φ(z) / p, the mean after μ.

    The tolerance is four standard errors of the simulated mean, about 2e-4.
    """
    mean = 10_000
    cut = stats.norm.ppf(1 - peak_share)
    before = mean + math.sqrt(mean) * stats.norm.pdf(cut) / peak_share
    falls = apparent_falls(np.random.default_rng(3), mean, 0, peak_share, 400_000)
    assert falls.mean() == pytest.approx(1 - mean / before, abs=4e-4)


def test_without_a_peak_nothing_falls_by_itself():
    """Starting after any window at all: the middle fall is zero, within a hundredth."""
    falls = apparent_falls(np.random.default_rng(3), 500, 0.0, 1.0, 100_000)
    assert np.median(falls) == pytest.approx(0, abs=0.01)
