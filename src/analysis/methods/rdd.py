"""Regression discontinuity: the jump of an outcome where a score crosses a cut-off.

With x the score less the cut-off, and treatment from the cut-off on (x ≥ 0),

    τ = lim_{x↓0} E[y | x] − lim_{x↑0} E[y | x],

each limit by a polynomial fitted to the rows within a window, the nearer the heavier. The window
makes the mean squared error least; the headline takes away the bias of curvature and its limits
allow for that correction (robust bias-corrected). ``conventional`` is the jump as fitted. With a
column ``takeup`` crossing only raises the chance of treatment, and the estimate is the jump of the
outcome over the jump of take-up. With a column ``cutoff`` every unit has its own cut-off: scores
are measured from it and pooled, which weighs cut-offs by their rows nearby; each with enough rows
also stands by itself.

With ``limits: honest`` the estimate is the jump as fitted, and its limits add to chance the most
that any course with a second derivative up to ``curvature`` can hide from straight lines. They hold
however few different scores there are, as where scores are whole numbers.

It speaks of units at the cut-off only, and takes nobody to be able to place himself on one side:
the density test looks for that, the balance test for units that differed before.

References
----------
Calonico, Cattaneo and Titiunik (2014), "Robust nonparametric confidence intervals for
regression-discontinuity designs", Econometrica 82.

Armstrong and Kolesár (2020), "Simple and honest confidence intervals in nonparametric
regression", Quantitative Economics 11; Kolesár and Rothe (2018), "Inference in regression
discontinuity designs with a discrete running variable", American Economic Review 108.

Cattaneo, Keele, Titiunik and Vazquez-Bare (2016), "Interpreting regression discontinuity designs
with multiple cutoffs", Journal of Politics 78.

Cattaneo, Jansson and Ma (2020), "Simple local polynomial density estimators", Journal of the
American Statistical Association 115.

Words
-----
title: Regression discontinuity | 分数线两侧比较（断点回归）
line: Regression discontinuity: the jump of an outcome where a score crosses a cut-off |
    分数线两侧比较（断点回归）：得分跨过分数线处结果的跳跃
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from analysis.data.frames.cases import scores
from analysis.data.frames.cases.scores import SCORES
from analysis.data.frames.frame import require_frame
from analysis.errors import DesignError, EstimationError
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.methods.shared.results import estimating
from analysis.result import Check, Estimate, Result, Sample
from analysis.stats.thresholds import discontinuity
from analysis.stats.thresholds.honest import honest_jump

SENSITIVITY = (0.5, 0.75, 1.0, 1.5, 2.0)
"""Windows, in multiples of the chosen one, under which the jump is shown again."""
BINS = 20
"""Bins a side in the figure."""


class Options(MethodOptions):
    """Options of the method."""

    cutoff: float = 0.0
    """the cut-off, where units have no own one

    words: the cut-off, where units have no own one | 分数线
    """
    treated: Literal["above", "below"] = "above"
    """the side that is treated; units at the cut-off are

    words: the side that is treated; units at the cut-off are |
        受处理的一侧（恰在分数线上的也受处理）
    above: above | 线上
    below: below | 线下
    """
    order: Literal[1, 2] = 1
    """lines or parabolas on each side

    words: lines or parabolas on each side | 两侧多项式的次数
    """
    kernel: Literal["triangular", "epanechnikov", "uniform"] = "triangular"
    """how the weight of units falls with their distance

    words: how the weight of units falls with their distance | 权重随距离递减的方式
    triangular: triangular | 三角核
    epanechnikov: Epanechnikov | Epanechnikov核
    uniform: uniform | 均匀核
    """
    window: Literal["least_error", "coverage"] = "least_error"
    """what the width is chosen for: the estimate or its limits

    words: what the width is chosen for | 带宽的选取目标
    least_error: the least error of the estimate | 估计误差最小
    coverage: the coverage of its limits | 可能范围覆盖准确
    """
    width: float | None = Field(None, gt=0)
    """width of the window on each side; chosen by default

    words: width of the window on each side; chosen by default | 每侧带宽
    """
    limits: Literal["robust", "honest"] = "robust"
    """how the limits allow for the course of the outcome

    words: how the limits allow for the course of the outcome | 可能范围如何计入结果的走势
    robust: robust, bias-corrected | 稳健（已校正偏差）
    honest: honest, for any course up to a curvature | 对弯曲程度有限的任何走势均成立
    """
    curvature: float | None = Field(None, gt=0)
    """the most that the course may bend, for honest limits; found from the data by default

    words: the most that the course may bend, for honest limits | 走势弯曲程度的上限
    """
    donut: float = Field(0.0, ge=0)
    """units nearer to the cut-off than this are left out

    words: units nearer to the cut-off than this are left out | 剔除离分数线不足此距离的单位
    """
    covariates: tuple[str, ...] = Field((), strict=False)
    """numeric columns, measured before, for precision

    words: numeric columns, measured before, for precision | 为提高精度而控制的事前变量
    """
    balance: tuple[str, ...] = Field((), strict=False)
    """numeric columns, measured before, that must not jump

    words: numeric columns, measured before, that must not jump | 不应出现跳跃的事前变量
    """


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:  # noqa: ARG001
    """The jump at the cut-off, in the unit of the outcome.

    Raises
    ------
    DesignError: the frame breaks a rule, or the cut-off lies where too few scores are.
    EstimationError: no estimate that means something can be had there.
    """
    require_frame(frame, SCORES)
    scores.require_columns(frame, (*options.covariates, *options.balance))
    ordered = scores.measured_scores(frame, options.cutoff, above=options.treated == "above")
    near = ordered["x"].abs() < options.donut
    used = ordered[~near]
    scores.require_sides(used, donut=options.donut > 0)
    if options.limits == "honest":
        return _honest(frame, used, options)
    jump = _jump(used, "outcome", options, adjusted=True)
    scores.require_window(jump.rows, jump.distinct)
    balance, balance_check = _balance(used, options)
    treated = int((used["x"] >= 0).sum())
    dropped = {"within_donut": int(near.sum())} if near.any() else {}
    return options.result(
        estimand=_estimand(frame),
        unit="unit of the outcome",
        estimates=(jump.robust, jump.fitted, *_by_cutoff(used, options)),
        sample=Sample(len(used), len(used), treated, "", "", dropped),
        checks=(_density_check(ordered, options), _repeats_check(used, jump), *balance_check),
        series={
            "cutoff": _bins(used, jump),
            "by_bandwidth": _by_bandwidth(used, jump, options),
            "balance": balance,
        },
        bandwidth=jump.bandwidth,
        rows=jump.rows,
        level_short_of_it=float(jump.left[0]),
    )


METHOD = Method(Options, estimate, SCORES)


def _honest(frame: pd.DataFrame, used: pd.DataFrame, options: Options) -> Result:
    """The same by straight lines, with limits that hold for any course of bounded curvature."""
    score, outcome = used["x"].to_numpy(), used["outcome"].to_numpy(float)
    level, curvature, width = options.level, options.curvature, options.width
    with estimating("jump", "Use a wider window or more units"):
        found = honest_jump(score, outcome, level=level, curvature=curvature, width=width)
    limits = found.standard_error, found.low, found.high
    treated = int((score >= 0).sum())
    return options.result(
        estimand=_estimand(frame),
        unit="unit of the outcome",
        estimates=(Estimate("overall", found.value, *limits, found.rows[1]),),
        sample=Sample(len(used), len(used), treated, "", ""),
        bandwidth=(found.width, found.width),
        rows=found.rows,
        bias=found.bias,
        bend=found.curvature,
        p=found.p_value,
        level_short_of_it=found.level,
    )


def _estimand(frame: pd.DataFrame) -> str:
    units = "units at the cut-off"
    if "cutoff" in frame:
        units = "units at their own cut-off, weighted by how many lie there"
    if "takeup" in frame:
        return f"Average effect of treatment on {units} who take it up because they cross"
    return f"Average effect of crossing on {units}"


def _settings(options: Options, width: float | None, pilot: float | None) -> discontinuity.Settings:
    rule = {"least_error": "mserd", "coverage": "cerrd"}[options.window]
    width = width or options.width
    return discontinuity.Settings(options.order, options.kernel, rule, width, options.level, pilot)


def _jump(
    frame: pd.DataFrame,
    column: str,
    options: Options,
    *,
    adjusted: bool = False,
    width: float | None = None,
    pilot: float | None = None,
) -> discontinuity.Jump:
    """The jump of a column; adjusted for take-up and covariates only where the outcome is asked."""
    takeup = frame["takeup"].to_numpy(float) if adjusted and "takeup" in frame else None
    covariates = None
    if adjusted and options.covariates:
        covariates = frame[list(options.covariates)].to_numpy(float)
    score, outcome = frame["x"].to_numpy(), frame[column].to_numpy(float)
    settings = _settings(options, width, pilot)
    with estimating(f"jump of {column}", "Use other columns, a wider window or more units"):
        return discontinuity.estimate_jump(score, outcome, settings, takeup, covariates)


def _by_cutoff(frame: pd.DataFrame, options: Options) -> tuple[Estimate, ...]:
    """The jump at each cut-off, where there are several."""
    groups = list(frame.groupby("own_cutoff"))
    found = []
    for cutoff, rows in groups if len(groups) > 1 else []:
        jump = _jump(rows, "outcome", options, adjusted=True)
        scores.require_window(jump.rows, jump.distinct)
        found.append(replace(jump.robust, name=f"cutoff={cutoff:g}"))
    return tuple(found)


def _density_check(frame: pd.DataFrame, options: Options) -> Check:
    """Whether units pile up on one side, donut included."""
    limit = 1 - options.level
    try:
        p_value = discontinuity.density_p_value(frame["x"].to_numpy())
    except ValueError as error:
        return Check("density", None, None, limit, {"reason": str(error)})
    return Check("density", p_value >= limit, p_value, limit)


def _repeats_check(frame: pd.DataFrame, jump: discontinuity.Jump) -> Check:
    """Share of units whose score another has too; widths and errors allow for it."""
    share = 1 - frame["x"].nunique() / len(frame)
    detail = {"distinct_below": jump.distinct[0], "distinct_above": jump.distinct[1]}
    return Check("repeated_scores", None, float(share), None, detail)


def _balance(
    frame: pd.DataFrame, options: Options
) -> tuple[tuple[dict[str, Any], ...], tuple[Check, ...]]:
    """Jumps of what was measured before, and whether any is there, allowing for their number."""
    if not options.balance:
        return (), ()
    from statsmodels.stats.multitest import multipletests

    jumps = [_jump(frame, name, options) for name in options.balance]
    adjusted = multipletests([jump.p_value for jump in jumps], method="holm")[1]
    rows = tuple(
        {"column": name, **_limits(jump), "p": float(p)}
        for name, jump, p in zip(options.balance, jumps, adjusted, strict=True)
    )
    least, limit = float(adjusted.min()), 1 - options.level
    return rows, (Check("balance", least >= limit, least, limit, {"columns": len(rows)}),)


def _by_bandwidth(
    frame: pd.DataFrame, jump: discontinuity.Jump, options: Options
) -> tuple[dict[str, Any], ...]:
    """The jump under narrower and wider windows; those that are too thin are left out.

    Both windows, of the fit and of its curvature, grow alike: at a ratio of 1 it is the headline.
    """
    rows = []
    for ratio in SENSITIVITY:
        width, pilot = ratio * max(jump.bandwidth), ratio * max(jump.pilot)
        try:
            found = _jump(frame, "outcome", options, adjusted=True, width=width, pilot=pilot)
            scores.require_window(found.rows, found.distinct)
        except (DesignError, EstimationError):
            continue
        rows.append({"width": width, "ratio": ratio, **_limits(found), "rows": sum(found.rows)})
    return tuple(rows)


def _limits(jump: discontinuity.Jump) -> dict[str, Any]:
    return {key: getattr(jump.robust, key) for key in ("value", "low", "high")}


def _bins(frame: pd.DataFrame, jump: discontinuity.Jump) -> tuple[dict[str, Any], ...]:
    """Means in bins of equal width on each side, with the fitted curve inside the window."""
    rows = []
    score, outcome = frame["x"].to_numpy(), frame["outcome"].to_numpy(float)
    for treated, curve, width in ((0, jump.left, 0), (1, jump.right, 1)):
        side = (score >= 0) == bool(treated)
        edges = np.linspace(score[side].min(), score[side].max(), BINS + 1)
        place = np.clip(np.searchsorted(edges, score[side], side="right") - 1, 0, BINS - 1)
        for k in np.unique(place):
            own = place == k
            centre = float(score[side][own].mean())
            inside = abs(centre) <= jump.bandwidth[width]
            fitted = float(np.polyval(curve[::-1], centre)) if inside else None
            rows.append((centre, float(outcome[side][own].mean()), fitted, treated, int(own.sum())))
    names = ("score", "value", "fitted", "treated", "rows")
    return tuple(dict(zip(names, row, strict=True)) for row in rows)
