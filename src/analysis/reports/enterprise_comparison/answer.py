"""Joiners of a programme beside like enterprises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.cases.joiners import Joined
from analysis.disclosure.recorded import EVERYWHERE, Recorded, recorded, regions_of
from analysis.page.numbers import percent_change, percent_span
from analysis.reports.enterprise_comparison.params import EnterpriseComparisonParams
from analysis.reports.report import Report
from analysis.verdicts.joiners import ExaminedJoiners, Range


class Joiners(Report):
    """Enterprises that joined, and like ones that did not."""

    params: EnterpriseComparisonParams
    subject: Joined

    @property
    def frame(self) -> pd.DataFrame:
        """Two rows an enterprise: before joining, and after."""
        parts = [
            self.subject.frame[["unit", "region", "treated", name, f"months_{name}"]]
            .set_axis(["unit", "region", "treated", "records", "months"], axis=1)
            .assign(post=post)
            for post, name in enumerate(("before", "after"))
        ]
        found = pd.concat(parts, ignore_index=True)
        return found[found["months"] > 0]

    @cached_property
    def found(self) -> ExaminedJoiners:
        """The comparison, and what it rests on."""
        return ExaminedJoiners(self.subject, self.params)

    @property
    def verdict_key(self) -> str:
        """Of joining."""
        return self.found.verdict.graded

    def shares(self, found: Range) -> Range:
        """Log ratios as changes, as they may leave."""
        value, low, high = (float(np.expm1(v)) for v in found)
        return self.may_leave((value, low, high))

    @property
    def programme(self) -> str:
        """What the dataset calls the programme."""
        return self.called(self.params.programme)

    @property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that sentences name."""
        given, asked = self.subject, self.params
        return self.spoken(self.shares(self.found.ratio)) | {
            "programme": self.programme,
            "joiners": self.number(given.joiners),
            "alike": self.number(int((given.frame["treated"] == 0).sum())),
            "alone": self.number(given.alone),
            "refusals": self.number(len(given.refused)),
            "months": self.number(asked.horizon_months),
            "level": self.percent(asked.level, 0),
            "smallest": self.percent(asked.smallest_effect, 0),
        }

    def spoken(self, shares: Range) -> dict[str, str]:
        """A change and its range in words."""
        value, low, high = shares
        return {
            "value": percent_change(value, self.language),
            "likely": percent_span(low, high, self.language),
        }

    def recorded_over(self) -> Iterator[Recorded]:
        """Records of joiners and like ones, of others drawn from the register, of those refused."""
        given, asked = self.subject, self.params
        days = self.data.tables["complaints"]["received_on"]
        name = f"complaints/{asked.outcome}/{asked.programme}"
        yield recorded(name, regions_of(self.data, "enterprises", asked.region), days)
        refused = given.refused if self.found.refused else given.refused[:0]
        for part, rows in (("joiners", given.frame), ("others", given.pool), ("refused", refused)):
            within = asked.region or EVERYWHERE
            yield recorded(f"{name}/{part}", rows["region"], days, within)

    def facts(self) -> Mapping[str, Any]:
        """Numbers that both languages must agree on, rounded as published."""
        found = [round(100 * v, 1) for v in self.shares(self.found.ratio)]
        return {"percent": found, "joiners": self.subject.joiners}
