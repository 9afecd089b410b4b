"""What methods share that expect adopters to move like untreated cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.data.frames.panels.panel import NEVER, Panel
from analysis.errors import DesignError, EstimationError, Problem
from analysis.methods.shared import panels
from analysis.methods.shared.options import UntreatedOptions
from analysis.stats.panels.adoption import Adoption, Expectation, damped_weights

Weighting = Literal["damped", "exposure", "equal"]
GROUP_LIMIT = 500
"""More clusters than this are dealt into 300 groups: 2,850 alone took 19 s, 300 groups half one."""
GROUPS = 300
MINIMUM_COUNTED = 2
"""Adopting clusters in which something was counted: without one of them there must be another."""


def clusters_of(panel: Panel, rng: np.random.Generator) -> np.ndarray:
    """The number of what is left out together with each region; shape (N,)."""
    return panels.left_out_groups(panel, rng, GROUP_LIMIT, GROUPS)


def adoption_of(
    panel: Panel,
    options: UntreatedOptions,
    clusters: np.ndarray,
    weighting: Weighting,
    values: np.ndarray | None = None,
) -> Adoption:
    """The panel as the estimates see it, without periods that nobody speaks of.

    Parameters
    ----------
    values: levels (N, T), NaN where there are none; by default the counts.

    Raises
    ------
    DesignError: no period since adoption can be compared, or too little was counted there.
    """
    counted = values is None
    given = panel.matrix("count") if values is None else values
    exposure = panel.matrix("exposure")
    observed = np.isfinite(given) & np.isfinite(exposure)
    starts = panel.adoption.to_numpy()
    active = (starts[:, None] > NEVER) & (np.arange(1, given.shape[1] + 1) >= starts[:, None])
    adoption = Adoption(
        np.where(observed, given, 0.0),
        np.where(observed, exposure, 0.0),
        starts,
        panels.untreated_cells(panel, options, options.anticipation) & observed,
        active & observed,
        clusters,
        np.ones(len(starts)),
        counted,
    ).known()
    _require(adoption)
    return replace(adoption, weights=_weights(adoption, weighting))


def _weights(adoption: Adoption, weighting: Weighting) -> np.ndarray:
    """Of regions. Counts weigh by exposure of themselves, levels do not."""
    if weighting == "damped":
        return damped_weights(adoption)
    looked_at = adoption.untreated | adoption.active
    cells = np.maximum(looked_at.sum(axis=1), 1)
    usual = np.where(looked_at, adoption.exposure, 0.0).sum(axis=1) / cells
    if (weighting == "exposure") == adoption.counted:
        return np.ones(len(usual))
    relative = usual / usual[usual > 0].mean()
    relative = np.where(usual > 0, relative, 1.0)
    return np.asarray(1 / relative if adoption.counted else relative)


def _require(adoption: Adoption) -> None:
    """Refuse what gives no finite number: nothing to compare, or nothing counted."""
    if not adoption.active.any():
        what = "have no period since adoption in which two others can be compared with"
        remedy = "Add regions that start later or never, or use longer periods"
        raise DesignError([Problem("adopting regions", what, remedy)])
    if not adoption.counted:
        return
    ever = adoption.ever
    counted = np.where(adoption.active, adoption.values, 0.0).sum(axis=1) > 0
    before = np.where(adoption.untreated, adoption.values, 0.0).sum(axis=1) > 0
    problems = []
    for when, filled in (("since adoption", counted), ("before adoption", before)):
        clusters = len(np.unique(adoption.clusters[ever & filled]))
        if clusters < MINIMUM_COUNTED:
            which = f"all but {clusters}" if clusters else "all"
            what = f"are all zero {when} in {which} adopting regions"
            remedy = "No ratio can be given; use longer periods, or another outcome"
            problems.append(Problem("counts", what, remedy))
    if problems:
        raise DesignError(problems)


@dataclass(frozen=True)
class Imputed:
    """Effects overall, just before the start, and by event time, without each cluster too.

    ``averages`` has shape (1 + G, 2), or (1 + G, 3) with the effect of a dose, ``path``
    (1 + G, K), ``support`` (K,).
    """

    averages: np.ndarray
    times: tuple[int, ...]
    path: np.ndarray
    support: np.ndarray


def imputed(
    adoption: Adoption, anticipation: int, leads: int, dose: np.ndarray | None = None
) -> Imputed:
    """Every effect. The last periods before the start are held out to give the leads.

    Parameters
    ----------
    dose: of each adopter, where the effect of one more unit is wanted; shape (adopters,).

    Raises
    ------
    EstimationError: a fit did not converge.
    """
    found, held, since = _expected(adoption), None, adoption.since
    if leads:
        out = (since < 0) & (since >= -leads)
        held = _expected(replace(adoption, untreated=adoption.untreated & ~out).known())
    observed = early = (adoption.exposure > 0) & adoption.spoken
    last = int(since.max())
    after = found.effects([range(last + 1), *([time] for time in range(last + 1))])
    ahead = np.empty((len(after), 0))
    if held:
        early = observed & held.adoption.trained[:, None]
        ahead = held.effects([[time] for time in range(-leads, 0)], early)
    before = np.full((len(after), 1), np.nan)
    if anticipation:
        before = found.effects([range(-anticipation, 0)], observed)
    times = tuple(range(-leads, last + 1))
    looked_at = np.where(since >= 0, adoption.active, early)
    support = [int((looked_at & (since == time)).any(axis=1).sum()) for time in times]
    averages = [after[:, :1], before]
    if dose is not None:
        averages.append(found.per_dose(dose)[:, None])
    return Imputed(
        np.hstack(averages),
        times,
        np.hstack([ahead, after[:, 1:]]),
        np.array(support),
    )


def _expected(adoption: Adoption) -> Expectation:
    course = adoption.fit()
    if not course.converged:
        remedy = "Some period or region has too few untreated counts; use longer periods"
        raise EstimationError([Problem("period effects", "did not converge", remedy)])
    return Expectation(adoption, course)


def lead_count(panel: Panel, most: int) -> int:
    """How many leads can be held out while most adopters keep periods to start from."""
    starts = panel.adoption.to_numpy()
    return max(min(most, int(np.median(starts[starts > NEVER])) - 2), 0)


def jackknife_of(
    panel: Panel, adoption: Adoption, options: UntreatedOptions, most_leads: int
) -> panels.Jackknife:
    """Every effect without each cluster, ready to become a result.

    Raises
    ------
    EstimationError: a fit did not converge.
    """
    leads = lead_count(panel, most_leads)
    effects = imputed(adoption, options.anticipation, leads, dose_of(panel))
    return panels.Jackknife(
        panel,
        adoption.clusters,
        effects.averages,
        np.array(effects.times),
        effects.path,
        effects.support,
        ("overall", "before", "per_dose")[: effects.averages.shape[1]],
        options.comparison == "never_treated",
    )


def dose_of(panel: Panel) -> np.ndarray | None:
    """The dose of each adopter in order, where the panel knows them and they vary."""
    adopters = panel.adoption[panel.adoption > NEVER].index
    found = np.array([panel.dose.get(code, np.nan) for code in adopters])
    return found if np.isfinite(found).all() and np.ptp(found) > 0 else None
