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
from analysis.methods.shared.joint import JointFrame
from analysis.params import InterventionsQuestion
from analysis.result import Result
from analysis.stats.joint.contrasts import Contrast
from analysis.stats.joint.course import JointCourse
from analysis.stats.panels.own_course import Look, OwnCourse
from analysis.verdicts.rule import LOOKS, RULE_LEVEL, Verdict, find, judge, side

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
class JointAnswer:
    """Several interventions: the frame and all estimates of it, verdicts, and pairs as a family."""

    given: JointFrame
    course: JointCourse
    findings: tuple[JointFinding, ...]
    contrasts: tuple[Contrast, ...]


def answered(
    panel: InterventionsPanel,
    question: InterventionsQuestion,
    options: joint_effects.Options,
    result: Result,
    recording: bool,
) -> JointAnswer:
    """The answer to a question.

    Parameters
    ----------
    result: of the same panel and options, of whose series findings keep their records.
    recording: whether the outcome can move by how readily things are recorded.
    """
    rng = np.random.default_rng(question.seed)
    given, course = joint_effects.course_of(panel.frame, options, rng)
    found = _judged(panel, course, result, options, question, recording)
    return JointAnswer(given, course, found, joint_effects.family_of(given, course, options))


def _judged(
    panel: InterventionsPanel,
    course: JointCourse,
    result: Result,
    options: joint_effects.Options,
    question: InterventionsQuestion,
    recording: bool,
) -> tuple[JointFinding, ...]:
    """Every intervention, in the order of the question."""
    frames = {**panel.mixes, "": panel.placebo}
    looks = {name: _looks_on(frame, options, question) for name, frame in frames.items()}
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
        reasons = _reasons(own, every, placebo, ahead, question) | {
            "leave_one_out": turned,
            "not_drawn": not panel.drawn,
            "reporting_unknown": recording and not every,
        }
        verdict = judge(
            find(own, own.headline.limits(max(RULE_LEVEL, question.level)), question.onset,
                 math.log1p(question.smallest_effect)),
            reasons=[key for key, held in reasons.items() if held],
            better=question.better,
            recording=recording,
        )  # fmt: skip
        record = result.series["effects"][k]
        found.append(JointFinding(name, own, verdict, record, every, placebo))
    return tuple(found)


def _looks_on(
    frame: pd.DataFrame | None, options: joint_effects.Options, question: InterventionsQuestion
) -> list[Look] | None:
    """The same interventions on other counts; none where they cannot be estimated."""
    if frame is None:
        return None
    try:
        course = joint_effects.course_of(frame, options, np.random.default_rng(question.seed))[1]
    except AnalysisError:
        return None
    looks = [course.look(k) for k in range(len(course.joint.active))]
    return looks if all(math.isfinite(look.value) and look.error > 0 for look in looks) else None


def _reasons(
    own: OwnCourse,
    shares: Mapping[str, Look | None],
    placebo: Look | None,
    ahead: list[Mapping[str, Any]],
    question: InterventionsQuestion,
) -> dict[str, bool]:
    """Reasons of ``verdict`` that can be told from one intervention's estimates."""

    def moved(look: Look | None) -> bool:
        return look is not None and side(*look.limits(question.level)) != 0

    asked = bool(question.placebo_outcome)
    banded = [record for record in ahead if record["low"] is not None]
    needed = (*LOOKS["unknown"], "without_eve")
    lost = [*(look not in own.looks for look in needed), *(not s for s in shares.values())]
    return {
        "placebo_outcome": moved(placebo),
        "leads": any(record["low"] > 0 or record["high"] < 0 for record in banded),
        "reporting": any(map(moved, shares.values())),
        "few_adopters": own.adopting < FEW_ADOPTERS,
        "checks_lost": any(lost) or not banded or (asked and placebo is None),
        "no_placebo_outcome": not asked,
    }
