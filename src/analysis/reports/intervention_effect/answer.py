"""The language-neutral numbers of a report: sentences, tables and figures all use these."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.data.description import Description
from analysis.data.frames.panel import NEVER
from analysis.data.frames.study import Study
from analysis.page.numbers import PER_EXPOSURE
from analysis.page.voice import Voice
from analysis.params import PanelQuestion
from analysis.reports.intervention_effect.verdict import p_value
from analysis.result import Result
from analysis.robustness import Robustness
from analysis.verdict import Verdict

PER_EXPECTED = 100


@dataclass(frozen=True)
class Effect:
    """The headline as a share of what was expected, and as a natural frequency.

    ``relative`` −0.177 means 17.7 % fewer than expected. ``change`` is per 1,000 of the
    exposure and year, or per 100 expected where there is no exposure; so are its limits.
    """

    relative: float
    relative_low: float
    relative_high: float
    base: float
    change: float
    change_low: float
    change_high: float


def effect_of(study: Study, result: Result) -> Effect:
    """The headline of a result in readers' units."""
    estimate = result.headline
    low = estimate.value if estimate.low is None else estimate.low
    high = estimate.value if estimate.high is None else estimate.high
    shares = [math.expm1(value) for value in (estimate.value, low, high)]
    base = expected_rate(study, result) if study.panel.has_exposure else PER_EXPECTED
    return Effect(
        relative=shares[0],
        relative_low=shares[1],
        relative_high=shares[2],
        base=base,
        change=shares[0] * base,
        change_low=shares[1] * base,
        change_high=shares[2] * base,
    )


def expected_rate(study: Study, result: Result) -> float:
    """Counts per 1,000 exposure and year that adopters would have had since they adopted.

    With the weights of the estimate: as the method says, or every region alike.
    """
    stated = [check.value for check in result.checks if check.name == "expected_rate"]
    if stated and stated[0] is not None:
        return stated[0] * study.panel.per_year * PER_EXPOSURE
    counts, exposure = study.panel.matrix("count"), study.panel.matrix("exposure")
    starts = study.panel.adoption.to_numpy()[:, None]
    treated = (starts > NEVER) & (np.arange(1, counts.shape[1] + 1) >= starts)
    rates = counts[treated & np.isfinite(counts)] / exposure[treated & np.isfinite(counts)]
    mean = float(rates.mean())
    return mean * study.panel.per_year * PER_EXPOSURE / math.exp(result.headline.value)


@dataclass(frozen=True)
class Brief(Voice):
    """Everything a report is written from."""

    study: Study
    headline: Result
    robustness: Robustness
    verdict: Verdict

    @property
    def question(self) -> PanelQuestion:
        """The parameters."""
        return self.study.params

    @property
    def description(self) -> Description:
        """What the data are."""
        return self.study.description

    @property
    def effect(self) -> Effect:
        """The headline in readers' units."""
        return effect_of(self.study, self.headline)

    @property
    def detectable(self) -> float | None:
        """The smallest share that the study would usually find, in the hoped-for direction."""
        if self.robustness.detectable is None:
            return None
        sign = -1 if self.study.params.better == "lower" else 1
        return math.expm1(sign * self.robustness.detectable)

    @property
    def intervention(self) -> str:
        """The intervention's name as the subject of a sentence."""
        words = self.words(self.study.params.intervention)
        return words.zh if self.language == "zh" else (words.en_plural or words.en)

    def region_name(self, code: str) -> str:
        """A region's name in the language of the report; its code where it has none."""
        english, chinese = self.study.panel.names.get(code, (code, code))
        return chinese if self.language == "zh" else english

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        effect = self.effect
        detectable = self.detectable
        shares = (effect.relative, effect.relative_low, effect.relative_high)
        return {
            "verdict": self.verdict.key,
            "certainty": self.verdict.certainty,
            "overruled": list(self.verdict.overruled),
            "lowered": list(self.verdict.lowered),
            "capped": list(self.verdict.capped),
            "relative_percent": [round(100 * share, 1) for share in shares],
            "change": [round(v, 2) for v in (effect.change, effect.change_low, effect.change_high)],
            "base": round(effect.base, 2),
            "detectable_percent": None if detectable is None else round(100 * detectable, 1),
            "p_value": None if (p := p_value(self.headline)) is None else round(p, 6),
            "regions": self.headline.sample.units,
            "treated": self.headline.sample.treated,
            "periods": [self.headline.sample.first_period, self.headline.sample.last_period],
            "specifications": {
                answer.key: None if answer.estimate is None else round(answer.estimate.value, 4)
                for answer in self.robustness.specifications
            },
        }
