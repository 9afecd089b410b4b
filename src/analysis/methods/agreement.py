"""How far raters give the same scores beyond chance: Krippendorff, Fleiss, Cohen, Gwet.

With D_o the mean distance of two raters' scores of the same rated and D_e that of any two scores,

    α = 1 − D_o/D_e            Krippendorff, for any number of raters and with ratings missing, or
    κ = (p_a − p_e)/(1 − p_e)  p_a observed credit, p_e credit by chance,

where chance draws both scores from all raters' shares π_k (Fleiss), each from its rater's own
(Cohen; Conger for more than two), or p_e = Σ w · Σ π_k (1 − π_k)/(q(q − 1)) (Gwet's AC1 and AC2).
Credit is 1 for the same score, 0 for any other (nominal), or falls with the square of the
distance between scores (interval) or their ranks (ordinal). Agreement says that scores can be
exchanged: raters who differ by a constant disagree. ``reliability`` says how far scores tell the
rated apart. Where nearly all scores are the
same, κ and α are small however much raters agree: see ``percent`` and Gwet's coefficient. The
interval comes from leaving out one rated at a time, on the scale of log(1 − value); raters are
taken as given. At 95 % it held the truth in 94 % of 2,500 worlds of 80 rated, where Krippendorff's
alpha lies .006 below a truth of .5 on average: its bias is of order one over the rated.

References
----------
Krippendorff (2011), "Computing Krippendorff's alpha-reliability"; Fleiss (1971), Psychological
Bulletin 76; Cohen (1968), Psychological Bulletin 70; Conger (1980), Psychological Bulletin 88;
Gwet (2014), "Handbook of Inter-Rater Reliability", 4th ed.; Feinstein and Cicchetti (1990),
Journal of Clinical Epidemiology 43, for high agreement with low kappa.

Words
-----
title: Agreement of raters | 评分者之间的一致性
line: Agreement of raters beyond chance | 评分者之间超出偶然波动的一致性
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.data.frames.frame import JUDGEMENTS, require_frame
from analysis.errors import Problem
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.methods.shared.results import at_least, records, refuse
from analysis.result import Check, Estimate, Result, Sample
from analysis.stats.ratings.agreement import FORMS, Judged, coefficient, coefficients
from analysis.stats.resampling.jackknife import share_limits

MINIMUM_RATED = 5
MOST_CATEGORIES = 100
"""More different scores than this are a measurement: only alpha on an interval scale is given."""


class Options(MethodOptions):
    """Options of the method."""

    form: Literal["krippendorff", "fleiss", "cohen", "gwet", "percent"] = "krippendorff"
    """coefficient of agreement

    words: coefficient of agreement | 一致性系数
    krippendorff: Krippendorff's alpha | Krippendorff α系数
    fleiss: Fleiss's kappa | Fleiss κ系数
    cohen: Cohen's kappa | Cohen κ系数
    gwet: Gwet's coefficient | Gwet系数
    percent: share of equal scores | 评分相同的比例
    """
    scale: Literal["nominal", "ordinal", "interval"] = "interval"
    """whether scores are names, ranks or numbers

    words: whether scores are names, ranks or numbers | 评分是类别、等级还是数值
    nominal: names | 类别
    ordinal: ranks | 等级
    interval: numbers | 数值
    """


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:  # noqa: ARG001
    """The coefficient asked for, with every other form on the same scale beside it.

    Raises
    ------
    DesignError: the frame breaks a rule, too few rated have two scores, or raters never differ.
    """
    require_frame(frame, JUDGEMENTS)
    _require_one_facet(frame)
    judged = _judged(frame)
    _require_pairs(judged, options)
    value, low, high = _limits(judged, options)
    others = [form for form in FORMS if form != options.form and _can(form, judged)]
    paired = _paired(judged)
    alone = len(judged.sizes) - paired
    return options.result(
        estimand="Agreement of raters about the same rated, beyond what chance gives",
        unit="share",
        estimates=(
            Estimate("overall", value, None, low, high),
            *(Estimate(form, coefficient(judged, form, options.scale)) for form in others),
        ),
        sample=Sample(len(frame), paired, 0, "", "", {"one_rating_only": alone} if alone else {}),
        checks=(
            _prevalence_check(judged),
            Check("raters", None, float(len(np.unique(judged.rater)))),
        ),
        series={"scores": _shares(judged)},
    )


METHOD = Method(Options, estimate, JUDGEMENTS)


def _require_one_facet(frame: pd.DataFrame) -> None:
    facets = [name for name in ("dimension", "period") if name in frame]
    if facets:
        remedy = "Choose one of each, or use the method reliability with form: generalisability"
        where = "columns " + ", ".join(facets)
        refuse([Problem(where, "split the scores of one rated", remedy)])


def _judged(frame: pd.DataFrame) -> Judged:
    rated, rater = (pd.factorize(frame[name], sort=True)[0] for name in ("rated", "rater"))
    return Judged(rated, rater, frame["score"].to_numpy(float))


def _paired(judged: Judged) -> int:
    """How many of the rated have two scores or more."""
    return int((judged.sizes >= 2).sum())


def _different(judged: Judged) -> int:
    return len(np.unique(judged.score))


def _can(form: str, judged: Judged) -> bool:
    return (form != "cohen" or judged.complete) and _different(judged) <= MOST_CATEGORIES


def _require_pairs(judged: Judged, options: Options) -> None:
    where, remedy = "rated with two scores or more", "Have more of them rated twice"
    problems = at_least(where, _paired(judged), MINIMUM_RATED, remedy)
    if options.form == "cohen" and not judged.complete:
        cells = len(judged.sizes) * len(np.unique(judged.rater))
        what = f"lack {cells - len(judged.score)} of {cells} cells"
        problems.append(Problem("ratings", what, "Use form: krippendorff, fleiss or gwet"))
    different = _different(judged)
    if different == 1:
        what = "is the same in every row; agreement beyond chance has no meaning"
        problems.append(Problem("column score", what, "Check the export"))
    measured = (options.form, options.scale) == ("krippendorff", "interval")
    if different > MOST_CATEGORIES and not measured:
        what = f"holds {different} different values; at most {MOST_CATEGORIES} can be compared"
        remedy = "Round the scores, or use form: krippendorff with scale: interval"
        problems.append(Problem("column score", what, remedy))
    refuse(problems)


def _limits(judged: Judged, options: Options) -> tuple[float, float, float]:
    """The coefficient, and its jackknife limits on the scale of log(1 − value)."""
    value, without = coefficients(judged, options.form, options.scale)
    limits = share_limits(value, without, options.level)
    if not np.isfinite(limits).all():
        what = "agree on every rated, or on all but one; no interval can be given"
        refuse([Problem("raters", what, "Check that scores were not copied")])
    return (value, *limits)


def _prevalence_check(judged: Judged) -> Check:
    """Share of the commonest score; near 1, chance-corrected agreement is small by arithmetic."""
    _, counts = np.unique(judged.score, return_counts=True)
    return Check("commonest_score", None, float(np.max(counts)) / float(np.sum(counts)))


def _shares(judged: Judged) -> tuple[dict[str, Any], ...]:
    """Each score's share of all."""
    categories, counts = np.unique(judged.score, return_counts=True)
    return records(score=categories.astype(float), share=counts / counts.sum())
