"""Regions side by side: what a reader may see of each, and where it stands in the funnel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.rates import Comparison
from analysis.disclosure.gate import COUNT, DERIVED, NUMBER
from analysis.methods import rates
from analysis.page.charts.axes import Cell
from analysis.page.numbers import PER_EXPOSURE, number_cell, period_span
from analysis.page.plates import Column, TableData
from analysis.page.shared.protection import withheld_rows
from analysis.page.wording import capital
from analysis.reports.region_rates.params import RegionRatesParams
from analysis.reports.report import Report
from analysis.result import Check, Result

HIGH, LOW, WITHIN = "high", "low", "within"
BASE_WORDS = {PER_EXPOSURE: "1,000", 100 * PER_EXPOSURE: "100,000"}
"""What rates are out of: the larger where fewer than one event falls on the smaller."""
STANDING_WORDS = {
    HIGH: "more than the funnel allows",
    LOW: "fewer than the funnel allows",
    WITHIN: "within the funnel",
}


@dataclass(frozen=True)
class Region:
    """One region, or all together: rates are per ``base`` exposure and year."""

    code: str
    name: str
    events: int
    exposure: float
    rate: float
    shrunken: float | None
    low: float
    high: float
    standing: str = ""


class Regions(Report):
    """A comparison of regions with its result."""

    params: RegionRatesParams

    @property
    def comparison(self) -> Comparison:
        """Regions over one span."""
        comparison: Comparison = self.subject
        return comparison

    @property
    def frame(self) -> pd.DataFrame:
        """One row per region."""
        return self.comparison.frame

    @cached_property
    def result(self) -> Result:
        """Rates, limits of the funnel and shrunken rates."""
        options = {name: getattr(self.params, name) for name in ("over_dispersion", "level")}
        return self.estimate(rates.METHOD, self.frame, **options)

    @property
    def checks(self) -> Mapping[str, Check]:
        """Checks of the result by name."""
        return {check.name: check for check in self.result.checks}

    @cached_property
    def base(self) -> int:
        """What rates are out of."""
        usual, large = BASE_WORDS
        return usual if usual * self.result.headline.value >= 1 else large

    @property
    def _base_word(self) -> str:
        return self.say(BASE_WORDS[self.base])

    @property
    def pooled(self) -> tuple[float, float, float]:
        """Rate of all regions together, and its limits."""
        estimate = self.result.headline
        limits = (estimate.value, estimate.low, estimate.high)
        value, low, high = (self.base * (v if v is not None else np.nan) for v in limits)
        return value, low, high

    @cached_property
    def everyone(self) -> tuple[Region, ...]:
        """Every region, in order of its code; for counting, never for showing."""
        return tuple(map(self._region, self.result.series["regions"], self.comparison.exposure))

    def _region(self, record: Mapping[str, Any], exposure: float) -> Region:
        apart = HIGH if record["rate"] > self.result.headline.value else LOW
        stands_out = record["false_discovery"] <= self.params.false_discoveries
        return Region(
            record["region"],
            self.comparison.names[record["region"]][self.language == "zh"],
            int(record["events"]),
            exposure,
            self.base * record["rate"],
            self.base * record["shrunken"],
            self.base * record["shrunken_low"],
            self.base * record["shrunken_high"],
            apart if stands_out else WITHIN,
        )

    @cached_property
    def table(self) -> TableData:
        """Every region with its count and rates, less what may not be shown; then the total."""
        events = [region.events for region in self.everyone]
        exposure = sum(region.exposure for region in self.everyone)
        name, (pooled, low, high) = capital(self.say("all {regions}")), self.pooled
        total = Region("total", name, sum(events), exposure, pooled, None, low, high)
        table = TableData.of(self._columns(), map(self._line, (*self.everyone, total)))
        hidden = self.comparison.withheld
        lines = [n for n, region in enumerate(self.everyone) if region.code in hidden]
        return withheld_rows(replace(table, protected=self.comparison.protected), lines, self)

    def _columns(self) -> tuple[Column, ...]:
        say = self.say
        return (
            Column("region", capital(self.region), role=NUMBER),
            Column("events", capital(self.outcome), "end", COUNT),
            Column("exposure", capital(self.exposure_name), "end", NUMBER),
            Column("rate", say("Rate"), "end", DERIVED),
            Column("shrunken", say("Shrunken rate"), "end", DERIVED),
            Column("low", say("Range from"), "end", DERIVED),
            Column("high", say("Range to"), "end", DERIVED),
            Column("standing", say("Standing"), role=DERIVED),
        )

    def _line(self, region: Region) -> tuple[Cell, ...]:
        language, standing = self.language, region.standing
        return (
            (region.name, region.code),
            number_cell(region.events, language),
            number_cell(region.exposure, language, digits=1),
            *(
                number_cell(value, language, 1, 3)
                for value in (region.rate, region.shrunken, region.low, region.high)
            ),
            (self.say(STANDING_WORDS[standing]), standing) if standing else ("", None),
        )

    @property
    def shown(self) -> tuple[Region, ...]:
        """The regions whose counts may be shown."""
        return tuple(r for r in self.everyone if r.code not in self.comparison.withheld)

    def standing(self, *kinds: str) -> tuple[Region, ...]:
        """The regions that may be shown and stand so."""
        return tuple(region for region in self.shown if region.standing in kinds)

    @property
    def withheld(self) -> int:
        """How many regions are not shown one by one."""
        return len(self.everyone) - len(self.shown)

    @property
    def unit(self) -> str:
        """The unit of rates, in words."""
        return self.say("{outcome} per {base} {exposure} a year", base=self._base_word)

    def rate(self, value: float) -> str:
        """A rate as a reader writes it."""
        return self.number(value, 1)

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """Counts, shares and rates that its sentences name."""
        apart = len(self.standing(HIGH, LOW))
        counts = {
            "all": len(self.everyone),
            "shown": len(self.shown),
            "withheld": self.withheld,
            "apart": apart,
            "rest": len(self.shown) - apart,
            **{kind: len(self.standing(kind)) for kind in (HIGH, LOW)},
        }
        shares = {"level": self.result.level, "share": self.params.false_discoveries}
        first, last = self.comparison.first_period, self.comparison.last_period
        return {
            **{name: self.number(count) for name, count in counts.items()},
            **{name: self.percent(share, 0) for name, share in shares.items()},
            "differing": self.number(self.checks["pairs"].value or 0),
            "pairs": self.number(self.checks["pairs"].detail["pairs"]),
            "ends": self.number(self.checks["ends"].value or 0),
            "pair_ratio": self.rate(self.checks["pair_ratio"].value or 0),
            "region_ratio": self.rate(self.checks["region_ratio"].value or 0),
            "largest_share": self.percent(self.checks["largest_share"].value or 0, 0),
            "pooled": self.rate(self.pooled[0]),
            "span": period_span(first, last, self.language),
            "base": self._base_word,
            "unit": self.unit,
        }

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        return {
            "verdict": "description",
            "pooled": [round(value, 3) for value in self.pooled],
            "regions": len(self.everyone),
            "withheld": self.withheld,
            "standing": {
                kind: [region.code for region in self.standing(kind)] for kind in (HIGH, LOW)
            },
            "dispersion": round(float(self.checks["dispersion"].value or 0), 3),
            "pairs": [self.checks["pairs"].detail["pairs"], self.checks["pairs"].value],
            "periods": [self.comparison.first_period, self.comparison.last_period],
        }
