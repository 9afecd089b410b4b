"""Event studies under non-parallel trends: Medicaid, a second implementation, known worlds."""

from __future__ import annotations

from itertools import pairwise

import moderndid
import numpy as np
import pytest
from scipy import optimize, stats

from analysis.errors import DesignError
from analysis.methods import event_study
from analysis.stats.panels.honest import (
    Leads,
    _folded,
    _moments,
    breakdown,
    relative_interval,
    smooth_interval,
)
from analysis.stats.panels.pretrend import detectable_slope
from worlds import county_world, make_panel

METHOD = "event_study"

SOURCE = "HonestDiD on Medicaid, Rambachan and Roth"
GRID_STEP = 0.0005
"""The published limits lie on a grid of 1,000 points over 40 standard errors (.0092)."""


@pytest.fixture(scope="module")
def medicaid():
    """Insurance by state 2008 to 2015, expansion in 2014 against later or never: leads, effects.

    Two-way effects with one cohort are differences of mean changes from 2013; the covariance is
    clustered by state with the small-sample factor of the published software.
    """
    frame = moderndid.load_ehec().to_pandas()
    kept = (frame["year"] < 2016) & (frame["yexp2"] != 2015)
    frame = frame[kept].sort_values(["stfips", "year"])
    outcome = frame["dins"].to_numpy(float).reshape(-1, 8)
    treated = frame["yexp2"].to_numpy().reshape(-1, 8)[:, 0] == 2014
    change = np.delete(outcome - outcome[:, [5]], 5, axis=1)
    means = [change[treated].mean(axis=0), change[~treated].mean(axis=0)]
    scores = np.where(
        treated[:, None],
        (change - means[0]) / treated.sum(),
        -(change - means[1]) / (~treated).sum(),
    )
    states = len(treated)
    factor = states / (states - 1) * (8 * states - 1) / (8 * states - 15)
    return means[0] - means[1], factor * scores.T @ scores


def first_effect(study) -> Leads:
    """The effect of 2014."""
    return Leads(*study, 5, np.array([1.0, 0.0]))


@pytest.mark.parametrize(
    ("bound", "low", "high"),
    [(0.5, 0.0240, 0.0672), (1, 0.0170, 0.0720), (1.5, 0.0082, 0.0797), (2, -0.0009, 0.0881)],
)
def test_medicaid_under_relative_magnitudes(published, medicaid, bound, low, high):
    """The conditional least-favourable hybrid, as published."""
    found = relative_interval(first_effect(medicaid), bound, 0.95, np.random.default_rng(1))
    published(f"Medicaid, M̄ = {bound}, low", found[0], low, GRID_STEP, SOURCE)
    published(f"Medicaid, M̄ = {bound}, high", found[1], high, GRID_STEP, SOURCE)


@pytest.mark.parametrize(
    ("bound", "low", "high"),
    [(0, 0.0259, 0.0607), (0.01, 0.0132, 0.0787), (0.02, 0.0029, 0.0907), (0.03, -0.0071, 0.1010)],
)
def test_medicaid_under_smoothness(published, medicaid, bound, low, high):
    """The fixed-length interval; .0004, for the published search is over a coarse grid too."""
    found = smooth_interval(first_effect(medicaid), bound, 0.95)
    published(f"Medicaid, M = {bound}, low", found[0], low, 4e-4, SOURCE)
    published(f"Medicaid, M = {bound}, high", found[1], high, 4e-4, SOURCE)


@pytest.mark.parametrize(("largest", "sign"), [(0, 1), (2, -1), (4, 1)])
def test_the_closed_form_of_the_moments_equals_the_linear_programme(medicaid, largest, sign):
    """The smallest η with all inequalities at most η errors, effects free; to 1e-7.

    Inequalities of the moves since the base period; average of both effects held at θ.
    """
    study, bound, theta = Leads(*medicaid, 5, np.array([0.5, 0.5])), 0.7, 0.02
    rows, at = _moments(study, bound, largest, sign)
    ours = float((rows @ study.value - at * theta).max())
    path = np.insert(np.eye(7), 5, 0.0, axis=0)
    moves = np.diff(path, axis=0)
    top = bound * sign * moves[largest]
    inequalities = np.vstack([moves[5:] - top, -moves[5:] - top])
    errors = np.sqrt(np.diag(inequalities @ study.covariance @ inequalities.T))
    effects = inequalities[:, 5:]
    found = optimize.linprog(
        [1.0, 0.0, 0.0],
        A_ub=np.column_stack([-errors, -effects]),
        b_ub=-inequalities @ study.value,
        A_eq=[[0.0, 0.5, 0.5]],
        b_eq=[theta],
        bounds=[(None, None)] * 3,
    )
    assert ours == pytest.approx(found.fun, abs=1e-7)


def world(trend: np.ndarray, effect: float, rng: np.random.Generator) -> Leads:
    """Three leads and two effects drawn around a trend, errors of .1 correlated by a half."""
    covariance = 0.01 * (0.5 * np.eye(5) + 0.5)
    mean = trend + np.array([0, 0, 0, effect, effect])
    return Leads(rng.multivariate_normal(mean, covariance), covariance, 3, np.array([0.5, 0.5]))


def test_the_relative_interval_covers_where_the_trend_moves_as_far_as_allowed():
    """400 draws at the edge of M̄ = 1: at least 95 per cent less 4 Monte-Carlo errors, not all."""
    rng, inside = np.random.default_rng(2), 0
    trend = np.array([1.0, 1.0, 1.0, -1.0, -2.0])
    for _ in range(400):
        low, high = relative_interval(world(trend, 0.5, rng), 1.0, 0.95, rng)
        inside += low <= 0.5 <= high
    assert inside / 400 >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 400)
    assert inside < 400


def test_the_smooth_interval_covers_where_the_slope_changes_as_much_as_allowed():
    """400 draws at M = .1: at least 95 per cent less 4 Monte-Carlo errors, and not always."""
    rng, inside = np.random.default_rng(3), 0
    trend = 0.05 * np.array([9, 4, 1, 1, 4])
    for _ in range(400):
        low, high = smooth_interval(world(trend, 0.5, rng), 0.1, 0.95)
        inside += low <= 0.5 <= high
    assert inside / 400 >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 400)


def test_without_room_for_a_trend_the_relative_interval_is_the_usual_one():
    """M̄ = 0 and flat, precise leads: the normal interval, to 3 per cent of its length.

    The hybrid spends a tenth of its error on a first stage, hence not to rounding.
    """
    covariance = np.diag([1e-6, 1e-6, 0.01])
    study = Leads(np.array([0.01, 0.005, 0.4]), covariance, 2, np.array([1.0]))
    found = relative_interval(study, 0.0, 0.95, np.random.default_rng(4))
    assert found == pytest.approx((0.4 - 0.196, 0.4 + 0.196), abs=0.012)


def test_the_breakdown_is_the_first_bound_that_reaches_nothing():
    """And none where the interval never does."""
    bounds = np.array([0, 0.5, 1])
    assert breakdown(np.array([True, False, False]), bounds) == 0.5
    assert breakdown(np.array([True, True, True]), bounds) is None


def test_the_detectable_slope_of_one_lead_is_known():
    """Normal power of a two-sided test of one lead at −2; 2 per cent for simulation."""
    found = detectable_slope(np.eye(1), np.array([-2.0]), 0.95, 0.8, np.random.default_rng(5))
    assert found == pytest.approx((1.96 + stats.norm.ppf(0.8)) / 2, rel=0.02)


def test_an_event_study_of_a_province_holds_its_leads_its_effects_and_both_relaxations():
    """Base at 0 without a band, intervals that widen, breakdowns that fit them."""
    found = event_study.estimate(
        county_world(3, effect=-0.9), event_study.Options(), np.random.default_rng(1)
    )
    base = next(r for r in found.series["by_event_time"] if r["event_time"] == -1)
    assert base["value"] == 0
    assert base["low"] is None
    for name in ("honest_relative", "honest_smooth"):
        rows = found.series[name]
        wide = [row["high"] - row["low"] for row in rows]
        assert all(later >= earlier - 1e-3 for earlier, later in pairwise(wide))
        check = next(c for c in found.checks if c.name == name.replace("honest", "breakdown"))
        first = [row["bound"] for row in rows if row["low"] <= 0 <= row["high"]]
        assert check.value == (first[0] if first else None)


def test_a_panel_without_leads_is_refused():
    """All start in the third period: one base period, one lead, too few to support it."""
    rng = np.random.default_rng(6)
    starts = np.array([0] * 8 + [3] * 4)
    panel = make_panel(rng.poisson(100, (12, 6)), starts)
    with pytest.raises(DesignError, match="leads before the base period: are supported"):
        event_study.estimate(panel, event_study.Options(), rng)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("bias", [0.0, 1e-12, 1e-6, 0.01, 0.7, 3.0, 40.0, 1e4])
def test_the_critical_value_of_a_biased_estimate_is_that_of_the_noncentral_distribution(
    bias, level
):
    """Against the root of a noncentral chi-squared quantile, within its own 1e-9."""
    known = np.sqrt(stats.ncx2.ppf(level, 1, bias**2)) if bias else stats.norm.ppf(0.5 + level / 2)
    assert _folded(bias, level) == pytest.approx(known, rel=1e-9)


def test_a_bias_that_is_no_number_ends_the_search():
    """It must not go round for ever."""
    assert np.isnan(_folded(float("nan"), 0.95))
