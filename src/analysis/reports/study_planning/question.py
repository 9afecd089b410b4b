"""From a dataset to the history on which a roll-out is tried, and what is refused on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames import names
from analysis.data.frames.names import region_names
from analysis.data.frames.outcomes import observed
from analysis.data.periods import FREQUENCY, label_of, period_of
from analysis.disclosure.store import store_of
from analysis.errors import DesignError, ParamsError, Problem
from analysis.planning import Design, commitment_of, require_design
from analysis.reports.study_planning.params import StudyPlanningParams


@dataclass(frozen=True)
class Planned:
    """A history by region and period, and the roll-out that is tried on it.

    ``designs`` are all combinations of how many regions and how many periods, the largest last.
    """

    counts: pd.DataFrame
    exposure: pd.DataFrame
    strata: Mapping[str, str]
    designs: tuple[Design, ...]
    names: Mapping[str, tuple[str, str]]
    start: str
    incomplete: int

    def period(self, number: int) -> str:
        """The label of a period of the study, 1 and so on."""
        first = period_of(self.start).asfreq(self.counts.columns.freqstr) - self.designs[-1].before
        return label_of(first + number - 1)


def tables(_: StudyPlanningParams) -> set[str]:
    """The tables that the report reads."""
    return {"regions", "outcomes", "complaints", "exposures", "crosswalk"}


def unknown_names(data: Dataset, params: StudyPlanningParams) -> list[Problem]:
    """Names that the dataset does not hold."""
    # The roll-out is still to come, and counts may stand for themselves.
    blank = {"intervention", *(["exposure"] if not params.exposure else [])}
    found = [p for p in names.unknown_names(data, params) if p.where not in blank]
    if params.strata and data.has("regions"):
        known = [name for name in data.tables["regions"] if name != "region_code"]
        found += names.not_held([("strata", params.strata, known)])
    return found


def ask(data: Dataset, params: StudyPlanningParams) -> Planned:
    """The history, and designs that it can carry.

    Raises
    ------
    AnalysisError: names unknown to the dataset, designs it cannot carry, or a text that is not the
        one whose hash was published.
    """
    ParamsError.raise_for(unknown_names(data, params))
    counts, exposure = observed(data, params, params.outcome)
    store = store_of(data, params.outcome)
    if store.noise is not None:
        shown = store.levels[params.period].shown.reindex(index=counts.index)
        counts = counts.where(counts.isna(), np.maximum(np.round(shown[counts.columns]), 0.0))
    whole = counts.notna().all(axis=1) & exposure.notna().all(axis=1)
    kept = whole & ~counts.index.isin(params.exclude_regions)
    designs = tuple(
        Design(params.design, number, params.before, after, params.waves)
        for after in sorted(params.periods)
        for number in sorted(params.counties)
    )
    problems = [p for one in designs for p in require_design(counts[kept], one)]
    DesignError.raise_for([*dict.fromkeys(problems), *_commitment(params)])
    column = data.tables["regions"].set_index("region_code")
    strata = column[params.strata].astype(object).fillna("") if params.strata else {}
    following = counts.columns[-1] + 1
    start = period_of(params.start).asfreq(FREQUENCY[params.period], how="start") if (
        params.start) else following  # fmt: skip
    return Planned(
        counts[kept], exposure[kept], {str(k): str(v) for k, v in dict(strata).items()}, designs,
        region_names(data), label_of(start), int((~whole).sum()),
    )  # fmt: skip


def _commitment(params: StudyPlanningParams) -> Iterator[Problem]:
    if params.draw_seed and not params.commitment:
        what = "is told, and no commitment was published before"
        remedy = f"Publish the hash first; that of this text is {commitment_of(params.draw_seed)}"
        yield Problem("draw_seed", what, remedy)
    elif params.draw_seed and commitment_of(params.draw_seed) != params.commitment:
        what = "is not the text whose hash was published"
        yield Problem("draw_seed", what, "Give that text, to the letter; no other order will do")
