"""Inference from the draw that assigned units to treatment, within strata."""

from __future__ import annotations

import numpy as np

from analysis.stats.resampling.assignments import Assignments, share_as_far, unrejected_effects


def stratified_difference(
    outcome: np.ndarray, treated: np.ndarray, strata: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean differences over strata, weighted by size, and their Neyman variances; shapes (B,).

    The variance is not a number where a stratum has fewer than two treated or untreated.

    Parameters
    ----------
    outcome: shape (N,) or (B, N). treated: shape (B, N). strata: shape (N,).
    """
    member = (strata[:, None] == np.arange(strata.max() + 1)).astype(float)
    share = member.mean(axis=0)
    moments = []
    for arm in (treated, 1 - treated):
        count = arm @ member
        total, squares = (arm * outcome) @ member, (arm * outcome**2) @ member
        mean = total / count
        with np.errstate(divide="ignore", invalid="ignore"):
            moments.append((mean, (squares / count - mean**2) / (count - 1)))
    difference = (moments[0][0] - moments[1][0]) @ share
    return difference, np.maximum(moments[0][1] + moments[1][1], 0) @ share**2


def sharp_p_value(
    outcome: np.ndarray, drawn: Assignments, strata: np.ndarray, effect: float, studentised: bool
) -> float:
    """Share of draws whose statistic is as far from 0 if every unit's effect were ``effect``.

    References
    ----------
    Fisher (1935), "The Design of Experiments"; Wu and Ding (2021), "Randomization tests for
    weak null hypotheses", JASA 116, for the studentised statistic.
    """
    untreated = outcome - effect * drawn.given[0]
    difference, variance = stratified_difference(untreated, drawn.given, strata)
    if studentised:
        # A draw without any spread within arms is the most extreme there is.
        with np.errstate(divide="ignore", invalid="ignore"):
            difference = np.nan_to_num(difference / np.sqrt(variance), posinf=1e300, neginf=-1e300)
    return share_as_far(difference)


def sharp_interval(
    outcome: np.ndarray, drawn: Assignments, strata: np.ndarray, level: float, studentised: bool
) -> tuple[float, float]:
    """Constant effects that the test does not reject at 1 − level, to either side of the estimate.

    Raises
    ------
    ValueError: the draw has too few outcomes ever to reject at this level.
    """
    value, variance = stratified_difference(outcome, drawn.given[:1], strata)
    spread = float(np.sqrt(variance[0]))
    step = spread if np.isfinite(spread) and spread > 0 else float(outcome.std())

    def excess(effect: float) -> float:
        p_value = sharp_p_value(outcome, drawn, strata, effect, studentised)
        return p_value - (1 - level) - 0.5 / len(drawn.given)

    try:
        return unrejected_effects(excess, float(value[0]), step, widen=2, most=1e4, tolerance=1e-6)
    except ValueError as error:
        raise ValueError(f"{len(drawn.given)} possible draws {error}") from None


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
    means = [stratified_difference(column, drawn.given, strata)[0] for column in covariates.T]
    gaps = np.column_stack(means)
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
