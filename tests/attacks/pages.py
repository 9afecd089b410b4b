"""What a page of rates gives away of counts that it withholds, if it is computed from them.

The page shows the counts of other regions, every region's size, the pooled rate with its interval
and the shrunken rates of regions whose counts are shown. All are functions of the hidden counts as
well, and the method is open: whoever tries out all hidden counts finds which give this very page.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.methods import rates
from analysis.stats.pooling.rates import hierarchical
from analysis.stats.pooling.together import pooled_rate

LEVEL = 0.95


@dataclass(frozen=True)
class Page:
    """What a reader sees of N regions, of which H are withheld.

    Parameters
    ----------
    events: shape (N,), NaN where withheld. size: shape (N,).
    pooled: rate of all together, low and high. shrunken: shape (N − H,), of those that are shown.
    """

    events: np.ndarray
    size: np.ndarray
    pooled: np.ndarray
    shrunken: np.ndarray

    @property
    def hidden(self) -> np.ndarray:
        """Mask of withheld regions, shape (N,)."""
        return np.isnan(self.events)


def published(events: np.ndarray, size: np.ndarray, hidden: np.ndarray) -> Page:
    """A page of the method ``rates``, computed from all these counts; each of shape (N,)."""
    codes = [f"{number:06d}" for number in range(len(events))]
    frame = pd.DataFrame({"region": codes, "events": events, "size": size})
    result = rates.estimate(frame, rates.Options(level=LEVEL), np.random.default_rng(0))
    headline = result.estimates[0]
    shrunken = np.array([region["shrunken"] for region in result.series["regions"]])
    pooled = np.array([headline.value, headline.low, headline.high])
    return Page(np.where(hidden, np.nan, events), size, pooled, shrunken[~hidden])


def found_behind(page: Page, highest: int) -> np.ndarray:
    """The hidden counts from 0 to ``highest`` that come nearest to the page, shape (H,)."""
    total = round(page.pooled[0] * page.size.sum()) - int(np.nansum(page.events))
    free = itertools.product(range(highest + 1), repeat=int(page.hidden.sum()) - 1)
    guesses = [(*guess, total - sum(guess)) for guess in free]
    guesses = [np.array(guess) for guess in guesses if 0 <= guess[-1] <= highest]
    near = np.array([_interval_error(page, guess) for guess in guesses])
    # Many guesses give nearly the same interval; the few nearest are told apart by shrunken rates.
    nearest = [guesses[place] for place in np.argsort(near, kind="stable")[:5]]
    return min(nearest, key=lambda guess: _shrunken_error(page, guess))


def _filled(page: Page, guess: np.ndarray) -> np.ndarray:
    events = page.events.copy()
    events[page.hidden] = guess
    return events


def _interval_error(page: Page, guess: np.ndarray) -> float:
    together = pooled_rate(_filled(page, guess), page.size, LEVEL, "poisson")
    return float(np.abs([together.low, together.high] / page.pooled[1:] - 1).max())


def _shrunken_error(page: Page, guess: np.ndarray) -> float:
    again = hierarchical(_filled(page, guess), page.size, LEVEL, "poisson")
    return float(np.abs(again.rate[~page.hidden] / page.shrunken - 1).max())
