"""From a dataset to regions under several interventions, and what is refused on the way."""

from __future__ import annotations

from typing import Any

from analysis.data.dataset import Dataset
from analysis.data.frames.interventions import (
    InterventionsPanel,
    build_interventions,
    interventions_tables,
    unknown_interventions,
)
from analysis.data.frames.names import not_held
from analysis.data.tables import named
from analysis.disclosure.estimates import require_records
from analysis.disclosure.store import noise_of, store_of
from analysis.errors import ParamsError, Problem
from analysis.methods import joint_effects
from analysis.reports.compare_interventions.params import CompareInterventionsParams


def tables(params: CompareInterventionsParams) -> set[str]:
    """The tables that the report reads."""
    return interventions_tables(params)


def unknown_names(data: Dataset, params: CompareInterventionsParams) -> list[Problem]:
    """Names that the dataset does not hold, and pairs that are none."""
    asked = [("regions_of", params.regions_of)] if params.regions_of else []
    held = params.interventions or named(data.tables, "interventions")
    found = [*unknown_interventions(data, params), *not_held((*one, held) for one in asked)]
    wrong = [pair for pair in (*params.pairs, *params.contrasts) if len(set(pair)) != 2]
    what, remedy = "holds a list that is no pair", "Write [[one, other]], by name"
    return [*found, *(Problem("pairs, contrasts", what, remedy) for _ in wrong)]


def options_of(panel: InterventionsPanel, params: CompareInterventionsParams) -> dict[str, Any]:
    """What the method is asked."""
    same = {name: getattr(params, name) for name in ("interactions", "anticipation", "level")}
    pairs = {n: tuple((a, b) for a, b in getattr(params, n)) for n in ("pairs", "contrasts")}
    doses = {name: f"dose_{name}" for name in params.dose}
    return {"interventions": panel.interventions, "dose": doses, **pairs, **same}


def ask(data: Dataset, params: CompareInterventionsParams) -> InterventionsPanel:
    """The panel, which the method can carry.

    Raises
    ------
    AnalysisError: names unknown to the dataset, or interventions that cannot be compared.
    """
    if problems := unknown_names(data, params):
        raise ParamsError(problems)
    panel = build_interventions(data, params)
    joint_effects.check(panel.frame, joint_effects.Options(**options_of(panel, params)))
    if noise_of(data) is not None:
        require_records(panel)
        # What is said of single regions is refused here, before a kernel, where it cannot be.
        store_of(data, params.outcome)
    return panel
