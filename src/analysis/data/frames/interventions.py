"""From the tables of a dataset to regions over time under several interventions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.counts import exposure_of, mix_counts, mixes_of, within_span
from analysis.data.frames.names import not_held, region_names, unknown_names
from analysis.data.frames.outcomes import Outcome, outcome_of
from analysis.data.frames.panels.panel import INCOMPLETE
from analysis.data.frames.panels.panel_loader import MOST_HOLES, PARENT, together_of
from analysis.data.frames.panels.timeline import (
    Spell,
    first_starts,
    interventions_of,
    lapsed,
    spells_in,
)
from analysis.data.periods import label_of
from analysis.data.regions.hierarchy import within_region
from analysis.data.tables import named
from analysis.errors import DesignError, ParamsError, Problem
from analysis.params import InterventionsQuestion

LEAST_REGIONS = 5
"""Regions in which an intervention begins within the panel, to be among all that are compared."""
NOTEBOOK = "compare_interventions"
"""By which the truth of simulated data names it."""
KINDS = ("level", PARENT, "type")
"""Columns of regions that say of what kind they are."""


@dataclass(frozen=True)
class InterventionsPanel:
    """Regions and periods under several interventions, as a frame of that kind.

    ``interventions`` are its columns that hold 1 where one was in force. ``dropped`` counts regions
    left out by reason, ``left_out`` interventions that too few regions adopt. ``mixes`` are the
    same frame with records of a mix as counts out of all records, ``placebo`` with another outcome;
    ``costs`` are yuan, ``truth`` what simulated data were made with, both by intervention.
    """

    frame: pd.DataFrame
    interventions: tuple[str, ...]
    periods: tuple[str, ...]
    frequency: str
    has_exposure: bool
    dropped: Mapping[str, int]
    left_out: tuple[str, ...]
    names: Mapping[str, tuple[str, str]]
    clustered_by: str
    drawn: bool
    mixes: Mapping[str, pd.DataFrame]
    placebo: pd.DataFrame | None
    costs: Mapping[str, float]
    truth: Mapping[str, float]


def interventions_tables(question: InterventionsQuestion) -> set[str]:
    """The tables that a comparison of interventions reads."""
    needed = {"regions", "outcomes", "interventions", "complaints", "crosswalk", "costs", "truth"}
    return needed | ({"exposures"} if question.exposure else set())


def unknown_interventions(dataset: Dataset, question: InterventionsQuestion) -> list[Problem]:
    """Parameters that name something the dataset does not hold."""
    if not dataset.has("interventions"):
        remedy = "Add it to the dataset, or choose a dataset that has it"
        return [Problem("table interventions", "is needed by this report", remedy)]
    held = named(dataset.tables, "interventions")
    regions = dataset.tables["regions"]
    kinds = [name for name in KINDS if name in regions and regions[name].notna().any()]
    asked = [("interventions", name, held) for name in question.interventions]
    asked += [("dose", name, held) for name in question.dose]
    asked += [("by", question.by, kinds)] if question.by else []
    asked += [("cluster", question.cluster, ["region", *kinds])] if question.cluster else []
    blank = {"placebo_outcome": question.placebo_outcome, "exposure": question.exposure}
    found = unknown_names(dataset, question)
    return [p for p in found if blank.get(p.where, "asked")] + not_held(asked)


def build_interventions(dataset: Dataset, question: InterventionsQuestion) -> InterventionsPanel:
    """The panel of the question.

    Raises
    ------
    ParamsError: a name the dataset does not hold.
    DesignError: the outcome is a level, or no region is left.
    """
    if problems := unknown_interventions(dataset, question):
        raise ParamsError(problems)
    counts, exposure = _observed(dataset, question, question.outcome)
    spells = spells_in(dataset, "", counts.columns, counts.index)
    names, few = _compared(question, spells, named(dataset.tables, "interventions"))
    kept, dropped = _kept(question, counts, spells, names)
    rows = _rows(dataset, question, counts.loc[kept], exposure.loc[kept], spells, names)
    starts = [first_starts(_own(spells, name)) for name in names]
    together, by = together_of(dataset, question.cluster, kept, starts)
    if together:
        rows["cluster"] = rows["region"].map(together)
    known = rows["count"].notna()
    return InterventionsPanel(
        frame=rows[known].reset_index(drop=True),
        interventions=names,
        periods=tuple(map(label_of, counts.columns)),
        frequency=question.period,
        has_exposure=bool(question.exposure),
        dropped=dropped,
        left_out=few,
        names={code: region_names(dataset)[code] for code in kept},
        clustered_by=by,
        drawn=_drawn(dataset, names, kept),
        mixes=_mixes(dataset, question, rows[known], counts.columns),
        placebo=_placebo(dataset, question, rows, kept),
        costs=_costs(dataset, names, kept),
        truth=_truth(dataset, names, question.outcome),
    )


def _observed(
    dataset: Dataset, question: InterventionsQuestion, outcome: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts and what they are out of, regions by periods; a cell without both is empty."""
    given: Outcome = outcome_of(dataset, outcome, question.period)
    if given.kind == "level":
        what = "is a level; interventions are compared by counts, or shares of a base"
        remedy = "Choose an outcome that is counted, or intervention_effect for one intervention"
        raise DesignError([Problem(f"outcome {outcome}", what, remedy)])
    counts = within_span(within_region(dataset, given.values, question.region), question)
    if given.base is None:
        exposure = exposure_of(dataset, question, counts)
    else:
        exposure = given.base.reindex(index=counts.index, columns=counts.columns)
    return counts.mask(exposure.isna()), exposure


def _own(spells: tuple[Spell, ...], name: str) -> tuple[Spell, ...]:
    """The spells of one intervention, as the one in question."""
    return tuple(
        Spell(one.region, name, one.start, one.end, own=True)
        for one in spells
        if one.intervention == name
    )


def _compared(
    question: InterventionsQuestion, spells: tuple[Spell, ...], held: list[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The interventions compared, and those that too few regions take up to be among all."""
    if question.interventions:
        return tuple(dict.fromkeys(question.interventions)), ()
    begun = {name: {s.region for s in spells if s.intervention == name and s.start > 1}
             for name in held}  # fmt: skip
    enough = tuple(name for name in held if len(begun[name]) >= LEAST_REGIONS)
    return enough, tuple(name for name in held if name not in enough)


def _kept(
    question: InterventionsQuestion,
    counts: pd.DataFrame,
    spells: tuple[Spell, ...],
    names: tuple[str, ...],
) -> tuple[list[str], dict[str, int]]:
    """The regions that are left, and how many each reason left out; the first reason counts."""
    reasons = {
        "excluded_by_params": set(question.exclude_regions),
        INCOMPLETE: set(counts.index[counts.isna().mean(axis=1) > MOST_HOLES]),
        "treated_from_the_start": {
            s.region for s in spells if s.intervention in names and s.start <= 1
        },
        "other_intervention": {
            s.region
            for s in spells
            if s.intervention not in names and (s.start > 0 or s.end is not None)
        },
    }
    kept, dropped = [str(code) for code in counts.index], {}
    for reason, codes in reasons.items():
        remaining = [code for code in kept if code not in codes]
        if len(remaining) < len(kept):
            dropped[reason] = len(kept) - len(remaining)
        kept = remaining
    if not kept:
        left_out = ", ".join(f"{reason}: {count}" for reason, count in dropped.items())
        what = f"holds no region (left out: {left_out})"
        raise DesignError([Problem("sample", what, "Choose another span, or fewer exclusions")])
    return kept, dropped


def _rows(
    dataset: Dataset,
    question: InterventionsQuestion,
    counts: pd.DataFrame,
    exposure: pd.DataFrame,
    spells: tuple[Spell, ...],
    names: tuple[str, ...],
) -> pd.DataFrame:
    """One row a region and period, with a column an intervention, its dose, and the kind."""
    regions, periods = [str(code) for code in counts.index], counts.shape[1]
    rows = pd.DataFrame(
        {
            "region": np.repeat(np.asarray(regions, dtype=object), periods),
            "period": np.tile(np.arange(1, periods + 1), len(regions)),
            "count": counts.to_numpy(float).ravel(),
            "exposure": exposure.to_numpy(float).ravel(),
        }
    )
    place, ended = {code: i for i, code in enumerate(regions)}, np.zeros(counts.shape, dtype=bool)
    for name in names:
        active = np.zeros(counts.shape, dtype=int)
        own = _own(spells, name)
        for spell in own:
            if spell.region in place:
                active[place[spell.region], max(spell.start, 1) - 1 : spell.end] = 1
        rows[name] = active.ravel()
        ended |= lapsed(own, regions, periods)
    # After an end a cell tells neither of the time without an intervention nor of that under it.
    rows["count"] = rows["count"].mask(ended.ravel())
    table = interventions_of(dataset, regions).sort_values("started_on")
    for name in question.dose:
        doses = table[table["intervention"] == name].groupby("region_code")["dose"].first()
        rows[f"dose_{name}"] = rows["region"].map(doses).astype(float)
    if question.by:
        kinds = dataset.tables["regions"].set_index("region_code")[question.by]
        rows["kind"] = rows["region"].map(kinds)
    return rows


def _mixes(
    dataset: Dataset, question: InterventionsQuestion, rows: pd.DataFrame, periods: pd.PeriodIndex
) -> dict[str, pd.DataFrame]:
    """Records of each mix out of all records, where there were any."""
    found = {}
    for mix in mixes_of(dataset, question.outcome):
        wide = mix_counts(dataset, question.outcome, mix, periods).stack().rename("mix")
        wide.index = wide.index.set_levels(np.arange(1, len(periods) + 1), level=1)
        counted = rows.set_index(["region", "period"]).index
        own = rows.assign(exposure=rows["count"], count=wide.reindex(counted).fillna(0).to_numpy())
        found[mix] = own[own["exposure"] > 0].reset_index(drop=True)
    return found


def _placebo(
    dataset: Dataset, question: InterventionsQuestion, rows: pd.DataFrame, kept: list[str]
) -> pd.DataFrame | None:
    """The rows with the outcome that should not be affected."""
    if not question.placebo_outcome:
        return None
    counts, exposure = _observed(dataset, question, question.placebo_outcome)
    counts, exposure = (wide.reindex(index=kept) for wide in (counts, exposure))
    if counts.size != len(rows):
        what = "covers other periods than the outcome"
        raise DesignError([Problem("placebo_outcome", what, "Set first_period and last_period")])
    own = rows.assign(
        count=counts.to_numpy(float).ravel(), exposure=exposure.to_numpy(float).ravel()
    )
    return own[own["count"].notna() & rows["count"].notna()].reset_index(drop=True)


def _drawn(dataset: Dataset, names: tuple[str, ...], kept: list[str]) -> bool:
    """Whether all adopters of all interventions were drawn by lot."""
    rows = interventions_of(dataset, kept)
    own = rows[rows["intervention"].isin(names) & rows["region_code"].isin(kept)]
    return "assignment" in own and bool((own["assignment"] == "random").all())


def _truth(dataset: Dataset, names: tuple[str, ...], outcome: str) -> dict[str, float]:
    """The true log rate ratio of each intervention, where data were simulated."""
    if not dataset.has("truth"):
        return {}
    rows = dataset.tables["truth"]
    values = rows[rows["notebook"] == NOTEBOOK].set_index("name")["value"].to_dict()
    keys = {name: f"{name}/{outcome}" for name in names}
    return {name: float(values[key]) for name, key in keys.items() if key in values}


def _costs(dataset: Dataset, names: tuple[str, ...], kept: list[str]) -> dict[str, float]:
    """Yuan of each intervention in the regions kept, where costs are given."""
    if not dataset.has("costs"):
        return {}
    rows = dataset.tables["costs"]
    own = rows[rows["intervention"].isin(names) & rows["region_code"].isin(kept)]
    return {
        str(name): float(yuan) for name, yuan in own.groupby("intervention")["yuan"].sum().items()
    }
