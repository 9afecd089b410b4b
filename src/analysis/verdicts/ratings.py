"""What ratings are worth: reliability and its parts, and whether a mean score would do.

A mean score does where the whole likely range of its reliability reaches the share asked for, and
does not where all of it falls short; in between it cannot be told. The rated are compared within
their region; where they cannot be, what is theirs may be their place's, and no score is relied on.
Where it is not known who rated, there is no reliability at any number of raters: only how much of
one piece the items are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from analysis.data.frames.ratings import BOUND, UNKNOWN, Assessment
from analysis.errors import AnalysisError
from analysis.methods import AnyMethod, agreement, reliability
from analysis.result import Result
from analysis.stats.pooling.exact import Interval
from analysis.stats.ratings.nested import one_way

RELIABLE, UNRELIABLE, UNCLEAR, NO_RATERS = "reliable", "unreliable", "unclear", "no_raters"


class Estimating(Protocol):
    """How a method is asked: its result is worked out once for all languages."""

    def __call__(self, method: AnyMethod, frame: pd.DataFrame, **options: object) -> Result:
        """The result."""


@dataclass(frozen=True)
class Worth:
    """What ratings are worth.

    ``headline`` is the reliability of a mean score or, without raters, alpha over items. ``single``
    is the share of one rater, ``raters`` how many a mean has, ``needed`` how many would do; these
    three are 0 without raters. ``beyond`` is the share of the differences between means over all
    regions that lies between these, 0 where these are not told apart. ``split`` are shares of the
    variance of one score by source, ``halo`` alpha over items and their correlation, ``ratio`` that
    of mean squares.
    """

    verdict: str
    headline: Result
    mean: Interval
    single: float
    raters: float
    needed: float
    beyond: float
    split: Mapping[str, float]
    halo: tuple[float, float] | None
    ratio: float


def agreed_of(ratings: Assessment, level: float, estimate: Estimating) -> float | None:
    """How alike raters of the same one are in the last round, beyond chance, where it is known."""
    if not ratings.raters_known:
        return None
    frame = ratings.rows[["rated", "rater", "score"]]
    try:
        return estimate(agreement.METHOD, frame, level=level).headline.value
    except AnalysisError:
        return None


def worth_of(ratings: Assessment, target: float, level: float, estimate: Estimating) -> Worth:
    """What ratings are worth, and the verdict.

    Raises
    ------
    AnalysisError: as the method ``reliability``.
    """
    asked = {"level": level}
    halo = None
    if len(ratings.items) > 1:
        results = [estimate(reliability.METHOD, _by_item(ratings), form=f, **asked)
                   for f in ("alpha", "icc3")]  # fmt: skip
        halo = (results[0].headline.value, results[1].headline.value)
    ratio = ratio_of(ratings)
    if not ratings.raters_known:
        mean = _bounded(results[0])
        return Worth(NO_RATERS, results[0], mean, 0.0, 0.0, 0.0, 0.0, {}, halo, ratio)
    form = "nestedk" if ratings.alone else "crossedk"
    found = estimate(reliability.METHOD, ratings.scores(), form=form, **asked)
    checks = {check.name: check.value or 0.0 for check in found.checks}
    mean = _bounded(found)
    verdict = UNCLEAR if mean.high >= target else UNRELIABLE
    if mean.low >= target and ratings.place not in (BOUND, UNKNOWN):
        verdict = RELIABLE
    single = next(e.value for e in found.estimates if e.name == "one_rater")
    met = ratings.frame.groupby("rater", observed=True)["rated"].nunique().max() > 1
    form = "crossed" if met else "nested"
    parts = _variances(
        estimate(reliability.METHOD, ratings.scores(by_item=True), form=form, **asked)
    )
    return Worth(
        verdict,
        found,
        mean,
        max(single, 0.0),
        checks["raters"],
        checks["raters_needed"],
        checks.get("between_regions", 0.0),
        {name: value / sum(parts.values()) for name, value in parts.items()},
        halo,
        ratio,
    )


def ratio_of(ratings: Assessment) -> float:
    """Mean square between the rated over that within, of the last round."""
    frame = ratings.rows
    found, _ = one_way(
        frame["score"].to_numpy(float),
        pd.factorize(frame["rated"])[0],
        np.zeros(len(frame), dtype=int),
    )
    return 1 + found.middle * found.rated / found.rest


def _by_item(ratings: Assessment) -> pd.DataFrame:
    """Every rating as rated by its items."""
    values = ratings.frame[list(ratings.items)].reset_index(names="rated")
    return values.melt("rated", var_name="rater", value_name="score")


def _bounded(found: Result) -> Interval:
    """The headline with its range, none below zero."""
    one = found.headline
    return Interval(*(max(v or 0.0, 0.0) for v in (one.value, one.low, one.high)))


def _variances(found: Result) -> dict[str, float]:
    parts = found.series["components"]
    return {str(row["source"]): max(float(row["variance"]), 0.0) for row in parts}
