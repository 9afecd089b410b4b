"""Effect of a drawn assignment, judged by the draws that could have been.

With n_s of N units in stratum s, the estimate is the mean difference within strata,

    τ̂ = Σ_s n_s/N (ȳ_s1 − ȳ_s0),

and its p-value the share of possible draws (as many treated in every stratum) whose statistic is
as far from 0: all of them if there are at most 50,000, else a sample. The statistic is τ̂ over its
Neyman error. The interval holds every constant effect that the same test does not reject.
Whether the draw looks like one is tested by the same draws: balance of covariates (Hansen and
Bowers), and runs along the list that was drawn from.

References
----------
Fisher (1935), "The Design of Experiments"; Imbens and Rubin (2015), "Causal Inference", ch. 5;
Wu and Ding (2021), "Randomization tests for weak null hypotheses", JASA 116; Hansen and Bowers
(2008), "Covariate balance in simple, stratified and clustered comparative studies", Statistical
Science 23; Wald and Wolfowitz (1940), Annals of Mathematical Statistics 11, for runs.

Words
-----
title: Randomisation inference | 随机化推断
line: Randomisation inference from the draws that could have been |
    依据可能出现的分配方案进行随机化推断
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from analysis.data.frames.frame import DRAW, require_frame
from analysis.errors import DesignError, Problem
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.methods.shared.results import estimating, null_quantiles, refuse
from analysis.result import Check, Estimate, Result, Sample
from analysis.stats.resampling import randomisation as numerics
from analysis.stats.resampling.assignments import Assignments, possible_assignments


class Options(MethodOptions):
    """Options of the method."""

    studentised: bool = True
    """divide by the error, so that it holds if effects differ too

    words: estimates are divided by their error | 估计值除以其标准误
    """
    draws: int = Field(4999, ge=99)
    """draws sampled where not all are counted

    words: draws | 抽取次数
    """
    covariates: tuple[str, ...] = ()
    """columns measured before the draw, in which arms should be alike

    words: columns measured before the draw, in which arms should be alike |
        抽取之前测得、两组应当相近的变量
    """


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:
    """The average effect on the units drawn from, in the unit of the outcome.

    Raises
    ------
    DesignError: the frame breaks a rule, a stratum lacks an arm, or draws are too few to tell.
    """
    require_frame(frame, DRAW)
    ordered = frame.sort_values("unit")
    outcome, treated = ordered["outcome"].to_numpy(float), ordered["treated"].to_numpy(np.int8)
    strata = strata_of(ordered)
    _require_arms(ordered, treated, strata, options)
    _require_covariates(ordered, options)
    drawn = possible_assignments(treated, strata, options.draws, rng)
    found = numerics.differences(outcome, drawn, strata)
    values, variances = found.at()
    remedy = "Ask for a lower level, or draw from more units"
    with estimating("draws", remedy, DesignError):
        spread = float(outcome.std())
        limits = numerics.sharp_interval(found, spread, options.level, options.studentised)
    p_value = found.p_value(0.0, options.studentised)
    error = float(np.sqrt(variances[0])) if np.isfinite(variances[0]) else None
    support = int(treated.sum())
    return options.result(
        estimand="Average effect of the assignment on the units that could have been drawn",
        unit="unit of the outcome",
        estimates=(Estimate("overall", float(values[0]), error, *limits, support),),
        sample=Sample(len(frame), len(frame), support, "", ""),
        checks=(
            Check("sharp_null", None, p_value, 1 - options.level),
            *_draw_checks(ordered, drawn, strata, options),
        ),
        series={"null": null_quantiles(values)},
        possible=len(drawn.given),
        exact=drawn.exact,
    )


METHOD = Method(Options, estimate, DRAW)


def check_draw(
    frame: pd.DataFrame, options: Options, rng: np.random.Generator
) -> tuple[Check, ...]:
    """Whether a draw looks like one; the outcome, if there is any, is not looked at.

    Raises
    ------
    DesignError: a covariate is missing or holds no numbers.
    """
    ordered = frame.sort_values("unit")
    _require_covariates(ordered, options)
    strata = strata_of(ordered)
    drawn = possible_assignments(ordered["treated"].to_numpy(np.int8), strata, options.draws, rng)
    return _draw_checks(ordered, drawn, strata, options)


def strata_of(frame: pd.DataFrame) -> np.ndarray:
    """The number of each unit's stratum, (N,)."""
    if "stratum" not in frame:
        return np.zeros(len(frame), dtype=int)
    return np.asarray(pd.factorize(frame["stratum"], sort=True)[0])


def _require_arms(
    frame: pd.DataFrame, treated: np.ndarray, strata: np.ndarray, options: Options
) -> None:
    """Every stratum needs both arms, and two of each where the statistic needs an error."""
    least = 2 if options.studentised else 1
    size, drawn = np.bincount(strata), np.bincount(strata, treated)
    thin = np.flatnonzero(np.minimum(drawn, size - drawn) < least)
    if thin.size:
        numbers = np.flatnonzero(np.isin(strata, thin))
        rows = ", ".join(str(frame.index[i] + 1) for i in numbers[:5])
        what = f"in {thin.size} strata hold fewer than {least} treated or untreated (rows {rows} …)"
        instead = ", or set studentised: false" if least > 1 else ""
        remedy = f"Join small strata as they were joined in the draw{instead}"
        refuse([Problem("units", what, remedy)])
    if np.ptp(frame["outcome"].to_numpy(float)) == 0:
        what = "is the same in every row"
        refuse([Problem("column outcome", what, "Use an outcome that varies")])


def _require_covariates(frame: pd.DataFrame, options: Options) -> None:
    """Covariates are there and hold numbers in every row."""
    problems = []
    for name in options.covariates:
        if name not in frame:
            problems.append(Problem(f"column {name}", "is missing", "Add it to the frame"))
        elif not pd.api.types.is_numeric_dtype(frame[name]) or frame[name].isna().any():
            remedy = "Fill it from the source, or leave it out"
            problems.append(Problem(f"column {name}", "does not hold a number in all rows", remedy))
    refuse(problems)


def _draw_checks(
    frame: pd.DataFrame, drawn: Assignments, strata: np.ndarray, options: Options
) -> tuple[Check, ...]:
    """Whether the draw looks like one of the possible draws."""
    checks, least = [], 1 - options.level
    if options.covariates:
        covariates = frame[list(options.covariates)].to_numpy(float)
        p_value = numerics.balance_p_value(covariates, drawn, strata)
        checks.append(Check("balance", p_value > least, p_value, least))
    if "place" in frame:
        p_value = numerics.runs_p_value(drawn, frame["place"].to_numpy(float))
        checks.append(Check("runs", p_value > least, p_value, least))
    return tuple(checks)
