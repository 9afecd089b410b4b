"""From the tables of a dataset to the panel of one question, with every exclusion counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from analysis.data.dataset import Dataset
from analysis.data.frames.counts import exposure_of, within_span
from analysis.data.frames.names import named_columns, offered, region_names, unknown_names
from analysis.data.frames.outcomes import Outcome, outcome_of
from analysis.data.frames.panels.panel import INCOMPLETE, NEVER, Panel
from analysis.data.frames.panels.timeline import (
    Spell,
    adopt_together,
    first_starts,
    interventions_of,
    lapsed,
    others_moved,
    parents_by_region,
    spells_in,
)
from analysis.data.periods import label_of
from analysis.data.regions.hierarchy import within_region
from analysis.data.tables import named, named_outcomes
from analysis.errors import DesignError, ParamsError, Problem, nearest
from analysis.params import PanelQuestion

MOST_HOLES = 0.5
"""A region that lacks more of its periods than this leaves."""
PARENT = "parent_code"


def panel(  # noqa: PLR0913  a notebook sees each with Tab
    data: Dataset,
    *,
    outcome: str = "",
    intervention: str = "",
    exposure: str = "",
    period: str = "quarter",
    first_period: str = "",
    last_period: str = "",
    region: str = "",
    exclude_regions: Sequence[str] = (),
    exclude_other_interventions: bool = True,
    cluster: str = "",
    columns: Sequence[str] = (),
    **misspelt: Any,
) -> Panel:
    """The balanced panel of regions for one outcome and one intervention.

    Parameters
    ----------
    data: as ``read_dataset`` gives it.
    outcome, intervention: as the dataset names them; leave them out to be told the names.
    exposure: what counts are out of; blank where counts stand for themselves.
    period: week, month, quarter or year.
    first_period, last_period: such as 2019, 2019Q2, 2019-03 or 2019-W05; blank for all there are.
    region: the code of a region; only those that lie in it are kept.
    cluster: what regions share that move together, such as ``parent_code``; blank to find it from
        who adopted when.
    columns: such as ``log_enterprises``, for options of methods to name.

    Raises
    ------
    ParamsError: with everything that is misspelt, of the wrong type or not in the dataset.
    DesignError: no panel is left, or the intervention lies outside it.
    """
    asked = {name: value for name, value in locals().items() if name not in ("data", "misspelt")}
    if not isinstance(data, Dataset):
        what = f"is of type {type(data).__name__}; a panel is made from a dataset"
        raise ParamsError([Problem("panel, data", what, "Give what read_dataset gives")])
    question, problems = _question(asked)
    what = "is not a parameter here"
    problems += [Problem(f"panel, {n}", what, nearest(n, [*asked])) for n in misspelt]
    outcomes = named_outcomes(data.tables, data.has("complaints"))
    names = {"outcome": outcomes, "intervention": named(data.tables, "interventions")}
    blank = [name for name in names if asked[name] == ""]
    problems += [Problem(f"panel, {n}", "is not given", nearest("", names[n])) for n in blank]
    problems += [p for p in unknown_names(data, question) if p.where not in blank]
    what, offer = "is not offered by this dataset", list(offered(data))
    strange = [name for name in question.columns if name not in offer]
    problems += [Problem(f"panel, columns, '{n}'", what, nearest(n, offer)) for n in strange]
    if problems:
        raise ParamsError(problems)
    return build_panel(data, question, columns=question.columns)


class PanelAsked(PanelQuestion):
    """A question asked in Python: it names the columns that a panel holds beside its own."""

    columns: list[str] = Field(default_factory=list)


def _question(asked: dict[str, Any]) -> tuple[PanelAsked, list[Problem]]:
    """The question, as far as it is right by itself, and what is wrong with it."""
    several = (tuple, set, frozenset, pd.Index, pd.Series)
    plain = {n: list(v) if isinstance(v, several) else v for n, v in asked.items()}
    try:
        return PanelAsked.from_mapping(plain, "panel"), []
    except ParamsError as error:
        wrong = {problem.where.partition(", ")[2].split(".")[0] for problem in error.problems}
        # A span that ends before it begins is a problem of the whole.
        wrong |= {"first_period", "last_period"} if "" in wrong else set()
        sound = {name: value for name, value in plain.items() if name not in wrong}
        return PanelAsked.from_mapping(sound), list(error.problems)


def build_panel(
    dataset: Dataset,
    question: PanelQuestion,
    outcome: str = "",
    columns: Sequence[str] | None = None,
) -> Panel:
    """The balanced panel of one question.

    Parameters
    ----------
    outcome: another one than the question's.
    columns: to hold beside; by default those that the options of the question's method name.

    Raises
    ------
    ParamsError: a name the dataset does not hold.
    DesignError: no panel is left, the intervention lies outside it, or a cluster is blank.
    """
    if problems := unknown_names(dataset, question):
        raise ParamsError(problems)
    outcome = outcome or question.outcome
    span = (question.period, question.first_period, question.last_period, question.region)
    asked = ("observed", outcome, question.intervention, question.exposure, *span)
    observed = dataset.once(asked, lambda: _observe(dataset, question, outcome))
    kept, dropped = _kept(observed, question)
    counts, exposure = observed.counts.loc[kept], observed.exposure.loc[kept]
    periods = tuple(map(label_of, counts.columns))
    first = np.array([observed.starts.get(code, NEVER) for code in kept], dtype=int)
    _refuse_empty(periods, first, question, dropped)
    level = observed.outcome.kind == "level"
    frame = pd.DataFrame(
        {
            "region": np.repeat(np.asarray(kept, dtype=object), len(periods)),
            "period": np.tile(np.arange(1, len(periods) + 1), len(kept)),
            "value" if level else "count": counts.to_numpy(dtype=float).ravel(),
            "exposure": exposure.to_numpy(dtype=float).ravel(),
            "first_treated": np.repeat(first, len(periods)),
            **named_columns(dataset, question, counts, columns),
        }
    )
    names = region_names(dataset)
    looked_at = set(map(str, observed.counts.index))
    together, clustered_by = together_of(dataset, question.cluster, kept, [observed.starts])
    return Panel(
        frame=frame,
        periods=periods,
        frequency=question.period,
        has_exposure=observed.sized(question),
        dropped=dropped,
        names={c: names[c] for c in sorted({*looked_at, *together.values()}) if c in names},
        status=dataset.description.status,
        internal=dataset.description.internal,
        outcome=outcome,
        intervention=question.intervention,
        together=together,
        clustered_by=clustered_by,
        timeline=tuple(spell for spell in observed.spells if spell.region in looked_at),
        assignment=_assignment(dataset, question.intervention, kept),
        dose=_dose(dataset, question.intervention, [str(c) for c in np.array(kept)[first > NEVER]]),
        kind=observed.outcome.kind,
        yearly=observed.yearly,
    )


@dataclass(frozen=True)
class _Observed:
    """What questions that differ in their exclusions and methods alone have in common.

    ``counts`` and ``exposure`` are regions by periods, ``starts`` first treated periods by region,
    ``excluded`` sets of regions by reason; ``outcome`` is as given, of all regions.
    """

    outcome: Outcome
    counts: pd.DataFrame
    exposure: pd.DataFrame
    starts: Mapping[str, int]
    spells: tuple[Spell, ...]
    excluded: Mapping[str, frozenset[str]]

    @property
    def yearly(self) -> bool:
        """Whether a year holds as much as its periods together."""
        return self.outcome.adds_up and self.outcome.base is None

    def sized(self, question: PanelQuestion) -> bool:
        """Whether there is something that the outcome is out of."""
        asked = bool(question.exposure) and self.outcome.takes_exposure
        return asked or self.outcome.kind == "share"


def _observe(dataset: Dataset, question: PanelQuestion, outcome: str) -> _Observed:
    given = outcome_of(dataset, outcome, question.period)
    counts = within_span(within_region(dataset, given.values, question.region), question)
    exposure = _size(dataset, question, outcome, given, counts)
    if given.kind == "level" and given.adds_up:
        counts = counts / exposure
    spells = spells_in(dataset, question.intervention, counts.columns, counts.index)
    starts = first_starts(spells)
    counts = counts.mask(exposure.isna())
    lacking = counts.isna().mean(axis=1)
    after = lapsed(spells, [str(code) for code in counts.index], counts.shape[1])
    excluded = {
        INCOMPLETE: counts.index[lacking > MOST_HOLES],
        "treated_from_the_start": [code for code, start in starts.items() if start == 1],
        "other_intervention": others_moved(spells),
    }
    return _Observed(
        given,
        counts.mask(after),
        exposure,
        starts,
        spells,
        {reason: frozenset(map(str, codes)) for reason, codes in excluded.items()},
    )


def _size(
    dataset: Dataset, question: PanelQuestion, outcome: str, given: Outcome, counts: pd.DataFrame
) -> pd.DataFrame:
    """What an outcome is out of or a mean of: its own base, else the exposure asked for, or ones.

    Raises
    ------
    DesignError: an exposure is asked for a share or a mean.
    """
    if given.takes_exposure:
        return exposure_of(dataset, question, counts)
    if question.exposure and outcome == question.outcome:
        what = f"is set, but {outcome} is a share or a mean, which is out of its own base"
        raise DesignError([Problem("exposure", what, "Leave exposure out")])
    if given.base is None:
        return pd.DataFrame(1.0, index=counts.index, columns=counts.columns)
    return given.base.reindex(index=counts.index, columns=counts.columns)


def _kept(found: _Observed, question: PanelQuestion) -> tuple[list[str], dict[str, int]]:
    """The regions that are left, and how many each reason left out; the first reason counts."""
    reasons = {"excluded_by_params": frozenset(question.exclude_regions), **found.excluded}
    if not question.exclude_other_interventions:
        del reasons["other_intervention"]
    kept, dropped = list(found.counts.index), {}
    for reason, codes in reasons.items():
        remaining = [code for code in kept if code not in codes]
        if len(remaining) < len(kept):
            dropped[reason] = len(kept) - len(remaining)
        kept = remaining
    return kept, dropped


def together_of(
    dataset: Dataset, cluster: str, kept: list[str], starts: Iterable[Mapping[str, int]]
) -> tuple[dict[str, str], str]:
    """What each region shares with those that errors leave out with it, and what that is.

    Parameters
    ----------
    cluster: the column asked for; blank to find it from the starts of each intervention.
    """
    parents = parents_by_region(dataset, kept)
    every = ({code: own.get(code, NEVER) for code in kept} for own in starts)
    decided_above = any(adopt_together(parents, own) for own in every)
    by = cluster or (PARENT if decided_above else "region")
    if by == "region":
        return {}, by
    if by == PARENT:
        shared = {code: above for code, above in parents.items() if above != code}
    else:
        given = dataset.tables["regions"].set_index("region_code")[by].reindex(kept)
        shared = {c: f"{by} {v}" for c, v in given.items() if pd.notna(v) and v != ""}
    if cluster and (blank := len(kept) - len(shared)):
        what = f"names {by}, which is blank for {blank} of {len(kept)} regions"
        remedy = "Complete it, leave cluster out, or write cluster: region"
        raise DesignError([Problem("cluster", what, remedy)])
    return {str(code): str(shared.get(code, code)) for code in kept}, by


def _assignment(dataset: Dataset, intervention: str, kept: list[str]) -> str:
    """How all adopters came to adopt; blank where that is not given or differs."""
    rows = interventions_of(dataset, kept)
    own = rows[(rows["intervention"] == intervention) & rows["region_code"].isin(kept)]
    ways = set(own["assignment"].fillna("")) if "assignment" in own else {""}
    return str(ways.pop()) if len(ways) == 1 else ""


def _dose(dataset: Dataset, intervention: str, adopters: list[str]) -> dict[str, float]:
    """How much of it each adopter took up first; empty unless given of all, and varying."""
    rows = interventions_of(dataset, adopters)
    own = rows[(rows["intervention"] == intervention) & rows["region_code"].isin(adopters)]
    if "dose" not in own:
        return {}
    first = own.sort_values("started_on").groupby("region_code")["dose"].first()
    known = first.notna().all() and first.nunique() > 1
    return {str(code): float(dose) for code, dose in first.items()} if known else {}


def _refuse_empty(
    periods: tuple[str, ...], first: np.ndarray, question: PanelQuestion, dropped: Mapping[str, int]
) -> None:
    left_out = ", ".join(f"{reason}: {count}" for reason, count in dropped.items()) or "none"
    if not first.size:
        what = f"holds no complete region (left out: {left_out})"
        remedy = "Choose a shorter span, or fewer exclusions"
        raise DesignError([Problem("sample", what, remedy)])
    if not (first > NEVER).any():
        span = f"{periods[0]} to {periods[-1]}"
        what = f"starts in no region within the panel {span} (left out: {left_out})"
        remedy = "Choose dates around the starts, or fewer exclusions"
        raise DesignError([Problem(f"intervention {question.intervention}", what, remedy)])
