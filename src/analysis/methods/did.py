"""Staggered difference-in-differences on the log rate (Callaway–Sant'Anna).

For a cohort that starts in period g and a period t,

    ATT(g, t) = mean_g[y_t − y_b] − mean_C[y_t − y_b],   y = log(count / exposure),

with base period b = g − 1 − anticipation and C the regions not treated by t (or never). The
headline weights every treated region-period alike: Σ n_g ATT(g, t) / Σ n_g over t ≥ g. Beside
it stand the dynamic average (the mean of event times 0, 1, …), the average by cohort (the mean
of Σ_t ATT(g, t) / T_g, weighted by n_g) and by calendar period (the mean over t). Errors are a
delete-one-region jackknife, because analytical ones are too small with few regions in a cohort,
with Student's t and Welch's degrees of freedom of adopters and others.
With covariates, changes of the regions compared with are reweighted to look like the cohort and
predicted from what the regions were like in the base period (doubly robust).

References
----------
Callaway and Sant'Anna (2021), "Difference-in-differences with multiple time periods", Journal
of Econometrics 225. Roth (2026), "Interpreting event-studies from recent
difference-in-differences methods", for the common base period of leads and lags.
Sant'Anna and Zhao (2020), "Doubly robust difference-in-differences estimators", Journal of
Econometrics 219. Welch (1947), Biometrika 34, for the degrees of freedom.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from analysis.data.frames.columns import NUMBERS
from analysis.data.frames.design import (
    comparable_part,
    require_columns,
    require_comparison,
    require_positive,
)
from analysis.data.frames.panel import MINIMUM_SUPPORT, NEVER, Panel
from analysis.errors import EstimationError, Problem
from analysis.result import Check, Estimate, Record, Result, event_path
from analysis.stats.panels.cohorts import Cells, cohort_effects, without_each
from analysis.stats.panels.doubly_robust import doubly_robust_effects
from analysis.stats.panels.pretrend import base_check
from analysis.stats.resampling.jackknife import (
    jackknife_groups,
    jackknife_intervals,
    simultaneous_margins,
    treated_groups,
)

INPUT = "panel"
GROUP_LIMIT = 4000
"""More regions than this are left out in groups, to bound memory."""
COVARIATE_GROUP_LIMIT = 400
"""With covariates every replicate refits its models."""
AVERAGES = ("overall", "before", "dynamic", "group", "calendar")
"""What stands before the event times in a row of statistics."""


class Options(BaseModel):
    """Options of the method, as a params file may give them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    comparison: Literal["not_yet_treated", "never_treated"] = Field(
        default="not_yet_treated", description="regions compared with: not yet, or never, treated"
    )
    anticipation: int = Field(
        default=0, ge=0, description="periods before the start in which effects may already show"
    )
    level: float = Field(default=0.95, gt=0, lt=1, description="level of intervals and bands")
    scale: Literal["log", "rate"] = Field(
        default="log", description="log rate, or the rate itself divided by the expected rate"
    )
    covariates: Annotated[tuple[str, ...], NUMBERS] = Field(
        default=(), description="columns, as of the base period, in which regions should be alike"
    )


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The average effect on adopters, overall and by event time, in log points.

    Raises
    ------
    DesignError: too few treated or untreated regions or periods, a count of zero, a column lacking.
    EstimationError: covariates decide who adopts.
    """
    before = 1 + options.anticipation
    require_comparison(panel, options.comparison, before)
    used = comparable_part(panel, options.comparison, before)
    if options.scale == "log":
        require_positive(used)
    require_columns(used, options.covariates)
    values, groups, keys, gaps = _all_statistics(used, options, rng)
    main, replicates = values[0], values[1:]
    treated = used.sample.treated
    sides = treated_groups(groups, used.adoption.to_numpy() > NEVER)
    intervals = jackknife_intervals(main, replicates, options.level, sides)
    support = used.support(keys)
    shown = [
        n >= MINIMUM_SUPPORT and key != -1 - options.anticipation
        for key, n in zip(keys, support, strict=True)
    ]
    spread = np.minimum(support, len(replicates)) - 1
    first = len(AVERAGES)
    margins = simultaneous_margins(
        main[first:], replicates[:, first:], np.array(shown), spread, options.level, rng
    )
    estimates = [
        Estimate(name, value, error, low, high, treated)
        for name, value, error, low, high in zip(
            AVERAGES,
            main,
            intervals.standard_error,
            intervals.low,
            intervals.high,
            strict=False,
        )
        if name != "before" or options.anticipation
    ]
    path = event_path(keys, main[first:], margins, support)
    return Result(
        method="did",
        estimand=ESTIMAND[options.comparison],
        unit="log points",
        level=options.level,
        estimates=tuple(estimates),
        sample=used.sample,
        checks=(_leads_check(path), base_check(gaps, options.level, sides)),
        series={
            "by_event_time": path,
            "leave_one_out": used.left_out(replicates[:, 0], groups),
        },
        options={
            **options.model_dump(),
            "jackknife_groups": len(replicates),
            "degrees": round(float(intervals.degrees[0]), 2),
        },
    )


ESTIMAND = {
    "not_yet_treated": (
        "Average effect on the regions that adopted, over all their periods since adoption, "
        "against regions that had not yet adopted"
    ),
    "never_treated": (
        "Average effect on the regions that adopted, over all their periods since adoption, "
        "against regions that never adopted"
    ),
}


def outcome_values(panel: Panel, scale: str) -> np.ndarray:
    """Log rate, or the rate itself; shape (N, T)."""
    rate = panel.matrix("count") / panel.matrix("exposure")
    values: np.ndarray = np.log(rate) if scale == "log" else rate
    return values


def _all_statistics(
    panel: Panel, options: Options, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, tuple[int, ...], np.ndarray]:
    """Statistics of the full sample and of each sample without one group; shape (1 + G, K).

    With them the group of each region, the event times, and gaps of the base period (1 + G,).
    """
    outcome = outcome_values(panel, options.scale)
    starts = panel.adoption.to_numpy()
    keys = _event_times(starts, outcome.shape[1])
    limit = COVARIATE_GROUP_LIMIT if options.covariates else GROUP_LIMIT
    groups = jackknife_groups(len(starts), limit, rng)
    cells = _cells(panel, outcome, groups, options)
    values = np.column_stack([_averages(cells, options.anticipation), _path(cells, keys, options)])
    if options.scale == "rate":
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
    try:
        return doubly_robust_effects(
            outcome, starts, covariates, groups, never_only, options.anticipation
        )
    except ValueError as error:
        remedy = "Use fewer covariates, or join small cohorts, for example by a longer period"
        raise EstimationError([Problem("covariates", str(error), remedy)]) from None


def _event_times(starts: np.ndarray, periods: int) -> tuple[int, ...]:
    treated = starts[starts > NEVER]
    return tuple(range(1 - int(treated.max()), periods - int(treated.min()) + 1))


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
    columns = [cells.mean(after), cells.mean(lead), _mean(times), by_cohort, _mean(periods)]
    return np.column_stack(columns)


def _mean(rows: list[np.ndarray]) -> np.ndarray:
    """Plain mean of what can be estimated; shape (1 + G,)."""
    values = np.array(rows)
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0))


def _path(cells: Cells, keys: tuple[int, ...], options: Options) -> np.ndarray:
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


def _leads_check(path: tuple[Record, ...]) -> Check:
    """Whether any lead leaves its simultaneous band; the widest band tells the power."""
    leads = [r for r in path if (r["event_time"] or 0) < 0 and r["low"] is not None]
    if not leads:
        return Check("leads", None, detail={"periods": 0})
    outside = [r for r in leads if (r["low"] or 0) > 0 or (r["high"] or 0) < 0]
    largest = max(abs(float(r["value"] or 0)) for r in leads)
    half = max((float(r["high"] or 0) - float(r["low"] or 0)) / 2 for r in leads)
    return Check("leads", not outside, largest, half, {"periods": len(leads)})
