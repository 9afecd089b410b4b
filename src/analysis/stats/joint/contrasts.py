"""Did one intervention do more than another? Contrasts of joint estimates, as one family.

A contrast of k and l is β_k − β_l on cells in which every active intervention has been in force no
longer than most adopters of both have seen, and, where regions are of several kinds, within each:
Σ_s w_s (β_ks − β_ls), w_s ∝ n_k n_l / (n_k + n_l) of regions of kind s with exactly one of them.
All pairs together are the family (Holm). A difference stands only where the contrast of one fit to
all cells with a slope for the adopters of each (``trend_break``) agrees at 90 %, over all pairs
that get so far: adopters of one that drift −1 % a period would else be called better in half of
studies.

References
----------
Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
Statistics 6. Cochran and Rubin (1973), "Controlling bias in observational studies", Sankhyā A 35,
for weights of kinds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from analysis.stats.joint.course import JointCourse
from analysis.stats.joint.joint import LOOSE, one_fit, untold
from analysis.stats.joint.overlap import Overlap, bend_of, overlap_of
from analysis.stats.panels.own_course import Look, look_at
from analysis.stats.pooling.families import holm
from analysis.stats.resampling.jackknife import minimum_detectable

LEAST_REGIONS, LEAST_CLUSTERS, LEAST_DEGREES = 5, 3, 3
"""Regions and clusters with exactly one of two on either side, and degrees of freedom."""
LEAST_OF_A_KIND = 2
SEEN_BY = 0.8
"""Share of the adopters of both that have seen the months since the start that are compared."""
TOLD_UP_TO = 0.5
"""Overlap up to which an interaction may be left out."""
CONFIRMED = 0.1
"""Two-sided p of the contrast that allows adopters a slope of their own."""


@dataclass(frozen=True)
class Contrast:
    """How much more (−: fewer) ``pair[0]`` did than ``pair[1]``, in log points.

    ``look`` is compared like with like; ``plain`` over all cells and kinds; ``trend_break`` allows
    adopters a slope. ``adjusted`` and ``limits`` are over the family, ``confirmed`` is the p of
    ``trend_break`` over the pairs of the family that leave out no difference. ``span`` is the
    number of periods since the start that is compared, ``kinds`` how many kinds. ``refused`` holds
    the reasons for which nothing is said of the pair; looks are ``None`` then. ``bend`` is how much
    of what both do together is in the effect of each, ``None`` where the model has it apart.
    """

    pair: tuple[int, int]
    overlap: Overlap
    refused: tuple[str, ...] = ()
    bend: tuple[float, float] | None = None
    look: Look | None = None
    plain: Look | None = None
    trend_break: Look | None = None
    adjusted: float = 1.0
    confirmed: float = 1.0
    limits: tuple[float, float] = (-math.inf, math.inf)
    span: int = 0
    kinds: int = 1

    def stands(self, level: float) -> int:
        """−1 or 1 where one did more, by the family and allowing for slopes; else 0."""
        if self.look is None or self.trend_break is None or self.adjusted >= 1 - level:
            return 0
        agrees = self.trend_break.value * self.look.value > 0
        return int(np.sign(self.look.value)) if agrees and self.confirmed < CONFIRMED else 0


def contrasts(
    course: JointCourse,
    level: float,
    kinds: np.ndarray | None = None,
    asked: Sequence[tuple[int, int]] = (),
) -> tuple[Contrast, ...]:
    """Every pair, those that can be told adjusted for their number.

    Parameters
    ----------
    kinds: number of the kind of each region, shape (N,); by default all are of one.
    asked: the pairs that are the family, settled beforehand; by default all.
    """
    given = np.zeros(len(course.joint.either.starts), dtype=int) if kinds is None else kinds
    pairs = asked or list(combinations(range(len(course.joint.active)), 2))
    return adjusted([_contrast(course, pair, given) for pair in pairs], level)


def _contrast(course: JointCourse, pair: tuple[int, int], kinds: np.ndarray) -> Contrast:
    """One pair, or why nothing can be said of it."""
    joint, (k, m) = course.joint, pair
    overlap = overlap_of(course, k, m)
    shares = kind_shares(joint.ever[k], joint.ever[m], kinds)
    bend = bend_of(course, k, m) if overlap.both and pair not in course.pairs else None
    refused = _refused(overlap, pair in course.pairs, shares)
    if refused:
        return Contrast(pair, overlap, refused, bend)
    involved = joint.clusters_with(joint.ever[k] | joint.ever[m])
    span = common_span(course, k, m)
    within = _within(course, span)
    design, weights = _by_kind(course, pair, kinds, shares)
    if (np.abs(weights @ untold(design, within)) > LOOSE).any():
        return Contrast(pair, overlap, ("few_degrees",), bend)
    every = joint.either.untreated | within
    found = {
        "look": course.baseline.effects(design, within) @ weights,
        "plain": course.headline[:, k] - course.headline[:, m],
        "trend_break": one_fit(joint, design, joint.drifts(course.sloped), every) @ weights,
    }
    looks = {n: look_at(v, involved) for n, v in found.items() if np.isfinite(v).all()}
    look = looks.get("look")
    if look is None or look.degrees < LEAST_DEGREES:
        return Contrast(pair, overlap, ("few_degrees",), bend)
    broken = looks.get("trend_break") if {k, m} <= set(course.sloped) else None
    plain = looks.get("plain")
    return Contrast(pair, overlap, (), bend, look, plain, broken, span=span, kinds=len(shares))


def _refused(overlap: Overlap, modelled: bool, shares: dict[int, float]) -> tuple[str, ...]:
    """Why two interventions cannot be told apart."""
    found = []
    if overlap.both and not min(overlap.alone):
        found.append("subset")
    elif min(overlap.alone) < LEAST_REGIONS or min(overlap.clusters) < LEAST_CLUSTERS:
        found.append("few_with_one")
    elif not shares:
        found.append("no_kind_in_common")
    if overlap.share > TOLD_UP_TO and not modelled:
        found.append("overlap")
    return tuple(found)


def kind_shares(one: np.ndarray, other: np.ndarray, kinds: np.ndarray) -> dict[int, float]:
    """Weights of kinds with enough regions that have exactly one of two; they add up to 1.

    Parameters
    ----------
    one, other, kinds: who ever adopts, and the kind; shape (N,).
    """
    found = {}
    for kind in np.unique(kinds):
        n_one = int((one & ~other & (kinds == kind)).sum())
        n_other = int((other & ~one & (kinds == kind)).sum())
        if min(n_one, n_other) >= LEAST_OF_A_KIND:
            found[int(kind)] = n_one * n_other / (n_one + n_other)
    total = sum(found.values())
    return {kind: weight / total for kind, weight in found.items()}


def _by_kind(
    course: JointCourse, pair: tuple[int, int], kinds: np.ndarray, shares: dict[int, float]
) -> tuple[np.ndarray, np.ndarray]:
    """The design with the indicators of two interventions split by kind, and what to add up."""
    design = course.design
    split, weights = [], []
    for place, column in enumerate(design):
        sign = {pair[0]: 1.0, pair[1]: -1.0}.get(place, 0.0)
        if not sign or len(np.unique(kinds)) == 1:
            split.append(column)
            weights.append(sign)
            continue
        rest = np.ones(len(kinds), dtype=bool)
        for kind, share in shares.items():
            own = kinds == kind
            split.append(column * own[:, None])
            weights.append(sign * share)
            rest &= ~own
        if (column * rest[:, None]).any():
            split.append(column * rest[:, None])
            weights.append(0.0)
    return np.stack(split), np.array(weights)


def common_span(course: JointCourse, k: int, m: int) -> int:
    """Periods since the start that enough of the adopters of both have seen."""
    joint = course.joint
    lasted = np.where(joint.active & joint.either.active, joint.since + 1, 0).max(axis=2)
    seen = [lasted[which][joint.ever[which]] for which in (k, m)]
    # The highest length that a share of SEEN_BY reaches: an order statistic, no interpolation.
    reached = [np.sort(own)[::-1][math.ceil(SEEN_BY * len(own)) - 1] for own in seen]
    return int(min(reached))


def _within(course: JointCourse, span: int) -> np.ndarray:
    """Active cells in which no intervention has been in force for longer; shape (N, T)."""
    joint = course.joint
    late = (joint.active & (joint.since >= span)).any(axis=0)
    return np.asarray(joint.either.active & ~late)


def adjusted(found: Sequence[Contrast], level: float) -> tuple[Contrast, ...]:
    """The same contrasts with p-values and limits over all that can be told."""
    told = [c for c in found if c.look is not None]
    whole = over_family([c.look for c in told if c.look is not None], level)
    each = {
        c.pair: replace(c, adjusted=chance, limits=limits)
        for c, (chance, limits) in zip(told, whole, strict=True)
    }
    return _confirmed([each.get(c.pair, c) for c in found], level)


def over_family(looks: Sequence[Look], level: float) -> list[tuple[float, tuple[float, float]]]:
    """p-value and limits of each over all of them, by Holm.

    Limits leave out zero just where the adjusted p is below 1 − level.
    """
    found = []
    chances = np.array([look.p_value for look in looks])
    for look, chance, after in zip(looks, chances, holm(chances), strict=True):
        times = after / chance if chance > 0 and after < 1 else float(len(looks))
        found.append((float(after), look.limits(1 - (1 - level) / max(times, 1.0))))
    return found


def _confirmed(found: Sequence[Contrast], level: float) -> tuple[Contrast, ...]:
    """With the second look adjusted for as many as need it.

    Each pair of one that drifts among three would else be confirmed in one study of twenty: any in
    .075 of 1,000 worlds.
    """
    asked = [c for c in found if c.trend_break and c.adjusted < 1 - level]
    if not asked:
        return tuple(found)
    chances = holm(np.array([c.trend_break.p_value for c in asked if c.trend_break]))
    second = {c.pair: float(chance) for c, chance in zip(asked, chances, strict=True)}
    return tuple(replace(c, confirmed=second.get(c.pair, 1.0)) for c in found)


def detectable(contrast: Contrast, family: Sequence[Contrast], level: float, power: float) -> float:
    """The difference that stands with a power among so many pairs; infinite where none can.

    What the limits over the family need, or what the contrast with slopes does beside those of all
    pairs with one of the two, whichever is more: in .82 to .88 of 60 to 100 worlds it stood.
    """
    look, second = contrast.look, contrast.trend_break
    if look is None or second is None:
        return math.inf
    told = sum(one.look is not None for one in family)
    beside = [one.pair for one in family if one.trend_break is not None]
    most = max(sum(which in pair for pair in beside) for which in contrast.pair)
    return max(
        minimum_detectable(look.error, 1 - (1 - level) / told, power, look.degrees),
        minimum_detectable(second.error, 1 - CONFIRMED / most, power, second.degrees),
    )


def best(found: Sequence[Contrast], level: float, count: int) -> int | None:
    """The intervention below every other, if there is one; ``count`` is how many there are."""
    for which in range(count):
        signs = [
            c.stands(level) * (1 if c.pair[0] == which else -1) for c in found if which in c.pair
        ]
        if len(signs) == count - 1 and all(sign < 0 for sign in signs):
            return which
    return None
