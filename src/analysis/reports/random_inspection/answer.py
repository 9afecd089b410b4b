"""Whether the draw looks like one, and what being drawn changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from typing import Any

import pandas as pd

from analysis.data.frames.cases.draws import BEFORE, Drawn
from analysis.data.settings import Words
from analysis.disclosure.estimates import FEWEST_REGIONS
from analysis.disclosure.recorded import Recorded, recorded, recorded_by, regions_of
from analysis.methods import randomisation
from analysis.page.numbers import percent_change, percent_span
from analysis.reports.random_inspection.params import RandomInspectionParams
from analysis.reports.report import Report
from analysis.result import Result
from analysis.verdicts.draw import ExaminedDraw, Shares

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


class Draws(Report):
    """Units on lists, the draw, and what came after it."""

    params: RandomInspectionParams
    subject: Drawn

    @property
    def frame(self) -> pd.DataFrame:
        """One row a unit on a list."""
        return self.subject.frame

    @cached_property
    def found(self) -> ExaminedDraw:
        """The draw held against draws by lot, and what being drawn changed."""
        asked = partial(self.estimate, randomisation.METHOD)
        return ExaminedDraw(self.subject, self.params, asked, self.may_leave)

    @property
    def result(self) -> Result:
        """The difference between drawn and undrawn that is stated."""
        return self.found.result

    @property
    def stated(self) -> str:
        """The column whose difference is stated."""
        return self.found.stated

    @property
    def verdict_key(self) -> str:
        """On the draw where that is doubted or alone is looked at, else on its effect."""
        if not self.found.told:
            return "not_random" if self.found.judged.doubted else "looks_random"
        grade = self.found.verdict.certainty
        return f"{self.found.verdict.key}_{grade}" if grade else self.found.verdict.key

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
        if self.found.effect:
            found |= self.spoken(self.found.effect)
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

    @cached_property
    def by_group(self) -> dict[str, Shares]:
        """The effect in each kind of stratum; of protected regions at least five have it."""
        found = self.found.by_group
        if not self.rests_on_records:
            return found
        held = self.subject.where.groupby("group", observed=True)["region"].nunique()
        return {name: one for name, one in found.items() if held.get(name, 0) >= FEWEST_REGIONS}

    def recorded_over(self) -> Iterator[Recorded]:
        """What came after the draw, on all lists and by group of units; none of a draw alone."""
        where, asked = self.subject.where, self.params
        if not self.subject.measured or where.empty:
            return
        name = "/".join(("draws", *sorted(asked.plans)))
        every = regions_of(self.data, "enterprises", asked.region)
        yield recorded(name, every, where["day"])
        yield from recorded_by(name, where, ("group",), "day", asked.region)

    def facts(self) -> Mapping[str, Any]:
        """Numbers that both languages must agree on, rounded as published."""
        found: dict[str, Any] = {"listed": len(self.frame), "doubted": self.found.judged.doubted}
        numbers = vars(self.found.judged) | {"along_numbers": self.found.along_numbers}
        for name, value in ((n, numbers[n]) for n in ("balance", "runs", "along_numbers")):
            if value is not None:
                found[name] = round(value, 4)
        if self.found.effect:
            found["relative_percent"] = [round(100 * v, 1) for v in self.found.effect]
        return found
