"""From a dataset to one study a class of claimants, and what is refused on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.data.dataset import Dataset
from analysis.data.frames import names
from analysis.data.frames.claimants import CLASSES, RATIO, claimants_of, with_classes
from analysis.data.frames.names import offered
from analysis.data.frames.outcomes import outcome_of
from analysis.data.frames.panels.panel_loader import build_panel
from analysis.data.frames.study import Study, build_study
from analysis.data.periods import label_of
from analysis.data.records.claimants import MARKS, Claimants
from analysis.disclosure.estimates import averages_only
from analysis.errors import AnalysisError, ParamsError, Problem
from analysis.methods.shared.question import check_panel, option_problems
from analysis.reports.claimants.params import ClaimantsParams

WHY = "is told apart by who complained"


@dataclass(frozen=True)
class Asked:
    """Who complains, and the studies: of ``CLASSES`` and ``RATIO``, and of marks with records."""

    claimants: Claimants
    studies: Mapping[str, Study]


def tables(_: ClaimantsParams) -> set[str]:
    """The tables that the report reads."""
    return {"regions", "complaints", "outcomes", "interventions", "exposures", "crosswalk", "truth"}


def unknown_names(data: Dataset, params: ClaimantsParams) -> list[Problem]:
    """Names that the dataset does not hold, and options that the method does not take."""
    asked = params.with_method(counted=True)
    found = [*names.unknown_names(data, params), *option_problems(asked, offered(data))]
    if not data.has("complaints"):
        remedy = "Add it, or records, to the dataset: counts do not tell who complains"
        found.append(Problem("table complaints", "is needed by this report", remedy))
    return found


def ask(data: Dataset, params: ClaimantsParams) -> Asked:
    """Studies of one set of regions, which the method can carry.

    Raises
    ------
    AnalysisError: names unknown to the dataset, claimants unknown, or an impossible design.
    """
    if problems := unknown_names(data, params):
        raise ParamsError(problems)
    told = with_classes(data, params, params.rule)
    params = _of_one_sample(told, params)
    studies = {name: _study(told, params, name) for name in (*CLASSES, RATIO)}
    for mark in MARKS:
        try:
            studies[mark] = _study(told, params, mark)
        except AnalysisError:  # too few records carry the mark; the page says so
            continue
    return Asked(claimants_of(data, params.rule, params.outcome), studies)


def _of_one_sample(told: Dataset, params: ClaimantsParams) -> ClaimantsParams:
    """The question over periods with a history, and regions that every class and the ratio have.

    Averages over regions that differ by a few would give these away.
    """
    first = label_of(outcome_of(told, CLASSES[0], params.period).values.columns[0])
    params = params.model_copy(update={"first_period": max(params.first_period, first)})
    panels = [build_panel(told, _of_class(params, name)) for name in (*CLASSES, RATIO)]
    regions = [set(panel.regions) for panel in panels]
    lost = set().union(*regions) - regions[0].intersection(*regions)
    return params.model_copy(update={"exclude_regions": sorted({*params.exclude_regions, *lost})})


def _of_class(params: ClaimantsParams, name: str) -> ClaimantsParams:
    """The question about one class; the ratio is out of the records of others, not of a size."""
    without = {"exposure": ""} if name == RATIO else {}
    return params.model_copy(update={"outcome": name, **without})


def _study(told: Dataset, params: ClaimantsParams, name: str) -> Study:
    study = averages_only(told, build_study(told, _of_class(params, name)), WHY)
    check_panel(study.params, study.panel)
    return study
