"""The same question under other methods, dates, samples and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis import methods, stored
from analysis.data.panel import Panel, Study
from analysis.errors import AnalysisError
from analysis.result import Check, Estimate, Result, Sample
from analysis.stats.resample import minimum_detectable

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
    """What one specification gave, or why it could not."""

    key: str
    method: str
    estimate: Estimate | None
    refused: str = ""
    published_estimate: float | None = None
    published_error: float | None = None
    published_source: str = ""


@dataclass(frozen=True)
class Robustness:
    """What the headline rests on.

    ``leave_one_out`` holds the headline without each region in turn; ``detectable`` is the
    smallest true effect, in log points, found in four of five studies like this one.
    """

    specifications: tuple[Answer, ...]
    placebo_time: Answer
    placebo_outcome: Answer | None
    leave_one_out: tuple[Mapping[str, Any], ...]
    detectable: float


STORED: Mapping[str, type] = {
    kind.__name__: kind for kind in (Result, Estimate, Check, Sample, Answer, Robustness)
}


def question(study: Study) -> dict[str, Any]:
    """All that estimates depend on beside source and environment, as plain values.

    Two languages of a report ask the same question; two sets of data never do.
    """
    words = {"language", "title_en", "title_zh"}
    panels = [study.panel] if study.placebo is None else [study.panel, study.placebo]
    return {
        "params": study.params.model_dump(exclude=words),
        "published": [item.model_dump() for item in study.about.published_results],
        "panels": [_contents(panel) for panel in panels],
    }


def _contents(panel: Panel) -> list[Any]:
    columns = {name: panel.frame[name].to_list() for name in panel.frame}
    return [columns, panel.periods, panel.frequency, panel.has_exposure, dict(panel.dropped)]


def estimate_headline(study: Study) -> Result:
    """The question's own method on its own panel, once for all languages.

    Raises
    ------
    DesignError, EstimationError: as the method.
    """
    return stored.kept("headline", question(study), STORED, lambda: _headline(study))


def _headline(study: Study) -> Result:
    options = {"comparison": study.params.comparison, "level": study.params.level}
    return run(study, study.panel, study.params.method, options)


def run(study: Study, panel: Panel, method: str, options: Mapping[str, Any]) -> Result:
    """One method with plain options."""
    module = methods.load(method)
    result: Result = module.estimate(panel, module.Options(**options), study.rng())
    return result


def specifications(study: Study) -> tuple[Specification, ...]:
    """The alternatives a careful reader would ask for, the headline first."""
    level = {"level": study.params.level}
    other = {"not_yet_treated": "never_treated", "never_treated": "not_yet_treated"}
    own = study.params.comparison
    listed = [
        Specification(f"did_{own}", "did", {**level, "comparison": own}),
        Specification(f"did_{other[own]}", "did", {**level, "comparison": other[own]}),
        Specification("did_anticipation", "did", {**level, "comparison": own, "anticipation": 1}),
        Specification(f"counts_{own}", "counts", {**level, "comparison": own}),
        Specification(f"counts_{other[own]}", "counts", {**level, "comparison": other[own]}),
        Specification("two_way_effects", "two_way", {**level, "form": "effects"}),
        Specification("two_way_differences", "two_way", {**level, "form": "differences"}),
    ]
    if study.panel.has_exposure:
        listed.insert(3, Specification("did_rate", "did", {**level, "scale": "rate"}))
    listed += [
        Specification(
            f"{p.specification}_published",
            "two_way",
            {
                **level,
                "form": p.specification.removeprefix("two_way_"),
                "errors": "conventional",
            },
            p.specification,
        )
        for p in study.about.published_results
        if (p.intervention, p.outcome) == (study.params.intervention, study.params.outcome)
    ]
    return tuple(listed)


def answer(study: Study, specification: Specification) -> Answer:
    """A specification's headline; a refusal is an answer too and is shown as one."""
    published = next(
        (p for p in study.about.published_results if p.specification == specification.published),
        None,
    )
    try:
        result = run(study, study.panel, specification.method, specification.options)
    except AnalysisError as error:
        reasons = "; ".join(str(problem) for problem in error.problems)
        return Answer(specification.key, specification.method, None, reasons)
    return Answer(
        specification.key,
        specification.method,
        result.headline,
        published_estimate=published.estimate if published else None,
        published_error=published.standard_error if published else None,
        published_source=published.source if published else "",
    )


def placebo_in_time(study: Study) -> Answer:
    """The effect seen in the periods just before the start, where none can be.

    The comparison is moved ``placebo_periods`` back and only periods before the real start
    are looked at.
    """
    options = {
        "comparison": study.params.comparison,
        "level": study.params.level,
        "anticipation": study.params.placebo_periods,
    }
    try:
        result = run(study, study.panel, study.params.method, options)
    except AnalysisError as error:
        reasons = "; ".join(str(problem) for problem in error.problems)
        return Answer("placebo_time", study.params.method, None, reasons)
    before = next(estimate for estimate in result.estimates if estimate.name == "before")
    return Answer("placebo_time", study.params.method, before)


def placebo_outcome(study: Study) -> Answer | None:
    """The same comparison on an outcome that the intervention should not touch."""
    if study.placebo is None:
        return None
    options = {"comparison": study.params.comparison, "level": study.params.level}
    try:
        result = run(study, study.placebo, study.params.method, options)
    except AnalysisError as error:
        reasons = "; ".join(str(problem) for problem in error.problems)
        return Answer("placebo_outcome", study.params.method, None, reasons)
    return Answer("placebo_outcome", study.params.method, result.headline)


def examine(study: Study, headline: Result) -> Robustness:
    """Everything the headline rests on, once for all languages."""
    asked = {**question(study), "headline": headline.to_json()}
    return stored.kept("robustness", asked, STORED, lambda: _examine(study, headline))


def _examine(study: Study, headline: Result) -> Robustness:
    error = headline.headline.standard_error or float("nan")
    degrees = int(headline.options["degrees"])
    return Robustness(
        specifications=tuple(answer(study, item) for item in specifications(study)),
        placebo_time=placebo_in_time(study),
        placebo_outcome=placebo_outcome(study),
        leave_one_out=tuple(headline.series["leave_one_out"]),
        detectable=minimum_detectable(error, headline.level, POWER, degrees),
    )
