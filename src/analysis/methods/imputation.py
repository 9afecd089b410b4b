"""Staggered difference-in-differences by imputing untreated outcomes (Borusyak–Jaravel–Spiess).

Untreated region-periods give region and period effects by least squares,

    y_it = a_i + b_t,   y = log(count / exposure), or a level as it is,

and the effect on a treated region-period is what was observed less a_i + b_t. The headline is
its mean over all treated region-periods, as event times are means over theirs. Where trends are
parallel in all periods it uses every period before the start and is more precise than ``did``,
which uses one; where they are not, it takes up more of the difference. Leads come from the same
regression with an effect for each of the last periods before the start, tested apart from the
effects. Errors are a delete-one-region jackknife.

References
----------
Borusyak, Jaravel and Spiess (2024), "Revisiting event-study designs: robust and efficient
estimation", Review of Economic Studies 91.

Words
-----
title: Imputation by least squares | 最小二乘插补估计
line: Staggered difference-in-differences by imputing untreated log rates or levels: the average
    effect on the regions that adopted; errors by leaving out each region, or all that move
    together, in turn |
    错时比较（双重差分，插补未实施时的对数比率或数值）：实施地区的平均效果；标准误由逐一剔除地区（或同步变化的一组地区）得出
not_yet_treated: Imputation from all untreated periods | 用全部未实施时期插补
never_treated: Imputation from never-treated regions | 用从未实施地区插补
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import numpy as np
from pydantic import Field

from analysis.data.frames.panels.panel import PANEL, Panel
from analysis.methods.shared import imputed, panels
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import UntreatedOptions
from analysis.result import Check, Result


class Options(UntreatedOptions):
    """Options of the method."""

    scale: Literal["own", "log", "level"] = "own"
    """log of the rate, or the rate or level itself; by default the log of counts, and levels as
    they are

    words: scale | 尺度
    own: the outcome's own | 指标自身的尺度
    log: logarithm | 对数
    level: as it is | 原值
    """
    weights: Literal["equal", "exposure"] = "equal"
    """how regions count: all alike, or by exposure

    words: how regions count | 各地区的权重
    equal: all alike | 各地区相同
    exposure: by exposure | 按基数
    """
    leads: int = Field(6, ge=0)
    """most periods before the start that are looked at

    words: most periods before the start that are looked at | 最多考察的启动前期数
    """


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The average effect on adopters, overall and by event time, in log points or units.

    Raises
    ------
    DesignError: too few treated or untreated regions or periods, or no logarithm of a zero.
    """
    scale = panels.own_scale(panel) if options.scale == "own" else options.scale
    used = panels.comparable(panel, options, positive=scale == "log", complete=False)
    clusters = imputed.clusters_of(used, rng)
    values = panels.rate(used, scale)
    adoption = imputed.adoption_of(used, options, clusters, options.weights, values)
    found = imputed.jackknife_of(used, adoption, options, options.leads)
    path = found.path(found.supported, options.level, rng)
    effect = float(found.averages[0, 0])
    checks = [panels.leads_check(path)]
    if scale == "level":
        checks += panels.expected_level(used, effect, adoption.weights)
    elif options.weights == "exposure":
        (seen,) = panels.expected_level(used, 0.0, adoption.weights)
        checks.append(Check(seen.name, None, (seen.value or 0.0) / float(np.exp(effect))))
    return found.result(
        options,
        path,
        estimand="Average effect on the regions that adopted, over all their periods since "
        "adoption, against what all untreated periods would have led to expect",
        unit=panels.unit(used, scale),
        checks=tuple(checks),
        jackknife_groups=adoption.groups,
    )


def _ways(asked: Options, exposure: bool) -> dict[str, dict[str, Any]]:  # noqa: ARG001
    """With the comparison asked for alone."""
    return {asked.comparison: {"comparison": asked.comparison}}


METHOD = Method(
    Options,
    estimate,
    PANEL,
    partial(panels.check_logarithms, complete=False),
    can=(
        "leave_one_out",
        "by_event_time",
        "staggered",
        "level_model",
    ),
    ways=_ways,
    place=3,
)
