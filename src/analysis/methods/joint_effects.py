"""Joint estimates of several interventions, and whether one did more than another.

Untreated region-periods, under none of the K interventions, give region and period effects by
Poisson maximum likelihood with the exposure as offset, μ = exposure · exp(a_i + b_t). On cells
under one or more, the log rate ratios β solve

    Σ w D (count − μ exp(Σ_k β_k d_k + Σ ψ_kl d_k d_l + Σ δ_k d_k (dose − mean dose))) = 0

over D, an indicator d_k for each, products of pairs that overlap, and doses. Weights w damp large
regions where they vary by more than chance. Errors leave out regions, or clusters of them, in one
Newton step for the whole vector; degrees of freedom are Welch's over clusters with and without
adopters: of an intervention, of either of two for a contrast, of both at once for an interaction.

A contrast is taken over the months since the start that four in five adopters of both have seen,
and within kinds of region where a column ``kind`` is given; its limits are over the family of all
pairs (Holm). It ``stands`` where that leaves out no difference and the contrast of one fit to all
cells, with a slope for the adopters of each, agrees at 90 % (Holm over pairs that get so far). A
pair that cannot be told apart says why (``refused``): fewer than five regions or three clusters
with exactly one on either side, one's adopters among the other's, an interaction that cannot be
told with most adopters having both, no kind in common, or fewer than three degrees of freedom.

References
----------
Wooldridge (2023), "Simple approaches to nonlinear difference-in-differences with panel data",
Econometrics Journal 26. de Chaisemartin and D'Haultfœuille (2023), Journal of Econometrics 236.
Holm (1979), Scandinavian Journal of Statistics 6.

Words
-----
title: Joint Poisson model of several interventions | 多项措施的联合泊松模型
line: Joint Poisson model of several interventions: each while it is in force, the others held as
    they were; pairs compared as one family | 多项措施的联合泊松模型：
    其他措施保持原状时各项措施实施期间的效果；各对措施作为一组统一比较
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from analysis.data.frames.frame import INTERVENTIONS
from analysis.errors import EstimationError, Problem
from analysis.methods.shared.joint import JointFrame, active_columns, joint_of
from analysis.methods.shared.joint_records import (
    contrast_record,
    effect_records,
    interaction_records,
    overlap_records,
    path_records,
)
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.methods.shared.results import refuse
from analysis.result import Estimate, Result, Sample
from analysis.stats.joint.contrasts import Contrast, contrasts
from analysis.stats.joint.course import JointCourse
from analysis.stats.joint.joint import untold
from analysis.stats.joint.overlap import (
    MODELLED_FROM,
    interaction_look,
    overlap_of,
    pairs_to_model,
)
from analysis.stats.panels.own_course import Look, look_at


class Options(MethodOptions):
    """Options of the method."""

    interventions: tuple[str, ...] = ()
    """columns that hold interventions, 1 where in force; all others but those of the frame if blank

    words: interventions compared | 所比较的措施
    """
    interactions: Literal["where_needed", "none", "all_pairs"] = "where_needed"
    """pairs whose joint effect may differ from the sum: where three in ten adopters have both and
    five clusters at once, and each without the other; none; or all pairs of which the latter hold

    words: pairs that may act on one another | 允许相互影响的措施对
    where_needed: where they overlap | 重叠较多的
    none: none | 不设
    all_pairs: all that can be told | 所有能辨别的
    """
    pairs: tuple[tuple[str, str], ...] = ()
    """pairs that may act on one another, by name, in place of the above

    words: pairs named | 指定的措施对
    """
    contrasts: tuple[tuple[str, str], ...] = ()
    """pairs that are compared, by name, settled before the data are read; all pairs if blank

    words: pairs compared | 所比较的措施对
    """
    dose: dict[str, str] = Field(default_factory=dict)
    """the column that holds the dose, by intervention

    words: doses | 实施力度
    """
    anticipation: int = Field(0, ge=0)
    """periods before a start in which effects may already show

    words: periods before the start in which effects may already show | 启动之前效果可能已显现的期数
    """
    leads: int = Field(4, ge=0)
    """most periods before the start that are looked at

    words: most periods before the start that are looked at | 最多考察的启动前期数
    """


def course_of(
    frame: pd.DataFrame, options: Options, rng: np.random.Generator
) -> tuple[JointFrame, JointCourse]:
    """The frame as arrays, and all estimates of its interventions.

    Raises
    ------
    DesignError: the frame breaks a rule, or its interventions cannot be compared.
    """
    names = active_columns(frame, options.interventions, list(options.dose.values()))
    doses = list(options.dose.values())
    given = joint_of(frame, names, doses, options.anticipation, rng)
    pairs_named = (*options.pairs, *options.contrasts)
    named = {name for pair in pairs_named for name in pair} | set(options.dose)
    what, remedy = "is none of the interventions", f"They are {', '.join(names)}"
    refuse(Problem(f"'{name}'", what, remedy) for name in sorted(named - set(names)))
    course = JointCourse(given.joint, anticipation=options.anticipation)
    if options.pairs:
        asked = sorted({_ordered(names, pair) for pair in options.pairs})
        pairs = pairs_to_model(course, 0.0, asked)
        what = "are in force at once, or one without the other, in fewer than five regions or "
        what += "clusters, or cannot be told beside the other pairs named"
        remedy = "Leave the pair out of the interactions"
        refuse(
            Problem(f"{names[k]} and {names[m]}", what, remedy)
            for k, m in asked
            if (k, m) not in pairs
        )
    elif options.interactions == "none":
        pairs = ()
    else:
        everywhere = options.interactions == "all_pairs"
        pairs = pairs_to_model(course, 0.0 if everywhere else MODELLED_FROM)
    doses_given = _dose_columns(frame, given, options)
    course = JointCourse(given.joint, pairs, doses_given, options.anticipation)
    lost = np.asarray(untold(course.design, given.joint.either.active).any(axis=1))
    lost = lost[len(lost) - len(doses) :]
    what, remedy = "says no more than who had which interventions", "Leave the dose out"
    refuse(Problem(f"column {n}", what, remedy) for n, one in zip(doses, lost, strict=True) if one)
    return given, course


def family_of(given: JointFrame, course: JointCourse, options: Options) -> tuple[Contrast, ...]:
    """The contrasts asked for, as one family."""
    asked = dict.fromkeys(_ordered(list(given.names), pair) for pair in options.contrasts)
    return contrasts(course, options.level, given.kinds, list(asked))


def check(frame: pd.DataFrame, options: Options) -> None:
    """Refuse a frame that the method cannot carry.

    Raises
    ------
    DesignError: with every shortfall and what would do.
    """
    course_of(frame, options, np.random.default_rng(1))


def estimate(frame: pd.DataFrame, options: Options, rng: np.random.Generator) -> Result:
    """The log rate ratio of each intervention while it is in force, the others as they were.

    Raises
    ------
    DesignError: the frame breaks a rule, or its interventions cannot be compared.
    EstimationError: no fit could be made.
    """
    given, course = course_of(frame, options, rng)
    names, joint = given.names, given.joint
    if not np.isfinite(course.headline).all():
        remedy = "Use longer periods, or leave out the intervention with the fewest counts"
        raise EstimationError([Problem("joint effects", "could not be estimated", remedy)])
    effects = [course.look(k) for k in range(len(names))]
    shown = [
        _estimate(name, look, options.level, int(own.sum()))
        for name, look, own in zip(names, effects, joint.ever, strict=True)
    ]
    met = [_interaction(course, i, names, options.level) for i in range(len(course.pairs))]
    per_dose = _per_dose(course, names, options)
    compared = family_of(given, course, options)
    treated = int(joint.either.ever.sum())
    return options.result(
        estimand="Ratio of the counts under each intervention, while it is in force and the others "
        "as they were, to those expected without it",
        unit="log rate ratio",
        estimates=(*shown, *met, *per_dose),
        sample=Sample(len(frame), len(given.regions), treated, "", ""),
        series={
            "effects": effect_records(course, names, effects, options.level),
            "contrasts": tuple(contrast_record(c, names, options.level) for c in compared),
            "overlap": overlap_records(course, names),
            "interactions": interaction_records(course, names, options.level),
            "paths": path_records(course, names, options.level, options.leads, rng),
        },
        modelled=[[names[k], names[m]] for k, m in course.pairs],
        names=list(names),
        jackknife_groups=joint.either.groups,
    )


METHOD = Method(Options, estimate, INTERVENTIONS, check)


def _ordered(names: list[str], pair: tuple[str, str]) -> tuple[int, int]:
    first, second = sorted(map(names.index, pair))
    return first, second


def _dose_columns(frame: pd.DataFrame, given: JointFrame, options: Options) -> np.ndarray | None:
    """The dose of each adopter less the mean of adopters, while in force; shape (Q, N, T)."""
    found, problems = [], []
    for name, column in options.dose.items():
        place = given.names.index(name)
        dose = frame.groupby("region")[column].max().reindex(given.regions).to_numpy(float)
        ever = given.joint.ever[place]
        if not np.isfinite(dose[ever]).all() or np.ptp(dose[ever]) == 0:
            what = f"has no number for some adopter of {name}, or the same for all"
            problems.append(Problem(f"column {column}", what, "Complete it, or leave the dose out"))
            continue
        centred = np.where(ever, dose - dose[ever].mean(), 0.0)
        found.append(given.joint.active[place] * centred[:, None])
    refuse(problems)
    return np.stack(found) if found else None


def _estimate(name: str, look: Look, level: float, support: int) -> Estimate:
    return Estimate(name, look.value, look.error, *look.limits(level), support)


def _interaction(course: JointCourse, place: int, names: tuple[str, ...], level: float) -> Estimate:
    k, m = course.pairs[place]
    together = overlap_of(course, k, m).both
    return _estimate(f"{names[k]} × {names[m]}", interaction_look(course, place), level, together)


def _per_dose(course: JointCourse, names: tuple[str, ...], options: Options) -> list[Estimate]:
    """What one more unit of a dose adds."""
    joint, found = course.joint, []
    for place, name in enumerate(options.dose):
        ever = joint.ever[names.index(name)]
        values = course.headline[:, len(names) + len(course.pairs) + place]
        look = look_at(values, joint.clusters_with(ever))
        found.append(_estimate(f"{name} per dose", look, options.level, int(ever.sum())))
    return found
