"""How much of everything few bring: a Lorenz curve of groups in which nobody can be told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FEWEST = 10
"""People, and records, of which a step of the curve is at least made."""
LARGEST = 0.5
"""Share of a step above which one person would stand for it."""


def concentration(
    sizes: np.ndarray, people: np.ndarray, shares: Sequence[float]
) -> list[tuple[float, float]]:
    """Share of people, those who bring most first, and share of all records that they bring.

    A step with too few people or records, or of which one person brings most, is joined to the
    next; where the last is such, nothing is told.

    Parameters
    ----------
    sizes: records of a person, shape (N,), each once. people: how many bring so many, (N,).
    shares: of people, in rising order; the last is 1.

    References
    ----------
    Lorenz (1905), "Methods of measuring the concentration of wealth", Publications of the American
    Statistical Association 9.
    """
    order = np.argsort(sizes)[::-1]
    size, count = sizes[order].astype(float), people[order].astype(float)
    heads = np.concatenate([[0.0], np.cumsum(count)])
    records = np.concatenate([[0.0], np.cumsum(size * count)])
    found: list[tuple[float, float]] = []
    head = brought = 0.0
    for share in shares:
        at = float(np.ceil(share * heads[-1] - 1e-9))
        value = float(np.interp(at, heads, records))
        largest = size[int(np.searchsorted(heads[1:-1], head, "right"))]
        step = value - brought
        if at - head >= FEWEST and step >= FEWEST and largest <= LARGEST * step:
            found.append((at / float(heads[-1]), value / float(records[-1])))
            head, brought = at, value
    return found if found and found[-1][0] == 1 else []
