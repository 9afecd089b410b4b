"""p-values of a family that is judged together.

As statsmodels gives them, which the tests hold them to: there every call collects garbage, a tenth
of a second in a kernel, and to import it takes as long as to make 24 pages, as does ``scipy.stats``
for the other.

References
----------
Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
Statistics 6. Benjamini and Hochberg (1995), "Controlling the false discovery rate", Journal of the
Royal Statistical Society B 57.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

Family = Literal["none", "false_discoveries", "holm"]
"""How claims of many reports are judged together: each by itself; so that few of those kept are
false (Benjamini and Hochberg); so that any false one is unlikely (Holm)."""
FAMILIES: tuple[Family, ...] = get_args(Family)
"""The strictest last."""


def holm(p_values: np.ndarray) -> np.ndarray:
    """p-values adjusted so that the chance of any false one below α is at most α.

    Parameters
    ----------
    p_values: shape (N,), which may be none.
    """
    order = np.argsort(p_values, kind="stable")
    found = np.empty(len(p_values))
    steps = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    found[order] = np.minimum(steps, 1.0)
    return found


def benjamini_hochberg(p_values: np.ndarray) -> np.ndarray:
    """p-values adjusted so that of those below α a share of at most α is false in expectation.

    Parameters
    ----------
    p_values: shape (N,), which may be none.
    """
    order = np.argsort(p_values, kind="stable")[::-1]
    found = np.empty(len(p_values))
    ranks = np.arange(len(p_values), 0, -1)
    steps = np.minimum.accumulate(p_values[order] * len(p_values) / ranks)
    found[order] = np.minimum(steps, 1.0)
    return found
