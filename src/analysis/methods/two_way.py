"""Two-way fixed effects or first differences, of log rates or levels: comparison only.

    y_it = a_i + b_t + β d_it + e_it,   or   Δy_it = b_t + β Δd_it + e_it

Weights w_it, effects of groups of regions in each period b_gt instead of b_t, controls x_it'γ and
a treatment by degrees d_it (such as the share of a year that a law was in force) are columns of
the panel, named by options of the form with effects.

β mixes effects of early and late adopters with weights that can be negative, so under
staggered adoption it is shown beside the headline and not as one. The series ``bacon`` splits
the coefficient of the first form into its two-by-two comparisons; the check ``already_treated``
holds the weight of comparisons with regions that were treated already. Errors have one degree of
freedom less than there are regions on the smaller side, and with fewer than five there the wild
bootstrap is refused: over 1,000 simulated worlds with three its limits held the truth in 99 %.

References
----------
Goodman-Bacon (2021), "Difference-in-differences with variation in treatment timing", Journal
of Econometrics 225. Papke (1994), "Tax policy and urban development", Journal of Public
Economics 54, for both forms on the enterprise zones; Cheng and Hoekstra (2013), Journal of
Human Resources 48, for weights, region-by-year effects and controls. MacKinnon and Webb (2018),
"The wild bootstrap for few (treated) clusters", Econometrics Journal 21.

Words
-----
title: Two-way fixed effects | 双向固定效应
line: Two-way fixed effects on log rates or levels | 双向固定效应（对数比率或数值）
row: Two-way fixed effects (comparison only) | 双向固定效应（仅供对照）
effects: Two-way fixed effects (comparison only) | 双向固定效应（仅供对照）
differences: First differences (comparison only) | 一阶差分（仅供对照）
effects_published: Two-way fixed effects, errors as published | 双向固定效应，标准误按原文算法
differences_published: First differences, errors as published | 一阶差分，标准误按原文算法
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from analysis.data.frames.names import GROUPS, SIZES, VARYING, OnPages
from analysis.data.frames.panels import panel_comparison
from analysis.data.frames.panels.panel import NEVER, PANEL, Panel
from analysis.errors import Problem
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.methods.shared.panels import codes, expected_level, rate, unit
from analysis.methods.shared.results import estimating, refuse, symmetric
from analysis.result import Check, Estimate, Result
from analysis.stats.panels import regression
from analysis.stats.panels.bacon import Part, bacon_parts
from analysis.stats.resampling.bootstrap import wild_interval, wild_weights
from analysis.stats.resampling.jackknife import comparison_degrees, t_critical

MINIMUM_WILD = 5
"""With fewer regions unlike the others, the restricted wild bootstrap hardly ever rejects."""


class Options(MethodOptions):
    """Options of the method."""

    form: Literal["effects", "differences"] = "effects"
    """region and period effects, or first differences

    words: form | 形式
    effects: region and period effects | 地区与时期效应
    differences: first differences | 一阶差分
    """
    errors: Literal["clustered", "conventional", "wild_bootstrap"] = "clustered"
    """clustered by region, as old publications gave them, or wild bootstrap limits

    words: errors | 标准误
    clustered: clustered by region | 按地区聚类
    conventional: conventional | 常规
    wild_bootstrap: wild bootstrap | 野自助法
    """
    draws: int = Field(999, ge=99)
    """draws of the wild bootstrap

    words: draws | 抽取次数
    """
    weights: Annotated[str, SIZES] = ""
    """column of positive weights; empty for none

    words: regions weigh by | 地区加权依据
    """
    groups: Annotated[str, GROUPS] = ""
    """column of groups of regions with period effects of their own

    words: groups with periods of their own | 各自设时期效应的分组
    """
    controls: Annotated[tuple[str, ...], VARYING] = ()
    """columns of control variables

    words: held constant | 控制变量
    """
    dose: Annotated[str, OnPages(("",))] = ""
    """column of the degree of treatment; empty for 0 or 1 by start

    words: degree of treatment | 处理强度
    """
    nested: bool = True
    """leave region effects out of the small-sample factor of clustered errors

    words: region effects left out of the small-sample factor | 小样本系数不计地区效应
    """


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The coefficient of treatment in log points.

    Raises
    ------
    DesignError: too few regions or periods, or a count of zero.
    """
    panel = panel.complete()
    panel_comparison.require_comparison(panel, "not_yet_treated", 1)
    if panel.counted:
        panel_comparison.require_positive(panel)
    _require_options(panel, options)
    outcome, treatment = rate(panel), _treatment(panel, options)
    parts: tuple[Part, ...] | None = None
    if options.form == "effects" and not _columns(options):
        parts = bacon_parts(outcome, panel.adoption.to_numpy())
    slope = _slope(panel, outcome, treatment, options)
    error = slope.conventional if options.errors == "conventional" else slope.clustered
    treated = panel.sample.treated
    clusters = panel.clusters
    adopting = len(np.unique(clusters[panel.adoption.to_numpy() > NEVER]))
    degrees = comparison_degrees(adopting, _unlike(panel), int(clusters.max()) + 1)
    found = symmetric("overall", slope.value, error, t_critical(options.level, degrees), treated)
    if options.errors == "wild_bootstrap":
        weights = wild_weights(int(clusters.max()) + 1, options.draws, rng)
        limits = wild_interval(outcome, treatment, weights, options.level, clusters)
        found = Estimate("overall", slope.value, error, *limits, treated)
    checks = [] if parts is None else [_already_check(parts)]
    if not panel.counted:
        checks += expected_level(panel, slope.value)
    return options.result(
        estimand="Coefficient of treatment, a variance-weighted mix of cohort effects",
        unit=unit(panel),
        estimates=(found,),
        sample=panel.sample,
        checks=tuple(checks),
        series={} if parts is None else {"bacon": tuple(asdict(part) for part in parts)},
        degrees=degrees,
    )


def check(panel: Panel, options: Options) -> None:
    """Refuse a panel without a comparison, and options that do not fit it.

    Raises
    ------
    DesignError: with what is wrong.
    """
    panel = panel.complete()
    panel_comparison.require_comparison(panel, "not_yet_treated", panel_comparison.MINIMUM_BEFORE)
    if panel.counted:
        panel_comparison.require_positive(panel)
    _require_options(panel, options)


def _ways(asked: Options, exposure: bool) -> dict[str, dict[str, str]]:  # noqa: ARG001
    """In both forms."""
    return {form: {"form": form} for form in ("effects", "differences")}


METHOD = Method(
    Options, estimate, PANEL, check, ways=_ways, place=4, as_published={"errors": "conventional"}
)


def _columns(options: Options) -> tuple[str, ...]:
    """Columns of the panel that options name."""
    named = (options.weights, options.groups, options.dose, *options.controls)
    return tuple(name for name in named if name)


def _require_options(panel: Panel, options: Options) -> None:
    """Refuse columns that are not there, or named for what does not know them.

    Raises
    ------
    DesignError: with everything that is wrong.
    """
    numeric = tuple(name for name in _columns(options) if name != options.groups)
    panel_comparison.require_columns(panel, numeric)
    problems = []
    if options.weights and (panel.frame[options.weights] <= 0).any():
        remedy = "Leave those regions out, or use another column"
        problems.append(Problem(f"column {options.weights}", "holds weights of 0 or less", remedy))
    if options.groups and options.groups not in panel.frame:
        problems.append(Problem(f"column {options.groups}", "is missing", "Add it to the panel"))
    if _columns(options) and options.form != "effects":
        what = "are for the form with effects"
        problems.append(Problem("weights, groups, controls, dose", what, "Use form: effects"))
    if options.errors == "wild_bootstrap" and (_columns(options) or options.form != "effects"):
        what = "is for the form with effects, without further columns"
        problems.append(Problem("wild bootstrap", what, "Use errors: clustered"))
    if options.errors == "wild_bootstrap" and (unlike := _unlike(panel)) < MINIMUM_WILD:
        what = f"needs {MINIMUM_WILD} regions whose start is not the commonest; there are {unlike}"
        problems.append(Problem("wild bootstrap", what, "Use method: did, or rollout"))
    refuse(problems)


def _unlike(panel: Panel) -> int:
    """Clusters in which some start, or lack of one, is not the commonest: the smaller side."""
    starts = panel.adoption.to_numpy()
    kinds, alike = np.unique(starts, return_counts=True)
    return len(np.unique(panel.clusters[starts != kinds[np.argmax(alike)]]))


def _treatment(panel: Panel, options: Options) -> np.ndarray:
    """Degree of treatment by region and period; shape (N, T)."""
    if options.dose:
        return panel.matrix(options.dose).astype(float)
    starts = panel.adoption.to_numpy()[:, None]
    periods = np.arange(1, len(panel.periods) + 1)
    treated: np.ndarray = (starts > NEVER) & (periods >= starts)
    return treated.astype(float)


def _slope(
    panel: Panel, outcome: np.ndarray, treatment: np.ndarray, options: Options
) -> regression.Slope:
    if options.form == "differences":
        return regression.first_difference_slope(outcome, treatment, panel.clusters)
    if not _columns(options):
        nested = options.nested
        return regression.two_way_slope(outcome, treatment, panel.clusters, nested=nested)
    weights = np.ones_like(outcome)
    if options.weights:
        weights = panel.matrix(options.weights).astype(float)
    groups = codes(panel, options.groups)
    controls = tuple(panel.matrix(name).astype(float) for name in options.controls)
    with estimating("two-way regression", "Use fewer controls or groups"):
        return regression.weighted_slope(
            outcome, treatment, weights, groups, controls, options.nested, panel.clusters
        )


def _already_check(parts: tuple[Part, ...]) -> Check:
    """Weight of comparisons with regions already treated, which growing effects would spoil."""
    weight = sum(part.weight for part in parts if part.comparison == "already_treated")
    return Check("already_treated", None, weight, 0.0)
