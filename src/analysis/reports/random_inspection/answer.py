"""Whether the draw looks like one, and what being drawn changed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.cases.draws import BEFORE, FEWEST_RECORDS, Drawn
from analysis.data.settings import Words
from analysis.disclosure.estimates import decimals_of
from analysis.disclosure.store import noise_of
from analysis.methods import randomisation
from analysis.page.numbers import percent_change, percent_span
from analysis.reports.random_inspection.params import RandomInspectionParams
from analysis.reports.report import Report
from analysis.result import Result
from analysis.stats.pooling.exact import Interval, share_interval
from analysis.stats.resampling.jackknife import minimum_detectable
from analysis.verdicts.draw import DrawJudged, Shares, judge_draw, verdict_of_draw
from analysis.verdicts.rule import Verdict

TENTHS = 10
MOST_GROUPS = 12
POWER = 0.8
ONE_IN_A_THOUSAND = 0.001
UNIT = Words(en="enterprise", zh="企业", zh_measure="家")
COVARIATE_WORDS = {
    "place": "Place on the list, from 0 at its head to 1 at its end",
    BEFORE: "{Outcome} in the {days} days before the draw",
    "months": "Months on the register",
}


def mean_of(frame: pd.DataFrame, treated: int, column: str) -> float:
    """The mean of one arm that stands for the whole list."""
    own = frame[frame["treated"] == treated]
    return float(np.average(own[column], weights=own["weight"]))


class Draws(Report):
    """Units on lists, the draw, and what came after it."""

    params: RandomInspectionParams
    subject: Drawn

    @property
    def frame(self) -> pd.DataFrame:
        """One row a unit on a list."""
        return self.subject.frame

    @cached_property
    def judged(self) -> DrawJudged:
        """The draw, held against draws by lot."""
        if not self.subject.covariates and "place" not in self.frame:
            return judge_draw((), self.params.doubt)
        options = randomisation.Options(draws=self.params.draws, covariates=self.subject.covariates)
        rng = np.random.default_rng(self.params.seed)
        # Along several lists there is no one order: there, places are held by balance alone.
        one = self.frame["stratum"].nunique() == 1
        given = self.frame if one else self.frame.drop(columns="place", errors="ignore")
        if not one and "place" in self.subject.covariates:
            given = given.assign(along=self.frame["place"])
            names = tuple("along" if c == "place" else c for c in self.subject.covariates)
            options = options.model_copy(update={"covariates": names})
        return judge_draw(randomisation.check_draw(given, options, rng), self.params.doubt)

    @property
    def told(self) -> bool:
        """Whether an effect is told: something was measured, and the draw is not doubted."""
        return self.subject.measured and not self.judged.doubted

    @property
    def stated(self) -> str:
        """The column whose difference is stated: the outcome, else what was known before."""
        if self.told:
            return "outcome"
        return "place" if "place" in self.frame else self.subject.covariates[0]

    @cached_property
    def result(self) -> Result:
        """The difference between drawn and undrawn."""
        return self.difference(self.frame)

    def difference(self, frame: pd.DataFrame) -> Result:
        """Of some units."""
        given = frame[["unit", "stratum", "treated"]].assign(outcome=frame[self.stated])
        asked = {"draws": self.params.draws, "level": self.params.level}
        return self.estimate(randomisation.METHOD, given.reset_index(drop=True), **asked)

    def shares(self, result: Result, frame: pd.DataFrame) -> Shares:
        """A difference as a share of the mean of those not drawn, with its range."""
        one, mean = result.headline, mean_of(frame, 0, self.stated)
        value, low, high = (float(v or 0.0) / mean for v in (one.value, one.low, one.high))
        if noise_of(self.data) is None:
            return value, low, high
        # To three digits an average tells nothing of one unit.
        return tuple(round(v, decimals_of(v)) for v in (value, low, high))  # type: ignore[return-value]

    @cached_property
    def effect(self) -> Shares | None:
        """What being drawn changed; nothing where it is not told."""
        return self.shares(self.result, self.frame) if self.told else None

    @cached_property
    def by_group(self) -> dict[str, Shares]:
        """The same in each kind of stratum that has records enough."""
        found = {}
        groups = self.frame.groupby("group", sort=True)
        if self.told and 1 < groups.ngroups <= MOST_GROUPS:
            for name, own in groups:
                if own.groupby("treated")["outcome"].sum().min() >= FEWEST_RECORDS:
                    found[str(name)] = self.shares(self.difference(own), own)
        return found

    @property
    def verdict(self) -> Verdict:
        """On what being drawn changed."""
        if self.effect is None:
            return Verdict("cannot_tell")
        given = self.subject
        return verdict_of_draw(
            self.effect, self.params.smallest_effect, given.visited, given.joined
        )

    @property
    def verdict_key(self) -> str:
        """On the draw where that is doubted or alone is looked at, else on its effect."""
        if not self.told:
            return "not_random" if self.judged.doubted else "looks_random"
        grade = self.verdict.certainty
        return f"{self.verdict.key}_{grade}" if grade else self.verdict.key

    @property
    def detectable(self) -> float | None:
        """A share that would be found in four of five such draws."""
        error = self.result.headline.standard_error
        if not self.told or error is None:
            return None
        found = minimum_detectable(error, self.params.level, POWER, math.inf)
        return found / mean_of(self.frame, 0, self.stated)

    @cached_property
    def along_list(self) -> tuple[Interval, ...]:
        """Share drawn in each tenth of the list, from its head."""
        tenth = np.minimum((self.frame["place"] * TENTHS).astype(int), TENTHS - 1)
        return tuple(
            share_interval(int(own.sum()), len(own), self.params.level)
            for _, own in self.frame["treated"].groupby(tenth)
        )

    @cached_property
    def along_numbers(self) -> float | None:
        """How place and number drawn go together, from −1 to 1, where numbers are known."""
        if not {"place", "number"} <= set(self.frame):
            return None
        known = self.frame[["place", "number"]].dropna()
        return float(np.corrcoef(known["place"], known["number"])[0, 1])

    def means(self) -> Iterator[tuple[str, float, float, float]]:
        """Each thing known before: its mean of the drawn and of others, their standard gap."""
        for name in self.subject.covariates:
            drawn, others = (mean_of(self.frame, arm, name) for arm in (1, 0))
            yield name, drawn, others, (drawn - others) / float(self.frame[name].std())

    def named(self, key: str) -> Words:
        """What the dataset calls a thing; of units, enterprises where it does not say."""
        own = self.description.words.get(key)
        return own or (UNIT if key == "unit" else self.words(key))

    @property
    def outcome(self) -> str:
        """What was counted or measured afterwards; blank where nothing was."""
        key = self.params.outcome or ("outcome" if self.subject.measured else "")
        return self.named(key).plural(self.language) if key else ""

    @property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that sentences name."""
        drawn = int(self.frame["treated"].sum())
        found = {
            "count": self.number(len(self.frame)),
            "drawn": self.number(drawn),
            "part": self.percent(drawn / len(self.frame)),
            "units": self.named("unit").plural(self.language),
            "lists": self.number(self.subject.plans),
            "days": self.number(self.params.outcome_after_days),
            "level": self.percent(self.params.level, 0),
            "smallest": self.percent(self.params.smallest_effect, 0),
            "doubt": self.percent(self.params.doubt, 0),
        }
        if self.effect:
            found |= self.spoken(self.effect)
        return found

    def spoken(self, shares: Shares) -> dict[str, str]:
        """A change and its range in words."""
        value, low, high = shares
        return {
            "value": percent_change(value, self.language),
            "likely": percent_span(low, high, self.language),
        }

    def in_draws(self, p: float) -> str:
        """In what share of draws by lot something would be seen, as far as was looked."""
        least = 1 / (self.params.draws + 1)
        text = self.percent(max(p, least), 1 if p >= ONE_IN_A_THOUSAND else 2)
        return text if p > least else self.say("at most {share}", share=text)

    def facts(self) -> Mapping[str, Any]:
        """Numbers that both languages must agree on, rounded as published."""
        found: dict[str, Any] = {"listed": len(self.frame), "doubted": self.judged.doubted}
        for name, value in (("balance", self.judged.balance), ("runs", self.judged.runs),
                            ("along_numbers", self.along_numbers)):  # fmt: skip
            if value is not None:
                found[name] = round(value, 4)
        if self.effect:
            found["relative_percent"] = [round(100 * v, 1) for v in self.effect]
        return found
