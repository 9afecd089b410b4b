"""Synthetic controls: weights against other searches, placebos by hand, refusals."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
import statsmodels.formula.api as smf
from scipy.optimize import minimize

from analysis.errors import DesignError
from analysis.methods import synthetic_control
from analysis.stats.synthetic_controls.cohort_gaps import (
    CohortGap,
    average_without,
    fit_cohorts,
    fit_ratio,
    gap_cells,
    gap_noise,
)
from analysis.stats.synthetic_controls.conformal import block_p_value, conformal_interval
from analysis.stats.synthetic_controls.likeness import as_close, expected_noise
from analysis.stats.synthetic_controls.placebo import (
    bootstrap_statistics,
    cluster_starts,
    placebo_starts,
    placebo_statistics,
    possible_placebos,
    simultaneous_band,
)
from analysis.stats.synthetic_controls.predictors import predictor_weights, validated_weights
from analysis.stats.synthetic_controls.simplex import _active_set, _dual, simplex_weights
from analysis.stats.synthetic_controls.synthetic import Synthetic, fit_synthetic
from worlds import county_world, make_panel


def rng(seed: int = 1):
    """A fresh generator."""
    return np.random.default_rng(seed)


def run(panel, **options):
    """The result with these options."""
    return synthetic_control.estimate(panel, synthetic_control.Options(**options), rng())


def paths(units: int, periods: int, seed: int) -> np.ndarray:
    """Two common courses that units follow to their own degree, and noise."""
    made = rng(seed)
    common = made.normal(size=(2, periods)).cumsum(axis=1)
    return made.normal(size=(units, 2)) @ common + made.normal(0, 0.3, (units, periods))


def small_panel(treated: int = 1, untreated: int = 24, start: int = 9, seed: int = 3):
    """Fourteen periods with a drop of .5 from the start on."""
    outcome = 0.1 * paths(treated + untreated, 14, seed)
    starts = np.where(np.arange(treated + untreated) < treated, start, 0)
    outcome[:treated, start - 1 :] -= 0.5
    return make_panel(np.round(1e4 * np.exp(outcome)), starts)


@pytest.mark.parametrize("ridge", [0.0, 0.5])
def test_weights_are_the_best_a_general_search_finds(ridge):
    """Twelve donors, scipy's constrained search from 5 starts: no lower loss, to 1e-8."""
    made = paths(13, 8, 4)
    target, donors = made[0], made[1:]

    def loss(weights: np.ndarray) -> float:
        return float(((target - weights @ donors) ** 2).sum() + ridge * (weights**2).sum())

    found = simplex_weights(target, donors, ridge)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1, abs=1e-12)
    sum_to_one = {"type": "eq", "fun": lambda w: w.sum() - 1}
    for seed in range(5):
        start = rng(seed).dirichlet(np.ones(12))
        other = minimize(
            loss, start, method="SLSQP", bounds=[(0, 1)] * 12, constraints=sum_to_one,
            options={"ftol": 1e-14, "maxiter": 1000},
        )  # fmt: skip
        assert loss(found) <= other.fun + 1e-8


def test_both_searches_for_ridge_weights_agree():
    """Active set and dual on 150 donors; to 1e-9."""
    made = paths(151, 20, 5)
    first, second = (search(made[0], made[1:], 5.0) for search in (_active_set, _dual))
    assert np.allclose(first, second, atol=1e-9)


def test_rounding_does_not_keep_the_search_from_its_end():
    """The eighth placebo of a made panel of 3,000, where halving steps by rounding never ended."""
    made = rng()
    level = made.normal(0, 0.1, (3000, 60)) + made.normal(0, 0.3, (3000, 1))
    outcome = np.log(np.exp(5 + level))[10:]
    row = placebo_starts(np.where(np.arange(3000) < 10, 40, 0), 50, rng())[7]
    own = outcome[row > 0].mean(axis=0)
    found = fit_synthetic(own, outcome[row == 0], 39, "difference", 10)
    assert found.unit.sum() == pytest.approx(1, abs=1e-12)


def test_a_path_made_of_donors_is_found_again():
    """.6 and .4 of two donors, up to a constant; classic weights to 1e-8, no gap after."""
    donors = paths(10, 12, 6)
    treated = 0.6 * donors[2] + 0.4 * donors[7]
    classic = fit_synthetic(treated, donors, 9, "classic")
    assert classic.unit[[2, 7]] == pytest.approx([0.6, 0.4], abs=1e-8)
    assert np.abs(classic.gap(treated, donors)).max() < 1e-7
    lifted = fit_synthetic(treated + 3, donors, 9, "classic").gap(treated + 3, donors)
    assert np.abs(lifted[9:]).min() > 0.1
    shifted = fit_synthetic(treated + 3, donors, 9, "difference").gap(treated + 3, donors)
    unshifted = fit_synthetic(treated, donors, 9, "difference").gap(treated, donors)
    assert shifted == pytest.approx(unshifted, abs=1e-8)


def test_every_placebo_is_counted_once():
    """Two cohorts of 2 and 1 among 5 untreated: 30 ways, the same as by brute force."""
    starts = np.array([4, 4, 7, 0, 0, 0, 0, 0])
    found = {tuple(row) for row in placebo_starts(starts, 1000, rng())}
    assert found == set(permutations((4, 4, 7, 0, 0)))
    assert possible_placebos(starts) == len(found) == 30
    drawn = placebo_starts(starts, 12, rng())
    assert drawn.shape == (12, 5)
    assert {tuple(sorted(row)) for row in drawn} == {(0, 0, 4, 4, 7)}
    assert possible_placebos(np.array([3, 3, 0])) == 0


def test_resamples_hold_both_sides():
    """Never fewer than asked for; where hardly any does, a clear stop."""
    starts = np.array([5, 5, 0, 0, 0, 0])
    seen = bootstrap_statistics(
        starts, lambda _, s: np.array([(s > 0).sum()]), 40, 2, rng(), np.arange(len(starts))
    )
    assert seen.shape == (40, 1)
    assert seen.min() >= 2
    assert seen.max() <= 4
    with pytest.raises(ValueError, match="hardly any resample"):
        bootstrap_statistics(np.array([5, 0, 0]), lambda _, s: s, 40, 2, rng(), np.arange(3))


def test_leaving_out_a_region_keeps_the_others_weights():
    """Each of 14 regions in two cohorts, against the sum written out."""
    outcome = paths(14, 10, 8)
    starts = np.array([6, 6, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])

    def fitter(own, donors, before):
        return fit_synthetic(outcome[own].mean(0), outcome[donors], before, "difference", len(own))

    cohorts = fit_cohorts(starts, 0, fitter)
    found = average_without(outcome, cohorts)
    for out in range(14):
        total = weight = 0.0
        for cohort in cohorts:
            own = cohort.rows[cohort.rows != out]
            unit = np.where(cohort.donors == out, 0.0, cohort.weights.unit)
            if not own.size:
                continue
            distance = outcome[own].mean(axis=0) - unit / unit.sum() @ outcome[cohort.donors]
            gap = distance - cohort.weights.time @ distance[: cohort.start - 1]
            total += len(own) * gap[cohort.start - 1 :].sum()
            weight += len(own) * (10 - cohort.start + 1)
        assert found[out] == pytest.approx(total / weight, rel=1e-9)


def test_the_ratio_of_gaps_by_hand():
    """Gaps of 1 before and 3 since, one cohort; about their mean the gaps before are nothing."""
    outcome = np.vstack([[1, 1, 1, 1, 3, 3], np.zeros((4, 6))])
    starts = np.array([5, 0, 0, 0, 0])

    def fitter(own, donors, before):
        return fit_synthetic(outcome[own].mean(0), outcome[donors], before, "classic", len(own))

    cells = gap_cells(outcome, fit_cohorts(starts, 0, fitter))
    assert fit_ratio(cells, 0, centred=False) == pytest.approx((1.0, 3.0))
    assert fit_ratio(cells, 0, centred=True) == (0.0, float("inf"))


def test_a_simultaneous_band_holds_whole_paths():
    """Of 2,000 independent paths of 6 times, 90 in 100 lie inside; within 1 in 100."""
    replicates = rng(9).normal(size=(2000, 6)) * np.arange(1, 7)
    margins = simultaneous_band(replicates, np.ones(6, dtype=bool), 0.9, 0.0)
    inside = (np.abs(replicates - replicates.mean(axis=0)) <= margins).all(axis=1).mean()
    assert inside == pytest.approx(0.9, abs=0.01)
    hidden = simultaneous_band(replicates, np.arange(6) < 2, 0.9, 0.0)
    assert np.isnan(hidden[2:]).all()


def test_one_treated_region_has_an_effect_with_every_placebo():
    """A drop of .5 among 24 others: found, all placebos, the rarest ratio; what figures need."""
    found = run(small_panel())
    assert found.options["replicates"] == 24
    assert found.headline.low < -0.5 < found.headline.high < 0
    rank = next(check for check in found.checks if check.name == "placebo_rank")
    assert rank.value == pytest.approx(1 / 25)
    assert [record["event_time"] for record in found.series["by_event_time"]] == list(range(-8, 6))
    assert all(r["low"] < r["value"] < r["high"] for r in found.series["by_event_time"])
    assert len(found.series["leave_one_out"]) == 24  # without the treated one nothing is left
    path = [row for row in found.series["path"] if row["period"] == "2004Q2"]
    gap = np.log(path[0]["observed"] / path[0]["without"])
    assert gap == pytest.approx(found.series["by_event_time"][-1]["value"], rel=1e-9)
    assert sum(row["weight"] for row in found.series["weights"]) == pytest.approx(1, abs=0.02)


def test_the_periods_before_a_start_can_be_looked_at():
    """A drop announced one period early: seen with anticipation, and not fitted away."""
    early = small_panel(start=8)
    frame = early.frame.assign(first_treated=np.where(early.frame["first_treated"] > 0, 9, 0))
    found = run(replace(early, frame=frame), anticipation=1)
    assert [estimate.name for estimate in found.estimates] == ["overall", "before"]
    before = found.estimates[1]
    assert before.low < -0.5 < before.high < 0


def test_inference_follows_the_design():
    """Placebos with regions to spare, resampling with many treated, and said in the options."""
    assert run(county_world(1)).options["inference"] == "bootstrap"
    few = small_panel(treated=3)
    assert run(few).options["inference"] == "placebo"
    assert run(few).options["degrees"] == 23
    with pytest.raises(DesignError, match=r"24 beside 3 treated.*resampling needs 8 regions"):
        run(few, inference="bootstrap")


def test_the_last_to_start_stand_in_where_none_never_start():
    """With all 36 starting, the panel ends before the last cohort does; or it is refused."""
    panel = county_world(2)
    starts = panel.frame["first_treated"]
    panel = replace(panel, frame=panel.frame.assign(first_treated=starts.where(starts > 0, 12)))
    found = run(panel)
    assert found.sample.last_period == panel.label(11)
    assert found.sample.treated == 18
    with pytest.raises(DesignError, match="untreated regions: are 0"):
        run(panel, comparison="never_treated")


def test_designs_that_cannot_be_carried_are_refused():
    """No start, no period before, too few donors, too few placebos, zeros, odd predictors."""
    with pytest.raises(DesignError, match="treated regions: are none"):
        run(small_panel(treated=0))
    with pytest.raises(
        DesignError, match=r"are none with 3 periods before the start \(1 have fewer"
    ):
        run(small_panel(start=3))
    with pytest.raises(DesignError, match="untreated regions: are 4; at least 5"):
        run(small_panel(untreated=4))
    few = synthetic_control.Options()
    with pytest.raises(
        DesignError, match=r"placebos at level 0\.95 need 19 ways.*there are 12 ways.*rank alone"
    ):
        synthetic_control.check(small_panel(untreated=12), few)
    assert run(small_panel(untreated=12), level=0.9).options["replicates"] == 12
    panel = small_panel()
    zero = panel.frame.assign(count=panel.frame["count"].where(panel.frame.index != 5, 0))
    with pytest.raises(DesignError, match="1 of 350 cells"):
        run(replace(panel, frame=zero))
    with pytest.raises(DesignError, match="only by form: classic"):
        run(panel, lags=("2001Q1", "2001Q2"))
    with pytest.raises(DesignError, match="are one; weights that match one number"):
        run(panel, form="classic", lags=("2001Q1",))
    with pytest.raises(DesignError) as refused:
        run(panel, form="classic", predictors=("income", "age"))
    assert [problem.where for problem in refused.value.problems] == ["column income", "column age"]
    with pytest.raises(DesignError, match=r"lags, 2004Q1: is not a period .* 2001Q1 to 2002Q4"):
        run(panel, form="classic", lags=("2001Q1", "2004Q1"))


def test_regions_with_too_few_periods_before_are_counted():
    """One of two treated starts in the third period: left out, and said."""
    panel = small_panel(treated=2)
    early = panel.frame["region"] == panel.regions[1]
    frame = panel.frame.assign(first_treated=panel.frame["first_treated"].mask(early, 3))
    found = run(replace(panel, frame=frame))
    assert found.sample.dropped["too_few_periods_before"] == 1
    assert found.sample.treated == 1


def test_predictors_and_lags_can_be_matched_on():
    """A region that is half of two others in six numbers, with six donors: their weights."""
    panel = small_panel(treated=1, untreated=6)
    rate = panel.matrix("count").copy()
    rate[0, :8] = (rate[1, :8] + rate[2, :8]) / 2
    kept = rng(4).normal(size=7)
    kept[0] = (kept[1] + kept[2]) / 2
    frame = panel.frame.assign(count=rate.ravel(), income=np.repeat(kept, 14))
    lags = ("2001Q1", "2001Q2", "2001Q4", "2002Q2", "2002Q4")
    found = run(
        replace(panel, frame=frame), form="classic", scale="rate", predictors=("income",),
        lags=lags, searches=2, level=0.8,
    )  # fmt: skip
    weights = {row["region"]: row["weight"] for row in found.series["weights"]}
    assert weights == pytest.approx({panel.regions[1]: 0.5, panel.regions[2]: 0.5}, abs=1e-6)


def test_a_rank_is_given_with_five_donors_and_never_below_one_in_n():
    """Six regions and 14 periods: the estimate, no interval, first of six; with four, refused."""
    found = run(small_panel(untreated=5))
    assert (found.options["inference"], found.headline.low) == ("rank", None)
    rank = next(check for check in found.checks if check.name == "placebo_rank")
    assert (rank.detail["rank"], rank.detail["among"]) == (1, 6)
    assert rank.value == pytest.approx(1 / 6)
    first, *others = found.series["placebos"]
    assert first["region"] == "990000"
    assert {row["region"] for row in others} == {f"99000{k}" for k in range(1, 6)}
    assert first["ratio"] > max(row["ratio"] for row in others)
    own = [r["value"] for r in found.series["placebo_paths"] if r["region"] == "990000"]
    assert own == [record["value"] for record in found.series["by_event_time"]]


def test_every_placebo_is_named_as_the_region_it_is():
    """The third untreated region drops as well: its own average alone is low."""
    panel = small_panel(untreated=9)
    count = panel.matrix("count").copy()
    count[3, 8:] *= np.exp(-0.5)
    found = run(replace(panel, frame=panel.frame.assign(count=np.round(count).ravel())))
    lowest = sorted(found.series["placebos"], key=lambda row: row["overall"])[:2]
    assert {row["region"] for row in lowest} == {"990000", "990003"}


def test_plain_difference_in_differences_is_that_of_least_squares_with_dummies():
    """Equal weights, against statsmodels with a dummy for each region and period; to 1e-9."""
    panel = small_panel(untreated=7)
    found = run(panel, form="equal").headline
    frame = panel.frame.assign(
        y=np.log(panel.frame["count"]),
        d=(panel.frame["first_treated"] > 0) & (panel.frame["period"] >= 9),
    )
    plain = smf.ols("y ~ d + C(region) + C(period)", frame).fit()
    assert found.value == pytest.approx(plain.params["d[T.True]"], abs=1e-9)


def searched(treated, donors, centred: bool):
    """Weights by a general search, for gaps over all periods; levels apart where centred."""
    if centred:
        treated, donors = treated - treated.mean(), donors - donors.mean(axis=1, keepdims=True)
    found = minimize(
        lambda w: ((treated - w @ donors) ** 2).sum(), np.full(len(donors), 1 / len(donors)),
        method="SLSQP", bounds=[(0, 1)] * len(donors), options={"ftol": 1e-15, "maxiter": 2000},
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
    )  # fmt: skip
    return treated - found.x @ donors


@pytest.mark.parametrize("form", ["classic", "difference"])
def test_the_interval_over_time_is_that_of_a_search_written_out(form):
    """Six donors, 24 periods: every change of a fine grid tried with other weights and loops."""
    made = 0.1 * paths(7, 24, 11)
    treated, donors = made[0] - 0.3 * (np.arange(24) >= 18), made[1:]
    low, high = conformal_interval(treated, donors, 18, form=form, level=0.9, estimate=-0.3)
    kept = []
    grid = np.linspace(low - 0.1, high + 0.1, 81)
    for change in grid:
        left = searched(treated - change * (np.arange(24) >= 18), donors, form == "difference")
        blocks = [abs(np.roll(left, -start)[:6].sum()) for start in range(24)]
        kept.append(np.mean([block >= blocks[18] - 1e-7 for block in blocks]) > 0.1)
    inside = grid[np.array(kept)]
    step = grid[1] - grid[0]
    assert (inside.min(), inside.max()) == pytest.approx((low, high), abs=1.01 * step)


def test_a_p_value_over_time_is_never_below_one_in_as_many_periods():
    """The largest block by far is itself counted; with too few periods there is no interval."""
    left = np.array([0.0, 0.1, -0.1, 0.0, 0.1, 9.0, 9.0])
    assert block_p_value(left, 5) == pytest.approx(1 / 7)
    assert block_p_value(np.ones(8), 5) == 1.0
    made = paths(7, 14, 11)
    none = conformal_interval(made[0], made[1:], 10, form="classic", level=0.95, estimate=0.0)
    assert none is None


def test_noise_to_be_expected_by_hand():
    """Counts of 100 and 400 before; weights of a half each; what else moves them from placebos."""
    variance = np.array([[1 / 100] * 6, [1 / 400] * 6, [1 / 400] * 6])
    halves = Synthetic(np.array([0.5, 0.5]), np.zeros(4))
    cohort = CohortGap(5, np.array([0]), np.array([1, 2]), halves)
    counting, spread = gap_noise(variance, (cohort,))
    assert (counting, spread) == pytest.approx((0.01 + 0.5 / 400, 1.5))
    fit = np.array([9.0, 0.2, 0.3, 0.4])
    noise = expected_noise(fit, np.array([0.05, 0.01, 0.02, 0.03]), np.array([2.0, 1.0, 1.0, 1.0]))
    assert noise[0] == pytest.approx(np.sqrt(0.05 + 0.07 * 2))
    assert expected_noise(np.zeros(4), np.zeros(4), np.ones(4)).tolist() == [1, 1, 1, 1]


def test_who_is_followed_as_closely_is_judged_alike_for_all():
    """Of five, those no worse than the median of the other four; all without a limit."""
    assert as_close(np.array([3.0, 1.0, 2.0, 4.0, 5.0]), 0.5).tolist() == [
        *(True, True, True, False, False),
    ]
    assert as_close(np.array([3.0, 1.0]), 1.0).all()


def test_a_region_unlike_all_others_cannot_be_matched():
    """A course of its own before the start: refused, also before a kernel; a noisy one is not."""
    panel = small_panel(untreated=12)
    count = panel.matrix("count").copy()
    count[0, :8] *= np.exp(np.tile([0.4, -0.4], 4))
    alone = replace(panel, frame=panel.frame.assign(count=np.round(count).ravel()))
    limited = synthetic_control.Options(fit_limit=0.5, level=0.9)
    with pytest.raises(DesignError, match=r"cannot be matched: 12 of 12 placebos are followed"):
        synthetic_control.estimate(alone, limited, rng())
    with pytest.raises(DesignError, match="cannot be matched"):
        synthetic_control.check(alone, limited)
    rank = run(panel, fit_limit=0.8).checks[1]
    assert 6 < rank.detail["among"] < 13


def test_predictors_are_given_importance_by_periods_they_have_not_seen():
    """What is matched in the second half are its own means, with importances from the first."""
    outcome, columns = paths(9, 12, 4), rng(6).normal(size=(9, 12, 2))
    columns[..., 0] = outcome + 0.1 * columns[..., 0]
    early, late = columns[:, :6].mean(axis=1), columns[:, 6:].mean(axis=1)
    unit, importance = validated_weights(
        (early[0], late[0]), (early[1:], late[1:]), outcome[0, 6:], outcome[1:, 6:], rng(), 20
    )
    _, first = predictor_weights(early[0], early[1:], outcome[0, 6:], outcome[1:, 6:], rng(), 20)
    assert importance == pytest.approx(first)
    own, others = late[0] / late.std(axis=0, ddof=1), late[1:] / late.std(axis=0, ddof=1)

    def loss(weights: np.ndarray) -> float:
        return float(importance @ (own - weights @ others) ** 2)

    best = minimize(
        loss, np.full(8, 1 / 8), method="SLSQP", bounds=[(0, 1)] * 8,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options={"ftol": 1e-14},
    )  # fmt: skip
    assert loss(unit) <= best.fun + 1e-8
    panel = small_panel(untreated=9)
    kept = np.repeat(rng(4).normal(size=10), 14)
    panel = replace(panel, frame=panel.frame.assign(a=kept, b=kept**2))
    names = {"form": "classic", "predictors": ("a", "b"), "searches": 2, "importance": "validation"}
    assert run(panel, **names).options["importance"] == "validation"
    with pytest.raises(DesignError, match=r"lags: lie in the half .* Name periods up to 2001Q4"):
        run(panel, **names, lags=("2002Q1",))


def test_placebos_and_resamples_take_whole_clusters():
    """Regions that adopt together stand in for others together, and are drawn together."""
    clusters = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    starts = np.where(clusters == 1, 5, 0)
    assert cluster_starts(starts, clusters).tolist() == [0, 5, 0, 0, 0]
    seen = placebo_statistics(starts, np.append, 99, rng(), clusters)
    assert len(seen) == 4
    for row in seen:
        regions, given = row[:8], row[8:]
        assert regions.tolist() == [0, 1, 4, 5, 6, 7, 8, 9]
        assert (given[::2] == given[1::2]).all()
        assert (given > 0).sum() == 2
    drawn = bootstrap_statistics(starts, lambda rows, _: rows % 2, 20, 2, rng(), clusters)
    assert (drawn[:, ::2] + drawn[:, 1::2] == 1).all()
