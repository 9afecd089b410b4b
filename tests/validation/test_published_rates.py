"""Rates against published numbers, second implementations and worlds with a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats
from statsmodels.stats.proportion import proportion_confint

from analysis.errors import DesignError
from analysis.methods import rates
from analysis.stats.rates import (
    exact_binomial,
    exact_poisson,
    funnel_limits,
    hierarchical,
    james_stein,
    over_dispersion,
    standardised,
)

HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
SEASON = np.array(
    [346, 298, 276, 222, 273, 270, 263, 210, 269, 230, 264, 256, 303, 264, 226, 285, 316, 200]
)
DEATHS = np.array([0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24])
OPERATIONS = np.array([47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360])
BUGS = "BUGS examples I, Surgical"


def test_shrunken_batting_averages_of_efron_and_morris_1977(published):
    """Share of the distance kept, and the ratio of squared errors against the season's average."""
    average = (HITS / 45).round(3)
    _, kept = james_stein(average, average.mean() * (1 - average.mean()) / 45)
    published("share kept, 18 batters", kept, 0.212, 0.0005, "Efron and Morris 1977")
    # Printed for arcsines of averages (variance 1) rounded to two digits: hence .02.
    observed, true = (np.sqrt(45) * np.arcsin(2 * v - 1) for v in (average, SEASON / 1000))
    drawn = james_stein(observed, 1.0)[0]
    ratio = ((observed - true) ** 2).sum() / ((drawn - true) ** 2).sum()
    published("ratio of squared errors, 18 batters", ratio, 3.50, 0.02, "Efron and Morris 1975")


def test_surgical_deaths_of_twelve_hospitals(published):
    """Posterior means; .005 allows for BUGS's prior, which pulls the spread nearer to nothing."""
    found = hierarchical(DEATHS, OPERATIONS, 0.95, "binomial")
    for hospital, printed in ((0, 0.0530), (1, 0.1028), (3, 0.0593), (7, 0.1232), (11, 0.0686)):
        name = f"mortality of hospital {'ABCDEFGHIJKL'[hospital]}"
        published(name, found.rate[hospital], printed, 0.005, BUGS)
    published("population mean mortality", special.expit(found.centre), 0.0730, 0.002, BUGS)


def test_the_hierarchical_grid_equals_plain_simulation_of_the_posterior():
    """Importance sampling of centre and spread with 200,000 draws; 1 per cent of the rate."""
    rng = np.random.default_rng(4)
    mean, spread = rng.normal(-2.55, 0.5, 200_000), rng.uniform(0.01, 2.0, 200_000)
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    effect = mean[:, None] + spread[:, None] * nodes
    log = -stats.norm.logpdf(mean, -2.55, 0.5)
    kept = []
    for deaths, size in zip(DEATHS, OPERATIONS, strict=True):
        likelihood = stats.binom.pmf(deaths, size, special.expit(effect)) * weights
        log = log + np.log(likelihood.sum(axis=1))
        kept.append((likelihood * special.expit(effect)).sum(axis=1) / likelihood.sum(axis=1))
    weight = np.exp(log - log.max())
    simulated = np.array(kept) @ weight / weight.sum()
    found = hierarchical(DEATHS, OPERATIONS, 0.95, "binomial").rate
    assert np.allclose(found, simulated, rtol=0.01)


def test_exact_limits_equal_statsmodels_and_the_chi_square_form():
    """To rounding, none and all events included."""
    events, trials = np.array([0, 3, 20]), np.array([20, 20, 20])
    ours = exact_binomial(events, trials, 0.95)
    low, high = proportion_confint(events, trials, method="beta")
    assert np.allclose([ours.low, ours.high], [np.nan_to_num(low), high], rtol=1e-9)
    poisson = exact_poisson(np.array([0, 7]), np.array([2.0, 2.0]), 0.95)
    assert np.allclose(poisson.high, stats.chi2.ppf(0.975, [2, 16]) / 4, rtol=1e-9)
    assert np.allclose(poisson.low, [0, stats.chi2.ppf(0.025, 14) / 4], rtol=1e-9)


def test_funnel_limits_hold_their_share_of_counts():
    """Where counts are large the interpolated quantile is the normal one; 1 per cent."""
    size = np.array([5000.0, 20000.0])
    found = funnel_limits(0.1, size, 0.95, "poisson")
    assert np.allclose(found.high, 0.1 + 1.96 * np.sqrt(0.1 / size), rtol=0.01)
    shares = funnel_limits(0.1, size, 0.95, "binomial")
    assert (shares.high < found.high).all()


def test_pure_chance_shows_no_over_dispersion_and_real_differences_do():
    """Additive spread of simulated square roots, within a fifth of the truth."""
    rng = np.random.default_rng(2)
    size = rng.uniform(500, 3000, 2000)
    error = 0.5 / np.sqrt(size)
    z = (rng.normal(0, 0.03, 2000) + rng.normal(0, error)) / error
    assert np.sqrt(over_dispersion(z, size, "additive").between) == pytest.approx(0.03, rel=0.2)
    assert over_dispersion(z, size, "none").between == 0
    under = over_dispersion(0.5 * rng.standard_normal(50), size[:50], "multiplicative")
    assert under.factor == 1


def test_indirect_standardisation_by_hand():
    """Two strata at rates .1 and .4: expected 1 + 8 and 9 + 4."""
    events, size = np.array([2.0, 6.0, 8.0, 6.0]), np.array([10.0, 20.0, 90.0, 10.0])
    expected = standardised(events, size, np.array([0, 1, 0, 1]))
    assert np.allclose(expected, [1, 8, 9, 4])


def test_equal_rates_within_strata_are_no_difference_between_regions():
    """Crude rates differ by mix of strata only; standardised ones do not."""
    frame = pd.DataFrame(
        {
            "region": ["a", "a", "b", "b", "c", "c"],
            "stratum": ["shop", "farm"] * 3,
            "events": [10, 400, 90, 40, 50, 200],
            "size": [100.0, 1000.0, 900.0, 100.0, 500.0, 500.0],
        }
    )
    found = rates.estimate(frame, rates.Options(), np.random.default_rng(1))
    assert found.unit == "observed over expected"
    assert [r["rate"] for r in found.series["regions"]] == pytest.approx([1, 1, 1])
    assert {r["outside"] for r in found.series["regions"]} == {0}


def test_a_region_far_outside_is_said_to_be_and_shrunken_rates_lie_nearer_the_middle():
    """One region at three times the rate of the others."""
    frame = pd.DataFrame({"region": list("abcdefghij"), "events": [50] * 9 + [150], "size": 1000.0})
    options = rates.Options(over_dispersion="none")
    rows = rates.estimate(frame, options, np.random.default_rng(1)).series["regions"]
    assert [r["outside"] for r in rows] == [0] * 9 + [2]
    assert 0.06 < rows[-1]["shrunken"] < 0.15


def test_bad_rates_are_refused_all_at_once():
    """A fraction of an event, no exposure, a region twice; row numbers, no values."""
    frame = pd.DataFrame({"region": ["a", "a", "b"], "events": [1.5, 2, 3], "size": [9.0, 0, 7]})
    with pytest.raises(DesignError) as refused:
        rates.estimate(frame, rates.Options(), np.random.default_rng(1))
    text = str(refused.value)
    assert "3 problems" in text
    assert "column events, row 1" in text
    assert "column size, row 2" in text
    assert "1.5" not in text
    more = pd.DataFrame({"region": list("abc"), "events": [5, 2, 3], "size": [4.0, 9, 7]})
    with pytest.raises(DesignError, match="1 rows have more events than trials"):
        rates.estimate(more, rates.Options(family="binomial"), np.random.default_rng(1))
