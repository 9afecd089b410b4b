"""Speed of synthetic controls and jumps, as ratios within one run: benchmarks/synthetic.py."""

from __future__ import annotations

import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from diff_diff import RegressionDiscontinuity, SyntheticDiD

from analysis.methods import rdd, synthetic_control

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from worlds import make_panel


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        work()
    return time.perf_counter() - start


def compare_panel(regions: int, periods: int, treated: int) -> None:
    """Synthetic difference-in-differences with 50 placebos or resamples, as many as the library."""
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 0.1, (regions, periods)) + rng.normal(0, 0.3, (regions, 1))
    start = 2 * periods // 3
    starts = np.where(np.arange(regions) < treated, start, 0)
    panel = make_panel(np.exp(5 + noise), starts)
    frame = panel.frame.assign(
        y=np.log(panel.frame["count"]), treated=(panel.frame["first_treated"] > 0).astype(int)
    )
    model = SyntheticDiD(variance_method="placebo", n_bootstrap=50, seed=1)
    columns = {"outcome": "y", "treatment": "treated", "unit": "region", "time": "period"}
    after = list(range(start, periods + 1))
    library = seconds(lambda: model.fit(frame, **columns, post_periods=after))
    options = synthetic_control.Options(draws=50)
    ours = seconds(lambda: synthetic_control.estimate(panel, options, np.random.default_rng(1)))
    print(f"{regions} × {periods}, {treated} treated: ours {ours:.1f} s,", end=" ")
    print(f"diff-diff {library:.1f} s, {library / ours:.1f} times as fast")


def compare_scores(units: int) -> None:
    """The jump with everything around it, against the library's jump alone."""
    rng = np.random.default_rng(2)
    score = rng.uniform(-1, 1, units)
    outcome = score + 0.3 * (score >= 0) + rng.normal(0, 0.3, units)
    frame = pd.DataFrame({"unit": np.arange(units), "score": score, "outcome": outcome})
    library = seconds(
        lambda: RegressionDiscontinuity().fit(frame, outcome="outcome", running="score")
    )
    ours = seconds(lambda: rdd.estimate(frame, rdd.Options(), np.random.default_rng(1)))
    print(f"{units} scores: ours with all checks {ours:.1f} s, the library's jump {library:.1f} s")


def main() -> None:
    """National sizes, few and many treated; scores of a county's and a province's enterprises."""
    for regions, periods, treated in ((2850, 120, 10), (2850, 120, 1000), (3000, 60, 10)):
        compare_panel(regions, periods, treated)
    for units in (3000, 50000):
        compare_scores(units)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GB")


if __name__ == "__main__":
    main()
