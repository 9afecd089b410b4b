"""What may be done with scores that rest on few raters: shrinkage, places, who is called last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy

from analysis.stats.ratings.nested import within_blocks

BOTTOM = 0.1
"""Share of the rated that is called bottom."""
LEAST = 5
"""Of the rated in a round, of whom one is called bottom."""
DRAWS = 2000


def again_bottom(single: float, raters: np.ndarray, share: float = BOTTOM) -> float:
    """Of those whose score is in the lowest share, how many would be again with other raters.

    Two scores of one rated from different raters correlate by the reliability of a mean of so many;
    for normal scores, P(both below q)/share over all, among whom those with few raters spread most.

    Parameters
    ----------
    single: share of one rating that is the rated's own. raters: how many each had; shape (N,).
    """
    own = float(np.clip(single, 0.0, 1 - 1e-9))
    sizes, times = np.unique(raters, return_counts=True)
    spread = np.sqrt(own + (1 - own) / sizes)

    def beyond(cut: float) -> float:
        return float(np.average(scipy.stats.norm.cdf(cut / spread), weights=times)) - share

    cuts = scipy.optimize.brentq(beyond, -40.0, 40.0) / spread
    both = [
        scipy.stats.multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([cut, cut])
        for cut, r in zip(cuts, own / spread**2, strict=True)
    ]
    return float(np.average(both, weights=times) / share)


def shrunken(score: np.ndarray, error: np.ndarray, between: float) -> tuple[np.ndarray, np.ndarray]:
    """Scores drawn to the middle by what their error takes, and the errors of these.

    Parameters
    ----------
    score: shape (N,). error: variance of each around what the rated is like. between: variance of
        the rated; with none all are alike.

    References
    ----------
    Spiegelhalter and Goldstein (1996), "League tables and their limitations", Journal of the Royal
    Statistical Society A 159.
    """
    weight = 1 / (between + error)
    middle = float((weight * score).sum() / weight.sum())
    held = between / (between + error)
    return middle + held * (score - middle), np.sqrt(held * error)


def places(
    value: np.ndarray, error: np.ndarray, level: float, rng: np.random.Generator
) -> np.ndarray:
    """How many places the range of each among all spans, as a share of all; shape (N,)."""
    drawn = rng.normal(value, error, (DRAWS, len(value)))
    ranks = drawn.argsort(axis=1).argsort(axis=1)
    low, high = np.quantile(ranks, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.asarray((high - low) / max(len(value) - 1, 1))


def composites(
    frame: pd.DataFrame,
    items: Sequence[str],
    points: Mapping[str, float],
    blocks: np.ndarray | None = None,
) -> tuple[dict[str, Any], ...]:
    """Scores put together in four ways, side by side.

    Ratings alone; with points for each event *counted* over all an officer serves; by enterprise
    (*rate*); and for events beyond those expected of enterprises alike (*adjusted*). Of each its
    ``own`` differences: reliability (none of a count, which is no mean of raters), its ``size``:
    correlation with how many rated (none where all have as many), and ``same``: which share of the
    bottom tenth by ratings alone is in its own.

    Parameters
    ----------
    frame: ``rated``, ``period``, the items, the events and ``expected_…`` of each; a row a rating.
    blocks: within which the rated are compared, numbered from 0; rounds where none are given.
    """
    ratings = frame[list(items)].sum(axis=1)
    events = {n: frame[n] for n in points}
    beyond = {n: frame[n] - frame[f"expected_{n}"] for n in points}
    rows = {
        "ratings": ratings,
        "rate": ratings + sum(points[n] * events[n] for n in points),
        "adjusted": ratings + sum(points[n] * beyond[n] for n in points),
    }
    keys = [frame["rated"], frame["period"]]
    means = pd.DataFrame(rows).groupby(keys, observed=True).mean()
    size = frame.groupby(keys, observed=True).size()
    counted = sum(points[n] * events[n].groupby(keys, observed=True).sum() for n in points)
    means.insert(1, "count", means["ratings"] + counted)
    rated, rounds = (pd.factorize(key)[0] for key in keys)
    blocks = rounds if blocks is None else blocks
    lowest = _lowest(means["ratings"])
    found = []
    for name in means:
        worth = None
        if name in rows:
            own = within_blocks(rows[name].to_numpy(float), rated, blocks).single
            worth = max(float(own / (own + (1 - own) * (1 / size).mean())), 0.0)
        same = (_lowest(means[name]) & lowest).sum() / lowest.sum()
        vary = means[name].nunique() > 1 and size.nunique() > 1
        size_effect = float(np.corrcoef(means[name], size)[0, 1]) if vary else None
        found.append({"name": name, "own": worth, "size": size_effect, "same": float(same)})
    return tuple(found)


def _lowest(scores: pd.Series) -> pd.Series:
    """Who is in the bottom tenth of a round, one at least; nobody of fewer than ``LEAST``."""
    rounds = scores.groupby("period")
    size = rounds.transform("size")
    return (rounds.rank(method="first") <= np.ceil(BOTTOM * size - 1e-9)) & (size >= LEAST)


def stable_bottom(scores: pd.DataFrame) -> float | None:
    """Of those in the bottom tenth of a round who were rated in the next, the share again there.

    None where nobody was.

    Parameters
    ----------
    scores: ``rated``, ``period``, ``score``; a row a rating.
    """
    means = scores.groupby(["rated", "period"], observed=True)["score"].mean()
    lowest = _lowest(means).unstack()
    now, then = (
        lowest[list(lowest)[part]].to_numpy(object) for part in (slice(-1), slice(1, None))
    )
    known = (now == True) & pd.notna(then)  # noqa: E712
    return float((then[known] == True).mean()) if known.any() else None  # noqa: E712
