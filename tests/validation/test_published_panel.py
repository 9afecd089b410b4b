"""Imputation, doubly robust and count estimators against published and second implementations."""

from __future__ import annotations

from dataclasses import replace

import moderndid
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from diff_diff import CallawaySantAnna, ImputationDiD, WooldridgeDiD

from analysis.errors import DesignError, EstimationError
from analysis.methods import counts, did, imputation
from analysis.methods.shared.imputed import adoption_of, clusters_of
from analysis.stats.panels.adoption import Adoption, Expectation
from analysis.stats.panels.doubly_robust import doubly_robust_effects
from analysis.stats.panels.overdispersion import overdispersion
from worlds import county_world, make_panel

METHOD = "did"


def rng():
    """A fresh generator."""
    return np.random.default_rng(1)


def log_frame(panel):
    """The panel's frame with the log rate."""
    return panel.frame.assign(y=np.log(panel.frame["count"] / panel.frame["exposure"]))


COLUMNS = {"unit": "region", "time": "period", "first_treat": "first_treated"}


@pytest.mark.parametrize("seed", [4, 5])
def test_imputation_equals_the_librarys(seed):
    """diff-diff's overall effect and every event time since the start; to 1e-8.

    Its analytical error and our jackknife differ; 35 per cent, for 18 adopting regions are few.
    """
    panel = county_world(seed)
    fitted = ImputationDiD().fit(log_frame(panel), outcome="y", **COLUMNS)
    theirs = fitted.aggregate("event_study")
    ours = imputation.estimate(panel, imputation.Options(), rng())
    assert ours.headline.value == pytest.approx(fitted.overall_att, abs=1e-8)
    assert ours.headline.standard_error == pytest.approx(fitted.overall_se, rel=0.35)
    path = {r["event_time"]: r["value"] for r in ours.series["by_event_time"]}
    for time, effect in zip(theirs.event_time, theirs.att, strict=True):
        if time >= 0:
            assert path[int(time)] == pytest.approx(effect, abs=1e-8), time


@pytest.mark.parametrize(
    ("counted", "mean", "apart"), [(False, 0.0, 1e-9), (True, 60.0, 0.002), (True, 1.5, 0.02)]
)
def test_leaving_out_clusters_equals_fitting_anew_without_them(counted, mean, apart):
    """Every cluster of three regions: exact for levels, one Newton step away for counts."""
    panel = county_world(6, mean=mean or 60.0)
    clusters = np.arange(36) // 3
    values = None if counted else np.log(panel.matrix("count"))
    whole = adoption_of(panel, counts.Options(), clusters, "exposure", values)
    every = Expectation(whole, whole.fit())
    for cluster in range(12):
        kept = clusters != cluster
        names = ("values", "exposure", "starts", "untreated", "active", "weights")
        arrays = {name: getattr(whole, name)[kept] for name in names}
        alone = Adoption(**arrays, clusters=clusters[kept] % 11, counted=counted)
        own = Expectation(alone, alone.fit())
        for chosen in (range(14), [2]):
            there = every.effects([chosen])[1 + cluster, 0]
            here = own.effects([chosen])[0, 0]
            assert there == pytest.approx(here, abs=apart)


def test_imputation_with_one_cohort_is_the_two_way_regression_by_hand():
    """One start: the effect is the difference in differences of means of all periods."""
    starts = np.array([0] * 5 + [4] * 4)
    outcome = np.random.default_rng(3).normal(size=(9, 7))
    after = np.arange(1, 8) >= 4
    change = outcome[:, after].mean(axis=1) - outcome[:, ~after].mean(axis=1)
    expected = change[5:].mean() - change[:5].mean()
    panel = make_panel(np.exp(outcome), starts)
    found = imputation.estimate(panel, imputation.Options(), rng()).headline.value
    assert found == pytest.approx(expected, abs=1e-10)


def test_leads_of_the_imputation_see_a_trend_and_not_a_level():
    """Adopters grow before the start: leads leave zero; a mere level does not move them."""
    starts = np.array([0] * 12 + [9] * 12)
    noise = np.random.default_rng(5).normal(0, 0.02, (24, 12))
    treated = (starts > 0)[:, None]
    for trend, passed in ((0.0, True), (0.1, False)):
        outcome = noise + treated * (0.7 + trend * np.arange(12))
        panel = make_panel(np.exp(6 + outcome), starts)
        found = imputation.estimate(panel, imputation.Options(), rng()).checks[0]
        assert found.passed is passed
        assert found.detail["periods"] == 6


@pytest.fixture(scope="module")
def mpdta():
    """County teen employment 2003–2007 as a panel, with log population."""
    frame = moderndid.load_mpdta().to_pandas().sort_values(["countyreal", "year"])
    outcome = frame["lemp"].to_numpy().reshape(-1, 5)
    first = frame["first.treat"].to_numpy().reshape(-1, 5)[:, 0]
    starts = np.where(first > 0, first - 2002, 0).astype(int)
    panel = make_panel(np.exp(outcome), starts, frequency="year")
    return replace(panel, frame=panel.frame.assign(lpop=frame["lpop"].to_numpy()))


def test_teen_employment_given_population(published, mpdta):
    """Doubly robust, never-treated controls: simple average and the first cohort; as printed."""
    source = "csdid on mpdta given log population (Rios-Avila, Sant'Anna, Callaway 2021)"
    options = did.Options(comparison="never_treated", covariates=("lpop",))
    found = did.estimate(mpdta, options, rng()).headline
    published("simple average given population", found.value, -0.0417518, 5e-8, source)
    published("its error, jackknife for .0115", found.standard_error, 0.0115, 0.0006, source)
    cells = doubly_robust_effects(
        np.log(mpdta.matrix("count")),
        mpdta.adoption.to_numpy(),
        mpdta.matrix("lpop")[None],
        np.arange(500),
        never_only=True,
    )
    first = (cells.cohort == 2) & cells.after
    printed = (-0.0145, -0.0764, -0.1404, -0.1069)
    for year, value, shown in zip(range(2004, 2008), cells.value[0, first], printed, strict=True):
        published(f"ATT(2004, {year}) given population", value, shown, 5e-5, source)


@pytest.mark.parametrize("comparison", ["not_yet_treated", "never_treated"])
@pytest.mark.parametrize("anticipation", [0, 1])
def test_every_doubly_robust_cell_equals_logit_and_least_squares(mpdta, comparison, anticipation):
    """statsmodels' models of the same two covariates, leads included; to 1e-9."""
    outcome, starts = np.log(mpdta.matrix("count")), mpdta.adoption.to_numpy()
    second = np.repeat(np.random.default_rng(8).normal(size=500)[:, None], 5, axis=1)
    covariates = np.stack([mpdta.matrix("lpop"), second])
    never_only = comparison == "never_treated"
    groups = np.arange(500) % 5
    cells = doubly_robust_effects(outcome, starts, covariates, groups, never_only, anticipation)
    for g, t, value in zip(cells.cohort, cells.period, cells.value[0], strict=True):
        base = g - 1 - anticipation
        later = starts > max(t, base) + anticipation
        others = (starts == 0) | (later & (starts != g) & (not never_only))
        kept = others | (starts == g)
        own = (starts[kept] == g).astype(float)
        x = sm.add_constant(covariates[:, kept, base - 1].T)
        change = outcome[kept, t - 1] - outcome[kept, base - 1]
        chance = sm.Logit(own, x).fit(disp=0, tol=1e-12).predict()
        rest = change - x @ sm.OLS(change[own == 0], x[own == 0]).fit().params
        odds = (1 - own) * chance / (1 - chance)
        expected = rest[own == 1].mean() - (odds * rest).sum() / odds.sum()
        assert value == pytest.approx(expected, abs=1e-9), (g, t)


def test_doubly_robust_cells_are_near_the_librarys(mpdta):
    """diff-diff with two covariates; 5e-5, for its logit was seen to stop 2.4e-5 short of ours."""
    second = np.repeat(np.random.default_rng(8).normal(size=500), 5)
    panel = replace(mpdta, frame=log_frame(mpdta).assign(second=second))
    model = CallawaySantAnna(base_period="universal", cband=False, pscore_trim=1e-6)
    fitted = model.fit(panel.frame, outcome="y", covariates=["lpop", "second"], **COLUMNS)
    cells = doubly_robust_effects(
        np.log(panel.matrix("count")),
        panel.adoption.to_numpy(),
        np.stack([panel.matrix("lpop"), panel.matrix("second")]),
        np.arange(500) % 5,
        never_only=True,
    )
    ours = dict(zip(zip(cells.cohort, cells.period, strict=True), cells.value[0], strict=True))
    for key, cell in fitted.group_time_effects.items():
        assert ours[key] == pytest.approx(cell["effect"], abs=5e-5), key


def test_doubly_robust_replicates_equal_fitting_anew(mpdta):
    """Five groups of counties; to 1e-8."""
    outcome, starts = np.log(mpdta.matrix("count")), mpdta.adoption.to_numpy()
    lpop, groups = mpdta.matrix("lpop")[None], np.arange(500) % 5
    every = doubly_robust_effects(outcome, starts, lpop, groups)
    for group in range(5):
        kept = groups != group
        alone = doubly_robust_effects(
            outcome[kept], starts[kept], lpop[:, kept], np.arange(kept.sum()) % 5
        )
        assert np.allclose(every.value[1 + group], alone.value[0], atol=1e-8, equal_nan=True)


def test_covariates_that_decide_adoption_are_refused():
    """Separation is an estimation error, a constant one too; a missing column a design error."""
    panel = county_world(7)
    starts = panel.frame["first_treated"]
    panel = replace(panel, frame=panel.frame.assign(eager=(starts > 0) * 1.0, same=3.0))
    for name, words in (("eager", "all but decide"), ("same", "the same in all")):
        with pytest.raises(EstimationError, match=words):
            did.estimate(panel, did.Options(covariates=(name,)), rng())
    with pytest.raises(DesignError, match="column absent: is missing"):
        did.estimate(panel, did.Options(covariates=("absent",)), rng())


def test_covariates_take_out_a_difference_in_trends_that_follows_them():
    """Trends follow a covariate that adopters have more of: 12 worlds, biased without, not with."""
    errors = {(): [], ("size",): []}
    for seed in range(12):
        own = np.random.default_rng(seed)
        size = own.normal(size=120)
        adopts = own.random(120) < 1 / (1 + np.exp(-size))
        starts = np.where(adopts, own.choice([4, 6], 120), 0)
        trend = 0.1 * size[:, None] * np.arange(8)
        outcome = own.normal(0, 0.1, (120, 8)) + trend
        panel = make_panel(np.exp(outcome), starts)
        panel = replace(panel, frame=panel.frame.assign(size=np.repeat(size, 8)))
        for covariates, found in errors.items():
            options = did.Options(covariates=covariates)
            found.append(did.estimate(panel, options, rng()).headline.value)
    for covariates, biased in (((), True), (("size",), False)):
        values = np.array(errors[covariates])
        error = values.std() / np.sqrt(len(values))
        assert bool(abs(values.mean()) > 4 * error) is biased, covariates


def count_fit(panel):
    """Treated cells and expected counts of every cell."""
    adoption = adoption_of(panel, counts.Options(), clusters_of(panel, rng()), "exposure")
    every = Expectation(adoption, adoption.fit())
    rate = np.zeros(len(panel.regions))
    rate[adoption.ever] = every.usual[0]
    return adoption.active, panel.matrix("exposure") * rate[:, None] * every.factor[0]


def test_every_cell_of_the_count_model_equals_the_librarys_poisson_regression():
    """diff-diff's extended two-way Poisson, effects by cohort and period in counts; to 1e-6."""
    panel = county_world(5, regions=14, periods=9)
    panel = replace(panel, frame=panel.frame.assign(exposure=1.0))
    fitted = WooldridgeDiD(method="poisson").fit(panel.frame, outcome="count", **COLUMNS)
    treated, mean = count_fit(panel)
    gap, starts = panel.matrix("count") - mean, panel.adoption.to_numpy()
    assert gap[treated].mean() == pytest.approx(fitted.overall_att, abs=1e-6)
    for (g, t), cell in fitted.group_time_effects.items():
        assert gap[starts == g, int(t) - 1].mean() == pytest.approx(cell["att"], abs=1e-6)


def test_the_count_models_event_times_equal_a_saturated_regression():
    """statsmodels with an effect per cohort and period, and exposure; ratios to 1e-6."""
    panel = county_world(6, regions=12, periods=9)
    starts, exposure = panel.adoption.to_numpy(), panel.matrix("exposure")
    first, time = np.repeat(starts, 9), np.tile(np.arange(1, 10), 12)
    cells = sorted({(g, t) for g, t in zip(first, time, strict=True) if 0 < g <= t})
    unit = np.repeat(np.arange(12), 9)
    plain = [pd.get_dummies(v).to_numpy(float)[:, k:] for v, k in ((unit, 0), (time, 1))]
    effects = [((first == g) & (time == t)).astype(float) for g, t in cells]
    design, y = np.column_stack([*plain, *effects]), panel.matrix("count").ravel()
    offset = np.log(exposure).ravel()
    fit = sm.GLM(y, design, family=sm.families.Poisson(), offset=offset).fit(tol=1e-12)
    expected = np.exp(design[:, : -len(cells)] @ fit.params[: -len(cells)] + offset)
    options = counts.Options(weights="exposure", leads=0)
    ours = counts.estimate(panel, options, rng()).series["by_event_time"]
    for record in ours:
        chosen = (first > 0) & (time - first == record["event_time"])
        ratio = np.log(y[chosen].sum() / expected[chosen].sum())
        assert record["value"] == pytest.approx(ratio, abs=1e-6)


def test_an_empty_treated_cell_is_shown_as_such_and_not_as_a_number():
    """A regression with an effect per cell runs away there; ours says that it has no ratio."""
    panel = county_world(7)
    starts = panel.frame["first_treated"]
    since = panel.frame["period"] - starts
    empty = (starts > 0) & (since == 9)
    panel = replace(panel, frame=panel.frame.assign(count=panel.frame["count"].where(~empty, 0.0)))
    found = counts.estimate(panel, counts.Options(), rng())
    assert np.isfinite(found.headline.value)
    last = next(r for r in found.series["by_event_time"] if r["event_time"] == 9)
    assert last["value"] is None
    zeros = next(c for c in found.checks if c.name == "zeros")
    assert zeros.detail["empty_treated_cells"] == 1


def test_counts_that_are_all_empty_since_adoption_are_refused():
    """No ratio can be given; nor where one adopter alone has any."""
    panel = county_world(8)
    starts, time = panel.frame["first_treated"], panel.frame["period"]
    after = (starts > 0) & (time >= starts)
    lone = panel.frame["region"] == starts.index[0]
    for spared in (np.zeros(len(after), dtype=bool), lone):
        spoiled = panel.frame["count"].where(~after | spared, 0.0)
        bare = replace(panel, frame=panel.frame.assign(count=spoiled))
        with pytest.raises(DesignError, match="all zero since adoption"):
            counts.estimate(bare, counts.Options(), rng())


def test_a_period_of_which_one_region_speaks_is_left_out_on_both_sides():
    """Nothing is expected there, so that what was counted there does not count either."""
    panel = county_world(8)
    late = panel.frame["period"] == 12
    lone = late & (panel.frame["region"] != panel.regions[0])
    found = [
        counts.estimate(
            replace(
                panel, frame=panel.frame.assign(count=panel.frame["count"].where(~hole, value))
            ),
            counts.Options(),
            rng(),
        ).headline.value
        for hole, value in ((lone, 0.0), (lone, np.nan))
    ]
    assert found[0] == pytest.approx(found[1], abs=0.02)


def test_the_test_of_overdispersion_equals_a_regression_and_keeps_its_size():
    """statsmodels without a constant, and 5 per cent of 600 Poisson worlds; 4 errors."""
    own = np.random.default_rng(3)
    mean = own.uniform(2, 30, 300)
    y = own.poisson(mean).astype(float)
    found = overdispersion(y, mean, 0)
    plain = sm.OLS(((y - mean) ** 2 - y) / mean, mean).fit()
    assert found.alpha == pytest.approx(plain.params[0], rel=1e-9)
    assert found.statistic == pytest.approx(plain.tvalues[0], rel=1e-9)
    rejected = 0
    for _ in range(600):
        rejected += overdispersion(own.poisson(mean).astype(float), mean, 0).p_value < 0.05
    assert rejected / 600 == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 600))
    gamma = own.gamma(5, 0.2, 300)
    assert overdispersion(own.poisson(mean * gamma).astype(float), mean, 0).p_value < 1e-3


def dosed(effect: float, noise: float, level: bool = False):
    """Twelve adopters whose doses run from .5 to 3, beside twelve others."""
    own = np.random.default_rng(8)
    starts = np.repeat([0, 7, 9], [12, 6, 6])
    dose = np.where(starts > 0, np.linspace(0.5, 3, 24), 0.0)
    after = (starts[:, None] > 0) & (np.arange(1, 15) >= starts[:, None])
    course = own.normal(0, 0.3, (24, 1)) + own.normal(0, 0.2, (1, 14))
    values = course + effect * dose[:, None] * after + own.normal(0, noise, (24, 14))
    panel = make_panel(np.exp(5 + values), starts)
    given = {code: float(d) for code, d in zip(panel.regions, dose, strict=True) if d}
    return replace(panel, dose=given), dose, after, values


@pytest.mark.parametrize("method", [counts, imputation])
def test_the_effect_of_a_dose_is_found_where_there_is_hardly_noise(method):
    """By counts and by levels, to the noise; the average over adopters stands beside it."""
    panel = dosed(-0.1, 1e-4)[0]
    found = method.estimate(panel, method.Options(), rng())
    by_name = {estimate.name: estimate for estimate in found.estimates}
    assert by_name["per_dose"].value == pytest.approx(-0.1, abs=1e-4)
    assert by_name["overall"].value < -0.05
    plain = method.estimate(replace(panel, dose={}), method.Options(), rng())
    assert [estimate.name for estimate in plain.estimates] == ["overall"]


def test_the_effect_of_a_dose_is_least_squares_on_what_was_not_expected():
    """statsmodels on imputed gaps, and the jackknife's interval holds the truth; to 1e-9."""
    panel, dose, after, values = dosed(-0.1, 0.1)
    found = imputation.estimate(panel, imputation.Options(), rng())
    mine = next(e for e in found.estimates if e.name == "per_dose")
    unit, time = np.repeat(np.arange(24), 14), np.tile(np.arange(14), 24)
    design = np.column_stack(
        [pd.get_dummies(v).to_numpy(float)[:, k:] for v, k in ((unit, 0), (time, 1))]
    )
    free = ~after.ravel()
    fit = sm.OLS(values.ravel()[free], design[free]).fit()
    gaps = values.ravel() - design @ fit.params
    slope = sm.OLS(gaps[after.ravel()], np.repeat(dose, 14)[after.ravel()]).fit()
    assert mine.value == pytest.approx(slope.params[0], abs=1e-9)
    assert mine.low < -0.1 < mine.high
