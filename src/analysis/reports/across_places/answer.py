"""Places beside one another: their mean, what is to be expected in another, and other poolings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.data.description import Description
from analysis.data.frames.trials import mantel_haenszel
from analysis.methods import meta
from analysis.page.shared.log_points import LogPoints
from analysis.reports.across_places.params import AcrossPlacesParams
from analysis.reports.across_places.question import Pool
from analysis.reports.others import marked
from analysis.reports.report import Report
from analysis.result import Estimate, Result


@dataclass(frozen=True)
class Pooling:
    """One way to pool: its estimate in log points, and what was published of it, as a ratio."""

    key: str
    estimate: Estimate
    published: float | None = None
    source: str = ""


class Places(Report, LogPoints):
    """Effects of several places with their mean."""

    params: AcrossPlacesParams

    @property
    def pool(self) -> Pool:
        """The places."""
        pool: Pool = self.subject
        return pool

    @property
    def frame(self) -> pd.DataFrame:
        """One row a place: its estimate in log points, and its standard error."""
        return self.pool.frame

    @property
    def description(self) -> Description:
        """What the data are; of reports whose data are invented or for inside, that."""
        return marked(super().description, self.pool.descriptions)

    @property
    def intervention(self) -> str:
        """What is looked at, in a sentence."""
        return self.words(self.params.intervention).of(self.language)

    @cached_property
    def result(self) -> Result:
        """The mean of all places, and the range of another."""
        asked = {"between": self.params.between, "level": self.params.level}
        return self.estimate(meta.METHOD, self.frame, **asked)

    @property
    def mean(self) -> Estimate:
        """Of places like these."""
        return self.result.headline

    @property
    def new_place(self) -> Estimate:
        """Where the effect in another such place would lie."""
        return self.result.estimates[1]

    @cached_property
    def poolings(self) -> tuple[Pooling, ...]:
        """The mean, beside what there would be if places did not differ at all."""
        asked = {"between": "none", "interval": "normal", "level": self.params.level}
        fixed = self.estimate(meta.METHOD, self.frame, **asked).headline
        found = {"random": self.mean, "fixed": fixed}
        if self.pool.tables is not None and self.params.measure == "odds_ratio":
            found["mantel_haenszel"] = mantel_haenszel(self.pool.tables, self.params.level)
        known = {
            p.specification: p
            for p in self.description.published_results
            if (p.intervention, p.outcome) == (self.params.intervention, self.params.outcome)
        }
        return tuple(
            Pooling(key, one, known[key].estimate, known[key].source)
            if key in known
            else Pooling(key, one)
            for key, one in found.items()
        )

    @property
    def differ(self) -> float:
        """p of what is seen between places if they did not differ."""
        (check,) = (c for c in self.result.checks if c.name == "heterogeneity")
        return float(check.value or 0.0)

    @property
    def verdict_key(self) -> str:
        """Whether a difference is to be expected in another place, on average, or neither."""
        if _leaves_out(self.new_place):
            return "expected_elsewhere"
        return "average_only" if _leaves_out(self.mean) else "none_told"

    @property
    def ratios(self) -> bool:
        """Whether effects are written as ratios, as of odds; else as changes in per cent."""
        return self.pool.tables is not None

    def likely_of(self, found: Estimate) -> str:
        """The range of an estimate, for a sentence."""
        return self.likely(found.low or 0.0, found.high or 0.0)

    def place_name(self, code: str) -> str:
        """A place's name in the language of the report."""
        return self.pool.names[code][self.language == "zh"]

    @property
    def numbers(self) -> Mapping[str, str]:
        """Numbers that sentences name."""
        return {
            "count": self.number(len(self.frame)),
            "level": self.percent(self.params.level, 0),
            "mean": self.change(self.mean.value),
            "likely": self.likely_of(self.mean),
            "elsewhere": self.likely_of(self.new_place),
        }

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        ends = (self.mean.value, self.mean.low, self.mean.high, self.new_place.low,
                self.new_place.high)  # fmt: skip
        return {
            "verdict": self.verdict_key,
            "places": len(self.frame),
            "mean": [round(end or 0.0, 4) for end in ends],
            "poolings": {one.key: round(one.estimate.value, 4) for one in self.poolings},
        }


def _leaves_out(found: Estimate) -> bool:
    """Whether the range leaves out no difference."""
    return (found.low or 0.0) > 0 or (found.high or 0.0) < 0
