"""From the tables of a dataset to the panel of one question, with every exclusion counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from analysis.data.dataset import Dataset
from analysis.data.frames.counts import observed
from analysis.data.frames.names import named_columns, offered, region_names, unknown_names
from analysis.data.frames.panel import NEVER, Panel
from analysis.data.tables import named, named_outcomes
from analysis.errors import DesignError, ParamsError, Problem, nearest
from analysis.params import PanelQuestion


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
    columns: Sequence[str] = (),
    **misspelt: Any,
) -> Panel:
    """The balanced panel of regions for one outcome and one intervention.

    Parameters
    ----------
    data: as ``read_dataset`` gives it.
    outcome, intervention: as the dataset names them; leave them out to be told the names.
    exposure: what counts are out of; blank where counts stand for themselves.
    period: month, quarter or year.
    first_period, last_period: such as 2019, 2019Q2 or 2019-03; blank for all there are.
    region: the code of a region; only those that lie in it are kept.
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
    DesignError: no panel is left, or the intervention lies outside it.
    """
    if problems := unknown_names(dataset, question):
        raise ParamsError(problems)
    outcome = outcome or question.outcome
    span = (question.period, question.first_period, question.last_period, question.region)
    asked = ("observed", outcome, question.intervention, question.exposure, *span)
    found = dataset.once(asked, lambda: _observe(dataset, question, outcome))
    kept, dropped = _kept(found, question)
    counts, exposure = found.counts.loc[kept], found.exposure.loc[kept]
    periods = tuple(map(str, counts.columns))
    first = found.starts.reindex(kept, fill_value=NEVER).to_numpy(dtype=int)
    _refuse_empty(periods, first, question, dropped)
    frame = pd.DataFrame(
        {
            "region": np.repeat(np.asarray(kept, dtype=object), len(periods)),
            "period": np.tile(np.arange(1, len(periods) + 1), len(kept)),
            "count": counts.to_numpy(dtype=float).ravel(),
            "exposure": exposure.to_numpy(dtype=float).ravel(),
            "first_treated": np.repeat(first, len(periods)),
            **named_columns(dataset, question, counts, columns),
        }
    )
    names = region_names(dataset)
    return Panel(
        frame=frame,
        periods=periods,
        frequency=question.period,
        has_exposure=bool(question.exposure),
        dropped=dropped,
        names={code: names[code] for code in kept},
        status=dataset.description.status,
        outcome=outcome,
        intervention=question.intervention,
    )


@dataclass(frozen=True)
class _Observed:
    """What questions that differ in their exclusions and methods alone have in common.

    ``counts`` and ``exposure`` are regions by periods, ``starts`` first treated periods by region,
    ``excluded`` sets of regions by reason.
    """

    counts: pd.DataFrame
    exposure: pd.DataFrame
    starts: pd.Series
    excluded: Mapping[str, frozenset[str]]


def _observe(dataset: Dataset, question: PanelQuestion, outcome: str) -> _Observed:
    counts, exposure = observed(dataset, question, outcome)
    rows = dataset.tables["interventions"]
    own = rows[rows["intervention"] == question.intervention].set_index("region_code")
    others = rows[rows["intervention"] != question.intervention].set_index("region_code")
    first_day, last_day = counts.columns[0].start_time, counts.columns[-1].end_time
    starts = _period_numbers(own["started_on"], counts.columns)
    ended = own[own["ended_on"] <= last_day] if "ended_on" in own else own[:0]
    began = others["started_on"].between(first_day, last_day)
    holes = counts.isna().any(axis=1) | exposure.isna().any(axis=1)
    excluded = {
        "incomplete": frozenset(holes.index[holes]),
        "treated_from_the_start": frozenset(starts.index[starts == 1]),
        "ended_within": frozenset(ended.index),
        "other_intervention": frozenset(began.index[began]),
    }
    return _Observed(counts, exposure, starts, excluded)


def _period_numbers(days: pd.Series, periods: pd.PeriodIndex) -> pd.Series:
    """The number of the period of each day; days after the last count as never."""
    number = periods.searchsorted(pd.PeriodIndex(days.dt.to_period(periods.freqstr))) + 1
    return pd.Series(np.where(number > len(periods), NEVER, number), index=days.index)


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
