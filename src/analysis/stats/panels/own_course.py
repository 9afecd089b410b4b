"""Second looks at an effect: adopters may have been on a course of their own.

The headline expects adopters to have moved like the others. Beside it stand

    own_slope    the same, but adopters keep the slope of their time before the start
    trend_break  β of one fit to all cells, a_i + b_t + γ z_it + β·active_it
    without_eve  the same without the two periods before the start

with z_it = t − T/2 for adopters and 0 for others. The first is exact where adopters drift in a
straight line and loses little where an effect grows; the second uses the time after the start to
tell the slope, is exact for effects that come at once, and weak for growing ones. The third tells
an effect from the end of an unusual period. None of them sees a course that bends at the start.

Errors leave out clusters; degrees of freedom are Welch's over clusters with and without an adopter.

References
----------
Rambachan and Roth (2023), Review of Economic Studies 90, for why a
course before the start is carried on. Donald and Lang (2007), Review of Economics and Statistics
89, for the donut around a start.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import scipy

from analysis.stats.panels.adoption import Adoption, Expectation
from analysis.stats.panels.course import fit_course
from analysis.stats.resampling.jackknife import jackknife_covariance, jackknife_degrees

EVE = 2
"""Periods before the start that ``without_eve`` leaves out."""
TO_TELL_A_SLOPE = 3
"""Untreated periods that an adopter needs for a slope of its own."""
FROM_CLUSTERS = 3
"""Clusters with such an adopter that a slope of adopters needs."""
DRIFT_STEP = 1e-4
"""Log points a period that counts are moved by, to see how far a drift moves the headline."""


@dataclass(frozen=True)
class Look:
    """One estimate, its deviations without each cluster (G,), error and degrees of freedom."""

    value: float
    deviations: tuple[float, ...]
    error: float
    degrees: float

    @property
    def p_value(self) -> float:
        """Two-sided, by Student's t; 1 where there is no error to compare with, or no number."""
        if not (self.error > 0 and math.isfinite(self.value)):
            return 1.0
        return float(2 * scipy.stats.t.sf(abs(self.value) / self.error, self.degrees))

    def limits(self, level: float) -> tuple[float, float]:
        """The interval at a level."""
        margin = float(scipy.stats.t.ppf(0.5 + level / 2, self.degrees)) * self.error
        return self.value - margin, self.value + margin


@dataclass(frozen=True)
class OwnCourse:
    """The headline and the second looks at it.

    ``looks`` holds those that the data allow, by name; ``slope`` is what adopters moved by per
    period before the start, against the others. ``per_drift`` is ∂headline/∂slope, in periods.
    ``adopting`` and ``others`` count clusters with and without an adopter.
    """

    headline: Look
    looks: Mapping[str, Look]
    slope: Look | None
    per_drift: float
    adopting: int
    others: int


def own_course(adoption: Adoption) -> OwnCourse:
    """The headline, and every second look that the data allow.

    Numbers agree with refits: exactly for levels, within .02 for counts with 1.5 in a cell.
    """
    adopting = adoption.adopting
    drift = np.arange(1, adoption.values.shape[1] + 1) - adoption.values.shape[1] / 2
    column = adoption.ever[:, None] * drift
    headline = Expectation(adoption, adoption.fit()).effect()
    found: dict[str, np.ndarray] = {}
    slope = None
    if _tells_a_slope(adoption):
        sloped = adoption.fit(column)
        found["own_slope"] = Expectation(adoption, sloped, drift).effect()
        slope = sloped.slopes[:, 0]
        every = adoption.untreated | adoption.active
        since, known = adoption.since, adoption.untreated & adoption.ever[:, None]
        # Counted from where effects may show: cells of anticipation are not among the untreated.
        eve = (since < 0) & (since > int(since[known].max()) - EVE)
        for name, used in {"trend_break": every, "without_eve": every & ~eve}.items():
            broken = fit_course(adoption.cells(used, column, adoption.active.astype(float)))
            found[name] = broken.slopes[:, 1]
    return OwnCourse(
        look_at(headline, adopting),
        {name: look_at(v, adopting) for name, v in found.items() if np.isfinite(v).all()},
        look_at(slope, adopting) if slope is not None and np.isfinite(slope).all() else None,
        _per_drift(adoption, column, float(headline[0])),
        int(adopting.sum()),
        int((~adopting).sum()),
    )


@dataclass(frozen=True)
class Rank:
    """How many of so many sets of regions that never adopt moved as far as the adopters did."""

    as_far: int
    sets: int


def placebo_rank(adoption: Adoption, draws: int, rng: np.random.Generator) -> Rank | None:
    """The adopters' headline among those of regions that never adopt, given the adopters' dates.

    For fewer adopters than errors can be had from. Regions that move together are drawn together:
    eight counties of one prefecture share its shocks, eight of anywhere do not. Regions that adopt
    are left out where the others are tried; all sets are tried where there are no more than
    ``draws``, else a sample.

    References
    ----------
    Conley and Taber (2011), "Inference with difference in differences with a small number of
    policy changes", Review of Economics and Statistics 93.
    """
    starts, clusters = adoption.starts, adoption.clusters
    adopting, never = np.flatnonzero(adoption.adopting), np.flatnonzero(~adoption.adopting)
    if len(never) < len(adopting) + 2:
        return None
    dates = [-np.sort(-starts[clusters == cluster], kind="stable") for cluster in adopting]
    headline = abs(float(Expectation(adoption, adoption.fit(leave_out=False)).effect()[0]))
    alike = len(dates) == 1 or len(set(starts[adoption.ever])) == 1
    if alike and math.comb(len(never), len(adopting)) <= draws:
        chosen = list(combinations(never, len(adopting)))
    else:
        chosen = [tuple(rng.permutation(never)[: len(adopting)]) for _ in range(draws)]
    found = [abs(_as_if(adoption, group, dates)) for group in chosen]
    return Rank(sum(value >= headline for value in found), len(found))


def _as_if(adoption: Adoption, group: Sequence[np.integer], dates: Sequence[np.ndarray]) -> float:
    """The headline if these clusters had adopted at these dates and the adopters were not there.

    Parameters
    ----------
    dates: of the regions of each adopting cluster, adopters first; repeated in a larger one.
    """
    starts = np.zeros(len(adoption.starts), dtype=int)
    for cluster, given in zip(group, dates, strict=True):
        members = np.flatnonzero(adoption.clusters == cluster)
        starts[members] = np.resize(given, len(members))
    never = np.flatnonzero(~adoption.ever)
    given, observed = starts[never], adoption.untreated[never]
    since = np.arange(1, observed.shape[1] + 1) >= given[:, None]
    treated = (given[:, None] > 0) & since
    pretended = Adoption(
        adoption.values[never],
        adoption.exposure[never],
        given,
        observed & ~treated,
        observed & treated,
        np.zeros(len(never), dtype=int),
        adoption.weights[never],
        adoption.counted,
    )
    return float(Expectation(pretended, pretended.fit(leave_out=False)).effect()[0])


def look_at(values: np.ndarray, adopting: np.ndarray) -> Look:
    """An estimate (first) with its leave-one-outs; shape (1 + G,).

    Parameters
    ----------
    adopting: clusters with an adopter; shape (G,).
    """
    replicates, value = values[1:, None], values[:1]
    error = math.sqrt(jackknife_covariance(replicates, value)[0, 0])
    degrees = float(jackknife_degrees(value, replicates, adopting)[0])
    return Look(float(value[0]), tuple(map(float, values[1:] - value)), error, degrees)


def _tells_a_slope(adoption: Adoption) -> bool:
    """Whether enough adopters have enough periods before the start."""
    enough = adoption.ever & (adoption.untreated.sum(axis=1) >= TO_TELL_A_SLOPE)
    return len(np.unique(adoption.clusters[enough])) >= FROM_CLUSTERS


def _per_drift(adoption: Adoption, column: np.ndarray, headline: float) -> float:
    """How far a drift of one log point (or unit) a period moves the headline: its derivative.

    Not how far after the start lies from before it: adopters that have not begun yet drift too,
    and are compared with (measured: 7.2 periods for 10 with three of 24 that never adopt).
    """
    step = DRIFT_STEP if adoption.counted else 1.0
    drifted = step * column
    moved = adoption.values * np.exp(drifted) if adoption.counted else adoption.values + drifted
    again = replace(adoption, values=moved)
    found = float(Expectation(again, again.fit(leave_out=False)).effect()[0] - headline) / step
    return found if math.isfinite(found) else 0.0
