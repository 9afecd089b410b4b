"""Region-by-period panels for one intervention and one outcome, with every exclusion counted."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.columns import named_columns
from analysis.data.frames.names import check_names, names_of
from analysis.data.frames.series import (
    PER_YEAR,
    counts_of,
    exposure_of,
    within,
)
from analysis.data.regions.hierarchy import within_region
from analysis.errors import DesignError, ParamsError, Problem
from analysis.params import PanelQuestion
from analysis.result import Sample

NEVER = 0
"""``first_treated`` of a region that does not adopt within the panel."""
MINIMUM_SUPPORT = 5
"""With fewer treated regions at an event time its band would be a guess."""


@dataclass(frozen=True)
class Panel:
    """A balanced panel: one row per region and period.

    ``frame`` has ``region`` (code), ``period`` (1, 2, … T), ``count`` (whole), ``exposure``
    (size; 1 where there is none) and ``first_treated`` (a period number, 0 for never within
    the panel), and the columns that options of the method name. ``periods`` are the T labels;
    ``status`` is that of the dataset, blank where it is not known.
    """

    frame: pd.DataFrame
    periods: tuple[str, ...]
    frequency: str
    has_exposure: bool
    dropped: Mapping[str, int]
    names: Mapping[str, tuple[str, str]]
    status: str = ""

    @property
    def per_year(self) -> int:
        """Periods in a year."""
        return PER_YEAR[self.frequency]

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Region codes, in order."""
        return tuple(self.frame["region"].drop_duplicates())

    @cached_property
    def adoption(self) -> pd.Series:
        """First treated period by region, 0 for never."""
        return self.frame.groupby("region", sort=False)["first_treated"].first()

    @property
    def sample(self) -> Sample:
        """Rows, regions, treated regions, span and exclusions."""
        return Sample(
            rows=len(self.frame),
            units=len(self.regions),
            treated=int((self.adoption > NEVER).sum()),
            first_period=self.periods[0],
            last_period=self.periods[-1],
            dropped=dict(self.dropped),
            status=self.status,
        )

    def matrix(self, column: str) -> np.ndarray:
        """A column as an array of shape (regions, periods)."""
        values = self.frame[column].to_numpy()
        matrix: np.ndarray = values.reshape(len(self.regions), len(self.periods))
        return matrix

    def label(self, period: int) -> str:
        """The label of period 1, 2, … T."""
        return self.periods[period - 1]

    def support(self, event_times: tuple[int, ...]) -> np.ndarray:
        """How many treated regions are observed at each event time."""
        starts = self.adoption.to_numpy()
        periods = starts[starts > NEVER][:, None] + np.array(event_times)[None, :]
        counted: np.ndarray = ((periods >= 1) & (periods <= len(self.periods))).sum(axis=0)
        return counted

    def left_out(self, values: np.ndarray, groups: np.ndarray) -> tuple[dict[str, Any], ...]:
        """A value per region left out; empty where regions were left out in groups."""
        if len(np.unique(groups)) < len(groups):
            return ()
        pairs = zip(self.regions, values, strict=True)
        return tuple({"region": region, "value": float(value)} for region, value in pairs)

    def keep(self, regions: list[str]) -> Panel:
        """The same panel with these regions only."""
        chosen = self.frame["region"].isin(regions)
        return replace(self, frame=self.frame[chosen].reset_index(drop=True))

    def started_earlier(self, periods: int) -> Panel:
        """The same panel with every start so many periods earlier, at the earliest in the first."""
        first = self.frame["first_treated"]
        moved = first.where(first == NEVER, (first - periods).clip(lower=1))
        return replace(self, frame=self.frame.assign(first_treated=moved))

    def until(self, last: int, dropped: Mapping[str, int]) -> Panel:
        """The first ``last`` periods; a start after them is a start never seen."""
        frame = self.frame[self.frame["period"] <= last].reset_index(drop=True)
        first = frame["first_treated"].where(frame["first_treated"] <= last, NEVER)
        frame = frame.assign(first_treated=first)
        return replace(self, frame=frame, periods=self.periods[:last], dropped=dropped)


def build_panel(dataset: Dataset, params: PanelQuestion, outcome: str = "") -> Panel:
    """The balanced panel of one question.

    Raises
    ------
    ParamsError: a name the dataset does not hold.
    DesignError: no panel is left, or the intervention lies outside it.
    """
    problems = check_names(dataset, params)
    if problems:
        raise ParamsError(problems)
    ground = _ground_of(dataset, params, outcome or params.outcome)
    counts, exposure, starts = ground.counts, ground.exposure, ground.starts
    periods = ground.labels
    dropped: dict[str, int] = {}
    kept = _drop(counts.index, set(params.exclude_regions), dropped, "excluded_by_params")
    kept = _drop(kept, ground.incomplete, dropped, "incomplete")
    kept = _drop(kept, ground.from_the_start, dropped, "treated_from_the_start")
    kept = _drop(kept, ground.ended, dropped, "ended_within")
    if params.exclude_other_interventions:
        kept = _drop(kept, ground.others, dropped, "other_intervention")
    first = np.array([starts.get(code, NEVER) for code in kept], dtype=int)
    _refuse_empty(kept, periods, first, params, dropped)
    rows = counts.index.get_indexer(kept)
    named = named_columns(dataset, params, counts.iloc[rows]) if params.method_options else {}
    frame = pd.DataFrame(
        {
            "region": np.repeat(np.asarray(kept, dtype=object), len(periods)),
            "period": np.tile(np.arange(1, len(periods) + 1), len(kept)),
            "count": counts.to_numpy(dtype=float)[rows].ravel(),
            "exposure": exposure.to_numpy(dtype=float)[rows].ravel(),
            "first_treated": np.repeat(first, len(periods)),
            **named,
        }
    )
    everywhere = names_of(dataset)
    names = {code: everywhere[code] for code in kept}
    status = dataset.description.status
    return Panel(frame, periods, params.period, ground.has_exposure, dropped, names, status)


@dataclass(frozen=True)
class _Ground:
    """What questions that differ in their exclusions and methods alone have in common.

    ``counts`` and ``exposure`` are regions by periods, ``starts`` first treated periods by region;
    the others are sets of regions.
    """

    counts: pd.DataFrame
    exposure: pd.DataFrame
    has_exposure: bool
    starts: Mapping[str, int]
    incomplete: frozenset[str]
    from_the_start: frozenset[str]
    ended: frozenset[str]
    others: frozenset[str]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The periods in words."""
        return tuple(str(label) for label in self.counts.columns)


def _ground_of(dataset: Dataset, params: PanelQuestion, outcome: str) -> _Ground:
    span = (params.period, params.first_period, params.last_period, params.region)
    asked = ("ground", outcome, params.intervention, params.exposure, *span)
    return dataset.once(asked, lambda: _ground(dataset, params, outcome))


def _ground(dataset: Dataset, params: PanelQuestion, outcome: str) -> _Ground:
    counts = counts_of(dataset, outcome, params.period)
    counts = within(within_region(dataset, counts, params.region), params)
    exposure, has_exposure = exposure_of(dataset, params, counts)
    starts = _starts(dataset, params, counts.columns)
    return _Ground(
        counts,
        exposure,
        has_exposure,
        {str(code): int(start) for code, start in starts.items()},
        frozenset(counts.index[counts.isna().any(axis=1) | exposure.isna().any(axis=1)]),
        frozenset(starts.index[starts == 1]),
        frozenset(_ended(dataset, params, counts.columns)),
        frozenset(_others(dataset, params, counts.columns)),
    )


def _starts(dataset: Dataset, params: PanelQuestion, periods: pd.PeriodIndex) -> pd.Series:
    """First treated period number by region; starts after the panel count as never."""
    rows = dataset.tables["interventions"]
    rows = rows[rows["intervention"] == params.intervention].set_index("region_code")
    return _position(rows["started_on"], periods)


def _position(dates: pd.Series, periods: pd.PeriodIndex) -> pd.Series:
    started = dates.dt.to_period(periods.freqstr)
    number = periods.searchsorted(pd.PeriodIndex(started), side="left") + 1
    number = np.where(number > len(periods), NEVER, number)
    return pd.Series(number, index=dates.index)


def _ended(dataset: Dataset, params: PanelQuestion, periods: pd.PeriodIndex) -> set[str]:
    rows = dataset.tables["interventions"]
    if "ended_on" not in rows:
        return set()
    last_day = periods[-1].end_time
    own = rows[(rows["intervention"] == params.intervention) & (rows["ended_on"] <= last_day)]
    return set(own["region_code"])


def _others(dataset: Dataset, params: PanelQuestion, periods: pd.PeriodIndex) -> set[str]:
    """Regions where another intervention began within the panel."""
    rows = dataset.tables["interventions"]
    began = (rows["started_on"] >= periods[0].start_time) & (
        rows["started_on"] <= periods[-1].end_time
    )
    return set(rows.loc[(rows["intervention"] != params.intervention) & began, "region_code"])


def _drop(kept: pd.Index | list, out: Set[str], dropped: dict[str, int], reason: str) -> list[str]:
    remaining = [code for code in kept if code not in out]
    if len(remaining) < len(kept):
        dropped[reason] = len(kept) - len(remaining)
    return remaining


def _refuse_empty(
    kept: list[str],
    periods: tuple[str, ...],
    first: np.ndarray,
    params: PanelQuestion,
    dropped: Mapping[str, int],
) -> None:
    left_out = ", ".join(f"{reason}: {count}" for reason, count in dropped.items()) or "none"
    if not kept:
        raise DesignError(
            [
                Problem(
                    "sample",
                    f"holds no complete region (left out: {left_out})",
                    "Choose a shorter span, or fewer exclusions",
                )
            ]
        )
    if not (first > NEVER).any():
        span = f"{periods[0]} to {periods[-1]}"
        raise DesignError(
            [
                Problem(
                    f"intervention {params.intervention}",
                    f"starts in no region within the panel {span} (left out: {left_out})",
                    "Choose dates around the starts, or fewer exclusions",
                )
            ]
        )
