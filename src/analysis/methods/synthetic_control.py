"""Synthetic controls: each cohort against a weighted mean of regions that never start.

For a cohort that starts in period g, with mean path y_gt over its n_g regions, donors j and
weights ω_j ≥ 0, Σ ω_j = 1,

    gap(g, t) = d_gt − Σ_{s<g} λ_s d_gs,   d_gt = y_gt − Σ_j ω_j y_jt,   y = log(count / exposure).

``difference`` (synthetic difference-in-differences) lets levels differ: ω makes the paths before
the start parallel, with a penalty on uneven weights, and λ picks the periods before that are
likest to those after. ``classic`` makes the paths equal (λ = 0), in the outcome or in
predictors, each as important as it helps to follow the outcome. ``augmented`` moves the classic
weights by ridge regression where the fit is not close; they may then be negative. The headline
weights every treated region-period alike: Σ n_g gap(g, t) / Σ n_g over t ≥ g.

Errors come from placebos: untreated regions take over the starts of the treated ones (every way,
or as many as are drawn), and the spread of these estimates is the error, with Student's t. They
take regions to be alike in their luck. With too few untreated regions for that, regions are drawn
with replacement and all weights fitted anew (bootstrap), which needs several treated ones. Over
1,000 or 2,000 worlds of a kind 95 % limits held the truth in 93 to 97 %, with 1 to 20 treated
regions. Keeping the weights while leaving out one region at a time held it in 91 % of worlds, so
that gives no interval here.

References
----------
Abadie, Diamond and Hainmueller (2010), "Synthetic control methods for comparative case studies",
Journal of the American Statistical Association 105.

Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), "Synthetic difference-in-differences",
American Economic Review 111.

Ben-Michael, Feller and Rothstein (2021), "The augmented synthetic control method", Journal of the
American Statistical Association 116.

Words
-----
title: Synthetic controls on log rates | 合成对照（对数比率）
line: Synthetic controls on log rates: the average effect on the regions that adopted, against
    weighted means of regions that did not; errors from placebos or resampling |
    对数比率的合成对照：与未实施地区的加权平均相比，对已实施地区的平均效应；
    误差由假想实施检验或重抽样得出
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from analysis.data.frames.names import NUMBERS, OnPages
from analysis.data.frames.panels import panel_donors
from analysis.data.frames.panels.panel import MINIMUM_SUPPORT, PANEL, Panel
from analysis.data.frames.panels.panel_comparison import require_positive
from analysis.errors import Problem
from analysis.methods.shared.method import OVER_TIME, Method
from analysis.methods.shared.options import Comparison, PanelOptions
from analysis.methods.shared.panels import rate
from analysis.methods.shared.results import estimating, records, refuse, symmetric
from analysis.result import Check, Result, event_path
from analysis.stats.resampling.jackknife import comparison_degrees, t_critical
from analysis.stats.synthetic_controls import synthetic_task
from analysis.stats.synthetic_controls.cohort_gaps import CohortGap, average_without
from analysis.stats.synthetic_controls.placebo import cluster_starts, simultaneous_band

SHOWN_WEIGHT = 0.001
"""Donors with less are not listed."""


class Options(PanelOptions):
    """Options of the method."""

    comparison: Comparison = "not_yet_treated"
    """where too few regions never start, whether the last to start stand in for them, with the
    panel ended before they do

    words: where too few regions never start, whether the last to start stand in for them, with the
        panel ended before they do | 从未实施的地区过少时，
        是否以最后实施的地区代替（数据截至其实施之前）
    not_yet_treated: the last to start may stand in | 可用最后实施的地区代替
    never_treated: never-treated regions only | 仅从未实施地区
    """
    form: Literal["difference", "classic", "augmented"] = "difference"
    """paths parallel before the start, equal, or equal after ridge regression

    words: form | 形式
    difference: synthetic difference-in-differences | 合成双重差分
    classic: classic synthetic control | 经典合成对照
    augmented: synthetic control augmented by ridge regression | 岭回归增强的合成对照
    """
    predictors: Annotated[tuple[str, ...], NUMBERS] = Field((), strict=False)
    """classic form: columns of the panel to match on

    words: synthetic regions are alike in | 合成地区在下列方面与实施地区相近
    """
    lags: tuple[str, ...] = Field((), strict=False)
    """classic form: periods whose outcome to match on

    words: synthetic regions are alike in the outcome of | 合成地区在下列时期的结果与实施地区相近
    """
    inference: Literal["auto", "placebo", "bootstrap"] = "auto"
    """what errors come from; placebos wherever they can be had

    words: errors come from | 标准误来源
    auto: placebos, or resampling where they cannot be had | 假想实施检验，无法取得时用重抽样
    placebo: placebos | 假想实施检验
    bootstrap: resampling | 重抽样
    """
    draws: int = Field(200, ge=50)
    """placebos or resamples, where not all are counted

    words: draws | 抽取次数
    """
    searches: int = Field(200, ge=1)
    """random starts in the search for predictors' importance

    words: random starts of the search for weights | 搜索权重的随机起点数
    """
    scale: Annotated[Literal["log", "rate"], OnPages(("log",))] = "log"
    """log rate, or the rate itself

    words: scale | 尺度
    log: log rate | 对数比率
    rate: the rate itself | 比率本身
    """


def check(panel: Panel, options: Options) -> None:
    """Refuse a panel that no control can be made from, and options that do not fit it.

    Raises
    ------
    DesignError: with every shortfall and what would do, as the estimate would.
    """
    panel_donors.comparable_donors(panel, "not_yet_treated", 0)
    used = panel_donors.comparable_donors(panel, options.comparison, options.anticipation)
    if options.scale == "log":
        require_positive(used)
    panel_donors.require_inference(used, options.inference, options.level)
    _require_matched(options)
    panel_donors.lag_positions(used, options.lags, options.anticipation)


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The average gap of the regions that adopted, in log points or units of the rate.

    Raises
    ------
    DesignError: too few treated or untreated regions or periods, or a count of zero.
    EstimationError: the search for weights did not come to an end.
    """
    used = panel_donors.comparable_donors(panel, options.comparison, options.anticipation)
    if options.scale == "log":
        require_positive(used)
    inference = panel_donors.require_inference(used, options.inference, options.level)
    task, codes = _task(used, options)
    remedy = "Use longer periods, or leave out regions that are unlike all others"
    with estimating("weights", remedy):
        cohorts = synthetic_task.fit_task(task, rng)
        replicates = synthetic_task.task_replicates(task, inference, options.draws, rng)
    main = synthetic_task.task_statistics(task, cohorts)
    treated = used.sample.treated
    together = cluster_starts(task.starts, task.clusters)
    adopting, donors = int((together > 0).sum()), int((together == 0).sum())
    degrees = donors - 1 if inference == "placebo" else comparison_degrees(adopting, donors, donors)
    critical = t_critical(options.level, degrees)
    support = used.support(task.event_times)
    shown = support >= (1 if inference == "placebo" else MINIMUM_SUPPORT)
    first = len(synthetic_task.FIRST)
    errors = replicates[:, :first].std(axis=0)
    margins = simultaneous_band(replicates[:, first:], shown, options.level, critical)
    return options.result(
        estimand="Average effect on the regions that adopted, over all their periods since "
        "adoption, against synthetic regions made of others",
        unit="log points" if options.scale == "log" else "unit of the rate",
        estimates=tuple(
            symmetric(name, main[k], errors[k], critical, treated)
            for k, name in enumerate(options.averages)
        ),
        sample=used.sample,
        checks=_checks(main, replicates, inference, options),
        series={
            "by_event_time": event_path(task.event_times, main[first:], margins, support),
            "leave_one_out": _left_out(task, codes, cohorts),
            "weights": _weights(codes, cohorts, used),
            "path": _path(task, cohorts, used, options),
        },
        inference=inference,
        replicates=len(replicates),
        degrees=degrees,
    )


METHOD = Method(Options, estimate, PANEL, check, can=OVER_TIME)


def _require_matched(options: Options) -> None:
    """Predictors and lags are for the classic form, and more than one."""
    matched = options.predictors + options.lags
    if matched and options.form != "classic":
        what = f"are matched on only by form: classic, not by form: {options.form}"
        refuse([Problem("predictors and lags", what, "Set form: classic, or drop them")])
    if len(matched) == 1:
        what = "are one; weights that match one number are not unique"
        refuse([Problem("predictors and lags", what, "Name at least two, or none")])


def _task(panel: Panel, options: Options) -> tuple[synthetic_task.Task, tuple[str, ...]]:
    """What is to be fitted, and the regions in order of their codes, whatever the rows' order."""
    _require_matched(options)
    regions = panel.regions
    order = np.argsort(np.array(regions, dtype=str), kind="stable")
    task = synthetic_task.Task(
        outcome=rate(panel, options.scale)[order],
        starts=panel.adoption.to_numpy()[order],
        clusters=panel.clusters[order],
        form=options.form,
        anticipation=options.anticipation,
        columns=panel_donors.predictor_columns(panel, options.predictors, order),
        lags=panel_donors.lag_positions(panel, options.lags, options.anticipation),
        searches=options.searches,
    )
    return task, tuple(regions[i] for i in order)


def _checks(
    main: np.ndarray, replicates: np.ndarray, inference: str, options: Options
) -> tuple[Check, ...]:
    """How closely the path before was followed; among placebos, also how rare such a gap is.

    ``fit_before`` fails where placebos are followed more closely in all but the level's share.
    """
    fit, ratio = (synthetic_task.FIRST.index(name) for name in ("fit", "ratio"))
    if inference != "placebo":
        return (Check("fit_before", None, float(main[fit])),)
    limit = float(np.quantile(replicates[:, fit], options.level))
    rarer = int((replicates[:, ratio] >= main[ratio] * (1 - 1e-9)).sum())
    p_value = (1 + rarer) / (1 + len(replicates))
    detail = {"ratio": float(main[ratio]), "placebos": len(replicates)}
    return (
        Check("fit_before", bool(main[fit] <= limit), float(main[fit]), limit),
        Check("placebo_rank", None, p_value, 1 - options.level, detail),
    )


def _left_out(
    task: synthetic_task.Task, codes: tuple[str, ...], cohorts: tuple[CohortGap, ...]
) -> tuple[dict[str, Any], ...]:
    """The headline without each region, the others' weights rescaled."""
    values = average_without(task.outcome, cohorts)
    pairs = zip(codes, values, strict=True)
    return tuple({"region": code, "value": float(v)} for code, v in pairs if np.isfinite(v))


def _weights(
    codes: tuple[str, ...], cohorts: tuple[CohortGap, ...], panel: Panel
) -> tuple[dict[str, Any], ...]:
    """Donors that count, the heaviest first, by cohort."""
    rows = []
    for cohort in cohorts:
        for place in np.argsort(-np.abs(cohort.weights.unit), kind="stable"):
            weight = float(cohort.weights.unit[place])
            if abs(weight) >= SHOWN_WEIGHT:
                code = codes[cohort.donors[place]]
                label = panel.label(cohort.start)
                rows.append({"cohort": label, "region": code, "weight": weight})
    return tuple(rows)


def _path(
    task: synthetic_task.Task, cohorts: tuple[CohortGap, ...], panel: Panel, options: Options
) -> tuple[dict[str, Any], ...]:
    """Each cohort's mean path and its synthetic one, as rates (geometric means in logs)."""
    rows: list[dict[str, Any]] = []
    for cohort in cohorts:
        observed = task.outcome[cohort.rows].mean(axis=0)
        without = observed - cohort.weights.gap(observed, task.outcome[cohort.donors])
        if options.scale == "log":
            observed, without = np.exp(observed), np.exp(without)
        rows += records(
            cohort=[panel.label(cohort.start)] * len(panel.periods),
            period=panel.periods,
            observed=observed,
            without=without,
        )
    return tuple(rows)
