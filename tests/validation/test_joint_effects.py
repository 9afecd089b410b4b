"""Joint estimates of several interventions: against refits, a second implementation, and worlds.

``benchmarks/study.py --joint`` runs a thousand worlds a row and keeps them in ``data/studies``;
here a few show that the estimates still do what is written there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis.errors import DesignError
from analysis.methods.shared.joint_records import interaction_records, path_records
from analysis.simulated.interventions import JOINT_WORLDS, JointWorld, draw
from analysis.stats.joint.contrasts import contrasts, detectable, kind_shares
from analysis.stats.joint.course import JointCourse
from analysis.stats.joint.joint import Baseline, Joint, one_fit
from analysis.stats.joint.overlap import (
    bend_of,
    beside_others,
    interaction_look,
    overlap_of,
    pairs_to_model,
)
from analysis.stats.joint.region_effects import region_effects
from analysis.stats.panels.adoption import Expectation
from analysis.stats.pooling.families import holm
from analysis.studies.counties import COUNTY_WORLDS, HELD, protected
from analysis.studies.counties import study as county_study
from analysis.studies.joint import ALLOWED, JointRow, study
from kinds import interventions_world

FEW, MANY = 25, 60


def drawn(seed: int = 3, **changes) -> Joint:
    """A small panel of 40 counties with three interventions, some of them together."""
    world = JointWorld(counties=40, effects=(-0.3, -0.1, 0.0), overlap=0.4)
    return draw(replace(world, **changes), np.random.default_rng(seed)).joint


def without(joint: Joint, cluster: int) -> Joint:
    """The same panel without the regions of a cluster."""
    either = joint.either
    kept = either.clusters != cluster
    names = ("values", "exposure", "starts", "untreated", "active", "weights")
    arrays = {name: getattr(either, name)[kept] for name in names}
    clusters = np.unique(either.clusters[kept], return_inverse=True)[1]
    return Joint(replace(either, clusters=clusters, **arrays), joint.active[:, kept])


@pytest.mark.parametrize(("mean", "apart_by", "share"), [(60.0, 0.01, 0.02), (3.0, 0.03, 0.05)])
def test_leaving_out_in_one_step_is_leaving_out(mean, apart_by, share):
    """Every cluster refitted: one Newton step misses by its square, errors by less than that."""
    joint = drawn(mean=mean)
    pairs = pairs_to_model(JointCourse(joint))
    assert pairs
    found = JointCourse(joint, pairs).headline
    refits = []
    for cluster in range(joint.either.groups):
        rest = without(joint, cluster)
        refits.append(Baseline.of(rest, leave_out=False).effects(rest.design(pairs))[0])
    apart = np.array(refits) - found[0]
    assert np.abs(apart - (found[1:] - found[0])).max() < apart_by
    errors = np.sqrt((apart**2).sum(axis=0) / ((found[1:] - found[0]) ** 2).sum(axis=0))
    assert errors == pytest.approx(1, abs=share)


def test_one_intervention_alone_is_the_ratio_of_counted_to_expected():
    """The engine of single interventions, to 1e-9; its leave-outs, in another step, to .005."""
    joint = drawn(effects=(-0.3, 0.0), overlap=0.0)
    one = Joint(
        replace(
            joint.either,
            starts=joint.starts[0],
            untreated=joint.either.untreated & ~joint.ever[1][:, None],
            active=joint.either.active & joint.active[0],
        ),
        joint.active[:1],
    )
    found = JointCourse(one).headline[:, 0]
    single = Expectation(one.either, one.either.fit()).effect()
    assert found[0] == pytest.approx(single[0], abs=1e-9)
    assert found == pytest.approx(single, abs=0.005)


def dummies(joint: Joint, cells: np.ndarray) -> np.ndarray:
    """Columns of regions and of periods but the first, for some cells; shape (C, N + T − 1)."""
    region, period = np.nonzero(cells)
    regions, periods = cells.shape
    return np.hstack([np.eye(regions)[region], np.eye(periods)[period][:, 1:]])


def test_statsmodels_gives_the_same_in_two_steps():
    """GLM with dummies on untreated cells, then GLM with what it predicts as offset; to 1e-6."""
    import statsmodels.api as sm

    joint = drawn()
    either, pairs = joint.either, ((0, 1),)
    family = sm.families.Poisson()
    cells, active = either.untreated, either.active
    weights = np.broadcast_to(either.weights[:, None], cells.shape)
    first = sm.GLM(
        either.values[cells],
        dummies(joint, cells),
        family=family,
        offset=np.log(either.exposure[cells]),
        var_weights=weights[cells],
    ).fit(tol=1e-12)
    expected = dummies(joint, active) @ first.params + np.log(either.exposure[active])
    second = sm.GLM(
        either.values[active],
        joint.design(pairs)[:, active].T,
        family=family,
        offset=expected,
        var_weights=weights[active],
    ).fit(tol=1e-12)
    assert JointCourse(joint, pairs).headline[0] == pytest.approx(second.params, abs=1e-6)


def test_one_fit_to_all_cells_is_a_poisson_regression_with_dummies():
    """With a slope for the adopters of each, to 1e-6; where nothing varies both equal the truth."""
    import statsmodels.api as sm

    joint = drawn()
    either = joint.either
    cells = either.untreated | either.active
    drifts = joint.drifts((0, 1, 2))
    columns = np.concatenate([drifts, joint.design()])[:, cells].T
    weights = np.broadcast_to(either.weights[:, None], cells.shape)
    full = sm.GLM(
        either.values[cells],
        np.hstack([dummies(joint, cells), columns]),
        family=sm.families.Poisson(),
        offset=np.log(either.exposure[cells]),
        var_weights=weights[cells],
    ).fit(tol=1e-12)
    assert one_fit(joint, joint.design(), drifts)[0] == pytest.approx(full.params[-3:], abs=1e-6)
    truth = np.array([-0.3, -0.1, 0.2])
    level = np.log(either.exposure) + np.linspace(0, 0.5, cells.shape[1])
    exact = np.exp(3 + level + np.tensordot(truth, joint.active, 1))
    certain = Joint(replace(either, values=exact), joint.active)
    assert JointCourse(certain).headline[0] == pytest.approx(truth, abs=1e-8)
    found = one_fit(certain, certain.design(), drifts)[0]
    assert found == pytest.approx(truth, abs=1e-8)


def test_limits_over_the_family_leave_out_no_difference_just_where_holm_does():
    """Six draws of three pairs each."""
    for seed in range(6):
        course = JointCourse(drawn(seed, counties=60, overlap=0.0))
        for contrast in contrasts(course, 0.95):
            low, high = contrast.limits
            assert (low > 0 or high < 0) is (contrast.adjusted < 0.05)


def test_what_would_be_found_in_four_of_five_stands_in_about_as_many():
    """Of 60 worlds with that difference (.82 to .88 of 60 to 100; by the range alone .5)."""
    stood = []
    for seed in range(MANY):
        world = JointWorld(counties=60, effects=(0.0, 0.0))
        (pair,) = contrasts(JointCourse(draw(world, np.random.default_rng((1, seed))).joint), 0.95)
        world = replace(world, effects=(-detectable(pair, (pair,), 0.95, 0.8), 0.0))
        (pair,) = contrasts(JointCourse(draw(world, np.random.default_rng((1, seed))).joint), 0.95)
        stood.append(pair.stands(0.95) < 0)
    assert np.mean(stood) >= 0.7
    assert detectable(replace(pair, trend_break=None), (pair,), 0.95, 0.8) == math.inf


def test_what_pairs_do_together_is_told_over_all_of_them():
    """Limits over three pairs are those of the one at the level that Holm leaves it."""
    course = JointCourse(drawn(counties=120, overlap=0.6), ((0, 1), (0, 2), (1, 2)))
    rows = interaction_records(course, ("a", "b", "c"), 0.95)
    looks = [interaction_look(course, place) for place in range(3)]
    chances = holm(np.array([look.p_value for look in looks]))
    for row, chance in zip(rows, chances, strict=True):
        assert (row["low"] > 0 or row["high"] < 0) is bool(chance < 0.05)
    first = min(range(3), key=lambda place: looks[place].p_value)
    limits = looks[first].limits(1 - 0.05 / 3)
    assert (rows[first]["low"], rows[first]["high"]) == pytest.approx(limits)


def test_kinds_weigh_by_what_they_tell():
    """n·m/(n + m) of regions with exactly one; a kind with a single one of either says nothing."""
    one = np.array([1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0], dtype=bool)
    other = np.array([0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1], dtype=bool)
    kinds = np.array([0] * 6 + [1] * 4 + [2] * 4)
    assert kind_shares(one, other, kinds) == pytest.approx({0: 1.2 / 2.2, 2: 1 / 2.2})


def test_everything_that_cannot_be_compared_is_refused_at_once():
    """One's adopters few, two that are one, no region without any: each with what would do."""
    frame = interventions_world(1, -0.2)
    frame["copy"] = frame["advice"]
    first = frame.loc[frame["advice"] == 1, "region"].unique()[:3]
    frame["rare"] = frame["advice"] * frame["region"].isin(first)
    frame = frame[frame.groupby("region")["advice"].transform("max") == 1]
    with pytest.raises(DesignError) as refused:
        analysis.estimate("joint_effects", frame)
    said = str(refused.value)
    assert "regions under rare" in said
    assert "are 2; at least 5 are needed" in said
    assert "advice and copy: were in force in the same regions and periods" in said
    assert "never adopt any: are 0; at least 6 are needed" in said
    with pytest.raises(DesignError, match="at least 2 are compared"):
        analysis.estimate("joint_effects", frame[["region", "period", "count", "exposure", "rare"]])


def inside_advice(seed: int = 2) -> pd.DataFrame:
    """A frame in which half of those under advice had review as well, and never without it."""
    frame = interventions_world(seed, -0.2)
    inside = frame.loc[frame["advice"] == 1, "region"].unique()[::2]
    frame["review"] = frame["advice"] * (frame["region"].isin(inside)) * (frame["period"] > 12)
    return frame


@pytest.mark.parametrize("interactions", ["where_needed", "all_pairs"])
def test_one_whose_adopters_are_anothers_cannot_be_compared_with_it(interactions):
    """No split of what review does and what both do is made up; the contrast says why not."""
    frame = inside_advice()
    moved = frame["count"] * np.where(frame["review"] == 1, 0.7, 1.0)
    found = analysis.estimate(
        "joint_effects", frame.assign(count=moved.round()), interactions=interactions
    )
    (pair,) = found.series["contrasts"]
    assert "subset" in pair["refused"]
    assert pair["value"] is None
    assert not found.series["interactions"]
    review = next(one for one in found.estimates if one.name == "review")
    assert abs(review.value - math.log(0.7)) < 3 * review.standard_error
    with pytest.raises(DesignError, match="one without the other, in fewer than five"):
        analysis.estimate("joint_effects", frame, pairs=(("review", "advice"),))


def with_third(third: Callable[[np.ndarray], np.ndarray]) -> Joint:
    """Of 120 counties with one of two a third, in force where their periods since a start say."""
    joint = drawn(counties=120, effects=(-0.3, -0.1), overlap=0.0)
    return replace(joint, active=np.concatenate([joint.active, third(joint.since)[None]]))


def test_with_either_of_two_that_one_always_had_no_interaction_is_told():
    """Together they hold what the third does: any split of it would be made up."""
    third = np.arange(120)[:, None] % 3 == 0
    joint = with_third(lambda since: (since >= 4).any(axis=0) & third)
    course = JointCourse(joint)
    assert overlap_of(course, 0, 2).told_by >= 5 <= overlap_of(course, 1, 2).told_by
    assert pairs_to_model(course) == ()
    assert pairs_to_model(course, among=[(0, 2)]) == ((0, 2),)
    assert beside_others(course) == {2: (0, 1)}


def test_nothing_is_told_from_months_in_which_one_of_two_was_never_in_force():
    """It only began once another beside it had been in force for longer than is compared."""
    joint = with_third(lambda since: since[0] >= 5)
    found = {c.pair: c for c in contrasts(JointCourse(joint), 0.95)}
    assert found[1, 2].refused == ("few_degrees",)
    assert found[0, 1].look is not None


def test_what_is_left_out_moves_effects_as_it_is_said_to():
    """An interaction of .15 in counts without chance, and the fit without it: to .005."""
    joint = drawn(effects=(-0.3, -0.1), overlap=0.6, counties=120)
    truth = np.tensordot([-0.3, -0.1, 0.15], joint.design([(0, 1)]), 1)
    values = np.exp(truth) * Baseline.of(joint, leave_out=False).expected
    values = np.where(joint.either.active, values, joint.either.values)
    course = JointCourse(replace(joint, either=replace(joint.either, values=values)))
    bend = np.array(bend_of(course, 0, 1))
    assert bend.min() > 0.2
    assert course.headline[0] - [-0.3, -0.1] == pytest.approx(0.15 * bend, abs=0.005)


def test_what_is_only_told_added_up_is_refused():
    """An intervention that is the sum of two others, and a dose that says who had another."""
    frame = inside_advice()
    frame["plain"] = frame["advice"] - frame["review"]
    with pytest.raises(DesignError, match="advice and review and plain: were in force in the same"):
        analysis.estimate("joint_effects", frame)
    had = frame.groupby("region")["review"].transform("max")
    same = frame.assign(review=frame["advice"] * had, dose=1.0 + had).drop(columns="plain")
    with pytest.raises(DesignError, match="column dose: says no more than who had"):
        analysis.estimate("joint_effects", same, dose={"advice": "dose"})


def test_a_dose_is_told_beside_the_effect_at_its_mean():
    """Half a log point per unit of a dose that varies by .3: within four errors."""
    rng = np.random.default_rng(4)
    frame = interventions_world(4, -0.2)
    dose = frame["region"].map({r: rng.uniform(0.5, 1.5) for r in frame["region"].unique()})
    moved = frame["count"] * np.exp(-0.5 * (dose - 1) * frame["advice"])
    frame = frame.assign(count=np.round(moved).astype(int), share=dose)
    found = analysis.estimate("joint_effects", frame, dose={"advice": "share"})
    per_dose = next(e for e in found.estimates if e.name == "advice per dose")
    assert abs(per_dose.value + 0.5) < 4 * per_dose.standard_error
    assert per_dose.standard_error < 0.2


@pytest.mark.parametrize(("spread", "least"), [(0.08, 0.9), (0.0, 0.95)])
def test_effects_of_single_counties_hold_their_own_truth(spread, least):
    """Of 25 draws (.94 of 60, without spread .99); none stands apart where all are alike."""
    held, apart = [], []
    for seed in range(FEW):
        one = draw(JointWorld(spread=spread, overlap=0.2), np.random.default_rng((6, seed)))
        found = region_effects(JointCourse(one.joint), 0, 0.95)
        truth = one.effects[0][found.regions]
        held.append(((found.low <= truth) & (truth <= found.high)).mean())
        apart.append((found.false_discovery < 0.05).mean())
    assert np.mean(held) >= least
    assert np.mean(apart) <= (0.02 if not spread else 0.2)


def test_protected_counts_tell_of_single_counties_what_they_can():
    """Of 20 records a quarter, in 25 draws: ranges hold a county's truth, alike ones rarely differ.

    Noise has variance 9 on each count; keys and salt are those of the draw.
    """
    row = "alike, mean 20"
    found = county_study(row, COUNTY_WORLDS[row], range(FEW), seed=11, version="")
    assert found.held >= 0.97
    assert found.any_apart <= 0.05 + margin(0.05, FEW)
    assert found.counties < COUNTY_WORLDS[row].counties / 3
    plain = drawn(counties=120).either
    moved = protected(drawn(counties=120), np.random.default_rng(1)).either
    apart = (moved.values - plain.values)[plain.values > 10]
    assert apart.var() == pytest.approx(9, abs=0.7)
    assert (moved.starts == plain.starts).all()


def margin(share: float, worlds: int) -> float:
    """Three Monte-Carlo errors."""
    return 3 * math.sqrt(share * (1 - share) / worlds)


def tried(row: str, worlds: int) -> JointRow:
    """The row over some worlds, other than those of the kept study."""
    return study(row, JOINT_WORLDS[row], range(worlds), seed=11, version="")


LEFT_OUT = [row for row in JOINT_WORLDS if "left out" in row]
DRIFTING = [row for row in JOINT_WORLDS if "drift" in row]
GROWING = [row for row in JOINT_WORLDS if "grow" in row or "kinds" in row]
NONE = [row for row in JOINT_WORLDS if row.startswith("no effect")]
SOUND = [row for row in JOINT_WORLDS if row not in {*LEFT_OUT, *DRIFTING, *GROWING}]


def assert_covers(found: JointRow, worlds: int) -> None:
    """Effects and contrasts in .92 to .98, as they were in the trials, beyond chance."""
    for share in (found.effects, found.contrasts):
        assert 0.92 - margin(0.92, worlds) <= share <= 0.98 + margin(0.98, worlds), found


@pytest.mark.parametrize("row", ["2 of 120, overlap 60 %", "no effect, 3 of 40"])
def test_intervals_hold_the_truth_and_no_pair_is_falsely_told_apart(row):
    """A few of the rows, in every run of the tests."""
    found = tried(row, FEW)
    assert_covers(found, FEW)
    assert found.claimed <= ALLOWED + margin(ALLOWED, FEW)


def test_a_drift_of_one_interventions_adopters_makes_it_no_better():
    """Its contrast is far off alone, and does not stand beside the one that allows for slopes."""
    found = tried("first drifts -2 %", FEW)
    assert found.family > 0.8
    assert found.claimed <= ALLOWED + margin(ALLOWED, FEW)


def test_the_kept_study_holds_what_is_promised(root):
    """A thousand worlds a row: coverage, the family, drifts, and what is left out is biased."""
    kept = pd.read_csv(root / "data" / "studies" / "interventions.csv").set_index("row")
    assert set(kept.index) == set(JOINT_WORLDS)
    assert (kept["worlds"] >= 1000).all()
    for row in SOUND:
        assert 0.93 <= kept.loc[row, "effects"] <= 0.97, row
        assert 0.93 <= kept.loc[row, "contrasts"] <= 0.97, row
    for row in NONE:
        assert kept.loc[row, "family"] <= ALLOWED, row
        assert kept.loc[row, "best"] <= ALLOWED, row
    for row in (*NONE, *DRIFTING):
        assert kept.loc[row, "claimed"] <= ALLOWED, row
    for row in LEFT_OUT:
        assert kept.loc[row, "effects_bias"] > 0.02, row


def test_the_kept_study_of_single_counties_holds_what_pages_say(root):
    """Of hundreds of worlds a row: how many ranges hold at least, and counties falsely apart."""
    kept = pd.read_csv(root / "data" / "studies" / "county_effects.csv").set_index("row")
    assert list(kept.index) == list(COUNTY_WORLDS)
    assert kept["worlds"].sum() >= 6_000
    assert (kept["worlds"] >= 200).all()
    assert kept["held"].min() >= HELD
    assert kept["held"].min() < HELD + 0.01
    alike = [row for row, world in COUNTY_WORLDS.items() if not world.spread]
    assert (kept.loc[alike, "any_apart"] <= 0.05 + margin(0.05, 1000)).all()


@pytest.mark.validate
@pytest.mark.parametrize("row", SOUND)
def test_every_sound_world(row):
    """Coverage of effects and contrasts, and pairs falsely told apart."""
    found = tried(row, MANY)
    assert_covers(found, MANY)
    if row in NONE:
        assert found.family <= ALLOWED + margin(ALLOWED, MANY)


@pytest.mark.validate
@pytest.mark.parametrize("row", [row for row in NONE if "together" not in row])
def test_bands_over_time_hold_no_change(row):
    """All periods of an intervention at once, leads too: left out in at most .05 of bands."""
    found = []
    for seed in range(MANY):
        rng = np.random.default_rng((13, seed))
        course = JointCourse(draw(JOINT_WORLDS[row], rng).joint)
        names = tuple(map(str, range(len(course.joint.active))))
        path = path_records(course, names, 0.95, 6, rng)
        for name in names:
            band = [r for r in path if r["intervention"] == name and r["low"] is not None]
            assert len(band) > 10
            found.append(any(r["low"] > 0 or r["high"] < 0 for r in band))
    assert np.mean(found) <= ALLOWED + margin(ALLOWED, MANY)


@pytest.mark.validate
@pytest.mark.parametrize("row", DRIFTING)
def test_every_drifting_world(row):
    """A difference stands falsely at most as often as allowed."""
    found = tried(row, MANY)
    assert found.claimed <= ALLOWED + margin(ALLOWED, MANY)
