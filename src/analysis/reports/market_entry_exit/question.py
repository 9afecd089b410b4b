"""From a register to the study of an intervention, and what is refused on the way."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames import names
from analysis.data.frames.cases.register import (
    Register,
    register_of,
    unknown_in_register,
    with_events,
)
from analysis.data.frames.names import offered
from analysis.data.frames.study import Study, build_study
from analysis.data.periods import period_of
from analysis.data.tables import named
from analysis.disclosure.estimates import averages_only
from analysis.errors import DesignError, ParamsError, Problem
from analysis.methods.shared.question import check_panel, option_problems
from analysis.reports.market_entry_exit.params import MarketEntryExitParams

WHY = "is counted in a register"
FEWEST_ENTRANTS = 100
"""Entrants of a quarter below which their stay would be that of few."""


@dataclass(frozen=True)
class Asked:
    """The register, and the study of the event that is asked about."""

    register: Register
    study: Study


def tables(_: MarketEntryExitParams) -> set[str]:
    """The tables that the report reads."""
    needed = {"regions", "enterprises", "outcomes", "interventions", "exposures"}
    return {*needed, "crosswalk", "truth"}


def unknown_names(data: Dataset, params: MarketEntryExitParams) -> list[Problem]:
    """What the register lacks, names that it does not hold, options that the method lacks."""
    if problems := unknown_in_register(data, params):
        known = named(data.tables, "interventions") if data.has("interventions") else []
        return [*problems, *names.not_held([("intervention", params.intervention, known)])]
    asked = params.with_method(counted=True)
    told = with_events(data, params)
    return [*names.unknown_names(told, params), *option_problems(asked, offered(data))]


def ask(data: Dataset, params: MarketEntryExitParams) -> Asked:
    """The study, whose panel the method can carry.

    Raises
    ------
    AnalysisError: names unknown to the dataset, entries that are not whole, an impossible design.
    """
    ParamsError.raise_for(unknown_names(data, params))
    register, told = register_of(data, params), with_events(data, params)
    study = averages_only(told, build_study(told, params), WHY)
    check_panel(study.params, study.panel)
    if params.cohort and len(entrants_of(register, params.cohort)) < FEWEST_ENTRANTS:
        what = f"names a quarter in which fewer than {FEWEST_ENTRANTS} came"
        raise DesignError([Problem("cohort", what, "Name another one, or leave it blank")])
    return Asked(register, study)


def entrants_of(register: Register, cohort: str) -> pd.DataFrame:
    """Who came in a quarter, or in all of the time that is whole."""
    rows = register.entrants
    if not cohort:
        return rows
    quarter = period_of(cohort)
    return rows[(rows["entry"] >= quarter.start_time) & (rows["entry"] <= quarter.end_time)]
