"""One simulated world per kind of frame that methods take, each with a known truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.panels.panel import Panel
from analysis.simulated.interventions import JointWorld, draw
from worlds import county_world


@dataclass(frozen=True)
class Kind:
    """A world maker and the truths it is asked for: one ordinary, one where nothing happens."""

    make: Callable[[int, float], Any]
    truth: float
    null: float


def shuffled(given: Any, seed: int) -> Any:
    """The same rows in another order; a panel keeps each region's periods together."""
    rng = np.random.default_rng(seed)
    if isinstance(given, Panel):
        rows = [given.frame[given.frame["region"] == c] for c in rng.permutation(given.regions)]
        return replace(given, frame=pd.concat(rows, ignore_index=True))
    return given.iloc[rng.permutation(len(given))].reset_index(drop=True)


def frame_of(given: Any) -> pd.DataFrame:
    """The frame inside."""
    return given.frame if isinstance(given, Panel) else given


def rates_world(seed: int, truth: float) -> pd.DataFrame:
    """Events of 60 regions of unequal size whose rates differ by a quarter."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(7, 0.4, 60)
    rate = truth * rng.gamma(16, 1 / 16, 60)
    codes = [f"99{i:04d}" for i in range(60)]
    return pd.DataFrame({"region": codes, "events": rng.poisson(rate * size), "size": size})


def effects_world(seed: int, truth: float) -> pd.DataFrame:
    """Estimates of 12 studies of unequal precision, whose true effects differ."""
    rng = np.random.default_rng(seed)
    error = rng.uniform(0.05, 0.3, 12)
    values = truth + rng.normal(0, 0.15, 12) + rng.normal(0, error)
    names = [f"study {i:02d}" for i in range(12)]
    return pd.DataFrame({"study": names, "estimate": values, "standard_error": error})


def ratings_world(seed: int, truth: float) -> pd.DataFrame:
    """Scores of 80 officers by 8 enterprises, some stricter; ``truth`` is ICC(2,1)."""
    rng = np.random.default_rng(seed)
    noise = 1 - truth
    scores = (
        rng.normal(80, np.sqrt(truth), (80, 1))
        + rng.normal(0, np.sqrt(0.1 * noise), (1, 8))
        + rng.normal(0, np.sqrt(0.9 * noise), (80, 8))
    )
    return pd.DataFrame(
        {
            "rated": np.repeat(np.arange(80), 8),
            "rater": np.tile(np.arange(8), 80),
            "score": scores.ravel(),
        }
    )


def judgements_world(seed: int, truth: float) -> pd.DataFrame:
    """Scores of 80 officers by 6 equally strict enterprises, a tenth of them missing."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(80, np.sqrt(truth), (80, 1)) + rng.normal(0, np.sqrt(1 - truth), (80, 6))
    rated, rater = np.indices(scores.shape).reshape(2, -1)
    frame = pd.DataFrame({"rated": rated, "rater": rater, "score": scores.ravel()})
    return frame[rng.random(480) > 0.1].reset_index(drop=True)


def draw_world(seed: int, truth: float) -> pd.DataFrame:
    """A draw of 6 in 15 within each of 4 strata of unlike level."""
    rng = np.random.default_rng(seed)
    treated = np.concatenate([rng.permutation(15) < 6 for _ in range(4)]).astype(int)
    stratum = np.repeat(np.arange(4), 15)
    outcome = stratum + truth * treated + rng.gamma(2, 0.4, 60)
    codes = [f"99{i:04d}" for i in range(60)]
    return pd.DataFrame({"unit": codes, "treated": treated, "outcome": outcome, "stratum": stratum})


def series_world(seed: int, truth: float) -> pd.DataFrame:
    """Ten years of months with a trend and errors correlated by .3; a start after six years."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 0.1, 140)
    for t in range(1, 140):
        noise[t] += 0.3 * noise[t - 1]
    period = np.arange(1, 121)
    after = (period > 72).astype(int)
    value = np.exp(5 + 0.003 * period + truth * after + noise[20:])
    return pd.DataFrame({"period": period, "value": value, "after": after})


def durations_world(seed: int, truth: float) -> pd.DataFrame:
    """Cases of 40 regions, half of them treated, that resemble one another within a region.

    A region's factor on all its hazards is positive stable with index .9, under which hazards
    stay proportional over all regions, exp(β) becoming exp(.9 β). A quarter are still open.
    """
    rng = np.random.default_rng(seed)
    size = rng.poisson(rng.gamma(4, 7, 40)) + 3
    region = np.repeat(np.arange(40), size)
    treated = (rng.permutation(40) < 20)[region].astype(int)
    angle, waiting = rng.uniform(0, np.pi, 40), rng.exponential(size=40)
    factor = np.sin(0.9 * angle) / np.sin(angle) ** (1 / 0.9)
    factor *= (np.sin(0.1 * angle) / waiting) ** (0.1 / 0.9)
    cumulated = rng.exponential(size=len(region)) / factor[region] / np.exp(truth / 0.9 * treated)
    taken, seen = 12 * cumulated**0.8, rng.uniform(5, 60, len(region))
    return pd.DataFrame(
        {
            "case": np.arange(len(region)),
            "duration": np.minimum(taken, seen),
            "ended": (taken <= seen).astype(int),
            "treated": treated,
            "region": [f"99{r:04d}" for r in region],
        }
    )


def values_world(seed: int, truth: float) -> pd.DataFrame:
    """Days that 6,000 cases of 30 regions take, heaped on fives; some brought down to day 30.

    ``truth`` is their share of the cases from day 5 to day 55, taken from days 31 to 35.
    """
    rng = np.random.default_rng(seed)
    region = rng.integers(0, 30, 6000)
    scale = rng.lognormal(3.4, 0.1, 30)[region]
    days = np.ceil(rng.gamma(3.0, scale / 3.0))
    rounded = rng.random(6000) < 0.15
    days = np.where(rounded, 5 * np.round(days / 5), days)
    late = np.flatnonzero((days >= 31) & (days <= 35))
    inside = int(((days >= 5) & (days <= 55)).sum())
    # Each case moves by its own chance: a fixed number would leave the excess without its luck.
    days[late[rng.random(late.size) < truth * inside / late.size]] = 30
    codes = np.array([f"99{r:04d}" for r in region])
    return pd.DataFrame({"value": days, "region": codes})


def scores_world(seed: int, truth: float) -> pd.DataFrame:
    """700 units whose outcome curves in a score and jumps at 0, noisier the farther away."""
    rng = np.random.default_rng(seed)
    score = rng.beta(2, 3, 700) * 2 - 0.8
    curve = 0.5 * score + 0.8 * score**2 - 0.6 * np.maximum(score, 0) ** 3
    noise = rng.normal(0, 1, 700) * (0.2 + 0.1 * np.abs(score))
    outcome = curve + truth * (score >= 0) + noise
    return pd.DataFrame({"unit": np.arange(700), "score": score, "outcome": outcome})


def interventions_world(seed: int, truth: float) -> pd.DataFrame:
    """Two interventions in 60 counties of which a third have the first; some have both."""
    world = JointWorld(counties=60, effects=(truth, -0.1), overlap=0.2, spread=0.0)
    joint = draw(world, np.random.default_rng(seed)).joint
    counties, periods = joint.either.values.shape
    return pd.DataFrame(
        {
            "region": np.repeat([f"99{i:04d}" for i in range(counties)], periods),
            "period": np.tile(np.arange(1, periods + 1), counties),
            "count": joint.either.values.ravel().astype(int),
            "exposure": joint.either.exposure.ravel(),
            "advice": joint.active[0].ravel().astype(int),
            "review": joint.active[1].ravel().astype(int),
        }
    )


KINDS = {
    "interventions": Kind(interventions_world, -0.2, 0.0),
    "values": Kind(values_world, 0.03, 0.0),
    "durations": Kind(durations_world, 0.3, 0.0),
    "draw": Kind(draw_world, -0.3, 0.0),
    "panel": Kind(county_world, -0.2, 0.0),
    "effects": Kind(effects_world, -0.3, 0.0),
    "ratings": Kind(ratings_world, 0.5, 0.0),
    "judgements": Kind(judgements_world, 0.5, 0.0),
    "series": Kind(series_world, -0.2, 0.0),
    "rates": Kind(rates_world, 0.05, 0.01),
    "scores": Kind(scores_world, -0.3, 0.0),
}
