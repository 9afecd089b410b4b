"""Speed and memory of methods on national panels, as ratios within one run.

    python benchmarks/methods.py                     both sizes
    python benchmarks/methods.py --statsmodels       every computation of our own that statsmodels
                                                     has too: what it buys
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
from dataclasses import dataclass, replace

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
    from analysis.data.frames.panels.panel import Panel

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
    names = {code: (code, code) for code in codes}
    prefectures = {code: code[:-1] for code in codes}
    return Panel(frame, labels, "month", True, {}, names, together=prefectures)


def library(regions: int, periods: int) -> Callable[[], object]:
    """diff-diff's group-time effects with its own bands by multiplier bootstrap."""
    from diff_diff import CallawaySantAnna

    frame = by_prefecture(regions, periods)
    model = CallawaySantAnna(
        control_group="not_yet_treated",
        estimation_method="reg",
        base_period="universal",
        n_bootstrap=999,
        seed=1,
    )
    return lambda: model.fit(frame, outcome="y", **COLUMNS).aggregate("event_study")


COLUMNS = {"unit": "region", "time": "period", "first_treat": "first_treated"}


def by_prefecture(regions: int, periods: int) -> pd.DataFrame:
    """The national panel as diff-diff reads it, with prefectures of ten regions."""
    frame = panel_of(regions, periods).frame
    unit = frame["region"].astype(int)
    rate = np.log(frame["count"] / frame["exposure"])
    return frame.assign(region=unit, prefecture=unit // 10, y=rate)


def imputed_by_library(regions: int, periods: int) -> Callable[[], object]:
    """diff-diff's imputation, clustered by prefecture of ten regions."""
    from diff_diff import ImputationDiD

    model, frame = ImputationDiD(cluster="prefecture"), by_prefecture(regions, periods)
    return lambda: model.fit(frame, outcome="y", **COLUMNS)


def counted_by_library(regions: int, periods: int) -> Callable[[], object]:
    """diff-diff's Poisson effects by cohort and period, clustered the same; all exposures are one.

    With effects of cohorts where ours has effects of regions, and a cell for each cohort and period
    where ours expects: the same average change where no region lacks a period (Wooldridge 2023).
    """
    from diff_diff import WooldridgeDiD

    model = WooldridgeDiD(method="poisson", cluster="prefecture")
    frame = by_prefecture(regions, periods)
    return lambda: model.fit(frame, outcome="count", **COLUMNS).aggregate("event")


def every_check(regions: int, periods: int) -> Callable[[], object]:
    """Everything a report puts its headline to."""
    from analysis.verdicts.robustness import _examine, _headline

    study = study_of(regions, periods)
    headline = _headline(study)
    return lambda: _examine(study, headline)


def method(name: str, **options: object) -> Callable[[int, int], Callable[[], object]]:
    """A method of ours on the national panel."""

    def prepare(regions: int, periods: int) -> Callable[[], object]:
        from analysis import methods

        panel = panel_of(regions, periods)
        return lambda: methods.estimate(name, panel, **options)

    return prepare


def study_of(regions: int, periods: int):
    """The study of a report on the national panel."""
    from analysis.data.description import Description
    from analysis.data.frames.study import Study
    from analysis.reports.intervention_effect.params import InterventionEffectParams

    title = {"en": "Speed", "zh": "速度"}
    description = Description.model_validate(
        {"title": title, "status": "simulated", "licence": "CC0", "origin": "drawn"}
    )
    params = InterventionEffectParams(exposure="enterprises", period="month")
    return Study(params, description, {}, panel_of(regions, periods), None)


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
        return lambda: wild_two_way(outcome, after.astype(float), wild_weights(regions, draws, rng))

    return prepare


TASKS: dict[str, Callable[[int, int], Callable[[], object]]] = {
    "diff-diff with bands": library,
    "did with bands, every region left out": method("did"),
    "diff-diff's imputation, by prefecture": imputed_by_library,
    "imputation": method("imputation"),
    "diff-diff's Poisson, by prefecture": counted_by_library,
    "counts, the headline, by prefecture": method("counts"),
    "rollout": method("rollout"),
    "every check of a report": every_check,
    "one estimate of staggered effects": leaving_out(False),
    "every region left out": leaving_out(True),
    "wild bootstrap, 999 draws": wild(999),
    "wild bootstrap, 9,999 draws": wild(9999),
}


Pair = tuple[Callable[[], object], Callable[[], object], int]
"""Ours for all refits together, one fit of statsmodels, and how many such fits ours stands for."""


def dummies(labels: np.ndarray) -> np.ndarray:
    """A column per label but the first."""
    return (labels[:, None] == np.unique(labels)[1:]).astype(float)


@dataclass(frozen=True)
class Table:
    """Counts and exposure (N, T), the untreated cells, weights without each region, and a design
    of all effects for those cells."""

    counts: np.ndarray
    exposure: np.ndarray
    use: np.ndarray
    weights: np.ndarray
    design: np.ndarray


def two_way_table(regions: int, periods: int) -> Table:
    """Over-dispersed counts of regions of unlike size, some of which adopt."""
    outcome, starts = national(regions, periods)
    rng = np.random.default_rng(2)
    exposure = rng.uniform(200, 2000, outcome.shape)
    counts = rng.poisson(0.06 * exposure * np.exp(outcome)).astype(float)
    use = (starts[:, None] == 0) | (np.arange(1, periods + 1) < starts[:, None])
    unit, period = np.nonzero(use)
    design = np.column_stack([np.ones(unit.size), dummies(unit), dummies(period)])
    return Table(counts, exposure, use, 1.0 - np.eye(regions), design)


def cox() -> Pair:
    """Cox's hazards of 4,000 cases, without each of 60 regions."""
    from statsmodels.duration.hazard_regression import PHReg

    from analysis.stats.survival.cases import Cases
    from analysis.stats.survival.hazards import estimate_hazards

    rng = np.random.default_rng(1)
    design, group = rng.normal(size=(4000, 3)), rng.integers(0, 60, 4000)
    time = np.ceil(30 * rng.exponential(np.exp(design @ [0.4, -0.2, 0.1])))
    ended, strata = (rng.random(4000) < 0.8).astype(float), np.zeros(4000, dtype=int)
    cases = Cases(time, ended, design, strata, group)
    return (
        lambda: estimate_hazards(cases),
        lambda: PHReg(time, design, status=ended, ties="efron").fit(),
        61,
    )


MANY = 213_000
"""Complaints of a province."""


def many_cases():
    """Days to close of so many cases in 120 counties, by route, and their frame's arrays."""
    from analysis.stats.survival.cases import Cases

    rng = np.random.default_rng(1)
    route, group = (rng.random(MANY) < 0.05).astype(float), rng.integers(0, 100, MANY)
    days = np.ceil(32 * np.exp(-0.5 * route) * rng.weibull(1.3, MANY))
    ended, strata = (rng.random(MANY) < 0.94).astype(float), np.zeros(MANY, dtype=int)
    return Cases(days, ended, route[:, None], strata, group)


def cox_of_many() -> Pair:
    """Cox's hazards of a province's complaints, without each of 100 groups of counties."""
    from statsmodels.duration.hazard_regression import PHReg

    from analysis.stats.survival.hazards import estimate_hazards

    cases = many_cases()
    model = PHReg(cases.duration, cases.design, status=cases.ended, ties="efron")
    return lambda: estimate_hazards(cases), model.fit, 101


def accelerated_of_many() -> Pair:
    """Weibull times of the same, beside fits that take every case for itself.

    statsmodels has no such model; theirs is the same search over all cases, not over distinct ones.
    """
    from analysis.stats.survival.accelerated import _fit, estimate_accelerated

    given = many_cases()
    cases = replace(given, design=np.column_stack([given.design, np.ones(MANY)]))

    def single() -> object:
        return _fit(cases, np.ones(MANY), "weibull")

    return lambda: estimate_accelerated(cases, "weibull"), single, 101


def poisson() -> Pair:
    """Two-way Poisson of the untreated cells of 60 regions and 40 periods, without each region."""
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    from analysis.stats.panels.course import Cells, fit_course

    own = two_way_table(60, 40)
    counts, exposure = own.counts[own.use], own.exposure[own.use]
    none, size = np.zeros((0, *own.counts.shape)), len(own.counts)
    cells = Cells(own.counts, own.exposure, own.use, none, np.ones(size), np.arange(size))
    return (
        lambda: fit_course(cells),
        GLM(counts, own.design, family=Poisson(), exposure=exposure).fit,
        60,
    )


def two_way() -> Pair:
    """Least squares with region and period effects and clustered errors, 120 × 60, once."""
    from statsmodels.regression.linear_model import OLS

    from analysis.stats.panels.regression import two_way_slope

    outcome, starts = national(120, 60)
    after = (starts[:, None] > 0) & (np.arange(1, 61) >= starts[:, None])
    unit, time = (x.ravel() for x in np.indices(outcome.shape))
    design = np.column_stack([after.ravel(), np.ones(unit.size), dummies(unit), dummies(time)])
    clustered = {"cov_type": "cluster", "cov_kwds": {"groups": unit}}
    return (
        lambda: two_way_slope(outcome, after.astype(float)),
        lambda: OLS(outcome.ravel(), design).fit(**clustered),
        1,
    )


def doubly_robust() -> Pair:
    """Odds of adoption and predicted changes of one cohort over 20 periods, without each of 100."""
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.regression.linear_model import OLS

    from analysis.stats.panels.doubly_robust import doubly_robust_effects

    rng = np.random.default_rng(1)
    outcome, starts = rng.normal(size=(100, 20)), np.repeat([0, 10], [60, 40])
    covariates = rng.normal(size=(2, 100, 20))
    x = np.column_stack([np.ones(100), covariates[:, :, 8].T])
    change = outcome[:, 12] - outcome[:, 8]

    def theirs() -> object:
        chance = Logit(starts > 0, x).fit(disp=0).predict()
        return chance, OLS(change[starts == 0], x[starts == 0]).fit().params

    groups = np.arange(100)
    return lambda: doubly_robust_effects(outcome, starts, covariates, groups), theirs, 101


def bunching() -> Pair:
    """The Poisson course around a target, 999 histograms."""
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    from analysis.stats.thresholds.bunching import lay_out, measure

    steps = np.arange(-25, 26)
    bins = lay_out(steps, 30.0 + steps, 4, 0, 5, np.array([5.0]))
    counts = np.random.default_rng(1).poisson(200, (999, 51)).astype(float)
    model = GLM(counts[0][bins.outside], bins.design[bins.outside], family=Poisson())
    return lambda: measure(counts, bins), model.fit, 999


def holm() -> Pair:
    """p-values of 1,000 families of 20, adjusted for their number; both one by one."""
    from statsmodels.stats.multitest import multipletests

    from analysis.stats.pooling import families

    every = np.random.default_rng(1).random((1000, 20)) ** 3
    return (
        lambda: [families.holm(own) for own in every],
        lambda: multipletests(every[0], method="holm"),
        len(every),
    )


RATED, RATERS, RATINGS = 1250, 3000, 70_000
"""As many as a province collects."""


def ratings(rated: int, raters: int, pairs: int):
    """Halves of points that some raters give some of the rated, as a frame."""
    import pandas as pd

    rng = np.random.default_rng(1)
    who, whom = np.divmod(rng.choice(rated * raters, pairs, replace=False), raters)
    score = 8 + rng.normal(0, 0.5, rated)[who] + rng.normal(0, 0.6, raters)[whom]
    score = np.round(2 * (score + rng.normal(0, 0.6, pairs))) / 2
    return pd.DataFrame({"rated": who, "rater": whom, "score": score})


def agreeing() -> Pair:
    """Krippendorff's alpha with its interval beside a table of rated × raters without each rated.

    statsmodels has none; theirs is one pass of numpy over the table, as this method once made.
    """
    from analysis import methods

    frame = ratings(RATED, RATERS, RATINGS)
    table = frame.pivot(index="rated", columns="rater", values="score").to_numpy()

    def one_pass() -> object:
        given, own = np.isfinite(table).sum(axis=1), np.nanvar(table, axis=1, ddof=1)
        return 1 - (given * own).sum() / given.sum() / np.nanvar(table, ddof=1)

    return lambda: methods.estimate("agreement", frame), one_pass, RATED


def restricted() -> Pair:
    """Restricted likelihood of crossed ratings, 60 rated and 80 raters, 400 ratings; MixedLM."""
    import statsmodels.formula.api as smf

    from analysis import methods

    frame = ratings(60, 80, 400)
    parts = {"rated": "0 + C(rated)", "rater": "0 + C(rater)"}
    model = smf.mixedlm(
        "score ~ 1", frame.assign(all=1), groups="all", re_formula="0", vc_formula=parts
    )
    return lambda: methods.estimate("reliability", frame, form="crossed"), model.fit, 1


def of_many_raters() -> Pair:
    """Restricted likelihood of the ratings above, beside the passes over the table above."""
    from analysis import methods

    frame = ratings(RATED, RATERS, RATINGS)
    _, one_pass, passes = agreeing()
    return (
        lambda: methods.estimate("reliability", frame, form="crossed"),
        one_pass,
        passes,
    )


PAIRS: dict[str, Callable[[], Pair]] = {
    "agreement, 70,000 ratings by 3,000 raters": agreeing,
    "reliability of these, crossed": of_many_raters,
    "restricted likelihood, 400 ratings": restricted,
    "Cox, 60 regions left out": cox,
    "Cox, 213,000 cases, 100 groups left out": cox_of_many,
    "accelerated failure of these": accelerated_of_many,
    "two-way Poisson, 60 regions left out": poisson,
    "two-way least squares, clustered": two_way,
    "doubly robust, 100 regions left out": doubly_robust,
    "bunching, 999 draws": bunching,
    "Holm, 1,000 families": holm,
}


def best_of(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of some runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def beside_statsmodels() -> None:
    """Ours and statsmodels' in one run; theirs is one fit, times as many as ours stands for."""
    print("| our own | ours, s | statsmodels, s | times as fast |\n|---|---|---|---|")
    for name, prepare in PAIRS.items():
        ours, theirs, fits = prepare()
        own, other = best_of(ours), fits * best_of(theirs)
        print(f"| {name} | {own:.4f} | {other:.2f} | {other / own:.0f} |", flush=True)


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
    print(f"did against diff-diff: {ours / theirs:.2f} of its time")
    linear = "diff-diff's imputation, by prefecture"
    for own, peer in (
        ("imputation", linear),
        ("counts, the headline, by prefecture", "diff-diff's Poisson, by prefecture"),
        ("counts, the headline, by prefecture", linear),
    ):
        print(f"{own} against {peer}: {found[own][0] / found[peer][0]:.2f} of its time")
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
    parser.add_argument("--statsmodels", action="store_true")
    parser.add_argument("--pyfixest", metavar="PYTHON")
    parser.add_argument("--pyfixest-size", nargs=2, type=int, default=[3000, 60])
    given = parser.parse_args()
    if given.task:
        run(given.task[0], int(given.task[1]), int(given.task[2]))
        return
    if given.statsmodels:
        beside_statsmodels()
        return
    for regions, periods in SIZES:
        compare(regions, periods)
    if given.pyfixest:
        beside_pyfixest(given.pyfixest, *given.pyfixest_size)


if __name__ == "__main__":
    main()
