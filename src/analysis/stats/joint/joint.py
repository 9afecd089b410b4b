"""What each of several interventions does while it is in force, the others held as they were.

Cells under none of K interventions tell what is to be expected, μ_it, as for one (``course``).
On cells under one or more, P columns D (an indicator for each, products of pairs, a dose) get the
coefficients that solve the Poisson moment equations

    Σ w_i D_it (y_it − μ_it exp(D_it'β)) = 0,

which for a single indicator is log Σ w y / Σ w μ. Leaving out a cluster g is one step,

    β₍g₎ = β + (A − A_g)⁻¹ (−s_g + (J − J_g)(θ₍g₎ − θ)),

with A = Σ w μ̃ D D', s_g = Σ_g w D (y − μ̃), J = −Σ w D μ̃ (x_it − x̄_i)', μ̃ = μ exp(D'β), x the
regressors of μ and x̄_i their mean over the untreated cells of the region.

References
----------
Wooldridge (2023), "Simple approaches to nonlinear difference-in-differences with panel data",
Econometrics Journal 26. de Chaisemartin and D'Haultfœuille (2023), "Two-way fixed effects and
differences-in-differences estimators with several treatments", Journal of Econometrics 236, for
why each is not estimated as if it were alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy

from analysis.stats.panels.adoption import Adoption
from analysis.stats.panels.course import Course, fit_course

STEPS, TOLERANCE = 60, 1e-10
SINGULAR, LOOSE = 1e-10, 1e-6
"""Of the largest eigenvalue; and of a coefficient, what it may move by and count as told."""
LONGEST = 2.0
"""Log points that a coefficient may move by in one step."""


@dataclass(frozen=True)
class Joint:
    """Counts of N regions over T periods, and where each of K interventions was in force.

    Parameters
    ----------
    either: the panel as if all interventions were one: its untreated cells are under none, its
        active ones are observed under one or more.
    active: where each was in force, observed or not; shape (K, N, T).
    """

    either: Adoption
    active: np.ndarray

    @cached_property
    def ever(self) -> np.ndarray:
        """Regions that ever adopt each; shape (K, N)."""
        return np.asarray(self.active.any(axis=2))

    @cached_property
    def starts(self) -> np.ndarray:
        """First period under each, from 1; 0 for never; shape (K, N)."""
        return np.where(self.ever, self.active.argmax(axis=2) + 1, 0)

    @cached_property
    def since(self) -> np.ndarray:
        """Periods since the start of each, −T − 1 for never; shape (K, N, T)."""
        periods = np.arange(1, self.active.shape[2] + 1)
        never = -len(periods) - 1
        return np.where(self.ever[:, :, None], periods - self.starts[:, :, None], never)

    @property
    def adopting(self) -> np.ndarray:
        """Regions that ever adopt any; shape (N,)."""
        return np.asarray(self.ever.any(axis=0))

    def clusters_with(self, regions: np.ndarray) -> np.ndarray:
        """Clusters that hold one of some regions (N,); shape (G,)."""
        either = self.either
        return np.bincount(either.clusters, weights=regions, minlength=either.groups) > 0

    def design(self, pairs: Sequence[tuple[int, int]] = ()) -> np.ndarray:
        """An indicator for each intervention and a product for each pair; shape (P, N, T)."""
        products = [self.active[k] & self.active[m] for k, m in pairs]
        return np.concatenate([self.active, products] if products else [self.active]).astype(float)

    def drifts(self, which: Sequence[int]) -> np.ndarray:
        """A slope for the adopters of each of some interventions; shape (M, N, T)."""
        periods = self.active.shape[2]
        time = np.arange(1, periods + 1) - periods / 2
        return np.asarray(self.ever[list(which)][:, :, None] * time)


@dataclass(frozen=True)
class Baseline:
    """What is to be expected under none of the interventions, and how it moves with its fit.

    ``expected`` and ``shares`` have shape (N, T): counts, weights apart, and how the untreated
    cells of a region share their total. ``change`` is θ₍g₎ − θ, shape (G, T + M).
    """

    joint: Joint
    expected: np.ndarray
    shares: np.ndarray
    columns: np.ndarray
    change: np.ndarray
    course: Course

    @classmethod
    def of(
        cls, joint: Joint, columns: np.ndarray | None = None, *, leave_out: bool = True
    ) -> Baseline:
        """From untreated cells, with further columns of the fit; shape (M, N, T)."""
        either = joint.either
        z = np.zeros((0, *either.values.shape)) if columns is None else columns
        course = either.fit(*z, leave_out=leave_out)
        periods = course.periods
        linear = periods[0] + np.tensordot(course.slopes[0], z, 1)
        linear = np.where(np.isfinite(periods[0]), linear, -np.inf)
        top = linear.max(axis=1, keepdims=True)
        size = either.exposure * np.exp(linear - top)
        trained = np.where(either.untreated, size, 0.0)
        total = trained.sum(axis=1, keepdims=True)
        share = np.divide(trained, total, out=np.zeros(size.shape), where=total > 0)
        seen = np.where(either.untreated, either.values, 0.0).sum(axis=1, keepdims=True)
        usual = np.divide(seen, total, out=np.zeros(total.shape), where=total > 0)
        with np.errstate(invalid="ignore"):
            moved = np.hstack([periods[1:] - periods[0], course.slopes[1:] - course.slopes[0]])
        change = np.where(np.isfinite(moved), moved, 0.0)
        return cls(joint, usual * size, share, z, change, course)

    def effects(self, design: np.ndarray, cells: np.ndarray | None = None) -> np.ndarray:
        """Coefficients of P columns, by all regions and without each cluster; shape (1 + G, P).

        Not a number where none can be found.

        Parameters
        ----------
        design: shape (P, N, T). cells: which of the active cells are looked at, shape (N, T).
        """
        either = self.joint.either
        used = either.active if cells is None else either.active & cells
        d = np.where(used, design, 0.0)
        weights = either.weights[:, None]
        seen = np.where(used, weights * either.values, 0.0)
        expected = np.where(used, weights * self.expected, 0.0)
        beta = solve_moments(seen[used], expected[used], d[:, used].T)
        if not self.course.converged or not np.isfinite(beta).all():
            return np.full((1 + len(self.change), len(d)), np.nan)
        fitted = expected * np.exp(np.tensordot(beta, d, 1))
        return np.vstack([beta, beta + self._left_out(d, seen - fitted, fitted)])

    def _left_out(self, d: np.ndarray, residual: np.ndarray, fitted: np.ndarray) -> np.ndarray:
        """What leaving out each cluster changes; shape (G, P)."""
        if not len(self.change):
            return np.zeros((0, len(d)))
        lead = d * fitted
        total = lead.sum(axis=2)
        apart = lead - total[:, :, None] * self.shares
        slopes = np.einsum("pnt,mnt->npm", apart, self.columns)
        j = -np.concatenate([apart.transpose(1, 0, 2), slopes], axis=2)
        a, s = np.einsum("pnt,qnt->npq", lead, d), np.einsum("pnt,nt->np", d, residual)
        a, j, s = (self._by_cluster(of_regions) for of_regions in (a, j, s))
        right = -s + np.einsum("gpk,gk->gp", j.sum(axis=0) - j, self.change)
        rest = np.linalg.pinv(a.sum(axis=0) - a, rcond=1e-12, hermitian=True)
        return np.asarray(np.einsum("gpq,gq->gp", rest, right))

    def _by_cluster(self, of_regions: np.ndarray) -> np.ndarray:
        """Sums over the regions of each cluster."""
        either = self.joint.either
        found = np.zeros((either.groups, *of_regions.shape[1:]))
        np.add.at(found, either.clusters, of_regions)
        return found


def solve_moments(seen: np.ndarray, expected: np.ndarray, design: np.ndarray) -> np.ndarray:
    """β of Σ D (y − μ exp(D'β)) = 0 by Newton's method; not numbers where it does not settle.

    Parameters
    ----------
    seen, expected: shape (C,). design: shape (C, P).
    """
    beta = np.zeros(design.shape[1])
    if not expected.any():
        return np.full(len(beta), np.nan)
    for _ in range(STEPS):
        fitted = expected * np.exp(design @ beta)
        score = design.T @ (seen - fitted)
        information = (design.T * fitted) @ design
        if not (np.isfinite(information).all() and np.isfinite(score).all()):
            break
        step = np.linalg.lstsq(information, score, rcond=1e-12)[0]
        beta = beta + np.clip(step, -LONGEST, LONGEST)
        if np.abs(step).max() < TOLERANCE:
            return np.asarray(beta)
        if np.abs(beta).max() > 30:  # nothing was counted, or expected, under one of them
            break
    return np.full(len(beta), np.nan)


def untold(design: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Directions in which coefficients may move and no cell tells; shape (P, R).

    Zero where a coefficient is told; columns are taken with a largest entry of 1.

    Parameters
    ----------
    design: shape (P, N, T). cells: which are looked at, shape (N, T).
    """
    rows = np.unique(design[:, cells].T, axis=0)
    size = np.abs(rows).max(axis=0, initial=0.0)
    rows = rows / np.where(size > 0, size, 1.0)
    free = scipy.linalg.null_space(rows.T @ rows, rcond=SINGULAR)
    return np.where(np.abs(free) > LOOSE, free, 0.0)


def one_fit(
    joint: Joint, design: np.ndarray, drifts: np.ndarray, used: np.ndarray | None = None
) -> np.ndarray:
    """Coefficients of one Poisson fit to all cells with slopes of adopters; shape (1 + G, P).

    Parameters
    ----------
    used: which cells enter, of those that are untreated or active; shape (N, T).
    """
    either = joint.either
    every = either.untreated | either.active
    course = fit_course(either.cells(every if used is None else every & used, *drifts, *design))
    slopes = course.slopes if course.converged else np.full(course.slopes.shape, np.nan)
    return np.asarray(slopes[:, len(drifts) :])


def with_drift(joint: Joint, which: int, step: float) -> Joint:
    """The same counts with the adopters of one intervention drifting by so much a period."""
    moved = joint.either.values * np.exp(step * joint.drifts([which])[0])
    return replace(joint, either=replace(joint.either, values=moved))
