"""One region: what each way to estimate finds, what may be claimed, and what it could show."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.periods import FREQUENCY, period_of
from analysis.disclosure.store import store_of
from analysis.page.numbers import period, period_span
from analysis.page.shared.log_points import LogPoints
from analysis.page.shared.ways import Way, ways_of
from analysis.reports.report import Report
from analysis.reports.single_region.params import SingleRegionParams
from analysis.reports.single_region.question import estimated
from analysis.result import Check, Result
from analysis.verdicts.alone import Single
from analysis.verdicts.effect import share
from analysis.verdicts.rule import Verdict


class Alone(Report, LogPoints):
    """One region beside others that did not act."""

    params: SingleRegionParams
    subject: Single
    steepest = None

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
        return self.subject.result

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

    @property
    def course(self) -> pd.DataFrame:
        """The region alone, period by period, with all donors together as comparison."""
        return self.subject.course

    @cached_property
    def controlled(self) -> Result | None:
        """The interrupted series held against all donors together."""
        return self.subject.series(self.estimate, self.params.level, against=True)

    @cached_property
    def interrupted(self) -> Result | None:
        """The interrupted series of the region by itself."""
        return self.subject.series(self.estimate, self.params.level, against=False)

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
        found = {
            f"synthetic_{self.params.form}": self.subject.synthetic,
            "matched": self.matched,
            "plain": self.subject.plain,
            "controlled": self.controlled,
            "interrupted": self.interrupted,
        }
        estimates = {key: result.headline for key, result in found.items() if result}
        return ways_of(self, estimates)

    @property
    def claimed(self) -> int:
        """The direction that both estimates have: −1, 1, or 0 for none."""
        return self.subject.claimed(self.controlled)

    @cached_property
    def verdict(self) -> Verdict:
        """The same as other reports have it: what is too short cannot be told."""
        return self.subject.verdict(self.controlled)

    @property
    def verdict_key(self) -> str:
        """Too short, or a direction of low certainty, or that we cannot tell."""
        if self.subject.synthetic is None:
            return "too_short"
        return f"{self.verdict.key}_low" if self.verdict.certainty else self.verdict.key

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
        """A change that would be found in four of five such regions, or of ones of that size."""
        return self.subject.detectable(self.params.level, records)

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
            "likely": self.likely_of(self.result.headline),
            "began": period(panel.label(self.subject.start), self.language),
            "span": period_span(periods[0], periods[-1], self.language),
        }

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        chance = self.subject.chance(self.controlled)
        return {
            "verdict": self.verdict_key,
            "p_value": None if chance is None else round(chance, 6),
            "region": self.subject.code,
            "rank": [self.check("placebo_rank").detail[key] for key in ("rank", "among")],
            "ways": {way.key: round(way.estimate.value, 4) for way in self.every},
            "periods": [self.subject.panel.periods[0], self.subject.panel.periods[-1]],
        }
