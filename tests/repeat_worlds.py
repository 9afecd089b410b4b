"""Cases and their repeats, of listed kinds and others, where what the list does is known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis.data.frames.cases.repeats import Repeats
from analysis.verdicts.leniency import ExaminedRepeats

MONTHS, REGIONS = 60, 40


def repeated_world(
    seed: int, effect: float = 0.0, drift: float = 0.0, trend: float = 0.0, size: int = 6000
) -> Repeats:
    """Rates differ between regions; ``drift`` moves all since the list, ``trend`` listed a year."""
    rng = np.random.default_rng(seed)
    region = rng.integers(0, REGIONS, size)
    start = rng.integers(18, 42, 10)[region % 10]
    moment, listed = rng.random(size) * MONTHS, (rng.random(size) < 0.5).astype(int)
    after = (moment >= start).astype(int)
    level = rng.normal(0, 0.3, REGIONS)[region] - 0.3 * listed + drift * after
    rate = 0.02 * np.exp(level + effect * listed * after + trend * listed * moment / 12)
    wait, left = rng.exponential(1 / rate), MONTHS - moment
    days = 30.4 * np.minimum(wait, left)
    cases = pd.DataFrame(
        {
            "case": np.arange(size).astype(str),
            "duration": np.maximum(np.round(np.minimum(days, 730)), 0.5),
            "ended": ((wait < left) & (days <= 730)).astype(int),
            "treated": listed * after,
            "region": region.astype(str),
            "cluster": (region % 10).astype(str),
            "listed": listed,
            "after": after,
            "since": 30.4 * (moment - start),
            "decided_on": pd.Timestamp("2019-01-01") + pd.to_timedelta(30.4 * moment, "D"),
        }
    )
    cases["stratum"] = cases["region"] + np.where(after, " after", " before")
    frame = cases[
        ["case", "duration", "ended", "treated", "region", "cluster", "stratum", "listed"]
    ]
    return Repeats(frame, cases, ("listed",), ("listed",), 730, pd.Timestamp("2023-12-31"))


def examined(given: Repeats) -> ExaminedRepeats:
    """The cases of a world, looked at as the report does."""
    asked = SimpleNamespace(model="cox", goods_limit=0.0, smallest_effect=0.05, level=0.95)

    def estimate(method, frame, **options):
        return method.estimate(frame, method.options.read(options), np.random.default_rng(1))

    return ExaminedRepeats(given, asked, estimate, {})
