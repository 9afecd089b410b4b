"""Staggered orders as draws, balance and runs: brute force, known error rates, refusals."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from math import comb

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DesignError
from analysis.methods import did, randomisation, rollout
from analysis.stats.panels.cohorts import cohort_effects
from analysis.stats.resampling.assignments import possible_assignments
from analysis.stats.resampling.randomisation import balance_p_value, runs_p_value
from analysis.stats.resampling.rollout import cohort_weights
from kinds import draw_world
from worlds import county_world, make_panel

METHOD = "rollout"


def rng():
    """A fresh generator."""
    return np.random.default_rng(1)


def small(seed: int, effect: float = 0.0):
    """Seven regions in three cohorts, two strata, six periods."""
    own = np.random.default_rng(seed)
    starts = np.array([0, 0, 0, 3, 3, 5, 5])
    after = (starts[:, None] > 0) & (np.arange(1, 7) >= starts[:, None])
    log_rate = own.normal(0, 0.3, (7, 6)).cumsum(axis=1) + effect * after
    return make_panel(np.exp(5 + log_rate), starts)


@pytest.mark.parametrize("comparison", ["not_yet_treated", "never_treated"])
@pytest.mark.parametrize("anticipation", [0, 1])
def test_the_estimate_is_that_of_the_staggered_comparison(comparison, anticipation):
    """A sum over regions by cohort gives the same averages as cells do; to rounding."""
    panel = county_world(4)
    shared = {"comparison": comparison, "anticipation": anticipation}
    ours = rollout.estimate(panel, rollout.Options(**shared), rng()).estimates
    theirs = {e.name: e.value for e in did.estimate(panel, did.Options(**shared), rng()).estimates}
    assert [e.name for e in ours] == ["overall", "before"][: 1 + anticipation]
    for found in ours:
        assert found.value == pytest.approx(theirs[found.name], rel=1e-9)


def test_the_p_value_equals_brute_force_over_every_order():
    """All 210 orders of 7 regions, the estimate computed anew in each; exactly."""
    panel = small(2)
    outcome, starts = np.log(panel.matrix("count")), panel.adoption.to_numpy()
    options = rollout.Options(studentised=False, level=0.9)
    found = rollout.estimate(panel, options, rng())
    values = []
    for order in sorted(set(permutations(starts))):
        cells = cohort_effects(outcome, np.array(order))
        values.append(cells.mean(cells.after)[0])
    assert found.options["possible"] == len(values) == 210
    assert found.options["exact"]
    share = np.mean(np.abs(values) >= abs(found.headline.value) * (1 - 1e-9))
    assert found.checks[0].value == pytest.approx(share, abs=1e-12)


def test_the_interval_ends_where_brute_force_stops_keeping_an_effect():
    """A hair inside is kept, a hair outside is rejected, by refitting on shifted outcomes."""
    panel = small(3, effect=0.4)
    outcome, starts = np.log(panel.matrix("count")), panel.adoption.to_numpy()
    after = (starts[:, None] > 0) & (np.arange(1, 7) >= starts[:, None])
    options = rollout.Options(studentised=False, level=0.8)
    found = rollout.estimate(panel, options, rng()).headline

    def p_value(effect: float) -> float:
        values = []
        for order in [starts, *sorted(set(permutations(starts)) - {tuple(starts)})]:
            cells = cohort_effects(outcome - effect * after, np.array(order))
            values.append(cells.mean(cells.after)[0])
        return float(np.mean(np.abs(values) >= abs(values[0]) * (1 - 1e-9)))

    hair = 0.01 * (found.high - found.low)
    assert p_value(found.high - hair) > 0.2 >= p_value(found.high + hair)
    assert p_value(found.low + hair) > 0.2 >= p_value(found.low - hair)


def test_orders_keep_every_stratums_cohorts():
    """All of them in a small case, sampled ones in a large one."""
    cohort, strata = np.array([0, 0, 1, 2, 0, 1]), np.array([0, 1, 0, 0, 1, 1])
    small_case = possible_assignments(cohort, strata, 99, rng())
    assert small_case.exact
    assert len(small_case.given) == 6 * 3
    assert len({tuple(row) for row in small_case.given}) == 18
    many, where = np.tile(cohort, 6), np.tile(strata, 6)
    sampled = possible_assignments(many, where, 200, rng())
    assert not sampled.exact
    assert len(sampled.given) == 201
    for orders, labels in ((small_case, strata), (sampled, where)):
        for stratum in (0, 1):
            rows = np.sort(orders.given[:, labels == stratum], axis=1)
            assert (rows == rows[0]).all()


def test_a_cohort_of_one_switches_to_the_plain_statistic_and_says_so():
    """Its variance cannot be known: as if studentising had not been asked for."""
    panel = county_world(5)
    codes = panel.adoption[panel.adoption == 5].index[1:]
    panel = panel.keep([code for code in panel.regions if code not in set(codes)])
    found = rollout.estimate(panel, rollout.Options(), rng())
    plain = rollout.estimate(panel, rollout.Options(studentised=False), rng())
    assert found.headline == plain.headline
    assert found.headline.standard_error is None
    assert found.options["studentised"] is False
    check = next(c for c in found.checks if c.name == "lone_cohorts")
    assert (check.passed, check.value) == (False, 1)


def test_an_absent_column_of_strata_is_refused():
    """A design error with its name."""
    with pytest.raises(DesignError, match="column absent: is missing"):
        rollout.estimate(county_world(5), rollout.Options(strata="absent"), rng())


def test_too_few_orders_for_the_level_are_refused():
    """Two cohorts of two: six orders."""
    panel = small(2).keep(["990000", "990001", "990003", "990004"])
    with pytest.raises(DesignError, match="6 possible orders are too few"):
        rollout.estimate(panel, rollout.Options(studentised=False), rng())


def test_strata_narrow_the_interval_where_levels_of_change_differ_between_them():
    """Regions of one stratum grow, the others do not; orders within strata know it."""
    own = np.random.default_rng(9)
    stratum = np.repeat([0, 1], 16)
    starts = np.tile([0, 0, 4, 6], 8)
    growth = 0.3 * stratum[:, None] * np.arange(8)
    panel = make_panel(np.exp(5 + growth + own.normal(0, 0.05, (32, 8))), starts)
    panel = replace(panel, frame=panel.frame.assign(city=np.repeat(stratum, 8)))
    options = {"studentised": False, "draws": 499}
    wide = rollout.estimate(panel, rollout.Options(**options), rng()).headline
    narrow = rollout.estimate(panel, rollout.Options(strata="city", **options), rng()).headline
    assert narrow.value == wide.value
    assert narrow.high - narrow.low < 0.5 * (wide.high - wide.low)


def test_the_balance_of_one_covariate_is_the_unstudentised_permutation_test():
    """d² of one column orders draws as its absolute difference does; brute force over all."""
    own = np.random.default_rng(3)
    treated, strata = np.array([1, 0, 1, 0, 0, 1, 0, 0]), np.zeros(8, dtype=int)
    covariate = own.normal(size=8)
    drawn = possible_assignments(treated, strata, 99, rng())
    gaps = [covariate[d > 0].mean() - covariate[d == 0].mean() for d in drawn.given]
    share = np.mean(np.abs(gaps) >= abs(gaps[0]) * (1 - 1e-9))
    assert balance_p_value(covariate[:, None], drawn, strata) == pytest.approx(share, abs=1e-12)


def test_runs_follow_the_distribution_of_wald_and_wolfowitz():
    """Seven of fifteen on a list, all 6,435 draws: the p-value from their formula; exactly."""
    own, first, second = np.random.default_rng(4), 7, 8
    chance = np.zeros(16)
    for k in range(1, 8):
        ways = comb(first - 1, k - 1) * comb(second - 1, k - 1)
        chance[2 * k] = 2 * ways
        chance[2 * k + 1] = comb(first - 1, k - 1) * comb(second - 1, k)
        chance[2 * k + 1] += comb(first - 1, k) * comb(second - 1, k - 1)
    chance /= comb(15, 7)
    assert chance.sum() == pytest.approx(1)
    mean = float(chance @ np.arange(16))
    for _ in range(5):
        treated = np.repeat([1, 0], [7, 8])[own.permutation(15)]
        drawn = possible_assignments(treated, np.zeros(15, dtype=int), 99, rng())
        runs = 1 + np.abs(np.diff(treated)).sum()
        far = np.abs(np.arange(16) - mean) >= abs(runs - mean) * (1 - 1e-9)
        expected = float(chance[far].sum())
        assert runs_p_value(drawn, np.arange(15)) == pytest.approx(expected, abs=1e-9)


def test_runs_by_hand():
    """Three of six, drawn as a block: 2 of 20 lists have two runs, 2 have six, mean 4."""
    drawn = possible_assignments(np.array([1, 1, 1, 0, 0, 0]), np.zeros(6, dtype=int), 99, rng())
    assert runs_p_value(drawn, np.arange(6)) == pytest.approx(4 / 20)


def test_a_draw_that_follows_a_covariate_or_cuts_the_list_is_said():
    """Checks pass for an honest draw and fail for a list cut in the middle."""
    honest = draw_world(3, -0.3).assign(size=np.random.default_rng(7).normal(size=60))
    honest["place"] = np.random.default_rng(2).permutation(60)
    options = randomisation.Options(covariates=("size",), draws=999)
    found = {c.name: c for c in randomisation.estimate(honest, options, rng()).checks}
    assert found["balance"].passed
    assert found["runs"].passed
    cut = honest.assign(
        place=-honest["treated"] * 100 + np.arange(60), size=honest["treated"] * 1.0
    )
    cut["size"] += np.random.default_rng(3).normal(0, 0.1, 60)
    found = {c.name: c for c in randomisation.estimate(cut, options, rng()).checks}
    assert found["balance"].passed is False
    assert found["runs"].passed is False
    options = randomisation.Options(covariates=("colour",))
    with pytest.raises(DesignError, match="column colour: is missing"):
        randomisation.estimate(pd.DataFrame(honest), options, rng())


def drawn_rollout(seed: int, effect: float, persistence: float):
    """Thirty regions whose counts come back to their mean, in three cohorts drawn by lot."""
    own = np.random.default_rng(seed)
    starts = own.permutation(np.repeat([0, 5, 7], 10))
    noise = own.normal(0, 0.2, (30, 9))
    for period in range(1, 9):
        noise[:, period] += persistence * noise[:, period - 1]
    after = (starts[:, None] > 0) & (np.arange(1, 10) >= starts[:, None])
    return make_panel(np.exp(6 + noise + effect * after), starts)


def test_the_efficient_estimate_is_the_difference_less_a_regression_on_the_base_periods():
    """β by hand from the Neyman covariances of what regions add; to rounding."""
    panel = drawn_rollout(3, -0.2, 0.3)
    outcome = np.log(panel.matrix("count"))
    labels, cohort = np.unique(panel.adoption.to_numpy(), return_inverse=True)
    size = np.bincount(cohort).astype(float)
    chosen = (labels[:, None] > 0) & (np.arange(1, 10) >= labels[:, None])
    weights, bases = cohort_weights(labels, size, 9, chosen, False, 0)
    own = np.arange(30), cohort
    y, x = (outcome @ weights.T)[own], (outcome @ bases.T)[own]
    inner = [np.cov(y[cohort == c], x[cohort == c]) * size[c] for c in range(3)]
    spread = np.sum(inner, axis=0)
    expected = y.sum() - spread[0, 1] / spread[1, 1] * x.sum()
    found = rollout.estimate(panel, rollout.Options(adjustment="efficient"), rng())
    assert found.headline.value == pytest.approx(expected, abs=1e-12)
    error = np.sqrt(spread[0, 0] - spread[0, 1] ** 2 / spread[1, 1])
    assert found.headline.standard_error == pytest.approx(error, rel=1e-9)


def test_the_efficient_estimate_varies_less_and_keeps_its_size():
    """Over 120 draws: unbiased, a smaller spread than the difference, and 5 per cent of errors;
    four Monte-Carlo errors."""
    found = {"efficient": [], "difference": []}
    rejected = 0
    for seed in range(120):
        panel = drawn_rollout(seed, 0.0, 0.2)
        for adjustment, values in found.items():
            options = rollout.Options(adjustment=adjustment, draws=199)
            result = rollout.estimate(panel, options, rng())
            values.append(result.headline.value)
            if adjustment == "efficient":
                rejected += result.checks[0].value <= 0.05
    spread = {name: np.std(values) for name, values in found.items()}
    assert abs(np.mean(found["efficient"])) < 4 * spread["efficient"] / np.sqrt(120)
    assert spread["efficient"] < 0.9 * spread["difference"]
    assert rejected / 120 < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 120)


def test_orders_are_drawn_of_clusters_that_start_together():
    """Pairs of regions: as many orders as pairs have, and the same estimate as of single ones."""
    own = np.random.default_rng(4)
    starts = np.repeat([0, 0, 0, 0, 5, 5, 7], 2)
    panel = make_panel(np.exp(6 + own.normal(0, 0.2, (14, 9))), starts)
    pairs = {code: f"pair {place // 2}" for place, code in enumerate(panel.regions)}
    options = rollout.Options(studentised=False, level=0.9)
    alone = rollout.estimate(panel, options, rng())
    found = rollout.estimate(replace(panel, together=pairs), options, rng())
    assert found.headline.value == pytest.approx(alone.headline.value)
    assert found.options["possible"] == 105  # 7! / (4! 2! 1!)


def test_rates_take_zeros():
    """Where logs refuse, the rate itself has a p-value; the estimate is the comparison of rates."""
    own = np.random.default_rng(5)
    starts = own.permutation(np.repeat([0, 5], [10, 8]))
    values = own.poisson(1.0, (18, 9)).astype(float)
    panel = make_panel(values, starts)
    with pytest.raises(DesignError, match="a zero has no logarithm"):
        rollout.estimate(panel, rollout.Options(), rng())
    found = rollout.estimate(panel, rollout.Options(scale="rate"), rng())
    change = values[:, 4:].mean(axis=1) - values[:, 3]
    expected = change[starts > 0].mean() - change[starts == 0].mean()
    assert found.headline.value == pytest.approx(expected)
    assert found.unit == "unit of the rate"
