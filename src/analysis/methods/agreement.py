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
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from analysis.data.frames.frame_kinds import Column, Frame, require_frame
from analysis.errors import DesignError, Problem
from analysis.result import Check, Estimate, Result, Sample
from analysis.stats.ratings.agreement import FORMS, counts_by_category
from analysis.stats.resampling.jackknife import jackknife_covariance, t_critical

INPUT = Frame(
    "judgements",
    "one rater's score of one rated",
    (
        Column("rated", "key", "who or what is rated"),
        Column("rater", "key", "who rates"),
        Column("score", "number", "the score, or the number of a category"),
    ),
    unique=("rated", "rater"),
)
MINIMUM_RATED = 5
MOST_CATEGORIES = 100
"""More different scores than this are a measurement: only alpha on an interval scale is given."""


class Options(BaseModel):
    """Options of the method, as a params file may give them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    form: Literal["krippendorff", "fleiss", "cohen", "gwet", "percent"] = Field(
        default="krippendorff", description="coefficient of agreement"
    )
    scale: Literal["nominal", "ordinal", "interval"] = Field(
        default="interval", description="whether scores are names, ranks or numbers"
    )
    level: float = Field(default=0.95, gt=0, lt=1, description="level of the interval")


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:  # noqa: ARG001
    """The coefficient asked for, with every other form on the same scale beside it.

    Raises
    ------
    DesignError: the frame breaks a rule, too few rated have two scores, or raters never differ.
    """
    require_frame(frame, INPUT)
    _require_one_facet(frame)
    scores = _table(frame)
    _require_pairs(scores, options)
    value = FORMS[options.form](scores, options.scale)
    low, high = _limits(scores, value, options)
    others = [form for form in FORMS if form != options.form and _can(form, scores)]
    paired = int((np.isfinite(scores).sum(axis=1) >= 2).sum())
    return Result(
        method="agreement",
        estimand="Agreement of raters about the same rated, beyond what chance gives",
        unit="share",
        level=options.level,
        estimates=(
            Estimate("overall", value, None, low, high),
            *(Estimate(form, FORMS[form](scores, options.scale)) for form in others),
        ),
        sample=Sample(
            len(frame), paired, 0, "", "",
            {} if paired == len(scores) else {"one_rating_only": len(scores) - paired},
        ),
        checks=(_prevalence_check(scores), Check("raters", None, float(scores.shape[1]))),
        series={"scores": _shares(scores)},
        options=options.model_dump(),
    )  # fmt: skip


def _require_one_facet(frame: pd.DataFrame) -> None:
    facets = [name for name in ("dimension", "period") if name in frame]
    if facets:
        remedy = "Choose one of each, or use the method reliability with form: generalisability"
        where = "columns " + ", ".join(facets)
        raise DesignError([Problem(where, "split the scores of one rated", remedy)])


def _table(frame: pd.DataFrame) -> np.ndarray:
    """Scores of shape (rated, raters), not a number where there is none."""
    rated, rater = (pd.factorize(frame[name], sort=True) for name in ("rated", "rater"))
    scores = np.full((len(rated[1]), len(rater[1])), np.nan)
    scores[rated[0], rater[0]] = frame["score"].to_numpy(float)
    return scores


def _complete(scores: np.ndarray) -> bool:
    return bool(np.isfinite(scores).all())


def _different(scores: np.ndarray) -> int:
    return len(np.unique(scores[np.isfinite(scores)]))


def _can(form: str, scores: np.ndarray) -> bool:
    return _different(scores) <= MOST_CATEGORIES and (form != "cohen" or _complete(scores))


def _require_pairs(scores: np.ndarray, options: Options) -> None:
    problems = []
    paired = int((np.isfinite(scores).sum(axis=1) >= 2).sum())
    if paired < MINIMUM_RATED:
        what = f"with two scores or more are {paired}; at least {MINIMUM_RATED} are needed"
        problems.append(Problem("rated", what, "Have more of them rated twice"))
    if options.form == "cohen" and not _complete(scores):
        what = f"lack {int(np.isnan(scores).sum())} of {scores.size} cells"
        problems.append(Problem("ratings", what, "Use form: krippendorff, fleiss or gwet"))
    different = _different(scores)
    if different == 1:
        what = "is the same in every row; agreement beyond chance has no meaning"
        problems.append(Problem("column score", what, "Check the export"))
    measured = (options.form, options.scale) == ("krippendorff", "interval")
    if different > MOST_CATEGORIES and not measured:
        what = f"holds {different} different values; at most {MOST_CATEGORIES} can be compared"
        remedy = "Round the scores, or use form: krippendorff with scale: interval"
        problems.append(Problem("column score", what, remedy))
    if problems:
        raise DesignError(problems)


def _limits(scores: np.ndarray, value: float, options: Options) -> tuple[float, float]:
    """Jackknife limits on the scale of log(1 − value)."""
    form = FORMS[options.form]
    rows = range(len(scores))
    without = np.array([form(np.delete(scores, i, axis=0), options.scale) for i in rows])
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.log1p(-np.array([value, *without]))
    if not np.isfinite(scaled).all():
        what = "agree on every rated, or on all but one; no interval can be given"
        raise DesignError([Problem("raters", what, "Check that scores were not copied")])
    error = np.sqrt(jackknife_covariance(scaled[1:, None], scaled[:1]))[0, 0]
    margin = t_critical(options.level, len(scores) - 1) * error
    return float(1 - np.exp(scaled[0] + margin)), float(1 - np.exp(scaled[0] - margin))


def _prevalence_check(scores: np.ndarray) -> Check:
    """Share of the commonest score; near 1, chance-corrected agreement is small by arithmetic."""
    counts, _ = counts_by_category(scores)
    return Check("commonest_score", None, float(counts.sum(axis=0).max() / counts.sum()))


def _shares(scores: np.ndarray) -> tuple[dict[str, Any], ...]:
    """Each score's share of all."""
    counts, categories = counts_by_category(scores)
    total = counts.sum(axis=0) / counts.sum()
    return tuple(
        {"score": float(score), "share": float(share)}
        for score, share in zip(categories, total, strict=True)
    )
