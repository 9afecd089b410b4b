"""Synthetic controls: one path made of others by weights, and its distance to the treated one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.stats.synthetic_controls.simplex import simplex_weights

Form = Literal["difference", "classic", "augmented", "equal"]
CENTRED: tuple[Form, ...] = ("difference", "equal")
"""Forms that let levels differ."""
FLOOR = 1e-6
"""Ridge of the period weights, in errors: enough to make them unique."""
PENALTIES = np.logspace(0, -8, 21)
"""Ridge penalties tried, over the largest singular value squared, as augsynth tries them."""


@dataclass(frozen=True)
class Synthetic:
    """Weights of J donors, and of the first B periods that the gap is measured from.

    ``unit`` (J,) adds to 1; ``time`` (B,) adds to 1, or is all 0 where levels are compared.
    """

    unit: np.ndarray
    time: np.ndarray

    def gap(self, treated: np.ndarray, donors: np.ndarray) -> np.ndarray:
        """Treated less synthetic path, from its weighted level before; shape (T,).

        Parameters
        ----------
        treated: shape (T,). donors: shape (J, T).
        """
        distance = treated - self.unit @ donors
        path: np.ndarray = distance - self.time @ distance[: len(self.time)]
        return path


def fit_synthetic(
    treated: np.ndarray, donors: np.ndarray, before: int, form: Form, regions: int = 1
) -> Synthetic:
    """Weights of one form for the mean path of some treated regions.

    Parameters
    ----------
    treated: shape (T,). donors: shape (J, T). before: how many periods, at the beginning, the
    weights may see. regions: how many treated regions the path is the mean of.

    Raises
    ------
    ValueError: the search for weights did not come to an end.
    """
    if form == "difference":
        return _difference(treated, donors, before, regions)
    if form == "equal":
        return Synthetic(np.full(len(donors), 1 / len(donors)), np.full(before, 1 / before))
    unit = simplex_weights(treated[:before], donors[:, :before])
    if form == "augmented":
        unit = _augmented(treated[:before], donors[:, :before], unit)
    return Synthetic(unit, np.zeros(before))


def _difference(treated: np.ndarray, donors: np.ndarray, before: int, regions: int) -> Synthetic:
    """Synthetic difference-in-differences: parallel, not equal, and the likest periods.

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), "Synthetic difference-in-
    differences", American Economic Review 111, algorithm 1.
    """
    early, late = donors[:, :before], donors[:, before:]
    error = float(np.std(np.diff(early, axis=1), ddof=1)) if before > 1 else 0.0
    width = (regions * late.shape[1]) ** 0.25 * error
    apart = early - early.mean(axis=1, keepdims=True)
    own = treated[:before] - treated[:before].mean()
    unit = simplex_weights(own, apart, before * width**2)
    after = late.mean(axis=1)
    periods = (early - early.mean(axis=0)).T
    time = simplex_weights(after - after.mean(), periods, len(donors) * (FLOOR * error) ** 2)
    return Synthetic(unit, time)


def _augmented(treated: np.ndarray, donors: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Weights moved by ridge regression towards a closer fit; they may turn negative.

    The penalty is the largest whose error in predicting each period before from the others is
    within one standard error of the least.

    References
    ----------
    Ben-Michael, Feller and Rothstein (2021), "The augmented synthetic control method", Journal
    of the American Statistical Association 116, eq. 12 and section 5.3.
    """
    mean = donors.mean(axis=0)
    wide, own = donors - mean, treated - mean
    largest = float(np.linalg.norm(wide, 2)) ** 2
    losses = np.empty((len(PENALTIES), len(own)))
    for period in range(len(own)):
        kept = np.arange(len(own)) != period
        base = simplex_weights(own[kept], wide[:, kept])
        for place, penalty in enumerate(PENALTIES):
            moved = base + _ridge_move(own[kept], wide[:, kept], base, penalty * largest)
            losses[place, period] = (own[period] - moved @ wide[:, period]) ** 2
    mean_loss = losses.mean(axis=1)
    least = int(np.argmin(mean_loss))
    spread = float(losses[least].std(ddof=1)) / np.sqrt(len(own))
    enough = PENALTIES[int(np.argmax(mean_loss <= mean_loss[least] + spread))] * largest
    weights: np.ndarray = unit + _ridge_move(own, wide, unit, enough)
    return weights


def _ridge_move(own: np.ndarray, wide: np.ndarray, unit: np.ndarray, penalty: float) -> np.ndarray:
    """(own − w'wide)(wide'wide + penalty)⁻¹ wide'; shape (J,)."""
    apart = own - unit @ wide
    inner = wide.T @ wide + penalty * np.eye(len(own))
    move: np.ndarray = wide @ np.linalg.solve(inner, apart)
    return move
