"""Random-effects pooling against the BCG trials and second implementations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from analysis.errors import DesignError
from analysis.methods import meta
from analysis.stats.pooling.pooling import (
    between_variance,
    heterogeneity,
    integrated_interval,
    pool,
    prediction_interval,
)
from kinds import effects_world

METHOD = "meta"

BCG = np.array(
    [
        [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619],
        [33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892],
        [29, 7470, 45, 7232], [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ]
)  # fmt: skip
"""Tuberculosis yes and no, vaccinated and not, in 13 trials (Colditz et al. 1994, table 1)."""
SOURCE = "BCG trials, Viechtbauer 2010"


def trials() -> tuple[np.ndarray, np.ndarray]:
    """Log relative risks and their errors."""
    a, b, c, d = BCG.T.astype(float)
    return np.log(a / (a + b) / (c / (c + d))), np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_the_bcg_trials(published):
    """Mean, its error and τ² of the metafor article; all printed digits."""
    values, errors = trials()
    plain = pool(values, errors, 0.95, "reml", hartung_knapp=False)
    published("BCG log relative risk, REML", plain.value, -0.7145, 5e-5, SOURCE)
    published("BCG standard error", plain.standard_error, 0.1798, 5e-5, SOURCE)
    published("BCG low", plain.low, -1.0669, 5e-5, SOURCE)
    published("BCG high", plain.high, -0.3622, 5e-5, SOURCE)
    published("BCG τ², REML", plain.between, 0.3132, 5e-5, SOURCE)
    found = between_variance(values, errors, "dersimonian_laird")
    published("BCG τ², DerSimonian–Laird", found, 0.3088, 5e-5, SOURCE)
    published("BCG Q", heterogeneity(values, errors).statistic, 152.2330, 5e-5, SOURCE)


def test_refined_errors_and_limits_of_the_bcg_trials(published):
    """Hartung–Knapp by both estimators of τ², as metafor 3.8-1 gives them; to 1e-6 (its search)."""
    values, errors = trials()
    for between, value, error, low, high, tolerance in (
        ("reml", -0.71453235, 0.18079175, -1.1084437, -0.32062097, 1e-6),
        ("dersimonian_laird", -0.71411722, 0.18069663, -1.1078214, -0.32041309, 1e-7),
    ):
        found = pool(values, errors, 0.95, between)
        numbers = (found.value, found.standard_error, found.low, found.high)
        names = ("mean", "error", "low", "high")
        for name, obtained, printed in zip(names, numbers, (value, error, low, high), strict=True):
            what = f"BCG {name}, Hartung–Knapp, {between}"
            published(what, obtained, printed, tolerance, "metafor 3.8-1")


def test_the_integrated_interval_is_hartung_knapps_where_nothing_is_in_doubt():
    """Equal errors: the same for every τ², to 1e-6; wider where unequal."""
    values, errors = np.random.default_rng(1).normal(0, 1, 12), np.full(12, 0.3)
    found, plain = integrated_interval(values, errors, 0.95), pool(values, errors, 0.95)
    assert np.allclose(found, (plain.low, plain.high), atol=1e-6)
    values, errors = trials()
    low, high = integrated_interval(values[4:9], errors[4:9], 0.95)
    plain = pool(values[4:9], errors[4:9], 0.95)
    assert high - low > plain.high - plain.low


@pytest.mark.validate
def test_the_mean_lies_in_its_interval_as_often_as_promised(row):
    """2,000 worlds of 12 studies of unequal precision: 93.5 to 96.5 per cent (3 errors)."""
    inside = 0
    for seed in range(2000):
        own = effects_world(20_000 + seed, 0.0)
        values, errors = (own[name].to_numpy() for name in ("estimate", "standard_error"))
        low, high = integrated_interval(values, errors, 0.95)
        inside += low <= 0 <= high
    row(f"| meta, integrated interval, 12 studies | 2000 | 0 | | {inside / 2000:.4f} |")
    assert inside / 2000 == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 2000))


def test_hartung_knapp_equals_statsmodels():
    """Same τ², refined error and t interval, to rounding."""
    values, errors = trials()
    ours = pool(values, errors, 0.95, "dersimonian_laird")
    theirs = combine_effects(values, errors**2, method_re="chi2", use_t=True)
    assert ours.value == pytest.approx(theirs.mean_effect_re, rel=1e-10)
    assert ours.standard_error == pytest.approx(theirs.sd_eff_w_re_hksj, rel=1e-10)


def test_paule_and_mandels_spread_leaves_what_chance_would():
    """With their τ² the weighted sum of squares is one less than the trials, to 1e-4."""
    values, errors = trials()
    weight = 1 / (errors**2 + between_variance(values, errors, "paule_mandel"))
    left = values - np.average(values, weights=weight)
    assert (weight * left**2).sum() == pytest.approx(12, abs=1e-4)


def test_equal_studies_have_no_spread_between_them():
    """τ² is exactly 0 and all estimators say so; without spread the mean is the fixed one."""
    values, errors = np.array([0.20, 0.21, 0.19, 0.2]), np.array([0.1, 0.2, 0.1, 0.3])
    assert between_variance(values, errors, "reml") == 0
    assert between_variance(values, errors, "dersimonian_laird") == 0
    assert between_variance(values, errors, "paule_mandel") == 0
    fixed = np.average(values, weights=errors**-2)
    assert pool(values, errors, 0.95).value == pytest.approx(fixed, rel=1e-12)


def frame() -> pd.DataFrame:
    """The trials as the method takes them."""
    values, errors = trials()
    names = [f"trial {i:02d}" for i in range(13)]
    return pd.DataFrame({"study": names, "estimate": values, "standard_error": errors})


def test_a_new_study_lies_wider_than_the_mean_and_leaving_one_out_names_it():
    """The prediction interval holds the mean's; thirteen means without one trial each."""
    found = meta.estimate(frame(), meta.Options(), np.random.default_rng(1))
    mean, new = found.estimates
    assert new.low < mean.low < mean.high < new.high
    rows = found.series["leave_one_out"]
    values, errors = trials()
    assert len(rows) == 13
    low, high = integrated_interval(*trials(), 0.95)
    assert (mean.low, mean.high) == (low, high)
    assert rows[3]["value"] == pytest.approx(
        pool(np.delete(values, 3), np.delete(errors, 3), 0.95).value
    )
    assert sum(r["weight"] for r in found.series["forest"]) == pytest.approx(1)


def test_a_new_study_falls_inside_the_prediction_interval_as_often_as_promised():
    """1,000 worlds of 12 studies; 95 per cent within 4 Monte-Carlo errors."""
    rng, inside = np.random.default_rng(8), 0
    for _ in range(1000):
        errors = rng.uniform(0.05, 0.3, 12)
        values = rng.normal(0, np.hypot(0.2, errors))
        low, high = prediction_interval(values, errors, 0.95, steps=41)
        inside += low <= rng.normal(0, 0.2) <= high
    assert inside / 1000 == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 1000))


@pytest.mark.parametrize(("studies", "degrees"), [(20, 4), (30, 15)])
def test_like_studies_seldom_seem_to_differ_where_errors_rest_on_few_degrees(studies, degrees):
    """600 worlds: below 8 per cent (three errors above 5); with errors as known ones, above 9."""
    rng, chances = np.random.default_rng(4), []
    for _ in range(600):
        true = np.exp(rng.normal(-2, 0.3, studies))
        errors = true * np.sqrt(rng.chisquare(degrees, studies) / degrees)
        values = rng.normal(0.3, true)
        each = (None, np.full(studies, float(degrees)))
        chances.append([heterogeneity(values, errors, known).p_value for known in each])
    as_known, found = (np.array(chances) < 0.05).mean(axis=0)
    assert found < 0.08
    assert as_known > 0.09


def test_many_degrees_leave_cochrans_statistic_and_few_still_show_studies_that_differ():
    """To 1e-4 of 152.2330 with a million; the BCG trials differ with ten as well."""
    values, errors = trials()
    plain = heterogeneity(values, errors)
    many, few = (heterogeneity(values, errors, np.full(13, free)) for free in (1e6, 10.0))
    assert many.statistic == pytest.approx(plain.statistic, rel=1e-4)
    assert 12 < few.statistic < many.statistic
    assert few.p_value < 0.01


@pytest.mark.parametrize(("studies", "between", "others"), [(5, 0.15, 0.25), (8, 0.1, 0.3)])
def test_one_precise_study_claims_no_mean_of_all(studies, between, others):
    """300 worlds: the mean is missed in at most 9 per cent (three errors); in 11 to 13 without."""
    rng, missed = np.random.default_rng(3), 0
    errors = np.array([0.02] + [others] * (studies - 1))
    for _ in range(300):
        low, high = integrated_interval(rng.normal(0, np.hypot(between, errors)), errors, 0.95, 41)
        missed += not low <= 0 <= high
    assert missed / 300 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_two_studies_and_an_error_of_zero_are_refused():
    """With what would do."""
    with pytest.raises(DesignError, match="studies: are 2; at least 3"):
        meta.estimate(frame()[:2], meta.Options(), np.random.default_rng(1))
    spoiled = frame().assign(standard_error=lambda f: f["standard_error"].where(f.index != 4, 0.0))
    with pytest.raises(DesignError, match="column standard_error, row 5: must hold a number above"):
        meta.estimate(spoiled, meta.Options(), np.random.default_rng(1))
