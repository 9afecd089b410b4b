"""Staggered Poisson model of counts with exposure, as one rate ratio (imputation).

Untreated region-periods give region and period effects by Poisson maximum likelihood with the
exposure as offset, E[count | untreated] = exposure · exp(a_i + b_t). The rate ratio is

    Σ count / Σ exposure · exp(a_i + b_t)   over all treated region-periods,

what was counted over what was to be expected. For a log link this equals Wooldridge's pooled
Poisson regression with one effect per cohort and period. Errors: delete-one-region jackknife
on the log ratio, so they hold under over-dispersion and serial correlation. The negative binomial
family gives busy regions less weight, with one dispersion α from the untreated cells of all
regions: variance μ + α μ².

Zeros are counts like others. Regions without any untreated count are left out and counted, since
a rate of zero would be expected of them; a period with untreated counts in fewer than two
regions, or no count at all after adoption, is refused.

References
----------
Wooldridge (2023), "Simple approaches to nonlinear difference-in-differences with panel data",
Econometrics Journal 26. Cameron and Trivedi (2013), "Regression Analysis of Count Data".

Words
-----
title: Poisson model of counts | 泊松计数模型
line: Poisson model of counts with exposure: all counts since adoption over those expected without
    it; errors by leaving out one region at a time | 带基数的泊松计数模型：
    实施以来的全部计数与未实施时预期计数之比；标准误由逐一剔除地区得出
not_yet_treated: Poisson model of counts, all untreated periods | 泊松计数模型，使用全部未实施时期
never_treated: Poisson model of counts, never-treated regions only | 泊松计数模型，仅用从未实施地区
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from analysis.data.frames.panel import NEVER, PANEL, Panel
from analysis.errors import EstimationError, Problem
from analysis.methods.shared import panels
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import Comparison, UntreatedOptions
from analysis.methods.shared.results import refuse
from analysis.result import Check, Result
from analysis.stats.panels import negative_binomial
from analysis.stats.panels.poisson import TwoWayPoisson, fit_two_way
from analysis.stats.resampling.jackknife import jackknife_groups

GROUP_LIMIT = 400
"""More regions than this are left out in groups, to bound time and memory."""

SLOW_GROUP_LIMIT = 60
"""The negative binomial costs a hundred times as much a fit."""
SIGNIFICANT = 0.05


class Options(UntreatedOptions):
    """Options of the method."""

    family: Literal["poisson", "negative_binomial"] = "poisson"
    """how counts vary around what is expected

    words: how counts vary around what is expected | 计数围绕预期值的分布
    poisson: Poisson | 泊松分布
    negative_binomial: negative binomial | 负二项分布
    """


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The log rate ratio of counted to expected over all treated region-periods.

    Raises
    ------
    DesignError: too few treated or untreated regions, periods or counts.
    EstimationError: the fit did not converge.
    """
    used = _without_empty(panels.comparable(panel, options, positive=False), options)
    _require_counts(used, options)
    limit = GROUP_LIMIT if options.family == "poisson" else SLOW_GROUP_LIMIT
    groups = jackknife_groups(len(used.regions), limit, rng)
    weights = np.vstack([np.ones(len(groups)), groups[None, :] != np.unique(groups)[:, None]])
    dispersion = _dispersion(used, options)
    values = _ratios(used, options, weights.astype(float), dispersion)
    times = _event_times(used)
    found = panels.Jackknife(
        used, groups, values[:, :2], np.array(times), values[:, 2:], used.support(times)
    )
    return found.result(
        options,
        found.path(found.supported, options.level, rng),
        estimand="Ratio of all counts in the regions that adopted, since adoption, to the counts "
        "expected there without it",
        unit="log rate ratio",
        checks=_count_checks(used, options),
        jackknife_groups=len(values) - 1,
        dispersion=dispersion,
    )


def _ways(asked: Options, exposure: bool) -> dict[str, dict[str, Comparison]]:  # noqa: ARG001
    """With the comparison asked for, and with the other."""
    return {way: {"comparison": way} for way in asked.comparisons}


METHOD = Method(
    Options,
    estimate,
    PANEL,
    panels.check_comparison,
    can=(
        "leave_one_out",
        "by_event_time",
        "staggered",
        "count_model",
    ),
    ways=_ways,
    place=2,
)


def _masks(panel: Panel, options: Options) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells that train the model, treated cells, and cells just before the start; (N, T)."""
    starts = panel.adoption.to_numpy()[:, None]
    since = np.arange(1, len(panel.periods) + 1) - starts
    treated = (starts > NEVER) & (since >= 0)
    lead = (starts > NEVER) & (since >= -options.anticipation) & ~treated
    return panels.untreated_cells(panel, options, options.anticipation), treated, lead


def _event_times(panel: Panel) -> tuple[int, ...]:
    """Periods since adoption that are observed; before it there is nothing to impute."""
    starts = panel.adoption.to_numpy()
    return tuple(range(len(panel.periods) - int(starts[starts > NEVER].min()) + 1))


def _dispersion(panel: Panel, options: Options) -> float:
    """α of the untreated cells; 0 for Poisson."""
    if options.family == "poisson":
        return 0.0
    train, _, _ = _masks(panel, options)
    return negative_binomial.fit_dispersion(panel.matrix("count"), panel.matrix("exposure"), train)


def _fit(
    panel: Panel, options: Options, weights: np.ndarray, dispersion: float = 0.0
) -> TwoWayPoisson:
    """Region and period effects of untreated cells, for each weighting of the regions."""
    counts, exposure = panel.matrix("count"), panel.matrix("exposure")
    train, _, _ = _masks(panel, options)
    if dispersion > 0:
        return negative_binomial.fit_negative_binomial(counts, exposure, train, weights, dispersion)
    return fit_two_way(counts, exposure, train, weights)


def _ratios(panel: Panel, options: Options, weights: np.ndarray, dispersion: float) -> np.ndarray:
    """Log ratios for each weighting: after, just before, and by event time; shape (B, 2 + K)."""
    counts, exposure = panel.matrix("count"), panel.matrix("exposure")
    _, treated, lead = _masks(panel, options)
    fitted = _fit(panel, options, weights, dispersion)
    if failed := int((~fitted.converged).sum()):
        what = f"did not converge in {failed} of {len(weights)} fits"
        remedy = "Some period or region has too few untreated counts; use longer periods"
        raise EstimationError([Problem("counts", what, remedy)])
    scaled = weights * fitted.region
    columns = []
    since = np.arange(1, counts.shape[1] + 1)[None, :] - panel.adoption.to_numpy()[:, None]
    by_time = [treated & (since == time) for time in _event_times(panel)]
    for cells in (treated, lead, *by_time):
        observed = weights @ np.where(cells, counts, 0.0).sum(axis=1)
        expected = ((scaled @ np.where(cells, exposure, 0.0)) * fitted.period).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            columns.append(np.log(observed / expected))
    return np.column_stack(columns)


def _without_empty(panel: Panel, options: Options) -> Panel:
    """Leave out regions without any untreated count: nothing can be expected of them."""
    train, _, _ = _masks(panel, options)
    sums = np.where(train, panel.matrix("count"), 0.0).sum(axis=1)
    empty = [code for code, total in zip(panel.regions, sums, strict=True) if total == 0]
    if not empty:
        return panel
    kept = panel.keep([code for code in panel.regions if code not in set(empty)])
    if not (kept.adoption > NEVER).any():
        what = "are all zero before the start in every treated region"
        refuse([Problem("counts", what, "Use longer periods or another outcome")])
    return kept.until(len(kept.periods), {**panel.dropped, "no_untreated_counts": len(empty)})


def _require_counts(panel: Panel, options: Options) -> None:
    """Refuse what would make a ratio infinite: periods that nothing or one region speaks for."""
    counts = panel.matrix("count")
    train, treated, _ = _masks(panel, options)
    speaking = (train & (counts > 0)).sum(axis=0)
    problems = [
        Problem(
            f"period {panel.label(int(t) + 1)}",
            f"has untreated counts in {speaking[t]} regions; at least 2 are needed",
            "Use longer periods, or end the panel before it",
        )
        for t in np.flatnonzero(speaking < 2)
    ]
    filled = (treated & (counts > 0)).any(axis=1).sum()
    if filled < 2:
        what = f"are all zero since adoption in all but {filled} adopting regions"
        remedy = "No ratio can be given; use longer periods, or another outcome"
        problems.append(Problem("counts", what, remedy))
    refuse(problems)


def _count_checks(panel: Panel, options: Options) -> tuple[Check, ...]:
    """Over-dispersion of untreated cells, against which plain Poisson errors would be too small.

    ``dispersion`` is Pearson's statistic by its degrees of freedom, ``overdispersion`` the t
    statistic of excess variance, ``zeros`` the share of cells without a count, with how many
    cells of a cohort and period are empty and so have no ratio of their own.
    """
    counts, exposure = panel.matrix("count"), panel.matrix("exposure")
    train, _, _ = _masks(panel, options)
    fitted = _fit(panel, options, np.ones((1, len(counts))))
    mean = exposure * fitted.region[0][:, None] * fitted.period[0][None, :]
    estimated = counts.shape[0] + counts.shape[1] - 1
    usable = train & (mean > 0)
    squares = ((counts - mean) ** 2)[usable] / mean[usable]
    found = negative_binomial.overdispersion(
        counts[usable], mean[usable], min(estimated, int(usable.sum()) - 1)
    )
    passed = found.p_value > SIGNIFICANT
    detail = {"alpha": found.alpha, "p_value": found.p_value}
    starts = panel.adoption.to_numpy()
    empty = sum(
        int((counts[starts == g][:, g - 1 :].sum(axis=0) == 0).sum())
        for g in np.unique(starts[starts > NEVER])
    )
    pearson = float(squares.sum() / max(int(train.sum()) - estimated, 1))
    return (
        Check("dispersion", None, pearson, 1.0),
        Check("overdispersion", passed, found.statistic, 1.645, detail),
        Check("zeros", None, float((counts == 0).mean()), 0.0, {"empty_treated_cells": empty}),
    )
