"""Ratings of which no table is whole: laid out, their dimensions averaged, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import Problem
from analysis.methods.shared.results import at_least, refuse
from analysis.stats.ratings.reliability import mean_squares

MINIMUM_RATED, MINIMUM_RATERS = 5, 2
LEAST_BESIDE = MINIMUM_RATED - 1
"""Comparisons of the rated within regions: as many as five of the rated in one region make."""


@dataclass(frozen=True)
class Ratings:
    """M ratings: score, who is rated, by whom and in which round, numbered from 0; shape (M,).

    ``region`` numbers where, all 0 where that is not told apart; what differs between regions is
    then taken off before the rated are compared.
    A score is the mean over ``dimensions`` of them, between which one rating varies by ``between``
    on average and by ``rest`` beyond that.
    """

    score: np.ndarray
    rated: np.ndarray
    rater: np.ndarray
    rounds: np.ndarray
    region: np.ndarray
    dimensions: int = 1
    between: float = 0.0
    rest: float = 0.0

    @property
    def sizes(self) -> np.ndarray:
        """How many ratings each rated has in each round in which it was rated."""
        width = int(self.rounds.max()) + 1
        return np.unique(self.rated * width + self.rounds, return_counts=True)[1]

    @property
    def several(self) -> bool:
        """Whether there are several regions."""
        return bool(self.region.max() > 0)

    @property
    def within_rounds(self) -> np.ndarray:
        """Scores less the mean of their round."""
        means = np.bincount(self.rounds, self.score) / np.bincount(self.rounds)
        return np.asarray(self.score - means[self.rounds])

    @property
    def nested(self) -> bool:
        """Whether no rater rated two."""
        pairs = self.rater * (int(self.rated.max()) + 1) + self.rated
        return len(np.unique(pairs)) == len(np.unique(self.rater))

    @property
    def alone(self) -> bool:
        """Whether every rater rated one in a round, so that raters of a round are all different."""
        return not pd.DataFrame({"rater": self.rater, "round": self.rounds}).duplicated().any()


def comparisons(ratings: Ratings) -> int:
    """How many of the rated stand beside another of their region in a round, beyond the first."""
    names = ("rated", "region", "rounds")
    frame = pd.DataFrame({name: getattr(ratings, name) for name in names})
    several = frame.groupby(["region", "rounds"])["rated"].transform("nunique") > 1
    pairs = frame.loc[several, ["region", "rated"]].drop_duplicates()
    return int(len(pairs) - pairs["region"].nunique())


def lay_out(frame: pd.DataFrame) -> Ratings:
    """The ratings of a frame.

    Raises
    ------
    DesignError: ratings that lack dimensions, too few rated or raters, or no variation.
    """
    keys = [name for name in ("rated", "rater", "period", "region") if name in frame]
    dimensions, between, rest = 1, 0.0, 0.0
    if "dimension" in frame:
        wide = frame.pivot(index=keys, columns="dimension", values="score")
        dimensions = wide.shape[1]
        _require_dimensions(wide)
        squares = mean_squares(wide.to_numpy(float))
        rest, between = squares.rest, max(squares.raters - squares.rest, 0.0) / len(wide)
        frame = wide.mean(axis=1).rename("score").reset_index()
    rated, rater = (pd.factorize(frame[name])[0] for name in ("rated", "rater"))
    rounds = pd.factorize(frame["period"])[0] if "period" in frame else np.zeros(len(frame), int)
    region = pd.factorize(frame["region"])[0] if "region" in frame else np.zeros(len(frame), int)
    score = frame["score"].to_numpy(float)
    found = Ratings(score, rated, rater, rounds, region, dimensions, between, rest)
    _require_enough(found)
    return found


def _require_dimensions(wide: pd.DataFrame) -> None:
    problems = at_least("dimensions", wide.shape[1], 2, "Leave the column out")
    if holes := int(wide.isna().any(axis=1).sum()):
        what = f"lack a dimension in {holes} of {len(wide)}"
        problems.append(Problem("ratings", what, "Leave these out, or the dimension"))
    refuse(problems)


def _require_enough(ratings: Ratings) -> None:
    rated = int(ratings.rated.max()) + 1
    problems = at_least("rated", rated, MINIMUM_RATED, "Add ratings")
    if (mean := float(ratings.sizes.mean())) < MINIMUM_RATERS:
        what = f"are {mean:.1f} a rated on average; at least {MINIMUM_RATERS} are needed"
        problems.append(Problem("raters", what, "Add ratings, or put rounds together"))
    elif np.ptp(ratings.score) == 0:
        problems.append(Problem("column score", "is the same in every row", "Check the export"))
    if ratings.several and (beside := comparisons(ratings)) < LEAST_BESIDE:
        what = f"hold {beside} of the rated beside another; at least {LEAST_BESIDE} are needed"
        problems.append(Problem("column region", what, "Leave the column out: it tells too little"))
    refuse(problems)
