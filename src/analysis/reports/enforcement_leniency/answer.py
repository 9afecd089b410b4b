"""Repeats of what is spared, beside those of what is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.cases.repeats import Repeats
from analysis.data.settings import Words
from analysis.disclosure.recorded import EVERYWHERE, Recorded, recorded, regions_of
from analysis.methods import bunching, survival
from analysis.page.numbers import percent_change, percent_span
from analysis.reports.enforcement_leniency.params import EnforcementLeniencyParams
from analysis.reports.report import Report
from analysis.result import Result
from analysis.verdicts.leniency import ExaminedRepeats, Range

CASE = Words(en="first case", en_plural="first cases", zh="初次违法案件", zh_measure="起")


class Leniency(Report):
    """Cases, and how long it took until the next of their kind."""

    params: EnforcementLeniencyParams
    subject: Repeats

    @property
    def frame(self) -> pd.DataFrame:
        """One row a case."""
        if not self.found.of_list:
            return self.subject.frame
        return self.subject.frame.assign(after=self.subject.cases["after"])

    @property
    def columns(self) -> list[str]:
        """What the notebook's cell holds equal, the effect first."""
        return ["treated", *(("listed", "after") if self.found.of_list else self.covariates)]

    @property
    def covariates(self) -> tuple[str, ...]:
        """What was known when a case began."""
        return self.subject.covariates

    @cached_property
    def found(self) -> ExaminedRepeats:
        """The comparison, and what it rests on."""
        return ExaminedRepeats(self.subject, self.params, self.estimate, dict(self.data.tables))

    @property
    def result(self) -> Result:
        """The headline; curves are drawn of the four groups, not of its two."""
        return replace(self.found.result, series={})

    @property
    def methods(self) -> tuple[str, ...]:
        """The method of the headline, and that of values at the limit."""
        more = () if self.found.undervalued is None else (bunching.METHOD.name,)
        return (survival.METHOD.name, *more)

    @property
    def verdict_key(self) -> str:
        """Of repeats."""
        return self.found.verdict.graded

    def shares(self, found: Range) -> Range:
        """Log ratios as changes, as they may leave."""
        value, low, high = (float(np.expm1(v)) for v in found)
        return self.may_leave((value, low, high))

    @property
    def effect(self) -> Range:
        """The headline as a change of rates, or of times."""
        one = self.result.headline
        return self.shares((one.value, one.low or 0.0, one.high or 0.0))

    def named(self, key: str) -> Words:
        """What the dataset calls a thing; of cases, first ones where it does not say."""
        own = self.description.words.get(key)
        return own or (CASE if key == "unit" else Words(en=key.replace("_", " "), zh=key))

    def name(self, key: str) -> str:
        """The same in the language of the page."""
        return self.named(key).of(self.language)

    @property
    def arms(self) -> tuple[str, str]:
        """What is looked at, and what it is held against."""
        if self.found.of_list:
            return self.say("on the list"), self.say("not on the list")
        return self.name("group"), self.name("others")

    @property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that sentences name."""
        one, other = self.arms
        return self.spoken(self.effect) | {
            "one": one,
            "other": other,
            "event": self.name("event") if not self.found.of_list else "",
            "count": self.number(len(self.subject.frame)),
            "units": self.named("unit").plural(self.language),
            "found": self.number(int(self.subject.frame["ended"].sum())),
            "kinds": self.number(len(self.subject.behaviours)),
            "days": self.number(self.subject.horizon),
            "limit": self.number(self.params.goods_limit),
            "level": self.percent(self.params.level, 0),
            "smallest": self.percent(self.params.smallest_effect, 0),
        }

    def spoken(self, shares: Range) -> dict[str, str]:
        """A change and its range in words."""
        value, low, high = shares
        return {
            "value": percent_change(value, self.language),
            "likely": percent_span(low, high, self.language),
        }

    def recorded_over(self) -> Iterator[Recorded]:
        """All cases, and those of listed behaviours; none of a ready frame."""
        cases, name, asked = self.subject.cases, "penalties", self.params.region
        if "region" not in cases:
            return
        yield recorded(name, regions_of(self.data, name, asked), cases["decided_on"])
        listed = cases[cases["listed"] == 1]
        parts = {f"{name}/all": cases, "/".join((name, *self.subject.behaviours)): listed}
        for key, rows in parts.items():
            yield recorded(key, rows["region"], rows["decided_on"], asked or EVERYWHERE)

    def facts(self) -> Mapping[str, Any]:
        """Numbers that both languages must agree on, rounded as published."""
        found: dict[str, Any] = {"percent": [round(100 * v, 1) for v in self.effect]}
        if self.found.undervalued:
            found["undervalued"] = [round(v, 4) for v in self.may_leave(self.found.undervalued)]
        return found
