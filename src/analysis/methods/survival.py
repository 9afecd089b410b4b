"""How long cases take, and by how much sooner they end under treatment; open cases count too.

A case lasts T; where it is still open when last seen, only T > t is known. The headline is β of

    h(t | x) = h_s(t) exp(β·treated + x'γ)          Cox; exp(β) a ratio of rates of ending, or
    log T = a + β·treated + x'γ + σ W               accelerated; exp(β) a ratio of durations, or
    β = log m_1 − log m_0                           medians; when half of the cases have ended,

h_s the baseline of the case's stratum, left free, ties by Efron's likelihood; W smallest extreme
value (Weibull), normal or logistic; m_1 and m_0 from Kaplan–Meier's curves, where untreated cases
count so that their strata are those of the treated. Where cases lie in regions, errors come from
leaving out one region at a time, with Student's t; where treatment is by region the smaller side
sets its degrees. Curves are Kaplan–Meier's, their limits Greenwood's, which take cases as
independent. Treatment and covariates are those at a case's start: nothing that happens while it is
open. Cases that end in a rush before a deadline are no proportional hazard: see the method
``bunching``.

References
----------
Kaplan and Meier (1958), JASA 53; Cox (1972), JRSS B 34; Lin and Wei (1989), "The robust
inference for the Cox proportional hazards model", JASA 84; Grambsch and Therneau (1994),
Biometrika 81; Kalbfleisch and Prentice (2002), "The Statistical Analysis of Failure Time Data".

Words
-----
title: How long cases take | 案件办理时长
line: How long cases take: survival curves, Cox's hazards and accelerated failure | 案件办理时长：
    生存曲线、Cox 比例风险模型与加速失效模型
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy
from pydantic import Field

from analysis.data.frames.cases.durations import DURATIONS
from analysis.data.frames.frame import require_frame, unusable_columns
from analysis.errors import Problem
from analysis.methods.shared import results
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.result import Check, Result, Sample
from analysis.stats.resampling.jackknife import comparison_degrees, jackknife_groups, t_critical
from analysis.stats.survival.accelerated import estimate_accelerated
from analysis.stats.survival.cases import Cases
from analysis.stats.survival.curves import kaplan_meier, log_rank
from analysis.stats.survival.hazards import Trend, estimate_hazards
from analysis.stats.survival.medians import estimate_medians

MINIMUM_ENDS = 5
"""With fewer ends in an arm its rate would be a guess."""
MINIMUM_REGIONS = 2
GROUP_LIMIT = 100
"""More regions than this are left out in groups, to bound time."""
CURVE_POINTS = 200


class Options(MethodOptions):
    """Options of the method."""

    model: Literal["cox", "weibull", "lognormal", "loglogistic", "median"] = "cox"
    """Cox's hazards, accelerated failure of this distribution, or medians

    words: model | 模型
    cox: Cox's hazards | Cox比例风险
    weibull: Weibull, accelerated | Weibull加速失效
    lognormal: log-normal, accelerated | 对数正态加速失效
    loglogistic: log-logistic, accelerated | 对数逻辑加速失效
    median: medians, no form assumed | 中位时长（不设分布形式）
    """
    covariates: tuple[str, ...] = Field((), strict=False)
    """further numeric columns known when a case begins

    words: further numeric columns known when a case begins | 案件开始时已知的控制变量
    """
    cluster: str = "region"
    """column of what moves together, left out at once for the errors

    words: left out together for the errors | 计算标准误时一并剔除的单位
    """
    deadline: float | None = Field(None, gt=0)
    """time by which cases are due, to look for a rush before it

    words: time by which cases are due, to look for a rush before it | 办理期限，
        用以查看期限前的集中办结
    """


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:
    """The log ratio of rates of ending (Cox) or of durations (accelerated), treated to untreated.

    Raises
    ------
    DesignError: the frame breaks a rule, or has too few ends or regions in an arm.
    EstimationError: the likelihood has no highest point.
    """
    require_frame(frame, DURATIONS)
    _require_arms(frame, options)
    cases = _cases(frame, options, rng)
    values, covariance, trend = _fit(cases, options)
    degrees = _degrees(frame, cases, len(values), options)
    critical, errors = t_critical(options.level, degrees), np.sqrt(np.diag(covariance))
    treated = frame["treated"].to_numpy() == 1
    support = int(frame.loc[treated, "region"].nunique()) if "region" in frame else None
    checks = [] if trend is None else [_trend_check(*trend, degrees)]
    if options.deadline is not None:
        checks.append(_deadline_check(cases, options.deadline))
    chance = log_rank(cases.duration, cases.ended, treated.astype(int), cases.strata)
    checks.append(Check("log_rank", None, chance))
    return options.result(
        estimand=_estimand(options),
        unit="log hazard ratio" if options.model == "cox" else "log time ratio",
        estimates=tuple(
            results.symmetric(name, values[k], errors[k], critical, None if k else support)
            for k, name in enumerate(("overall", *options.covariates))
        ),
        sample=Sample(len(frame), len(frame), int(treated.sum()), "", ""),
        checks=tuple(checks),
        series=_curves(cases, treated, options),
        degrees=degrees,
        ends=int(cases.ended.sum()),
    )


METHOD = Method(Options, estimate, DURATIONS)


def _estimand(options: Options) -> str:
    if options.model == "cox":
        return "Ratio of the rates at which open cases end, treated to untreated"
    if options.model == "median":
        return "Ratio of times in which half of the cases end, treated to untreated of like strata"
    return "Ratio of how long cases take, treated to untreated"


def _require_arms(frame: pd.DataFrame, options: Options) -> None:
    """Enough ends and regions in both arms, and covariates that can be used."""
    problems = []
    for arm, name in ((1, "treated"), (0, "untreated")):
        own, remedy = frame[frame["treated"] == arm], "Follow cases for longer, or add cases"
        ends = int(own["ended"].sum())
        problems += results.at_least(f"ends of {name} cases", ends, MINIMUM_ENDS, remedy)
        for column in sorted({"region", options.cluster} & set(frame)):
            kind = "regions" if column == "region" else f"groups of {column}"
            where, number = f"{kind} with {name} cases", own[column].nunique()
            remedy = "The luck of one and the effect cannot be told apart; add others"
            problems += results.at_least(where, number, MINIMUM_REGIONS, remedy)
    problems += unusable_columns(frame, options.covariates)
    if options.cluster not in ("region", *frame):
        remedy = "Add it to the frame, or leave the option out"
        problems.append(Problem(f"column {options.cluster}", "is missing", remedy))
    if options.model not in ("cox", "median") and "stratum" in frame:
        what = f"of model {options.model} cannot differ by stratum"
        problems.append(Problem("baseline", what, "Use model: cox, or drop the column stratum"))
    if options.model == "median" and options.covariates:
        what = "are not held equal by model median"
        problems.append(Problem("covariates", what, "Put cases into strata, or choose a model"))
    results.refuse(problems)


def _cases(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Cases:
    """Arrays of the frame; a constant is added for accelerated models."""
    names = ["treated", *options.covariates]
    design = frame[names].to_numpy(float)
    if options.model not in ("cox", "median"):
        design = np.column_stack([design, np.ones(len(frame))])
    strata = np.zeros(len(frame), dtype=int)
    if "stratum" in frame:
        strata = pd.factorize(frame["stratum"], sort=True)[0]
    group = np.zeros(0, dtype=int)
    if options.cluster in frame:
        codes, regions = pd.factorize(frame[options.cluster], sort=True)
        group = jackknife_groups(len(regions), GROUP_LIMIT, rng)[codes]
    elif options.model == "median":
        # Without one case a median hardly moves: only larger groups tell how far it may.
        group = jackknife_groups(len(frame), GROUP_LIMIT, rng)
    duration, ended = (frame[c].to_numpy(float) for c in ("duration", "ended"))
    return Cases(duration, ended, design, strata, group)


def _fit(cases: Cases, options: Options) -> tuple[np.ndarray, np.ndarray, Trend | None]:
    """Values, covariance, and the treated hazard ratio's change over time with its error."""
    remedy = "Look for a covariate, stratum or single region that decides which cases end"
    with results.estimating("survival", remedy):
        if options.model == "cox":
            return estimate_hazards(cases)
        if options.model == "median":
            return (*estimate_medians(cases)[:2], None)
        return (*estimate_accelerated(cases, options.model), None)


def _degrees(frame: pd.DataFrame, cases: Cases, terms: int, options: Options) -> int:
    """Degrees of freedom: of cases, of regions, or of the smaller side of regions."""
    if not cases.group.size:
        return max(int(cases.ended.sum()) - terms, 1)
    groups = len(np.unique(cases.group))
    if options.cluster not in frame:
        return groups - 1
    share = frame.groupby(options.cluster)["treated"].mean()
    if share.isin([0, 1]).all():
        treated = int((share == 1).sum())
        return comparison_degrees(treated, len(share) - treated, groups)
    return max(groups - 1, 1)


def _trend_check(slope: float, error: float, degrees: int) -> Check:
    """Whether the ratio stays the same however long a case has been open (Grambsch–Therneau)."""
    if not (np.isfinite(slope) and error > 0):
        return Check("proportional_hazards", None)
    p_value = float(2 * scipy.stats.t.sf(abs(slope / error), degrees))
    detail = {"slope": slope, "standard_error": error}
    return Check("proportional_hazards", p_value >= 0.05, p_value, 0.05, detail)


def _deadline_check(cases: Cases, deadline: float) -> Check:
    """Ends on the last day before the deadline over those of a day within three of it."""
    days = np.ceil(cases.duration[cases.ended == 1]) - np.ceil(deadline)
    last, near = int((days == 0).sum()), int(((np.abs(days) <= 3) & (days != 0)).sum())
    value = last / (near / 6) if near else None
    return Check("deadline", None, value, 1.0, {"ends": last})


def _curves(
    cases: Cases, treated: np.ndarray, options: Options
) -> dict[str, tuple[dict[str, Any], ...]]:
    """Kaplan–Meier curves of both arms and their medians; of like strata where these are asked."""
    rows: list[dict[str, Any]] = []
    medians = []
    for arm in (1, 0):
        own = treated == (arm == 1)
        curve = kaplan_meier(cases.duration[own], cases.ended[own], options.level)
        value, low, high = curve.median
        medians.append({"treated": arm, "value": value, "low": low, "high": high})
        shown = np.unique(np.linspace(0, len(curve.time) - 1, CURVE_POINTS).astype(int))
        names = ("time", "share", "low", "high", "at_risk")
        columns = {name: getattr(curve, name)[shown].astype(float) for name in names}
        rows += results.records(treated=[arm] * len(shown), **columns)
    if options.model == "median":
        values = zip((1, 0), estimate_medians(cases)[2], strict=True)
        medians = [{"treated": arm, "value": at, "low": None, "high": None} for arm, at in values]
    return {"survival": tuple(rows), "medians": tuple(medians)}
