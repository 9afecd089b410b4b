"""Inference from the draw that assigned units to treatment, within strata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.stats.resampling.assignments import Assignments, share_as_far, unrejected_effects


@dataclass(frozen=True)
class Differences:
    """Mean differences within strata, weighted by size, of every draw, with their Neyman variances.

    They are of outcomes from which a constant effect has been taken off those that were treated:
    ``difference`` (2, B) holds what they are without it and what they lose with each unit of it,
    ``variance`` (3, B) their coefficients of 1, the effect and its square. A variance is not a
    number where a stratum has fewer than two treated or untreated.
    """

    difference: np.ndarray
    variance: np.ndarray

    def at(self, effect: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Differences and variances, each (B,), if every unit's effect were ``effect``."""
        found = self.difference[0] - effect * self.difference[1]
        variance = np.array([1.0, effect, effect**2]) @ self.variance
        return found, np.maximum(variance, 0)

    def p_value(self, effect: float, studentised: bool) -> float:
        """Share of draws whose statistic is as far from 0 if every unit's effect were ``effect``.

        References
        ----------
        Fisher (1935), "The Design of Experiments"; Wu and Ding (2021), "Randomization tests for
        weak null hypotheses", JASA 116, for the studentised statistic.
        """
        difference, variance = self.at(effect)
        if studentised:
            # A draw without any spread within arms is the most extreme there is.
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = difference / np.sqrt(variance)
            difference = np.nan_to_num(ratio, posinf=1e300, neginf=-1e300)
        return share_as_far(difference)


def differences(outcome: np.ndarray, drawn: Assignments, strata: np.ndarray) -> Differences:
    """Differences of every draw, whatever the effect: sums over each stratum suffice.

    Parameters
    ----------
    outcome, strata: shape (N,).
    """
    actual = drawn.given[0].astype(float)
    centred = outcome - outcome.mean()
    columns = np.column_stack([centred, actual, centred**2, centred * actual])
    difference = np.zeros((2, len(drawn.given)))
    variance = np.zeros((3, len(drawn.given)))
    for share, sign, count, sums in _arms(columns, drawn, strata):
        value, taken, squares, both = sums / count
        difference += sign * share * np.stack([value, taken])
        spread = np.stack([squares - value**2, 2 * (value * taken - both), taken - taken**2])
        with np.errstate(divide="ignore", invalid="ignore"):
            variance += share**2 * spread / (count - 1)
    return Differences(difference, variance)


def _arms(
    columns: np.ndarray, drawn: Assignments, strata: np.ndarray
) -> Iterator[tuple[float, int, float, np.ndarray]]:
    """Of each stratum and arm: its share, 1 or −1, how many it has, and sums of columns, (K, B)."""
    for stratum in np.unique(strata):
        own = np.flatnonzero(strata == stratum)
        treated = columns[own].T @ drawn.given[:, own].T.astype(float)
        number = float(drawn.given[0, own].sum())
        total = columns[own].sum(axis=0)[:, None]
        yield len(own) / len(strata), 1, number, treated
        yield len(own) / len(strata), -1, len(own) - number, total - treated


def sharp_p_value(
    outcome: np.ndarray, drawn: Assignments, strata: np.ndarray, effect: float, studentised: bool
) -> float:
    """As :meth:`Differences.p_value`."""
    return differences(outcome, drawn, strata).p_value(effect, studentised)


def sharp_interval(
    found: Differences, spread: float, level: float, studentised: bool
) -> tuple[float, float]:
    """Constant effects that the test does not reject at 1 − level, to either side of the estimate.

    Parameters
    ----------
    spread: standard deviation of the outcome, by which to look where the error is not known.

    Raises
    ------
    ValueError: the draw has too few outcomes ever to reject at this level.
    """
    values, variances = found.at()
    own = float(np.sqrt(variances[0]))
    step = own if np.isfinite(own) and own > 0 else spread
    draws = int(found.difference.shape[1])

    def excess(effect: float) -> float:
        return found.p_value(effect, studentised) - (1 - level + 0.5 / draws)

    try:
        return unrejected_effects(excess, float(values[0]), step, widen=2, most=1e4, tolerance=1e-6)
    except ValueError as error:
        raise ValueError(f"{draws} possible draws {error}") from None


def balance_p_value(covariates: np.ndarray, drawn: Assignments, strata: np.ndarray) -> float:
    """Chance that a draw would differ as much in its covariates taken together.

    The statistic is Hansen and Bowers' d²: differences of means within strata in the metric of
    their covariance over possible draws.

    Parameters
    ----------
    covariates: shape (N, K).

    References
    ----------
    Hansen and Bowers (2008), "Covariate balance in simple, stratified and clustered comparative
    studies", Statistical Science 23.
    """
    arms = _arms(covariates, drawn, strata)
    parts = [sign * share * sums / count for share, sign, count, sums in arms]
    gaps = np.sum(parts, axis=0).T
    metric = np.linalg.pinv(np.atleast_2d(np.cov(gaps, rowvar=False)), rcond=1e-10)
    distance = np.einsum("bk,kl,bl->b", gaps, metric, gaps)
    return share_as_far(distance)


def runs_p_value(drawn: Assignments, order: np.ndarray) -> float:
    """Chance that a draw would be as far from mixed along a list, either way.

    Counts runs of drawn and undrawn neighbours: few where the list was cut, many where every
    second unit was taken.

    Parameters
    ----------
    order: shape (N,), each unit's place on the list.

    References
    ----------
    Wald and Wolfowitz (1940), "On a test whether two samples are from the same population",
    Annals of Mathematical Statistics 11.
    """
    along = drawn.given[:, np.argsort(order, kind="stable")]
    runs = 1 + (along[:, 1:] != along[:, :-1]).sum(axis=1)
    return share_as_far(runs - runs.mean())
