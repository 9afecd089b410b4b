"""Speed of methods on national panels, as ratios within one run: python benchmarks/methods.py."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from diff_diff import CallawaySantAnna

from analysis.stats.bootstrap import wild_two_way, wild_weights
from analysis.stats.cohorts import cohort_effects


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def national(regions: int, periods: int) -> tuple[np.ndarray, np.ndarray]:
    """Log rates and starts of a panel with four cohorts and as many never treated."""
    rng = np.random.default_rng(1)
    starts = rng.choice([0, periods // 3, periods // 2, 2 * periods // 3], regions)
    return rng.normal(size=(regions, periods)), starts


def compare(regions: int, periods: int) -> None:
    """Print the ratios on one panel."""
    outcome, starts = national(regions, periods)
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(regions), periods),
            "time": np.tile(np.arange(1, periods + 1), regions),
            "first": np.repeat(starts, periods),
            "y": outcome.ravel(),
        }
    )
    model = CallawaySantAnna(estimation_method="reg", base_period="universal")
    columns = {"outcome": "y", "unit": "unit", "time": "time", "first_treat": "first"}
    library = seconds(lambda: model.fit(frame, **columns))
    once = seconds(lambda: cohort_effects(outcome, starts))
    every = seconds(lambda: cohort_effects(outcome, starts, np.arange(regions)))
    print(f"{regions} × {periods}")
    print(f"  staggered effects: ours {once:.2f} s, diff-diff {library:.2f} s")
    print(f"  leaving out every region: {every:.2f} s,", end=" ")
    print(f"{regions * once / every:.0f} times as fast as refitting ours,", end=" ")
    print(f"{regions * library / every:.0f} times as fast as refitting diff-diff")
    periods_since = np.arange(1, periods + 1) >= starts[:, None]
    treatment = ((starts[:, None] > 0) & periods_since).astype(float)
    weights = wild_weights(regions, 9999, "webb", np.random.default_rng(2))
    wild = seconds(lambda: wild_two_way(outcome, treatment, weights))
    print(f"  wild cluster bootstrap, 9,999 draws: {wild:.2f} s")


def main() -> None:
    """Both sizes."""
    for regions, periods in ((2850, 120), (3000, 60)):
        compare(regions, periods)


if __name__ == "__main__":
    main()
