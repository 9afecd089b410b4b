"""One region: what each way to estimate finds, what may be claimed, and what it could show."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.page.shared.alone.own_course import OwnCourse
from analysis.page.shared.ways import Way, ways_of
from analysis.reports.report import Report
from analysis.reports.single_region.params import SingleRegionParams
from analysis.reports.single_region.question import estimated
from analysis.result import Result
from analysis.verdicts.alone import Single
from analysis.verdicts.effect import share
from analysis.verdicts.rule import Verdict


class Alone(Report, OwnCourse):
    """One region beside others that did not act."""

    params: SingleRegionParams
    subject: Single
    steepest = None
    """Axes of changes are cut nowhere: what one region shows is seen whole."""

    @property
    def frame(self) -> pd.DataFrame:
        """One row per region and period; ``first_treated`` is 0 for donors."""
        return self.subject.panel.frame

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
