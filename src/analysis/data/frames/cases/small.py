"""Which groups of samples are told of by themselves, and which only together."""

from __future__ import annotations

import numpy as np

LEAST = 10
"""Samples of a group, and failing ones unless there are none, below which it is not told of."""
POSSIBLE = 5
"""Numbers of failing samples that a small group may have had, for all that a reader can know."""


def large(taken: np.ndarray, failed: np.ndarray) -> np.ndarray:
    """Which groups may be told of by themselves."""
    found: np.ndarray = (taken >= LEAST) & ((failed == 0) | (failed >= LEAST))
    return found


def together(taken: np.ndarray, failed: np.ndarray) -> np.ndarray:
    """Which groups of a known total are told of only together, so that no small one follows.

    Those of the fewest samples join the small ones: an order by failing ones would tell of these.
    Where none of them hides the small ones, all stand together, and none is known to be small.

    Parameters
    ----------
    taken, failed: shape (groups,), integers.

    Returns
    -------
    shape (groups,), booleans; none where no group is small.
    """
    small: np.ndarray = ~large(taken, failed)
    pooled = small.copy()
    joining = [
        each for each in np.argsort(taken, kind="stable") if not small[each] and failed[each]
    ]
    while small.any() and not _hidden(taken[pooled], failed[pooled]):
        if not joining:
            return np.ones(len(taken), dtype=bool)
        pooled[joining.pop(0)] = True
    return pooled


def _hidden(taken: np.ndarray, failed: np.ndarray) -> bool:
    """Whether the sum may be told though a reader knows which of its groups are small."""
    total, small = failed.sum(), ~large(taken, failed)
    if len(taken) == 1 or not large(taken.sum(), total):
        return False
    # Of under ten samples none may have failed; else at least one did.
    least = np.where(small, taken >= LEAST, LEAST)
    most = np.where(small, np.minimum(taken, LEAST - 1), taken)
    low = np.maximum(least, total - (most.sum() - most))
    high = np.minimum(most, total - (least.sum() - least))
    enough = np.minimum(POSSIBLE, most - least + 1)
    # A zero is a zero.
    return total == 0 or bool((high - low + 1 >= enough)[small].all())
