"""The verdict on an intervention: which way, and how sure, by stated rules.

A direction needs all of

1. the headline's interval leaves out no change;
2. a second look that allows adopters a course of their own agrees beyond the bound of two: the
   better of ``own_slope`` and ``trend_break`` would be as far from zero, on that side, in 5 % of
   studies without an effect. Where the report says beforehand that effects come at once, or grow,
   ``trend_break`` or ``own_slope`` alone is looked at;
3. clusters enough: three with an adopter, six without;
4. nothing that overrules it (``OVERRULES``).

Its certainty is *low*; *moderate* where both looks agree, one at 95 % and the other at 80 %, so
does the estimate without the two periods before the start at 80 %, and none of ``LOWERS`` holds;
*high* where, beside that, none of ``CAPS`` does: the order of the starts was drawn by lot.

*Too small to matter* needs the headline's interval within the smallest effect of interest, a
second look within twice that at 90 %, and none whose 90 % lie beyond the smallest effect: a drift
against the effect would hide it.

How often each claim is false was counted in simulated worlds: ``data/studies``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import scipy

from analysis.stats.panels.own_course import Look, OwnCourse
from analysis.stats.resampling.jackknife import minimum_detectable

Onset = Literal["unknown", "immediate", "gradual"]
Certainty = Literal["", "low", "moderate", "high"]
Key = Literal[
    "fewer", "more", "lower", "higher", "improves", "worsens", "too_small_to_matter", "cannot_tell"
]

VERDICTS: tuple[Key, ...] = (
    "fewer",
    "more",
    "lower",
    "higher",
    "improves",
    "worsens",
    "too_small_to_matter",
    "cannot_tell",
)
DIRECTIONS: tuple[Key, ...] = VERDICTS[:6]
GRADES: tuple[Certainty, ...] = ("", "low", "moderate", "high")
ONE_SIDED = 0.05
"""How often the better of two second looks may agree by chance."""
SAME = 0.995
"""Beyond this correlation two looks are one, or each other's opposite."""
MIDDLING = 0.2
"""Two-sided p of the weaker looks that a moderate certainty needs."""
RULE_LEVEL = 0.95
"""A direction needs the headline's interval at this level, or at the page's where that is more."""
LEAST_ADOPTING, LEAST_OTHERS = 3, 6
"""Clusters with and without adopters that a direction needs."""
LOOKS: dict[Onset, tuple[str, ...]] = {
    "unknown": ("own_slope", "trend_break"),
    "immediate": ("trend_break",),
    "gradual": ("own_slope",),
}
OVERRULES = (
    "no_range",
    "few_clusters",
    "own_course_unknown",
    "placebo_outcome",
    "leave_one_out",
    "already_treated",
    "other_method",
)
"""Reasons that leave no direction, and nothing too small to matter."""
LOWERS = (
    "leads",
    "base_period",
    "placebo_time",
    "reporting",
    "other_intervention",
    "few_adopters",
    "checks_lost",
)
"""Reasons that keep a certainty low."""
CAPS = ("not_drawn", "left_out", "starting_level", "no_placebo_outcome", "reporting_unknown")
"""Reasons that keep a certainty from being high."""


@dataclass(frozen=True)
class Finding:
    """What the numbers say by themselves, before any reason from outside them.

    ``direction`` is −1, 0 or 1; ``alone`` is the side on which the headline's interval leaves out
    no change, or 0; ``little`` that any change is too small to matter.
    """

    direction: int
    certainty: Certainty
    alone: int
    little: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The answer as a key, its certainty, and the reasons for both.

    ``alone`` is −1 or 1 where no direction is claimed although the headline by itself leaves out
    no change: adopters may have been on that course anyway. ``overruled``, ``lowered`` and
    ``capped`` are the reasons that took the direction away, or a grade.
    """

    key: Key
    certainty: Certainty = ""
    alone: int = 0
    overruled: tuple[str, ...] = ()
    lowered: tuple[str, ...] = ()
    capped: tuple[str, ...] = ()

    @property
    def claims(self) -> bool:
        """Whether a direction is claimed."""
        return self.key in DIRECTIONS

    @property
    def graded(self) -> str:
        """The key with its certainty, where it has one."""
        return f"{self.key}_{self.certainty}" if self.certainty else self.key


@lru_cache
def bound_of_two(correlation: float) -> float:
    """Two-sided p of the better of two looks that chance gives, on one side, in 5 % of studies.

    Parameters
    ----------
    correlation: of the two, from −1 to 1.
    """
    if abs(correlation) > SAME:
        return 2 * ONE_SIDED if correlation > 0 else ONE_SIDED
    both = scipy.stats.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]])
    quantile = scipy.optimize.brentq(lambda c: both.cdf([c, c]) - (1 - ONE_SIDED), 1.6, 2.3)
    return float(2 * scipy.stats.norm.sf(quantile))


def chance(course: OwnCourse, onset: Onset, headline: float | None, alone: int) -> float | None:
    """p of a direction, which holds where adopters drift as well: below .05 just where it is found.

    The larger of the headline's and of the chance that the better second look is as far on that
    side: adopters that drift by 2 % a quarter give the headline a p below .05 in .85 of studies.

    Parameters
    ----------
    headline: two-sided p of the headline, ``None`` where it has none. alone: its side, −1 or 1.
    """
    looks = [course.looks[name] for name in LOOKS[onset] if name in course.looks]
    agreeing = [look.p_value for look in looks if look.value * alone > 0]
    if headline is None:
        return None
    if not agreeing:
        return 1.0
    least = min(agreeing) / 2
    if len(looks) == 1 or (correlation := _correlation(course)) > SAME:
        return max(headline, least)
    if correlation < -SAME:
        return max(headline, min(2 * least, 1.0))
    both = scipy.stats.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]])
    far = scipy.stats.norm.isf(least)
    return max(headline, float(1 - both.cdf([far, far])))


def side(low: float, high: float) -> int:
    """On which side of zero an interval lies, −1 or 1; 0 where it includes zero or ends there."""
    return int(low > 0) - int(high < 0)


def within(low: float, high: float, smallest: float) -> bool:
    """Whether limits in log points lie within the smallest share that matters."""
    return math.log1p(-smallest) <= low and high <= math.log1p(smallest)


def tells(made_up: tuple[float, float, float], value: float, bound: float | None = None) -> bool:
    """Whether a start made up in the past leaves out a change as large as the one found since.

    A range that holds both no change and that one passes and speaks for nothing.

    Parameters
    ----------
    value: what was found. bound: where that is too small to matter, what the range has to keep to.
    """
    _, low, high = made_up
    return -bound < low and high < bound if bound is not None else not low <= value <= high


def find(course: OwnCourse, limits: tuple[float, float], onset: Onset, smallest: float) -> Finding:
    """The direction that the numbers allow.

    Parameters
    ----------
    limits: of the headline's interval.
    smallest: the change that begins to matter, in the unit of the estimates: a pair on the
        logarithmic scale is nearly symmetric, and the nearer limit is taken.
    """
    low, high = limits
    alone = side(low, high)
    if course.adopting < LEAST_ADOPTING or course.others < LEAST_OTHERS:
        return Finding(0, "", alone, False, ("few_clusters",))
    looked_at = {name: course.looks[name] for name in LOOKS[onset] if name in course.looks}
    if not looked_at:
        return Finding(0, "", alone, False, ("own_course_unknown",))
    if -smallest < low and high < smallest and _bounded(course, smallest):
        return Finding(0, "moderate", alone, True)
    bound = 2 * ONE_SIDED if len(looked_at) == 1 else bound_of_two(_correlation(course))
    agreeing = [look for look in looked_at.values() if look.value * alone > 0]
    if not any(look.p_value < bound for look in agreeing):
        return Finding(0, "", alone, False)
    return Finding(alone, "moderate" if _firm(course, alone) else "low", alone, False)


def detectable(course: OwnCourse, onset: Onset, level: float, power: float) -> float | None:
    """The smallest effect for which a direction is claimed with this power, without its sign.

    What the headline alone would find, or what the better second look would, whichever is more: in
    the plain world of the study an effect of this size is claimed in four of five worlds. ``None``
    where no direction could be claimed at all.

    References
    ----------
    Bloom (1995), "Minimum detectable effects", Evaluation Review 19.
    """
    looks = [course.looks[name] for name in LOOKS[onset] if name in course.looks]
    few = course.adopting < LEAST_ADOPTING or course.others < LEAST_OTHERS
    if few or not looks or not course.headline.error > 0:
        return None
    bound = 2 * ONE_SIDED if len(looks) == 1 else bound_of_two(_correlation(course))
    second = min(minimum_detectable(look.error, 1 - bound, power, look.degrees) for look in looks)
    own = course.headline
    return max(second, minimum_detectable(own.error, level, power, own.degrees))


def judge(
    finding: Finding,
    *,
    reasons: Iterable[str],
    better: Literal["lower", "higher"],
    recording: bool,
    counted: bool = True,
) -> Verdict:
    """The verdict, with every reason that took a direction or a grade away.

    Parameters
    ----------
    reasons: keys of ``OVERRULES``, ``LOWERS`` and ``CAPS`` that hold.
    recording: whether the outcome can move by how readily it is recorded.
    counted: whether it is a count, or a level.
    """
    held = {*finding.reasons, *reasons}
    overruled, lowered, capped = (
        tuple(reason for reason in listed if reason in held) for listed in (OVERRULES, LOWERS, CAPS)
    )
    claims = finding.direction or finding.little
    if overruled or not claims:
        return Verdict("cannot_tell", "", finding.alone, overruled, lowered, capped)
    grade = finding.certainty
    if grade == "moderate" and lowered:
        grade = "low"
    elif grade == "moderate" and not capped:
        grade = "high"
    if finding.little:
        return Verdict("too_small_to_matter", grade, 0, (), lowered, capped)
    key = _named(finding.direction, better, recording, counted)
    return Verdict(key, grade, 0, (), lowered, capped)


def _named(direction: int, better: str, recording: bool, counted: bool) -> Key:
    if recording and counted:
        return "fewer" if direction < 0 else "more"
    if recording:
        return "lower" if direction < 0 else "higher"
    return "improves" if (direction < 0) == (better == "lower") else "worsens"


def _correlation(course: OwnCourse) -> float:
    """Of the two second looks, from what leaving out clusters does to both; in hundredths."""
    pair = [course.looks[name].deviations for name in LOOKS["unknown"]]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = float(np.asarray(np.corrcoef(pair))[0, 1])
    return round(found, 2) if math.isfinite(found) else 0.0


def _firm(course: OwnCourse, sign: int) -> bool:
    """Whether every look agrees: the best at 95 %, all others at 80 %."""
    names = (*LOOKS["unknown"], "without_eve")
    looks = [course.looks.get(name) for name in names]
    if any(look is None or look.value * sign <= 0 for look in looks):
        return False
    chances = [look.p_value for look in looks if look is not None]
    return min(chances[:2]) < ONE_SIDED and max(chances) < MIDDLING


def _bounded(course: OwnCourse, smallest: float) -> bool:
    """Whether a second look lies within ±2 · smallest at 90 %, and none beyond ±smallest.

    With none beyond twice the smallest, −8 % hidden by a drift of +.8 % a quarter was called too
    small in .58 of worlds with 1,200 regions.
    """
    limits = [
        look.limits(1 - 2 * ONE_SIDED)
        for name in LOOKS["unknown"]
        if isinstance(look := course.looks.get(name), Look)
    ]
    within = any(-2 * smallest < low and high < 2 * smallest for low, high in limits)
    return within and not any(low > smallest or high < -smallest for low, high in limits)
