"""How interventions lie over one another, and whether what two do together can be told.

References
----------
As ``joint``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from analysis.stats.joint.course import JointCourse
from analysis.stats.panels.own_course import Look, look_at

LEAST_TOGETHER = 5
"""Clusters with both at once that an interaction needs."""
MODELLED_FROM = 0.3
"""Overlap from which an interaction is in the model."""


@dataclass(frozen=True)
class Overlap:
    """Who has which of two: regions with the first alone, the second alone, both; by order of
    start; ``clusters`` with exactly one, each side; ``together`` clusters with both at once;
    ``periods`` of regions with both in force, and with either."""

    alone: tuple[int, int]
    both: int
    first: tuple[int, int]
    clusters: tuple[int, int]
    together: int
    periods: tuple[int, int]

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
        int(joint.clusters_with(at_once.any(axis=1)).sum()),
        (int(at_once.sum()), int(either.sum())),
    )


def pairs_to_model(
    course: JointCourse, least: float = MODELLED_FROM
) -> tuple[tuple[int, int], ...]:
    """Pairs that overlap by a share, so that an interaction would bend both, and can be told."""
    found = []
    for k, m in combinations(range(len(course.joint.active)), 2):
        overlap = overlap_of(course, k, m)
        if overlap.share >= least and overlap.together >= LEAST_TOGETHER:
            found.append((k, m))
    return tuple(found)


def interaction_look(course: JointCourse, place: int) -> Look:
    """The interaction of a pair of the model: what both do together beyond both alone."""
    joint = course.joint
    k, m = course.pairs[place]
    at_once = (joint.active[k] & joint.active[m] & joint.either.active).any(axis=1)
    return look_at(course.headline[:, len(joint.active) + place], joint.clusters_with(at_once))
