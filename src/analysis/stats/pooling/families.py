"""Which p values of a family hold when all are judged together.

As statsmodels gives it, which the tests hold it to. Its module takes as long to import as 24 pages
take to make, and a run with pages would wait for it at its end.

References
----------
Holm (1979), Scandinavian Journal of Statistics 6; Benjamini and Hochberg (1995), Journal of the
Royal Statistical Society B 57.
"""

from __future__ import annotations

import numpy as np


def holm(p_values: np.ndarray, share: float) -> np.ndarray:
    """Which hold so that the chance of any false one is at most ``share``; shape (N,)."""
    below = np.sort(p_values) <= share / np.arange(len(p_values), 0, -1)
    return _smallest(p_values, int(np.append(below, False).argmin()))


def false_discovery(p_values: np.ndarray, share: float) -> np.ndarray:
    """Which hold so that at most a ``share`` of them is expected to be false; shape (N,)."""
    steps = np.arange(1, len(p_values) + 1)
    below = np.sort(p_values) <= share * (steps / len(p_values))
    return _smallest(p_values, int(np.flatnonzero(below).max(initial=-1)) + 1)


def _smallest(values: np.ndarray, count: int) -> np.ndarray:
    """Which values are among the ``count`` smallest."""
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.asarray(ranks < count)
