"""Randomisation and bootstrap inference: Fisher's examples, brute force, known error rates."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.errors import DesignError
from analysis.methods import randomisation, two_way
from analysis.stats.resampling.assignments import possible_assignments
from analysis.stats.resampling.bootstrap import wild_two_way, wild_weights
from analysis.stats.resampling.randomisation import differences, sharp_p_value
from worlds import county_world

METHOD = "randomisation"

CROSSED = [188, 96, 168, 176, 153, 172, 177, 163, 146, 173, 186, 168, 177, 184, 96]
SELFED = [139, 163, 160, 160, 147, 149, 149, 122, 132, 144, 130, 144, 102, 124, 144]
"""Heights of Darwin's maize in eighths of an inch, 15 pairs (Fisher 1935, ch. 3)."""


def rng():
    """A fresh generator."""
    return np.random.default_rng(1)


def test_darwins_maize(published):
    """1,726 of 32,768 draws are as extreme; all printed digits. Differences as in R's boot."""
    differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    assert np.subtract(CROSSED, SELFED).tolist() == differences
    strata = np.tile(np.arange(15), 2)
    treated = np.repeat([1, 0], 15)
    outcome = np.array(CROSSED + SELFED, dtype=float)
    drawn = possible_assignments(treated, strata, 99, rng())
    assert drawn.exact
    assert len(drawn.given) == 2**15
    found = sharp_p_value(outcome, drawn, strata, 0.0, studentised=False)
    published("p of Darwin's maize", found, 0.05267, 5e-6, "Fisher 1935")
    assert round(found * 2**15) == 1726


def test_the_lady_tasting_tea(published):
    """All four cups right: 1 draw in 70, 2 in 70 as far to either side."""
    drawn = possible_assignments(np.repeat([1, 0], 4), np.zeros(8, dtype=int), 99, rng())
    found = sharp_p_value(np.repeat([1.0, 0], 4), drawn, np.zeros(8, dtype=int), 0.0, False)
    published("two-sided p of the tea tasting", found, 2 / 70, 1e-12, "Fisher 1935")


def test_sampled_draws_keep_every_stratums_number_and_agree_with_all_draws():
    """Number of treated by stratum in each draw; p within 4 Monte-Carlo errors of the exact."""
    frame = np.random.default_rng(5)
    strata, treated = np.repeat([0, 1], [8, 9]), np.array([1] * 3 + [0] * 5 + [1] * 4 + [0] * 5)
    outcome = frame.normal(size=17) + 0.8 * treated
    everything = possible_assignments(treated, strata, 99, rng())
    exact = sharp_p_value(outcome, everything, strata, 0.0, studentised=True)
    large = np.tile(strata, 1)
    many = [np.concatenate([frame.permutation(treated[:8]), frame.permutation(treated[8:])])
            for _ in range(4000)]  # fmt: skip
    sampled = type(everything)(np.vstack([treated, *many]).astype(float), exact=False)
    found = sharp_p_value(outcome, sampled, large, 0.0, studentised=True)
    assert found == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 4000))
    big = possible_assignments(np.tile(treated, 4), np.repeat(np.arange(8), [8, 9] * 4), 500, rng())
    assert not big.exact
    sums = np.add.reduceat(big.given, np.cumsum([0, *[8, 9] * 4][:-1]), axis=1)
    assert (sums == [3, 4] * 4).all()


@pytest.mark.parametrize("effect", [0.0, 0.4])
def test_sums_over_strata_give_neymans_difference_and_error_of_every_draw(effect):
    """Against means and variances of each arm, stratum by stratum; unequal strata; to 1e-10."""
    own = np.random.default_rng(8)
    strata = np.repeat([0, 1, 2], [6, 11, 20])
    treated = np.array([1] * 2 + [0] * 4 + [1] * 5 + [0] * 6 + [1] * 4 + [0] * 16)
    outcome = own.normal(size=37) * (1 + strata) + 5 * strata + 0.4 * treated
    drawn = possible_assignments(treated, strata, 50, rng())
    found, errors = differences(outcome, drawn, strata).at(effect)
    untreated = outcome - effect * treated
    for given, difference, variance in zip(drawn.given, found, errors, strict=True):
        parts = [(untreated[(strata == s) & (given == arm)], (strata == s).mean(), 2 * arm - 1)
                 for s in range(3) for arm in (0, 1)]  # fmt: skip
        mean = sum(sign * share * values.mean() for values, share, sign in parts)
        neyman = sum(share**2 * values.var(ddof=1) / len(values) for values, share, _ in parts)
        assert difference == pytest.approx(mean, abs=1e-10)
        assert variance == pytest.approx(neyman, rel=1e-10)


def test_strata_without_an_arm_are_refused_with_their_rows():
    """And a draw with too few outcomes, at a level it can never reach."""
    frame = pd.DataFrame(
        {"unit": list("abcdefgh"), "treated": [1, 1, 0, 0, 1, 1, 0, 1], "outcome": np.arange(8.0)}
    )
    with pytest.raises(DesignError, match="in 1 strata hold fewer than 2"):
        randomisation.estimate(
            frame.assign(stratum=[0] * 4 + [1] * 4), randomisation.Options(), rng()
        )
    with pytest.raises(DesignError, match="6 possible draws are too few"):
        randomisation.estimate(frame[:4], randomisation.Options(), rng())


def panel_arrays(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A small panel: outcome and treatment of 9 regions and 5 periods."""
    own = np.random.default_rng(seed)
    starts = np.array([0, 0, 0, 2, 3, 3, 4, 4, 5])
    treatment = ((starts[:, None] > 0) & (np.arange(1, 6) >= starts[:, None])).astype(float)
    return own.normal(size=(9, 5)).cumsum(axis=1) + 0.5 * treatment, treatment


@pytest.mark.parametrize("null", [0.0, 0.4])
def test_the_fast_wild_bootstrap_equals_refitting_with_dummies(null):
    """t statistics of all 512 sign draws against statsmodels with cluster errors; to 1e-8."""
    outcome, treatment = panel_arrays(3)
    signs = np.array(list(product([-1.0, 1.0], repeat=9)))[::37]
    unit, time = np.repeat(np.arange(9), 5), np.tile(np.arange(5), 9)
    effects = sm.add_constant(pd.get_dummies(pd.DataFrame({"u": unit, "t": time}).astype(str),
                                             drop_first=True).to_numpy(float))  # fmt: skip
    design = np.column_stack([treatment.ravel(), effects])
    restricted = sm.OLS(outcome.ravel() - null * treatment.ravel(), effects).fit()
    base = restricted.fittedvalues + null * treatment.ravel()

    def statistic(y: np.ndarray) -> float:
        fitted = sm.OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": unit})
        return (fitted.params[0] - null) / fitted.bse[0]

    ours = wild_two_way(outcome, treatment, signs, null)
    theirs = np.array([statistic(base + restricted.resid * s[unit]) for s in signs])
    factor = ours.statistic / statistic(outcome.ravel())
    assert np.allclose(ours.draws, factor * theirs, rtol=1e-6, atol=1e-8)
    extreme = np.abs(theirs) >= abs(statistic(outcome.ravel())) * (1 - 1e-9)
    assert ours.p_value == pytest.approx(extreme.mean(), abs=1e-12)


def test_wild_factors_have_mean_zero_and_variance_one():
    """Within 4 Monte-Carlo errors of 200,000 factors."""
    drawn = wild_weights(200, 1000, rng())
    assert abs(drawn.mean()) < 4 / np.sqrt(200_000)
    assert drawn.var() == pytest.approx(1, abs=0.01)


def test_the_bootstrap_interval_ends_where_the_p_value_is_the_level():
    """Just inside it is kept, just outside it is not."""
    panel = county_world(2, regions=20)
    options = two_way.Options(errors="wild_bootstrap")
    found = two_way.estimate(panel, options, rng()).headline
    assert found.low < found.value < found.high
    outcome = np.log(panel.matrix("count") / panel.matrix("exposure"))
    starts = panel.adoption.to_numpy()[:, None]
    treatment = ((starts > 0) & (np.arange(1, 15) >= starts)).astype(float)
    weights = wild_weights(20, 999, rng())
    step = 0.02 * (found.high - found.low)
    assert wild_two_way(outcome, treatment, weights, found.high - step).p_value > 0.05
    assert wild_two_way(outcome, treatment, weights, found.high + step).p_value < 0.05


@pytest.mark.validate
def test_the_wild_bootstrap_keeps_its_size_with_few_regions(row):
    """400 worlds of 16 regions without an effect: 5 per cent within 3 Monte-Carlo errors."""
    rejected = 0
    for seed in range(400):
        panel = county_world(3000 + seed, effect=0.0, regions=16)
        outcome = np.log(panel.matrix("count") / panel.matrix("exposure"))
        starts = panel.adoption.to_numpy()[:, None]
        treatment = ((starts > 0) & (np.arange(1, 15) >= starts)).astype(float)
        weights = wild_weights(16, 399, np.random.default_rng(seed))
        rejected += wild_two_way(outcome, treatment, weights).p_value < 0.05
    row(f"| wild bootstrap, 16 regions: size {rejected / 400:.3f} | 400 | 0 |")
    assert rejected / 400 == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 400))
