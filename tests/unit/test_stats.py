"""The numerics against second implementations and known cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis.stats.panels.cohorts import groups_of_sides
from analysis.stats.panels.course import Cells, fit_course
from analysis.stats.panels.regression import first_difference_slope, two_way_slope
from analysis.stats.resampling.jackknife import (
    jackknife_covariance,
    jackknife_degrees,
    jackknife_groups,
    minimum_detectable,
    simultaneous_critical,
    smaller_side,
    t_critical,
    treated_groups,
)

RNG = np.random.default_rng(7)


def dummies(values: np.ndarray) -> np.ndarray:
    """Indicator columns without the first."""
    return pd.get_dummies(values, drop_first=True).to_numpy(float)


def test_two_way_slope_equals_least_squares_with_dummies():
    """Slope and both errors against statsmodels, to rounding."""
    outcome, treatment = RNG.normal(size=(12, 6)), RNG.integers(0, 2, (12, 6)).astype(float)
    unit, time = np.repeat(np.arange(12), 6), np.tile(np.arange(6), 12)
    design = sm.add_constant(np.column_stack([treatment.ravel(), dummies(unit), dummies(time)]))
    plain = sm.OLS(outcome.ravel(), design).fit()
    clustered = plain.get_robustcov_results("cluster", groups=unit)
    ours = two_way_slope(outcome, treatment)
    assert ours.value == pytest.approx(plain.params[1], rel=1e-10)
    assert ours.conventional == pytest.approx(plain.bse[1], rel=1e-10)
    assert ours.clustered == pytest.approx(clustered.bse[1], rel=1e-10)


def test_first_difference_slope_equals_least_squares_on_differences():
    """Against statsmodels, to rounding."""
    outcome, treatment = RNG.normal(size=(9, 5)), RNG.integers(0, 2, (9, 5)).astype(float)
    y, d = np.diff(outcome).ravel(), np.diff(treatment).ravel()
    design = sm.add_constant(np.column_stack([d, dummies(np.tile(np.arange(4), 9))]))
    plain = sm.OLS(y, design).fit()
    ours = first_difference_slope(outcome, treatment)
    assert ours.value == pytest.approx(plain.params[1], rel=1e-10)
    assert ours.conventional == pytest.approx(plain.bse[1], rel=1e-10)


def poisson_course(counts, exposure, used, weights=None, clusters=None):
    """The course of plain counts without further columns."""
    size = len(counts)
    cells = Cells(
        counts,
        exposure,
        used,
        np.zeros((0, *counts.shape)),
        np.ones(size) if weights is None else weights,
        np.arange(size) if clusters is None else clusters,
    )
    return fit_course(cells)


def test_the_course_of_counts_equals_the_generalised_linear_model():
    """Period effects and a further column against statsmodels on an incomplete table, to 1e-6."""
    counts = RNG.poisson(20, (8, 6)).astype(float)
    exposure, column = RNG.uniform(1, 3, (8, 6)), RNG.normal(size=(8, 6))
    use = RNG.random((8, 6)) > 0.2
    cells = Cells(counts, exposure, use, column[None], np.ones(8), np.arange(8))
    unit, time = np.repeat(np.arange(8), 6), np.tile(np.arange(6), 8)
    design = np.column_stack([np.ones(48), dummies(unit), dummies(time), column.ravel()])
    keep = use.ravel()
    model = sm.GLM(
        counts.ravel()[keep],
        design[keep],
        family=sm.families.Poisson(),
        offset=np.log(exposure).ravel()[keep],
    ).fit(tol=1e-12)
    course = fit_course(cells)
    assert course.converged
    assert course.periods[0] == pytest.approx(np.r_[0.0, model.params[8:13]], abs=1e-6)
    assert course.slopes[0] == pytest.approx(model.params[-1:], abs=1e-6)


def test_a_period_that_nobody_speaks_of_has_no_effect():
    """Not a number; the others are as without it. A period of zeros alone is minus infinity."""
    use = np.ones((4, 3), dtype=bool)
    use[:, 2] = False
    counts = RNG.poisson(30, (4, 3)).astype(float)
    found = poisson_course(counts, np.ones((4, 3)), use).periods[0]
    shorter = poisson_course(counts[:, :2], np.ones((4, 2)), use[:, :2]).periods[0]
    assert np.isnan(found[2])
    assert found[:2] == pytest.approx(shorter)
    counts[:, 1] = 0
    assert poisson_course(counts, np.ones((4, 3)), use | True).periods[0][1] == -np.inf


def test_weights_of_zero_leave_a_region_out():
    """A call with weights equals a call without the region."""
    counts, exposure = RNG.poisson(30, (7, 5)).astype(float), np.ones((7, 5))
    use, weights = np.ones((7, 5), dtype=bool), np.ones(7)
    weights[3] = 0
    kept = np.arange(7) != 3
    together = poisson_course(counts, exposure, use, weights)
    alone = poisson_course(counts[kept], exposure[kept], use[kept])
    assert together.periods[0] == pytest.approx(alone.periods[0], rel=1e-9)


def without_each_mean(own: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Difference of two means without each value in turn, first of one side."""
    left = [(x.sum() - x) / (len(x) - 1) for x in (own, others)]
    return np.concatenate([left[0] - others.mean(), own.mean() - left[1]])[:, None]


def test_degrees_of_freedom_are_those_of_welch():
    """Two sides of seven against scipy, to rounding; of 3 and 40 by hand; one side only; a hole."""
    own, others = RNG.normal(0, 3, 7), RNG.normal(0, 1, 7)
    value, sides = own.mean() - others.mean(), np.arange(14) < 7
    found = jackknife_degrees(np.array([value]), without_each_mean(own, others), sides)
    assert found == pytest.approx(stats.ttest_ind(own, others, equal_var=False).df, rel=1e-10)
    own, others = RNG.normal(0, 3, 3), RNG.normal(0, 1, 40)
    value, sides = own.mean() - others.mean(), np.arange(43) < 3
    found = jackknife_degrees(np.array([value]), without_each_mean(own, others), sides)
    parts = own.var(ddof=1) / 2, others.var(ddof=1) / 39
    assert found == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 / 2 + parts[1] ** 2 / 39))
    alone = jackknife_degrees(np.zeros(1), np.ones((4, 1)), np.ones(4, dtype=bool))
    assert alone == pytest.approx(3)
    hole = np.array([[1.0], [np.nan], [2.0], [3.0], [4.0]])
    assert jackknife_degrees(np.zeros(1), hole, np.arange(5) < 2) == pytest.approx(1)


def test_groups_on_both_sides_of_each_event_time():
    """Two cohorts and two groups that never adopt: by hand, of one to a group, of two, and mixed.

    Adopters of period 3 are compared with three groups until the second cohort starts in period 5.
    """
    starts, times = np.array([3, 5, 0, 0]), np.array([-1, 0, 1, 2, 3])
    adopting, others = groups_of_sides(starts, np.arange(4), times, 6)
    assert adopting.tolist() == [2, 2, 2, 1, 1]
    assert others.tolist() == [2.5, 2.5, 2.5, 2, 2]
    adopting, others = groups_of_sides(starts, np.arange(4), times, 6, never_only=True)
    assert others.tolist() == [2, 2, 2, 2, 2]
    adopting, others = groups_of_sides(np.array([3, 3, 0, 0]), np.array([0, 0, 1, 1]), times, 6)
    assert (adopting.tolist(), others.tolist()) == ([1] * 5, [1] * 5)
    adopting, others = groups_of_sides(np.array([3, 3, 0, 0]), np.array([0, 1, 0, 1]), times, 6)
    assert (adopting.tolist(), others.tolist()) == ([2] * 5, [2] * 5)
    assert smaller_side(np.array([1, 5, 9]), np.array([8, 3.5, 4])).tolist() == [1, 2, 3]


def test_a_group_left_out_is_treated_if_it_holds_a_treated_unit():
    """Five units in three groups."""
    found = treated_groups(np.array([0, 1, 2, 0, 1]), np.array([0, 0, 0, 1, 0]) > 0)
    assert found.tolist() == [True, False, False]


def test_the_jackknife_of_a_mean_is_its_usual_variance():
    """Where the answer is known in closed form."""
    sample = RNG.normal(size=15)
    replicates = np.array([np.delete(sample, i).mean() for i in range(15)])[:, None]
    covariance = jackknife_covariance(replicates, np.array([sample.mean()]))
    assert covariance[0, 0] == pytest.approx(sample.var(ddof=1) / 15, rel=1e-12)


def test_the_band_of_one_statistic_is_the_pointwise_interval():
    """Within simulation error of 1 per cent."""
    critical = simultaneous_critical(np.eye(1), 0.95, np.array([12]), np.random.default_rng(1))
    assert critical[0] == pytest.approx(t_critical(0.95, 12), rel=0.01)


def test_the_band_of_independent_statistics_is_the_sidak_value():
    """Five normal statistics; within simulation error of 2 per cent."""
    degrees = np.full(5, 100_000)
    critical = simultaneous_critical(np.eye(5), 0.95, degrees, np.random.default_rng(1))
    sidak = stats.norm.isf((1 - 0.95 ** (1 / 5)) / 2)
    assert np.allclose(critical, sidak, rtol=0.02)


def plain_critical(covariance, level, degrees, rng, draws=9999):
    """The same by the distributions themselves, for every draw."""
    eigenvalues, vectors = np.linalg.eigh(covariance)
    normals = rng.standard_normal((draws, len(degrees))) @ (vectors * np.sqrt(eigenvalues)).T
    chance = rng.random((draws, 1))
    divisor = np.sqrt(stats.chi2.ppf(chance, degrees) / degrees)
    smallest = (2 * stats.t.sf(np.abs(normals) / divisor, degrees)).min(axis=1)
    return stats.t.isf(min(np.quantile(smallest, 1 - level), 1 - level) / 2, degrees)


@pytest.mark.parametrize("seed", range(12))
def test_draws_that_cannot_matter_are_passed_over_without_a_trace(seed):
    """Down to 1e-12 the critical values of all draws, for any level and few degrees of freedom."""
    draw = np.random.default_rng(seed)
    size = int(draw.integers(1, 9))
    root = draw.normal(size=(size, size + 2))
    covariance = root @ root.T
    covariance /= np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    degrees = draw.integers(1, [3, 12, 200][seed % 3], size) + draw.random(size) * (seed % 2)
    level = [0.5, 0.8, 0.95, 0.999][seed % 4]
    given = covariance, level, degrees
    found = simultaneous_critical(*given, np.random.default_rng(seed))
    assert found == pytest.approx(plain_critical(*given, np.random.default_rng(seed)), rel=1e-12)


def test_perfectly_correlated_statistics_need_no_wider_band():
    """Within simulation error of 2 per cent."""
    critical = simultaneous_critical(
        np.ones((4, 4)), 0.95, np.full(4, 50), np.random.default_rng(1)
    )
    assert np.allclose(critical, t_critical(0.95, 50), rtol=0.02)


def test_groups_are_single_regions_or_equal_parts():
    """Up to the limit alone, beyond it dealt evenly."""
    rng = np.random.default_rng(1)
    assert jackknife_groups(5, 10, rng).tolist() == [0, 1, 2, 3, 4]
    assert set(np.bincount(jackknife_groups(1000, 200, rng))) == {5}


def test_the_detectable_effect_is_found_as_often_as_promised():
    """80 per cent of simulated studies, within 4 Monte-Carlo errors."""
    size = minimum_detectable(1.0, 0.95, 0.8, 20)
    rng = np.random.default_rng(3)
    found = np.abs(stats.nct.rvs(20, size, size=20_000, random_state=rng)) > t_critical(0.95, 20)
    assert found.mean() == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / 20_000) + 0.005)
