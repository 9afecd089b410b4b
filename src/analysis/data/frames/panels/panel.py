"""The panel: counts of regions by period, before and after an intervention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.frame import FRAMES
from analysis.data.frames.outcomes import Kind
from analysis.data.frames.panels.timeline import Spell
from analysis.data.periods import PER_YEAR
from analysis.data.views import panel_line, panel_view
from analysis.result import Internal, Sample

PANEL = FRAMES["panel"]
"""The frame inside a ``Panel``."""

NEVER = 0
"""``first_treated`` of a region that does not adopt within the panel."""
INCOMPLETE = "incomplete"
"""Why a region is left out that lacks counts."""
TOO_EARLY = "too_few_periods_before"
"""Why a region is left out that had too few periods before its start."""
MINIMUM_SUPPORT = 5
"""With fewer treated regions at an event time its band would be a guess."""


@dataclass(frozen=True, repr=False)
class Panel:
    """A balanced panel: one row per region and period.

    ``frame`` has ``region`` (code), ``period`` (1, 2, … T), ``count`` (whole), ``exposure``
    (size; 1 where there is none) and ``first_treated`` (a period number, 0 for never within
    the panel), and the columns that options of the method name. ``periods`` are the T labels;
    ``outcome`` and ``intervention`` are what it is of, ``status`` is that of the dataset; all
    three are blank where they are not known. A count that is not known is not a number.
    ``together`` names, for regions that may move together, what they share, and ``clustered_by``
    which column that is: errors leave out all of them at once. ``timeline`` is what else, and
    what in question, was in force in each region; ``assignment`` how all adopters came to adopt,
    blank where that is not known or differs, and ``dose`` how much of it each took up, empty
    unless that is known of all and varies. A panel of the kind ``level`` has ``value`` in place
    of ``count``; its ``exposure`` is no more than a weight. ``yearly``: whether a year holds as
    much as its periods together, as counts and amounts do. ``without`` are regions that it had
    before some were kept.
    """

    frame: pd.DataFrame
    periods: tuple[str, ...]
    frequency: str
    has_exposure: bool
    dropped: Mapping[str, int]
    names: Mapping[str, tuple[str, str]]
    status: str = ""
    internal: Internal = ""
    outcome: str = ""
    intervention: str = ""
    together: Mapping[str, str] = field(default_factory=dict)
    clustered_by: str = "region"
    timeline: tuple[Spell, ...] = ()
    assignment: str = ""
    dose: Mapping[str, float] = field(default_factory=dict)
    kind: Kind = "count"
    yearly: bool = True
    without: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return panel_line(self.sample, self.outcome, self.intervention, len(self.periods))

    def _repr_html_(self) -> str:
        periods = len(self.periods)
        return panel_view(self.sample, self.outcome, self.intervention, periods, self.frame)

    @property
    def per_year(self) -> int:
        """Periods in a year."""
        return PER_YEAR[self.frequency]

    @property
    def counted(self) -> bool:
        """Whether the outcome is a number of events, out of a base or not."""
        return self.kind != "level"

    @property
    def measured(self) -> str:
        """The column that holds the outcome."""
        return "count" if self.counted else "value"

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Region codes, in order."""
        return tuple(self.frame["region"].drop_duplicates())

    @cached_property
    def adoption(self) -> pd.Series:
        """First treated period by region, 0 for never."""
        return self.frame.groupby("region", sort=False)["first_treated"].first()

    @property
    def clusters(self) -> np.ndarray:
        """Number of what is left out together with each region, 0 … G − 1; shape (N,)."""
        names = [self.together.get(code, code) for code in self.regions]
        return np.unique(names, return_inverse=True)[1]

    def complete(self) -> Panel:
        """Without regions that lack a count, each counted as incomplete."""
        holes = self.frame["region"][self.frame[self.measured].isna()].unique()
        if not len(holes):
            return self
        kept = self.keep([code for code in self.regions if code not in set(holes)])
        lost = self.dropped.get(INCOMPLETE, 0) + len(holes)
        return replace(kept, dropped={**self.dropped, INCOMPLETE: lost})

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
            internal=self.internal,
            without=self.without,
        )

    def matrix(self, column: str) -> np.ndarray:
        """A column as an array of shape (regions, periods)."""
        shape = (len(self.regions), len(self.periods))
        return np.reshape(self.frame[column].to_numpy(), shape)

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
        """A value per region or cluster left out; empty where these were left out in groups."""
        clusters = self.clusters
        if len(np.unique(groups)) < len(np.unique(clusters)):
            return ()
        first = np.unique(clusters, return_index=True)[1]
        names = [self.together.get(self.regions[i], self.regions[i]) for i in first]
        return tuple(
            {"region": name, "value": float(values[groups[i]])}
            for name, i in zip(names, first, strict=True)
        )

    def keep(self, regions: list[str]) -> Panel:
        """The same panel with these regions only."""
        kept = set(regions)
        gone = (*self.without, *(code for code in self.regions if code not in kept))
        frame = self.frame[self.frame["region"].isin(kept)].reset_index(drop=True)
        return replace(self, frame=frame, without=gone)

    def without_early(self, least: int) -> tuple[Panel, dict[str, int]]:
        """Without regions treated from period ``least`` or before, and what is left out in all."""
        starts = self.adoption
        early = set(starts[(starts > NEVER) & (starts <= least)].index)
        if not early:
            return self, dict(self.dropped)
        kept = [code for code in self.regions if code not in early]
        return self.keep(kept), {**self.dropped, TOO_EARLY: len(early)}

    def started_earlier(self, periods: int) -> Panel:
        """The same panel with every start so many periods earlier, at the earliest in the first."""
        first = self.frame["first_treated"]
        moved = first.where(first == NEVER, (first - periods).clip(lower=1))
        return replace(self, frame=self.frame.assign(first_treated=moved))

    def until(self, last: int, dropped: Mapping[str, int]) -> Panel:
        """The first ``last`` periods; a start after them is a start never seen."""
        frame = self.frame[self.frame["period"] <= last].reset_index(drop=True)
        frame["first_treated"] = frame["first_treated"].where(lambda first: first <= last, NEVER)
        return replace(self, frame=frame, periods=self.periods[:last], dropped=dropped)
