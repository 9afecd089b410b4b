"""Leads and lags of adoption on log rates or levels, with what holds if trends were not parallel.

Effects by event time e average ATT(g, g + e) over cohorts by size (Callaway–Sant'Anna, base
period g − 1 − anticipation); the headline is their plain average over e = 0 … Q − 1. Two
relaxations follow: the trend moves by at most M̄ times its largest move before the start (relative
magnitudes), or its slope changes by at most M a period (smoothness). For each the breakdown value
is the smallest bound at which the interval reaches 0. With anticipation the periods in which
effects may show early are averaged apart and no relaxation is given. Covariances are the
delete-one-region jackknife, multiplied by (t/z)² for Welch's degrees of freedom of the headline.

References
----------
Rambachan and Roth (2023), "A more credible approach to parallel trends", Review of Economic
Studies 90; Roth (2022), "Pretest with caution", American Economic Review: Insights 4, for the
trend that leads would have shown; Callaway and Sant'Anna (2021), Journal of Econometrics 225.

Words
-----
title: Event study | 事件研究
line: Event study on log rates or levels, and how far trends may part | 事件研究（对数比率或数值），
    及走势偏离容忍度
row: Event study, first periods since adoption | 事件研究，实施后的最初各期
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import Field

from analysis.data.frames.panels.panel import MINIMUM_SUPPORT, PANEL, Panel
from analysis.data.frames.panels.panel_comparison import MINIMUM_BEFORE
from analysis.errors import DesignError, Problem
from analysis.methods.shared import panels
from analysis.methods.shared.method import OVER_TIME, Method
from analysis.methods.shared.options import PanelOptions
from analysis.methods.shared.results import estimating, refuse
from analysis.result import Check, Record, Result, event_path
from analysis.stats.panels.cohorts import cohort_effects
from analysis.stats.panels.honest import (
    RELATIVE,
    Leads,
    breakdown,
    relative_interval,
    smooth_interval,
)
from analysis.stats.panels.leads import leads_of
from analysis.stats.panels.pretrend import base_check, detectable_slope

SMOOTH_STEPS = 12
POWER = 0.8


class Options(PanelOptions):
    """Options of the method."""

    leads: int = Field(6, ge=1)
    """most periods before the base period shown

    words: most periods before the start that are looked at | 最多考察的启动前期数
    """
    effects: int = Field(6, ge=1)
    """most periods since adoption averaged

    words: most periods since adoption that are averaged | 最多平均的实施后期数
    """


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The average effect over the first periods since adoption, in log points.

    Raises
    ------
    DesignError: too few regions or periods, a count of zero, or no lead to look at.
    EstimationError: the search for an interval failed.
    """
    used = panels.comparable(panel, options, MINIMUM_BEFORE, positive=panel.counted)
    found, gaps = _effects(used, options, rng)
    study = _study(found, options)
    margins = found.margins(np.ones(len(found.times), dtype=bool), options.level, rng)
    relaxed = {} if options.anticipation else _honest(study, options, rng)
    level = () if used.counted else panels.expected_level(used, found.averages[0, 0])
    return found.result(
        options,
        _with_base(found, margins, -1 - options.anticipation),
        estimand="Average effect on the regions that adopted over their first "
        f"{len(study.weights)} periods since adoption",
        unit=panels.unit(used),
        checks=(
            *level,
            _leads_check(found, study, margins, options, rng),
            base_check(gaps, options.level, found.treated),
            *(_breakdown_check(f"breakdown_{name}", rows) for name, rows in relaxed.items()),
        ),
        series={f"honest_{name}": rows for name, rows in relaxed.items()},
    )


METHOD = Method(Options, estimate, PANEL, panels.check_logarithms, can=(*OVER_TIME, "breakdown"))


def _effects(
    panel: Panel, options: Options, rng: np.random.Generator
) -> tuple[panels.Jackknife, np.ndarray]:
    """Effects at the event times that enough regions support, unbroken around the start.

    With them the gaps of the base period, shape (1 + G,), which is not among the event times.
    """
    outcome, starts = panels.rate(panel), panel.adoption.to_numpy()
    groups = panels.left_out_groups(panel, rng)
    never_only, early = options.comparison == "never_treated", options.anticipation
    cells = cohort_effects(outcome, starts, groups, never_only, early)
    since = cells.period - cells.cohort
    base = -1 - early
    wanted = np.array([*range(base - options.leads, base), *range(options.effects)])
    ahead = cells.mean((since >= -early) & (since < 0)) if early else np.zeros(len(cells.value))
    columns = [cells.mean(since == time) for time in wanted]
    values = np.column_stack(columns)
    support = panel.support(tuple(wanted))
    usable = (support >= MINIMUM_SUPPORT) & np.isfinite(values).all(axis=0)
    first = options.leads - int(np.argmin(np.append(usable[: options.leads][::-1], False)))
    last = options.leads + int(np.argmin(np.append(usable[options.leads :], False)))
    _require_both(options.leads - first, last - options.leads)
    kept = slice(first, last)
    times, values = wanted[kept], values[:, kept]
    share = np.where(times < 0, 0.0, 1 / (times >= 0).sum())
    averages = np.column_stack([values @ share, ahead])
    found = panels.Jackknife(
        panel, groups, averages, times, values, support[kept], never_only=never_only
    )
    return found, cells.base_gap(early)


def _require_both(leads: int, effects: int) -> None:
    what = f"are supported by at least {MINIMUM_SUPPORT} regions at no event time"
    remedy = "Begin the panel earlier, use longer periods, or use method: did"
    counts = {"leads before the base period": leads, "effects": effects}
    refuse(Problem(name, what, remedy) for name, count in counts.items() if count == 0)


def _study(found: panels.Jackknife, options: Options) -> Leads:
    """The event study for the relaxations, its covariance widened for few regions."""
    before = int((found.times < 0).sum())
    study = leads_of(found.by_time, before, found.treated, options.level)
    if study is None:
        what = f"are {len(found.by_time) - 1}, too few for {len(found.times)} leads and effects"
        raise DesignError([Problem("regions", what, "Lower the options leads and effects")])
    return study


def _honest(
    study: Leads, options: Options, rng: np.random.Generator
) -> dict[str, tuple[dict[str, Any], ...]]:
    """Intervals along the bounds of both relaxations, by name."""
    effects = np.diag(study.covariance)[study.before :]
    steps = np.arange(SMOOTH_STEPS + 1) / SMOOTH_STEPS * float(np.sqrt(effects.max()))
    relative = [(m, relative_interval(study, m, options.level, rng)) for m in RELATIVE]
    with estimating("smoothness interval"):
        smooth = [(m, smooth_interval(study, m, options.level)) for m in steps]
    return {
        name: tuple({"bound": float(m), "low": low, "high": high} for m, (low, high) in rows)
        for name, rows in (("relative", relative), ("smooth", smooth))
    }


def _breakdown_check(name: str, rows: tuple[dict[str, Any], ...]) -> Check:
    """The smallest bound at which the interval reaches 0; the value is None beyond the last."""
    holds = np.array([row["low"] > 0 or row["high"] < 0 for row in rows])
    bounds = np.array([row["bound"] for row in rows])
    return Check(name, None, breakdown(holds, bounds), float(bounds[-1]))


def _leads_check(
    found: panels.Jackknife,
    study: Leads,
    margins: np.ndarray,
    options: Options,
    rng: np.random.Generator,
) -> Check:
    """Whether any lead leaves its band, and how steep a trend the leads would have shown.

    ``detectable_bias`` is what that trend would add to the headline.
    """
    leads = slice(0, study.before)
    values, half = np.abs(study.value[leads]), margins[leads]
    covariance = study.covariance[leads, leads]
    distance = found.times + 1 + options.anticipation
    slope = detectable_slope(covariance, distance[leads], options.level, POWER, rng)
    bias = slope * float(study.weights @ distance[study.before :])
    detail = {"periods": study.before, "detectable_slope": slope, "detectable_bias": bias}
    passed = bool((values <= half).all())
    return Check("leads", passed, float(values.max()), float(half.max()), detail)


def _with_base(found: panels.Jackknife, margins: np.ndarray, base: int) -> tuple[Record, ...]:
    """The path with its base period, which is 0 and has no band."""
    at = int((found.times < 0).sum())
    given = (found.times, found.by_time[0], margins, found.support)
    added = (base, 0.0, np.nan, found.support[at - 1])
    return event_path(*(np.insert(item, at, new) for item, new in zip(given, added, strict=True)))
