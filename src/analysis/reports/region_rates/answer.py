"""Regions side by side: what a reader may see of each, and where it stands in the funnel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np

from analysis.data.description import Description
from analysis.data.frames.rates import Comparison
from analysis.disclosure.editions import Edition
from analysis.disclosure.gate import COUNT, DERIVED
from analysis.page.numbers import PER_EXPOSURE, number, period_span, span
from analysis.page.plates import Column, TableData
from analysis.page.protection import Counts, Rules, protect
from analysis.page.voice import Voice
from analysis.page.wording import capital
from analysis.reports.region_rates.params import RegionRatesParams
from analysis.result import Result

HIGH, LOW, WITHIN = "high", "low", "within"
STANDING_WORDS = {
    HIGH: "more than the funnel allows",
    LOW: "fewer than the funnel allows",
    WITHIN: "within the funnel",
}


@dataclass(frozen=True)
class Region:
    """One region: rates are per 1,000 exposure and year."""

    code: str
    name: str
    events: int
    exposure: float
    rate: float
    shrunken: float
    low: float
    high: float
    standing: str


@dataclass(frozen=True)
class RegionsBrief(Voice):
    """A comparison of regions with its result, and what the last edition showed."""

    comparison: Comparison
    result: Result
    before: Edition = field(default_factory=dict)

    @property
    def question(self) -> RegionRatesParams:
        """The parameters."""
        return cast(RegionRatesParams, self.comparison.params)

    @property
    def description(self) -> Description:
        """What the data are."""
        return self.comparison.description

    @property
    def span(self) -> str:
        """The span compared, in words."""
        first, last = self.comparison.first_period, self.comparison.last_period
        return period_span(first, last, self.language)

    @property
    def rules(self) -> Rules:
        """What may leave."""
        params = self.question
        return Rules(threshold=params.disclosure_threshold, rounding=params.rounding)

    @property
    def pooled(self) -> tuple[float, float, float]:
        """Rate of all regions together, and its limits."""
        estimate = self.result.headline
        limits = (estimate.value, estimate.low, estimate.high)
        value, low, high = (PER_EXPOSURE * (v if v is not None else np.nan) for v in limits)
        return value, low, high

    @cached_property
    def everyone(self) -> tuple[Region, ...]:
        """Every region, in order of its code; for counting, never for showing."""
        found = []
        rows = zip(self.result.series["regions"], self.comparison.exposure, strict=True)
        for record, exposure in rows:
            rate, pooled = record["rate"], self.result.headline.value
            stands_out = record["false_discovery"] <= self.question.false_discoveries
            standing = (HIGH if rate > pooled else LOW) if stands_out else WITHIN
            names = self.comparison.names[record["region"]]
            found.append(
                Region(
                    code=str(record["region"]),
                    name=names[1] if self.language == "zh" else names[0],
                    events=int(record["events"]),
                    exposure=float(exposure),
                    rate=PER_EXPOSURE * rate,
                    shrunken=PER_EXPOSURE * record["shrunken"],
                    low=PER_EXPOSURE * record["shrunken_low"],
                    high=PER_EXPOSURE * record["shrunken_high"],
                    standing=standing,
                )
            )
        return tuple(found)

    @cached_property
    def table(self) -> TableData:
        """Every region with its count and rates, less what may not be shown; then the total."""
        rows, values = zip(*(self._row(region) for region in self.everyone), strict=True)
        total, total_values = self._total()
        counts = Counts(np.array([[region.events] for region in self.everyone], dtype=float))
        whole = TableData(
            self._columns(),
            (*rows, total),
            (*values, total_values),
            counted=f"{self.question.outcome} {self.comparison.first_period}"
            f"/{self.comparison.last_period}",
            totals=1,
        )
        before = self.before.get("regions")
        return protect(whole, counts, self.rules, self.say, self.language, before)

    @property
    def shown(self) -> tuple[Region, ...]:
        """The regions whose counts may be shown."""
        cells = self.table.values[: len(self.everyone)]
        pairs = zip(self.everyone, cells, strict=True)
        return tuple(region for region, row in pairs if row[1] is not None)

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
        return self.say(
            "{outcome} per 1,000 {exposure} a year", outcome=self.outcome, exposure=self.exposure
        )

    def rate(self, value: float) -> str:
        """A rate as a reader writes it."""
        return number(value, self.language, 1)

    def _columns(self) -> tuple[Column, ...]:
        say = self.say
        return (
            Column("region", capital(self.region)),
            Column("events", capital(self.outcome), "end", COUNT),
            Column("exposure", capital(self.exposure_name), "end"),
            Column("rate", say("Rate"), "end", DERIVED),
            Column("shrunken", say("Shrunken rate"), "end", DERIVED),
            Column("low", say("Range from"), "end", DERIVED),
            Column("high", say("Range to"), "end", DERIVED),
            Column("standing", say("Standing"), role=DERIVED),
        )

    def _row(self, region: Region) -> tuple[tuple[str, ...], tuple[Any, ...]]:
        rates = (region.rate, region.shrunken, region.low, region.high)
        texts = (
            region.name,
            number(region.events, self.language),
            number(region.exposure, self.language),
            *(self.rate(value) for value in rates),
            self.say(STANDING_WORDS[region.standing]),
        )
        rounded = (round(value, 3) for value in rates)
        exposure = round(region.exposure, 1)
        return texts, (region.code, region.events, exposure, *rounded, region.standing)

    def _total(self) -> tuple[tuple[str, ...], tuple[Any, ...]]:
        events = sum(region.events for region in self.everyone)
        exposure = sum(region.exposure for region in self.everyone)
        value, low, high = self.pooled
        name = self.say("all {regions}", regions=self.regions)
        texts = (
            capital(name),
            number(events, self.language),
            number(exposure, self.language),
            self.rate(value),
            "",
            self.rate(low),
            self.rate(high),
            "",
        )
        values = (round(value, 3), None, round(low, 3), round(high, 3), None)
        return texts, ("total", events, round(exposure, 1), *values)

    def pooled_span(self) -> str:
        """The range of the pooled rate."""
        _, low, high = self.pooled
        return span(self.rate(low), self.rate(high), self.language)

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
            "dispersion": round(float(self.result.checks[0].value or 0), 3),
            "periods": [self.comparison.first_period, self.comparison.last_period],
        }
