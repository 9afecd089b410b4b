"""Intervals for event-study effects when trends need not have been parallel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

HYBRID_SHARE = 0.1
"""Share of the error rate spent on the first stage of the hybrid test."""
DRAWS = 5000
GRID = 2001
RELATIVE = np.arange(0, 3.01, 0.25)
"""Bounds at which a breakdown value is looked for, in largest moves before the start."""

TOLERANCES = (1e-12, 1e-10, 1e-8)
"""Of the shortest interval's length. Rounding can stop a search short of the first; it goes on from
there with the next. Whatever the weights, the interval holds its level: only its length suffers."""


@dataclass(frozen=True)
class Leads:
    """An event study in order of event time, without its base period.

    ``value`` has shape (P + Q,): P leads, then Q effects; ``covariance`` (P + Q, P + Q);
    ``weights`` (Q,), the average of effects asked for. The base period lies between them.
    """

    value: np.ndarray
    covariance: np.ndarray
    before: int
    weights: np.ndarray


def smooth_interval(study: Leads, bound: float, level: float) -> tuple[float, float]:
    """Shortest fixed-length interval when the trend's slope changes by at most ``bound``.

    Δ = {δ : |δ_{t+1} − 2δ_t + δ_{t−1}| ≤ M for all t}, δ = 0 in the base period. The estimate
    l'β_post + v'β_pre has worst bias M·‖c(v)‖₁, finite only where v takes out linear trends;
    v minimises the length s·cv(bias/s), a convex problem.

    Raises
    ------
    ValueError: the search did not converge.

    References
    ----------
    Rambachan and Roth (2023), "A more credible approach to parallel trends", Review of
    Economic Studies 90, sec. 3.2; Armstrong and Kolesár (2018), Econometrica 86.
    """
    base, free, kinks = _trend_free(study)
    root = np.linalg.cholesky(study.covariance).T
    count = free.shape[1]
    start = np.linalg.lstsq(root @ free, -root @ base, rcond=None)[0]
    scale = float(np.linalg.norm(root @ (base + free @ start)))

    def length(x: np.ndarray) -> tuple[float, np.ndarray]:
        towards = root @ (base + free @ x[:count])
        spread = float(np.linalg.norm(towards))
        bias = max(bound * float(x[count:].sum()), 0.0) / spread  # rounding may leave it below
        half = _folded(bias, level)
        # The quantile of |N(b, 1)|, q, rises with b by tanh(b q).
        slope = np.tanh(bias * half)
        turn = (half - bias * slope) / spread * (free.T @ (root.T @ towards))
        steep = np.concatenate([turn, np.full(len(x) - count, bound * slope)])
        return spread * half / scale, steep / scale

    rows = np.block([[kinks @ free, np.eye(len(kinks))], [-kinks @ free, np.eye(len(kinks))]])
    shift = np.concatenate([kinks @ base, -kinks @ base])
    for tolerance in TOLERANCES:
        slack = np.abs(kinks @ (base + free @ start))
        found = scipy.optimize.minimize(
            length,
            np.concatenate([start, slack + 1e-9]),
            jac=True,
            method="SLSQP",
            constraints={"type": "ineq", "fun": lambda x: rows @ x + shift, "jac": lambda _x: rows},
            options={"maxiter": 1000, "ftol": tolerance},
        )
        start = found.x[:count]
        if found.success:
            break
    else:
        raise ValueError(f"the search for the shortest interval stopped: {found.message}")
    weights = base + free @ start
    bias = bound * float(np.abs(kinks @ weights).sum())
    spread = float(np.linalg.norm(root @ weights))
    half, centre = spread * _folded(bias / spread, level), float(weights @ study.value)
    return centre - half, centre + half


def _trend_free(study: Leads) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights that take out linear trends, directions that keep it so, and loads on kinks.

    A trend with δ = 0 in the base period is its slope there plus ramps that begin at each
    kink; the bias of weights w is the sum over kinks of the change of slope times ``kinks @ w``.
    """
    before, after = study.before, len(study.weights)
    time = np.concatenate([np.arange(-before, 0), np.arange(1, after + 1)])
    base = np.concatenate([np.zeros(before), study.weights])
    slope = float(study.weights @ np.arange(1, after + 1))
    leads = np.arange(-before, 0)
    base[:before] = -slope * leads / float(leads @ leads)
    null = np.linalg.svd(leads[None, :])[2][1:].T
    free = np.vstack([null, np.zeros((after, null.shape[1]))])
    inside = np.arange(1 - before, after)[:, None]
    kinks = np.where(inside >= 0, time - inside, inside - time).clip(0).astype(float)
    return base, free, kinks


def _folded(bias: float, level: float) -> float:
    """The quantile of |N(bias, 1)| at the level, by Newton's steps, of which ten are plenty."""
    found = bias + float(scipy.special.ndtri(0.5 + level / 2))
    for _ in range(50):
        near, far = found - bias, found + bias
        density = math.exp(-near * near / 2) + math.exp(-far * far / 2)
        excess = float(scipy.special.ndtr(near) - scipy.special.ndtr(-far)) - level
        step = excess * math.sqrt(2 * math.pi) / density
        found -= step
        if abs(step) < 1e-12 * found:
            break
    return found


def relative_interval(
    study: Leads, bound: float, level: float, rng: np.random.Generator
) -> tuple[float, float]:
    """Interval when the trend moves by at most ``bound`` times its largest move before.

    Δ = {δ : |δ_{t+1} − δ_t| ≤ M̄ max_{s<0} |δ_{s+1} − δ_s| for t ≥ 0}: a union over which move
    before was largest, and its sign. Each member is tested at every value on a grid by the
    hybrid of the least-favourable and the conditional test; the interval spans all values that
    some member does not reject. Limits lie on the grid, within 1/1000 of its width.

    References
    ----------
    Rambachan and Roth (2023), sec. 3.1 and 3.3; Andrews, Roth and Pakes (2023), "Inference for
    linear conditional moment inequalities", Review of Economic Studies 90.
    """
    post = np.concatenate([np.zeros(study.before), study.weights])
    centre, error = float(post @ study.value), float(np.sqrt(post @ study.covariance @ post))
    moves = np.abs(np.diff(np.append(study.value[: study.before], 0.0))).max()
    reach = np.abs(_tails(study.weights)).sum() * bound * (moves + 6 * error) + 8 * error
    grid = centre + np.linspace(-reach, reach, GRID)
    draws = rng.standard_normal((DRAWS, len(study.value)))
    draws = draws @ np.linalg.cholesky(study.covariance).T
    kept = np.zeros(GRID, dtype=bool)
    for largest in range(study.before):
        for sign in (1, -1):
            rows, at = _moments(study, bound, largest, sign)
            kept |= ~_rejected(study, rows, at, grid, 1 - level, draws)
    chosen = grid[kept]
    return float(chosen[0]), float(chosen[-1])


def _tails(weights: np.ndarray) -> np.ndarray:
    """How much of the average each move after the base period carries; shape (Q,)."""
    return np.asarray(weights[::-1].cumsum()[::-1])


def _moments(study: Leads, bound: float, largest: int, sign: int) -> tuple[np.ndarray, np.ndarray]:
    """Moments that are at most 0 under the hypothesis, scaled; shapes (V, P + Q) and (V,).

    Moment v at θ is ``rows[v] @ β − at[v] θ``. Effects other than the average are nuisance and
    are taken out: the dual of the linear programme has these vertices only. A vertex is scaled
    by the errors of the inequalities that it sums. As in the authors' programme, inequalities
    among leads alone are not used.
    """
    step = _moves(study)
    top = sign * step[largest]
    post = step[study.before :]
    tails = _tails(study.weights)
    plus, minus = post - bound * top, -post - bound * top
    spread_plus, spread_minus = (_errors(rows, study) for rows in (plus, minus))
    ahead, scale = _combined(tails, plus, minus, spread_plus, spread_minus)
    behind, mirrored = _combined(-tails, plus, minus, spread_plus, spread_minus)
    at = np.zeros(2 + len(tails) * (bound > 0))
    at[:2] = scale, -mirrored
    # At a bound of 0 the sum of a move's two inequalities says 0 ≤ 0.
    pairs = (plus + minus) / (spread_plus + spread_minus)[:, None]
    return np.vstack([ahead, behind, *([pairs] if bound > 0 else [])]), at


def _moves(study: Leads) -> np.ndarray:
    """Moves between neighbouring periods, the first P before; shape (P + Q, P + Q)."""
    size, before = len(study.value), study.before
    step = np.eye(size) - np.eye(size, k=-1)
    step[before, before - 1] = 0  # the base period, which is 0, lies between
    lead = np.vstack([step[1:before], np.zeros((1, size))])
    lead[-1, before - 1] = -1
    return np.vstack([lead, step[before:]])


def _combined(
    tails: np.ndarray,
    plus: np.ndarray,
    minus: np.ndarray,
    spread_plus: np.ndarray,
    spread_minus: np.ndarray,
) -> tuple[np.ndarray, float]:
    """The vertex that weighs each move by what the average holds of it, and its scale."""
    up, down = np.clip(tails, 0, None), np.clip(-tails, 0, None)
    scale = 1 / float(up @ spread_plus + down @ spread_minus)
    return scale * (up @ plus + down @ minus)[None, :], scale


def _errors(rows: np.ndarray, study: Leads) -> np.ndarray:
    return np.asarray(np.sqrt(np.einsum("vi,ij,vj->v", rows, study.covariance, rows)))


def _rejected(
    study: Leads,
    rows: np.ndarray,
    at: np.ndarray,
    grid: np.ndarray,
    alpha: float,
    draws: np.ndarray,
) -> np.ndarray:
    """Whether the hybrid test rejects each value of the grid; shape of ``grid``."""
    first = HYBRID_SHARE * alpha
    ceiling = float(np.quantile((draws @ rows.T).max(axis=1), 1 - first))
    moments = rows @ study.value - grid[:, None] * at
    top = moments.argmax(axis=1)
    highest = moments.max(axis=1)
    covariance = rows @ study.covariance @ rows.T
    own = covariance[top, top]
    load = covariance[top] / own[:, None]
    rest = moments - load * highest[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        cross = rest / (1 - load)
    low = np.where(load < 1 - 1e-9, cross, -np.inf).max(axis=1)
    high = np.where(load > 1 + 1e-9, cross, np.inf).min(axis=1)
    error, high = np.sqrt(own), np.minimum(high, ceiling)
    share = (1 - alpha) / (1 - first)
    critical = error * _truncated_quantile(share, low / error, high / error)
    return np.asarray((highest > ceiling) | (highest > np.maximum(critical, 0)))


def _truncated_quantile(share: float, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Quantile of a standard normal between two limits, precise in the upper tail."""
    upper, lower = scipy.special.ndtr(-low), scipy.special.ndtr(-high)
    found = -scipy.special.ndtri(upper - share * (upper - lower))
    return np.asarray(np.clip(found, low, np.maximum(high, low)))


def breakdown(holds: np.ndarray, bounds: np.ndarray) -> float | None:
    """The smallest bound at which the interval reaches 0; none if it never does.

    Parameters
    ----------
    holds: shape (K,), whether the interval leaves 0 out at each of the K rising ``bounds``.
    """
    reached = np.flatnonzero(~holds)
    return float(bounds[reached[0]]) if reached.size else None


def relative_breakdown(study: Leads, level: float, rng: np.random.Generator) -> float | None:
    """The smallest of the ``RELATIVE`` bounds at which the interval reaches 0; none if none does.

    The interval widens with the bound: what is beyond is not looked at.
    """
    for bound in RELATIVE:
        low, high = relative_interval(study, bound, level, rng)
        if low <= 0 <= high:
            return float(bound)
    return None
