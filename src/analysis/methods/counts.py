"""Staggered Poisson model of counts with exposure, as one rate ratio (imputation).

Untreated region-periods give region and period effects by Poisson maximum likelihood with the
exposure as offset, E[count | untreated] = exposure · exp(a_i + b_t). The rate ratio is

    Σ count / Σ exposure · exp(a_i + b_t)   over all treated region-periods,

what was counted over what was to be expected. For a log link this equals Wooldridge's pooled
Poisson regression with one effect per cohort and period. Both sums weight regions: by exposure,
damped by 1 / (1 + α r e_i) where regions vary by more than chance (α the excess variance of
untreated cells, r their rate, e_i the region's exposure); by exposure alone; or all alike.
Leads come from the same model with the last periods before each start held out. Errors leave out
regions, or clusters of them, in one Newton step each (jackknife on the log ratio), so they hold
under over-dispersion and serial correlation.

Zeros are counts like others, and cells without a count are left out. A region without any untreated
count has nothing expected and keeps what was counted since; a period of which fewer than two
clusters speak leaves both sums; no count in two adopting clusters is refused.

References
----------
Wooldridge (2023), "Simple approaches to nonlinear difference-in-differences with panel data",
Econometrics Journal 26. Cameron and Trivedi (2013), "Regression Analysis of Count Data". Hausman,
Hall and Griliches (1984), Econometrica 52, for the likelihood given the total of a region.

Words
-----
title: Poisson model of counts | 泊松计数模型
line: Poisson model of counts with exposure: all counts since adoption over those expected without
    it; errors by leaving out each region, or all that move together, in turn |
    带基数的泊松计数模型：实施以来的全部计数与未实施时预期计数之比；
    标准误由逐一剔除地区（或同步变化的一组地区）得出
equal: Poisson model of counts, every region alike | 泊松计数模型，各地区权重相同
not_yet_treated: Poisson model of counts, all untreated periods | 泊松计数模型，使用全部未实施时期
never_treated: Poisson model of counts, never-treated regions only | 泊松计数模型，仅用从未实施地区
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field

from analysis.data.frames.panels import panel_comparison
from analysis.data.frames.panels.panel import NEVER, PANEL, Panel
from analysis.methods.shared import imputed, panels
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import UntreatedOptions
from analysis.result import Check, Result
from analysis.stats.panels.adoption import Adoption, untreated_means
from analysis.stats.panels.overdispersion import overdispersion

SIGNIFICANT = 0.05


class Options(UntreatedOptions):
    """Options of the method."""

    weights: Literal["damped", "exposure", "equal"] = "damped"
    """how regions count: by exposure, damped where large ones vary by more than chance; by
    exposure; or all alike

    words: how regions count | 各地区的权重
    damped: by exposure, damped where regions are large | 按基数，大地区适当降权
    exposure: by exposure | 按基数
    equal: all alike | 各地区相同
    """
    leads: int = Field(6, ge=0)
    """most periods before the start that are looked at

    words: most periods before the start that are looked at | 最多考察的启动前期数
    """


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The log rate ratio of counted to expected over all treated region-periods.

    Raises
    ------
    DesignError: too few treated or untreated regions, periods or counts.
    EstimationError: the fit did not converge.
    """
    panel_comparison.require_counts(panel)
    used = panels.comparable(panel, options, positive=False, complete=False)
    clusters = imputed.clusters_of(used, rng)
    adoption = imputed.adoption_of(used, options, clusters, options.weights)
    found = imputed.jackknife_of(used, adoption, options, options.leads)
    path = found.path(found.supported, options.level, rng)
    return found.result(
        options,
        path,
        estimand="Ratio of all counts in the regions that adopted, since adoption, to the counts "
        "expected there without it",
        unit="log rate ratio",
        checks=(panels.leads_check(path), *_count_checks(adoption, found.averages[0, 0])),
        jackknife_groups=adoption.groups,
    )


def check(panel: Panel, options: Options) -> None:
    """Refuse levels, a panel that cannot carry the comparison, and counts that give no ratio.

    Raises
    ------
    DesignError: with every shortfall and what would do.
    """
    panel_comparison.require_counts(panel)
    panels.check_comparison(panel, options)
    used = panels.comparable(panel, options, positive=False, complete=False)
    imputed.adoption_of(used, options, used.clusters, "equal")


def _ways(asked: Options, exposure: bool) -> dict[str, dict[str, Any]]:
    """With either comparison, and with every region alike where there is an exposure."""
    ways: dict[str, dict[str, Any]] = {way: {"comparison": way} for way in asked.comparisons}
    if exposure and "weights" not in asked.model_fields_set:
        ways["equal"] = {"weights": "equal"}
    return ways


METHOD = Method(
    Options,
    estimate,
    PANEL,
    check,
    can=(
        "leave_one_out",
        "by_event_time",
        "staggered",
        "count_model",
    ),
    ways=_ways,
    place=2,
)


def _count_checks(adoption: Adoption, effect: float) -> tuple[Check, ...]:
    """Over-dispersion of untreated cells, against which plain Poisson errors would be too small.

    ``dispersion`` is Pearson's statistic by its degrees of freedom, ``overdispersion`` the t
    statistic of excess variance, ``zeros`` the share of cells without a count, with how many
    cells of a cohort and period are empty and so have no ratio of their own; ``expected_rate`` is
    what was expected of adopters since adoption, by exposure and period and the weights used.
    """
    counts, train, starts = adoption.values, adoption.untreated, adoption.starts
    mean = untreated_means(adoption)
    estimated = counts.shape[0] + counts.shape[1] - 1
    usable = train & (mean > 0)
    squares = ((counts - mean) ** 2)[usable] / mean[usable]
    found = overdispersion(counts[usable], mean[usable], min(estimated, int(usable.sum()) - 1))
    passed = found.p_value > SIGNIFICANT
    detail = {"alpha": found.alpha, "p_value": found.p_value}
    empty = sum(
        int((counts[starts == g][:, g - 1 :].sum(axis=0) == 0).sum())
        for g in np.unique(starts[starts > NEVER])
    )
    pearson = float(squares.sum() / max(int(train.sum()) - estimated, 1))
    seen = train | adoption.active
    weights = adoption.weights[:, None] * adoption.active
    rate = float((weights * counts).sum() / (weights * adoption.exposure).sum() / np.exp(effect))
    return (
        Check("expected_rate", None, rate),
        Check("dispersion", None, pearson, 1.0),
        Check("overdispersion", passed, found.statistic, 1.645, detail),
        Check(
            "zeros", None, float((counts[seen] == 0).mean()), 0.0, {"empty_treated_cells": empty}
        ),
    )
