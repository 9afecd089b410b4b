"""Rates against published numbers, second implementations and worlds with a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from analysis.errors import DesignError
from analysis.methods import rates
from analysis.stats.pooling.rates import (
    exact_limits,
    funnel_limits,
    hierarchical,
    over_dispersion,
    standardised,
)

METHOD = "rates"

DEATHS = np.array([0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24])
OPERATIONS = np.array([47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360])
BUGS = "BUGS examples I, Surgical"


def surgical_posterior(log_prior) -> tuple[np.ndarray, float, float]:
    """Posterior mean mortalities, population mortality and spread, summed over a grid.

    ``log_prior`` is that of the logarithm of the spread; that of the centre is flat.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    centre, spread = np.meshgrid(np.linspace(-3.5, -1.7, 61), np.linspace(-5, 1, 121))
    centre, spread = centre.ravel(), spread.ravel()
    effect = centre[:, None] + np.exp(spread)[:, None] * nodes
    log, kept = log_prior(spread), []
    for deaths, size in zip(DEATHS, OPERATIONS, strict=True):
        likelihood = stats.binom.pmf(deaths, size, special.expit(effect)) * weights
        log = log + np.log(likelihood.sum(axis=1))
        kept.append((likelihood * special.expit(effect)).sum(axis=1) / likelihood.sum(axis=1))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    return np.array(kept) @ weight, weight @ special.expit(centre), weight @ np.exp(spread)


def test_surgical_deaths_of_twelve_hospitals(published):
    """Under BUGS's own prior, summed over a grid: .0005 is the error of its 10,000 draws."""
    rates_found, population, spread = surgical_posterior(
        lambda log: -0.001 * (2 * log + np.exp(-2 * log))
    )
    for hospital, printed in ((0, 0.0530), (1, 0.1028), (3, 0.0593), (7, 0.1232), (11, 0.0686)):
        name = f"mortality of hospital {'ABCDEFGHIJKL'[hospital]}"
        published(name, rates_found[hospital], printed, 0.0005, BUGS)
    published("population mean mortality", population, 0.0730, 0.0005, BUGS)
    assert spread == pytest.approx(0.4035, abs=0.002)


def test_the_hierarchical_rates_are_the_posterior_under_flat_priors():
    """The same sum, flat on the spread, to 1e-4; hospitals A and H differ from BUGS's by .004."""
    exact, _, spread = surgical_posterior(lambda log: log)
    found = hierarchical(DEATHS, OPERATIONS, 0.95, "binomial")
    assert np.allclose(found.rate, exact, atol=1e-4)
    assert found.spread == pytest.approx(spread, abs=2e-3)


def test_exact_limits_equal_the_forms_by_other_distributions():
    """Clopper and Pearson's by F, Garwood's by chi-square; to rounding, none and all included."""
    events, trials = np.array([0, 3, 20]), np.array([20, 20, 20])
    found = exact_limits(events, trials, 0.95, "binomial")
    odds = 3 / 18 * stats.f.ppf(0.025, 6, 36)
    assert np.allclose(found.low, [0, odds / (1 + odds), 0.025 ** (1 / 20)], rtol=1e-9)
    odds = 4 / 17 * stats.f.isf(0.025, 8, 34)
    assert np.allclose(found.high, [1 - 0.025 ** (1 / 20), odds / (1 + odds), 1], rtol=1e-9)
    found = exact_limits(np.array([0, 7]), np.array([2.0, 2.0]), 0.95, "poisson")
    assert np.allclose(found.high, stats.chi2.ppf(0.975, [2, 16]) / 4, rtol=1e-9)
    assert np.allclose(found.low, [0, stats.chi2.ppf(0.025, 14) / 4], rtol=1e-9)


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
