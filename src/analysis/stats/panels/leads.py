"""Leads and effects by event time, measured from the period before the start, for relaxations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy

from analysis.stats.panels.adoption import Adoption, Expectation
from analysis.stats.panels.honest import Leads
from analysis.stats.resampling import jackknife

CONDITION = 1e-10
"""A covariance whose least eigenvalue is below this share of its largest comes of too few."""


def leads_of(values: np.ndarray, before: int, treated: np.ndarray, level: float) -> Leads | None:
    """The study for its plain average effect, its covariance widened for few clusters.

    It is the jackknife's times (t/z)² for Welch's degrees of freedom; ``None`` where too few
    clusters leave it without an inverse.

    Parameters
    ----------
    values: P leads, then Q effects, of all and without each of G clusters; shape (1 + G, P + Q).
    before: P. treated: clusters with an adopter; shape (G,).
    """
    effects = values.shape[1] - before
    average = values[:, before:].mean(axis=1)
    degrees = jackknife.jackknife_degrees(average[:1], average[1:, None], treated)[0]
    wide = jackknife.t_critical(level, degrees) / scipy.stats.norm.ppf(0.5 + level / 2)
    covariance = wide**2 * jackknife.jackknife_covariance(values[1:], values[0])
    least, *_, most = np.linalg.eigvalsh(covariance)
    if least <= CONDITION * most:
        return None
    return Leads(values[0], covariance, before, np.full(effects, 1 / effects))


def imputed_leads(
    adoption: Adoption, leads: int, effects: int, support: int, level: float
) -> Leads | None:
    """The study by what untreated cells before the leads lead to expect; zeros are counts.

    One fit gives all event times, so that leads and effects deviate from the same course, and the
    gap of the period before the start is taken off each: log ratios of what was counted to what
    was expected, or differences of levels. Adopters without an earlier period are left out.

    Parameters
    ----------
    leads, effects: most periods before the base period, and since adoption.
    support: adopters that must speak of each.
    """
    since = adoption.since
    early = (since < 0) & (since >= -leads - 1)
    held = replace(adoption, untreated=adoption.untreated & ~early).known()
    course = held.fit()
    cells = (adoption.untreated & early | held.active) & held.trained[:, None]
    times = np.arange(-leads - 1, effects)
    values = Expectation(held, course).effects([[int(time)] for time in times], cells)
    told = np.array([(cells & (since == time)).any(axis=1).sum() for time in times]) >= support
    told &= np.isfinite(values).all(axis=0) & course.converged
    first, base, last = leads, leads, leads + 1
    while first > 0 and told[first - 1]:
        first -= 1
    while last < len(times) and told[last]:
        last += 1
    if not told[base] or first == base or last == base + 1:
        return None
    gaps = np.delete(values - values[:, [base]], base, axis=1)[:, first : last - 1]
    return leads_of(gaps, base - first, adoption.adopting, level)
