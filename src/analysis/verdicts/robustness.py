"""The same question under other methods, dates, samples and outcomes."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis import methods, stored
from analysis.data.frames.panels.panel import MINIMUM_SUPPORT, Panel
from analysis.data.frames.study import Study
from analysis.errors import AnalysisError, ParamsError
from analysis.methods.shared import imputed, panels
from analysis.methods.shared.question import option_problems, options_for
from analysis.params import PanelQuestion
from analysis.result import LEVEL, Estimate, Result
from analysis.stats.panels.adoption import Adoption
from analysis.stats.panels.honest import RELATIVE, relative_breakdown
from analysis.stats.panels.leads import imputed_leads
from analysis.stats.panels.own_course import Look, OwnCourse, Rank, own_course, placebo_rank
from analysis.verdicts.averages import Average, run, run_beside
from analysis.verdicts.rule import LEAST_ADOPTING, RULE_LEVEL, detectable

WITH_OPTIONS = "_with_options"
"""Ends the key of a specification that runs the headline's method with the options set for it."""
NOT_OFFERED = "not offered"
"""Why an answer is missing that the method has no way to give."""
RANKED = 199
"""Sets of regions that never adopt, among which few adopters are ranked."""
POWER = 0.8
"""The usual chance with which a study should find what it looks for."""


@dataclass(frozen=True)
class Specification:
    """One way to answer the question: a method and its options, under a key for its words."""

    key: str
    method: str
    options: Mapping[str, Any] = field(default_factory=dict)
    published: str = ""


@dataclass(frozen=True)
class Answer:
    """What one specification gave, or why it could not.

    ``expected`` is what was expected in the unit of the estimate, ``None`` for logarithms;
    ``over`` is what it averages recorded counts over, nothing where protected ones are.
    """

    key: str
    method: str
    estimate: Estimate | None
    refused: str = ""
    published_estimate: float | None = None
    published_error: float | None = None
    published_source: str = ""
    expected: float | None = None
    over: Average | None = None


@dataclass(frozen=True)
class Breakdown:
    """How far trends may part before the answer falls (Rambachan and Roth's M̄).

    ``value`` is in largest moves before the start, ``None`` where the answer stands up to
    ``limit``; ``periods`` is how many periods since adoption it speaks of.
    """

    value: float | None
    limit: float
    periods: int


@dataclass(frozen=True)
class Robustness:
    """What the headline rests on.

    ``leave_one_out`` holds the headline without each region in turn, empty where regions were
    left out in groups and ``None`` where the method leaves out none; ``detectable`` is the
    smallest true effect, in log points, for which four of five studies like this one would claim a
    direction, ``None`` where none could.
    ``reporting`` holds, for complaint records, changes in who complains, how, and with what end.
    ``own_course`` holds the second looks, which allow adopters a course of their own; ``None``
    where the panel cannot be imputed. ``rank`` stands in for errors where too few adopt.
    ``averages`` is what any of these averages recorded counts over, the headline first.
    """

    specifications: tuple[Answer, ...]
    placebo_time: Answer
    placebo_outcome: Answer | None
    leave_one_out: tuple[Mapping[str, Any], ...] | None
    detectable: float | None
    count_model: Answer | None = None
    reporting: tuple[Answer, ...] = ()
    breakdown: Breakdown | None = None
    own_course: OwnCourse | None = None
    rank: Rank | None = None
    averages: tuple[Average, ...] = ()


def question(study: Study) -> dict[str, Any]:
    """All that estimates depend on beside source and environment, as plain values.

    Two languages of a report ask the same question; two sets of data never do.
    """
    words = {"language", "title_en", "title_zh"}
    others = [panel for panel in (study.placebo, study.protected) if panel is not None]
    panels = [study.panel, *others, *study.mixes.values()]
    return {
        "params": study.params.model_dump(exclude=words),
        "published": [item.model_dump() for item in study.description.published_results],
        "mixes": list(study.mixes),
        "panels": [_contents(panel) for panel in panels],
    }


def _contents(panel: Panel) -> list[Any]:
    columns = {name: panel.frame[name].to_list() for name in panel.frame}
    described = [panel.periods, panel.frequency, panel.has_exposure, dict(panel.dropped)]
    described += [panel.kind, panel.yearly]
    return [
        columns,
        *described,
        dict(panel.together),
        dict(panel.dose),
        [asdict(s) for s in panel.timeline],
    ]


def estimate_headline(study: Study) -> Result:
    """The question's own method on its own panel, once for all languages.

    Raises
    ------
    ParamsError: there is no such method for a panel, or its options are wrong.
    DesignError, EstimationError: as the method.
    """
    return stored.kept("headline", question(study), Result, lambda: _headline(study))


def _headline(study: Study) -> Result:
    if problems := option_problems(study.params, study.columns):
        raise ParamsError(problems)
    return run(study, study.panel, study.params.method, _options(study))


def specifications(study: Study) -> tuple[Specification, ...]:
    """The alternatives a careful reader would ask for, the headline first.

    Where options are set for its method, the same without them stands beside it.
    """
    shown = sorted(
        (
            method
            for name in methods.panel_names()
            if (method := methods.load(name)).ways
            and (study.panel.counted or "count_model" not in method.can)
        ),
        key=lambda method: method.place,
    )
    listed = [item for method in shown for item in _ways(study, method)]
    listed += [item for method in shown for item in _published(study, method)]
    own, key = headline_key(study), headline_key(study).removesuffix(WITH_OPTIONS)
    name = study.params.method
    if own not in [item.key for item in listed]:
        listed.insert(0, Specification(own, name, _options(study)))
    if own != key:
        place = [item.key for item in listed].index(own)
        alone = Specification(key, name, options_for(_without_options(study), name))
        listed[: place + 1] = [listed[place], alone, *listed[:place]]
    return tuple(listed)


def _without_options(study: Study) -> PanelQuestion:
    return study.params.model_copy(update={"method_options": {}})


def _changes(
    study: Study, method: methods.AnyMethod, options: Mapping[str, Any]
) -> Mapping[str, Mapping[str, Any]]:
    """The ways of a method, as changes to what is asked of it."""
    found: Mapping[str, Mapping[str, Any]] = {}
    if method.ways:
        rates = study.panel.has_exposure and study.panel.counted
        found = method.ways(method.options(**options), rates)
    return found


def _ways(study: Study, method: methods.AnyMethod) -> list[Specification]:
    """A method's ways; with the options set for it where the headline is one of them."""
    options = _options(study, method.name)
    changes, own, end = _changes(study, method, options), headline_key(study), ""
    if own.removesuffix(WITH_OPTIONS) in [f"{method.name}_{way}" for way in changes]:
        end = WITH_OPTIONS if own.endswith(WITH_OPTIONS) else ""
    elif method.name == study.params.method:
        options = options_for(_without_options(study), method.name)
    return [
        Specification(f"{method.name}_{way}{end}", method.name, {**options, **change})
        for way, change in changes.items()
    ]


def _published(study: Study, method: methods.AnyMethod) -> list[Specification]:
    """The ways under which a published number of this question must be met."""
    options = options_for(_without_options(study), method.name)
    ways = {f"{method.name}_{w}": c for w, c in _changes(study, method, options).items()}
    return [
        Specification(
            f"{p.specification}_published",
            method.name,
            {**options, **ways[p.specification], **method.as_published},
            p.specification,
        )
        for p in study.description.published_results
        if (p.intervention, p.outcome) == (study.params.intervention, study.params.outcome)
        and p.specification in ways
    ]


def headline_key(study: Study) -> str:
    """The key of the headline among the specifications."""
    method = methods.panel_method(study.params.method)
    way = study.params.comparison
    listed = method.ways is not None and way in method.words
    key = f"{method.name}_{way}" if listed else method.name
    return f"{key}{WITH_OPTIONS}" if study.params.method_options else key


def answer(study: Study, specification: Specification, beside: Collection[Average] = ()) -> Answer:
    """A specification's headline; a refusal is an answer too and is shown as one.

    Parameters
    ----------
    beside: the averages that it is shown beside.
    """
    published = next(
        (
            p
            for p in study.description.published_results
            if p.specification == specification.published
        ),
        None,
    )
    way = (specification.key, specification.method, specification.options)
    own = _answer(study, (study.panel, study.protected), *way, beside=beside)
    if published is None:
        return own
    return replace(
        own,
        published_estimate=published.estimate,
        published_error=published.standard_error,
        published_source=published.told("en"),
    )


def answers_beside(
    study: Study, headline: Average
) -> tuple[tuple[Answer, ...], tuple[Average, ...]]:
    """Every specification, and what recorded counts are averaged over, the headline's first."""
    beside: tuple[Average, ...] = (headline,)
    answers: list[Answer] = []
    for item in specifications(study):
        answers.append(answer(study, item, beside))
        beside = with_those_of(beside, answers[-1])
    return tuple(answers), beside


def with_those_of(beside: tuple[Average, ...], *answers: Answer | None) -> tuple[Average, ...]:
    """Averages, each once, and those that these answers are."""
    found = (one.over for one in answers if one is not None and one.over is not None)
    return tuple(dict.fromkeys((*beside, *found)))


def _answer(
    study: Study,
    panels: tuple[Panel, Panel | None],
    key: str,
    method: str,
    options: Mapping[str, Any],
    name: str = "overall",
    beside: Collection[Average] = (),
) -> Answer:
    """The named estimate of a method on a panel; a refusal is an answer too."""
    try:
        result, over = run_beside(study, panels, method, options, beside)
    except AnalysisError as error:
        return Answer(key, method, None, "; ".join(str(problem) for problem in error.problems))
    estimate = next(e for e in result.estimates if e.name == name)
    return Answer(key, method, estimate, expected=result.expected, over=over)


def _options(study: Study, method: str = "") -> dict[str, Any]:
    """What the question asks of its own or another method, as far as that knows it."""
    return options_for(study.params, method or study.params.method)


def placebo_in_time(study: Study, beside: Collection[Average] = ()) -> Answer:
    """The effect seen in the periods just before the start, where none can be.

    The comparison is moved ``placebo_periods`` back and only periods before the real start
    are looked at. Where effects may already show before the start, only periods before those
    are: every start counts as so much earlier. A method that knows no anticipation has no such
    placebo.
    """
    method = study.params.method
    if not methods.panel_method(method).anticipates:
        return Answer("placebo_time", method, None, NOT_OFFERED)
    options = _options(study)
    ahead = options.get("anticipation", 0)
    panel, protected = (
        one.started_earlier(ahead) if one and ahead else one
        for one in (study.panel, study.protected)
    )
    options["anticipation"] = study.params.placebo_periods
    panels = (panel or study.panel, protected)
    return _answer(study, panels, "placebo_time", method, options, "before", beside)


def placebo_outcome(study: Study) -> Answer | None:
    """The same comparison on an outcome that the intervention should not touch."""
    if study.placebo is None:
        return None
    method = study.params.method
    if "count_model" in methods.load(method).can and not study.placebo.counted:
        method = methods.that_can("level_model").name
    options = _options(study, method)
    return _answer(study, (study.placebo, None), "placebo_outcome", method, options)


def _model(study: Study) -> methods.AnyMethod:
    """The method that expects adopters to move like untreated cells, of counts or of levels."""
    return methods.that_can("count_model" if study.panel.counted else "level_model")


def _count_model(study: Study, beside: Collection[Average]) -> Answer:
    """The count (or level) model on the question's panel, whatever the headline's method."""
    method = _model(study).name
    options = _options(study, method)
    panels = (study.panel, study.protected)
    return _answer(study, panels, "count_model", method, options, beside=beside)


def _breakdown(
    study: Study, headline: Result, adoption: Adoption | None, beside: Collection[Average]
) -> Breakdown | None:
    """How far trends may part: by the imputation's own event times where it is the headline.

    Else by the method that says so. ``None`` where neither can, or effects may show before the
    start: trends are then unknown in the very periods from which they would be carried on.
    """
    method = methods.that_can("breakdown")
    options = _options(study, method.name)
    if options.get("anticipation", 0):
        return None
    if imputes(headline):
        asked = method.options(**options)
        return _imputed_breakdown(study, adoption, asked.leads, asked.effects) if adoption else None
    try:
        panels = (study.panel, study.protected)
        result, _ = run_beside(study, panels, method.name, options, beside)
    except AnalysisError:
        return None
    check = next(check for check in result.checks if check.name == "breakdown_relative")
    after = [r for r in result.series["by_event_time"] if r["event_time"] >= 0]
    return Breakdown(check.value, check.threshold or 0.0, len(after))


def _imputed_breakdown(
    study: Study, adoption: Adoption, leads: int, effects: int
) -> Breakdown | None:
    """The same of the imputation, which counts zeros and needs no logarithm of them.

    Without an effect the interval of trends that do not part at all leaves out no change in .02
    (plain world) to .065 (eight prefectures) of 200 worlds.
    """
    leads, level = imputed.lead_count(study.panel, leads + 1) - 1, study.params.level
    found = imputed_leads(adoption, leads, effects, MINIMUM_SUPPORT, level) if leads > 0 else None
    if found is None:
        return None
    value = relative_breakdown(found, level, study.rng())
    return Breakdown(value, float(RELATIVE[-1]), len(found.weights))


def imputes(headline: Result) -> bool:
    """Whether adopters are expected to move like untreated cells, as second looks expect it."""
    return not {"count_model", "level_model"}.isdisjoint(methods.load(headline.method).can)


def reporting_checks(study: Study) -> tuple[Answer, ...]:
    """Whether the mix of records changed with the intervention: ratios of shares.

    Recorded complaints are incidents times the propensity to report. Fewer incidents leave the
    mix of claimants, channels and endings about as it was; a change in reporting need not.
    """
    method = methods.that_can("count_model").name
    options = _options(study, method)
    return tuple(
        _answer(study, (panel, None), mix, method, options) for mix, panel in study.mixes.items()
    )


def imputable(study: Study) -> Adoption | None:
    """The panel as the second looks see it, whatever the method asked for; ``None`` if it cannot.

    Every method of the headline is held against the same estimates.
    """
    return _imputable(study, study.panel)[0]


def _imputable(study: Study, panel: Panel) -> tuple[Adoption | None, Average | None]:
    """The same of a panel of the study, and what it is over."""
    method = _model(study)
    options = method.options(**_options(study, method.name))
    try:
        found, used = adoption_seen(panel, options, study.rng())
    except AnalysisError:
        return None, None
    return found, Average.of(panel.outcome, used.sample)


def adoption_seen(panel: Panel, options: Any, rng: np.random.Generator) -> tuple[Adoption, Panel]:
    """A panel as the second looks see it, and what of it is used.

    Parameters
    ----------
    options: of a method that imputes.

    Raises
    ------
    DesignError: the panel cannot carry the comparison.
    """
    used = panels.comparable(panel, options, positive=False, complete=False)
    clusters = imputed.clusters_of(used, rng)
    levels = None if used.counted else panels.rate(used)
    return imputed.adoption_of(used, options, clusters, options.weights, levels), used


def _looked_at(
    study: Study, beside: tuple[Average, ...]
) -> tuple[Adoption | None, tuple[Average, ...]]:
    """What second looks see beside averages that are shown, and all that are then."""
    found, over = _imputable(study, study.panel)
    if over is None or not (study.shielded and over.near(beside)):
        return found, beside if over is None else tuple(dict.fromkeys((*beside, over)))
    return (_imputable(study, study.protected)[0] if study.protected else None), beside


def cells_seen(study: Study) -> pd.DataFrame:
    """The panel cell by cell, with the ``weight`` of a region in the second looks.

    ``untreated`` cells tell what is to be expected of ``active`` ones; no rows where the panel
    cannot be imputed as it is.
    """
    adoption = imputable(study)
    frame = study.panel.frame.drop(columns="first_treated")
    if adoption is None or len(adoption.values) != len(study.panel.regions):
        return frame.iloc[:0]
    weights = adoption.weights.repeat(adoption.values.shape[1])
    cells = {"untreated": adoption.untreated.ravel(), "active": adoption.active.ravel()}
    return frame.assign(weight=weights, **cells)


def examine(study: Study, headline: Result) -> Robustness:
    """Everything the headline rests on, once for all languages."""
    asked = {**question(study), "headline": headline.to_json()}
    return stored.kept("robustness", asked, Robustness, lambda: _examine(study, headline))


def _detectable(study: Study, headline: Result, course: OwnCourse) -> float | None:
    """What would be claimed in four of five studies, by the error of the headline's own method.

    That of the second looks stands in where the method gives none, or one in another unit. The
    second looks are the imputation's whatever the headline, as the rule has it.
    """
    own, power = headline.headline, POWER
    if own.standard_error and (headline.unit == LEVEL) != study.panel.counted:
        look = Look(own.value, (), own.standard_error, headline.degrees)
        course = replace(course, headline=look)
    if not imputes(headline):
        # Its errors are its own: each of the two must be found oftener, that both are in .8.
        power = math.sqrt(POWER)
    return detectable(course, study.params.onset, max(RULE_LEVEL, headline.level), power)


def _examine(study: Study, headline: Result) -> Robustness:
    left_out = headline.series.get("leave_one_out")
    answers, beside = answers_beside(study, Average.of(study.panel.outcome, headline.sample))
    count_model = _count_model(study, beside)
    beside = with_those_of(beside, count_model)
    earlier, other = placebo_in_time(study, beside), placebo_outcome(study)
    adoption, beside = _looked_at(study, with_those_of(beside, earlier, other))
    course = own_course(adoption) if adoption else None
    reporting = reporting_checks(study)
    return Robustness(
        specifications=answers,
        placebo_time=earlier,
        placebo_outcome=other,
        leave_one_out=None if left_out is None else tuple(left_out),
        count_model=count_model,
        reporting=reporting,
        breakdown=_breakdown(study, headline, adoption, beside),
        detectable=_detectable(study, headline, course) if course else None,
        own_course=course,
        rank=placebo_rank(adoption, RANKED, study.rng())
        if adoption and course and course.adopting < LEAST_ADOPTING
        else None,
        averages=with_those_of(beside, *reporting),
    )
