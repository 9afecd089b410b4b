"""Scores with colours at four cut-offs, and records afterwards: worlds whose jump is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.data.frames.cases.thresholds import Scored
from analysis.params import ThresholdQuestion
from analysis.reports.rating_threshold.params import RatingThresholdParams
from analysis.verdicts.threshold import ExaminedThreshold

CUTOFFS = (60.0, 70.0, 80.0, 90.0)


def scored_world(
    seed: int,
    jump: float = 0.0,
    lifted: float = 0.0,
    size: int = 12_000,
    mean: float = 1.0,
    liked: tuple[float, int] = (0.0, 10),
) -> Scored:
    """Whole-number scores; records fall with quality, and by ``jump`` log points at each cut-off.

    ``lifted`` is the share of scores of 67 to 69 that are lifted to 70; ``liked`` is the share of
    those within two points of a multiple of a number that are written as it. Who complains differs
    between enterprises, so that records vary more than counts do.
    """
    rng = np.random.default_rng(seed)
    quality = rng.normal(size=size)
    score = (77 + 7 * quality + rng.normal(0, 6, size)).round().clip(30, 100)
    under = (score >= 67) & (score < 70)
    score = np.where(under & (rng.random(size) < lifted), 70.0, score)
    away = (score + 2) % liked[1] - 2
    near = (np.abs(away) <= 2) & (score + 2 <= 100)
    score = np.where(near & (rng.random(size) < liked[0]), score - away, score)
    band = np.searchsorted(CUTOFFS, score, side="right") - 2
    size_of = rng.lognormal(-0.3, 0.8, size)
    before = rng.poisson(mean * size_of * np.exp(-0.4 * quality)) / 12
    after = rng.poisson(mean * size_of * np.exp(-0.4 * quality + jump * band)) / 12
    units = pd.DataFrame({"score": score, "outcome": after, "before": before})
    parts = []
    for k, cutoff in enumerate(CUTOFFS):
        low = CUTOFFS[k - 1] if k else -np.inf
        high = CUTOFFS[k + 1] if k + 1 < len(CUTOFFS) else np.inf
        parts.append(units[(score >= low) & (score < high)].assign(cutoff=cutoff))
    frame = pd.concat(parts, ignore_index=True)
    frame["unit"] = np.arange(len(frame)).astype(str)
    number = units["score"].value_counts().sort_index()
    scores = pd.DataFrame({"score": number.index, "number": number.to_numpy()})
    return Scored(frame, scores, CUTOFFS, size, True, True, 0.0)


def examined(given: Scored, **asked: object) -> ExaminedThreshold:
    """The cut-offs of a world, looked at as the report does."""
    params = RatingThresholdParams.model_validate({"dataset": "none", **asked})
    assert isinstance(params, ThresholdQuestion)

    def estimate(method, frame, **options):
        return method.estimate(frame, method.options(**options), np.random.default_rng(1))

    return ExaminedThreshold(given, params, estimate, lambda found: found)
