"""Effects of each of several interventions by time since its start, and alone.

References
----------
As ``joint``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.stats.joint.course import JointCourse
from analysis.stats.joint.joint import Baseline
from analysis.stats.panels.adoption import Expectation
from analysis.stats.panels.cohorts import groups_of_sides
from analysis.stats.panels.own_course import Look, look_at


@dataclass(frozen=True)
class Path:
    """Effects at L times since the start, of all regions and without each cluster.

    ``values`` has shape (1 + G, L); ``support``, adopters behind each, (L,); ``sides``,
    clusters that hold one of them, and those without on average, (L,) each.
    """

    times: tuple[int, ...]
    values: np.ndarray
    support: np.ndarray
    sides: tuple[np.ndarray, np.ndarray]


def path_of(course: JointCourse, which: int, *, leads: int, least: int, records: int = 0) -> Path:
    """One intervention's effects by time since its start, the others' as one number each.

    Periods before the start are held out of those that tell what is to be expected.

    Parameters
    ----------
    leads: most periods before the start. least: adopters that a time needs to be given, and
        ``records`` the counts that one since the start needs.
    """
    since, either = course.joint.since[which], course.joint.either
    ahead = either.untreated & (since < 0) & (since >= -leads)
    before = _supported(ahead, since, least)
    early = [ahead & (since == time) for time in before]
    active = course.joint.active[which] & either.active
    after = [time for time in _supported(active, since, least) if time >= 0]
    after = [time for time in after if either.values[active & (since == time)].sum() >= records]
    values = []
    if early:
        held = replace(
            either, untreated=either.untreated & ~ahead, active=np.asarray(np.any(early, axis=0))
        )
        joint = replace(course.joint, either=held.known())
        values.append(Baseline.of(joint).effects(np.stack(early).astype(float)))
    own = [active & (since == time) for time in after]
    late = active & ~np.any(own, axis=0)
    others = np.delete(course.design, which, axis=0)
    columns = [*own, late] if late.any() else own
    found = course.baseline.effects(np.concatenate([np.stack(columns).astype(float), others]))
    times = (*before, *after)
    support = [int(cells.any(axis=1).sum()) for cells in (*early, *own)]
    starts, periods = course.joint.starts[which], either.values.shape[1]
    sides = groups_of_sides(starts, either.clusters, np.array(times), periods)
    gaps = np.hstack([*values, found[:, : len(after)]])
    return Path(times, gaps, np.array(support), sides)


def _supported(cells: np.ndarray, since: np.ndarray, least: int) -> list[int]:
    """Times since the start at which enough regions are seen, in order."""
    times, counts = np.unique(since[cells], return_counts=True)
    return [int(time) for time, count in zip(times, counts, strict=True) if count >= least]


def alone(course: JointCourse, which: int) -> Look | None:
    """The estimate if regions with any of the other interventions are left out; if there is one."""
    joint = course.joint
    other = np.asarray(np.delete(joint.ever, which, axis=0).any(axis=0))
    either = joint.either
    rest = replace(
        either,
        starts=np.where(other, 0, joint.starts[which]),
        untreated=either.untreated & ~other[:, None],
        active=either.active & ~other[:, None],
    ).known()
    if not (rest.active.any() and rest.untreated[rest.ever].any()):
        return None
    with np.errstate(divide="ignore"):
        values = Expectation(rest, rest.fit()).effect()
    if not np.isfinite(values).all():
        return None
    # Clusters that were left out altogether change nothing and are none of the comparison.
    kept = np.bincount(rest.clusters, weights=~other, minlength=rest.groups) > 0
    return look_at(values[np.concatenate([[True], kept])], rest.adopting[kept])
