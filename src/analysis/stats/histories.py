"""How often what came before still makes somebody frequent where records are lost at random."""

from __future__ import annotations

import numpy as np
from scipy import special


def still_frequent(
    before: tuple[np.ndarray, np.ndarray, np.ndarray], least: tuple[int, int], kept: float
) -> np.ndarray:
    """The chance that a record is still one of a frequent claimant, each with its history thinned.

    Labels are taken as lost independently of the rest of the same history.

    Parameters
    ----------
    before: whole numbers of cases, of those of the burst among them, and of labels, each (N,).
    least: cases, and cases of a burst, from which a claimant is frequent.
    kept: share of records that are kept, whoever brought them.

    Returns
    -------
    Chances, shape (N,).
    """
    cases, burst, labels = before
    chance = at_least(least[1], burst, kept)
    for number in range(least[1]):
        exactly = at_least(number, burst, kept) - at_least(number + 1, burst, kept)
        chance = chance + exactly * at_least(least[0] - number, cases - burst, kept)
    return np.asarray(1 - (1 - chance) * (1 - kept) ** labels)


def at_least(least: int, number: np.ndarray, kept: float) -> np.ndarray:
    """The chance that so many are left of a number, shape (N,)."""
    if least < 1:
        return np.ones(len(number))
    inside = number >= least
    left = special.betainc(least, np.where(inside, number - least + 1, 1), kept)
    return np.where(inside, left, 0.0)


def ratio_moved(
    before: tuple[np.ndarray, np.ndarray, np.ndarray],
    records: np.ndarray,
    least: tuple[int, int],
    kept: float,
) -> float:
    """What it does to frequent claimants' records over those of others that all are thinned alike.

    More records than there were are taken as the same step the other way.

    Parameters
    ----------
    records: with each history, shape (N,); else as :func:`still_frequent`.

    Returns
    -------
    Change of the logarithm of the ratio; below zero where ``kept`` is below one.
    """
    if kept > 1:
        return -ratio_moved(before, records, least, 1 / kept)

    def logit(share: float) -> float:
        return float(np.log(records @ still_frequent(before, least, share))
                     - np.log(records @ (1 - still_frequent(before, least, share))))  # fmt: skip

    return logit(kept) - logit(1.0)
