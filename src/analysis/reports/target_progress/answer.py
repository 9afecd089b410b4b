"""How many results stand just above the mark, and what the way there looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.cases.marks import FEWEST_UNITS, MARK, Marks
from analysis.disclosure.recorded import EVERYWHERE, Recorded, regions_of
from analysis.methods import bunching, reliability
from analysis.page.numbers import span
from analysis.reports.report import Report
from analysis.reports.target_progress.params import TargetProgressParams
from analysis.result import Result
from analysis.verdicts.marks import verdict_of_marks

AROUND = {"bins_below": 20, "bins_above": 20, "order": 3, "target": MARK, "heaps": [],
          "moved": "from_below"}  # fmt: skip
"""Per cent of the target that are looked at below and above the mark."""
LAST_MONTH = 12
Shares = tuple[float, float, float]


class Progress(Report):
    """Results against targets."""

    params: TargetProgressParams
    subject: Marks

    @property
    def frame(self) -> pd.DataFrame:
        """One row a region and year."""
        return self.subject.frame

    @cached_property
    def result(self) -> Result:
        """The excess of results just above the mark."""
        beside = {"below": self.params.below, "above": self.params.above}
        given = self.frame[["laid", "region"]].rename(columns={"laid": "value"})
        return self.estimate(bunching.METHOD, given, level=self.params.level, **AROUND, **beside)

    @property
    def histogram(self) -> pd.DataFrame:
        """Bins of one per cent with their counts and places, as the course is fitted to them."""
        rows = pd.DataFrame(self.result.series["histogram"])
        scaled = 2 * (rows["value"] - rows["value"].min()) / np.ptp(rows["value"]) - 1
        return rows.assign(place=scaled, at=(rows["window"] == 1) & (rows["value"] >= MARK))

    @cached_property
    def excess(self) -> Shares:
        """Of all results, the share just above the mark beyond a smooth course."""
        part = self.result.options["cases"] / len(self.frame)
        one = self.result.headline
        value, low, high = (float(part * (v or 0.0)) for v in (one.value, one.low, one.high))
        return value, low, high

    @cached_property
    def back(self) -> float | None:
        """Share of all results that reached the mark and lie below it since they were revised."""
        known = self.frame.dropna(subset="revised")
        if known.empty or (known["revised"] == known["value"]).all():
            return None
        fell = (known["value"] >= MARK) & (known["revised"] < MARK)
        return float(fell.sum() / len(self.frame))

    @cached_property
    def taken_back(self) -> float | None:
        """Share of all results taken from just above the mark beyond what any mark would lose.

        Honest revisions move results as well: as many fall below a line that nobody aims at.
        """
        if self.back is None:
            return None
        at, fell = self._falls([MARK])
        others, fallen = self._falls([MARK + step for step in self._aside])
        usual = fallen / others if others else 0.0
        return (fell - at * usual) / len(self.frame)

    def _falls(self, marks: list[float]) -> tuple[int, int]:
        """Results just above some lines, and those of them that lie below since revised."""
        value, revised = self.frame["value"], self.frame["revised"]
        just = [(value >= mark) & (value <= mark + self.params.above) for mark in marks]
        fell = [own & (revised < mark) for own, mark in zip(just, marks, strict=True)]
        return int(sum(own.sum() for own in just)), int(sum(own.sum() for own in fell))

    @property
    def _aside(self) -> list[int]:
        """Lines that nobody aims at, in per cent from the mark, clear of what may have moved."""
        wide, above = int(str(AROUND["bins_below"])), self.params.above + 1
        below = range(-wide, -self.params.below - above + 1)
        return [*below, *range(above, wide - above + 1)]

    @property
    def verdict_key(self) -> str:
        """On results just above the mark."""
        return verdict_of_marks(self.excess, self.taken_back, self.params.smallest)

    @cached_property
    def sections(self) -> Shares | None:
        """Share of the variance of a score that lies between sections; none without ledgers."""
        if self.subject.sections.empty:
            return None
        found = self.estimate(reliability.METHOD, self.subject.sections, form="icc3",
                              level=self.params.level).headline  # fmt: skip
        return self.may_leave((found.value, found.low or 0.0, found.high or 0.0))

    @cached_property
    def ratchet(self) -> tuple[float, float, float] | None:
        """The next target over this result: its median and the middle half; none of one year."""
        known = self.frame["next"].dropna()
        if known.empty:
            return None
        middle, low, high = (float(v) for v in np.quantile(known, (0.5, 0.25, 0.75)))
        return self.may_leave((middle, low, high))

    @cached_property
    def last_months(self) -> tuple[float, float] | None:
        """What comes in the last month of a year, over a month before it: here, and of the twin."""
        found = []
        for months in (self.subject.months, self.subject.twin):
            if months.empty:
                return None
            last = months["month"].dt.month == LAST_MONTH
            own = months["new"].groupby(last).mean().reindex([True, False])
            if own.isna().any() or not own[False] > 0:
                return None
            found.append(float(own[True] / own[False]))
        return self.may_leave((found[0], found[1]))

    @cached_property
    def year_end(self) -> float | None:
        """What comes on one of the last days of the year, over what comes on other days."""
        days = self.subject.days
        if days.empty:
            return None
        left = self._left(days, "Y")
        return self._over(days, left < self.params.year_end)

    @cached_property
    def quarter_end(self) -> float | None:
        """The same of the first three quarters, over other days of these."""
        days = self.subject.days
        if days.empty:
            return None
        days = days[days["day"].dt.quarter < 4]
        return self._over(days, self._left(days, "Q") < self.params.quarter_end)

    def _left(self, days: pd.DataFrame, length: str) -> pd.Series:
        """Days left of the year or quarter."""
        ends = days["day"].dt.to_period(length).dt.end_time.dt.normalize()
        return (ends - days["day"].dt.normalize()).dt.days

    def _over(self, days: pd.DataFrame, last: pd.Series) -> float | None:
        own = days["new"].groupby(last).mean()
        if len(own) < len((True, False)) or own[False] == 0:
            return None
        return self.may_leave(float(own[True] / own[False]))

    @property
    def indicator(self) -> str:
        """What the dataset calls the indicator."""
        return self.named(self.params.indicator)

    def named(self, key: str) -> str:
        """What the dataset calls an indicator."""
        own = self.description.words.get(key)
        return own.plural(self.language) if own else key.replace("_", " ")

    @property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that sentences name."""
        value, low, high = self.excess
        held = float((self.frame["value"] >= MARK).mean())
        return {
            "indicator": self.indicator,
            "twin": self.named(self.params.unmeasured),
            "results": self.number(len(self.frame)),
            "years": self.number(self.frame["year"].nunique()),
            "excess": self.percent(value),
            "likely": span(self.percent(low), self.percent(high), self.language),
            "most": self.percent(max(high, 0.0)),
            "held": self.percent(held, 0),
            "back": self.percent(self.back or 0.0),
            "above": self.number(MARK + self.params.above + 1),
            "below": self.number(MARK - self.params.below),
            "coarse": self.number(self.subject.coarse),
            "units": self.number(FEWEST_UNITS),
            "smallest": self.percent(self.params.smallest, 0),
            "level": self.percent(self.params.level, 0),
            "in_ten": self.number(10 * value, 1),
        }

    def recorded_over(self) -> Iterator[Recorded]:
        """Results at the end of years, the months and days until then, and those of the twin."""
        given, asked = self.subject, self.params
        ends = (str(self.frame["year"].min()), str(self.frame["year"].max()))
        name, twin = f"targets/{asked.indicator}", f"targets/{asked.unmeasured}/months"
        yield Recorded(name, ends, tuple(regions_of(self.data, "targets", asked.region)))
        parts = {f"{name}/years": given.frame, f"{name}/months": given.months, twin: given.twin,
                 f"{name}/days": given.days}  # fmt: skip
        for key, rows in parts.items():
            codes = () if rows.empty else tuple(sorted({*map(str, rows["region"])}))
            yield Recorded(key, ends, codes, asked.region or EVERYWHERE)

    def facts(self) -> Mapping[str, Any]:
        """Numbers that both languages must agree on, rounded as published."""
        found: dict[str, Any] = {"excess_percent": [round(100 * v, 1) for v in self.excess]}
        return found | ({} if self.back is None else {"back_percent": round(100 * self.back, 1)})
