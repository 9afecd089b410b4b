"""What each series was expected to hold this month, and which lie farther off than they should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.cases.months import Months
from analysis.disclosure.months import categories_are_recorded
from analysis.disclosure.recorded import Recorded
from analysis.page.numbers import period, period_span, span
from analysis.reports.monthly_monitor.params import MonthlyMonitorParams
from analysis.reports.report import Report
from analysis.stats.forecasts.edition import TOTAL_HELD, Edition, Watched, edition

HIGH, LOW, WITHIN = "high", "low", "within"
POWER = 0.8


class Monitor(Report):
    """Series by month, with their forecasts."""

    params: MonthlyMonitorParams
    subject: Months

    @cached_property
    def now(self) -> Edition:
        """The judged month, held against the months before it."""
        return self._edition(self.subject.judged)

    @cached_property
    def before(self) -> Edition | None:
        """The month before, as this page would have judged it; none where its recording changed."""
        at = self.subject.judged - 1
        changed = [one.share[at] != one.share[at - 1] for one in self.subject.steps]
        return None if any(changed) else self._edition(at)

    def _edition(self, at: int) -> Edition:
        given = self.subject
        steps = [one.share for one in given.steps if np.ptp(one.share[:at])]
        watched = Watched(
            given.counts.to_numpy(float),
            given.noise,
            given.usable,
            np.maximum(given.total.to_numpy(float), 0.5),
            given.counts.columns.month.to_numpy(),
            np.array(steps).reshape(len(steps), given.counts.shape[1]).T,
            given.entered,
        )
        return edition(watched, at, self.params.level, self.params.false_discoveries)

    @property
    def recorded(self) -> bool:
        """Whether series rest on recorded counts, of which averages alone may leave."""
        return categories_are_recorded(self.data, self.params)

    @cached_property
    def told(self) -> np.ndarray:
        """Which series may be told of: those whose count of the month is not withheld."""
        return ~self.subject.withheld[:, self.subject.judged]

    def standing(self, place: int, edition: Edition | None = None) -> str:
        """Whether a series is flagged, and to which side."""
        found = edition or self.now
        if not found.flagged[place]:
            return WITHIN
        return HIGH if found.count[place] > found.mean[place] else LOW

    def flagged(self, side: str) -> list[int]:
        """Places of the series that are flagged on one side and may be told of, farthest first."""
        order = np.argsort(self.now.adjusted, kind="stable")
        return [int(i) for i in order if self.told[i] and self.standing(int(i)) == side]

    @cached_property
    def focus(self) -> int | None:
        """The place of the one region asked about; none where it is about many."""
        given = self.subject
        return int(given.counts.index.get_loc(given.focus)) if given.focus else None

    def name(self, place: int) -> str:
        """A region's or category's name."""
        code = str(self.subject.counts.index[place])
        if self.params.by == "region":
            return self.subject.names[code][self.language == "zh"]
        return self.called(code)

    @property
    def frame(self) -> pd.DataFrame:
        """History of each series that has any: counts, usual factor, discount as weight."""
        now, given = self.now, self.subject
        held = (now.history * now.weight).sum(axis=1) > 0
        codes = given.counts.index[held].astype(str)
        months = np.broadcast_to(now.usual[:-1], now.history.shape)[held]
        frame = pd.DataFrame(
            {
                "series": np.repeat(codes, months.shape[1]),
                "count": now.history[held].ravel(),
                "usual": months.ravel(),
                "weight": now.weight[held].ravel(),
            }
        )
        return frame[frame["weight"] > 0].reset_index(drop=True)

    @property
    def month(self) -> str:
        """The judged month."""
        return period(str(self.subject.month), self.language)

    def recorded_over(self) -> Iterator[Recorded]:
        """Of categories, averages over the regions; all else is of protected counts."""
        given = self.subject
        ends = (str(given.counts.columns[0]), str(given.counts.columns[-1]))
        for code in given.counts.index if self.recorded else ():
            yield Recorded(f"{self.params.outcome}/{code}", ends, given.regions)

    @property
    def series(self) -> str:
        """What is watched, in the plural."""
        return self.regions if self.params.by == "region" else self.say("categories")

    @property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that sentences name."""
        now, given = self.now, self.subject
        low, high, mean = (float(end) for end in now.total)
        later = [str(month) for month in given.late]
        return {
            "series": self.series,
            "month": self.month,
            "all": self.number(len(given.counts)),
            "told": self.number(int(self.told.sum())),
            "withheld": self.number(int((~self.told).sum())),
            "flags": self.number(len(self.flagged(HIGH)) + len(self.flagged(LOW))),
            "more": self.number(len(self.flagged(HIGH))),
            "fewer": self.number(len(self.flagged(LOW))),
            "false": self.percent(self.params.false_discoveries, 0),
            "level": self.percent(self.params.level, 0),
            "power": self.percent(POWER, 0),
            "held": self.percent(now.held, 0),
            "total_held": self.percent(TOTAL_HELD, 0),
            "history": self.number(self.params.months_history),
            "total": self.number(now.total_count),
            "expected": self.number(mean),
            "likely": span(self.number(low), self.number(high), self.language),
            "late": period_span(later[0], later[-1], self.language) if later else "",
            "smallest": self.percent(now.smallest(POWER), 0),
        }

    def facts(self) -> Mapping[str, Any]:
        """Numbers that both languages must agree on, rounded as published."""
        sides = {side: [str(self.subject.counts.index[i]) for i in self.flagged(side)]
                 for side in (HIGH, LOW)}  # fmt: skip
        found: dict[str, Any] = {"month": str(self.subject.month), **sides}
        total = [round(float(one)) for one in (self.now.total_count, *self.now.total)]
        if self.focus is not None and self.told[self.focus]:
            own = (self.now.count, self.now.low, self.now.high)
            found["own"] = [round(float(each[self.focus])) for each in own]
        return found | {"total": total, "held": round(self.now.held, 3)}
