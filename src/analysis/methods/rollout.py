"""Effect of a staggered rollout, judged by the orders in which regions could have adopted.

The estimate is the average of ATT(g, t) = mean_g[y_t − y_b] − mean_C[y_t − y_b] over all treated
region-periods (as in ``did``), y the log rate. If the order was drawn by lot, within strata, every
exchange of start dates between regions was as likely; the p-value is the share of orders whose
statistic is as far from 0, all of them if there are at most 20,000, else a sample. The statistic
is the estimate over its Neyman error Σ_g n_g s²_g, with s²_g the variance in cohort g of what a
region adds to it; where a cohort is one region it has no such error, the statistic is the estimate
itself, and the check ``lone_cohorts`` says so. The interval holds every constant effect that the
same test does not reject. With ``adjustment: efficient`` what is taken off for the base period is
not the whole difference there but β times it, β chosen anew in every order so that the error is
smallest: where counts return to their mean a difference in differences takes off too much.
An order that was not drawn makes these numbers a description, not a probability.

References
----------
Roth and Sant'Anna (2023), "Efficient estimation for staggered rollout designs", Journal of
Political Economy Microeconomics 1, sections 2.2 and 2.5; Wu and Ding (2021), "Randomization tests
for weak null hypotheses", Journal of the American Statistical Association 116.

Words
-----
title: Staggered comparison judged by possible orders | 以可能的实施次序判断的错时比较
line: Staggered comparison of log rates, judged by the orders in which regions could have adopted |
    对数比率的错时比较，以各地区可能的实施次序为判断依据
row: Staggered comparison judged by possible orders | 以可能的实施次序判断的错时比较
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from analysis.data.frames.names import GROUPS, OnPages
from analysis.data.frames.panels.panel import NEVER, PANEL, Panel
from analysis.errors import DesignError, Problem
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import PanelOptions
from analysis.methods.shared.panels import check_logarithms, codes, comparable, rate
from analysis.methods.shared.results import estimating, null_quantiles, refuse
from analysis.result import Check, Estimate, Result
from analysis.stats.panels.cohorts import cohort_effects
from analysis.stats.panels.pretrend import base_check
from analysis.stats.panels.regression import by_cluster
from analysis.stats.resampling import rollout as numerics
from analysis.stats.resampling.assignments import possible_assignments
from analysis.stats.resampling.jackknife import comparison_degrees, treated_groups

ALL_ORDERS = 20_000
"""Up to so many possible orders every one is counted; beyond, orders are sampled."""


class Options(PanelOptions):
    """Options of the method."""

    strata: Annotated[str, GROUPS] = ""
    """column within whose values the order was drawn; empty for all

    words: the order was drawn within | 在下列分层内抽取次序
    """
    studentised: bool = True
    """divide by the error, so that it holds if effects differ too

    words: estimates are divided by their error | 估计值除以其标准误
    """
    adjustment: Literal["difference", "efficient"] = "difference"
    """what is taken off for where regions stood before: all of it, or what makes the error smallest

    words: taken off for where regions stood before | 对实施前差异的扣除
    difference: all of it | 全部扣除
    efficient: what makes the error smallest | 按误差最小扣除
    """
    scale: Annotated[Literal["log", "rate"], OnPages(("log",))] = "log"
    """log rate, or the rate itself, which takes zeros

    words: scale | 尺度
    log: log rate | 对数比率
    rate: the rate itself | 比率本身
    """
    draws: int = Field(1999, ge=99)
    """orders sampled where not all are counted

    words: draws | 抽取次数
    """


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The average effect on adopters in log points, with an interval from possible orders.

    Raises
    ------
    DesignError: too few regions or periods, a count of zero, or orders too few to tell.
    """
    used = comparable(_sorted(panel), options, positive=options.scale == "log")
    _require_strata(used, options)
    labels, cohort = np.unique(used.adoption.to_numpy(), return_inverse=True)
    units, first = _units(used, cohort)
    drawn, strata = cohort[first], codes(used, options.strata)[first]
    orders = possible_assignments(drawn, strata, options.draws, rng, ALL_ORDERS)
    lone = int((np.bincount(drawn) < 2).sum())
    options = options.model_copy(update={"studentised": options.studentised and not lone})
    parts = {
        name: numerics.rollout_moments(
            _linear(used, options, labels, cohort, name == "before", units),
            orders,
            options.adjustment == "efficient",
        )
        for name in options.averages
    }
    treated, overall = used.sample.treated, parts["overall"]
    p_value = numerics.order_p_value(overall, 0.0, options.studentised)
    left_out, gaps = _without_each(used, options)
    return options.result(
        estimand="Average effect on the regions that adopted, over all their periods since "
        "adoption, against regions whose turn had not come",
        unit="log points" if options.scale == "log" else "unit of the rate",
        estimates=tuple(
            _estimate(name, moments, options, treated) for name, moments in parts.items()
        ),
        sample=used.sample,
        checks=(
            Check("sharp_null", None, p_value, 1 - options.level),
            Check("lone_cohorts", lone == 0, float(lone), 0.0),
            base_check(gaps, options.level, treated_groups(used.clusters, labels[cohort] > NEVER)),
        ),
        series={
            "null": null_quantiles(overall.statistics(0.0)[0]),
            "leave_one_out": used.left_out(left_out, used.clusters),
        },
        possible=len(orders.given),
        exact=orders.exact,
        degrees=comparison_degrees(int((labels[drawn] > NEVER).sum()), len(drawn) - 1, len(drawn)),
    )


METHOD = Method(
    Options,
    estimate,
    PANEL,
    check_logarithms,
    can=("leave_one_out", "staggered"),
)


def _sorted(panel: Panel) -> Panel:
    """Regions by code, so that the same orders are drawn however rows come."""
    frame = panel.frame.sort_values(["region", "period"], ignore_index=True)
    return replace(panel, frame=frame)


def _require_strata(panel: Panel, options: Options) -> None:
    if options.strata and options.strata not in panel.frame:
        refuse([Problem(f"column {options.strata}", "is missing", "Add it to the panel")])


def _units(panel: Panel, cohort: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the order was drawn of, by region (N,), and the first region of each (G,).

    Clusters of regions, where all regions of each start together; else regions.
    """
    clusters = panel.clusters
    first = np.unique(clusters, return_index=True)[1]
    if (cohort == cohort[first][clusters]).all():
        return clusters, first
    return np.arange(len(cohort)), np.arange(len(cohort))


def _linear(
    panel: Panel,
    options: Options,
    labels: np.ndarray,
    cohort: np.ndarray,
    ahead: bool,
    units: np.ndarray,
) -> numerics.Linear:
    """What regions add to the estimate, after the start or in the periods just before it."""
    outcome = rate(panel, options.scale)
    periods = np.arange(1, outcome.shape[1] + 1)
    since = np.where(labels[:, None] > NEVER, periods - labels[:, None], -len(periods) - 1)
    chosen = (since >= -options.anticipation) & (since < 0) if ahead else since >= 0
    weights, bases = numerics.cohort_weights(
        labels,
        np.bincount(cohort).astype(float),
        len(periods),
        chosen,
        options.comparison == "never_treated",
        options.anticipation,
    )
    treated = chosen[cohort].astype(float)
    parts = (
        by_cluster(by @ given.T, units).T for given in (outcome, treated) for by in (weights, bases)
    )
    return numerics.Linear(*parts)


def _estimate(name: str, moments: numerics.Moments, options: Options, treated: int) -> Estimate:
    value, variance = moments.statistics(0.0)
    with estimating("orders", "Ask for a lower level, or wait for more regions", DesignError):
        low, high = numerics.order_interval(moments, options.level, options.studentised)
    error = float(np.sqrt(variance[0]))
    return Estimate(
        name, float(value[0]), error if np.isfinite(error) else None, low, high, treated
    )


def _without_each(panel: Panel, options: Options) -> tuple[np.ndarray, np.ndarray]:
    """The estimate without each cluster, (G,); base-period gaps, with all first, (1 + G,)."""
    outcome = rate(panel, options.scale)
    starts = panel.adoption.to_numpy()
    never_only = options.comparison == "never_treated"
    cells = cohort_effects(outcome, starts, panel.clusters, never_only, options.anticipation)
    return cells.mean(cells.after)[1:], cells.base_gap(options.anticipation)
