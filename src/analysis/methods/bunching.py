"""Excess of cases just at a target or deadline, over a smooth course with heaps on round values.

Before a deadline late cases are pulled down to it, ``moved: from_above``; to a mark that is to be
reached, values are pulled up, ``from_below``. What follows is said of the first; of the second it
holds in a mirror, and a bin begins at its value where before it ended there.

Values are counted in bins of one width around the target. The course without the target is

    E[c_j] = exp(Σ_k a_k p_k(j) + Σ_h b_h · 1{value of bin j is a multiple of h}),

fitted by Poisson likelihood to the bins outside the window from ``below`` bins under the target
to ``above`` bins over it, so that cases moved to the target do not bend it. The headline is the
excess, Σ (c_j − ĉ_j) from ``below`` bins under the target to it, as a share of all cases in the
range; ``excess_bins`` is the same in heights of the course, ``missing`` what lacks over the
target. Where values were moved from below, the course of the window is held to as many cases as
were counted there: the peak of a distribution often lies in it, which a course through both sides
alone misses. Where the target is a round value, its own heap is expected from the other heaps.
Errors come from drawing regions anew where there are any, else cases, widened by over-dispersion.

A rush before a deadline need not be gaming: work may be planned to end then. Excess over the
course is not evidence of false dates by itself.

References
----------
Chetty, Friedman, Olsen and Pistaferri (2011), "Adjustment costs, firm responses, and micro vs.
macro labor supply elasticities", QJE 126; Kleven (2016), "Bunching", Annual Review of Economics
8, for round-number heaps; Best and Kleven (2018), Review of Economic Studies 85.

Words
-----
title: Excess at a target or deadline | 目标或期限处的堆积
line: Excess of cases just at a target or deadline | 恰在目标值或期限处聚集的超额案件
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from analysis.data.frames.cases.durations import VALUES
from analysis.data.frames.frame import require_frame
from analysis.errors import Problem
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.methods.shared.results import at_least, estimating, records, refuse, symmetric
from analysis.result import Check, Result, Sample
from analysis.stats.resampling.jackknife import t_critical
from analysis.stats.thresholds.bunching import Bins, Excess, lay_out, measure, redraw

MINIMUM_CASES = 200
MINIMUM_FREE = 5
"""Bins beyond the terms of the course, below which the course follows anything."""
MINIMUM_REGIONS = 10
"""Fewer regions drawn anew say little of how others would differ."""


class Options(MethodOptions):
    """Options of the method."""

    target: float = 30.0
    """the target or deadline

    words: the target or deadline | 目标值或期限
    """
    moved: Literal["from_above", "from_below"] = "from_above"
    """from where cases are moved to the target

    words: from where cases are moved to the target | 案件从何处移向目标
    from_above: from above, as before a deadline | 从上方移来（如期限）
    from_below: from below, as to a mark to be reached | 从下方移来（如任务指标）
    """
    width: float = Field(1.0, gt=0)
    """width of a bin

    words: width of a bin | 组距
    """
    bins_below: int = Field(25, ge=5)
    """bins under the target to look at

    words: bins under the target to look at | 目标以下考察的组数
    """
    bins_above: int = Field(25, ge=5)
    """bins over the target to look at

    words: bins over the target to look at | 目标以上考察的组数
    """
    below: int = Field(0, ge=0)
    """bins under the target where excess may lie too, or from where cases may have been moved

    words: bins under the target that may be moved | 目标以下可能受移动影响的组数
    """
    above: int = Field(5, ge=0)
    """bins over the target from where cases may have been moved, or where excess may lie too

    words: bins over the target that may be moved | 目标以上可能受移动影响的组数
    """
    order: int = Field(6, ge=1, le=9)
    """degree of the smooth course

    words: degree of the smooth course | 平滑曲线的次数
    """
    heaps: tuple[float, ...] = Field((5.0,), strict=False)
    """multiples on which values heap by rounding

    words: multiples on which values heap by rounding | 因取整而堆积的倍数
    """
    draws: int = Field(499, ge=99)
    """histograms drawn anew for the errors

    words: histograms drawn anew for the errors | 为求标准误重抽直方图的次数
    """


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:
    """Share of cases that stand at the target beyond the smooth course.

    Raises
    ------
    DesignError: the frame breaks a rule, or bins and cases cannot carry the course.
    EstimationError: the course could not be fitted.
    """
    require_frame(frame, VALUES)
    asked, upwards = options, options.moved == "from_below"
    if upwards:
        frame, options = frame.assign(value=-frame["value"]), _mirrored(options)
    counts, steps, dropped = _histogram(frame, options)
    values = options.target + options.width * steps
    heaps = np.array([heap for heap in options.heaps if heap != options.width])
    bins = lay_out(steps, values, options.order, options.below, options.above, heaps)
    _require_bins(counts, bins, options, values)
    whole = counts.sum(axis=0, keepdims=True).astype(float)
    found = _measured(whole, bins, upwards)
    dispersion = float(found.dispersion[0])
    drawn = redraw(counts, options.draws, dispersion, rng)
    spread = _measured(drawn, bins, upwards)
    degrees = len(counts) - 1 if len(counts) > 1 else int(whole.sum()) - 1
    units = len(counts) if len(counts) > 1 else len(frame)
    points, again = _numbers(found, whole), _numbers(spread, drawn)
    critical = t_critical(options.level, degrees)
    free = (_measured(each, bins) for each in (whole, drawn)) if upwards else (found, spread)
    shift = _shift_check(asked.moved, *map(_numbers, free, (whole, drawn)))
    way = -1 if upwards else 1
    return asked.result(
        estimand="Share of cases at the target beyond what a smooth course leads to expect",
        unit="share",
        estimates=tuple(
            symmetric(name, value[0], again[name].std(ddof=1), critical)
            for name, value in points.items()
        ),
        sample=Sample(len(frame), units, 0, "", "", dropped),
        checks=(Check("dispersion", None, dispersion, 1.0), shift),
        series={
            "histogram": records(
                value=way * values[::way],
                count=whole[0][::way],
                expected=found.course[0][::way],
                window=(~bins.outside).astype(float)[::way],
            ),
            "by_order": _by_order(whole, steps, values, options, heaps, upwards),
        },
        degrees=degrees,
        cases=int(whole.sum()),
    )


METHOD = Method(Options, estimate, VALUES)


def _mirrored(options: Options) -> Options:
    """The options with what is over the target under it."""
    return options.model_copy(
        update={
            "target": -options.target,
            "bins_below": options.bins_above,
            "bins_above": options.bins_below,
            "below": options.above,
            "above": options.below,
        }
    )


def _histogram(
    frame: pd.DataFrame, options: Options
) -> tuple[np.ndarray, np.ndarray, dict[str, int]]:
    """Counts by region and bin (R, J), bins as steps from the target (J,), and what lies out.

    A bin ends at its value: a case of 29.5 days belongs to day 30.
    """
    distance = (frame["value"].to_numpy(float) - options.target) / options.width
    step = np.ceil(np.round(distance, 9)).astype(int)
    steps = np.arange(-options.bins_below, options.bins_above + 1)
    inside = (step >= steps[0]) & (step <= steps[-1])
    codes = np.zeros(len(frame), dtype=int)
    if "region" in frame:
        codes = pd.factorize(frame["region"], sort=True)[0]
    counts = np.zeros((codes.max() + 1, len(steps)))
    np.add.at(counts, (codes[inside], step[inside] - steps[0]), 1)
    return counts, steps, {"out_of_range": int((~inside).sum())} if not inside.all() else {}


def _require_bins(counts: np.ndarray, bins: Bins, options: Options, values: np.ndarray) -> None:
    """Enough cases, bins and heaps for the course, and enough regions for the errors."""
    cases, outside = int(counts.sum()), int(bins.outside.sum())
    remedy = "Take a wider range or a longer period"
    problems = at_least("cases in range", cases, MINIMUM_CASES, remedy)
    if outside < bins.design.shape[1] + MINIMUM_FREE:
        what = f"outside the window are {outside} for {bins.design.shape[1]} terms"
        problems.append(Problem("bins", what, "Take more bins, or a lower order"))
    for heap in options.heaps:
        others = np.abs(values / heap - np.round(values / heap)) < 1e-9
        if heap != options.width:
            where, number = f"multiples of {heap:g} outside", int((others & bins.outside).sum())
            problems += at_least(where, number, 2, "Take more bins, or drop the heap")
    for side in (bins.steps < 0, bins.steps > 0):
        if counts[:, side & bins.outside].sum() == 0:
            under = side[0] == (options.moved == "from_above")
            where = "cases under the target" if under else "cases over the target"
            what = "outside the window are none"
            problems.append(Problem(where, what, "A course needs both sides; choose other bins"))
    if len(counts) > 1:
        remedy = "Drop the column to take cases as independent, and say so"
        problems += at_least("regions to draw anew", len(counts), MINIMUM_REGIONS, remedy)
    refuse(problems)


def _measured(counts: np.ndarray, bins: Bins, conserved: bool = False) -> Excess:
    with estimating("course", "Take wider bins, fewer heaps or a lower order"):
        return measure(counts, bins, conserved=conserved)


def _numbers(found: Excess, counts: np.ndarray) -> dict[str, np.ndarray]:
    """Estimates by name; each of shape (B,)."""
    total = counts.sum(axis=1)
    return {
        "overall": found.excess / total,
        "excess_bins": found.excess / found.height,
        "missing": found.missing / total,
    }


def _shift_check(moved: str, points: dict[str, np.ndarray], again: dict[str, np.ndarray]) -> Check:
    """Whether what is missing beside the target makes up for the excess, within 2 errors."""
    rest = float((points["overall"] - points["missing"])[0])
    error = float((again["overall"] - again["missing"]).std(ddof=1))
    return Check(f"shifted_{moved}", abs(rest) <= 2 * error, rest, 2 * error)


def _by_order(
    counts: np.ndarray,
    steps: np.ndarray,
    values: np.ndarray,
    options: Options,
    heaps: np.ndarray,
    conserved: bool,
) -> tuple[dict[str, Any], ...]:
    """The headline under smooth courses of neighbouring degrees."""
    rows = []
    for order in range(max(1, options.order - 2), min(9, options.order + 2) + 1):
        bins = lay_out(steps, values, order, options.below, options.above, heaps)
        if bins.outside.sum() >= bins.design.shape[1] + MINIMUM_FREE:
            found = _measured(counts, bins, conserved)
            rows.append({"order": order, "value": float(found.excess[0] / counts.sum())})
    return tuple(rows)
