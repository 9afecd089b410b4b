"""A register, who joined a programme, and records of both, where what joining does is known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis.params import JoinersQuestion

REGIONS, MONTHS = 12, 48


class Tables:
    """A dataset that holds these tables."""

    def __init__(self, **tables: pd.DataFrame) -> None:
        self.tables = tables

    def has(self, table: str) -> bool:
        """Whether it holds a table."""
        return table in self.tables


def joined_world(
    seed: int, effect: float = 0.0, merit: float = 0.0, size: int = 6000, share: float = 0.15
) -> Tables:
    """``merit``: how much more readily those join of whom there are fewer records throughout."""
    rng = np.random.default_rng(seed)
    region, quality = rng.integers(0, REGIONS, size), rng.normal(size=size)
    first = pd.Timestamp("2019-01-01")
    opened = first - pd.to_timedelta(rng.integers(100, 4000, size), "D")
    month = rng.integers(16, 34, size)
    applies = rng.random(size) < np.clip(share * np.exp(merit * quality), 0, 0.9)
    accepted = applies & (quality * merit + rng.normal(size=size) > -0.5)
    firsts = pd.period_range(first, periods=MONTHS, freq="M").to_timestamp()
    when = pd.Series(firsts[month])
    level = np.exp(rng.normal(0, 0.4, REGIONS)[region] - 0.4 * quality - 2.5)
    after = (np.arange(MONTHS) >= month[:, None]) & accepted[:, None]
    season = 1 + 0.3 * np.sin(np.arange(MONTHS) / 12 * 2 * np.pi)
    counts = rng.poisson(level[:, None] * season * np.exp(effect * after))
    who, at = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), axis=1)
    name = np.array([f"E{i:05d}" for i in range(size)])
    codes = np.array([f"99{i:02d}01" for i in range(REGIONS)])
    days = firsts[at]
    return Tables(
        enterprises=pd.DataFrame(
            {
                "enterprise_id": name,
                "region_code": codes[region],
                "type": np.where(rng.random(size) < 0.3, "individual_business", "enterprise"),
                "industry": rng.choice(["food", "goods"], size),
                "registered_on": opened,
                "deregistered_on": pd.Series(pd.NaT, range(size), dtype="datetime64[us]"),
            }
        ),
        enrolments=pd.DataFrame(
            {
                "enterprise_id": name[applies],
                "programme": "scheme",
                "applied_on": when[applies],
                "approved_on": when[applies].where(accepted[applies]),
            }
        ),
        complaints=pd.DataFrame(
            {
                "complaint_id": np.arange(len(who)).astype(str),
                "enterprise_id": name[who],
                "kind": "complaint",
                "received_on": days,
            }
        ),
    )


QUESTION = JoinersQuestion(programme="scheme")
ASKED = SimpleNamespace(smallest_effect=0.05, level=0.95, seed=1)
