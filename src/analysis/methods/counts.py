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
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from analysis.data.frames.design import comparable_part, require_comparison
from analysis.data.frames.panel import MINIMUM_SUPPORT, NEVER, Panel
from analysis.errors import DesignError, EstimationError, Problem
from analysis.result import Check, Estimate, Result, event_path
from analysis.stats.panels.negative_binomial import (
    fit_dispersion,
    fit_negative_binomial,
    overdispersion,
)
from analysis.stats.panels.poisson import TwoWayPoisson, fit_two_way
from analysis.stats.resampling.jackknife import (
    jackknife_groups,
    jackknife_intervals,
    simultaneous_margins,
    treated_groups,
)

INPUT = "panel"
GROUP_LIMIT = 400
"""More regions than this are left out in groups, to bound time and memory."""

SLOW_GROUP_LIMIT = 60
"""The negative binomial costs a hundred times as much a fit."""
SIGNIFICANT = 0.05


class Options(BaseModel):
    """Options of the method, as a params file may give them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    comparison: Literal["not_yet_treated", "never_treated"] = Field(
        default="not_yet_treated",
        description="untreated periods used: all, or those of never-treated regions after a start",
    )
    anticipation: int = Field(
        default=0, ge=0, description="periods before the start in which effects may already show"
    )
    level: float = Field(default=0.95, gt=0, lt=1, description="level of the interval")
    family: Literal["poisson", "negative_binomial"] = Field(
        default="poisson", description="how counts vary around what is expected"
    )


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The log rate ratio of counted to expected over all treated region-periods.

    Raises
    ------
    DesignError: too few treated or untreated regions, periods or counts.
    EstimationError: the fit did not converge.
    """
    before = 1 + options.anticipation
    require_comparison(panel, options.comparison, before)
    used = comparable_part(panel, options.comparison, before)
    used = _without_empty(used, options)
    _require_counts(used, options)
    limit = GROUP_LIMIT if options.family == "poisson" else SLOW_GROUP_LIMIT
    groups = jackknife_groups(len(used.regions), limit, rng)
    weights = np.vstack([np.ones(len(groups)), groups[None, :] != np.unique(groups)[:, None]])
    dispersion = _dispersion(used, options)
    values = _ratios(used, options, weights.astype(float), dispersion)
    sides = treated_groups(groups, used.adoption.to_numpy() > NEVER)
    intervals = jackknife_intervals(values[0, :2], values[1:, :2], options.level, sides)
    times = _event_times(used)
    support = used.support(times)
    margins = simultaneous_margins(
        values[0, 2:],
        values[1:, 2:],
        support >= MINIMUM_SUPPORT,
        np.minimum(support, len(values) - 1) - 1,
        options.level,
        rng,
    )
    names = ("overall", "before") if options.anticipation else ("overall",)
    return Result(
        method="counts",
        estimand=(
            "Ratio of all counts in the regions that adopted, since adoption, to the counts "
            "expected there without it"
        ),
        unit="log rate ratio",
        level=options.level,
        estimates=tuple(
            Estimate(
                name,
                values[0, k],
                intervals.standard_error[k],
                intervals.low[k],
                intervals.high[k],
                used.sample.treated,
            )
            for k, name in enumerate(names)
        ),
        sample=used.sample,
        checks=_count_checks(used, options),
        series={
            "by_event_time": event_path(times, values[0, 2:], margins, support),
            "leave_one_out": used.left_out(values[1:, 0], groups),
        },
        options={
            **options.model_dump(),
            "jackknife_groups": len(values) - 1,
            "degrees": round(float(intervals.degrees[0]), 2),
            "dispersion": dispersion,
        },
    )


def _masks(panel: Panel, options: Options) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells that train the model, treated cells, and cells just before the start; (N, T)."""
    starts = panel.adoption.to_numpy()[:, None]
    periods = np.arange(1, len(panel.periods) + 1)[None, :]
    treated = (starts > NEVER) & (periods >= starts)
    lead = (starts > NEVER) & (periods >= starts - options.anticipation) & ~treated
    train = ~treated & ~lead
    if options.comparison == "never_treated":
        first = starts[starts > NEVER].min() - options.anticipation
        train &= (starts == NEVER) | (periods < first)
    return train, treated, lead


def _event_times(panel: Panel) -> tuple[int, ...]:
    """Periods since adoption that are observed; before it there is nothing to impute."""
    starts = panel.adoption.to_numpy()
    return tuple(range(len(panel.periods) - int(starts[starts > NEVER].min()) + 1))


def _dispersion(panel: Panel, options: Options) -> float:
    """α of the untreated cells; 0 for Poisson."""
    if options.family == "poisson":
        return 0.0
    train, _, _ = _masks(panel, options)
    return fit_dispersion(panel.matrix("count"), panel.matrix("exposure"), train)


def _fit(
    panel: Panel, options: Options, weights: np.ndarray, dispersion: float = 0.0
) -> TwoWayPoisson:
    """Region and period effects of untreated cells, for each weighting of the regions."""
    counts, exposure = panel.matrix("count"), panel.matrix("exposure")
    train, _, _ = _masks(panel, options)
    if dispersion > 0:
        return fit_negative_binomial(counts, exposure, train, weights, dispersion)
    return fit_two_way(counts, exposure, train, weights)


def _ratios(panel: Panel, options: Options, weights: np.ndarray, dispersion: float) -> np.ndarray:
    """Log ratios for each weighting: after, just before, and by event time; shape (B, 2 + K)."""
    counts, exposure = panel.matrix("count"), panel.matrix("exposure")
    _, treated, lead = _masks(panel, options)
    fitted = _fit(panel, options, weights, dispersion)
    if not fitted.converged.all():
        failed = int((~fitted.converged).sum())
        raise EstimationError(
            [
                Problem(
                    "counts",
                    f"did not converge in {failed} of {len(weights)} fits",
                    "Some period or region has too few untreated counts; use longer periods",
                )
            ]
        )
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
        raise DesignError(
            [
                Problem(
                    "counts",
                    "are all zero before the start in every treated region",
                    "Use longer periods or another outcome",
                )
            ]
        )
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
    if problems:
        raise DesignError(problems)


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
    found = overdispersion(counts[usable], mean[usable], min(estimated, int(usable.sum()) - 1))
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
