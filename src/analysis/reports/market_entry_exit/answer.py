"""What an intervention changed in a register, how long entrants stay, and what comes and goes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.cases.durations import under
from analysis.data.frames.cases.register import OTHERS, YOUNG, Register, by_year
from analysis.data.settings import Words
from analysis.disclosure.effects import answered, shown
from analysis.errors import AnalysisError
from analysis.methods import rates, survival
from analysis.page.numbers import percent_change, percent_span, period, period_span, span
from analysis.page.shared.log_points import LogPoints
from analysis.page.wording import capital
from analysis.reports.market_entry_exit.params import MarketEntryExitParams
from analysis.reports.market_entry_exit.question import Asked, entrants_of
from analysis.reports.report import Report
from analysis.result import Result
from analysis.verdicts.effect import Answered, p_value
from analysis.verdicts.robustness import cells_seen

EVENT_NAMES = {
    "registered": Words(en="registration", zh="新设登记", zh_measure="户"),
    "deregistered": Words(en="deregistration", zh="注销登记", zh_measure="户"),
    "dormant": Words(en="filing of dormancy", en_plural="filings of dormancy", zh="歇业备案",
                     zh_measure="户"),
}  # fmt: skip
OTHER_NAMES = {
    key + OTHERS: Words(en=f"{one.en} of the other type", en_plural=f"{one.plural('en')} of the "
                        "other type", zh=f"另一类型的{one.zh}", zh_measure="户")
    for key, one in EVENT_NAMES.items()
}  # fmt: skip
TYPES = {
    "enterprise": Words(en="enterprise", zh="企业"),
    "individual_business": Words(en="individual business", en_plural="individual businesses",
                                 zh="个体工商户"),
}  # fmt: skip
FEWEST_OF_A_KIND = 100
"""Exits or entrants below which no share of them is told."""
Shares = tuple[float, float, float]


class Entries(Report, LogPoints):
    """Who came to a register, who left, and what an intervention changed of that."""

    params: MarketEntryExitParams
    subject: Asked

    @property
    def register(self) -> Register:
        """Everyone registered."""
        return self.subject.register

    @cached_property
    def main(self) -> Answered:
        """The event that is asked about, by the engine and the rule for one intervention."""
        return answered(self.subject.study)

    @property
    def result(self) -> Result:
        """The headline."""
        return self.main.headline

    @property
    def rounded(self) -> bool:
        """Whether no more than three digits may leave."""
        return self.main.study.shielded

    @property
    def frame(self) -> pd.DataFrame:
        """What is counted by region and period, with weights."""
        return cells_seen(self.main.study)

    @property
    def verdict_key(self) -> str:
        """The verdict with its certainty."""
        return self.main.verdict.graded

    @cached_property
    def entrants(self) -> pd.DataFrame:
        """Who came, when they left, and whether they came under the intervention."""
        rows = entrants_of(self.register, self.params.cohort)
        treated = under(self.data, self.params.intervention, rows["region"], rows["entry"])
        return rows.assign(treated=treated, stratum=rows["entry"].dt.to_period("Q").astype(str))

    @cached_property
    def stay(self) -> Result | None:
        """Ratio of the rates at which entrants under the intervention leave, and others do."""
        columns = ["case", "duration", "ended", "treated", "region", "stratum"]
        try:
            return self.estimate(
                survival.METHOD, self.entrants[columns].reset_index(drop=True),
                level=self.params.level,
            )  # fmt: skip
        except AnalysisError:
            return None

    @property
    def stay_words(self) -> tuple[str, str]:
        """That ratio and its range."""
        one = self.may_leave(self.stay.headline) if self.stay else None
        ends = (one.value, one.low or 0.0, one.high or 0.0) if one else (0.0, 0.0, 0.0)
        value, low, high = (self.number(float(np.exp(v)), 2) for v in ends)
        return value, span(low, high, self.language)

    @cached_property
    def leaving(self) -> Shares:
        """Chance to leave within a year, of those that are no longer young."""
        table = self.register.exits
        found = self.estimate(rates.METHOD, table, level=self.params.level).headline
        monthly = (found.value, found.low or 0.0, found.high or 0.0)
        value, low, high = (float(-np.expm1(12 * np.log1p(-v))) for v in monthly)
        return self.may_leave((value, low, high))

    @cached_property
    def fleeting(self) -> float | None:
        """Share of entrants that left while they were young."""
        rows = self.register.entrants
        early = self.register.last - pd.DateOffset(months=YOUNG)
        rows = rows[rows["entry"] <= early]
        gone = rows["exit"] <= rows["entry"] + pd.DateOffset(months=YOUNG)
        if not gone.sum() >= FEWEST_OF_A_KIND:
            return None
        return self.may_leave(float(gone.mean()))

    @cached_property
    def yearly(self) -> pd.DataFrame:
        """By whole year: who came, left and fell dormant for each thousand, and how they left."""
        rows, years = self.register.rows, {}
        for event in EVENT_NAMES:
            years[event] = by_year(self.register, event)
        found = pd.DataFrame(years)
        left = rows[rows["exit"].notna()]
        for route in ("simplified", "revoked"):
            found[route] = (left["route"] == route).groupby(left["exit"].dt.year).mean()
        came = rows[rows["entry"] >= self.register.since]
        found["converted"] = came["converted"].groupby(came["entry"].dt.year).mean()
        return found

    def words(self, key: str) -> Words:
        """The names of events of a register beside the dataset's own."""
        own = self.description.words.get(key)
        return own or {**EVENT_NAMES, **OTHER_NAMES}.get(key) or super().words(key)

    @property
    def kind(self) -> str:
        """The type that is asked about, in the plural; all where none is."""
        if not self.params.type:
            return self.say("enterprises and individual businesses")
        return TYPES[self.params.type].plural(self.language)

    def said(self, value: float, low: float, high: float) -> dict[str, str]:
        """``value`` and ``likely`` of a sentence, from shares."""
        likely = percent_span(low, high, self.language)
        return {"value": percent_change(value, self.language), "likely": likely}

    @property
    def numbers(self) -> Mapping[str, str]:
        """Counts, shares and names that sentences name."""
        sample = self.main.headline.sample
        counts = {"treated": sample.treated, "rest": sample.units - sample.treated,
                  "all": sample.units, "young": YOUNG}  # fmt: skip
        year, low, high = self.leaving
        return {
            **{name: self.number(count) for name, count in counts.items()},
            **self.said(*self.main.shares),
            "kind": self.kind,
            "leaving": self.percent(year, 2),
            "likely_leaving": span(self.percent(low, 2), self.percent(high, 2), self.language),
            "fleeting": self.percent(self.fleeting or 0.0),
            "level": self.percent(self.main.headline.level, 0),
            "smallest": self.percent(self.params.smallest_effect, 0),
            "span": period_span(sample.first_period, sample.last_period, self.language),
            "name": self.intervention,
            "Name": capital(self.intervention),
            "since": period(self.register.since.strftime("%Y-%m"), self.language),
        }

    def facts(self) -> Mapping[str, Any]:
        """What both languages must agree on, rounded as published."""
        main, sample = self.main, self.main.headline.sample
        chance = p_value(main.headline, shown(main.study, main.examined), main.study.params.onset)
        return {
            "verdict": main.verdict.key,
            "certainty": main.verdict.certainty,
            "relative_percent": [round(100 * v, 1) for v in main.shares],
            "leaving_percent": [round(100 * v, 2) for v in self.leaving],
            "p_value": None if chance is None else round(chance, 6),
            "regions": sample.units,
            "treated": sample.treated,
            "periods": [sample.first_period, sample.last_period],
        }
