"""From a dataset to regions under several interventions, and what is refused on the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.data.dataset import Dataset
from analysis.data.frames.interventions import (
    InterventionsPanel,
    build_interventions,
    interventions_tables,
    unknown_interventions,
)
from analysis.data.frames.names import not_held
from analysis.data.tables import named
from analysis.disclosure.estimates import FEWEST_RECORDS
from analysis.disclosure.store import noise_of, store_of
from analysis.errors import DesignError, ParamsError, Problem
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
    return {
        "interventions": panel.interventions,
        "interactions": params.interactions,
        "pairs": tuple((pair[0], pair[1]) for pair in params.pairs),
        "contrasts": tuple((pair[0], pair[1]) for pair in params.contrasts),
        "dose": {name: f"dose_{name}" for name in params.dose},
        "anticipation": params.anticipation,
        "level": params.level,
    }


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
        _require_records(panel, FEWEST_RECORDS)
        # What is said of single regions is refused here, before a kernel, where it cannot be.
        store_of(data, params.outcome)
    return panel


def _require_records(panel: InterventionsPanel, least: int) -> None:
    """Refuse averages over so few records that they would give single ones away."""
    flags = panel.frame[list(panel.interventions)].to_numpy(bool)
    counts = panel.frame["count"].to_numpy(float)
    sides = {name: flags[:, place] for place, name in enumerate(panel.interventions)}
    sides["no intervention"] = ~flags.any(axis=1)
    what, remedy = f"are fewer than {least}", "Use a longer span or more regions"
    few = [name for name, own in sides.items() if np.sum(counts[own]) < least]
    if few:
        raise DesignError([Problem(f"records under {name}", what, remedy) for name in few])
