"""Regression discontinuity: the jump of an outcome where a score crosses a cut-off.

With x the score less the cut-off, and treatment from the cut-off on (x ≥ 0),

    τ = lim_{x↓0} E[y | x] − lim_{x↑0} E[y | x],

each limit by a polynomial fitted to the rows within a window, the nearer the heavier. The window
makes the mean squared error least; the headline takes away the bias of curvature and its limits
allow for that correction (robust bias-corrected). ``conventional`` is the jump as fitted. With a
column ``takeup`` crossing only raises the chance of treatment, and the estimate is the jump of the
outcome over the jump of take-up. With a column ``cutoff`` every unit has its own cut-off: scores
are measured from it and pooled, which weighs cut-offs by their rows nearby; each with enough rows
also stands by itself.

It speaks of units at the cut-off only, and takes nobody to be able to place himself on one side:
the density test looks for that, the balance test for units that differed before.

References
----------
Calonico, Cattaneo and Titiunik (2014), "Robust nonparametric confidence intervals for
regression-discontinuity designs", Econometrica 82.

Cattaneo, Keele, Titiunik and Vazquez-Bare (2016), "Interpreting regression discontinuity designs
with multiple cutoffs", Journal of Politics 78.

Cattaneo, Jansson and Ma (2020), "Simple local polynomial density estimators", Journal of the
American Statistical Association 115.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from analysis.data.frames.frame_kinds import Column, Frame, require_frame
from analysis.data.frames.scores import (
    MINIMUM_DISTINCT,
    MINIMUM_WINDOW,
    measured_scores,
    require_columns,
    require_sides,
    require_window,
)
from analysis.errors import EstimationError, Problem
from analysis.result import Check, Estimate, Result, Sample
from analysis.stats.thresholds.discontinuity import (
    Jump,
    Settings,
    density_p_value,
    estimate_jump,
)

INPUT = Frame(
    "scores",
    "a unit with a score",
    (
        Column("unit", "key", "the unit's code"),
        Column("score", "number", "what decides on treatment"),
        Column("outcome", "number", "what was measured afterwards"),
        Column("cutoff", "number", "the unit's own cut-off", optional=True),
        Column("takeup", "number", "treatment as it was taken up", optional=True),
    ),
    unique=("unit",),
)
SENSITIVITY = (0.5, 0.75, 1.0, 1.5, 2.0)
"""Windows, in multiples of the chosen one, under which the jump is shown again."""
BINS = 20
"""Bins a side in the figure."""


class Options(BaseModel):
    """Options of the method, as a params file may give them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    cutoff: float = Field(default=0.0, description="the cut-off, where units have no own one")
    treated: Literal["above", "below"] = Field(
        default="above", description="the side that is treated; units at the cut-off are"
    )
    order: Literal[1, 2] = Field(default=1, description="lines or parabolas on each side")
    kernel: Literal["triangular", "epanechnikov", "uniform"] = Field(
        default="triangular", description="how the weight of units falls with their distance"
    )
    window: Literal["least_error", "coverage"] = Field(
        default="least_error",
        description="what the width is chosen for: the estimate or its limits",
    )
    width: float | None = Field(
        default=None, gt=0, description="width of the window on each side; chosen by default"
    )
    donut: float = Field(
        default=0.0, ge=0, description="units nearer to the cut-off than this are left out"
    )
    covariates: tuple[str, ...] = Field(
        default=(), strict=False, description="numeric columns, measured before, for precision"
    )
    balance: tuple[str, ...] = Field(
        default=(), strict=False, description="numeric columns, measured before, that must not jump"
    )
    level: float = Field(default=0.95, gt=0, lt=1, description="level of the interval")


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:  # noqa: ARG001
    """The jump at the cut-off, in the unit of the outcome.

    Raises
    ------
    DesignError: the frame breaks a rule, or the cut-off lies where too few scores are.
    EstimationError: no estimate that means something can be had there.
    """
    require_frame(frame, INPUT)
    require_columns(frame, (*options.covariates, *options.balance))
    ordered = measured_scores(frame, options.cutoff, above=options.treated == "above")
    near = ordered["x"].abs() < options.donut
    used = ordered[~near]
    require_sides(used, donut=options.donut > 0)
    jump = _jump(used, "outcome", options, adjusted=True)
    require_window(jump.rows, jump.distinct)
    estimates = (
        Estimate("overall", jump.value, jump.error, jump.low, jump.high, jump.rows[1]),
        Estimate(
            "conventional",
            jump.fitted,
            jump.fitted_error,
            jump.fitted_low,
            jump.fitted_high,
            jump.rows[1],
        ),
    )
    balance, balance_check = _balance(used, options)
    treated = int((used["x"] >= 0).sum())
    dropped = {"within_donut": int(near.sum())} if near.any() else {}
    return Result(
        method="rdd",
        estimand=_estimand(frame),
        unit="unit of the outcome",
        level=options.level,
        estimates=(*estimates, *_by_cutoff(used, options)),
        sample=Sample(len(used), len(used), treated, "", "", dropped),
        checks=(_density_check(ordered, options), _repeats_check(used, jump), *balance_check),
        series={
            "cutoff": _bins(used, jump),
            "by_bandwidth": _by_bandwidth(used, jump, options),
            "balance": balance,
        },
        options={**options.model_dump(), "bandwidth": jump.bandwidth, "rows": jump.rows},
    )


def _estimand(frame: pd.DataFrame) -> str:
    units = "units at the cut-off"
    if "cutoff" in frame:
        units = "units at their own cut-off, weighted by how many lie there"
    if "takeup" in frame:
        return f"Average effect of treatment on {units} who take it up because they cross"
    return f"Average effect of crossing on {units}"


def _settings(options: Options, width: float | None = None) -> Settings:
    rule = {"least_error": "mserd", "coverage": "cerrd"}[options.window]
    return Settings(options.order, options.kernel, rule, width or options.width, options.level)


def _jump(
    frame: pd.DataFrame,
    column: str,
    options: Options,
    *,
    adjusted: bool = False,
    width: float | None = None,
) -> Jump:
    """The jump of a column; adjusted for take-up and covariates only where the outcome is asked."""
    takeup = frame["takeup"].to_numpy(float) if adjusted and "takeup" in frame else None
    covariates = None
    if adjusted and options.covariates:
        covariates = frame[list(options.covariates)].to_numpy(float)
    score, outcome = frame["x"].to_numpy(), frame[column].to_numpy(float)
    try:
        return estimate_jump(score, outcome, _settings(options, width), takeup, covariates)
    except ValueError as error:
        remedy = "Use other columns, a wider window or more units"
        raise EstimationError([Problem(f"jump of {column}", str(error), remedy)]) from None


def _by_cutoff(frame: pd.DataFrame, options: Options) -> tuple[Estimate, ...]:
    """The jump at each cut-off, where there are several."""
    groups = list(frame.groupby("own_cutoff"))
    found = []
    for cutoff, rows in groups if len(groups) > 1 else []:
        jump = _jump(rows, "outcome", options, adjusted=True)
        require_window(jump.rows, jump.distinct)
        name = f"cutoff={cutoff:g}"
        found.append(Estimate(name, jump.value, jump.error, jump.low, jump.high, jump.rows[1]))
    return tuple(found)


def _density_check(frame: pd.DataFrame, options: Options) -> Check:
    """Whether units pile up on one side, donut included."""
    limit = 1 - options.level
    try:
        p_value = density_p_value(frame["x"].to_numpy())
    except ValueError as error:
        return Check("density", None, None, limit, {"reason": str(error)})
    return Check("density", p_value >= limit, p_value, limit)


def _repeats_check(frame: pd.DataFrame, jump: Jump) -> Check:
    """Share of units whose score another has too; widths and errors allow for it."""
    share = 1 - frame["x"].nunique() / len(frame)
    detail = {"distinct_below": jump.distinct[0], "distinct_above": jump.distinct[1]}
    return Check("repeated_scores", None, float(share), None, detail)


def _balance(
    frame: pd.DataFrame, options: Options
) -> tuple[tuple[dict[str, Any], ...], tuple[Check, ...]]:
    """Jumps of what was measured before, and whether any is there, allowing for their number."""
    if not options.balance:
        return (), ()
    from statsmodels.stats.multitest import multipletests

    jumps = [_jump(frame, name, options) for name in options.balance]
    adjusted = multipletests([jump.p_value for jump in jumps], method="holm")[1]
    rows = tuple(
        {"column": name, "value": j.value, "low": j.low, "high": j.high, "p": float(p)}
        for name, j, p in zip(options.balance, jumps, adjusted, strict=True)
    )
    least, limit = float(adjusted.min()), 1 - options.level
    return rows, (Check("balance", least >= limit, least, limit, {"columns": len(rows)}),)


def _by_bandwidth(
    frame: pd.DataFrame, jump: Jump, options: Options
) -> tuple[dict[str, float | int], ...]:
    """The jump under narrower and wider windows; those that are too thin are left out."""
    rows = []
    for ratio in SENSITIVITY:
        width = ratio * max(jump.bandwidth)
        try:
            found = _jump(frame, "outcome", options, adjusted=True, width=width)
        except EstimationError:
            continue
        if min(found.rows) >= MINIMUM_WINDOW and min(found.distinct) >= MINIMUM_DISTINCT:
            limits = {"value": found.value, "low": found.low, "high": found.high}
            rows.append({"width": width, "ratio": ratio, **limits, "rows": sum(found.rows)})
    return tuple(rows)


def _bins(frame: pd.DataFrame, jump: Jump) -> tuple[dict[str, Any], ...]:
    """Means in bins of equal width on each side, with the fitted curve inside the window."""
    rows = []
    score, outcome = frame["x"].to_numpy(), frame["outcome"].to_numpy(float)
    for treated, curve, width in ((0, jump.left, 0), (1, jump.right, 1)):
        side = (score >= 0) == bool(treated)
        edges = np.linspace(score[side].min(), score[side].max(), BINS + 1)
        place = np.clip(np.searchsorted(edges, score[side], side="right") - 1, 0, BINS - 1)
        for k in np.unique(place):
            own = place == k
            centre = float(score[side][own].mean())
            inside = abs(centre) <= jump.bandwidth[width]
            fitted = float(np.polyval(curve[::-1], centre)) if inside else None
            rows.append(
                {
                    "score": centre,
                    "value": float(outcome[side][own].mean()),
                    "fitted": fitted,
                    "treated": treated,
                    "rows": int(own.sum()),
                }
            )
    return tuple(rows)
