"""What was seen since adoption against what cells without the intervention lead to expect.

With O what was seen in adopters since they adopted and E what is to be expected there,

    counts   log Σ w O / Σ w E          levels   Σ w (O − E) / Σ w

E follows from a ``Course`` fitted to untreated cells: for counts a region keeps the rate of its
untreated cells, moved by the period effects; for levels its mean, moved likewise. A region without
any untreated count has the expectation zero and keeps its observed counts: to leave it out would
be a fall out of nothing (measured at .25 counts a cell: −10 %).

References
----------
Wooldridge (2023), "Simple approaches to nonlinear difference-in-differences with panel data",
Econometrics Journal 26. Borusyak, Jaravel and Spiess (2024), "Revisiting event-study designs",
Review of Economic Studies 91.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from analysis.stats.panels.course import Cells, Course, fit_course

DOSE_STEPS, DOSE_TOLERANCE = 100, 1e-10
"""Newton steps for the effect of a dose, and how small the last must be."""
SPEAKING = 2
"""Clusters that must speak of a period without the intervention, or nothing is known of it."""


@dataclass(frozen=True)
class Adoption:
    """Counts or levels of N regions over T periods, and where the intervention was in force.

    Parameters
    ----------
    values, exposure: shape (N, T); exposure is not looked at for levels.
    starts: first period under the intervention, from 1; 0 for never; shape (N,).
    untreated, active: cells that tell what happens without it, and cells under it that are
        compared with them; shape (N, T). Unobserved cells are in neither.
    clusters: 0 … G − 1, shape (N,). weights: of regions, shape (N,).
    counted: counts (Poisson) or levels (least squares).
    """

    values: np.ndarray
    exposure: np.ndarray
    starts: np.ndarray
    untreated: np.ndarray
    active: np.ndarray
    clusters: np.ndarray
    weights: np.ndarray
    counted: bool = True

    @property
    def ever(self) -> np.ndarray:
        """Regions that adopt; shape (N,)."""
        return self.starts > 0

    @property
    def groups(self) -> int:
        """Number of clusters, G."""
        return int(self.clusters.max()) + 1

    @property
    def since(self) -> np.ndarray:
        """Periods since adoption, negative before it; −T − 1 for never; shape (N, T)."""
        periods = np.arange(1, self.values.shape[1] + 1)
        return np.where(self.ever[:, None], periods - self.starts[:, None], -len(periods) - 1)

    @property
    def adopting(self) -> np.ndarray:
        """Clusters with an adopter; shape (G,)."""
        return np.bincount(self.clusters, weights=self.ever, minlength=self.groups) > 0

    @property
    def spoken(self) -> np.ndarray:
        """Periods of which enough clusters speak without the intervention; shape (T,)."""
        speaks = self.untreated & ((self.values > 0) | (not self.counted))
        found = np.zeros((self.groups, speaks.shape[1]), dtype=bool)
        np.logical_or.at(found, self.clusters, speaks)
        return np.asarray(found.sum(axis=0) >= SPEAKING)

    @property
    def trained(self) -> np.ndarray:
        """Regions with an untreated cell: of the others nothing is expected; shape (N,)."""
        return np.asarray(self.untreated.any(axis=1))

    def known(self) -> Adoption:
        """Without cells of which nothing is expected.

        Those of periods of which too few clusters speak, and of regions of which none is left.
        """
        kept = replace(self, untreated=self.untreated & self.spoken)
        return replace(kept, active=kept.active & self.spoken & kept.trained[:, None])

    def cells(self, used: np.ndarray, *columns: np.ndarray) -> Cells:
        """These cells with these columns, ready to be fitted."""
        held = np.stack(columns) if columns else np.zeros((0, *used.shape))
        return Cells(
            self.values, self.exposure, used, held, self.weights, self.clusters, self.counted
        )

    def fit(self, *columns: np.ndarray, leave_out: bool = True) -> Course:
        """The course of untreated cells."""
        return fit_course(self.cells(self.untreated, *columns), leave_out=leave_out)


@dataclass(frozen=True)
class Expectation:
    """What is to be expected of adopters, by all regions and without each cluster in turn.

    ``drift`` is the column of a fitted slope for adopters, where there is one; shape (T,).
    """

    adoption: Adoption
    course: Course
    drift: np.ndarray | None = None

    @cached_property
    def common(self) -> np.ndarray:
        """Period effects, with the slope of adopters; shape (1 + G, T)."""
        if self.drift is None:
            return self.course.periods
        return np.asarray(self.course.periods + self.course.slopes[:, :1] * self.drift)

    @cached_property
    def factor(self) -> np.ndarray:
        """exp of the period effects, up to a constant, 0 where none is known; shape (1 + G, T)."""
        known = np.isfinite(self.common)
        top = np.where(known, self.common, -np.inf).max(axis=1, keepdims=True)
        return np.asarray(np.exp(np.where(known, self.common - top, -np.inf)))

    @cached_property
    def usual(self) -> np.ndarray:
        """Rate or level of each adopter in its untreated cells; shape (1 + G, adopters)."""
        adoption, rows = self.adoption, self.adoption.ever
        trained = adoption.untreated[rows]
        total = np.where(trained, adoption.values[rows], 0.0).sum(axis=1)
        if adoption.counted:
            size = self.factor @ np.where(trained, adoption.exposure[rows], 0.0).T
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.asarray(np.where(size > 0, total / size, 0.0))
        cells = np.maximum(trained.sum(axis=1), 1)
        return np.asarray((total - self._levels @ trained.T) / cells)

    @cached_property
    def _levels(self) -> np.ndarray:
        return np.where(np.isfinite(self.common), self.common, 0.0)

    @cached_property
    def kept(self) -> np.ndarray:
        """Weight of each adopter, 0 where its cluster is left out; shape (1 + G, adopters)."""
        adoption, rows = self.adoption, self.adoption.ever
        left_out = np.arange(-1, len(self.course.periods) - 1)[:, None]
        return np.where(adoption.clusters[rows] == left_out, 0.0, adoption.weights[rows])

    def effect(self) -> np.ndarray:
        """The effect over all active cells; shape (1 + G,)."""
        return self.effects([range(self.adoption.values.shape[1])])[:, 0]

    def effects(self, sets: Sequence[Iterable[int]], cells: np.ndarray | None = None) -> np.ndarray:
        """The effect over sets of event times; shape (1 + G, K).

        Not a number where no cell is left; ±∞ where nothing was counted or expected.

        Parameters
        ----------
        cells: shape (N, T), those looked at; by default the active ones.
        """
        seen, expected, mass = self._by_event_time(self.adoption.active if cells is None else cells)
        middle = self.adoption.values.shape[1]
        places = [[middle + time for time in times] for times in sets]
        total = [np.column_stack([m[:, p].sum(axis=1) for p in places]) for m in (seen, expected)]
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.adoption.counted:
                return np.asarray(np.log(total[0] / total[1]))
            weight = np.column_stack([mass[:, p].sum(axis=1) for p in places])
            return np.asarray((total[0] - total[1]) / weight)

    def per_dose(self, dose: np.ndarray) -> np.ndarray:
        """The effect of one more unit of the dose, by all active cells; shape (1 + G,).

        For counts β solves Σ w d (y − μ exp(β d)) = 0, for levels β = Σ w d (y − μ) / Σ w d², with
        μ what is expected without the intervention: no dose has no effect.

        Parameters
        ----------
        dose: of each adopter; shape (adopters,).
        """
        adoption, rows = self.adoption, self.adoption.ever
        cells = adoption.active[rows] & ~np.isnan(self.course.periods[0])
        seen = np.where(cells, adoption.values[rows], 0.0).sum(axis=1)
        weight = self.kept * dose
        if not adoption.counted:
            expected = self.usual * cells.sum(axis=1) + self._levels @ cells.T
            total = (weight * (seen - expected)).sum(axis=1)
            return np.asarray(total / (weight * dose * cells.sum(axis=1)).sum(axis=1))
        size = np.where(cells, adoption.exposure[rows], 0.0)
        expected = weight * self.usual * (self.factor @ size.T)
        slope, step, target = np.zeros(len(expected)), np.inf, weight @ seen
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for _ in range(DOSE_STEPS):
                now = expected * np.exp(slope[:, None] * dose)
                step = (target - now.sum(axis=1)) / (now * dose).sum(axis=1)
                slope = slope + np.clip(step, -1 / np.ptp(dose), 1 / np.ptp(dose))
                if np.abs(step).max() < DOSE_TOLERANCE:
                    break
        return np.where(np.abs(step) < DOSE_TOLERANCE, slope, np.nan)

    def _by_event_time(self, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Seen, expected and weight of adopters by event time −T … T; each (1 + G, 2 T + 1).

        One product of matrices a cohort: a product an event time took ten times as long over 120
        months.
        """
        adoption, rows = self.adoption, self.adoption.ever
        periods = adoption.values.shape[1]
        known = cells[rows] & ~np.isnan(self.course.periods[0])
        values = np.where(known, adoption.values[rows], 0.0)
        size = np.where(known, adoption.exposure[rows] if adoption.counted else 1.0, 0.0)
        found = np.zeros((3, len(self.course.periods), 2 * periods + 1))
        starts = adoption.starts[rows]
        for start in np.unique(starts):
            own = starts == start
            kept, usual = self.kept[:, own], self.usual[:, own]
            mass = kept @ known[own].astype(float)
            if adoption.counted:
                expected = self.factor * ((kept * usual) @ size[own])
            else:
                expected = (kept * usual) @ size[own] + self._levels * mass
            places = slice(periods - start + 1, 2 * periods - start + 1)
            found[:, :, places] += (kept @ values[own], expected, mass)
        return found[0], found[1], found[2]


def untreated_means(adoption: Adoption) -> np.ndarray:
    """Expected counts of untreated cells, weights apart, 0 elsewhere; shape (N, T)."""
    course = (
        replace(adoption, weights=np.ones(len(adoption.starts))).fit(leave_out=False).periods[0]
    )
    size = np.where(adoption.untreated, adoption.exposure, 0.0)
    factor = size * np.exp(np.where(np.isnan(course), -np.inf, course))
    total = np.where(adoption.untreated, adoption.values, 0.0).sum(axis=1, keepdims=True)
    share = factor.sum(axis=1, keepdims=True)
    return np.asarray(total * np.divide(factor, share, out=np.zeros(factor.shape), where=share > 0))


def damped_weights(adoption: Adoption) -> np.ndarray:
    """1 / (1 + α r ē_i): large regions vary by more than chance, and count for less; shape (N,).

    α is the excess variance of untreated cells, Σ((y − μ)² − μ) / Σ μ² and at least 0, r their
    common rate and ē_i the mean exposure of a region: exposure only, so that no count decides the
    weight it gets. With α = 0 every region counts by its exposure.
    """
    untreated, mean = adoption.untreated, untreated_means(adoption)
    seen = np.where(untreated, adoption.values, 0.0)
    excess = max(float(((seen - mean) ** 2 - mean).sum() / (mean**2).sum()), 0.0)
    looked_at = untreated | adoption.active
    usual = np.where(looked_at, adoption.exposure, 0.0).sum(axis=1)
    usual = usual / np.maximum(looked_at.sum(axis=1), 1)
    rate = seen.sum() / adoption.exposure[untreated].sum()
    return np.asarray(1 / (1 + excess * rate * usual))
