"""Shares that fail, each with what its samples can say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.data.frames.cases.samples import OTHERS, Samples
from analysis.data.frames.names import region_names
from analysis.data.tables import TABLES
from analysis.disclosure.estimates import DIGITS
from analysis.disclosure.recorded import Recorded, recorded, recorded_by, regions_of
from analysis.page.numbers import span
from analysis.reports.report import Report
from analysis.reports.sampling_pass_rates.params import SamplingPassRatesParams
from analysis.stats.pooling.exact import (
    Interval,
    batches_to_tell,
    share_interval,
    two_digits,
    weighted_share,
)

POWER = 0.8
MANY_REGIONS, FEWER_DIGITS = 10, 2
"""Below so many regions, shares have so many digits."""
MODES = {key: (en, zh) for key, en, zh in TABLES["samples"].column("mode").choices}
MOST_DECIMALS = 8
"""Of a percentage of ``detect``."""


@dataclass(frozen=True)
class Group:
    """Samples that belong together, and the share of them that failed."""

    code: str
    mode: str
    words: str
    taken: int
    failing: Interval


class PassRates(Report):
    """Samples of one mode, or of each by itself."""

    params: SamplingPassRatesParams
    subject: Samples

    @property
    def frame(self) -> pd.DataFrame:
        """One row a stratum and result, or a group of samples."""
        return self.subject.frame

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Each product of the mode asked about, or every group where none is."""
        return tuple(self._groups(self.params.mode))

    @cached_property
    def by_mode(self) -> tuple[Group, ...]:
        """All samples of each mode; none where not even those of one mode belong together."""
        if not self.params.mode:
            return ()
        rows = self.subject.groups.groupby("mode", observed=True)[["taken", "failed"]].sum()
        return tuple(
            Group(str(mode), str(mode), self.mode(str(mode)), *self._told(row, mode=mode))
            for mode, row in rows.iterrows()
        )

    def _groups(self, mode: str) -> Iterator[Group]:
        names = region_names(self.data) if "regions" in self.data.tables else {}
        rows = self.subject.groups
        for _, row in (rows[rows["mode"] == mode] if mode else rows).iterrows():
            parts = [self._product(row)]
            if not mode:
                parts.append(self.mode(str(row["mode"])))
            if "region_code" in row:
                parts.insert(0, names[str(row["region_code"])][self.language == "zh"])
            place = str(row.get("region_code", ""))
            code = " ".join(part for part in (place, str(row["product"]), str(row["mode"])) if part)
            words = self.say(", ").join(parts)
            own = {"mode": row["mode"], "product": row["product"]}
            yield Group(code, str(row["mode"]), words, *self._told(row, **own))

    def _told(self, row: Mapping[str, Any], **named: Any) -> tuple[int, Interval]:
        """Samples of what is named by columns, and the share that failed.

        Of fewer than 100 samples, three digits of a share and its exact limits fit one pair of
        numbers alone, of 100 to 300 in 82 of 100; with two digits it is in 27 and in 3.
        """
        taken, failed, own = int(row["taken"]), int(row["failed"]), self.subject.told
        for column, value in named.items():
            own = own[own[column] == value]
        digits = DIGITS if own["region"].nunique() >= MANY_REGIONS else FEWER_DIGITS
        return taken, self.may_leave(share_interval(failed, taken, self.params.level), digits)

    @cached_property
    def whole(self) -> Interval | None:
        """The share of the whole that fails, by weights of strata; none if unweighted."""
        if self.subject.strata is None:
            return None
        rows = self.subject.strata
        failed, taken, weight = (rows[c].to_numpy(float) for c in ("failed", "taken", "weight"))
        found = weighted_share(failed, taken, weight, self.params.level)
        # Beside the sum, a sum by weights is a second equation of the same failing samples.
        return two_digits(found) if self.joined else self.may_leave(found)

    @cached_property
    def plain(self) -> Interval | None:
        """The same as sampled, each sample counting alike; none where modes differ."""
        if self.subject.strata is None:
            return None
        sums = self.subject.strata[["failed", "taken"]].sum()
        return self._told(sums, mode=self.params.mode)[1]

    @cached_property
    def needed(self) -> int:
        """Samples that tell the two shares of ``detect`` apart; 0 where no number does."""
        good, bad = self.params.detect
        return batches_to_tell(good, bad, self.params.level, POWER)

    def _product(self, row: Mapping[str, Any]) -> str:
        if row["product"] != OTHERS:
            return self.called(str(row["product"]))
        alone = (self.subject.groups["mode"] == row["mode"]).sum() == 1
        return self.say("all products") if alone else self.say("other products")

    @property
    def joined(self) -> bool:
        """Whether products of the mode asked about, or of any, stand together as too small."""
        rows = self.subject.groups
        of_mode = rows["mode"] == self.params.mode if self.params.mode else rows["products"] > 1
        return bool((rows["products"] > 1)[of_mode].any())

    def detected(self, *shares: float) -> tuple[str, ...]:
        """Shares of ``detect`` as percentages, with as many decimals as give each as it is."""
        decimals = next(
            (
                some
                for some in range(MOST_DECIMALS)
                if all(math.isclose(round(100 * s, some), 100 * s, abs_tol=1e-9) for s in shares)
            ),
            MOST_DECIMALS,
        )
        return tuple(self.percent(share, decimals) for share in shares)

    def mode(self, key: str) -> str:
        """Why samples were taken."""
        return MODES[key][self.language == "zh"]

    def range_of(self, found: Interval) -> str:
        """The likely range of a share."""
        return span(self.percent(found.low), self.percent(found.high), self.language)

    @property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that sentences name."""
        good, bad = self.detected(*self.params.detect)
        found = {
            "level": self.percent(self.params.level, 0),
            "good": good,
            "bad": bad,
            "power": self.percent(POWER, 0),
            "miss": self.percent(1 - self.params.level, 0),
            "needed": self.number(self.needed),
            "groups": self.number(len(self.groups)),
            "mode": self.mode(self.params.mode) if self.params.mode else "",
            "uncovered": self.percent(self.subject.uncovered),
            "hidden": self.number(self.subject.hidden),
        }
        if self.whole and self.plain:
            found |= {
                "failing": self.percent(self.whole.value),
                "likely": self.range_of(self.whole),
                "sampled": self.percent(self.plain.value),
                "likely_sampled": self.range_of(self.plain),
            }
        return found

    def recorded_over(self) -> Iterator[Recorded]:
        """Samples of each product and mode, and of each mode; of all products, or of one."""
        rows, asked = self.subject.told, self.params
        table = "samples" if self.data.has("samples") else "sample_counts"
        name = f"samples/{asked.product}" if asked.product else "samples"
        yield recorded(name, regions_of(self.data, table, asked.region), rows["day"])
        for columns in (("mode", "product"), ("mode",))[: 1 if asked.product else 2]:
            yield from recorded_by("samples", rows, columns, "day", asked.region)

    def facts(self) -> Mapping[str, Any]:
        """Numbers that both languages must agree on, rounded as published."""
        found: dict[str, Any] = {"needed": self.needed}
        if self.whole:
            found["failing_percent"] = [round(100 * v, 2) for v in vars(self.whole).values()]
        return found | {one.code: round(100 * one.failing.value, 1) for one in self.groups}
