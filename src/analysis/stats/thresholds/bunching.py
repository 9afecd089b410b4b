"""Counts by bins around a target: what a smooth course with heaps on round values leads to.

Its Poisson course is fitted to all redrawn histograms at once, 9 times as fast as by statsmodels'
``GLM`` one by one (``benchmarks/methods.py``); a test holds both equal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

STEPS = 30


@dataclass(frozen=True)
class Bins:
    """A histogram around a target: bin values (J,) in units of the width from it, and columns.

    ``design`` (J, K) holds the smooth course and one column per round multiple; ``outside`` (J,)
    marks bins that the course is fitted to, ``at`` those where excess is looked for and
    ``beside`` those above it that excess may have come from.
    """

    steps: np.ndarray
    design: np.ndarray
    outside: np.ndarray
    at: np.ndarray
    beside: np.ndarray


@dataclass(frozen=True)
class Excess:
    """Cases above the counterfactual course, one per row of counts; all of shape (B,).

    ``excess`` counts cases at the target, ``missing`` those lacking beside it, ``height`` is the
    course's mean count per bin at the target, ``dispersion`` Pearson's over the other bins.
    """

    excess: np.ndarray
    missing: np.ndarray
    height: np.ndarray
    dispersion: np.ndarray
    course: np.ndarray


def lay_out(
    steps: np.ndarray, values: np.ndarray, order: int, below: int, above: int, heaps: np.ndarray
) -> Bins:
    """Columns of the counterfactual course and which bins are which.

    Parameters
    ----------
    steps: shape (J,), whole numbers, 0 at the target. values: shape (J,), the bins' values.
    order: degree of the smooth course. below, above: bins beside the target where cases may
    have bunched, or from where they may have come. heaps: round multiples, such as 5 and 10.
    """
    scaled = 2 * (steps - steps.min()) / np.ptp(steps) - 1
    columns = [chebyshev.chebvander(scaled, order)]
    for heap in heaps:
        columns.append((np.abs(values / heap - np.round(values / heap)) < 1e-9)[:, None])
    at = (steps >= -below) & (steps <= 0)
    beside = (steps > 0) & (steps <= above)
    return Bins(steps, np.column_stack(columns).astype(float), ~at & ~beside, at, beside)


def measure(counts: np.ndarray, bins: Bins, *, conserved: bool = False) -> Excess:
    """Excess over a Poisson course ``E[c_j] = exp(Σ_k p_k(j) a_k + Σ_h b_h heap_h(j))``.

    The course is fitted to the bins outside the window only, by iterated weighted least squares,
    all rows of ``counts`` at once.

    Parameters
    ----------
    counts: shape (B, J).
    conserved: whether cases at the target came from beside it alone: the course of both together
        then holds as many as were counted there, and is raised or lowered to do so.

    Raises
    ------
    ValueError: the course of some row cannot be fitted.

    References
    ----------
    Kleven (2016), "Bunching", Annual Review of Economics 8; Chetty, Friedman, Olsen and Pistaferri
    (2011), Quarterly Journal of Economics 126, whose course is least squares on counts.
    """
    used, fitted_to = counts[:, bins.outside], bins.design[bins.outside]
    mean = np.maximum(used, 0.5)
    previous = np.full(len(counts), np.inf)
    for _ in range(STEPS):
        working = np.log(mean) + (used - mean) / mean
        normal = np.einsum("bj,jk,jl->bkl", mean, fitted_to, fitted_to)
        moments = np.einsum("bj,jk->bk", mean * working, fitted_to)
        slopes = _solve(normal, moments)
        mean = np.exp(np.clip(slopes @ fitted_to.T, -30, 30))
        deviance = (mean - used * np.log(mean)).sum(axis=1)
        if np.abs(deviance - previous).max() < 1e-8 * np.abs(deviance).max():
            break
        previous = deviance
    else:
        raise ValueError("does not converge")
    course = np.exp(np.clip(slopes @ bins.design.T, -30, 30))
    if conserved:
        window = ~bins.outside
        held = counts[:, window].sum(axis=1) / course[:, window].sum(axis=1)
        course[:, window] *= held[:, None]
    free = max(int(bins.outside.sum()) - bins.design.shape[1], 1)
    return Excess(
        (counts - course)[:, bins.at].sum(axis=1),
        (course - counts)[:, bins.beside].sum(axis=1),
        course[:, bins.at].mean(axis=1),
        ((used - mean) ** 2 / mean).sum(axis=1) / free,
        course,
    )


def _solve(normal: np.ndarray, moments: np.ndarray) -> np.ndarray:
    try:
        return np.asarray(np.linalg.solve(normal, moments[:, :, None])[:, :, 0])
    except np.linalg.LinAlgError:
        raise ValueError("has terms that the others determine") from None


def redraw(
    counts: np.ndarray, draws: int, dispersion: float, rng: np.random.Generator
) -> np.ndarray:
    """Histograms as they might have been; shape (draws, J).

    From one row (1, J) as many cases are drawn anew, and deviations are widened by the root of
    the dispersion, where it is above 1. From several rows (R, J), one per region, as many
    regions are drawn anew with all their cases.
    """
    if len(counts) > 1:
        regions = len(counts)
        times = rng.multinomial(regions, np.full(regions, 1 / regions), size=draws)
        # A factor for the region's own share of the spread that drawing with replacement leaves.
        factor = np.sqrt(regions / (regions - 1))
        whole = counts.sum(axis=0)
        return np.asarray(np.maximum(whole + factor * (times @ counts - whole), 0.0))
    total = int(counts.sum())
    drawn = rng.multinomial(total, counts[0] / total, size=draws)
    widened = counts[0] + np.sqrt(max(dispersion, 1.0)) * (drawn - counts[0])
    return np.asarray(np.maximum(widened, 0.0))
