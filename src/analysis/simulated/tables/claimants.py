"""Who complains: many people once, and a few who complain for a living, of labels and in bursts."""

from __future__ import annotations

import numpy as np

from analysis.simulated.worlds import Options, stream

PROFESSIONALS = 400
"""So few people bring all professional complaints."""
VISITORS, BURST_DAYS = 2, 4
"""Professional claimants that come to a county in a month, and in how many days they file."""
CATEGORIES = (
    "food",
    "drugs",
    "goods",
    "services",
    "online_sales",
    "advertising",
    "prices",
    "labels",
)
ORDINARY_ABOUT = (0.18, 0.08, 0.24, 0.22, 0.14, 0.04, 0.08, 0.02)
PROFESSIONAL_ABOUT = (0.16, 0.02, 0.08, 0.0, 0.04, 0.25, 0.05, 0.4)


def claimants(
    options: Options,
    professional: np.ndarray,
    county: np.ndarray,
    month: np.ndarray,
    pool: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of people, professional ones first, and when in the month each came, 0 to 1.

    Parameters
    ----------
    pool: how many ordinary people there are.
    """
    visits = stream(options, "claimants")
    shape = (options.counties, options.months, VISITORS)
    visitor = (PROFESSIONALS * visits.random(shape) ** 2).astype(int)
    began = visits.random(shape) * (1 - BURST_DAYS / 28)
    which = rng.integers(0, VISITORS, professional.size)
    people = rng.integers(PROFESSIONALS, PROFESSIONALS + pool, professional.size)
    moment = rng.random(professional.size)
    people[professional] = visitor[county, month, which][professional]
    burst = began[county, month, which] + moment * BURST_DAYS / 28
    moment[professional] = burst[professional]
    return people, moment


def subjects(professional: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Numbers of ``CATEGORIES``."""
    ordinary = rng.choice(len(CATEGORIES), professional.size, p=ORDINARY_ABOUT)
    labels = rng.choice(len(CATEGORIES), professional.size, p=PROFESSIONAL_ABOUT)
    return np.where(professional, labels, ordinary)


def earlier_cases(people: np.ndarray, options: Options) -> np.ndarray:
    """Earlier records by the same person; people in order of days, known ones from before."""
    order = np.argsort(people, kind="stable")
    ranked = people[order]
    first = np.flatnonzero(np.diff(ranked, prepend=-1))
    size = np.diff(np.append(first, ranked.size))
    prior = np.empty(people.size, dtype=int)
    prior[order] = np.arange(people.size) - np.repeat(first, size)
    before = 5 + stream(options, "earlier").geometric(0.06, PROFESSIONALS)
    known = people < PROFESSIONALS
    prior[known] += before[people[known]]
    return prior


def drawn_earlier_cases(professional: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same where a nation's records are never held at once to be counted."""
    many = rng.geometric(0.06, professional.size) + 4
    return np.where(professional, many, rng.poisson(0.05, professional.size))
