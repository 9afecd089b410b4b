"""Random-effects pooling of studies: mean effect, spread of effects, and a new study's effect.

Study k estimates y_k with standard error s_k of its own true effect, and true effects vary:

    y_k = μ + u_k + e_k,   u_k ~ N(0, τ²),   e_k ~ N(0, s_k²),   μ̂ = Σ w_k y_k / Σ w_k,

w_k = 1/(s_k² + τ̂²), τ² by restricted maximum likelihood, Paule–Mandel or DerSimonian–Laird. The
interval is Hartung–Knapp's, with t(K − 1), averaged over what τ² may be: with τ² taken as known,
12 studies of unequal precision were held in 93 % of 2,000 worlds at 95 %, and with the normal
interval in 91 %. With four studies this one can still fall to 92 %. Neither is ever narrower than
the fixed-effect interval: three studies that agree exactly are not sure of anything.

Errors that rest on few degrees of freedom make like studies seem to differ: the test of that takes
them from the column ``degrees``. μ̂ and τ² do not: with 8 and 20 studies of 4 and 8 degrees their
intervals held μ in 94 to 96 % of 250 worlds each, and in 90 to 97 % with s² made larger.

References
----------
Viechtbauer (2005), Journal of Educational and Behavioral Statistics 30; Hartung and Knapp
(2001), "A refined method for the meta-analysis of controlled clinical trials", Statistics in
Medicine 20; Wiksten, Rücker and Schwarzer (2016), Statistics in Medicine 35, for intervals
narrower than the fixed-effect one; Nagashima, Noma and Furukawa (2019), Statistical Methods in
Medical Research 28, for the interval of a new study.

Words
-----
title: Random-effects pooling | 随机效应合并
line: Random-effects pooling of studies | 多项研究的随机效应合并
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy

from analysis.data.frames.frame import EFFECTS, require_frame
from analysis.errors import Problem
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.methods.shared.results import at_least, estimating, records, refuse
from analysis.result import Check, Estimate, Result, Sample
from analysis.stats.pooling import pooling

MINIMUM_STUDIES = 3
"""Two studies cannot tell how much effects vary."""


class Options(MethodOptions):
    """Options of the method."""

    between: Literal["reml", "paule_mandel", "dersimonian_laird", "none"] = "reml"
    """how the variance of true effects is estimated, or none at all

    words: how the variance of true effects is estimated, or none at all | 真实效应方差的估计方法
    reml: restricted maximum likelihood | 限制最大似然
    paule_mandel: Paule–Mandel | Paule–Mandel
    dersimonian_laird: DerSimonian–Laird | DerSimonian–Laird
    none: none | 不设
    """
    interval: Literal["integrated", "hartung_knapp", "normal"] = "integrated"
    """interval of the mean: over what τ² may be, Hartung–Knapp's, or the normal

    words: interval of the mean | 均值的可能范围
    integrated: over what τ² may be | 对τ²的可能取值平均
    hartung_knapp: Hartung–Knapp | Hartung–Knapp
    normal: normal | 正态
    """


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:  # noqa: ARG001
    """The mean of true effects over studies, in the unit of the studies.

    Raises
    ------
    DesignError: the frame breaks a rule, or holds fewer than three studies.
    """
    require_frame(frame, EFFECTS)
    remedy = "Show the studies beside one another without pooling"
    refuse(at_least("studies", len(frame), MINIMUM_STUDIES, remedy))
    ordered = frame.sort_values("study")
    values, errors = (ordered[c].to_numpy(float) for c in ("estimate", "standard_error"))
    degrees = ordered["degrees"].to_numpy(float) if "degrees" in ordered else None
    _require_squares(values, errors)
    with estimating("studies", "Show the studies beside one another without pooling"):
        pooled = _pool(values, errors, options)
        new_study = pooling.prediction_interval(values, errors, options.level)
        left_out = _left_out(ordered["study"], values, errors, options)
    return options.result(
        estimand="Mean of the true effects of studies like these",
        unit="unit of the studies",
        estimates=(
            Estimate("overall", pooled.value, pooled.standard_error, pooled.low, pooled.high),
            Estimate("new_study", pooled.value, None, *new_study),
        ),
        sample=Sample(len(frame), len(frame), 0, "", ""),
        checks=(_heterogeneity_check(values, errors, degrees),),
        series={
            "forest": _forest(ordered["study"], values, errors, pooled, options),
            "leave_one_out": left_out,
        },
        degrees=pooled.degrees,
        between_variance=pooled.between,
    )


METHOD = Method(Options, estimate, EFFECTS, can=("leave_one_out",))


def _require_squares(values: np.ndarray, errors: np.ndarray) -> None:
    """Refuse numbers whose weights cannot be worked out."""
    with np.errstate(over="ignore"):
        size = np.array([(values**2).sum(), (errors**2).sum(), (errors**-2).sum() ** 2])
    if not (np.isfinite(size) & (size >= 0)).all() or (errors**2 == 0).any():
        what = "hold numbers whose squares are too large or too small to be worked with"
        refuse([Problem("columns estimate, standard_error", what, "Use another unit")])


def _pool(values: np.ndarray, errors: np.ndarray, options: Options) -> pooling.Pooled:
    refined = options.interval != "normal"
    pooled = pooling.pool(values, errors, options.level, options.between, refined)
    # Without differences between studies there is no τ² to doubt.
    if options.interval != "integrated" or options.between == "none":
        return pooled
    low, high = pooling.integrated_interval(values, errors, options.level)
    return replace(pooled, low=low, high=high)


def _heterogeneity_check(
    values: np.ndarray, errors: np.ndarray, degrees: np.ndarray | None
) -> Check:
    """Whether chance alone explains how studies differ; no reason to pool otherwise or not."""
    found = pooling.heterogeneity(values, errors, degrees)
    detail = {"statistic": found.statistic, "share": found.share}
    return Check("heterogeneity", None, found.p_value, None, detail)


def _forest(
    studies: pd.Series,
    values: np.ndarray,
    errors: np.ndarray,
    pooled: pooling.Pooled,
    options: Options,
) -> tuple[dict[str, Any], ...]:
    """Each study with its own normal interval and its weight in the mean."""
    margin = scipy.stats.norm.ppf(0.5 + options.level / 2) * errors
    low, high = values - margin, values + margin
    return records(study=studies, value=values, low=low, high=high, weight=pooled.weights)


def _left_out(
    studies: pd.Series, values: np.ndarray, errors: np.ndarray, options: Options
) -> tuple[dict[str, Any], ...]:
    """The mean without each study in turn."""
    rows = []
    for k, study in enumerate(studies):
        others = _pool(np.delete(values, k), np.delete(errors, k), options)
        rows.append({"study": study, "value": others.value, "low": others.low, "high": others.high})
    return tuple(rows)
