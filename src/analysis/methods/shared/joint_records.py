"""What figures and tables draw of joint estimates, as flat records."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from analysis.data.frames.panels.panel import MINIMUM_SUPPORT
from analysis.result import event_path
from analysis.stats.joint.contrasts import Contrast, over_family
from analysis.stats.joint.course import JointCourse
from analysis.stats.joint.overlap import interaction_look, overlap_of
from analysis.stats.joint.paths import alone, path_of
from analysis.stats.panels.own_course import Look
from analysis.stats.resampling.jackknife import simultaneous_margins, smaller_side

MINIMUM_RECORDS = 10
"""With fewer an effect by time would tell what single records were."""
SECOND_LEVEL = 0.9
"""Level of the interval of a contrast that allows adopters a slope."""


def effect_records(
    course: JointCourse, names: tuple[str, ...], effects: list[Look], level: float
) -> tuple[dict[str, Any], ...]:
    """Each intervention jointly and alone, with its adopters and what was to be expected."""
    joint, rows = course.joint, []
    either, base = joint.either, course.baseline
    weights = either.weights[:, None]
    fitted = base.expected * np.exp(np.tensordot(course.headline[0], course.design, 1))
    for k, (name, look) in enumerate(zip(names, effects, strict=True)):
        cells = joint.active[k] & either.active
        without = np.where(cells, weights * fitted, 0.0).sum() * np.exp(-look.value)
        by_itself = alone(course, k)
        low, high = look.limits(level)
        limits = by_itself.limits(level) if by_itself else (None, None)
        only = joint.ever[k] & (joint.ever.sum(axis=0) == 1)
        rows.append(
            {
                "intervention": name,
                "value": look.value,
                "low": low,
                "high": high,
                "degrees": look.degrees,
                "alone": by_itself.value if by_itself else None,
                "alone_low": limits[0],
                "alone_high": limits[1],
                "regions": int(joint.ever[k].sum()),
                "regions_alone": int(only.sum()),
                "clusters": int(joint.clusters_with(joint.ever[k]).sum()),
                "expected_rate": float(without / (weights * either.exposure * cells).sum()),
            }
        )
    return tuple(rows)


def contrast_record(contrast: Contrast, names: tuple[str, ...], level: float) -> dict[str, Any]:
    """A pair: compared like with like, plainly, and allowing for slopes; or why not."""
    k, m = contrast.pair
    found: dict[str, Any] = {"first": names[k], "second": names[m]}
    found |= {"both_share": contrast.overlap.share, "refused": " ".join(contrast.refused)}
    looks = {"value": contrast.look, "plain": contrast.plain, "trend_break": contrast.trend_break}
    for name, look in looks.items():
        found[name] = look.value if look else None
    for name in ("plain", "trend_break"):
        look = looks[name]
        width = level if name == "plain" else SECOND_LEVEL
        found[f"{name}_low"], found[f"{name}_high"] = look.limits(width) if look else (None, None)
    told = contrast.look is not None
    found["low"], found["high"] = contrast.limits if told else (None, None)
    found |= {"p_value": contrast.adjusted if told else None, "stands": contrast.stands(level)}
    return found | {"span": contrast.span, "kinds": contrast.kinds}


def overlap_records(course: JointCourse, names: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    """Every pair: alone, both, which came first, how long together."""
    rows = []
    for k, m in combinations(range(len(names)), 2):
        found = overlap_of(course, k, m)
        rows.append(
            {
                "first": names[k],
                "second": names[m],
                "first_only": found.alone[0],
                "second_only": found.alone[1],
                "both": found.both,
                "first_earlier": found.first[0],
                "second_earlier": found.first[1],
                "periods_together": found.periods[0],
                "periods_either": found.periods[1],
                "share": found.share,
                "modelled": (k, m) in course.pairs,
            }
        )
    return tuple(rows)


def interaction_records(
    course: JointCourse, names: tuple[str, ...], level: float
) -> tuple[dict[str, Any], ...]:
    """Two by two: each alone, both if they added up, both as they are, and what lies between.

    Limits are over all rows: of three pairs that add up, any was else called in .13 of worlds.
    """
    rows, values = [], course.headline[0]
    looks = [interaction_look(course, place) for place in range(len(course.pairs))]
    limits = [both for _, both in over_family(looks, level)]
    for (k, m), look, (low, high) in zip(course.pairs, looks, limits, strict=True):
        rows.append(
            {
                "first": names[k],
                "second": names[m],
                "first_alone": float(values[k]),
                "second_alone": float(values[m]),
                "added": float(values[k] + values[m]),
                "both": float(values[k] + values[m]) + look.value,
                "low": low,
                "high": high,
            }
        )
    return tuple(rows)


def path_records(
    course: JointCourse, names: tuple[str, ...], level: float, leads: int, rng: np.random.Generator
) -> tuple[dict[str, Any], ...]:
    """Effects by time since the start, with a band over all times of an intervention."""
    rows: list[dict[str, Any]] = []
    for k, name in enumerate(names):
        path = path_of(course, k, leads=leads, least=MINIMUM_SUPPORT, records=MINIMUM_RECORDS)
        finite = np.isfinite(path.values).all(axis=0)
        values, replicates = path.values[0], path.values[1:]
        degrees = smaller_side(np.minimum(path.support, path.sides[0]), path.sides[1])
        margins = simultaneous_margins(values, replicates, finite, degrees, level, rng)
        records_of = event_path(path.times, path.values[0], margins, path.support)
        rows += [{"intervention": name, **record} for record in records_of]
    return tuple(rows)
