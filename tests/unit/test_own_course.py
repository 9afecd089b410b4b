"""What a page says of a course of adopters' own, in worlds in which it would be untrue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_every_method import brief_of
from test_verdict import study_of

from analysis import methods
from analysis.methods import rollout
from analysis.reports.intervention_effect.answer import effect_of
from analysis.reports.intervention_effect.certainty.grounds import limits
from analysis.simulated.counties import PLAIN, draw
from analysis.stats.panels import course
from analysis.stats.panels.course import fit_course
from analysis.stats.panels.honest import relative_interval
from analysis.stats.panels.leads import imputed_leads
from analysis.stats.panels.own_course import own_course, placebo_rank
from analysis.stats.resampling.jackknife import minimum_detectable
from analysis.verdicts.effect import found
from analysis.verdicts.robustness import (
    POWER,
    Answer,
    Robustness,
    _detectable,
    estimate_headline,
    examine,
    imputable,
)
from worlds import county_world, make_panel


def claimed_by_did(seed: int, effect: float) -> tuple[float | None, bool]:
    """What a comparison by one period finds in a plain world, and whether a fall is claimed."""
    drawn = draw(replace(PLAIN, effect=effect), np.random.default_rng([77, seed]))
    panel = make_panel(drawn.values, drawn.starts, 1000 * drawn.exposure)
    study = study_of(panel, method="did")
    headline = estimate_headline(study)
    course = own_course(imputable(study))
    least = _detectable(study, headline, course)
    robustness = Robustness((), Answer("", "did", None), None, None, least, own_course=course)
    return least, found(study, headline, robustness).direction < 0


def test_what_a_comparison_by_one_period_finds_is_claimed_in_four_of_five_studies():
    """Although the second looks are of another engine: .59 was claimed of what was promised.

    Of 100 worlds, within three Monte-Carlo errors of .8; .81 of 150 were counted.
    """
    least = [claimed_by_did(1000 + seed, 0.0)[0] for seed in range(25)]
    share = np.mean([claimed_by_did(seed, -float(np.median(least)))[1] for seed in range(100)])
    assert abs(share - POWER) <= 3 * np.sqrt(POWER * (1 - POWER) / 100)


STAGGERED = replace(PLAIN, cohorts={6: 4, 9: 4, 11: 4, 13: 4, 15: 5}, effect=-0.3)
"""Three of twenty-four never adopt: most that adopters are compared with drift as they do."""


@pytest.mark.parametrize("counted", [True, False])
def test_a_drift_of_the_size_that_would_explain_an_effect_takes_it_away(counted):
    """Put into the data, it moves the headline by as much, within 3 %."""
    drawn = draw(STAGGERED, np.random.default_rng(1)).known()
    column = drawn.ever[:, None] * (np.arange(1, PLAIN.periods + 1) - PLAIN.periods / 2)
    if not counted:
        drawn = replace(drawn, values=np.log(drawn.values + 1.0), counted=False)
    found = own_course(drawn)
    drift = -found.headline.value / found.per_drift * column
    moved = drawn.values * np.exp(drift) if counted else drawn.values + drift
    left = own_course(replace(drawn, values=moved)).headline.value
    assert abs(left) < 0.03 * abs(found.headline.value)


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("alone", [False, True])
def test_many_clusters_left_out_together_are_left_out_one_by_one(counted, alone, monkeypatch):
    """To 1e-11, slopes too; also where one cluster alone tells of the first period."""
    drawn = draw(STAGGERED, np.random.default_rng(2)).known()
    column = drawn.ever[:, None] * (np.arange(1, PLAIN.periods + 1) - PLAIN.periods / 2)
    used = drawn.untreated | drawn.active
    used[1:, 0] &= not alone
    cells = replace(drawn.cells(used, column, drawn.active.astype(float)), counted=counted)
    one_by_one = fit_course(cells)
    monkeypatch.setattr(course, "MANY", 1)
    together = fit_course(cells)
    assert together.slopes == pytest.approx(one_by_one.slopes, abs=1e-11)
    # Without that cluster nothing tells how the first period differs from all others.
    courses = [np.diff(found.periods[:, 1:], axis=1) for found in (together, one_by_one)]
    assert courses[0] == pytest.approx(courses[1], abs=1e-11)


def test_columns_that_say_the_same_share_what_they_tell():
    """As least squares do, of a column given twice; solving would give any numbers."""
    drawn = draw(STAGGERED, np.random.default_rng(3)).known()
    used, active = drawn.untreated | drawn.active, drawn.active.astype(float)
    once = fit_course(drawn.cells(used, active), leave_out=False).slopes[0]
    twice = fit_course(drawn.cells(used, active, active), leave_out=False).slopes[0]
    assert twice == pytest.approx([once[0] / 2, once[0] / 2], abs=1e-6)


def test_few_adopters_are_ranked_among_sets_that_move_together_as_they_do():
    """A prefecture that adopts stands out by its shocks no more often than chance allows.

    Without an effect one of twelve is first in one world of twelve.
    """
    world = replace(PLAIN, regions=36, prefectures=12, cohorts={9: 1}, shock=0.2)
    first = 0
    for seed in range(30):
        drawn = draw(world, np.random.default_rng(seed)).known()
        rank = placebo_rank(drawn, 99, np.random.default_rng(seed))
        assert rank is not None
        assert rank.sets == 11
        first += rank.as_far == 0
    assert first <= 7


def test_a_lone_adopting_cluster_is_ranked_among_every_other_cluster():
    """Of whatever size: dates are repeated in a larger one."""
    drawn = draw(replace(PLAIN, cohorts={9: 1}), np.random.default_rng(3))
    adopter = int(np.flatnonzero(drawn.ever)[0])
    never = np.flatnonzero(~drawn.ever)
    clusters = np.zeros(PLAIN.regions, dtype=int)
    clusters[never[1:]] = 1 + np.arange(len(never) - 1) // 4
    assert clusters[adopter] == clusters[never[0]] == 0
    rank = placebo_rank(replace(drawn, clusters=clusters), 99, np.random.default_rng(1))
    assert rank is not None
    assert rank.sets == len(np.unique(clusters)) - 1


def test_the_effect_that_a_study_finds_is_told_by_the_error_of_its_own_headline():
    """A comparison with one period finds less than one with all: .118 is no error of .057."""
    drawn = draw(PLAIN, np.random.default_rng([9, 1]))
    panel = make_panel(drawn.values, drawn.starts, 1000 * drawn.exposure)
    found = {}
    for method in ("counts", "did"):
        study = study_of(panel, method=method)
        headline = estimate_headline(study)
        found[method] = examine(study, headline).detectable
        own = headline.headline.standard_error
        degrees = headline.options["degrees"]
        assert found[method] >= minimum_detectable(own, 0.95, POWER, degrees) - 1e-4
    assert found["did"] > 1.1 * found["counts"]


@pytest.mark.parametrize(
    ("method", "said"), [("counts", True), ("imputation", True), ("did", False)]
)
def test_the_drift_that_would_explain_it_is_said_of_imputations_alone(method, said):
    """A drift moves an imputation by 9.7 periods of itself here, ``did`` by 5.6."""
    drawn = draw(replace(PLAIN, effect=-0.7, dispersion=0.01), np.random.default_rng(2))
    panel = make_panel(drawn.values, drawn.starts, 1000 * drawn.exposure)
    brief = brief_of(study_of(panel, method=method))
    assert brief.verdict.claims
    assert any("would explain it" in text for text in limits(brief)) == said


def test_a_roll_out_leaves_out_all_of_an_upper_region_and_not_its_first_county():
    """The number under a prefecture's name is the estimate without its counties."""
    world = replace(PLAIN, regions=40, prefectures=10, cohorts={9: 2, 13: 2}, effect=-0.2)
    drawn = draw(world, np.random.default_rng(1))
    panel = make_panel(drawn.values, drawn.starts, 1000 * drawn.exposure)
    above = {code: f"P{c}" for code, c in zip(panel.regions, drawn.clusters, strict=True)}
    panel = replace(panel, together=above, clustered_by="parent_code")
    settled = rollout.Options(draws=99)
    found = rollout.estimate(panel, settled, np.random.default_rng(1)).series["leave_one_out"]
    assert [record["region"] for record in found] == sorted(set(above.values()))
    for record in found[:3]:
        rest = panel.keep([code for code in panel.regions if above[code] != record["region"]])
        alone = rollout.estimate(rest, settled, np.random.default_rng(1)).headline.value
        assert record["value"] == pytest.approx(alone)


@pytest.mark.parametrize("weights", ["equal", "exposure"])
@pytest.mark.parametrize("method", ["counts", "imputation"])
def test_what_was_recorded_has_the_weights_of_the_effect(method, weights):
    """Expected times one plus the effect is the rate that adopters had, by the same weights."""
    drawn = draw(replace(PLAIN, sizes=1.0, mean=200.0, effect=-0.4), np.random.default_rng(3))
    exposure = 1000 * drawn.exposure
    panel = make_panel(drawn.values, drawn.starts, exposure)
    study = study_of(panel, method=method, method_options={"weights": weights})
    effect = effect_of(study, estimate_headline(study))
    cells, size = drawn.active, exposure if weights == "exposure" else np.ones(exposure.shape)
    recorded = np.average((drawn.values / exposure)[cells], weights=size[cells])
    assert effect.base + effect.change == pytest.approx(4000 * recorded)


@pytest.mark.parametrize("method", ["counts", "imputation"])
def test_leads_are_of_adopters_of_which_something_is_expected(method):
    """Without an effect they are near zero, where early adopters have no period before the leads.

    Their mean over 12 worlds has an error of .02; counted against nothing it was +.5 and -.9.
    """
    found = [methods.estimate(method, county_world(seed, effect=0.0)) for seed in range(12)]
    for time in (-3, -2, -1):
        records = [next(r for r in one.series["by_event_time"] if r["event_time"] == time)
                   for one in found]  # fmt: skip
        assert abs(np.mean([record["value"] for record in records])) < 0.08
        assert all(record["regions"] < one.sample.treated
                   for record, one in zip(records, found, strict=True))  # fmt: skip


def test_an_adopter_whose_time_before_the_start_is_all_holes_moves_nothing():
    """Nothing is expected of it: its counts since the start are no rise out of nothing."""
    drawn = draw(PLAIN, np.random.default_rng(2))
    adopter = int(np.flatnonzero(drawn.ever)[0])
    keep = np.ones(PLAIN.regions, dtype=bool)
    keep[adopter] = False
    holes = drawn.untreated & keep[:, None]
    lacking = own_course(replace(drawn, untreated=holes).known()).headline.value
    parts = ("values", "exposure", "starts", "untreated", "active", "weights")
    rest = {name: getattr(drawn, name)[keep] for name in parts}
    without = replace(drawn, **rest, clusters=np.arange(keep.sum()))
    assert lacking == pytest.approx(own_course(without.known()).headline.value, abs=1e-9)


def test_leads_and_effects_of_one_cohort_are_differences_from_the_period_before_the_start():
    """Exactly so for levels, whatever came earlier; errors are the jackknife's, widened alike."""
    drawn = draw(replace(PLAIN, cohorts={9: 8}), np.random.default_rng(4)).known()
    logs = replace(drawn, values=np.log(drawn.values + 1), counted=False)
    found = imputed_leads(logs, 4, 5, 5, 0.95)
    gap = logs.values[drawn.ever].mean(axis=0) - logs.values[~drawn.ever].mean(axis=0)
    times = np.array([-5, -4, -3, -2, 0, 1, 2, 3, 4])
    assert found.before == 4
    assert found.value == pytest.approx((gap - gap[7])[8 + times], abs=1e-10)
    without = [np.delete(logs.values, i, axis=0) for i in range(PLAIN.regions)]
    kept = [np.delete(drawn.ever, i) for i in range(PLAIN.regions)]
    gaps = np.array(
        [(v[e].mean(axis=0) - v[~e].mean(axis=0)) for v, e in zip(without, kept, strict=True)]
    )
    each = (gaps - gaps[:, [7]])[:, 8 + times]
    error = np.sqrt((len(each) - 1) * each.var(axis=0))
    widened = np.sqrt(np.diag(found.covariance)) / error
    assert widened == pytest.approx(np.full(9, widened[0]), rel=1e-9)
    assert 1 < widened[0] < 1.3


def test_counts_with_zeros_have_a_breakdown_value():
    """Log rates have none there; it is 0 without an effect and above with one of a half."""
    found = {}
    for effect in (0.0, -0.7):
        panel = county_world(12, effect=effect, mean=6.0, regions=60)
        assert (panel.matrix("count") == 0).any()
        study = study_of(panel)
        found[effect] = examine(study, estimate_headline(study)).breakdown
    assert found[0.0].value == 0.0
    assert found[-0.7].value > 0.0
    assert found[-0.7].periods == 6


def test_the_interval_of_trends_that_do_not_part_misses_at_its_level_with_few_counts():
    """Of 80 worlds with 1.5 a cell and no effect, at most .05 and three Monte-Carlo errors."""
    missed, world = 0, replace(PLAIN, mean=1.5)
    for seed in range(80):
        drawn = draw(world, np.random.default_rng([8, seed])).known()
        study = imputed_leads(drawn, 6, 6, 5, 0.95)
        if study is not None:
            low, high = relative_interval(study, 0.0, 0.95, np.random.default_rng(1))
            missed += not low <= 0 <= high
    assert missed <= 80 * 0.05 + 3 * np.sqrt(80 * 0.05 * 0.95)
