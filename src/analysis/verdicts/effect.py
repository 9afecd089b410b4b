"""The verdict on one intervention: what the rule finds in its numbers, and which reasons hold."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from analysis import methods
from analysis.data.frames.panels.panel import NEVER, Panel
from analysis.data.frames.panels.timeline import others_moved
from analysis.data.frames.study import Study
from analysis.result import Estimate, Result
from analysis.stats.resampling.jackknife import t_critical
from analysis.verdicts.robustness import Answer, Robustness
from analysis.verdicts.rule import (
    LEAST_ADOPTING,
    RULE_LEVEL,
    Finding,
    Onset,
    Verdict,
    chance,
    find,
    judge,
    side,
)

ALL_BUT = -0.999
"""A fall by more than all has no logarithm."""
FEW_ADOPTERS = 5
MANY_LEFT_OUT = 0.25
"""Share of regions left out that keeps a certainty from being high."""
UNLIKE = 1.25
"""Ratio of rates before the first start that does."""


@dataclass(frozen=True)
class Answered:
    """A study with its headline as it may leave, what that rests on to the last digit, verdict."""

    study: Study
    headline: Result
    examined: Robustness
    verdict: Verdict

    @property
    def shares(self) -> tuple[float, float, float]:
        """The effect and its limits as shares of what was expected; where there are none, alike."""
        own = self.headline.headline
        low, high = (own.value if limit is None else limit for limit in (own.low, own.high))
        value, low, high = (share(v, self.headline.expected) for v in (own.value, low, high))
        return value, low, high

    @property
    def inside(self) -> bool:
        """Whether the likely range includes no change."""
        return not outside_zero(self.headline.headline)


def judged(study: Study, headline: Result, robustness: Robustness) -> Verdict:
    """The verdict of a question, by rules fixed before the data are read."""
    finding = found(study, headline, robustness)
    return judge(
        finding,
        reasons=reasons(study, headline, robustness),
        better=study.params.better,
        recording=study.description.word(study.params.outcome).moved_by_recording,
        counted=study.panel.counted,
    )


def found(study: Study, headline: Result, robustness: Robustness) -> Finding:
    """What the numbers alone say."""
    limits = limits_at(headline, max(RULE_LEVEL, headline.level))
    if limits is None:
        return Finding(0, "", 0, False, ("no_range",))
    if robustness.own_course is None:
        return Finding(0, "", side(*limits), False, ("own_course_unknown",))
    low, high = (in_looks(study, headline, value) for value in limits)
    smallest = smallest_share(study, headline)
    if study.panel.counted:
        nearer = math.log1p(smallest)  # nearer to no change than log(1 − smallest)
    else:
        nearer = smallest * expected_of(study, headline)
    return find(robustness.own_course, (low, high), study.params.onset, nearer)


def smallest_share(study: Study, headline: Result) -> float:
    """The change that begins to matter, as a share of what was expected.

    A share above one half is looked at from its other side as well: 98 % in place of 99 % is a
    hundredth less of the one and twice as much of the other.
    """
    smallest = study.params.smallest_effect
    expected = expected_of(study, headline) if study.panel.kind == "share" else 0.0
    if not expected > 0:
        return smallest
    return smallest * min(max(1 - expected, 0.0) / expected, 1.0)


def in_looks(study: Study, headline: Result, value: float) -> float:
    """A value of the headline's result in the unit of the second looks."""
    counted, logarithm = study.panel.counted, headline.expected is None
    if counted == logarithm:
        return value
    change = share(value, headline.expected)
    return math.log1p(max(change, ALL_BUT)) if counted else change * expected_of(study, headline)


def share(value: float, expected: float | None) -> float:
    """A change as a share of what was expected, ``None`` where it is a logarithm."""
    return math.expm1(value) if expected is None else value / expected


def expected_of(study: Study, result: Result) -> float:
    """Rate or level of a period that adopters would have had since they adopted.

    With the weights of the estimate: as the method says, or every region alike.
    """
    stated = [check.value for check in result.checks if check.name == "expected_rate"]
    if stated and stated[0] is not None:
        return stated[0]
    panel = study.protected or study.panel
    values = panel.matrix(panel.measured)
    values = values / panel.matrix("exposure") if panel.counted else values
    starts = panel.adoption.to_numpy()[:, None]
    treated = (starts > NEVER) & (np.arange(1, values.shape[1] + 1) >= starts)
    mean = float(values[treated & np.isfinite(values)].mean())
    return mean / math.exp(result.headline.value)


def limits_at(headline: Result, level: float) -> tuple[float, float] | None:
    """The headline's interval at a level; as given where its method gives no error."""
    estimate = headline.headline
    if estimate.low is None or estimate.high is None:
        return None
    if estimate.standard_error is None or headline.level == level:
        return (estimate.low, estimate.high) if headline.level >= level else None
    margin = t_critical(level, headline.degrees) * estimate.standard_error
    return estimate.value - margin, estimate.value + margin


def p_value(headline: Result, robustness: Robustness, onset: Onset) -> float | None:
    """p of a direction by Student's t, second looks included; none where the method has no error.

    1 where no second look could be taken.
    """
    estimate, course = headline.headline, robustness.own_course
    if not estimate.standard_error:
        return None
    size = abs(estimate.value) / estimate.standard_error
    own = float(2 * scipy.stats.t.sf(size, headline.degrees))
    if course is None:
        return 1.0
    return chance(course, onset, own, 1 if estimate.value > 0 else -1)


def reasons(study: Study, headline: Result, robustness: Robustness) -> list[str]:
    """Keys of what speaks against a direction, or against being sure of it."""
    checks = {check.name: check.passed for check in headline.checks}
    left_out = [record["value"] for record in robustness.leave_one_out or ()]
    unlike = starting_level(study.protected or study.panel)
    moved_by_recording = study.description.word(study.params.outcome).moved_by_recording
    placebo = robustness.placebo_outcome
    course = robustness.own_course
    adopting = course.adopting if course else headline.sample.treated
    holds = {
        "placebo_outcome": placebo is not None and excludes_zero(placebo),
        "leave_one_out": turns(headline.headline.value, left_out),
        "already_treated": compares_with_treated(headline),
        "other_method": contradicted(headline, robustness),
        "leads": checks.get("leads") is False,
        "base_period": checks.get("base_period") is False,
        "placebo_time": excludes_zero(robustness.placebo_time),
        "reporting": any(excludes_zero(answer) for answer in robustness.reporting),
        "other_intervention": others_kept(study.panel) > 0,
        "few_adopters": LEAST_ADOPTING <= adopting < FEW_ADOPTERS,
        "checks_lost": bool(lost_checks(headline.method, robustness)),
        "not_drawn": study.panel.assignment != "random",
        "left_out": left_out_share(headline) > MANY_LEFT_OUT,
        "starting_level": unlike is not None and not 1 / UNLIKE <= unlike <= UNLIKE,
        "no_placebo_outcome": placebo is None,
        "reporting_unknown": moved_by_recording and not robustness.reporting,
    }
    return [reason for reason, held in holds.items() if held]


def lost_checks(method: str, robustness: Robustness) -> list[str]:
    """Keys of checks that apply and could not be made, for a headline by this method.

    ``specifications`` where most other methods that are sound under staggered adoption, and could
    contradict it, give no estimate by any of their ways: all ways of one fail for one reason.
    """
    lost = [
        answer.key
        for answer in (robustness.placebo_time, robustness.placebo_outcome, *robustness.reporting)
        if answer is not None and answer.estimate is None
    ]
    if robustness.leave_one_out is None:
        lost.append("leave_one_out")
    others = [a for a in robustness.specifications if a.method != method and staggered(a.method)]
    answered = {answer.method for answer in others if answer.estimate}
    if len(answered) < len({answer.method for answer in others}) / 2:
        lost.append("specifications")
    looks = robustness.own_course.looks if robustness.own_course else {}
    lost += [name for name in ("own_slope", "trend_break", "without_eve") if name not in looks]
    return lost


def others_kept(panel: Panel) -> int:
    """Regions in which another intervention began or ended within the panel, and which stay."""
    return len(others_moved(panel.timeline) & set(panel.regions))


def left_out_share(headline: Result) -> float:
    """Share of all regions that was left out."""
    lost = sum(headline.sample.dropped.values())
    return lost / (lost + headline.sample.units)


def starting_level(panel: Panel) -> float | None:
    """Rate of adopters before the first start, relative to that of the others."""
    counts = panel.matrix(panel.measured)
    exposure = panel.matrix("exposure") if panel.counted else np.ones(counts.shape)
    ever = panel.adoption.to_numpy() > NEVER
    before = int(panel.adoption[panel.adoption > NEVER].min()) - 1
    known = np.isfinite(counts[:, :before])
    seen = np.where(known, counts[:, :before], 0.0).sum(axis=1)
    size = np.where(known, exposure[:, :before], 0.0).sum(axis=1)
    if not (size[ever].sum() > 0 and size[~ever].sum() > 0 and seen[~ever].sum() > 0):
        return None
    return float(seen[ever].sum() / size[ever].sum() / (seen[~ever].sum() / size[~ever].sum()))


def compares_with_treated(headline: Result) -> bool:
    """Whether regions that had adopted already are compared with, or that cannot be told."""
    weights = [check.value for check in headline.checks if check.name == "already_treated"]
    return not staggered(headline.method) if not weights else (weights[0] or 0) > 0


def staggered(method: str) -> bool:
    """Whether a method is sound where regions adopt at different times."""
    return "staggered" in methods.load(method).can


def excludes_zero(answer: Answer) -> bool:
    """Whether an interval is there and lies on one side of zero."""
    estimate = answer.estimate
    return estimate is not None and outside_zero(estimate)


def outside_zero(estimate: Estimate) -> bool:
    """Whether an interval is there and lies on one side of zero."""
    if estimate.low is None or estimate.high is None:
        return False
    return side(estimate.low, estimate.high) != 0


def turns(value: float, others: list[float]) -> bool:
    """Whether any of the others has the opposite sign."""
    return any(value * other < 0 for other in others)


def contradicted(headline: Result, robustness: Robustness) -> bool:
    """Whether a method sound under staggered adoption puts its interval beyond zero."""
    return any(
        answer.estimate is not None
        and staggered(answer.method)
        and excludes_zero(answer)
        and answer.estimate.value * headline.headline.value < 0
        for answer in robustness.specifications
    )
