"""What stored numbers and worlds say of each method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis import methods
from analysis.reports.method_validation.params import MethodValidationParams
from analysis.reports.method_validation.question import Stored
from analysis.reports.report import Report
from analysis.stats.pooling.exact import Interval, share_interval

LEVEL = 0.95
"""Of the ranges that methods give with their defaults."""
LEAST, MOST = 0.93, 0.97
"""Shares of ranges that should hold the truth, and of those without an effect that leave it out."""
RECALLED = r"from memory|recalled"


@dataclass(frozen=True)
class Tried:
    """A method in its worlds: shares with what so many worlds can say of them."""

    name: str
    words: str
    covered: Interval
    false: Interval

    @property
    def strays(self) -> bool:
        """Whether the worlds rule out that its ranges are as sure as they say."""
        too_few, too_many = self.covered.high < LEAST, self.covered.low > MOST
        return too_few or too_many or self.false.low > 1 - LEAST


class Validated(Report):
    """Methods, with what was published and what worlds show."""

    params: MethodValidationParams
    subject: Stored

    @property
    def frame(self) -> pd.DataFrame:
        """What methods find in simulated worlds, a row a method."""
        return self.subject.worlds

    @property
    def published(self) -> pd.DataFrame:
        """Published numbers beside those obtained."""
        return self.subject.numbers

    def name_of(self, method: str) -> str:
        """A method as readers know it."""
        return methods.load(method).words["title"].of(self.language)

    @cached_property
    def tried(self) -> tuple[Tried, ...]:
        """Every method in its worlds, by how many of its ranges hold the truth."""
        rows = self.frame.sort_values(["covered", "method"]).to_dict("records")
        return tuple(
            Tried(row["method"], self.name_of(row["method"]), *self._shares(row)) for row in rows
        )

    def _shares(self, row: Mapping[str, Any]) -> tuple[Interval, Interval]:
        tried = round(row["worlds"] * (1 - row["refused"]))
        covered, false = (
            share_interval(round(row[name] * tried), tried, self.params.level)
            for name in ("covered", "false")
        )
        return covered, false

    @cached_property
    def worst(self) -> pd.DataFrame:
        """Of each method the number that lies farthest from its tolerance, the farthest first."""
        rows = self.published.sort_values(["used", "number"], ascending=[False, True])
        rows = rows.assign(numbers=rows.groupby("method")["number"].transform("size"))
        return rows.drop_duplicates("method")

    @property
    def off(self) -> int:
        """Published numbers that are not obtained within their tolerance."""
        return int((self.published["used"] > 1).sum())

    @property
    def recalled(self) -> int:
        """Published numbers whose source could not be looked up."""
        return int(self.published["source"].str.contains(RECALLED).sum())

    @property
    def without(self) -> list[str]:
        """Methods of which no published number is stored, in words."""
        told = set(self.published["method"])
        asked = [self.params.only] if self.params.only else methods.names()
        return [self.name_of(name) for name in asked if name not in told]

    @property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that sentences name."""
        return {
            "all": self.number(len(self.published)),
            "within": self.number(len(self.published) - self.off),
            "off": self.number(self.off),
            "recalled": self.number(self.recalled),
            "methods": self.number(self.published["method"].nunique()),
            "tried": self.number(len(self.tried)),
            "worlds": self.number(int(self.frame["worlds"].min())),
            "lowest": self.percent(self.tried[0].covered.value),
            "highest": self.percent(self.tried[-1].covered.value),
            "false": self.percent(max(one.false.value for one in self.tried)),
            "level": self.percent(LEVEL, 0),
            "shown": self.percent(self.params.level, 0),
            "chance": self.percent(1 - LEVEL, 0),
        }

    def facts(self) -> Mapping[str, Any]:
        """Numbers that both languages must agree on, rounded as published."""
        found: dict[str, Any] = {"published": len(self.published), "off": self.off}
        return found | {
            one.name: [round(100 * share.value, 1) for share in (one.covered, one.false)]
            for one in self.tried
        }
