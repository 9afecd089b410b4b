"""The four-way verdict: from the interval, capped by doubts, and rarely wrong under no effect."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from analysis.data.description import Description
from analysis.data.frames.study import Study
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.reports.intervention_effect.verdict import from_interval, judge
from analysis.result import Estimate
from analysis.robustness import Answer, estimate_headline, examine, reporting_checks
from worlds import county_world

ABOUT = Description.model_validate(
    {"title": {"en": "Test", "zh": "测试"}, "status": "simulated", "licence": "CC0", "origin": "t"}
)


def study_of(panel, **changes) -> Study:
    """A study of a panel from arrays."""
    params = InterventionEffectParams(exposure="enterprises", period="quarter", **changes)
    return Study(params, ABOUT, {}, panel, None)


@pytest.mark.parametrize(
    ("low", "high", "better", "expected"),
    [
        (-0.30, -0.10, "lower", "improves"),
        (-0.30, -0.10, "higher", "worsens"),
        (0.10, 0.30, "lower", "worsens"),
        (0.10, 0.30, "higher", "improves"),
        (-0.04, 0.04, "lower", "too_small_to_matter"),
        (-0.04, -0.01, "lower", "too_small_to_matter"),
        (-0.20, 0.01, "lower", "cannot_tell"),
        (-0.04, 0.20, "lower", "cannot_tell"),
        (None, None, "lower", "cannot_tell"),
    ],
)
def test_what_an_interval_says(low, high, better, expected):
    """Every case of the rule, with a smallest effect of 5 per cent."""
    assert from_interval(Estimate("overall", -0.1, 0.1, low, high), 0.05, better) == expected


@pytest.fixture(scope="module")
def clear():
    """A world with a large effect: study, headline and robustness."""
    study = study_of(county_world(21, effect=-0.5, regions=60))
    headline = estimate_headline(study)
    return study, headline, examine(study, headline)


def test_a_clear_effect_is_called_by_its_direction(clear):
    """No doubt is raised, and fewer is better."""
    verdict = judge(*clear)
    assert verdict.key == "improves"
    assert verdict.doubts == ()


def placebo(low: float, high: float) -> Answer:
    """A placebo answer with this interval."""
    return Answer("placebo", "did", Estimate("before", (low + high) / 2, 0.1, low, high))


@pytest.mark.parametrize(
    ("doubt", "changes"),
    [
        ("placebo_time", {"placebo_time": placebo(0.1, 0.3)}),
        ("placebo_outcome", {"placebo_outcome": placebo(-0.3, -0.1)}),
        ("leave_one_out", {"leave_one_out": ({"region": "a", "value": 0.01},)}),
        ("other_method", {"specifications": (placebo(0.1, 0.3),)}),
    ],
)
def test_any_doubt_caps_the_verdict(clear, doubt, changes):
    """Each doubt alone turns a clear interval into cannot tell, and is named."""
    study, headline, robustness = clear
    verdict = judge(study, headline, dataclasses.replace(robustness, **changes))
    assert verdict.key == "cannot_tell"
    assert verdict.from_interval == "improves"
    assert verdict.doubts == (doubt,)


def test_few_adopters_cap_the_verdict():
    """Four adopting regions, however clear the interval."""
    panel = county_world(22, effect=-1.0)
    treated = panel.adoption[panel.adoption > 0].index
    few = study_of(panel.keep([c for c in panel.regions if c not in set(treated[4:])]))
    headline = estimate_headline(few)
    assert "few_regions" in judge(few, headline, examine(few, headline)).doubts


def test_without_an_effect_a_direction_is_seldom_claimed():
    """48 worlds without any effect: at most 6 directional verdicts at the 95 % level.

    If each came with chance 0.05, more than 6 would be seen once in 50 such tests; the caps
    only make them rarer. Seeds are fixed, so the test does not flicker.
    """
    directional = 0
    for seed in range(300, 348):
        study = study_of(county_world(seed, effect=0.0, regions=24))
        headline = estimate_headline(study)
        key = from_interval(headline.headline, study.params.smallest_effect, "lower")
        directional += key in ("improves", "worsens")
    assert directional <= 6
    assert np.isfinite(directional)


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
    found = {answer.key: answer.estimate for answer in reporting_checks(study)}
    assert found["repeat_claimants"].low < np.log(0.5) < found["repeat_claimants"].high < 0
    assert found["online_channel"].low < 0 < found["online_channel"].high
