"""The rule of the verdict at each of its edges, and every reason that takes away what it says."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import scipy.stats

from analysis.data.description import Description
from analysis.data.frames.panels.timeline import Spell
from analysis.data.frames.study import Study
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.result import Check, Estimate, Result, Sample
from analysis.simulated.counties import WORLDS, draw
from analysis.stats.panels.adoption import damped_weights
from analysis.stats.panels.own_course import Look, OwnCourse, own_course
from analysis.verdicts import effect as reasoned
from analysis.verdicts.robustness import Answer, estimate_headline, examine, reporting_checks
from analysis.verdicts.rule import (
    CAPS,
    DIRECTIONS,
    LOOKS,
    LOWERS,
    OVERRULES,
    Finding,
    bound_of_two,
    chance,
    find,
    judge,
    side,
)
from worlds import county_world

ABOUT = Description.model_validate(
    {
        "title": {"en": "Test", "zh": "测试"},
        "status": "simulated",
        "licence": "CC0",
        "origin": "t",
        "words": {"deaths": {"en": "death", "zh": "死亡", "moved_by_recording": False}},
    }
)
STEP = 1e-9
SMALLEST = 0.05
DEGREES = 12.0
FIRST = np.array([1.0, -1.0, 1.0, -1.0])
OTHER = np.array([1.0, 1.0, -1.0, -1.0])
"""Deviations of two looks that leave-one-outs move unlike each other."""


def look(value: float, p_value: float, deviations: np.ndarray = FIRST) -> Look:
    """A second look with this two-sided p."""
    error = abs(value) / float(scipy.stats.t.isf(p_value / 2, DEGREES))
    return Look(value, tuple(deviations.tolist()), error, DEGREES)


def alike(correlation: float) -> np.ndarray:
    """Deviations so correlated with those of the first look."""
    return correlation * FIRST + math.sqrt(1 - correlation**2) * OTHER


def course(
    slope: Look | None = None,
    breaks: Look | None = None,
    eve: Look | None = None,
    adopting: int = 8,
    others: int = 16,
) -> OwnCourse:
    """Second looks by hand; those that are not given could not be taken."""
    named = {"own_slope": slope, "trend_break": breaks, "without_eve": eve}
    looks = {name: given for name, given in named.items() if given is not None}
    return OwnCourse(look(-0.2, 0.01), looks, None, 9.6, adopting, others)


SURE = course(look(-0.2, 0.01), look(-0.2, 0.01, OTHER), look(-0.2, 0.1))
"""Looks that bear out a fall by any rule."""
FALL, RISE, NOTHING = (-0.3, -0.1), (0.1, 0.3), (-0.3, 0.1)


def found(looks: OwnCourse, limits: tuple[float, float] = FALL, onset: str = "unknown") -> Finding:
    """What the rule says with a smallest effect of interest of .05."""
    return find(looks, limits, onset, SMALLEST)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-0.3, -STEP, -1),
        (-0.3, 0.0, 0),
        (-0.3, STEP, 0),
        (-STEP, 0.3, 0),
        (0.0, 0.3, 0),
        (STEP, 0.3, 1),
        (-math.inf, math.inf, 0),
        (-math.inf, -0.1, -1),
        (math.nan, math.nan, 0),
    ],
)
def test_on_which_side_of_no_change_an_interval_lies(low, high, expected):
    """One that ends at zero includes it; one that is not a number lies nowhere."""
    assert side(low, high) == expected
    sure = SURE if expected <= 0 else course(look(0.2, 0.01), look(0.2, 0.01, OTHER))
    finding = found(sure, (low, high))
    assert (finding.alone, finding.direction) == (expected, expected)


@pytest.mark.parametrize(
    ("correlation", "published"),
    [(0.5, 0.055), (0.7, 0.0605), (0.8, 0.065), (0.9, 0.072), (0.95, 0.079), (1.0, 0.10)],
)
def test_the_bound_of_two_is_that_of_the_better_of_two_normals(correlation, published):
    """Two-sided p that the better of two reaches, on one side, in one study of twenty."""
    assert bound_of_two(correlation) == pytest.approx(published, abs=5e-4)


@pytest.mark.parametrize("correlation", [-1.0, -0.5, 0.0, 0.3, 0.8, 0.99, 1.0])
def test_chance_agrees_beyond_the_bound_in_one_study_of_twenty(correlation):
    """By simulation, down to two looks that are each other's opposite."""
    drawn = np.random.default_rng(1).standard_normal((2, 200_000))
    other = correlation * drawn[0] + math.sqrt(1 - correlation**2) * drawn[1]
    best = np.maximum(drawn[0], other)
    reached = (2 * scipy.stats.norm.sf(best) < bound_of_two(correlation)) & (best > 0)
    assert reached.mean() == pytest.approx(0.05, abs=0.0025)


@pytest.mark.parametrize("correlation", [0.5, 0.8, 1.0])
@pytest.mark.parametrize("better", ["own_slope", "trend_break"])
def test_either_second_look_must_agree_beyond_the_bound(correlation, better):
    """Just within and just beyond it, for either of the two; the other tells nothing."""
    bound = bound_of_two(correlation)
    for p_value, direction in ((bound - 1e-6, -1), (bound + 1e-6, 0)):
        agrees, other = look(-0.2, p_value), look(-0.01, 0.9, alike(correlation))
        pair = (agrees, other) if better == "own_slope" else (other, agrees)
        finding = found(course(*pair))
        assert finding.direction == direction
        assert finding.alone == -1
        assert finding.certainty == ("low" if direction else "")


@pytest.mark.parametrize("onset", ["unknown", "immediate", "gradual"])
@pytest.mark.parametrize("correlation", [-1.0, 0.0, 0.8, 1.0])
def test_the_chance_of_a_direction_is_below_its_bound_just_where_one_is_found(onset, correlation):
    """Over looks and headlines on either side of their bounds; nearest at a hair from them."""
    sides = 0
    for p_value in (0.001, 0.0499, 0.0549, 0.0649, 0.0999, 0.1001, 0.4):
        for headline in (0.0499, 0.0501):
            pair = look(-0.2, p_value), look(-0.01, 0.9, alike(correlation))
            looks = course(*(pair if onset != "immediate" else pair[::-1]))
            limits = FALL if headline < 0.05 else NOTHING
            direction = found(looks, limits, onset).direction
            assert (chance(looks, onset, headline, -1) < 0.05) is (direction != 0)
            assert chance(looks, onset, headline, 1) == 1.0
            sides += direction
    assert -14 < sides < 0
    assert chance(looks, onset, None, -1) is None
    assert chance(course(), onset, 0.01, -1) == 1.0


def test_directions_of_drifting_adopters_are_as_rare_as_their_p_says():
    """Adopters drift by 2 % a quarter: p below .01 in 1 % of studies, of headlines alone in most.

    150 worlds tell .01 within .024, three Monte-Carlo errors.
    """
    small = {"headline": 0, "direction": 0}
    for seed in range(150):
        known = draw(WORLDS["drift -2 %"], np.random.default_rng((31, seed))).known()
        found_here = own_course(dataclasses.replace(known, weights=damped_weights(known)))
        own = found_here.headline.p_value
        both = chance(found_here, "unknown", own, -1 if found_here.headline.value < 0 else 1)
        small["headline"] += own < 0.01
        small["direction"] += both < 0.01
    assert small["headline"] > 75
    assert small["direction"] / 150 <= 0.01 + 0.024


def test_a_second_look_on_the_other_side_bears_nothing_out():
    """However far from zero it is: the sign must be that of the headline."""
    against = course(look(0.2, 0.001), look(0.2, 0.001, OTHER), look(0.2, 0.001))
    assert found(against).direction == 0
    assert found(against, RISE).direction == 1
    one_of_two = course(look(0.2, 0.001), look(-0.2, 0.001, OTHER), look(-0.2, 0.001))
    assert (found(one_of_two).direction, found(one_of_two).certainty) == (-1, "low")


@pytest.mark.parametrize(
    ("onset", "named"), [("immediate", "trend_break"), ("gradual", "own_slope")]
)
def test_a_declared_onset_looks_at_one_at_ninety_per_cent(onset, named):
    """At once: the break beside a slope; growing: the slope of before. The other is not asked."""
    for p_value, direction in ((0.1 - 1e-6, -1), (0.1 + 1e-6, 0)):
        asked, other = look(-0.2, p_value), look(0.2, 0.001, OTHER)
        pair = (asked, other) if named == "own_slope" else (other, asked)
        assert found(course(*pair), onset=onset).direction == direction
    without = {"own_slope": course(breaks=asked), "trend_break": course(slope=asked)}[named]
    assert found(without, onset=onset).reasons == ("own_course_unknown",)


@pytest.mark.parametrize(("p_value", "direction"), [(0.1 - 1e-6, -1), (0.1 + 1e-6, 0)])
@pytest.mark.parametrize("name", ["slope", "breaks"])
def test_where_only_one_second_look_can_be_taken_it_alone_is_held_to_five_per_cent(
    name, p_value, direction
):
    """One-sided, as for two."""
    assert found(course(**{name: look(-0.2, p_value)})).direction == direction


def test_no_direction_without_a_second_look():
    """The reason is that the course of adopters is not known."""
    finding = found(course(eve=look(-0.2, 0.001)))
    assert finding == Finding(0, "", -1, False, ("own_course_unknown",))


@pytest.mark.parametrize(
    ("adopting", "others", "enough"),
    [(2, 16, False), (3, 16, True), (8, 5, False), (8, 6, True), (3, 6, True), (0, 0, False)],
)
def test_a_direction_needs_three_clusters_with_and_six_without_an_adopter(adopting, others, enough):
    """Fewer leave none, whatever the numbers, nor anything too small to matter."""
    few = dataclasses.replace(SURE, adopting=adopting, others=others)
    assert found(few).direction == -enough
    assert found(few).alone == -1
    assert found(few).reasons == (() if enough else ("few_clusters",))
    close = look(-0.01, 0.5)
    steady = dataclasses.replace(course(close, close), adopting=adopting, others=others)
    assert found(steady, (-0.02, 0.01)).little == enough


@pytest.mark.parametrize(
    ("slope", "breaks", "eve", "certainty"),
    [
        (0.05 - 1e-6, 0.2 - 1e-6, 0.2 - 1e-6, "moderate"),
        (0.2 - 1e-6, 0.05 - 1e-6, 0.2 - 1e-6, "moderate"),
        (0.05 + 1e-6, 0.05 + 1e-6, 0.05 - 1e-6, "low"),
        (0.05 - 1e-6, 0.2 + 1e-6, 0.2 - 1e-6, "low"),
        (0.05 - 1e-6, 0.2 - 1e-6, 0.2 + 1e-6, "low"),
        (0.05 - 1e-6, 0.2 - 1e-6, None, "low"),
        (0.05 - 1e-6, None, 0.2 - 1e-6, "low"),
    ],
)
def test_a_moderate_certainty_needs_both_looks_and_the_donut(slope, breaks, eve, certainty):
    """One of the two at 95 %, all three at 80 %; one that could not be taken keeps it low."""
    given = [None if p is None else look(-0.2, p) for p in (slope, breaks, eve)]
    assert found(course(*given)).certainty == certainty


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_look_of_the_other_sign_keeps_a_certainty_low(place):
    """Even one that is close to zero."""
    looks = [look(-0.2, 0.01), look(-0.2, 0.01), look(-0.2, 0.01)]
    looks[place] = look(0.001, 0.95)
    assert found(course(*looks)).certainty == "low"


def within(low: float, high: float) -> Look:
    """A second look whose interval at 90 % has these limits."""
    margin = (high - low) / 2
    error = margin / float(scipy.stats.t.isf(0.05, DEGREES))
    return Look((low + high) / 2, tuple(FIRST.tolist()), error, DEGREES)


WIDE = 2 * SMALLEST


@pytest.mark.parametrize(
    ("limits", "slope", "breaks", "little"),
    [
        ((-0.05 + STEP, 0.05 - STEP), within(-0.02, 0.02), None, True),
        ((-0.05, 0.04), within(-0.02, 0.02), None, False),
        ((-0.04, 0.05), within(-0.02, 0.02), None, False),
        ((-0.04, 0.04), within(-WIDE + STEP, WIDE - STEP), None, True),
        ((-0.04, 0.04), within(-WIDE - STEP, 0.0), None, False),
        ((-0.04, 0.04), within(0.0, WIDE + STEP), None, False),
        ((-0.04, 0.04), within(-0.5, 0.5), within(-0.02, 0.02), True),
        ((-0.04, 0.04), within(-0.5, 0.5), within(-0.5, 0.5), False),
        ((-0.04, 0.04), within(SMALLEST + STEP, 0.5), within(-0.02, 0.02), False),
        ((-0.04, 0.04), within(-0.5, -SMALLEST - STEP), within(-0.02, 0.02), False),
        ((-0.04, 0.04), within(SMALLEST - STEP, 0.5), within(-0.02, 0.02), True),
        ((-0.04, -0.01), within(-0.02, 0.02), None, True),
    ],
)
def test_too_small_to_matter_needs_a_second_look_as_well(limits, slope, breaks, little):
    """One within twice the smallest effect at 90 %, and none beyond it: a drift may hide one."""
    finding = found(course(slope, breaks), limits)
    assert finding.little == little
    assert not little or (finding.direction, finding.certainty) == (0, "moderate")


def test_nothing_is_too_small_to_matter_without_a_second_look():
    """An interval within the smallest effect is not enough."""
    finding = found(course(), (-0.01, 0.01))
    assert not finding.little
    assert finding.reasons == ("own_course_unknown",)


UNKNOWN = (math.nan, math.inf, -math.inf)


@pytest.mark.parametrize("unknown", UNKNOWN)
@pytest.mark.parametrize("where", ["value", "error", "degrees", "deviations"])
def test_what_is_not_a_number_claims_nothing(unknown, where):
    """No look bears a direction out that is not finite; deviations that are not count as unlike."""
    changes = {where: (unknown,) * 4 if where == "deviations" else unknown}
    odd = dataclasses.replace(look(-0.2, 0.04), **changes)
    finding = found(course(odd, look(-0.01, 0.9)))
    if where == "deviations":
        assert (finding.direction, finding.certainty) == (-1, "low")
        weak = dataclasses.replace(look(-0.2, 0.0507), **changes)
        assert found(course(weak, look(-0.01, 0.9))).direction == 0
    elif where == "degrees" and unknown == math.inf:
        assert finding.direction == -1  # the normal distribution
    else:
        assert finding.direction == 0
        assert not found(course(odd, odd), (-0.01, 0.01)).little


def test_a_look_without_any_error_bears_nothing_out():
    """Deviations of zero are no certainty: nothing is known of its error."""
    still = Look(-0.2, (0.0,) * 4, 0.0, DEGREES)
    assert still.p_value == 1.0
    assert found(course(still, still)).direction == 0


FELL, ROSE = Finding(-1, "moderate", -1, False), Finding(1, "moderate", 1, False)
STEADY = Finding(0, "moderate", 0, True)


def verdict(finding: Finding, *reasons: str, better: str = "lower", recording: bool = True):
    """The verdict for these reasons."""
    return judge(finding, reasons=reasons, better=better, recording=recording)


@pytest.mark.parametrize(
    ("finding", "better", "recording", "expected"),
    [
        (FELL, "lower", True, "fewer"),
        (FELL, "higher", True, "fewer"),
        (ROSE, "lower", True, "more"),
        (ROSE, "higher", True, "more"),
        (FELL, "lower", False, "improves"),
        (FELL, "higher", False, "worsens"),
        (ROSE, "lower", False, "worsens"),
        (ROSE, "higher", False, "improves"),
        (STEADY, "lower", True, "too_small_to_matter"),
        (Finding(0, "", -1, False), "lower", True, "cannot_tell"),
    ],
)
def test_a_verdict_says_improves_only_of_what_recording_cannot_move(
    finding, better, recording, expected
):
    """Otherwise what was recorded: fewer or more, whatever is better."""
    given = verdict(finding, better=better, recording=recording)
    assert given.key == expected
    assert given.claims == (expected in DIRECTIONS)


@pytest.mark.parametrize("finding", [FELL, ROSE, STEADY])
@pytest.mark.parametrize("reason", OVERRULES)
def test_each_overruling_reason_alone_leaves_nothing(finding, reason):
    """Neither a direction nor too small to matter; the headline's own side is remembered."""
    given = verdict(finding, reason)
    assert (given.key, given.certainty, given.overruled) == ("cannot_tell", "", (reason,))
    assert (given.alone, given.claims) == (finding.alone, False)


@pytest.mark.parametrize("finding", [FELL, ROSE, STEADY])
@pytest.mark.parametrize("reason", LOWERS)
def test_each_lowering_reason_alone_keeps_a_certainty_low(finding, reason):
    """The direction stays."""
    given = verdict(finding, reason)
    assert given.key == verdict(finding).key
    assert (given.certainty, given.lowered, given.overruled) == ("low", (reason,), ())


@pytest.mark.parametrize("finding", [FELL, ROSE, STEADY])
@pytest.mark.parametrize("reason", CAPS)
def test_each_capping_reason_alone_keeps_a_certainty_from_being_high(finding, reason):
    """Only with none of them, so only for a roll-out that was drawn, is it high."""
    assert verdict(finding).certainty == "high"
    given = verdict(finding, reason)
    assert (given.certainty, given.capped, given.lowered) == ("moderate", (reason,), ())


def test_reasons_never_raise_a_low_certainty():
    """A drawn roll-out makes nothing of looks that hardly agree."""
    low = Finding(-1, "low", -1, False)
    assert verdict(low).certainty == "low"
    assert verdict(low, *CAPS).certainty == "low"
    assert verdict(low, *LOWERS).certainty == "low"


def test_reasons_are_listed_in_the_order_of_the_rules_and_unknown_ones_not_at_all():
    """Whatever the order in which they were found; those of the numbers count with them."""
    finding = Finding(0, "", 1, False, ("few_clusters",))
    given = verdict(finding, "not_drawn", "other_method", "leads", "placebo_outcome", "weather")
    assert given.overruled == ("few_clusters", "placebo_outcome", "other_method")
    assert (given.lowered, given.capped) == (("leads",), ("not_drawn",))
    assert len({*OVERRULES, *LOWERS, *CAPS}) == len(OVERRULES) + len(LOWERS) + len(CAPS)


def study_of(panel, **changes) -> Study:
    """A study of a panel from arrays."""
    asked = {"exposure": "enterprises", "period": "quarter", **changes}
    return Study(InterventionEffectParams(**asked), ABOUT, {}, panel, None)


@pytest.fixture(scope="module")
def clear():
    """A world with a large effect, drawn by lot: study, headline and robustness."""
    panel = dataclasses.replace(county_world(21, effect=-0.5, regions=60), assignment="random")
    study = study_of(panel)
    headline = estimate_headline(study)
    return study, headline, examine(study, headline)


def silent(key: str = "placebo") -> Answer:
    """A check whose interval includes no change."""
    return Answer(key, "counts", Estimate("overall", 0.01, 0.1, -0.2, 0.2))


def speaks(low: float, high: float, method: str = "counts") -> Answer:
    """A check with this interval."""
    return Answer("spoken", method, Estimate("overall", (low + high) / 2, 0.1, low, high))


REFUSED = Answer("refused", "counts", None, "needs more regions")


@pytest.fixture
def spotless(clear):
    """The clear world, every check of which was made and came out for the answer."""
    study, headline, robustness = clear
    checks = (Check("leads", True, 1.0, 0.1), Check("base_period", True, 1.0, 0.1))
    made = dataclasses.replace(
        robustness,
        specifications=(speaks(-0.6, -0.4),),
        placebo_time=silent(),
        placebo_outcome=silent(),
        reporting=(silent("repeat_claimants"),),
        leave_one_out=({"region": "a", "value": -0.4},),
    )
    frame = study.panel.frame.assign(count=100.0, exposure=1.0)
    panel = dataclasses.replace(study.panel, frame=frame)
    asked = dataclasses.replace(study, panel=panel)
    return asked, dataclasses.replace(headline, checks=checks), made


def test_a_clear_effect_that_was_drawn_is_called_with_high_certainty(spotless):
    """No reason holds against it."""
    assert reasoned.reasons(*spotless) == []
    given = reasoned.judged(*spotless)
    assert (given.key, given.certainty) == ("fewer", "high")
    assert (given.overruled, given.lowered, given.capped) == ((), (), ())


def test_a_clear_effect_that_was_not_drawn_is_called_with_moderate_certainty(clear):
    """What counties do by themselves, with counts alone and no placebo outcome."""
    study, headline, robustness = clear
    chosen = dataclasses.replace(study.panel, assignment="")
    given = reasoned.judged(dataclasses.replace(study, panel=chosen), headline, robustness)
    assert (given.key, given.certainty, given.overruled) == ("fewer", "moderate", ())
    assert {"not_drawn", "no_placebo_outcome", "reporting_unknown"} <= {*given.capped}


def fewer_adopting(clusters):
    """A change of how many clusters adopt."""
    return lambda study, headline, robustness: (
        study,
        headline,
        dataclasses.replace(
            robustness,
            own_course=dataclasses.replace(robustness.own_course, adopting=clusters),
        ),
    )


def robust(**changes):
    """A change of what the headline rests on."""
    return lambda study, headline, robustness: (
        study,
        headline,
        dataclasses.replace(robustness, **changes),
    )


def headed(**changes):
    """A change of the headline."""
    return lambda study, headline, robustness: (
        study,
        dataclasses.replace(headline, **changes),
        robustness,
    )


def sampled(**changes):
    """A change of what the headline was computed from."""
    return lambda study, headline, robustness: (
        study,
        dataclasses.replace(headline, sample=dataclasses.replace(headline.sample, **changes)),
        robustness,
    )


def paneled(**changes):
    """A change of the panel."""
    return lambda study, headline, robustness: (
        dataclasses.replace(study, panel=dataclasses.replace(study.panel, **changes)),
        headline,
        robustness,
    )


def levelled(share: float):
    """Adopters whose counts are so much of those of the others."""

    def change(study, headline, robustness):
        ever = study.panel.frame["first_treated"] > 0
        frame = study.panel.frame.assign(count=np.where(ever, 100 * share, 100.0))
        return paneled(frame=frame)(study, headline, robustness)

    return change


def other(start: int, end: int | None, own: bool = False):
    """An intervention in force in one region."""
    return paneled(timeline=(Spell("990001", "grants", start, end, own),))


FAILED = {"passed": False, "value": 3.0, "threshold": 0.1}
HELD = {
    "placebo_outcome": robust(placebo_outcome=speaks(-0.3, -0.1)),
    "leave_one_out": robust(leave_one_out=({"region": "a", "value": 0.01},)),
    "already_treated": headed(checks=(Check("already_treated", None, 0.01),)),
    "other_method": robust(specifications=(speaks(0.1, 0.3),)),
    "leads": headed(checks=(Check("leads", **FAILED),)),
    "base_period": headed(checks=(Check("base_period", **FAILED),)),
    "placebo_time": robust(placebo_time=speaks(0.1, 0.3)),
    "reporting": robust(reporting=(silent(), speaks(-0.3, -0.1))),
    "other_intervention": other(3, None),
    "few_adopters": fewer_adopting(4),
    "checks_lost": robust(placebo_time=REFUSED),
    "not_drawn": paneled(assignment=""),
    "left_out": sampled(dropped={"incomplete": 21}),
    "starting_level": levelled(1.26),
    "no_placebo_outcome": robust(placebo_outcome=None),
    "reporting_unknown": robust(reporting=()),
}
"""For each reason a change after which it holds, and no other does."""
GRADES = {
    **dict.fromkeys(OVERRULES, ""),
    **dict.fromkeys(LOWERS, "low"),
    **dict.fromkeys(CAPS, "moderate"),
}
RULED_BY_NUMBERS = {"no_range", "few_clusters", "own_course_unknown"}


def test_each_reason_is_found_by_the_change_that_brings_it_about(spotless):
    """Alone, and in the right list of the verdict."""
    assert HELD.keys() == {*OVERRULES, *LOWERS, *CAPS} - RULED_BY_NUMBERS
    for reason, change in HELD.items():
        case = change(*spotless)
        assert reasoned.reasons(*case) == [reason], reason
        given = reasoned.judged(*case)
        assert (*given.overruled, *given.lowered, *given.capped) == (reason,)
        assert given.certainty == GRADES[reason], reason


@pytest.mark.parametrize(
    "change",
    [
        headed(checks=()),
        headed(checks=(Check("leads", None, None, None),)),
        headed(checks=(Check("already_treated", None, 0.0),)),
        robust(specifications=(speaks(0.1, 0.3, method="two_way"),)),
        robust(specifications=(speaks(-0.1, 0.3), REFUSED)),
        robust(leave_one_out=()),
        robust(placebo_time=speaks(0.0, 0.3), placebo_outcome=speaks(-0.3, 0.0)),
        other(0, None),
        other(3, 5, own=True),
        sampled(treated=5),
        sampled(dropped={"incomplete": 20}),
        levelled(1.25),
        levelled(1 / 1.25),
    ],
)
def test_a_step_short_of_each_reason_holds_nothing_against_the_answer(spotless, change):
    """Unknown leads, intervals that end at zero, other methods that are not sound, the limits."""
    assert reasoned.reasons(*change(*spotless)) == []


@pytest.mark.parametrize("end", [1, 14])
def test_another_intervention_that_ended_counts_like_one_that_began(spotless, end):
    """One that was in force before the panel and until a period of it."""
    assert reasoned.reasons(*other(0, end)(*spotless)) == ["other_intervention"]


def test_every_check_that_was_lost_is_counted(spotless):
    """Placebos, mixes, leaving one out, and second looks; one not asked for is not lost."""
    study, headline, robustness = spotless
    assert reasoned.lost_checks("counts", robustness) == []
    looks = {"own_slope": robustness.own_course.looks["own_slope"]}
    bare = dataclasses.replace(
        robustness,
        placebo_time=REFUSED,
        placebo_outcome=None,
        reporting=(REFUSED, silent()),
        leave_one_out=None,
        own_course=dataclasses.replace(robustness.own_course, looks=looks),
    )
    lost = ["refused", "refused", "leave_one_out", "trend_break", "without_eve"]
    assert reasoned.lost_checks("counts", bare) == lost
    given = reasoned.judged(study, headline, bare)
    assert (given.certainty, given.lowered) == ("low", ("checks_lost",))


@pytest.mark.parametrize(
    ("ways", "lost"),
    [
        ({"did": (0, 4), "imputation": (0, 1)}, True),
        ({"did": (1, 3), "imputation": (0, 1)}, False),
        ({"did": (4, 0), "imputation": (1, 0), "two_way": (0, 9)}, False),
        ({"did": (0, 4), "two_way": (2, 0)}, True),
        ({"counts": (0, 5), "did": (1, 0)}, False),
        ({"counts": (3, 0)}, False),
    ],
)
def test_other_ways_are_lost_where_most_sound_methods_give_no_estimate(spotless, ways, lost):
    """Neither ways of the headline's own method count, nor those of one that cannot contradict."""
    study, headline, robustness = spotless
    answers = tuple(
        answer
        for method, (given, refused) in ways.items()
        for answer in (speaks(-0.6, -0.4, method),) * given
        + (dataclasses.replace(REFUSED, method=method),) * refused
    )
    other = dataclasses.replace(robustness, specifications=answers)
    assert headline.method == "counts"
    assert reasoned.lost_checks("counts", other) == (["specifications"] if lost else [])
    assert reasoned.judged(study, headline, other).certainty == ("low" if lost else "high")


def test_reporting_is_unknown_only_for_what_recording_can_move(spotless):
    """Deaths need no mix of records, and improve."""
    study, headline, robustness = robust(reporting=())(*spotless)
    params = study.params.model_copy(update={"outcome": "deaths"})
    deaths = dataclasses.replace(study, params=params)
    given = reasoned.judged(deaths, headline, robustness)
    assert (given.key, given.certainty) == ("improves", "high")
    params = params.model_copy(update={"better": "higher"})
    worse = reasoned.judged(dataclasses.replace(deaths, params=params), headline, robustness)
    assert worse.key == "worsens"


def ended(value, error, low, high, level=0.95, **options) -> Result:
    """A headline with this interval at a level."""
    return Result(
        method="counts",
        estimand="an effect",
        unit="log rate ratio",
        level=level,
        estimates=(Estimate("overall", value, error, low, high),),
        sample=Sample(100, 20, 7, "2001", "2005", {}),
        options=options,
    )


def test_the_rule_looks_at_ninety_five_per_cent_whatever_the_page_shows():
    """From the error and degrees of freedom; by adopters less one where none are given."""
    error = 0.1
    for level in (0.8, 0.9, 0.99):
        margin = scipy.stats.t.isf((1 - level) / 2, 9) * error
        shown = ended(-0.2, error, -0.2 - margin, -0.2 + margin, level, degrees=9)
        wide = scipy.stats.t.isf(0.025, 9) * error
        limits = reasoned.limits_at(shown, 0.95)
        assert limits == pytest.approx((-0.2 - wide, -0.2 + wide), rel=1e-12)
    plain = ended(-0.2, error, -0.3, -0.1, 0.9)
    assert reasoned.limits_at(plain, 0.95)[1] == pytest.approx(
        -0.2 + scipy.stats.t.isf(0.025, 6) * error, rel=1e-12
    )


def test_an_interval_without_an_error_stands_for_its_own_level_and_lower_ones():
    """It cannot be made wider: at 90 % it says nothing about 95 %."""
    assert reasoned.limits_at(ended(-0.2, None, -0.3, -0.1, 0.99), 0.95) == (-0.3, -0.1)
    assert reasoned.limits_at(ended(-0.2, None, -0.3, -0.1, 0.95), 0.95) == (-0.3, -0.1)
    assert reasoned.limits_at(ended(-0.2, None, -0.3, -0.1, 0.9), 0.95) is None
    assert reasoned.limits_at(ended(-0.2, 0.1, None, None), 0.95) is None
    assert reasoned.limits_at(ended(-0.2, 0.1, -0.3, -0.1), 0.95) == (-0.3, -0.1)


def test_a_page_of_a_higher_level_claims_no_direction_that_its_range_includes(spotless):
    """The wider of both intervals is asked, so that a claim never stands beside a wider range."""
    study, _, robustness = spotless
    for level, direction in ((0.9, -1), (0.95, -1), (0.99, 0)):
        margin = scipy.stats.t.isf((1 - level) / 2, 10) * 0.2
        shown = ended(-0.5, 0.2, -0.5 - margin, -0.5 + margin, level, degrees=10)
        assert reasoned.found(study, shown, robustness).direction == direction


def test_without_a_range_or_a_course_there_is_no_direction(spotless):
    """Each has its reason; the side of a range that ends at zero is none."""
    study, _, robustness = spotless
    bare = reasoned.found(study, ended(-0.2, None, None, None), robustness)
    assert bare == Finding(0, "", 0, False, ("no_range",))
    lost = dataclasses.replace(robustness, own_course=None)
    for low, high, alone in ((-0.3, -0.1, -1), (-0.3, 0.0, 0), (0.0, 0.3, 0), (0.1, 0.3, 1)):
        finding = reasoned.found(study, ended((low + high) / 2, None, low, high), lost)
        assert finding == Finding(0, "", alone, False, ("own_course_unknown",))
    given = reasoned.judged(study, ended(-0.2, 0.05, -0.3, -0.1), lost)
    assert (given.key, given.alone, given.overruled) == ("cannot_tell", -1, ("own_course_unknown",))


@pytest.mark.parametrize("onset", LOOKS)
def test_the_question_says_how_effects_come(spotless, onset):
    """Its parameter decides which second look is asked."""
    study, headline, robustness = spotless
    asked = dict.fromkeys(LOOKS[onset])
    looks = {
        name: given if name not in asked else look(0.001, 0.95)
        for name, given in robustness.own_course.looks.items()
    }
    against = dataclasses.replace(
        robustness, own_course=dataclasses.replace(robustness.own_course, looks=looks)
    )
    params = study.params.model_copy(update={"onset": onset})
    question = dataclasses.replace(study, params=params)
    assert reasoned.found(question, headline, robustness).direction == -1
    assert reasoned.found(question, headline, against).direction == 0


def test_few_adopters_leave_no_direction():
    """Two adopting regions, however clear the interval."""
    panel = county_world(22, effect=-1.0)
    treated = panel.adoption[panel.adoption > 0].index
    few = study_of(panel.keep([c for c in panel.regions if c not in set(treated[2:])]))
    headline = estimate_headline(few)
    given = reasoned.judged(few, headline, examine(few, headline))
    assert (given.key, given.overruled[0]) == ("cannot_tell", "few_clusters")


def test_a_change_in_who_complains_is_found_by_the_reporting_checks():
    """Half as many repeat claimants among the complaints of adopters; the rest unchanged."""
    panel = county_world(31)
    rng = np.random.default_rng(2)
    total = panel.matrix("count").astype(int)
    starts = panel.adoption.to_numpy()[:, None]
    treated = (starts > 0) & (np.arange(1, total.shape[1] + 1) >= starts)
    mixes = {}
    for mix, after in (("repeat_claimants", 0.15), ("online_channel", 0.3)):
        drawn = rng.binomial(total, np.where(treated, after, 0.3))
        frame = panel.frame.assign(count=drawn.ravel().astype(float), exposure=panel.frame["count"])
        mixes[mix] = dataclasses.replace(panel, frame=frame)
    study = dataclasses.replace(study_of(panel), mixes=mixes)
    found_by = {answer.key: answer.estimate for answer in reporting_checks(study)}
    assert found_by["repeat_claimants"].low < np.log(0.5) < found_by["repeat_claimants"].high < 0
    assert found_by["online_channel"].low < 0 < found_by["online_channel"].high
