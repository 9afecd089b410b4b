"""Staggered difference-in-differences on log rates or levels (Callaway–Sant'Anna).

For a cohort that starts in period g and a period t,

    ATT(g, t) = mean_g[y_t − y_b] − mean_C[y_t − y_b],   y = log(count / exposure),

or y a level as it is, with base period b = g − 1 − anticipation and C the regions not treated by t
(or never). The headline weights every treated region-period alike: Σ n_g ATT(g, t) / Σ n_g over
t ≥ g. Beside it stand the dynamic average (the mean of event times 0, 1, …), the average by cohort
(the mean of Σ_t ATT(g, t) / T_g, weighted by n_g) and by calendar period (the mean over t). Errors
are a delete-one-region jackknife, because analytical ones are too small with few regions in a
cohort, with Student's t and Welch's degrees of freedom of adopters and others.
With covariates, changes of the regions compared with are reweighted to look like the cohort and
predicted from what the regions were like in the base period (doubly robust).

References
----------
Callaway and Sant'Anna (2021), "Difference-in-differences with multiple time periods", Journal
of Econometrics 225. Roth (2026), "Interpreting event-studies from recent
difference-in-differences methods", for the common base period of leads and lags.
Sant'Anna and Zhao (2020), "Doubly robust difference-in-differences estimators", Journal of
Econometrics 219. Welch (1947), Biometrika 34, for the degrees of freedom.

Words
-----
title: Staggered comparison | 错时比较（双重差分）
line: Staggered difference-in-differences on log rates or levels: the average effect on the
    regions that adopted, over all their periods since adoption; errors by leaving out each region,
    or all that move together, in turn |
    错时比较（双重差分，对数比率或数值）：实施地区自实施以来各期的平均效果；标准误由逐一剔除地区（或同步变化的一组地区）得出
not_yet_treated: Staggered comparison with regions not yet treated | 错时比较，
    对照为尚未实施地区
never_treated: Staggered comparison with regions never treated | 错时比较，对照为从未实施地区
anticipation: Staggered comparison, one period of anticipation allowed | 错时比较，
    允许效果提前一期显现
more_anticipation: Staggered comparison, one more period of anticipation allowed | 错时比较，
    再允许效果提前一期显现
rate: Staggered comparison of rates instead of log rates | 错时比较，用比率而非对数比率
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from analysis.data.frames.names import NUMBERS
from analysis.data.frames.panels.panel import NEVER, PANEL, Panel
from analysis.data.frames.panels.panel_comparison import require_columns
from analysis.methods.shared import panels
from analysis.methods.shared.method import OVER_TIME, Method
from analysis.methods.shared.options import PanelOptions
from analysis.methods.shared.results import estimating
from analysis.result import Result
from analysis.stats.panels.cohorts import Cells, cohort_effects, without_each
from analysis.stats.panels.doubly_robust import doubly_robust_effects
from analysis.stats.panels.pretrend import base_check

COVARIATE_GROUP_LIMIT = 400
"""With covariates every replicate refits its models."""
AVERAGES = ("overall", "before", "dynamic", "group", "calendar")
"""What stands before the event times in a row of statistics."""
AGAINST = {
    "not_yet_treated": "regions that had not yet adopted",
    "never_treated": "regions that never adopted",
}


class Options(PanelOptions):
    """Options of the method."""

    scale: Literal["log", "rate"] = "log"
    """log rate, or the rate itself divided by the expected rate; levels are taken as they are

    words: scale | 尺度
    log: log rate | 对数比率
    rate: the rate itself | 比率本身
    """
    covariates: Annotated[tuple[str, ...], NUMBERS] = ()
    """columns, as of the base period, in which regions should be alike

    words: regions are made alike in | 使各地区在下列方面相近
    """


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The average effect on adopters, overall and by event time, in log points.

    Raises
    ------
    DesignError: too few treated or untreated regions or periods, a count of zero, a column lacking.
    EstimationError: covariates decide who adopts.
    """
    used = panels.comparable(panel, options, positive=panel.counted and options.scale == "log")
    require_columns(used, options.covariates)
    values, groups, keys, gaps = _all_statistics(used, options, rng)
    first = len(AVERAGES)
    support, never_only = used.support(tuple(keys)), options.comparison == "never_treated"
    by_time = values[:, first:]
    found = panels.Jackknife(used, groups, values, keys, by_time, support, AVERAGES, never_only)
    shown = found.supported & (keys != -1 - options.anticipation)
    path = found.path(shown, options.level, rng)
    checks = [panels.leads_check(path), base_check(gaps, options.level, found.treated)]
    if not used.counted:
        checks += panels.expected_level(used, values[0, 0])
    return found.result(
        options,
        path,
        unit=panels.unit(used),
        estimand="Average effect on the regions that adopted, over all their periods since "
        f"adoption, against {AGAINST[options.comparison]}",
        checks=tuple(checks),
        jackknife_groups=len(values) - 1,
    )


def _ways(asked: Options, exposure: bool) -> dict[str, dict[str, Any]]:
    """With either comparison, from one period earlier, and of rates where there are any."""
    ways: dict[str, dict[str, Any]] = {way: {"comparison": way} for way in asked.comparisons}
    ways["anticipation"] = {"anticipation": asked.anticipation + 1}
    if exposure and "scale" not in asked.model_fields_set:
        ways["rate"] = {"scale": "rate"}
    return ways


METHOD = Method(
    Options,
    estimate,
    PANEL,
    panels.check_logarithms,
    can=OVER_TIME,
    ways=_ways,
    place=1,
)


def _all_statistics(
    panel: Panel, options: Options, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Statistics of the full sample and of each sample without one group; shape (1 + G, K).

    With them the group of each region, the event times, and gaps of the base period (1 + G,).
    """
    outcome = panels.rate(panel, options.scale if panel.counted else "level")
    starts = panel.adoption.to_numpy()
    treated = starts[starts > NEVER]
    keys = np.arange(1 - int(treated.max()), outcome.shape[1] - int(treated.min()) + 1)
    limit = COVARIATE_GROUP_LIMIT if options.covariates else panels.GROUP_LIMIT
    groups = panels.left_out_groups(panel, rng, limit)
    cells = _cells(panel, outcome, groups, options)
    values = np.column_stack([_averages(cells, options.anticipation), _path(cells, keys, options)])
    if panel.counted and options.scale == "rate":
        # Effect over what would have been expected, so that scales can stand side by side.
        expected = _treated_mean(outcome, starts, groups) - values[:, :1]
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.log1p(values / expected)
    return values, groups, keys, cells.base_gap(options.anticipation)


def _cells(panel: Panel, outcome: np.ndarray, groups: np.ndarray, options: Options) -> Cells:
    """Every ATT(g, t), with or without covariates."""
    starts, never_only = panel.adoption.to_numpy(), options.comparison == "never_treated"
    if not options.covariates:
        return cohort_effects(outcome, starts, groups, never_only, options.anticipation)
    covariates = np.stack([panel.matrix(name).astype(float) for name in options.covariates])
    remedy = "Use fewer covariates, or join small cohorts, for example by a longer period"
    with estimating("covariates", remedy):
        return doubly_robust_effects(
            outcome, starts, covariates, groups, never_only, options.anticipation
        )


def _averages(cells: Cells, anticipation: int) -> np.ndarray:
    """The five averages of cells; shape (1 + G, 5)."""
    since, after = cells.period - cells.cohort, cells.after
    lead = (since >= -anticipation) & (since < 0)
    times = [cells.mean(since == time) for time in np.unique(since[after])]
    periods = [cells.mean(after & (cells.period == t)) for t in np.unique(cells.period[after])]
    labels = np.unique(cells.cohort)
    cohorts = np.array([cells.mean(after & (cells.cohort == g)) for g in labels])
    sizes = np.array([cells.size[:, cells.cohort == g][:, 0] for g in labels])
    sizes = np.where(np.isfinite(cohorts), sizes, 0)
    by_cohort = (sizes * np.nan_to_num(cohorts)).sum(axis=0) / sizes.sum(axis=0)
    dynamic, calendar = np.nanmean(times, axis=0), np.nanmean(periods, axis=0)
    return np.column_stack([cells.mean(after), cells.mean(lead), dynamic, by_cohort, calendar])


def _path(cells: Cells, keys: np.ndarray, options: Options) -> np.ndarray:
    """Effects by event time, exactly 0 in the base period; shape (1 + G, K)."""
    since, base = cells.period - cells.cohort, -1 - options.anticipation
    columns = [
        np.zeros(len(cells.value)) if key == base else cells.mean(since == key) for key in keys
    ]
    return np.column_stack(columns)


def _treated_mean(outcome: np.ndarray, starts: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Mean of treated cells in each sample; shape (1 + G, 1)."""
    periods = np.arange(1, outcome.shape[1] + 1)
    treated = (starts[:, None] > NEVER) & (periods >= starts[:, None])
    sums = without_each(np.where(treated, outcome, 0.0), groups).sum(axis=1)
    return np.asarray(sums / without_each(treated.astype(float), groups).sum(axis=1))[:, None]
