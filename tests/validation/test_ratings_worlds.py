"""The headline of ratings over many worlds: ceilings, halves, silence, the same raters again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import methods
from analysis.simulated.province import simulate
from analysis.simulated.tables.officers import draw_portfolios
from analysis.simulated.tables.ratings import DIMENSIONS, rate
from analysis.simulated.worlds import Options
from studies import WORLDS, Study, plausible

LARGE = 4000
"""Officers whose means give the truth of a world."""


def drawn(
    seed: int, officers: int, courtesy: float = 0.8, skill: float = 0.5, rounds: int = 3
) -> tuple[pd.DataFrame, np.ndarray]:
    """Ratings of three rounds, as a province collects them, and the skill behind each."""
    rng = np.random.default_rng(seed)
    own = rng.normal(0, skill, officers)
    who = np.repeat(np.arange(officers), rng.negative_binomial(3, 0.25, officers) + 2)
    taste = rng.normal(0, np.sqrt(0.36 + 0.25), who.size)
    halves = rng.random(who.size) < 0.6
    frames = []
    for period in range(rounds):
        felt = own[who] + taste + rng.normal(0, 0.3, who.size)
        points = (7.8 + courtesy + felt + rng.normal(0, 0.25, who.size)).clip(0, 10)
        points = np.where(halves, np.round(points * 2) / 2, points.round(1))
        answers = rng.random(who.size) < 1 / (1 + np.exp(-1 - 1.2 * felt))
        rows = {"rated": who, "rater": np.arange(who.size), "score": points, "period": period}
        frames.append(pd.DataFrame(rows | {"skill": own[who]})[answers])
    whole = pd.concat(frames, ignore_index=True)
    return whole.drop(columns="skill"), whole["skill"].to_numpy()


def followed(frame: pd.DataFrame, skill: np.ndarray) -> float:
    """Squared correlation of officers' means of a round with their skill."""
    means = frame.assign(skill=skill).groupby(["period", "rated"])[["score", "skill"]].mean()
    return float(np.corrcoef(means["score"], means["skill"])[0, 1] ** 2)


@pytest.mark.validate
@pytest.mark.parametrize(("courtesy", "skill"), [(0.0, 0.5), (0.8, 0.5), (0.8, 0.0)])
def test_reliability_of_an_officers_mean_is_found_and_covered(courtesy, skill, row):
    """120 officers, three rounds by the same raters. Bias at most .02: the silent are left out."""
    truth = followed(*drawn(1, LARGE, courtesy, skill)) if skill else 0.0
    found = []
    for seed in range(70_000, 70_000 + WORLDS):
        frame, _ = drawn(seed, 120, courtesy, skill)
        found.append(methods.estimate("reliability", frame, form="nestedk").headline)
    value, low, high = np.array([(e.value, e.low, e.high) for e in found]).T
    study = Study(f"officer's mean, courtesy {courtesy:g}", truth, value, low, high, 0)
    row(study)
    assert abs(study.bias) < 0.02 + 3 * study.bias_error
    assert plausible(study.covered, WORLDS)


def of_province(seed: int, world: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Ratings of a province of 40 counties and two years with these, and the skill behind each."""
    options = Options(counties=40, months=24, seed=seed, world=world)
    province = simulate(options)
    portfolios = draw_portfolios(options, province.register.rows, province.months)
    none = pd.DataFrame({"row": [0], "month": [0]})
    rated = rate(province, portfolios, none, none)
    columns = {"officer_id": "rated", "enterprise_id": "rater", "region_code": "region"}
    columns["period"] = "period"
    frame = rated.table[[*columns]].rename(columns=columns)
    return frame.assign(score=rated.table[[*DIMENSIONS]].mean(axis=1)), rated.skill


@pytest.mark.validate
@pytest.mark.parametrize("world", ["gaming", "null"])
def test_the_province_itself_is_found(world):
    """30 provinces against the truth of each.

    The last round is found and covered; so are all rounds, since officers are compared within their
    county: counties that began to score earlier have lost more of the discontented than others.
    Counties do not differ in what officers or enterprises are like, so that the truth over all of
    them is that within each.
    """
    errors, inside = [], []
    for seed in range(30):
        frame, skill = of_province(seed, world)
        last = (frame["period"] == frame["period"].max()).to_numpy()
        if frame["rated"].nunique() < 20:
            continue
        for part in (last, np.ones(len(last), dtype=bool)):
            one = methods.estimate("reliability", frame[part], form="nestedk").headline
            truth = followed(frame[part], skill[part]) if world == "gaming" else 0.0
            errors.append(one.value - truth)
            inside.append(one.low <= truth <= one.high)
    both = np.array(errors).reshape(-1, 2)
    assert len(both) >= 20
    error = both.std(axis=0) / len(both) ** 0.5
    assert abs(both[:, 0].mean()) < 0.01 + 3 * error[0]
    assert abs(both[:, 1].mean()) < 0.01 + 3 * error[1]
    assert np.mean(inside[::2]) > 0.8
