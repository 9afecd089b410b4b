"""Each method against a second implementation, and its refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from diff_diff import BaconDecomposition, CallawaySantAnna

from analysis.data.frames.panels.panel import NEVER
from analysis.errors import DesignError
from analysis.methods import counts, did, two_way
from analysis.stats.panels.bacon import bacon_parts
from analysis.stats.panels.cohorts import cohort_effects
from worlds import county_world, make_panel


def nearly(values: np.ndarray) -> np.ndarray:
    """The values to a millionth: without any variation there is no error, and so no estimate."""
    return values * (1 + 1e-6 * rng().normal(size=values.shape))


def rng():
    """A fresh generator."""
    return np.random.default_rng(1)


def by_hand(outcome: np.ndarray, starts: np.ndarray) -> float:
    """Not-yet-treated comparison of means, weighted by region-periods."""
    total = weight = 0.0
    for g in np.unique(starts[starts > NEVER]):
        own = starts == g
        for t in range(g, outcome.shape[1] + 1):
            others = (starts == NEVER) | (starts > t)
            change = outcome[:, t - 1] - outcome[:, g - 2]
            total += own.sum() * (change[own].mean() - change[others].mean())
            weight += own.sum()
    return total / weight


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_staggered_estimate_equals_a_comparison_of_means_by_hand(seed):
    """To rounding, in a world with three cohorts."""
    panel = county_world(seed)
    outcome = np.log(panel.matrix("count") / panel.matrix("exposure"))
    expected = by_hand(outcome, panel.adoption.to_numpy())
    assert did.estimate(panel, did.Options(), rng()).headline.value == pytest.approx(expected)


def test_our_weighting_equals_the_librarys_overall_effect():
    """diff-diff's own aggregate of the same cells."""
    panel = county_world(4)
    frame = panel.frame.assign(y=np.log(panel.frame["count"] / panel.frame["exposure"]))
    fitted = CallawaySantAnna(control_group="not_yet_treated", estimation_method="reg").fit(
        frame, outcome="y", unit="region", time="period", first_treat="first_treated"
    )
    ours = did.estimate(panel, did.Options(), rng()).headline
    assert ours.value == pytest.approx(fitted.overall_att, rel=1e-9)
    assert ours.standard_error == pytest.approx(fitted.overall_se, rel=0.25)


def saturated_poisson(panel) -> float:
    """Pooled Poisson with an effect per cohort and period: Wooldridge's estimator."""
    starts, periods = panel.adoption.to_numpy(), len(panel.periods)
    unit = np.repeat(np.arange(len(starts)), periods)
    time = np.tile(np.arange(1, periods + 1), len(starts))
    first = np.repeat(starts, periods)
    cells = sorted({(g, t) for g, t in zip(first, time, strict=True) if 0 < g <= t})
    effects = [((first == g) & (time == t)).astype(float) for g, t in cells]
    columns = [
        np.ones(len(unit)),
        *((unit == u) * 1.0 for u in range(1, len(starts))),
        *((time == t) * 1.0 for t in range(2, periods + 1)),
        *effects,
    ]
    y, offset = panel.frame["count"].to_numpy(), np.log(panel.frame["exposure"].to_numpy())
    model = sm.GLM(y, np.column_stack(columns), family=sm.families.Poisson(), offset=offset)
    fit = model.fit(tol=1e-12)
    without = np.column_stack(columns[: -len(effects)]) @ fit.params[: -len(effects)] + offset
    treated = (first > 0) & (time >= first)
    return float(np.log(y[treated].sum() / np.exp(without[treated]).sum()))


def test_the_rate_ratio_equals_the_saturated_poisson_model():
    """Imputation and pooled regression are one estimator for a log link; to 1e-6."""
    panel = county_world(5, regions=14, periods=9)
    ours = counts.estimate(panel, counts.Options(weights="exposure"), rng()).headline.value
    assert ours == pytest.approx(saturated_poisson(panel), abs=1e-6)


def test_methods_agree_on_a_world_with_hardly_any_noise():
    """Counts that follow the model to a millionth: every method returns the effect."""
    starts = np.array([0] * 6 + [5] * 3 + [7] * 3)
    treated = (starts[:, None] > 0) & (np.arange(1, 11) >= starts[:, None])
    level, period = np.linspace(1, 3, 12)[:, None], np.linspace(1, 1.5, 10)
    panel = make_panel(nearly(1e6 * level * period * np.exp(-0.3 * treated)), starts)
    for method in (did, counts, two_way):
        result = method.estimate(panel, method.Options(), rng())
        assert result.headline.value == pytest.approx(-0.3, abs=1e-5), method.__name__


def test_two_way_effects_are_biased_where_effects_grow_and_the_headline_is_not():
    """Why two-way fixed effects are shown for comparison only."""
    starts = np.array([0] * 3 + [3] * 6 + [7] * 6)
    since = np.where(starts[:, None] > 0, np.arange(1, 13) - starts[:, None] + 1, 0).clip(0)
    panel = make_panel(nearly(1e6 * np.exp(-0.1 * since)), starts)
    truth = float((-0.1 * since)[since > 0].mean())
    headline = did.estimate(panel, did.Options(), rng()).headline.value
    biased = two_way.estimate(panel, two_way.Options(), rng()).headline.value
    assert headline == pytest.approx(truth, abs=1e-5)
    assert abs(biased - truth) > 0.1


def test_the_placebo_period_finds_a_rise_before_the_start():
    """Counts jump one period early; the statistic before the start shows it."""
    starts = np.array([0] * 6 + [6] * 6)
    early = (starts[:, None] > 0) & (np.arange(1, 11) >= starts[:, None] - 1)
    panel = make_panel(nearly(1e5 * np.exp(0.25 * early)), starts)
    for method in (did, counts):
        result = method.estimate(panel, method.Options(anticipation=1), rng())
        before = next(e for e in result.estimates if e.name == "before")
        assert before.value == pytest.approx(0.25, abs=1e-5)


def test_a_zero_count_has_no_logarithm():
    """The refusal counts cells and regions and names the count model."""
    panel = county_world(6)
    frame = panel.frame.copy()
    frame.loc[[3, 40], "count"] = 0
    spoiled = type(panel)(frame, panel.periods, panel.frequency, True, {}, panel.names)
    for method in (did, two_way):
        with pytest.raises(DesignError, match=r"2 of \d+ cells \(2 regions\).*method: counts"):
            method.estimate(spoiled, method.Options(), rng())
    assert np.isfinite(counts.estimate(spoiled, counts.Options(), rng()).headline.value)


def test_regions_without_untreated_counts_keep_what_was_counted_since():
    """Nothing is expected of them; to leave them out would be a fall out of nothing."""
    panel = county_world(7)
    frame = panel.frame.copy()
    start = panel.adoption
    code = start[start > 0].index[0]
    frame.loc[(frame["region"] == code) & (frame["period"] < start[code]), "count"] = 0
    spoiled = replace(panel, frame=frame)
    kept = counts.estimate(spoiled, counts.Options(), rng())
    without = counts.estimate(
        panel.keep([name for name in panel.regions if name != code]), counts.Options(), rng()
    )
    assert kept.sample.units == 36
    assert kept.headline.value > without.headline.value


@pytest.mark.parametrize("method", [did, counts, two_way])
def test_one_treated_region_is_refused(method):
    """By every method, with what would do."""
    panel = county_world(9)
    treated = panel.adoption[panel.adoption > 0].index
    few = panel.keep([code for code in panel.regions if code not in set(treated[1:])])
    with pytest.raises(DesignError, match="treated regions: are 1"):
        method.estimate(few, method.Options(), rng())


def test_event_times_with_few_regions_have_no_band():
    """A value stands, its band does not."""
    path = did.estimate(county_world(10, regions=24), did.Options(), rng()).series["by_event_time"]
    thin = [record for record in path if record["regions"] < 5]
    thick = [r for r in path if r["regions"] >= 5 and r["event_time"] != -1]
    assert thin
    assert all(record["low"] is None for record in thin)
    assert all(record["low"] < record["value"] < record["high"] for record in thick)


@pytest.mark.parametrize("comparison", ["not_yet_treated", "never_treated"])
@pytest.mark.parametrize("anticipation", [0, 1])
def test_every_cell_equals_the_librarys(comparison, anticipation):
    """ATT(g, t) of diff-diff, leads included, to rounding."""
    panel = county_world(12)
    outcome = np.log(panel.matrix("count") / panel.matrix("exposure"))
    fitted = CallawaySantAnna(
        control_group=comparison,
        anticipation=anticipation,
        estimation_method="reg",
        base_period="universal",
        cband=False,
    ).fit(
        panel.frame.assign(y=outcome.ravel()),
        outcome="y",
        unit="region",
        time="period",
        first_treat="first_treated",
    )
    cells = cohort_effects(
        outcome,
        panel.adoption.to_numpy(),
        never_only=comparison == "never_treated",
        anticipation=anticipation,
    )
    ours = dict(zip(zip(cells.cohort, cells.period, strict=True), cells.value[0], strict=True))
    for key, cell in fitted.group_time_effects.items():
        assert ours[key] == pytest.approx(cell["effect"], abs=1e-10), key


def test_leaving_groups_out_by_subtraction_equals_computing_anew():
    """Each replicate against the same function without those regions; to rounding."""
    panel = county_world(13)
    outcome, starts = np.log(panel.matrix("count")), panel.adoption.to_numpy()
    groups = np.arange(len(starts)) // 3
    cells = cohort_effects(outcome, starts, groups)
    for group in range(groups.max() + 1):
        kept = groups != group
        alone = cohort_effects(outcome[kept], starts[kept])
        assert np.allclose(cells.value[1 + group], alone.value[0], rtol=1e-9, equal_nan=True)


def test_the_parts_of_the_two_way_coefficient_equal_the_librarys():
    """Weights and estimates of every comparison against diff-diff, and their sum."""
    panel = county_world(14)
    outcome, starts = np.log(panel.matrix("count")), panel.adoption.to_numpy()
    parts = {(p.treated, p.control): p for p in bacon_parts(outcome, starts)}
    fitted = BaconDecomposition(weights="exact").fit(
        panel.frame.assign(y=outcome.ravel()),
        outcome="y",
        unit="region",
        time="period",
        first_treat="first_treated",
    )
    assert len(parts) == len(fitted.comparisons)
    for theirs in fitted.comparisons:
        control = 0 if theirs.comparison_type == "treated_vs_never" else int(theirs.control_group)
        ours = parts[(int(theirs.treated_group), control)]
        assert ours.value == pytest.approx(theirs.estimate, abs=1e-9)
        assert ours.weight == pytest.approx(theirs.weight, abs=1e-9)


def test_the_averages_of_a_growing_effect_differ_as_they_should():
    """Effects of 1, 2, 3, … by event time, hardly any noise: each by its own definition."""
    starts = np.array([0] * 4 + [4] * 3 + [6] * 2)
    since = np.where(starts[:, None] > 0, np.arange(1, 9) - starts[:, None] + 1, 0).clip(0)
    panel = make_panel(nearly(1e6 * np.exp(0.1 * since)), starts)
    found = did.estimate(panel, did.Options(comparison="never_treated"), rng()).estimates
    values = {estimate.name: estimate.value for estimate in found}
    assert values["overall"] == pytest.approx(0.1 * (3 * 15 + 2 * 6) / (15 + 6), rel=1e-4)
    assert values["dynamic"] == pytest.approx(0.1 * 3, rel=1e-4)
    assert values["group"] == pytest.approx(0.1 * (3 * 3 + 2 * 2) / 5, rel=1e-4)
    calendar = 0.1 * (1 + 2 + 11 / 5 + 16 / 5 + 21 / 5) / 5
    assert values["calendar"] == pytest.approx(calendar, rel=1e-4)
