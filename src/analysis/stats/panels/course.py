"""Regions over time with their own levels taken out, and every estimate without each cluster.

A cell of region i and period t is expected to be

    counts   μ_it = exposure_it · exp(a_i + b_t + γ'z_it)        (Poisson)
    levels   μ_it = a_i + b_t + γ'z_it                           (least squares)

Region effects a_i are never estimated: a count is conditioned on the total of its region, a level
is compared with the mean of its region. What is left are T − 1 periods and the columns z, so that
a fit of any number of regions solves a system of that size, and leaving out a cluster g is one
Newton step from the whole sample,

    θ₍g₎ = θ + (H − H_g)⁻¹ (−S_g),

exact for levels and, for counts, within .02 of the refit where a cell holds 1.5 on average.

References
----------
Hausman, Hall and Griliches (1984), Econometrica 52, for the conditional likelihood of counts.
Cook and Weisberg (1982), "Residuals and Influence in Regression", for the one-step deletion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

STEPS, TOLERANCE = 40, 1e-10
SHORTEST = 1e-4
"""A Newton step cut below this share of itself will not find a better likelihood."""
MANY, SETTLED = 200, 1e-12
"""From so many clusters on they are left out together, to so many log points or units."""
OWN = 1e-8
"""Share of a column that those before it must leave for a step to be solved for."""
SURE = 0.1
"""Log points (or units) below which a step is taken without a look."""


@dataclass(frozen=True)
class Cells:
    """What a fit sees of N regions over T periods.

    Parameters
    ----------
    values, exposure: counts or levels and what they are out of, shape (N, T); exposure is not
        looked at for levels.
    used: which cells enter the fit, shape (N, T).
    columns: M further columns z, shape (M, N, T).
    weights: how much each region counts, shape (N,).
    clusters: number of the cluster of each region, 0 … G − 1, shape (N,).
    counted: counts (Poisson) or levels (least squares).
    """

    values: np.ndarray
    exposure: np.ndarray
    used: np.ndarray
    columns: np.ndarray
    weights: np.ndarray
    clusters: np.ndarray
    counted: bool = True


@dataclass(frozen=True)
class Course:
    """Period effects and coefficients of the columns, of all regions and without each cluster.

    ``periods`` has shape (1 + G, T): NaN where no cell speaks of a period, −∞ where all its cells
    are zero; the first row is the whole sample. ``slopes`` has shape (1 + G, M).
    """

    periods: np.ndarray
    slopes: np.ndarray
    converged: bool


def fit_course(cells: Cells, *, leave_out: bool = True) -> Course:
    """Period effects and coefficients by maximum likelihood, with every leave-one-out if asked."""
    problem = _Problem.of(cells)
    theta, converged = problem.solve()
    every = np.vstack([theta, theta + problem.left_out(theta)]) if leave_out else theta[None]
    periods = np.full((len(every), cells.used.shape[1]), np.nan)
    periods[:, cells.used.any(axis=0)] = -np.inf
    free = problem.periods
    periods[:, free] = np.hstack([np.zeros((len(every), 1)), every[:, : len(free) - 1]])
    return Course(periods, every[:, len(free) - 1 :], converged)


Shares = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class _Problem:
    """The cells that speak, without those of empty regions and periods."""

    y: np.ndarray
    size: np.ndarray
    z: np.ndarray
    weights: np.ndarray
    clusters: np.ndarray
    periods: np.ndarray
    groups: int
    counted: bool
    last: dict[bytes, Shares] = field(default_factory=dict)

    @classmethod
    def of(cls, cells: Cells) -> _Problem:
        y = np.where(cells.used, cells.values, 0.0)
        speaks = y > 0 if cells.counted else cells.used
        rows, periods = speaks.any(axis=1), np.flatnonzero(speaks.any(axis=0))
        size = np.where(cells.used, cells.exposure if cells.counted else 1.0, 0.0)
        return cls(
            y[rows][:, periods],
            size[rows][:, periods],
            cells.columns[:, rows][:, :, periods],
            cells.weights[rows],
            cells.clusters[rows],
            periods,
            int(cells.clusters.max()) + 1,
            cells.counted,
        )

    @property
    def free(self) -> int:
        """Number of free period effects; the first is zero."""
        return len(self.periods) - 1

    def linear(self, theta: np.ndarray) -> np.ndarray:
        """b_t + γ'z_it; shape (N, T)."""
        periods = np.concatenate([[0.0], theta[: self.free]])
        return periods + np.tensordot(theta[self.free :], self.z, 1)

    def shares(self, theta: np.ndarray) -> Shares:
        """How the cells of a region share its total, that total, and residuals times weights."""
        key = theta.tobytes()
        if key not in self.last:
            # What a step is judged by is what the next begins with.
            self.last.clear()
            self.last[key] = self._shares(theta)
        return self.last[key]

    def _shares(self, theta: np.ndarray) -> Shares:
        linear = self.linear(theta)
        if self.counted:
            u = self.size * np.exp(linear - linear.max(axis=1, keepdims=True))
            p = u / u.sum(axis=1, keepdims=True)
            total = self.weights * self.y.sum(axis=1)
            return p, total, self.weights[:, None] * self.y - total[:, None] * p
        seen = self.size.sum(axis=1, keepdims=True)
        p = self.size / seen
        left = np.where(self.size > 0, self.y - linear, 0.0)
        left = np.where(self.size > 0, left - left.sum(axis=1, keepdims=True) / seen, 0.0)
        return p, self.weights * seen[:, 0], self.weights[:, None] * left

    def loss(self, theta: np.ndarray) -> float:
        """What is made small: minus the log likelihood, or the sum of squares."""
        p, _, residual = self.shares(theta)
        if not self.counted:
            return float((residual**2 / self.weights[:, None]).sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            return -float(np.where(self.y > 0, self.weights[:, None] * self.y * np.log(p), 0).sum())

    def scores(self, residual: np.ndarray) -> np.ndarray:
        """Score of each region; shape (N, K)."""
        return np.hstack([residual[:, 1:], np.einsum("nt,mnt->nm", residual, self.z)])

    def means(self, p: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Mean of the regressors of each region under its shares; shape (N, K)."""
        return np.hstack([p[:, 1:], np.einsum("nt,mnt->nm", p, z)])

    def information(
        self, mass: np.ndarray, z_mass: np.ndarray, zz: np.ndarray, means: np.ndarray
    ) -> np.ndarray:
        """Second moments less those of the means: H of the regions that were summed."""
        k = self.free
        h: np.ndarray = -(means.T @ means)
        h[np.arange(k), np.arange(k)] += mass[1:]
        h[:k, k:] += z_mass[1:]
        h[k:, :k] += z_mass[1:].T
        h[k:, k:] += zz
        return h

    def of_regions(self, p: np.ndarray, total: np.ndarray, rows: slice | np.ndarray) -> np.ndarray:
        """H of some regions."""
        mu, z = total[rows, None] * p[rows], self.z[:, rows]
        weighted = mu * z
        means = self.means(p[rows], z) * np.sqrt(total[rows])[:, None]
        return self.information(
            mu.sum(axis=0),
            weighted.sum(axis=1).T,
            np.einsum("mnt,lnt->ml", weighted, z),
            means,
        )

    def solve(self) -> tuple[np.ndarray, bool]:
        """Newton's method with halving."""
        theta = np.zeros(self.free + len(self.z))
        if self.counted:
            rate = np.log((self.weights @ self.y) / (self.weights @ self.size))
            theta[: self.free] = (rate - rate[0])[1:]
        loss = self.loss(theta)
        for _ in range(STEPS):
            p, total, residual = self.shares(theta)
            h = self.of_regions(p, total, slice(None))
            s = self.scores(residual).sum(axis=0)
            if not (np.isfinite(h).all() and np.isfinite(s).all()):  # too large for any fit
                return theta, False
            step = _step(h, s)
            theta, loss, moved = _descend(self.loss, theta, step, loss)
            if moved < TOLERANCE:
                return theta, True
        return theta, False

    def left_out(self, theta: np.ndarray) -> np.ndarray:
        """What leaving out each cluster changes; shape (G, K)."""
        p, total, residual = self.shares(theta)
        whole = self.of_regions(p, total, slice(None))
        wanted = -self.by_cluster(self.scores(residual))
        change = np.zeros((self.groups, len(theta)))
        order, numbers, first = self.by_number
        settled = np.zeros(self.groups, dtype=bool)
        if self.groups >= MANY:
            change, settled = self.together(p, total, whole, wanted)
        for number, rows in zip(numbers, np.split(order, first[1:]), strict=True):
            if not settled[number]:
                rest = whole - self.of_regions(p, total, rows)
                change[number] = _solve(rest, wanted[number])
        return change

    @cached_property
    def by_number(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Regions in the order of their clusters, these clusters, and where each begins."""
        order = np.argsort(self.clusters, kind="stable")
        return order, *np.unique(self.clusters[order], return_index=True)

    def by_cluster(self, of_regions: np.ndarray) -> np.ndarray:
        """Sums over the regions of each cluster; shape (G, K)."""
        order, numbers, first = self.by_number
        found = np.zeros((self.groups, of_regions.shape[1]))
        # A third of the time of adding region by region.
        found[numbers] = np.add.reduceat(of_regions[order], first, axis=0)
        return found

    def together(
        self, p: np.ndarray, total: np.ndarray, whole: np.ndarray, wanted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """x of (H − H_g) x = s_g for all clusters at once, by x ← H⁻¹ (s_g + H_g x).

        H_g x are the scores of the cells when they move by what x says. Returns x, shape (G, K),
        and for which clusters it settled: one that alone tells of a period does not.
        """
        x, settled = np.zeros_like(wanted), np.zeros(self.groups, dtype=bool)
        try:
            inverse = np.linalg.inv(whole)
        except np.linalg.LinAlgError:
            return x, settled
        mu = total[:, None] * p
        for _ in range(STEPS):
            own = x[self.clusters]
            moved = np.einsum("nm,mnt->nt", own[:, self.free :], self.z)
            moved[:, 1:] += own[:, : self.free]
            moved -= (p * moved).sum(axis=1, keepdims=True)
            after = (wanted + self.by_cluster(self.scores(mu * moved))) @ inverse
            settled = np.abs(after - x).max(axis=1) < SETTLED
            x = after
            if settled.all():
                break
        return x, settled


def _solve(h: np.ndarray, s: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.solve(h, s)
    except np.linalg.LinAlgError:
        found: np.ndarray = np.linalg.lstsq(h, s, rcond=1e-10)[0]
        return found


def _step(h: np.ndarray, s: np.ndarray) -> np.ndarray:
    """A column that the periods already say gets no more than they leave, by least squares.

    Where each column says something of its own, solving gives the same in a thirtieth of the time.
    """
    try:
        own = np.diag(np.linalg.cholesky(h)) ** 2
    except np.linalg.LinAlgError:
        own = np.zeros(len(h))
    if (own > OWN * np.diag(h)).all():
        return np.asarray(np.linalg.solve(h, s))
    return np.asarray(np.linalg.lstsq(h, s, rcond=1e-12)[0])


def _descend(
    loss: Callable[[np.ndarray], float], theta: np.ndarray, step: np.ndarray, before: float
) -> tuple[np.ndarray, float, float]:
    """The step, halved until it does not make things worse; how far it went.

    A short step of so smooth a loss cannot; not to look saves a fifth of a fit.
    """
    far = float(np.abs(step).max(initial=0.0))
    if far < SURE:
        return theta + step, before, far
    scale = 1.0
    while True:
        candidate = theta + scale * step
        after = loss(candidate)
        if after <= before + 1e-12 * abs(before) or scale < SHORTEST:
            return candidate, after, scale * far
        scale /= 2
