"""Speed and memory of methods on national panels, as ratios within one run.

    python benchmarks/methods.py                     both sizes
    python benchmarks/methods.py --pyfixest PYTHON   with pyfixest's wild bootstrap beside ours, run
                                                     by another environment's interpreter

Each task runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

SIZES = ((2850, 120), (3000, 60))
PYFIXEST = """
import resource, sys, time
import numpy as np, pandas as pd, pyfixest
regions, periods, draws = map(int, sys.argv[1:])
rng = np.random.default_rng(1)
starts = rng.choice([0, periods // 3, periods // 2, 2 * periods // 3], regions)
after = (starts[:, None] > 0) & (np.arange(1, periods + 1) >= starts[:, None])
within = lambda values: (values - values.mean(axis=1, keepdims=True)).ravel()
frame = pd.DataFrame({"unit": np.repeat(np.arange(regions), periods),
                      "time": np.tile(np.arange(periods), regions),
                      "d": within(after * 1.0), "y": within(rng.normal(size=after.shape))})
fit = pyfixest.feols("y ~ d + C(time)", frame, vcov={"CRV1": "unit"})
begun = time.perf_counter()
fit.wildboottest(param="d", cluster="unit", reps=draws, weights_type="rademacher", seed=1)
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""
"""Units are taken out beforehand. As fixed effects they become dummies there, and one matrix of all
coefficients squared is kept for each cluster: 225 GB at 3,000 × 60. Weights are constant within a
unit, so that t-values differ only in the small-sample factor."""


def national(regions: int, periods: int) -> tuple[np.ndarray, np.ndarray]:
    """Log rates and starts of a panel with three cohorts and as many never treated."""
    rng = np.random.default_rng(1)
    starts = rng.choice([0, periods // 3, periods // 2, 2 * periods // 3], regions)
    return rng.normal(0, 0.2, (regions, periods)), starts


def panel_of(regions: int, periods: int):
    """The same as counts of enterprises' complaints by month."""
    from analysis.data.frames.panel import Panel

    outcome, starts = national(regions, periods)
    counts = np.random.default_rng(2).poisson(60 * np.exp(outcome)) + 1.0
    codes = [f"{i:06d}" for i in range(regions)]
    frame = pd.DataFrame(
        {
            "region": np.repeat(codes, periods).astype(object),
            "period": np.tile(np.arange(1, periods + 1), regions),
            "count": counts.ravel(),
            "exposure": 1000.0,
            "first_treated": np.repeat(starts, periods),
        }
    )
    labels = tuple(pd.period_range("2010-01", periods=periods, freq="M").astype(str))
    return Panel(frame, labels, "month", True, {}, {code: (code, code) for code in codes})


def library(regions: int, periods: int) -> Callable[[], object]:
    """diff-diff's group-time effects with its own bands by multiplier bootstrap."""
    from diff_diff import CallawaySantAnna

    panel = panel_of(regions, periods)
    frame = panel.frame.assign(y=np.log(panel.frame["count"] / panel.frame["exposure"]))
    frame["region"] = frame["region"].astype(int)
    columns = {"unit": "region", "time": "period", "first_treat": "first_treated"}
    model = CallawaySantAnna(
        control_group="not_yet_treated",
        estimation_method="reg",
        base_period="universal",
        n_bootstrap=999,
        seed=1,
    )
    return lambda: model.fit(frame, outcome="y", **columns).aggregate("event_study")


def method(name: str, **options: object) -> Callable[[int, int], Callable[[], object]]:
    """A method of ours on the national panel."""

    def prepare(regions: int, periods: int) -> Callable[[], object]:
        from analysis import methods

        panel = panel_of(regions, periods)
        return lambda: methods.estimate(name, panel, **options)

    return prepare


def specifications(regions: int, periods: int) -> Callable[[], object]:
    """Every alternative specification of a report."""
    from analysis.data.description import Description
    from analysis.data.frames.study import Study
    from analysis.reports.intervention_effect.params import InterventionEffectParams
    from analysis.robustness import answer
    from analysis.robustness import specifications as listed

    title = {"en": "Speed", "zh": "速度"}
    description = Description.model_validate(
        {"title": title, "status": "simulated", "licence": "CC0", "origin": "drawn"}
    )
    params = InterventionEffectParams(exposure="enterprises", period="month")
    study = Study(params, description, {}, panel_of(regions, periods), None)
    return lambda: [answer(study, item) for item in listed(study)]


def leaving_out(every: bool) -> Callable[[int, int], Callable[[], object]]:
    """The staggered effects, with or without every region left out in turn."""

    def prepare(regions: int, periods: int) -> Callable[[], object]:
        from analysis.stats.panels.cohorts import cohort_effects

        outcome, starts = national(regions, periods)
        return lambda: cohort_effects(outcome, starts, np.arange(regions) if every else None)

    return prepare


def wild(draws: int) -> Callable[[int, int], Callable[[], object]]:
    """The wild cluster bootstrap, drawing included."""

    def prepare(regions: int, periods: int) -> Callable[[], object]:
        from analysis.stats.resampling.bootstrap import wild_two_way, wild_weights

        outcome, starts = national(regions, periods)
        after = (starts[:, None] > 0) & (np.arange(1, periods + 1) >= starts[:, None])
        rng = np.random.default_rng(2)
        return lambda: wild_two_way(
            outcome, after.astype(float), wild_weights(regions, draws, "rademacher", rng)
        )

    return prepare


TASKS: dict[str, Callable[[int, int], Callable[[], object]]] = {
    "diff-diff with bands": library,
    "did with bands, every region left out": method("did"),
    "imputation": method("imputation"),
    "counts": method("counts"),
    "rollout": method("rollout"),
    "all specifications": specifications,
    "one estimate of staggered effects": leaving_out(False),
    "every region left out": leaving_out(True),
    "wild bootstrap, 999 draws": wild(999),
    "wild bootstrap, 9,999 draws": wild(9999),
}


def run(name: str, regions: int, periods: int) -> None:
    """One task: seconds, the best of three or of those that fit into 20 s, and gigabytes."""
    work, best, begun = TASKS[name](regions, periods), np.inf, time.perf_counter()
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
        if time.perf_counter() - begun > 20:
            break
    print(best, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


def measure(command: list[str]) -> tuple[float, float]:
    """Seconds and gigabytes of a process."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, gigabytes = map(float, done.stdout.split()[-2:])
    return seconds, gigabytes


def compare(regions: int, periods: int) -> None:
    """The table of one size, and its ratios."""
    print(f"\n| {regions} × {periods} | seconds | peak GB |\n|---|---|---|")
    found = {}
    for name in TASKS:
        found[name] = measure(
            [sys.executable, __file__, "--task", name, str(regions), str(periods)]
        )
        print(f"| {name} | {found[name][0]:.2f} | {found[name][1]:.2f} |", flush=True)
    ours, theirs = (
        found["did with bands, every region left out"][0],
        found["diff-diff with bands"][0],
    )
    once, every = found["one estimate of staggered effects"][0], found["every region left out"][0]
    print(f"headline against diff-diff: {ours / theirs:.2f} of its time")
    print(f"leaving out every region: {regions * once / every:.0f} times as fast as refitting")


def beside_pyfixest(python: str, regions: int, periods: int) -> None:
    """The wild bootstrap of both: 999 draws of theirs beside 999 and 9,999 of ours."""
    seconds, gigabytes = measure(
        [python, "-W", "ignore", "-c", PYFIXEST, str(regions), str(periods), "999"]
    )
    print(f"\nwild bootstrap, {regions} × {periods}: pyfixest 999 draws {seconds:.1f} s", end="")
    print(f" {gigabytes:.1f} GB")
    for draws in ("999", "9,999"):
        command = [sys.executable, __file__, "--task", f"wild bootstrap, {draws} draws"]
        ours = measure([*command, str(regions), str(periods)])
        print(f"ours {draws} draws {ours[0]:.2f} s {ours[1]:.2f} GB: ", end="")
        print(f"{seconds / ours[0]:.0f} times as fast")


def main() -> None:
    """Both sizes, or one task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", nargs=3, metavar=("NAME", "REGIONS", "PERIODS"))
    parser.add_argument("--pyfixest", metavar="PYTHON")
    parser.add_argument("--pyfixest-size", nargs=2, type=int, default=[3000, 60])
    given = parser.parse_args()
    if given.task:
        run(given.task[0], int(given.task[1]), int(given.task[2]))
        return
    for regions, periods in SIZES:
        compare(regions, periods)
    if given.pyfixest:
        beside_pyfixest(given.pyfixest, *given.pyfixest_size)


if __name__ == "__main__":
    main()
