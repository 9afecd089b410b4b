"""The same question under other methods, dates, samples and outcomes."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

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
from analysis.verdicts.rule import LEAST_ADOPTING, RULE_LEVEL, detectable

WITH_OPTIONS = "_with_options"
"""Ends the key of a specification that runs the headline's method with the options set for it."""
NOT_OFFERED = "not offered"
"""Why an answer is missing that the method has no way to give."""
RANKED = 199
"""Sets of regions that never adopt, among which few adopters are ranked."""
FEWEST_APART = 5
"""By fewer regions two published averages of recorded counts may not differ."""
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
    ``regions`` is over how many recorded counts are averaged, 0 where protected ones are.
    """

    key: str
    method: str
    estimate: Estimate | None
    refused: str = ""
    published_estimate: float | None = None
    published_error: float | None = None
    published_source: str = ""
    expected: float | None = None
    regions: int = 0


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


def run(study: Study, panel: Panel, name: str, options: Mapping[str, Any]) -> Result:
    """One method with plain options."""
    method = methods.panel_method(name)
    return method.estimate(panel, method.options(**options), study.rng())


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


def answer(study: Study, specification: Specification, beside: Collection[int] = ()) -> Answer:
    """A specification's headline; a refusal is an answer too and is shown as one.

    Parameters
    ----------
    beside: how many regions the averages rest on that it is shown beside.
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
    own = _answer(study, study.panel, *way, beside=beside)
    if published is None:
        return own
    return replace(
        own,
        published_estimate=published.estimate,
        published_error=published.standard_error,
        published_source=published.told("en"),
    )


def answers_beside(study: Study, regions: int) -> tuple[tuple[Answer, ...], list[int]]:
    """Every specification, and over how many regions averages of recorded counts are shown.

    Parameters
    ----------
    regions: that the headline averages over.
    """
    beside, answers = [regions], list[Answer]()
    for item in specifications(study):
        answers.append(answer(study, item, beside))
        beside += [answers[-1].regions] if answers[-1].regions else []
    return tuple(answers), beside


def _answer(
    study: Study,
    panel: Panel,
    key: str,
    method: str,
    options: Mapping[str, Any],
    name: str = "overall",
    beside: Collection[int] = (),
) -> Answer:
    """The named estimate of a method on a panel; a refusal is an answer too.

    Two averages of recorded counts that differ by a few regions would give these away: what rests
    on a few more or fewer than what it is shown beside is worked out from protected counts.
    """
    try:
        result = run(study, panel, method, options)
        regions = result.sample.units
        if study.protected and any(0 < abs(regions - one) < FEWEST_APART for one in beside):
            result, regions = run(study, study.protected, method, options), 0
    except AnalysisError as error:
        return Answer(key, method, None, "; ".join(str(problem) for problem in error.problems))
    estimate = next(e for e in result.estimates if e.name == name)
    return Answer(key, method, estimate, expected=result.expected, regions=regions)


def _options(study: Study, method: str = "") -> dict[str, Any]:
    """What the question asks of its own or another method, as far as that knows it."""
    return options_for(study.params, method or study.params.method)


def placebo_in_time(study: Study) -> Answer:
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
    panel = study.panel
    if ahead := options.get("anticipation", 0):
        panel = panel.started_earlier(ahead)
    options["anticipation"] = study.params.placebo_periods
    return _answer(study, panel, "placebo_time", method, options, "before")


def placebo_outcome(study: Study) -> Answer | None:
    """The same comparison on an outcome that the intervention should not touch."""
    if study.placebo is None:
        return None
    method = study.params.method
    if "count_model" in methods.load(method).can and not study.placebo.counted:
        method = methods.that_can("level_model").name
    return _answer(study, study.placebo, "placebo_outcome", method, _options(study, method))


def _model(study: Study) -> methods.AnyMethod:
    """The method that expects adopters to move like untreated cells, of counts or of levels."""
    return methods.that_can("count_model" if study.panel.counted else "level_model")


def _count_model(study: Study, beside: Collection[int]) -> Answer:
    """The count (or level) model on the question's panel, whatever the headline's method."""
    method = _model(study).name
    options = _options(study, method)
    return _answer(study, study.panel, "count_model", method, options, beside=beside)


def _breakdown(study: Study, headline: Result, adoption: Adoption | None) -> Breakdown | None:
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
        result = run(study, study.panel, method.name, options)
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
    return tuple(_answer(study, panel, mix, method, options) for mix, panel in study.mixes.items())


def imputable(study: Study) -> Adoption | None:
    """The panel as the second looks see it, whatever the method asked for; ``None`` if it cannot.

    Every method of the headline is held against the same estimates.
    """
    method = _model(study)
    options = method.options(**_options(study, method.name))
    try:
        used = panels.comparable(study.panel, options, positive=False, complete=False)
        clusters = imputed.clusters_of(used, study.rng())
        levels = None if used.counted else panels.rate(used)
        return imputed.adoption_of(used, options, clusters, options.weights, levels)
    except AnalysisError:
        return None


def examine(study: Study, headline: Result) -> Robustness:
    """Everything the headline rests on, once for all languages."""
    asked = {**question(study), "headline": headline.to_json()}
    return stored.kept("robustness", asked, Robustness, lambda: _examine(study, headline))


def degrees_of(headline: Result) -> float:
    """Degrees of freedom of a headline."""
    return float(headline.options.get("degrees", max(headline.sample.treated - 1, 1)))


def _detectable(study: Study, headline: Result, course: OwnCourse) -> float | None:
    """What would be claimed in four of five studies, by the error of the headline's own method.

    That of the second looks stands in where the method gives none, or one in another unit. The
    second looks are the imputation's whatever the headline, as the rule has it.
    """
    own, power = headline.headline, POWER
    if own.standard_error and (headline.unit == LEVEL) != study.panel.counted:
        look = Look(own.value, (), own.standard_error, degrees_of(headline))
        course = replace(course, headline=look)
    if not imputes(headline):
        # Its errors are its own: each of the two must be found oftener, that both are in .8.
        power = math.sqrt(POWER)
    return detectable(course, study.params.onset, max(RULE_LEVEL, headline.level), power)


def _examine(study: Study, headline: Result) -> Robustness:
    left_out = headline.series.get("leave_one_out")
    adoption = imputable(study)
    course = own_course(adoption) if adoption else None
    answers, beside = answers_beside(study, headline.sample.units)
    return Robustness(
        specifications=answers,
        placebo_time=placebo_in_time(study),
        placebo_outcome=placebo_outcome(study),
        leave_one_out=None if left_out is None else tuple(left_out),
        count_model=_count_model(study, beside),
        reporting=reporting_checks(study),
        breakdown=_breakdown(study, headline, adoption),
        detectable=_detectable(study, headline, course) if course else None,
        own_course=course,
        rank=placebo_rank(adoption, RANKED, study.rng())
        if adoption and course and course.adopting < LEAST_ADOPTING
        else None,
    )
