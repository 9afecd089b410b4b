"""Leads and lags of adoption on the log rate, with what holds if trends were not parallel.

Effects by event time e average ATT(g, g + e) over cohorts by size (Callaway–Sant'Anna, base
period g − 1); the headline is their plain average over e = 0 … Q − 1. Two relaxations follow:
the trend moves by at most M̄ times its largest move before the start (relative magnitudes), or
its slope changes by at most M a period (smoothness). For each the breakdown value is the
smallest bound at which the interval reaches 0. Covariances are the delete-one-region jackknife,
multiplied by (t/z)² for the degrees of freedom of the comparison.

References
----------
Rambachan and Roth (2023), "A more credible approach to parallel trends", Review of Economic
Studies 90; Roth (2022), "Pretest with caution", American Economic Review: Insights 4, for the
trend that leads would have shown; Callaway and Sant'Anna (2021), Journal of Econometrics 225.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy import stats

from analysis.data.design import comparable_part, require_comparison, require_positive
from analysis.data.panel import MINIMUM_SUPPORT, NEVER, Panel
from analysis.errors import DesignError, EstimationError, Problem
from analysis.result import Check, Estimate, Result, event_path
from analysis.stats.cohorts import cohort_effects
from analysis.stats.honest import Leads, breakdown, relative_interval, smooth_interval
from analysis.stats.pretrend import detectable_slope
from analysis.stats.resample import (
    comparison_degrees,
    jackknife_covariance,
    jackknife_groups,
    simultaneous_margins,
    t_critical,
)

INPUT = "panel"
GROUP_LIMIT = 4000
RELATIVE = np.arange(0, 3.01, 0.25)
SMOOTH_STEPS = 12
POWER = 0.8


class Options(BaseModel):
    """Options of the method, as a params file may give them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    comparison: Literal["not_yet_treated", "never_treated"] = Field(
        default="not_yet_treated", description="regions compared with: not yet, or never, treated"
    )
    leads: int = Field(default=6, ge=1, description="most periods before the base period shown")
    effects: int = Field(default=6, ge=1, description="most periods since adoption averaged")
    level: float = Field(default=0.95, gt=0, lt=1, description="level of intervals and bands")


@dataclass(frozen=True)
class _Path:
    """Event times without the base, their values (1 + G, K) and the supporting regions (K,)."""

    times: np.ndarray
    values: np.ndarray
    support: np.ndarray
    degrees: int


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The average effect over the first periods since adoption, in log points.

    Raises
    ------
    DesignError: too few regions or periods, a count of zero, or no lead to look at.
    EstimationError: the search for an interval failed.
    """
    require_comparison(panel, options.comparison)
    used = comparable_part(panel, options.comparison)
    require_positive(used)
    path = _path(used, options, rng)
    study = _study(path, options)
    average = np.concatenate([np.zeros(study.before), study.weights])
    value = float(average @ study.value)
    own = float(average @ jackknife_covariance(path.values[1:], path.values[0]) @ average)
    margin = t_critical(options.level, path.degrees) * np.sqrt(own)
    relative, smooth = _honest(study, options, rng)
    spread = np.minimum(path.support, len(path.values) - 1) - 1
    shown = np.ones(len(path.times), dtype=bool)
    margins = simultaneous_margins(
        path.values[0], path.values[1:], shown, spread, options.level, rng
    )
    return Result(
        method="event_study",
        estimand=(
            f"Average effect on the regions that adopted over their first {len(study.weights)} "
            "periods since adoption"
        ),
        unit="log points",
        level=options.level,
        estimates=(
            Estimate(
                "overall",
                value,
                float(np.sqrt(own)),
                value - margin,
                value + margin,
                used.sample.treated,
            ),
        ),
        sample=used.sample,
        checks=(
            _leads_check(path, study, margins, options, rng),
            _breakdown_check("breakdown_relative", relative),
            _breakdown_check("breakdown_smooth", smooth),
        ),
        series={
            "by_event_time": _with_base(path, margins),
            "honest_relative": relative,
            "honest_smooth": smooth,
        },
        options={**options.model_dump(), "degrees": path.degrees},
    )


def _path(panel: Panel, options: Options, rng: np.random.Generator) -> _Path:
    """Effects at the event times that enough regions support, unbroken around the start."""
    outcome = np.log(panel.matrix("count") / panel.matrix("exposure"))
    starts = panel.adoption.to_numpy()
    groups = jackknife_groups(len(starts), GROUP_LIMIT, rng)
    cells = cohort_effects(outcome, starts, groups, options.comparison == "never_treated")
    since = cells.period - cells.cohort
    wanted = np.array([*range(-1 - options.leads, -1), *range(options.effects)])
    columns = [cells.mean(since == time) for time in wanted]
    values = np.column_stack(columns)
    support = panel.support(tuple(wanted))
    usable = (support >= MINIMUM_SUPPORT) & np.isfinite(values).all(axis=0)
    first = options.leads - int(np.argmin(np.append(usable[: options.leads][::-1], False)))
    last = options.leads + int(np.argmin(np.append(usable[options.leads :], False)))
    _require_both(options.leads - first, last - options.leads)
    treated = int((starts > NEVER).sum())
    untreated = len(starts) - (treated if options.comparison == "never_treated" else 1)
    degrees = comparison_degrees(treated, untreated, len(values) - 1)
    kept = slice(first, last)
    return _Path(wanted[kept], values[:, kept], support[kept], degrees)


def _require_both(leads: int, effects: int) -> None:
    problems = [
        Problem(
            name,
            f"are supported by at least {MINIMUM_SUPPORT} regions at no event time",
            "Begin the panel earlier, use longer periods, or use method: did",
        )
        for name, count in (("leads before the base period", leads), ("effects", effects))
        if count == 0
    ]
    if problems:
        raise DesignError(problems)


def _study(path: _Path, options: Options) -> Leads:
    """The event study for the relaxations, its covariance widened for few regions."""
    before = int((path.times < 0).sum())
    effects = len(path.times) - before
    wide = t_critical(options.level, path.degrees) / stats.norm.ppf(0.5 + options.level / 2)
    covariance = wide**2 * jackknife_covariance(path.values[1:], path.values[0])
    values = np.linalg.eigvalsh(covariance)
    if values[0] <= 1e-10 * values[-1]:
        what = f"are {len(path.values) - 1}, too few for {len(path.times)} leads and effects"
        raise DesignError([Problem("regions", what, "Lower the options leads and effects")])
    return Leads(path.values[0], covariance, before, np.full(effects, 1 / effects))


def _honest(
    study: Leads, options: Options, rng: np.random.Generator
) -> tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]:
    """Intervals along the bounds of both relaxations."""
    effects = np.diag(study.covariance)[study.before :]
    steps = np.arange(SMOOTH_STEPS + 1) / SMOOTH_STEPS * float(np.sqrt(effects.max()))
    relative = [(m, relative_interval(study, m, options.level, rng)) for m in RELATIVE]
    try:
        smooth = [(m, smooth_interval(study, m, options.level)) for m in steps]
    except ValueError as error:
        raise EstimationError([Problem("smoothness interval", str(error))]) from None
    return (
        tuple({"bound": float(m), "low": low, "high": high} for m, (low, high) in relative),
        tuple({"bound": float(m), "low": low, "high": high} for m, (low, high) in smooth),
    )


def _breakdown_check(name: str, rows: tuple[dict[str, Any], ...]) -> Check:
    """The smallest bound at which the interval reaches 0; the value is None beyond the last."""
    holds = np.array([row["low"] > 0 or row["high"] < 0 for row in rows])
    bounds = np.array([row["bound"] for row in rows])
    return Check(name, None, breakdown(holds, bounds), float(bounds[-1]))


def _leads_check(
    path: _Path, study: Leads, margins: np.ndarray, options: Options, rng: np.random.Generator
) -> Check:
    """Whether any lead leaves its band, and how steep a trend the leads would have shown.

    ``detectable_bias`` is what that trend would add to the headline.
    """
    leads = slice(0, study.before)
    values, half = np.abs(path.values[0, leads]), margins[leads]
    covariance = study.covariance[leads, leads]
    slope = detectable_slope(covariance, path.times[leads] + 1, options.level, POWER, rng)
    bias = slope * float(study.weights @ (path.times[study.before :] + 1))
    detail = {"periods": study.before, "detectable_slope": slope, "detectable_bias": bias}
    passed = bool((values <= half).all())
    return Check("leads", passed, float(values.max()), float(half.max()), detail)


def _with_base(path: _Path, margins: np.ndarray) -> tuple[dict[str, float | int | None], ...]:
    """The path with its base period, which is 0 and has no band."""
    at = int((path.times < 0).sum())
    values, wide, support = (
        np.insert(item.astype(float), at, filler)
        for item, filler in ((path.values[0], 0.0), (margins, np.nan), (path.support, 0))
    )
    support[at] = support[at - 1]
    return event_path(tuple(np.insert(path.times, at, -1)), values, wide, support)
