"""Interrupted time series of one region: level and slope change after a start.

    g(y_t) = g(c_t) + a + b t + season_t + γ a_t + δ a_t (t − t_0) + x_t'β + e_t,

a_t = 1 from the start t_0 on; g is the log of the rate (least squares), the value itself, or
the log link of a Poisson count with exposure; c is a comparison series where there is one, whose
course is taken away (controlled series). The headline is the average change over the
periods after the start, γ + δ · mean(t − t_0). Errors take residuals to be correlated as
ρ^|s − t|, with ρ freed of its bias. Newey–West errors (⌈1.3 √T⌉ lags, t with 1.5 T/(lags + 1)
degrees) are an option: over ten years of months with ρ = .3 their 95 % intervals held the truth
84 % of the time. Where residuals stay correlated by ρ = .8 they missed in .13, on a random walk in
.2 to .5: from ``NEAR_ONE`` on they are refused, and ``local_level`` lets the level wander instead.
The same start is also tried in the time before the real one (``own_past``). Without a comparison,
anything else that changed at t_0 is in the estimate.

References
----------
Bernal, Cummins and Gasparrini (2017), "Interrupted time series regression for the evaluation of
public health interventions", International Journal of Epidemiology 46; Newey and West (1987),
Econometrica 55; Lazarus, Lewis, Stock and Watson (2018), JBES 36; Lopez Bernal, Cummins and
Gasparrini (2018), "The use of controls in interrupted time series studies of public health
interventions", International Journal of Epidemiology 47; Harvey (1989), "Forecasting, Structural
Time Series Models and the Kalman Filter".

Words
-----
title: Interrupted time series | 中断时间序列
line: Interrupted time series of one region: level and slope change after a start |
    单个地区的中断时间序列：启动之后水平与斜率的变化
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from analysis.data.frames.frame import SERIES, require_frame, unusable_columns
from analysis.errors import Problem
from analysis.methods.shared import results
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.result import Check, Result, Sample
from analysis.stats.panels import time_series
from analysis.stats.resampling.jackknife import t_critical

MINIMUM_SIDE = 8
"""Fewer periods on one side of the start cannot tell a trend from correlated errors."""
IN_DOUBT, NEAR_ONE = 0.5, 0.7
"""Correlation of residuals, freed of its bias, from which ranges are in doubt, and are refused."""
MOST_STARTS = 12
"""Starts tried in the own past, evenly spread."""


class Options(MethodOptions):
    """Options of the method."""

    model: Literal["log", "linear", "poisson"] = "log"
    """log of the rate, the value itself, or a Poisson count

    words: model | 模型
    log: log of the rate | 比率的对数
    linear: the value itself | 数值本身
    poisson: Poisson count | 泊松计数
    """
    slope: bool = True
    """whether the trend may change at the start too

    words: whether the trend may change at the start too | 启动时趋势斜率是否也可改变
    """
    seasons: int = Field(0, ge=0)
    """periods in a year for seasonal terms, or 0

    words: periods in a year for seasonal terms, or 0 | 季节项：一年的期数，0为不设
    """
    covariates: tuple[str, ...] = Field((), strict=False)
    """further numeric columns held constant

    words: held constant | 控制变量
    """
    errors: Literal["autoregressive", "local_level", "newey_west", "conventional"] = (
        "autoregressive"
    )
    """allowing for correlation over time by its first lag, a level that wanders, many lags, or not

    words: errors | 标准误
    autoregressive: first-order autocorrelation | 一阶自相关
    local_level: a level that wanders | 允许水平自行漂移（局部水平模型）
    newey_west: Newey–West | Newey–West
    conventional: conventional | 常规
    """
    lags: int | None = Field(None, ge=0)
    """lags of Newey–West; 1.3 times the root of T by default

    words: lags of Newey–West | Newey–West滞后阶数
    """


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:  # noqa: ARG001
    """The average change after the start, in log points or in units of the value.

    Raises
    ------
    DesignError: the frame breaks a rule, or the series cannot carry the terms asked for.
    EstimationError: the Poisson fit did not converge.
    """
    require_frame(frame, SERIES)
    ordered = frame.sort_values("period").reset_index(drop=True)
    _require_series(ordered, options)
    names, design = _design(ordered, options)
    _require_rank(names, design)
    lags = time_series.default_lags(len(ordered)) if options.lags is None else options.lags
    fit = _fit(ordered, design, options, lags)
    _require_varying(fit, options)
    degrees = len(ordered) - design.shape[1]
    if options.errors in ("autoregressive", "local_level"):
        degrees = max(int(fit.degrees), 1)
    elif options.errors == "newey_west":
        degrees = min(degrees, max(int(time_series.kernel_degrees(len(ordered), lags)), 1))
    after = ordered["after"].to_numpy() == 1
    contrasts = {"overall": _overall(names, design, after)}
    contrasts |= {name: (np.array(names) == name).astype(float) for name in ("level", "slope")}
    first, last = (str(ordered["period"].iloc[i]) for i in (0, -1))
    critical = t_critical(options.level, degrees)
    ratio = abs(_ratio(contrasts["overall"], fit, options))
    past = _own_past(ordered, design.shape[1], options)
    return options.result(
        estimand="Average change after the start from the region's own earlier course",
        unit="unit of the value" if options.model == "linear" else "log points",
        estimates=tuple(
            results.symmetric(name, weights @ fit.value, _error(weights, fit, options), critical, 1)
            for name, weights in contrasts.items()
            if name in ("overall", *names)
        ),
        sample=Sample(len(ordered), 1, 1, first, last),
        checks=(_correlation_check(fit), _past_check(ratio, past)),
        series={"path": _path(ordered, design, names, fit, options), "own_past": past},
        lags=lags,
        degrees=degrees,
    )


METHOD = Method(Options, estimate, SERIES)


def _require_series(frame: pd.DataFrame, options: Options) -> None:
    """Periods without gaps, one start, enough on each side, and values the model can take."""
    problems = []
    if options.model == "poisson" and options.errors == "local_level":
        what, remedy = "takes no Poisson count", "Set model: log, or other errors"
        problems.append(Problem("errors: local_level", what, remedy))
    if gaps := int((np.diff(frame["period"]) != 1).sum()):
        what = f"has {gaps} gaps"
        problems.append(Problem("column period", what, "Give every period, with 0 for no event"))
    after = frame["after"].to_numpy()
    if (np.diff(after) < 0).any():
        problems.append(Problem("column after", "falls back to 0", "Cut the series at the end"))
    for side, size in (("before", int((after == 0).sum())), ("after", int((after == 1).sum()))):
        where = f"periods {side} the start"
        problems += results.at_least(where, size, MINIMUM_SIDE, "Use shorter periods")
    value = frame["value"].to_numpy(float)
    least = {"log": value > 0, "poisson": (value >= 0) & (value % 1 == 0)}.get(options.model)
    if least is not None and not least.all():
        what = f"holds {int((~least).sum())} values that model {options.model} cannot take"
        remedy = "Use model: poisson for counts with zeros, or model: linear"
        problems.append(Problem("column value", what, remedy))
    results.refuse([*problems, *unusable_columns(frame, options.covariates)])


def _design(frame: pd.DataFrame, options: Options) -> tuple[list[str], np.ndarray]:
    """Columns of the regression and their names; shape (T, K)."""
    time = frame["period"].to_numpy(float)
    after = frame["after"].to_numpy(float)
    start = time[after == 1][0]
    columns = {"constant": np.ones(len(time)), "trend": time - time[0], "level": after}
    if options.slope:
        columns["slope"] = after * (time - start)
    for season in range(1, options.seasons):
        columns[f"season {season}"] = (time % options.seasons == season).astype(float)
    columns |= {name: frame[name].to_numpy(float) for name in options.covariates}
    return list(columns), np.column_stack(list(columns.values()))


def _require_rank(names: list[str], design: np.ndarray) -> None:
    """Refuse terms that the others already determine, by name."""
    scaled = design / np.maximum(np.abs(design).max(axis=0), 1e-300)
    kept: list[int] = []
    problems = []
    for k, name in enumerate(names):
        if np.linalg.matrix_rank(scaled[:, [*kept, k]], tol=1e-9 * len(design)) > len(kept):
            kept.append(k)
        else:
            problems.append(Problem(f"term {name}", "follows from the other terms", "Leave it out"))
    if len(design) - len(names) < MINIMUM_SIDE:
        what = f"are {len(design)} for {len(names)} terms"
        problems.append(Problem("periods", what, "Use shorter periods or fewer terms"))
    results.refuse(problems)


def _fit(
    frame: pd.DataFrame, design: np.ndarray, options: Options, lags: int
) -> time_series.SeriesFit:
    value, exposure = frame["value"].to_numpy(float), _exposure(frame, options.model)
    if options.model == "poisson":
        remedy = "Use longer periods, or drop seasons without any event"
        with results.estimating("Poisson fit", remedy):
            return time_series.fit_counts(value, design, exposure, lags)
    outcome = value - exposure if options.model == "linear" else np.log(value / exposure)
    wanders = options.errors == "local_level"
    fit = time_series.fit_local_level if wanders else time_series.fit_linear
    with results.estimating("series", "Use fewer terms, or a series that was counted"):
        return fit(outcome, design, lags)


def _exposure(frame: pd.DataFrame, model: str) -> np.ndarray:
    """What the value is held against: exposure times comparison, or the comparison of a level."""
    none = pd.Series(1.0, frame.index)
    if model == "linear":
        return np.asarray(frame.get("comparison", 0 * none), dtype=float)
    return np.asarray(frame.get("exposure", none) * frame.get("comparison", none), dtype=float)


def _overall(names: list[str], design: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The average change over the periods after the start, as weights of the terms."""
    return np.asarray(design[after].mean(axis=0) * _own(names))


def _own(names: list[str]) -> np.ndarray:
    """1 for the terms that the start brought."""
    return np.isin(names, ["level", "slope"]).astype(float)


def _error(weights: np.ndarray, fit: time_series.SeriesFit, options: Options) -> float:
    return float(np.sqrt(weights @ getattr(fit, options.errors) @ weights))


def _ratio(weights: np.ndarray, fit: time_series.SeriesFit, options: Options) -> float:
    return float(weights @ fit.value) / _error(weights, fit, options)


def _require_varying(fit: time_series.SeriesFit, options: Options) -> None:
    """Refuse errors that rest on residuals coming back soon, where they hardly do."""
    if options.errors in ("autoregressive", "newey_west") and fit.correlation >= NEAR_ONE:
        what = f"stays where it is from period to period (correlation {fit.correlation:.2f}, from "
        what += f"{NEAR_ONE:g} on ranges are too narrow)"
        remedy = "Set errors: local_level, or give a comparison series"
        results.refuse([Problem("series", what, remedy)])


def _correlation_check(fit: time_series.SeriesFit) -> Check:
    """Correlation of neighbouring residuals freed of its bias; with Ljung–Box's p."""
    p_value = time_series.autocorrelation_p_value(fit.residual, min(12, len(fit.residual) // 5))
    value = fit.correlation
    return Check("autocorrelation", value < IN_DOUBT, value, IN_DOUBT, {"p": p_value})


def _own_past(frame: pd.DataFrame, terms: int, options: Options) -> tuple[dict[str, Any], ...]:
    """The same estimate of starts at which nothing began, from the periods before the real one."""
    before = frame[frame["after"] == 0]
    if len(before) - terms < MINIMUM_SIDE:
        return ()
    possible = np.arange(MINIMUM_SIDE, len(before) - MINIMUM_SIDE + 1)
    spread = np.linspace(0, len(possible) - 1, min(MOST_STARTS, len(possible))).astype(int)
    rows = []
    for start in possible[spread]:
        own = before.assign(after=(np.arange(len(before)) >= start).astype(int))
        names, columns = _design(own, options)
        if np.linalg.matrix_rank(columns) < terms:
            continue
        fit = _fit(own, columns, options, time_series.default_lags(len(own)))
        weights = _overall(names, columns, own["after"].to_numpy() == 1)
        value, ratio = float(weights @ fit.value), _ratio(weights, fit, options)
        rows.append({"period": int(before["period"].iloc[start]), "value": value, "ratio": ratio})
    return tuple(rows)


def _past_check(ratio: float, past: tuple[dict[str, Any], ...]) -> Check:
    """How rare the change is among those of the own past, each over its error."""
    rarer = sum(abs(row["ratio"]) >= ratio for row in past)
    detail = {"rank": 1 + rarer, "among": 1 + len(past)}
    value = (1 + rarer) / (1 + len(past)) if past else None
    return Check("own_past", None, value, None, detail)


def _path(
    frame: pd.DataFrame,
    design: np.ndarray,
    names: list[str],
    fit: time_series.SeriesFit,
    options: Options,
) -> tuple[dict[str, Any], ...]:
    """Observed, fitted, and what the earlier course would have led to, on the value's scale."""
    shift, fitted = design @ (fit.value * _own(names)), fit.fitted
    if options.model == "log":
        fitted = np.exp(fitted) * _exposure(frame, options.model)
    elif options.model == "linear":
        fitted = fitted + _exposure(frame, options.model)
    without = fitted - shift if options.model == "linear" else fitted * np.exp(-shift)
    return results.records(
        period=frame["period"], observed=frame["value"], fitted=fitted, without=without
    )
