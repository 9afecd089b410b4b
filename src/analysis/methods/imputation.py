"""Staggered difference-in-differences by imputing untreated log rates (Borusyak–Jaravel–Spiess).

Untreated region-periods give region and period effects by least squares,

    y_it = a_i + b_t,   y = log(count / exposure),

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
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from analysis.data.frames.design import comparable_part, require_comparison, require_positive
from analysis.data.frames.panel import MINIMUM_SUPPORT, NEVER, Panel
from analysis.result import Check, Estimate, Record, Result, event_path
from analysis.stats.panels.imputation import impute
from analysis.stats.resampling.jackknife import (
    jackknife_groups,
    jackknife_intervals,
    simultaneous_margins,
    treated_groups,
)

INPUT = "panel"
GROUP_LIMIT = 4000
"""More regions than this are left out in groups, to bound memory."""


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
    leads: int = Field(default=6, ge=0, description="most periods before the start that are tested")
    level: float = Field(default=0.95, gt=0, lt=1, description="level of intervals and bands")


def estimate(panel: Panel, options: Options, rng: np.random.Generator) -> Result:
    """The average effect on adopters, overall and by event time, in log points.

    Raises
    ------
    DesignError: too few treated or untreated regions or periods, or a count of zero.
    """
    before = 1 + options.anticipation
    require_comparison(panel, options.comparison, before)
    used = comparable_part(panel, options.comparison, before)
    require_positive(used)
    groups = jackknife_groups(len(used.regions), GROUP_LIMIT, rng)
    times, values, support = _statistics(used, options, groups)
    main, replicates = values[0], values[1:]
    sides = treated_groups(groups, used.adoption.to_numpy() > NEVER)
    intervals = jackknife_intervals(main, replicates, options.level, sides)
    spread = np.minimum(support, len(replicates)) - 1
    shown = (support >= MINIMUM_SUPPORT) & (spread > 0)
    margins = simultaneous_margins(
        main[2:], replicates[:, 2:], shown, np.maximum(spread, 1), options.level, rng
    )
    names = ("overall", "before") if options.anticipation else ("overall",)
    path = event_path(times, main[2:], margins, support)
    return Result(
        method="imputation",
        estimand=(
            "Average effect on the regions that adopted, over all their periods since adoption, "
            "against what all untreated periods would have led to expect"
        ),
        unit="log points",
        level=options.level,
        estimates=tuple(
            Estimate(
                name,
                main[k],
                intervals.standard_error[k],
                intervals.low[k],
                intervals.high[k],
                used.sample.treated,
            )
            for k, name in enumerate(names)
        ),
        sample=used.sample,
        checks=(_leads_check(path),),
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


def _statistics(
    panel: Panel, options: Options, groups: np.ndarray
) -> tuple[tuple[int, ...], np.ndarray, np.ndarray]:
    """Event times; overall, before and by event time in each sample; regions by event time.

    Shapes (K,), (1 + G, 2 + K) and (K,).
    """
    outcome = np.log(panel.matrix("count") / panel.matrix("exposure"))
    starts = panel.adoption.to_numpy()
    adopted = starts[starts > NEVER]
    periods = np.arange(1, outcome.shape[1] + 1)
    found = impute(outcome, starts, _used(starts, periods, options, options.anticipation), groups)
    since = periods - found.cohort[:, None]
    ahead = (since >= -options.anticipation) & (since < 0)
    last = len(periods) - int(adopted.min())
    leads = _lead_count(adopted, options)
    # The last periods before the start are held out, so that their gaps are leads.
    held = impute(outcome, starts, _used(starts, periods, options, leads), groups)
    times = tuple(range(-leads, last + 1))
    sources = [(held if time < 0 else found, since == time) for time in times]
    columns = [source.mean(cells) for source, cells in sources]
    support = np.array([source.regions(cells) for source, cells in sources])
    averages = [found.mean(since >= 0), found.mean(ahead)]
    return times, np.column_stack([*averages, *columns]), support


def _lead_count(adopted: np.ndarray, options: Options) -> int:
    """How many leads can be held out while most adopters keep periods to start from."""
    return min(options.leads, int(np.median(adopted)) - 2)


def _used(starts: np.ndarray, periods: np.ndarray, options: Options, held: int) -> np.ndarray:
    """Untreated cells that train the model, without ``held`` periods before starts; (N, T)."""
    own = starts[:, None]
    use = (own == NEVER) | (periods < own - held)
    if options.comparison == "never_treated":
        first = starts[starts > NEVER].min() - options.anticipation
        use &= (own == NEVER) | (periods < first)
    return np.asarray(use)


def _leads_check(path: tuple[Record, ...]) -> Check:
    """Whether any lead leaves its simultaneous band; the widest band tells the power."""
    leads = [r for r in path if (r["event_time"] or 0) < 0 and r["low"] is not None]
    if not leads:
        return Check("leads", None, detail={"periods": 0})
    outside = [r for r in leads if (r["low"] or 0) > 0 or (r["high"] or 0) < 0]
    largest = max(abs(float(r["value"] or 0)) for r in leads)
    half = max((float(r["high"] or 0) - float(r["low"] or 0)) / 2 for r in leads)
    return Check("leads", not outside, largest, half, {"periods": len(leads)})
