"""How interventions lie over one another, and whether what two do together can be told.

References
----------
As ``joint``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.stats.joint.course import JointCourse
from analysis.stats.joint.joint import Joint, untold
from analysis.stats.panels.own_course import Look, look_at

LEAST_TOGETHER = 5
"""Clusters with both at once, and with either without the other, that an interaction needs."""
LEAST_ALIKE = 3
"""Clusters that had just the same in force at once, with fewer of which no interaction is told."""
MODELLED_FROM = 0.3
"""Overlap from which an interaction is in the model."""


@dataclass(frozen=True)
class Overlap:
    """Who has which of two: regions with the first alone, the second alone, both; by order of
    start; ``clusters`` with exactly one, each side; ``periods`` of regions with both in force, and
    with either; ``told_by`` the fewest clusters of those with both at once, and with one without
    the other in force, each side."""

    alone: tuple[int, int]
    both: int
    first: tuple[int, int]
    clusters: tuple[int, int]
    periods: tuple[int, int]
    told_by: int

    @property
    def share(self) -> float:
        """Regions with both among the adopters of the one that fewer adopted."""
        return self.both / max(min(self.alone) + self.both, 1)


def overlap_of(course: JointCourse, k: int, m: int) -> Overlap:
    """How two interventions lie over one another."""
    joint = course.joint
    one, other = joint.ever[k], joint.ever[m]
    both = one & other
    only = (one & ~other, other & ~one)
    seen = joint.either.active
    at_once = joint.active[k] & joint.active[m] & seen
    either = (joint.active[k] | joint.active[m]) & seen
    earlier = joint.starts[k] - joint.starts[m]
    return Overlap(
        (int(only[0].sum()), int(only[1].sum())),
        int(both.sum()),
        (int((both & (earlier < 0)).sum()), int((both & (earlier > 0)).sum())),
        (int(joint.clusters_with(only[0]).sum()), int(joint.clusters_with(only[1]).sum())),
        (int(at_once.sum()), int(either.sum())),
        min(
            int(joint.clusters_with(cells.any(axis=1)).sum())
            for cells in (at_once, either & ~joint.active[m], either & ~joint.active[k])
        ),
    )


def pairs_to_model(
    course: JointCourse,
    least: float = MODELLED_FROM,
    among: Sequence[tuple[int, int]] = (),
) -> tuple[tuple[int, int], ...]:
    """Pairs that overlap by a share, so that an interaction would bend both, and can be told.

    Where one was never in force without the other, what both do together is in its effect: their
    sum alone is told, and any split of it is made up. The same of one that always had either of
    two others, with whom then neither interaction is told.

    Parameters
    ----------
    among: pairs that are looked at; by default all.
    """
    joint, found = course.joint, []
    for pair in among or combinations(range(len(joint.active)), 2):
        overlap = overlap_of(course, *pair)
        if overlap.share >= least and overlap.told_by >= LEAST_TOGETHER:
            found.append(pair)
    free = untold(joint.design(found), _usual(joint))[len(joint.active) :]
    return tuple(pair for pair, one in zip(found, free, strict=True) if not one.any())


def _usual(joint: Joint) -> np.ndarray:
    """Active cells whose interventions clusters enough had in force at once; shape (N, T)."""
    seen, usual = joint.either.active, np.zeros(joint.either.active.shape, dtype=bool)
    which = np.tensordot(1 << np.arange(len(joint.active)), joint.active, 1)
    for one in np.unique(which[seen]):
        cells = seen & (which == one)
        if joint.clusters_with(cells.any(axis=1)).sum() >= LEAST_ALIKE:
            usual |= cells
    return usual


def bend_of(course: JointCourse, k: int, m: int) -> tuple[float, float]:
    """How much of an interaction that is not in the model is in the effect of each of two."""
    joint, seen = course.joint, course.joint.either.active
    design, together = course.design[:, seen], (joint.active[k] & joint.active[m])[seen]
    expected = (joint.either.weights[:, None] * course.baseline.expected)[seen]
    weighted = design * expected * np.exp(np.nan_to_num(course.headline[0]) @ design)
    found = np.linalg.lstsq(weighted @ design.T, weighted @ together)[0]
    return float(found[k]), float(found[m])


def beside_others(course: JointCourse) -> dict[int, tuple[int, ...]]:
    """Interventions that too few clusters had without certain others, and which those are.

    Others with which what both do together is not in the model: it is in the effect.
    """
    joint, found = course.joint, {}
    together = {frozenset(pair) for pair in course.pairs}
    for k, active in enumerate(joint.active):
        own = active & joint.either.active
        others = [m for m in range(len(joint.active)) if m != k and {k, m} not in together]
        beside = tuple(m for m in others if (own & joint.active[m]).any())
        single = own & ~joint.active[list(beside)].any(axis=0)
        if beside and joint.clusters_with(single.any(axis=1)).sum() < LEAST_TOGETHER:
            found[k] = beside
    return found


def interaction_look(course: JointCourse, place: int) -> Look:
    """The interaction of a pair of the model: what both do together beyond both alone."""
    joint = course.joint
    k, m = course.pairs[place]
    at_once = (joint.active[k] & joint.active[m] & joint.either.active).any(axis=1)
    return look_at(course.headline[:, len(joint.active) + place], joint.clusters_with(at_once))
