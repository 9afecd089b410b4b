"""The language-neutral numbers of a report: sentences, tables and figures all use these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.data.description import Description
from analysis.data.frames.panels.panel import Panel
from analysis.data.frames.study import Study
from analysis.data.settings import Words
from analysis.errors import EstimationError, Problem
from analysis.page.numbers import PER_EXPOSURE
from analysis.page.voice import Voice
from analysis.params import PanelQuestion
from analysis.reports.intervention_effect.question import POSITIVE
from analysis.result import Result
from analysis.verdicts.effect import ALL_BUT, expected_of, p_value, share
from analysis.verdicts.robustness import Robustness
from analysis.verdicts.rule import Verdict

PER_EXPECTED = 100
CASE = Words(en="case", zh="事项")
"""What a share is out of where the dataset does not say."""


@dataclass(frozen=True)
class Effect:
    """The headline as a share of what was expected, and as a natural frequency.

    ``relative`` −0.177 means 17.7 % fewer than expected. ``change`` is per 1,000 of the
    exposure and year, or per 100 expected where there is no exposure; so are its limits.

    What was recorded is known; ``base``, what was expected, is not: ``base_low`` and ``base_high``
    are what the limits of the change leave of the recorded, and the limits of ``change`` follow.
    Of 100 expected these are 100, and the limits are those of a share.
    """

    relative: float
    relative_low: float
    relative_high: float
    base: float
    base_low: float
    base_high: float
    change: float
    change_low: float
    change_high: float


def effect_of(study: Study, result: Result) -> Effect:
    """The headline of a result in readers' units."""
    estimate = result.headline
    low = estimate.value if estimate.low is None else estimate.low
    high = estimate.value if estimate.high is None else estimate.high
    expected = expected_of(study, result)
    if not expected > 0:
        what = "was expected to be zero or less, of which no change is a share"
        raise EstimationError([Problem(f"outcome {study.params.outcome}", what, POSITIVE)])
    shares = [share(value, result.expected) for value in (estimate.value, low, high)]
    own = study.panel.has_exposure or not study.panel.counted
    base = expected * per(study.panel) if own else float(PER_EXPECTED)
    recorded = base * (1 + shares[0])
    bases, changes = [base] * len(shares), [one * base for one in shares]
    if own and result.expected is None:
        bases = [recorded / max(1 + one, 1 + ALL_BUT) for one in shares]
        changes = [recorded - one for one in bases]
    elif own:
        bases = [recorded - one for one in changes]
    return Effect(
        relative=shares[0],
        relative_low=shares[1],
        relative_high=shares[2],
        base=base,
        base_low=bases[2],
        base_high=bases[1],
        change=changes[0],
        change_low=changes[1],
        change_high=changes[2],
    )


def per(panel: Panel) -> int:
    """What a rate or level of one period is multiplied with for readers."""
    exposure = PER_EXPOSURE if panel.has_exposure else 1
    return exposure * (panel.per_year if panel.yearly else 1)


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
    def examined(self) -> Robustness:
        """What the headline rests on, to the last digit."""
        return self.robustness

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
        return self.look_share(sign * self.robustness.detectable)

    def share(self, value: float) -> float:
        """A value of the headline's result as a share of what was expected."""
        return share(value, self.headline.expected)

    def look_share(self, value: float) -> float:
        """A value of the second looks as a share of what was expected."""
        counted = self.study.panel.counted
        return share(value, None if counted else expected_of(self.study, self.headline))

    @property
    def exposure(self) -> str:
        """What counts are out of, as it stands after a number."""
        if self.study.panel.kind != "share":
            return super().exposure
        return (self.words(self.question.outcome).base or CASE).counted(self.language)

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
        chance = p_value(self.headline, self.robustness, self.question.onset)
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
            "p_value": None if chance is None else round(chance, 6),
            "regions": self.headline.sample.units,
            "treated": self.headline.sample.treated,
            "periods": [self.headline.sample.first_period, self.headline.sample.last_period],
            "specifications": {
                answer.key: None if answer.estimate is None else round(answer.estimate.value, 4)
                for answer in self.robustness.specifications
            },
        }
