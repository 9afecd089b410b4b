"""What sparing first violations of a list did to repeats, held against violations not on it.

The headline compares repeats of listed behaviours with those of others, after the list's day and
before it, within each region: log ratio of the rates at which a violation is found again. A
direction needs its range to leave out no change, and a second look to lie on the same side at 90 %:
one that lets listed behaviours have a slope in time of their own; of a ready frame, which has no
list, the other kind of model (rates beside times). It needs a list whose day made up in the past
shows nothing, where that could be looked at. It is too small to matter where the range lies within
the smallest effect. Certainty is moderate where the made-up day shows nothing and leaves out a
change as large, complaints about the same enterprises do not go the other way, and visits to them,
by which repeats are found, did not move to the same side; else, and where one of these could not be
looked at, low: nobody drew lots for what stands on a list, and repeats are found ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd

from analysis.data.frames.cases.durations import SAME_DAY
from analysis.data.frames.cases.repeats import FEWEST_ENDS, Repeats
from analysis.errors import AnalysisError
from analysis.methods import bunching, survival
from analysis.result import Estimate, Result
from analysis.verdicts.rule import Key, Verdict, side, tells, within

YEAR, HALF_YEAR = 365, 182
MOST_HALVES = 4
"""Half-years on each side of the list's day that are looked at by themselves."""
NARROWER = 0.9
"""Level of the second look, on the side of the headline."""
FOLLOWED = 180
"""Days after a case in which other records about its enterprise are counted."""
BINS_TO_LIMIT = 20
SHIFT = {"bins_below": 18, "bins_above": 25, "above": 6, "order": 4, "heaps": []}
"""Bins of values beside the limit; from six above it goods may be valued down."""
Range = tuple[float, float, float]


class Asked(Protocol):
    """What is asked of cases, as the report's parameters say it."""

    @property
    def model(self) -> str:
        """Cox's hazards, or accelerated failure."""

    @property
    def goods_limit(self) -> float:
        """The value of goods up to which a first violation is spared; 0 for none."""

    @property
    def smallest_effect(self) -> float:
        """The smallest share that matters."""

    @property
    def level(self) -> float:
        """Of ranges."""


@dataclass(frozen=True)
class Beside:
    """Other records of the same enterprises: ratio of ratios, and numbers a year of the four."""

    key: str
    ratio: Range
    rates: dict[tuple[int, int], float]


def range_of(one: Estimate) -> Range:
    """An estimate with its limits."""
    return one.value, float(one.low or 0.0), float(one.high or 0.0)


def verdict_of_repeats(
    repeats: Range,
    second: Range | None,
    smallest: float,
    *,
    made_up: Range | None,
    complaints: Range | None,
    visits: Range | None,
) -> Verdict:
    """Of log ratios of repeats, at the list's day and at one ``made_up``, and of other records."""
    value, low, high = repeats
    if second is None or (made_up is not None and side(*made_up[1:])):
        return Verdict("cannot_tell")
    key: Key = "cannot_tell"
    bound = None
    if low > 0 and second[1] > 0:
        key = "more"
    elif high < 0 and second[2] < 0:
        key = "fewer"
    elif within(low, high, smallest):
        key, bound = "too_small_to_matter", 2 * math.log1p(smallest)
    if key == "cannot_tell":
        return Verdict(key)
    firm = made_up is not None and tells(made_up, value, bound)
    firm = firm and complaints is not None and visits is not None
    firm = firm and not disturbed(repeats, complaints, visits, little=bound is not None)
    return Verdict(key, "moderate" if firm else "low")


def disturbed(
    repeats: Range, complaints: Range | None, visits: Range | None, *, little: bool
) -> tuple[str, ...]:
    """Which other records speak against repeats: complaints the other way, visits the same way.

    Of repeats that changed by too ``little`` to matter both do on either side.
    """
    way = 1 if repeats[0] > 0 else -1
    apart = {"complaints": (complaints, -way), "inspections": (visits, way)}
    sides = {key: (side(*one[1:]), bad) for key, (one, bad) in apart.items() if one is not None}
    return tuple(key for key, (own, bad) in sides.items() if own == bad or (little and own))


@dataclass(frozen=True)
class ExaminedRepeats:
    """Repeats of listed behaviours and others, after the list's day and before.

    ``estimate`` asks a method of a frame; ``tables`` are those of the dataset.
    """

    given: Repeats
    asked: Asked
    estimate: Callable[..., Result]
    tables: dict[str, pd.DataFrame]

    @property
    def of_list(self) -> bool:
        """Whether there is a list; a ready frame compares two groups."""
        return self.given.last is not None

    @property
    def by_rates(self) -> bool:
        """Whether the headline is a ratio of rates, else of times."""
        return self.asked.model == "cox"

    @cached_property
    def result(self) -> Result:
        """The headline."""
        return self._fit(self.given.frame, self.given.covariates, model=self.asked.model)

    @cached_property
    def plain(self) -> Result:
        """Cox's log ratio with one baseline for all, as plain statsmodels gives it quickly."""
        frame = self.given.frame.drop(columns="stratum", errors="ignore")
        if not self.of_list:
            return self._fit(frame, self.given.covariates)
        return self._fit(frame.assign(after=self.given.cases["after"]), ("listed", "after"))

    def _fit(self, frame: pd.DataFrame, covariates: tuple[str, ...], **asked: Any) -> Result:
        if asked.get("model", "cox") != "cox":
            frame = frame.drop(columns="stratum", errors="ignore")
        options = {"level": self.asked.level, "cluster": "cluster", **asked}
        if "cluster" not in frame:
            options.pop("cluster")
        given = frame.reset_index(drop=True)
        return self.estimate(survival.METHOD, given, covariates=list(covariates), **options)

    @property
    def repeats(self) -> Range:
        """The headline as a log ratio of repeats: more are above zero, longer times below."""
        value, low, high = range_of(self.result.headline)
        return (value, low, high) if self.by_rates else (-value, -high, -low)

    @cached_property
    def second(self) -> Range | None:
        """The second look as a log ratio of repeats."""
        try:
            if not self.of_list:
                model = "lognormal" if self.by_rates else "cox"
                found = self._fit(
                    self.given.frame, self.given.covariates, model=model, level=NARROWER
                )
                value, low, high = range_of(found.headline)
                return (-value, -high, -low) if self.by_rates else (value, low, high)
            since = self.given.cases["listed"] * self.given.cases["since"] / YEAR
            frame = self.given.frame.assign(slope=since)
            return range_of(self._fit(frame, ("listed", "slope"), level=NARROWER).headline)
        except AnalysisError:
            return None

    @cached_property
    def made_up(self) -> Range | None:
        """The same for a day a year before the list's, with cases followed until that only."""
        if not self.of_list:
            return None
        cases = self.given.cases[self.given.cases["since"] < 0]
        left = -cases["since"].astype(float)
        after = (cases["since"] >= -YEAR).astype(int)
        moved = cases.assign(
            ended=cases["ended"].where(cases["duration"] < left, 0),
            duration=np.minimum(cases["duration"], left).clip(lower=SAME_DAY),
            treated=cases["listed"] * after,
            stratum=cases["region"] + after.astype(str),
        )
        if moved.groupby(["listed", after])["ended"].sum().min() < FEWEST_ENDS:
            return None
        return self._tried(moved)

    def _tried(
        self, cases: pd.DataFrame, covariates: tuple[str, ...] = ("listed",)
    ) -> Range | None:
        names = [
            "case",
            "duration",
            "ended",
            "treated",
            "region",
            "cluster",
            "stratum",
            *covariates,
        ]
        try:
            return range_of(self._fit(cases[names], covariates).headline)
        except AnalysisError:
            return None

    @property
    def passed(self) -> bool | None:
        """Whether the made-up day shows nothing; none where it could not be looked at."""
        if self.made_up is None:
            return None if self.of_list else True
        return self.made_up[1] <= 0 <= self.made_up[2]

    def by_time(self) -> Iterator[tuple[int, Range]]:
        """Listed against others by half-years from the list's day: log ratios of repeats."""
        half = np.floor(self.given.cases["since"] / HALF_YEAR).astype(int)
        for place in range(-MOST_HALVES, MOST_HALVES):
            own = self.given.cases[half == place]
            ends = own.groupby("listed")["ended"].sum()
            if len(ends) == len((0, 1)) and ends.min() >= FEWEST_ENDS:
                given = own.assign(treated=own["listed"], stratum=own["region"])
                if found := self._tried(given, ()):
                    yield place, found

    @cached_property
    def beside(self) -> tuple[Beside, ...]:
        """Complaints about the same enterprises, and visits to them, in the days after a case."""
        if not self.of_list:
            return ()
        found = []
        for name, day in (("complaints", "received_on"), ("inspections", "visited_on")):
            rows = self.tables.get(name)
            if rows is not None and "enterprise_id" in rows:
                if name == "complaints":
                    rows = rows[rows["kind"] == "complaint"]
                found.append(self._counted(name, rows[["enterprise_id", day]]))
        return tuple(one for one in found if one is not None)

    def _counted(self, name: str, records: pd.DataFrame) -> Beside | None:
        import statsmodels.api as sm

        span, day = pd.Timedelta(days=FOLLOWED), records.columns[1]
        cases = self.given.cases
        last = min(self.given.last or cases["decided_on"].max(), records[day].max())
        cases = cases[(cases["decided_on"] + span <= last)].reset_index(drop=True)
        met = cases[["enterprise_id", "decided_on"]].reset_index(names="row")
        met = met.merge(records, on="enterprise_id")
        met = met[(met[day] > met["decided_on"]) & (met[day] <= met["decided_on"] + span)]
        counts = met["row"].value_counts().reindex(cases.index, fill_value=0)
        cells = counts.groupby([cases["listed"], cases["after"]])
        if len(cells) < len(((0, 0), (0, 1), (1, 0), (1, 1))) or cells.sum().min() < FEWEST_ENDS:
            return None
        design = sm.add_constant(cases[["treated", "listed", "after"]].astype(float))
        groups = pd.factorize(cases["cluster"])[0]
        how = {"cov_type": "cluster", "cov_kwds": {"groups": groups}}
        fit = sm.GLM(counts, design, family=sm.families.Poisson()).fit(use_t=True, **how)
        low, high = fit.conf_int(1 - self.asked.level).loc["treated"]
        rates = {key: float(v) * YEAR / FOLLOWED for key, v in cells.mean().items()}
        return Beside(name, (float(fit.params["treated"]), float(low), float(high)), rates)

    @cached_property
    def undervalued(self) -> Range | None:
        """Share of listed cases after the list's day valued just under the limit."""
        limit, cases = self.asked.goods_limit, self.given.cases
        if not limit or "goods_value_yuan" not in cases:
            return None
        own = cases[(cases["treated"] == 1) & cases["goods_value_yuan"].notna()]
        values = own.rename(columns={"goods_value_yuan": "value"})[["value", "region"]]
        asked = {**SHIFT, "target": limit, "width": limit / BINS_TO_LIMIT}
        try:
            found = self.estimate(
                bunching.METHOD, values.reset_index(drop=True), level=self.asked.level, **asked
            )
        except AnalysisError:
            return None
        part = float(found.options["cases"]) / len(own)
        value, low, high = range_of(found.headline)
        return value * part, low * part, high * part

    @property
    def round_fines(self) -> tuple[float, float] | None:
        """Share of fines, listed and not, that are whole thousands."""
        cases = self.given.cases
        if not self.of_list or "fine_yuan" not in cases:
            return None
        fined = cases[cases["fine_yuan"] > 0]
        shares = (fined["fine_yuan"] % 1000 == 0).groupby(fined["listed"]).mean()
        return (float(shares[1]), float(shares[0])) if len(shares) == len((0, 1)) else None

    @property
    def verdict(self) -> Verdict:
        """On repeats."""
        return verdict_of_repeats(
            self.repeats,
            self.second,
            self.asked.smallest_effect,
            made_up=self.made_up,
            complaints=self._others("complaints"),
            visits=self._others("inspections"),
        )

    def _others(self, key: str) -> Range | None:
        return next((one.ratio for one in self.beside if one.key == key), None)

    @property
    def telling(self) -> bool:
        """Whether the made-up day shows nothing, and would have shown as large a change."""
        if self.made_up is None or not self.passed:
            return False
        bound = 2 * math.log1p(self.asked.smallest_effect) if self._little else None
        return tells(self.made_up, self.repeats[0], bound)

    @property
    def disturbed(self) -> tuple[str, ...]:
        """Which other records speak against what was found."""
        others = (self._others("complaints"), self._others("inspections"))
        return disturbed(self.repeats, *others, little=self._little)

    @property
    def _little(self) -> bool:
        return self.verdict.key == "too_small_to_matter"
