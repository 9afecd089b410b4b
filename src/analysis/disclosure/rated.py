"""Persons as points: scores of the rated that nobody can be told from.

Only those with enough raters are shown. They are put in order of how many raters they have and cut
into groups of at least five, which stand at their mean number; a score is moved by normal noise of
half its standard error, cut at one, that is drawn from a key of who rated what, so that the same
score is the same point in every report and language. What is said of single points is worked out
from the moved scores. A point names nobody, and who knows how many raters one has, or about what
they gave, finds at least five that fit. Rows are ordered by their moved scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from analysis.data.frames.ratings import Assessment
from analysis.data.frames.units import keys_of
from analysis.disclosure.noise import draws
from analysis.errors import AnalysisError, DesignError, Problem
from analysis.stats.ratings.scores import places, shrunken

MOVED, MOST_MOVED = 0.5, 1.0
"""Standard errors of a score by itself by which it is moved, and at most."""
DRAWN = 400
"""Points of a page at most, chosen by their keys."""


@dataclass(frozen=True)
class Floors:
    """How many raters one must have to be shown, and how many stand at one number of raters."""

    raters: int
    rated: int


@dataclass(frozen=True)
class Points:
    """Rated as points, in order of their moved scores; all of shape (N,).

    ``raters`` is the mean of the group, ``low`` and ``high`` are limits of the ``shrunken`` score;
    ``spread`` is how many places the range of each spans, as a share of all. ``left_out`` had too
    few raters, ``undrawn`` are shown by nothing because others fill the page; ``within`` is the
    variance of one rating around what the rated is like.
    """

    raters: np.ndarray
    score: np.ndarray
    shrunken: np.ndarray
    low: np.ndarray
    high: np.ndarray
    spread: np.ndarray
    left_out: int
    undrawn: int
    within: float

    @property
    def middle(self) -> float:
        """The mean of all, each by its raters."""
        return float(np.average(self.score, weights=self.raters))

    def margin(self, chance: float, raters: np.ndarray) -> np.ndarray:
        """How far points lie from the middle by chance alone, moved as they are.

        Parameters
        ----------
        chance: share of them that lie nearer. raters: of each.
        """
        spread = np.sqrt((1 + MOVED**2) * self.within / raters)
        return np.asarray(scipy.stats.norm.ppf(0.5 + chance / 2) * spread)


def points_of(
    scores: pd.DataFrame,
    between: float,
    within: float,
    salt: bytes,
    floors: Floors,
    level: float,
    rng: np.random.Generator,
) -> Points:
    """The rated as points.

    Parameters
    ----------
    scores: ``rated``, ``period`` and ``score``, one row a rating. between, within: variances of the
        rated, and of one rating around what the rated is like.

    Raises
    ------
    DesignError: fewer have so many.
    """
    groups = scores.groupby("rated", sort=True)
    found = groups["score"].agg(["size", "mean"])
    # The key holds every rating: with another one the point is another.
    texts = (scores["rated"].astype(str) + "|" + scores["period"].astype(str)).str.cat(
        scores["score"].map("{:.6g}".format), "|"
    )
    keys = pd.Series(keys_of(texts), scores.index)
    found["key"] = keys.groupby(scores["rated"], sort=True).sum()
    few = found["size"] < floors.raters
    kept = found[~few]
    if len(kept) < floors.rated:
        what = (
            f"of {floors.raters} raters or more are {len(kept)}; at least {floors.rated} are needed"
        )
        raise DesignError([Problem("rated", what, "Add ratings, or put rounds together")])
    left_out, undrawn = int(few.sum()), max(len(kept) - DRAWN, 0)
    kept = kept.iloc[np.argsort(draws(~kept["key"].to_numpy(), salt))[:DRAWN]]
    # Errors are the group's, too: an own one would tell the number behind it.
    raters = _grouped(kept["size"].to_numpy(float), floors.rated)
    moved = kept["mean"].to_numpy(float) + np.sqrt(within / raters) * _noise(kept["key"], salt)
    # No score beyond any that was given.
    moved = moved.clip(scores["score"].min(), scores["score"].max())
    order = np.argsort(moved, kind="stable")
    raters, moved = raters[order], moved[order]
    near, wrong = shrunken(moved, (1 + MOVED**2) * within / raters, max(between, 0.0))
    margin = scipy.stats.norm.ppf(0.5 + level / 2) * wrong
    spread = places(near, wrong, level, rng)
    limits = near - margin, near + margin
    return Points(raters, moved, near, *limits, spread, left_out, undrawn, within)


def last_points(
    ratings: Assessment,
    variances: tuple[float, float],
    salt: bytes,
    floors: Floors,
    level: float,
    rng: np.random.Generator,
) -> Points | None:
    """The rated of the last round as points; none where too few have enough raters.

    Where they are compared within regions, scores are as they stand beside others of their region.
    The same raters come again: only within a round are ratings of one independent.
    """
    if not ratings.raters_known:
        return None
    scores = ratings.beside()
    scores = scores[scores["period"] == scores["period"].max()]
    try:
        return points_of(scores, *variances, salt, floors, level, rng)
    except AnalysisError:
        return None


def _noise(keys: pd.Series, salt: bytes) -> np.ndarray:
    """Standard errors by which each score is moved."""
    ends = scipy.special.ndtr(np.array([-1, 1]) * MOST_MOVED / MOVED)
    drawn = ends[0] + (ends[1] - ends[0]) * draws(keys.to_numpy(), salt)
    return np.asarray(MOVED * scipy.special.ndtri(drawn))


def _grouped(size: np.ndarray, group: int) -> np.ndarray:
    """The mean number of raters of each one's group, groups in order of the number."""
    order = np.argsort(size, kind="stable")
    place = np.minimum(np.arange(len(size)) // group, max(len(size) // group - 1, 0))
    means = np.bincount(place, size[order]) / np.bincount(place)
    found = np.empty(len(size))
    found[order] = means[place]
    return found
