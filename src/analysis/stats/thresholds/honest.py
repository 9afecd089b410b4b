"""The jump at a cut-off with limits that hold for any course of bounded curvature.

They hold however few different scores there are: what a straight line can miss is added to what
chance can do, in place of the hope that it is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

WIDTHS = 12
LEAST_ROWS, LEAST_SCORES = 20, 3
"""On each side of a window."""
QUARTIC, PARABOLA = 4, 2
MANY_SCORES = 20
"""On a side; through fewer a quartic would follow the noise."""


@dataclass(frozen=True)
class HonestJump:
    """A jump with limits; ``bias`` is the most that curvature up to ``curvature`` can add.

    ``level`` is where the line on the left ends; ``rows`` (2,) are those in the window.
    """

    value: float
    low: float
    high: float
    standard_error: float
    bias: float
    width: float
    curvature: float
    level: float
    rows: tuple[int, int]

    @property
    def p_value(self) -> float:
        """Of no jump, if curvature adds as much as it can."""
        ratio = self.bias / self.standard_error
        return float(scipy.stats.ncx2.sf((self.value / self.standard_error) ** 2, 1, ratio**2))


def honest_jump(
    score: np.ndarray,
    outcome: np.ndarray,
    *,
    level: float,
    curvature: float | None = None,
    width: float | None = None,
    kernel: str = "triangular",
) -> HonestJump:
    """The jump at 0 of a line on each side, with the shortest of the limits that hold.

    Parameters
    ----------
    score, outcome: shape (N,). curvature: the most that the second derivative may be; by default
    what :func:`curvature_of` finds. width: of the window; by default that with the
    shortest limits.

    Raises
    ------
    ValueError: no window holds enough rows and different scores on both sides.

    References
    ----------
    Armstrong and Kolesár (2020), "Simple and honest confidence intervals in nonparametric
    regression", Quantitative Economics 11; Kolesár and Rothe (2018), "Inference in regression
    discontinuity designs with a discrete running variable", AER 108.
    """
    most = curvature if curvature is not None else curvature_of(score, outcome)
    # The side with the nearer end: beyond it a window grows on one side only.
    reach = min(-score[score < 0].min(initial=0.0), score[score >= 0].max(initial=0.0))
    widths = [width] if width else list(np.linspace(reach / WIDTHS, reach * (1 + 1e-9), WIDTHS))
    found = [_at(score, outcome, most, h, level, kernel) for h in widths]
    told = [one for one in found if one is not None]
    if not told:
        raise ValueError("too few units or different scores on a side")
    return min(told, key=lambda one: one.high - one.low)


def curvature_of(score: np.ndarray, outcome: np.ndarray) -> float:
    """The largest second derivative of a quartic on each side; of a parabola with few scores."""
    largest = 0.0
    for side in (score < 0, score >= 0):
        x, y = score[side], outcome[side]
        order = QUARTIC if len(np.unique(x)) > MANY_SCORES else PARABOLA
        bend = np.polynomial.Polynomial.fit(x, y, order).deriv(2)
        turns = bend.deriv().roots() if order > PARABOLA else np.zeros(0)
        real = turns.real[np.abs(turns.imag) < 1e-12]
        ends = np.array([x.min(), x.max()])
        inside = real[(real > ends[0]) & (real < ends[1])]
        largest = max(largest, float(np.abs(bend(np.append(inside, ends))).max()))
    return largest


def _at(
    score: np.ndarray, outcome: np.ndarray, most: float, width: float, level: float, kernel: str
) -> HonestJump | None:
    """The jump in one window; none where that holds too little."""
    value = variance = bias = end = 0.0
    sizes = []
    for side, sign in ((score >= 0, 1), (score < 0, -1)):
        near = side & (np.abs(score) <= width)
        x, y = score[near], outcome[near]
        weight = 1 - np.abs(x) / width if kernel == "triangular" else np.ones(x.size)
        used = weight > 1e-9
        x, y, weight = x[used], y[used], weight[used]
        if x.size < LEAST_ROWS or len(np.unique(x)) < LEAST_SCORES:
            return None
        design = np.column_stack([np.ones(x.size), x])
        inverse = np.linalg.inv((design * weight[:, None]).T @ design)
        # What each row counts in the limit of the line at 0.
        counts = (inverse @ (design * weight[:, None]).T)[0]
        fitted = design @ (inverse @ (design * weight[:, None]).T @ y)
        end = float(counts @ y)
        sizes.append(x.size)
        value += sign * end
        variance += float((counts**2) @ (y - fitted) ** 2)
        bias += abs(float(counts @ x**2)) * most / 2
    error = float(np.sqrt(variance))
    if error == 0:
        return None
    half = error * float(np.sqrt(scipy.stats.ncx2.ppf(level, 1, (bias / error) ** 2)))
    limits = value - half, value + half
    rows = (sizes[1], sizes[0])
    return HonestJump(value, *limits, error, bias, float(width), float(most), end, rows)
