"""What happens, and how much of it is recorded: incidents and reporting apart.

Records of a kind in county i and month t are negative binomial with mean

    m_it · [(1 − q) e^O + q e^P] · [1 − s + s e^G],

m_it = exposure_it · base · exp(lasting propensity + season + shock + city's and own noise); q of
complaints are brought by professional claimants, s through a channel in which officers decide what
is recorded; O, P and G add up the effects of what is active. Reports and enquiries are not touched.
Hospitals count injuries, which no officer records: only incidents move them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.simulated.adoption import REVERSE, SERVICE, Adoption
from analysis.simulated.counties import persistent
from analysis.simulated.places import cities, county_types
from analysis.simulated.worlds import INTERVENTIONS, Options, stream

KIND_SHARE = {"complaint": 1.0, "report": 0.25, "enquiry": 0.45}
"""Reports and enquiries per complaint."""
KINDS = tuple(KIND_SHARE)
SEASON = np.array([-0.08, -0.12, 0.22, 0.02, 0.0, -0.04, -0.05, -0.02, 0.0, 0.03, 0.2, 0.06])
"""Log seasonal effects by month: peaks in March (consumer rights day) and November (sales)."""
TYPE_LEVEL = np.array([0.1, 0.0, -0.1])
"""Log level of urban, mixed and farming counties, as long as counties differ at all."""
PROFESSIONAL_SHARE = {"complaint": 0.15, "report": 0.45, "enquiry": 0.0}
INFLUENCED = 0.5
"""Share that comes by telephone or in person."""
INJURIES = 4.0
"""In a county and month."""
MERGED, MERGED_BY = "2021-07", 0.06
"""Hotlines become one: from then on more is recorded everywhere."""


@dataclass(frozen=True)
class Course:
    """How counties would have gone; N counties, T months."""

    propensity: np.ndarray
    noise: np.ndarray
    log_rate: np.ndarray


def draw_course(options: Options, months: pd.PeriodIndex) -> Course:
    """Lasting propensities, shocks of cities and counties, season, 2020 and the merged hotlines."""
    rng, count, world = stream(options, "course"), options.counties, options.truth
    propensity = rng.normal(0, 1, count) * world.counties
    if world.counties:
        propensity = propensity + TYPE_LEVEL[county_types(count)]
    places, together = (count, len(months)), (int(cities(count)[-1]) + 1, len(months))
    noise = persistent(rng, places, options.noise, options.persistence)
    shared = persistent(rng, together, options.city_noise, options.persistence)
    trend = SEASON[months.month - 1] + _epidemic(months) + MERGED_BY * (months >= MERGED)
    log_rate = propensity[:, None] + trend[None, :] + noise + shared[cities(count)]
    return Course(propensity, noise, log_rate)


def _epidemic(months: pd.PeriodIndex) -> np.ndarray:
    """2020: a jump in complaints in the first months of the epidemic, then a slow return."""
    since = (months.year - 2020) * 12 + months.month - 2
    return np.where(since >= 0, 0.25 * np.exp(-np.maximum(since, 0) / 6), 0.0)


@dataclass(frozen=True)
class Moved:
    """What interventions add, in log points: to incidents of ordinary people and of professional
    claimants, and to recording where officers decide; each (N, T).
    """

    ordinary: np.ndarray
    professional: np.ndarray
    recording: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """The factor on all complaints recorded."""
        share = PROFESSIONAL_SHARE["complaint"]
        people = (1 - share) * np.exp(self.ordinary) + share * np.exp(self.professional)
        return np.asarray(people * (1 - INFLUENCED + INFLUENCED * np.exp(self.recording)))

    @property
    def professional_share(self) -> np.ndarray:
        """Share of complaints that professional claimants bring."""
        odds = PROFESSIONAL_SHARE["complaint"] / (1 - PROFESSIONAL_SHARE["complaint"])
        odds = odds * np.exp(self.professional - self.ordinary)
        return np.asarray(odds / (1 + odds))

    @property
    def influenced_share(self) -> np.ndarray:
        """Share of complaints that comes where officers decide what is recorded."""
        odds = INFLUENCED / (1 - INFLUENCED) * np.exp(self.recording)
        return np.asarray(odds / (1 + odds))


def moved(options: Options, adoption: Adoption, names: Collection[str] = INTERVENTIONS) -> Moved:
    """What the named interventions add, wherever they are active, without any other."""
    world, shape = options.truth, (options.counties, options.months)
    ordinary, professional, recording = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for name in names:
        active = adoption.active(name, options.months)
        own = adoption.own[name][:, None]
        ordinary += active * (world.ordinary[name] + own)
        professional += active * (world.professional[name] + own)
        if name == REVERSE:
            recording += active * world.recording
    if {REVERSE, SERVICE} <= {*names}:
        both = adoption.active(REVERSE, options.months) & adoption.active(SERVICE, options.months)
        ordinary, professional = (x + both * world.interaction for x in (ordinary, professional))
    return Moved(ordinary, professional, recording)


def draw_counts(options: Options, expected: np.ndarray, effects: Moved) -> dict[str, np.ndarray]:
    """Records by kind, and injuries; ``expected`` complaints without interventions, (N, T)."""
    rng = stream(options, "counts")
    entered = np.ones(options.months)
    entered[-2:] = np.sqrt(options.truth.entered), options.truth.entered
    counts = {}
    for kind, share in KIND_SHARE.items():
        acting = effects.total if kind == "complaint" else 1.0
        counts[kind] = _overdispersed(expected * share * acting * entered, options.dispersion, rng)
    return counts


def draw_injuries(options: Options, expected: np.ndarray, adoption: Adoption) -> np.ndarray:
    """Injuries that hospitals count; reverse assessment moves them as it moves incidents.

    Parameters
    ----------
    expected: without it, (N, T).
    """
    incidents = moved(options, adoption, [REVERSE]).ordinary
    return np.asarray(stream(options, "injuries").poisson(expected * np.exp(incidents)))


def _overdispersed(mean: np.ndarray, alpha: float, rng: np.random.Generator) -> np.ndarray:
    """Negative binomial counts with variance mean + alpha · mean²."""
    if alpha <= 0:
        return np.asarray(rng.poisson(mean))
    return np.asarray(rng.poisson(mean * rng.gamma(1 / alpha, alpha, mean.shape)))
