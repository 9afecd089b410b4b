"""How far ratings tell the rated apart: intraclass correlations, alpha, generalisability.

From a complete table of rated × raters with mean squares B (rated), C (raters), E (rest) and W
(within rated), N rated and K raters:

    ICC(1,1) = (B − W)/(B + (K − 1)W)            own raters for every rated
    ICC(2,1) = (B − E)/(B + (K − 1)E + K(C − E)/N)   raters drawn from many, agreement
    ICC(3,1) = (B − E)/(B + (K − 1)E)            these raters, consistency

and ICC(·,k) of the mean of K raters; Cronbach's alpha equals ICC(3,k). With dimensions or
periods, generalisability is σ²_p/(σ²_p + Σ σ²_{p·A}/n_A) over the interactions of the rated
with raters, dimensions and periods, its interval from leaving out one rated at a time.

References
----------
Shrout and Fleiss (1979), Psychological Bulletin 86; McGraw and Wong (1996), Psychological
Methods 1; Feldt (1965), Psychometrika 30, for the limits of alpha; Brennan (2001),
"Generalizability Theory".

Words
-----
title: Reliability of ratings | 评分的信度
line: Reliability of ratings | 评分的信度
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd

from analysis.data.frames.frame import RATINGS, require_frame
from analysis.errors import Problem
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.methods.shared.results import at_least, refuse
from analysis.result import Check, Estimate, Result, Sample
from analysis.stats.pooling.exact import Interval
from analysis.stats.ratings import reliability as numerics
from analysis.stats.resampling.jackknife import share_limits

MINIMUM_RATED = 5
FACETS = ("rater", "dimension", "period")
SINGLE: dict[str, Callable[[numerics.TwoWay, float], Interval]] = {
    "icc1": numerics.icc_one,
    "icc2": numerics.icc_two,
    "icc3": numerics.icc_three,
}


class Options(MethodOptions):
    """Options of the method."""

    form: Literal[
        "icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k", "alpha", "generalisability"
    ] = "icc2"
    """coefficient: of one rater, of the mean of all (k, alpha), or over all facets

    words: coefficient | 系数
    icc1: ICC(1,1) | ICC(1,1)
    icc2: ICC(2,1) | ICC(2,1)
    icc3: ICC(3,1) | ICC(3,1)
    icc1k: ICC(1,k) | ICC(1,k)
    icc2k: ICC(2,k) | ICC(2,k)
    icc3k: ICC(3,k) | ICC(3,k)
    alpha: Cronbach's alpha | Cronbach α系数
    generalisability: generalisability | 概化系数
    """


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:  # noqa: ARG001
    """The coefficient asked for, and the variance that lies in each source.

    Raises
    ------
    DesignError: the frame breaks a rule, has too few rated or raters, or holes.
    """
    require_frame(frame, RATINGS)
    facets = tuple(facet for facet in FACETS if facet in frame)
    _require_form(facets, options)
    scores = _array(frame, facets)
    coefficient = _generalised if options.form == "generalisability" else _classical
    found = coefficient(scores, options)
    components = numerics.variance_components(scores)
    names = ("rated", *facets)
    return options.result(
        estimand="Share of the variance of scores that lies between the rated",
        unit="share",
        estimates=(Estimate("overall", found.value, None, found.low, found.high),),
        sample=Sample(len(frame), scores.shape[0], 0, "", ""),
        checks=(Check("raters", None, float(scores.shape[1])),),
        series={
            "components": tuple(
                {"source": " × ".join(names[axis] for axis in effect), "variance": variance}
                for effect, variance in sorted(components.items(), key=lambda e: (len(e[0]), e[0]))
            )
        },
    )


METHOD = Method(Options, estimate, RATINGS)


def _require_form(facets: tuple[str, ...], options: Options) -> None:
    if len(facets) > 1 and options.form != "generalisability":
        what = f"is for one facet; the frame has {', '.join(facets)}"
        remedy = "Use form: generalisability, or average the scores over the other facets"
        refuse([Problem(f"form {options.form}", what, remedy)])


def _array(frame: pd.DataFrame, facets: tuple[str, ...]) -> np.ndarray:
    """Scores of shape (rated, raters, …), every cell filled."""
    keys = ["rated", *facets]
    coded = [pd.factorize(frame[key], sort=True) for key in keys]
    shape = tuple(len(labels) for _, labels in coded)
    problems = []
    for key, size, least in zip(keys, shape, [MINIMUM_RATED, *[2] * len(facets)], strict=True):
        problems += at_least(key, size, least, "Add ratings, or drop the facet")
    scores = np.full(shape, np.nan)
    scores[tuple(codes for codes, _ in coded)] = frame["score"].to_numpy(float)
    holes = np.isnan(scores)
    if holes.any():
        rated = int(holes.any(axis=tuple(range(1, scores.ndim))).sum())
        what = f"lack {int(holes.sum())} of {scores.size} cells, in {rated} of the {shape[0]} rated"
        remedy = "Keep raters who rated all, or the rated whom all rated"
        problems.append(Problem("ratings", what, remedy))
    elif np.ptp(scores) == 0:
        problems.append(Problem("column score", "is the same in every row", "Check the export"))
    refuse(problems)
    return scores


def _classical(scores: np.ndarray, options: Options) -> Interval:
    squares = numerics.mean_squares(scores)
    if squares.rest <= 1e-12 * max(squares.rated, squares.raters):
        what = "agree perfectly up to a constant; no interval can be given"
        refuse([Problem("raters", what, "Check that scores were not copied")])
    form = "icc3k" if options.form == "alpha" else options.form
    single = SINGLE[form.removesuffix("k")](squares, options.level)
    return numerics.of_mean(single, scores.shape[1]) if form.endswith("k") else single


def _generalised(scores: np.ndarray, options: Options) -> Interval:
    """Generalisability with a jackknife interval on the scale of log(1 − G)."""
    value = numerics.generalisability(scores)
    without = [numerics.generalisability(np.delete(scores, i, axis=0)) for i in range(len(scores))]
    low, high = share_limits(value, np.array(without), options.level)
    if not np.isfinite([low, high]).all():
        what = "never disagree about the rated; no interval can be given"
        refuse([Problem("raters", what, "Check that scores were not copied")])
    return Interval(value, low, high)
