"""One region: what each way to estimate finds, what may be claimed, and what it could show."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy

from analysis.data.periods import FREQUENCY, period_of
from analysis.disclosure.store import store_of
from analysis.errors import AnalysisError
from analysis.methods import its
from analysis.page.charts.axes import Cell
from analysis.page.numbers import (
    in_full,
    number,
    percent_cell,
    percent_change,
    percent_span,
    period,
    period_span,
    size_decimals,
    span,
)
from analysis.reports.report import Report
from analysis.reports.single_region.params import SingleRegionParams
from analysis.reports.single_region.question import Single, estimated
from analysis.result import Check, Estimate, Result
from analysis.stats.resampling.jackknife import t_critical
from analysis.verdicts.effect import share
from analysis.verdicts.rule import Key, Verdict

SECOND = 0.9
"""Level at which a second estimate, with a course of its own, must leave out no change."""
POWER = 0.8
SEASONS = {"quarter": 4, "month": 12}


@dataclass(frozen=True)
class Way:
    """One way to estimate: its key, its estimate, and the published number it must meet."""

    key: str
    estimate: Estimate
    published: float | None = None
    source: str = ""


class Alone(Report):
    """One region beside others that did not act."""

    params: SingleRegionParams
    subject: Single

    @property
    def frame(self) -> pd.DataFrame:
        """One row per region and period; ``first_treated`` is 0 for donors."""
        return self.subject.panel.frame

    @property
    def counted(self) -> bool:
        """Whether changes are relative, as those of counts are."""
        return self.subject.panel.counted

    @property
    def result(self) -> Result:
        """The synthetic control; where nothing can be matched, the plain comparison."""
        return self.subject.synthetic or self.subject.plain

    @property
    def name(self) -> str:
        """The region's name in the language of the report."""
        return self.named(self.subject.code)

    def named(self, code: str) -> str:
        """A region's name in the language of the report."""
        return self.subject.panel.names[code][self.language == "zh"]

    def check(self, name: str, result: Result | None = None) -> Check:
        """A check of a result by its name."""
        return next(c for c in (result or self.result).checks if c.name == name)

    @cached_property
    def course(self) -> pd.DataFrame:
        """The region alone, period by period, with all donors together as comparison."""
        panel, treated = self.subject.panel, self.frame["region"] == self.subject.code
        others = self.frame[~treated].groupby("period")
        own = self.frame[treated].reset_index(drop=True)
        value = own[panel.measured]
        together = others[panel.measured].sum() / others["exposure"].sum()
        comparison = together if self.counted else others[panel.measured].mean()
        after = (own["period"] >= self.subject.start).astype(int)
        exposure = own["exposure"] if self.counted else 1.0
        found = {"period": own["period"], "value": value, "after": after, "exposure": exposure}
        return pd.DataFrame(found).assign(comparison=comparison.to_numpy())

    def _interrupted(self, frame: pd.DataFrame, seasons: int) -> Result | None:
        model = "log" if self.counted else "linear"
        asked = {"model": model, "slope": False, "errors": "local_level", "seasons": seasons}
        try:
            return self.estimate(its.METHOD, frame, level=self.params.level, **asked)
        except AnalysisError:  # too few periods, or a zero: this part alone is left out
            return None

    @cached_property
    def controlled(self) -> Result | None:
        """The interrupted series held against all donors together."""
        return self._interrupted(self.course, 0)

    @cached_property
    def interrupted(self) -> Result | None:
        """The interrupted series of the region by itself."""
        seasons = SEASONS.get(self.params.period, 0)
        return self._interrupted(self.course.drop(columns="comparison"), seasons)

    @cached_property
    def matched(self) -> Result | None:
        """Weights from predictors, where the question names some; without placebos."""
        asked = {"predictors": tuple(self.params.predictors), "lags": tuple(self.params.lags)}
        if not any(asked.values()):
            return None
        panel = self.subject.panel
        return estimated(panel, self.params, form="classic", inference="none", **asked)

    @cached_property
    def every(self) -> tuple[Way, ...]:
        """Every estimate, the headline first."""
        found = {f"synthetic_{self.params.form}": self.subject.synthetic, "matched": self.matched,
                 "plain": self.subject.plain, "controlled": self.controlled,
                 "interrupted": self.interrupted}  # fmt: skip
        printed = {
            p.specification: p
            for p in self.description.published_results
            if (p.intervention, p.outcome) == (self.params.intervention, self.params.outcome)
        }
        return tuple(
            Way(key, result.headline, printed[key].estimate, printed[key].source)
            if key in printed
            else Way(key, result.headline)
            for key, result in found.items()
            if result
        )

    @cached_property
    def agrees(self) -> int:
        """On which side of no change the controlled series lies at ``SECOND``; 0 on both."""
        if self.controlled is None:
            return 0
        found = self.controlled.headline
        margin = (found.standard_error or 0) * t_critical(
            SECOND, self.controlled.options["degrees"]
        )
        return int(found.value > margin) - int(found.value < -margin)

    @cached_property
    def claimed(self) -> int:
        """The direction that both estimates have: −1, 1, or 0 for none."""
        found = self.subject.synthetic and self.subject.synthetic.headline
        if not found or found.low is None or found.high is None:
            return 0
        side = int(found.low > 0) - int(found.high < 0)
        return side if side == self.agrees else 0

    @property
    def verdict_key(self) -> str:
        """Too short, or a direction of low certainty, or that we cannot tell."""
        if self.subject.synthetic is None:
            return "too_short"
        down, up = ("fewer", "more") if self.counted else ("lower", "higher")
        return {-1: f"{down}_low", 0: "cannot_tell", 1: f"{up}_low"}[self.claimed]

    @property
    def verdict(self) -> Verdict:
        """The same as other reports have it: what is too short cannot be told."""
        counts: dict[int, Key] = {-1: "fewer", 1: "more"}
        levels: dict[int, Key] = {-1: "lower", 1: "higher"}
        side = 0 if self.subject.synthetic is None else self.claimed
        keys = counts if self.counted else levels
        return Verdict(keys[side], "low") if side else Verdict("cannot_tell")

    @property
    def shares(self) -> tuple[float, float | None, float | None]:
        """The change and its limits as shares of what others lead to expect."""
        own = self.result.headline
        after = float(self.course[self.course["after"] == 1]["value"].mean())
        expected = None if self.counted else after - own.value
        value, low, high = (
            None if v is None else share(v, expected) for v in (own.value, own.low, own.high)
        )
        return value or 0.0, low, high

    def detectable(self, records: float | None = None) -> float | None:
        """A change that would be found in four of five regions like this one, or of that size.

        In the unit of the estimate. The noise to be expected of a region of so many records a year
        is that of this one with other counts.
        """
        error, noise = self.result.headline.standard_error, self.check("noise").value
        if error is None or noise is None:
            return None
        own = self.course[self.course["after"] == 0]["value"]
        square = noise**2
        if records is not None:
            square += self.subject.panel.per_year / records - float((1 / own).mean())
        degrees = self.result.options["degrees"]
        needed = t_critical(self.params.level, degrees) + scipy.stats.t.ppf(POWER, degrees)
        return float(needed * error * math.sqrt(max(square, 0.0)) / noise)

    def shown(self, values: Any) -> tuple[float, ...]:
        """A path of the region without periods whose small counts are withheld."""
        panel = self.subject.panel
        if not panel.counted:
            return tuple(map(float, values))
        level = store_of(self.data, panel.outcome).levels[panel.frequency].withheld
        labels = pd.PeriodIndex(map(period_of, panel.periods), freq=FREQUENCY[panel.frequency])
        hidden = level.reindex(columns=labels).loc[self.subject.code].to_numpy(bool)
        return tuple(np.where(hidden, np.nan, np.asarray(values, dtype=float)))

    @property
    def intervention(self) -> str:
        """The intervention's name in a sentence."""
        return self.words(self.params.intervention).of(self.language)

    @property
    def unit(self) -> str:
        """The unit of a level; blank for counts, and where the dataset names none."""
        unit = self.words(self.params.outcome).unit
        return "" if unit is None or self.counted else unit.plural(self.language)

    def _amount(self, text: str) -> str:
        return f"{text}{'' if self.language == 'zh' else ' '}{self.unit}".strip()

    def amount(self, value: float) -> str:
        """The size of a change without its sign: in per cent, or in units of a level."""
        if self.counted:
            return self.percent(abs(math.expm1(value)))
        return self._amount(number(abs(value), self.language, 1 + size_decimals(value)))

    def change(self, value: float) -> str:
        """A change in a sentence."""
        if self.counted:
            return percent_change(math.expm1(value), self.language)
        text = self.amount(value)
        return self.say("{size} lower" if value < 0 else "{size} higher", size=text)

    def likely(self, estimate: Estimate) -> str:
        """The range of an estimate in a sentence; that there is none."""
        if estimate.low is None or estimate.high is None:
            return self.say("no range can be given")
        low, high = estimate.low, estimate.high
        if self.counted:
            return percent_span(math.expm1(low), math.expm1(high), self.language)
        digits = 1 + size_decimals(low, high)
        first, last = (in_full(end, self.language, digits, signed=True) for end in (low, high))
        return self._amount(span(first, last, self.language))

    def cell(self, value: float | None) -> Cell:
        """A change for a table."""
        if value is None:
            return "–", None
        if self.counted:
            return percent_cell(math.expm1(value), self.language)
        text = in_full(value, self.language, 1 + size_decimals(value), signed=True)
        return text, round(value, 6)

    def axis_value(self, value: float) -> float:
        """A change where it is drawn: as a share of what was expected, or in units."""
        return math.expm1(value) if self.counted else value

    @property
    def rank(self) -> dict[str, str]:
        """The place among placebos: r and n."""
        detail = self.check("placebo_rank").detail
        return {key: self.number(detail[key]) for key in ("rank", "among")}

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """Numbers and names that sentences use."""
        panel, periods = self.subject.panel, self.subject.panel.periods
        donors = len(panel.regions) - 1
        before, after = self.subject.start - 1, len(periods) - self.subject.start + 1
        counts = {"donors": donors, "before": before, "after": after, "acted": self.subject.acted}
        return {
            **{key: self.number(count) for key, count in counts.items()},
            **self.rank,
            "name": self.name,
            "level": self.percent(self.params.level, 0),
            "value": self.change(self.result.headline.value),
            "likely": self.likely(self.result.headline),
            "began": period(panel.label(self.subject.start), self.language),
            "span": period_span(periods[0], periods[-1], self.language),
        }

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        return {
            "verdict": self.verdict_key,
            "region": self.subject.code,
            "rank": [self.check("placebo_rank").detail[key] for key in ("rank", "among")],
            "ways": {way.key: round(way.estimate.value, 4) for way in self.every},
            "periods": [self.subject.panel.periods[0], self.subject.panel.periods[-1]],
        }
