"""Weights that are not negative and add to 1: the nearest point of a hull."""

from __future__ import annotations

import numpy as np
import scipy

FEW = 100
"""Up to so many weights the active set is as fast; beyond, the dual with its fewer unknowns: 1 ms
against 32 for 300 weights, 19 against 350 for 1,000."""
ROUNDS = 200
SOLVED = 1e-9
ROUNDING = 1e-13
"""A fall of the dual by so little is rounding near its maximum, and no reason to halve a step."""


def simplex_weights(target: np.ndarray, donors: np.ndarray, ridge: float = 0.0) -> np.ndarray:
    """The weights w ≥ 0, Σ w = 1, that minimise ‖target − w'donors‖² + ridge ‖w‖²; shape (J,).

    Parameters
    ----------
    target: shape (T,). donors: shape (J, T).

    Raises
    ------
    ValueError: the search did not come to an end.
    """
    if ridge > 0 and len(donors) > FEW:
        return _dual(target, donors, ridge)
    return _active_set(target, donors, ridge)


def _active_set(target: np.ndarray, donors: np.ndarray, ridge: float) -> np.ndarray:
    """By non-negative least squares.

    Appending c·1 to the columns and c to a target of zero leaves the direction of the solution
    as it is for any c: along a direction w the least value grows with ‖target − w'donors‖².

    References
    ----------
    Lawson and Hanson (1974), "Solving Least Squares Problems", ch. 23; Wolfe (1976), "Finding
    the nearest point in a polytope", Mathematical Programming 11.
    """
    apart = (donors - target).T
    if ridge > 0:
        apart = np.vstack([apart, np.sqrt(ridge) * np.eye(len(donors))])
    scale = float(np.sqrt((apart**2).sum(axis=0).mean())) or 1.0
    rows = np.vstack([apart / scale, np.ones(len(donors))])
    goal = np.zeros(len(rows))
    goal[-1] = 1.0
    try:
        found, _ = scipy.optimize.nnls(rows, goal, maxiter=max(1000, 30 * len(donors)))
    except RuntimeError:
        raise ValueError("the weights did not settle") from None
    weights: np.ndarray = found / found.sum()
    return weights


def _dual(target: np.ndarray, donors: np.ndarray, ridge: float) -> np.ndarray:
    """By Newton's method on the dual, which has one unknown per column of ``donors`` and one more.

    w = max(0, donors ν + θ)/ridge, where ν and θ maximise
    ν'target + θ − ‖ν‖²/2 − ‖max(0, donors ν + θ)‖²/(2 ridge).

    References
    ----------
    Boyd and Vandenberghe (2004), "Convex Optimization", ch. 5 and 9; the function is concave and
    piecewise quadratic, so that Newton's method with halved steps ends at its maximum.
    """
    units, periods = donors.shape
    unknown = np.append(target - donors.mean(axis=0), 0.0)
    unknown[-1] = ridge / units - float((donors @ unknown[:-1]).mean())
    wide = np.column_stack([donors, np.ones(units)])
    goal, own = np.append(target, 1.0), np.append(np.ones(periods), 0.0)

    def value(point: np.ndarray) -> float:
        above = np.maximum(wide @ point, 0.0)
        return float(goal @ point - (own * point) @ point / 2 - above @ above / (2 * ridge))

    reached = value(unknown)
    for _ in range(ROUNDS):
        above = np.maximum(wide @ unknown, 0.0)
        slope = goal - own * unknown - wide.T @ above / ridge
        if np.abs(slope).max() < SOLVED * (1 + np.abs(goal).max()):
            weights = above / ridge
            return np.asarray(weights / weights.sum())
        used = wide[above > 0]
        curve = np.diag(own + 1e-12) + used.T @ used / ridge
        step = scipy.linalg.cho_solve(scipy.linalg.cho_factor(curve), slope)
        length, start = 1.0, reached
        least = start - ROUNDING * (1 + abs(start))
        while (reached := value(unknown + length * step)) < least and length > 1e-10:
            length /= 2
        unknown = unknown + length * step
    raise ValueError("the weights did not settle")
