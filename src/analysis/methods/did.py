"""Staggered difference-in-differences on the log rate (Callaway–Sant'Anna).

For a cohort that starts in period g and a period t,

    ATT(g, t) = mean_g[y_t − y_b] − mean_C[y_t − y_b],   y = log(count / exposure),

with base period b = g − 1 − anticipation and C the regions not treated by t (or never). The
headline weights every treated region-period alike: Σ n_g ATT(g, t) / Σ n_g over t ≥ g. The
cells come from the diff-diff library; errors are a delete-one-region jackknife, because the
library's are too small with few regions in a cohort.

References
----------
Callaway and Sant'Anna (2021), "Difference-in-differences with multiple time periods", Journal
of Econometrics 225. Roth (2026), "Interpreting event-studies from recent
difference-in-differences methods", for the common base period of leads and lags.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from diff_diff import CallawaySantAnna
from pydantic import BaseModel, ConfigDict, Field

from analysis.data.design import comparable_part, require_comparison, require_positive
from analysis.data.panel import MINIMUM_SUPPORT, NEVER, Panel
from analysis.result import Check, Estimate, Record, Result, event_path
from analysis.stats.resample import (
    comparison_degrees,
    jackknife_groups,
    jackknife_intervals,
    simultaneous_margins,
)

INPUT = "panel"
GROUP_LIMIT = 200
"""More regions than this are left out in groups; each refit of a national panel takes 0.4 s."""

Cells = Mapping[tuple[int, int], float]


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


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The average effect on adopters, overall and by event time, in log points.

    Raises
    ------
    DesignError: too few treated or untreated regions or periods, or a count of zero.
    """
    before = 1 + options.anticipation
    require_comparison(panel, options.comparison, before)
    used = comparable_part(panel, options.comparison, before)
    if options.scale == "log":
        require_positive(used)
    values, groups, keys = _all_statistics(used, options, rng)
    main, replicates = values[0], values[1:]
    treated, untreated = used.sample.treated, used.sample.units - used.sample.treated
    if options.comparison == "not_yet_treated":
        untreated = used.sample.units - 1
    degrees = comparison_degrees(treated, untreated, len(replicates))
    intervals = jackknife_intervals(main, replicates, options.level, degrees)
    support = used.support(keys)
    shown = [
        n >= MINIMUM_SUPPORT and key != -1 - options.anticipation
        for key, n in zip(keys, support, strict=True)
    ]
    spread = np.minimum(support, len(replicates)) - 1
    margins = simultaneous_margins(
        main[2:], replicates[:, 2:], np.array(shown), spread, options.level, rng
    )
    estimates = [
        Estimate(
            "overall",
            main[0],
            intervals.standard_error[0],
            intervals.low[0],
            intervals.high[0],
            treated,
        ),
        Estimate(
            "before",
            main[1],
            intervals.standard_error[1],
            intervals.low[1],
            intervals.high[1],
            treated,
        ),
    ]
    path = event_path(keys, main[2:], margins, support)
    return Result(
        method="did",
        estimand=ESTIMAND[options.comparison],
        unit="log points",
        level=options.level,
        estimates=tuple(estimates if options.anticipation else estimates[:1]),
        sample=used.sample,
        checks=(_leads_check(path),),
        series={
            "by_event_time": path,
            "leave_one_out": used.left_out(replicates[:, 0], groups),
        },
        options={**options.model_dump(), "jackknife_groups": len(replicates), "degrees": degrees},
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
) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Statistics of the full sample and of each sample without one group; shape (1 + G, K)."""
    outcome = outcome_values(panel, options.scale)
    starts = panel.adoption.to_numpy()
    keys = _event_times(starts, outcome.shape[1])
    groups = jackknife_groups(len(starts), GROUP_LIMIT, rng)
    rows = [_statistics(outcome, starts, keys, options)]
    for group in np.unique(groups):
        kept = groups != group
        rows.append(_statistics(outcome[kept], starts[kept], keys, options))
    return np.array(rows), groups, keys


def _event_times(starts: np.ndarray, periods: int) -> tuple[int, ...]:
    treated = starts[starts > NEVER]
    return tuple(range(1 - int(treated.max()), periods - int(treated.min()) + 1))


def _statistics(
    outcome: np.ndarray, starts: np.ndarray, keys: tuple[int, ...], options: Options
) -> np.ndarray:
    """Overall, anticipation-period mean, and one value per event time."""
    cells = cohort_cells(outcome, starts, options.comparison, options.anticipation)
    sizes = {int(g): int((starts == g).sum()) for g in np.unique(starts[starts > NEVER])}
    after = {cell: value for cell, value in cells.items() if cell[1] >= cell[0]}
    lead = {c: v for c, v in cells.items() if c[0] - options.anticipation <= c[1] < c[0]}
    by_time = [
        _weighted({c: v for c, v in cells.items() if c[1] - c[0] == key}, sizes) for key in keys
    ]
    base = -1 - options.anticipation
    by_time = [0.0 if key == base else value for key, value in zip(keys, by_time, strict=True)]
    values = np.array([_weighted(after, sizes), _weighted(lead, sizes), *by_time])
    if options.scale == "rate":
        # Effect over what would have been expected, so that scales can stand side by side.
        expected = _treated_mean(outcome, starts) - values[0]
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.log1p(values / expected)
    return values


def _treated_mean(outcome: np.ndarray, starts: np.ndarray) -> float:
    periods = np.arange(1, outcome.shape[1] + 1)
    treated = (starts[:, None] > NEVER) & (periods >= starts[:, None])
    return float(outcome[treated].mean())


def cohort_cells(
    outcome: np.ndarray, starts: np.ndarray, comparison: str, anticipation: int = 0
) -> dict[tuple[int, int], float]:
    """ATT(g, t) of every cohort and period, by diff-diff.

    Parameters
    ----------
    outcome: shape (N, T). starts: shape (N,), first treated period, 0 for never.
    """
    regions, periods = outcome.shape
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(regions), periods),
            "time": np.tile(np.arange(1, periods + 1), regions),
            "first": np.repeat(starts, periods),
            "y": outcome.ravel(),
        }
    )
    model = CallawaySantAnna(
        control_group=comparison,
        anticipation=anticipation,
        estimation_method="reg",
        base_period="universal",
        cband=False,
    )
    fitted = model.fit(frame, outcome="y", unit="unit", time="time", first_treat="first")
    return {
        (int(g), int(t)): float(cell["effect"])
        for (g, t), cell in fitted.group_time_effects.items()
        if np.isfinite(cell["effect"])
    }


def _weighted(cells: Cells, sizes: Mapping[int, int]) -> float:
    total = sum(sizes[g] for g, _ in cells)
    if not total:
        return float("nan")
    return sum(sizes[g] * value for (g, _), value in cells.items()) / total


def _leads_check(path: tuple[Record, ...]) -> Check:
    """Whether any lead leaves its simultaneous band; the widest band tells the power."""
    leads = [r for r in path if (r["event_time"] or 0) < 0 and r["low"] is not None]
    if not leads:
        return Check("leads", None, detail={"periods": 0})
    outside = [r for r in leads if (r["low"] or 0) > 0 or (r["high"] or 0) < 0]
    largest = max(abs(float(r["value"] or 0)) for r in leads)
    half = max((float(r["high"] or 0) - float(r["low"] or 0)) / 2 for r in leads)
    return Check("leads", not outside, largest, half, {"periods": len(leads)})
