"""Programmes that enterprises apply to: a scheme for model shops, and settling disputes online."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.simulated.places import identifiers, words
from analysis.simulated.worlds import Options, stream

MODEL, ODR = "model_shop", "odr"
APPLY, THRESHOLD = 0.05, 80
"""Share of the register that applies to be a model shop, and the score needed."""
WAIT = 2
"""Months from application to approval."""
NEVER = 10_000


@dataclass(frozen=True)
class Programmes:
    """The month from which each row of the register takes part, ``NEVER`` for most."""

    model: np.ndarray
    odr: np.ndarray
    table: pd.DataFrame


def draw_programmes(options: Options, rows: pd.DataFrame, months: pd.PeriodIndex) -> Programmes:
    """Who applies, who is approved; better ones apply and score more where merit counts."""
    rng, world, size = stream(options, "programmes"), options.truth, len(rows)
    quality, weight = rows["quality"].to_numpy(), rows["weight"].to_numpy()
    month = rng.integers(len(months) // 4, 3 * len(months) // 4, (2, size))
    there = (rows["entry"].to_numpy() < month) & (rows["leave"].to_numpy() > month)
    drawn = np.exp(world.merit * quality - world.merit**2 / 2)
    applies = there[0] & (rng.random(size) < APPLY * drawn)
    score = THRESHOLD + 6 * (world.merit * quality + rng.normal(0, 1, size))
    score = score.round().clip(50, 100)
    # The more complaints an enterprise has, the sooner it wishes to settle them itself.
    online = there[1] & (rng.random(size) < np.minimum(0.01 * weight**1.5, 0.9))
    approved = applies & (score >= THRESHOLD)
    frames = [
        _applications(MODEL, applies, month[0], months, score, approved),
        _applications(ODR, online, month[1], months, np.full(size, np.nan), online),
    ]
    return Programmes(
        np.where(approved, month[0] + WAIT, NEVER),
        np.where(online, month[1] + WAIT, NEVER),
        pd.concat(frames, ignore_index=True),
    )


def _applications(
    name: str,
    applies: np.ndarray,
    month: np.ndarray,
    months: pd.PeriodIndex,
    score: np.ndarray,
    approved: np.ndarray,
) -> pd.DataFrame:
    """A row per application; approval counts from the first day of its month."""
    rows = np.flatnonzero(applies)
    firsts = months.to_timestamp().to_numpy().astype("datetime64[us]")
    done = month[rows] + WAIT
    approval = firsts[np.minimum(done, len(months) - 1)]
    approval[~approved[rows] | (done >= len(months))] = np.datetime64("NaT", "D")
    return pd.DataFrame(
        {
            "enterprise_id": identifiers("E", rows, 7),
            "programme": words([name], np.zeros(len(rows), dtype=int)),
            "applied_on": firsts[month[rows]] + np.timedelta64(9, "D"),
            "score": score[rows],
            "threshold": np.where(np.isnan(score[rows]), np.nan, THRESHOLD),
            "approved_on": approval,
        }
    )
