"""The verdict on each of several interventions, by the rule for one, and what bears on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.interventions import InterventionsPanel
from analysis.errors import AnalysisError
from analysis.methods import joint_effects
from analysis.result import Result
from analysis.stats.joint.course import JointCourse
from analysis.stats.panels.own_course import Look, OwnCourse
from analysis.verdicts.rule import LOOKS, RULE_LEVEL, Onset, Verdict, find, judge, side

FEW_ADOPTERS = 5
"""Adopting clusters below which a certainty stays low."""


@dataclass(frozen=True)
class JointFinding:
    """One intervention: its estimates, its verdict, and the same on the mix of records.

    ``record`` is that of the series ``effects``. ``mixes`` and ``placebo`` are ``None`` where they
    could not be estimated, ``placebo`` also where none was asked for.
    """

    name: str
    course: OwnCourse
    verdict: Verdict
    record: Mapping[str, Any]
    mixes: Mapping[str, Look | None]
    placebo: Look | None


@dataclass(frozen=True)
class Rule:
    """What the parameters of a report say of its verdicts; see ``PanelQuestion``."""

    onset: Onset
    smallest: float
    better: Any
    level: float
    recording: bool
    placebo_asked: bool
    seed: int


def judged_jointly(
    panel: InterventionsPanel,
    course: JointCourse,
    result: Result,
    options: joint_effects.Options,
    rule: Rule,
) -> tuple[JointFinding, ...]:
    """Every intervention, in the order of the question."""
    frames = {**panel.mixes, "": panel.placebo}
    looks = {name: _looks_on(frame, options, rule) for name, frame in frames.items()}
    found = []
    for k, name in enumerate(panel.interventions):
        own = course.own_course(k)
        every = {key: one[k] if one else None for key, one in looks.items()}
        placebo = every.pop("")
        ahead = [
            record
            for record in result.series["paths"]
            if record["intervention"] == name and record["event_time"] < 0
        ]
        turned = bool((course.headline[1:, k] * own.headline.value < 0).any())
        reasons = _reasons(own, every, placebo, ahead, rule) | {
            "leave_one_out": turned,
            "not_drawn": not panel.drawn,
        }
        verdict = judge(
            find(own, own.headline.limits(max(RULE_LEVEL, rule.level)), rule.onset,
                 math.log1p(rule.smallest)),
            reasons=[key for key, held in reasons.items() if held],
            better=rule.better,
            recording=rule.recording,
        )  # fmt: skip
        record = result.series["effects"][k]
        found.append(JointFinding(name, own, verdict, record, every, placebo))
    return tuple(found)


def _looks_on(
    frame: pd.DataFrame | None, options: joint_effects.Options, rule: Rule
) -> list[Look] | None:
    """The same interventions on other counts; none where they cannot be estimated."""
    if frame is None:
        return None
    try:
        course = joint_effects.course_of(frame, options, np.random.default_rng(rule.seed))[1]
    except AnalysisError:
        return None
    looks = [course.look(k) for k in range(len(course.joint.active))]
    return looks if all(math.isfinite(look.value) and look.error > 0 for look in looks) else None


def _reasons(
    own: OwnCourse,
    shares: Mapping[str, Look | None],
    placebo: Look | None,
    ahead: list[Mapping[str, Any]],
    rule: Rule,
) -> dict[str, bool]:
    """Reasons of ``verdict`` that can be told from one intervention's estimates."""

    def moved(look: Look | None) -> bool:
        return look is not None and side(*look.limits(rule.level)) != 0

    banded = [record for record in ahead if record["low"] is not None]
    needed = (*LOOKS["unknown"], "without_eve")
    lost = [*(look not in own.looks for look in needed), *(not s for s in shares.values())]
    return {
        "placebo_outcome": moved(placebo),
        "leads": any(record["low"] > 0 or record["high"] < 0 for record in banded),
        "reporting": any(map(moved, shares.values())),
        "few_adopters": own.adopting < FEW_ADOPTERS,
        "checks_lost": any(lost) or not banded or (rule.placebo_asked and placebo is None),
        "no_placebo_outcome": not rule.placebo_asked,
        "reporting_unknown": rule.recording and not shares,
    }
