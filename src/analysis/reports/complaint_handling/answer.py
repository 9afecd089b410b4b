"""How long cases take by route, what happens at the legal day, and what is still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.cases.handling import Handled
from analysis.data.settings import Words
from analysis.data.tables import TABLES
from analysis.disclosure.estimates import FEWEST_REGIONS
from analysis.disclosure.rated import Floors, Points, points_of
from analysis.disclosure.recorded import Recorded, recorded, recorded_by, regions_of
from analysis.disclosure.salt import salt_of
from analysis.disclosure.store import noise_of
from analysis.errors import AnalysisError
from analysis.methods import bunching, survival
from analysis.page.numbers import percent_change, percent_span, span
from analysis.reports.complaint_handling.params import ComplaintHandlingParams
from analysis.reports.report import Report
from analysis.result import Estimate, Result
from analysis.verdicts.handling import verdict_of_times
from analysis.verdicts.rule import Verdict

ROUTES = {key: Words(en=en, zh=zh) for key, en, zh in TABLES["complaints"].column("route").choices}
DAY = Words(en="day", zh="天")
WINDOW = {"below": 1, "above": 25, "bins_below": 30, "bins_above": 60, "order": 4}
"""Days beside the legal day from and to which ends may have been moved, and what is looked at."""
FLOORS = Floors(50, 5)
"""Cases whose day has passed that a region must have, and regions that must share a place."""
CEILING = 0.98
"""Beyond this share on time there is nothing left to tell regions apart."""
AGES = (0, 30, 60, 180, 365)


class Handling(Report):
    """Cases of a route beside like ones of another, or a group before and after a change."""

    params: ComplaintHandlingParams
    subject: Handled

    @property
    def frame(self) -> pd.DataFrame:
        """One row a case of the two that are compared."""
        return self.subject.frame

    @cached_property
    def result(self) -> Result:
        """The log ratio of times."""
        asked = {"model": self.params.model, "covariates": list(self.subject.covariates)}
        dropped = [] if self.params.model == "median" else ["stratum"]
        return self._survival(dropped, asked)

    @cached_property
    def hazard(self) -> Result:
        """The log ratio of the rates at which open cases end, by Cox."""
        return self._survival(["stratum"], {"covariates": list(self.subject.covariates)})

    def _survival(self, dropped: list[str], asked: Mapping[str, Any]) -> Result:
        frame = self.frame.drop(columns=dropped, errors="ignore")
        return self.estimate(survival.METHOD, frame, level=self.params.level, **asked)

    @property
    def ratio(self) -> Estimate:
        """The headline as it may leave."""
        return self.may_leave(self.result.headline)

    @cached_property
    def verdict(self) -> Verdict:
        """Which takes less time, if either does."""
        return verdict_of_times(
            self.result.headline, self.hazard.headline, self.params.smallest_effect
        )

    @property
    def verdict_key(self) -> str:
        """Of the times."""
        return self.verdict.graded

    @cached_property
    def excess(self) -> Result | None:
        """Ends at the legal day beyond a smooth course; none where it is not known, or too few."""
        if "late" not in self.subject.cases:
            return None
        known = self.subject.cases.dropna(subset="late")
        values = known.rename(columns={"late": "value"})[["value", "region"]]
        asked = {**WINDOW, "target": 0.0, "heaps": [], "level": self.params.level}
        try:
            return self.estimate(bunching.METHOD, values.reset_index(drop=True), **asked)
        except AnalysisError:
            return None

    @cached_property
    def hurried(self) -> tuple[float, float, float] | None:
        """Share of all cases that ended which did so at the legal day beyond a smooth course."""
        if self.excess is None:
            return None
        part = self.excess.options["cases"] / self.subject.cases["ended"].sum()
        one = self.excess.headline
        value, low, high = (float(part * (v or 0.0)) for v in (one.value, one.low, one.high))
        return self.may_leave((value, low, high))

    @cached_property
    def elsewhere(self) -> float:
        """The largest such share at any other day and the one before it.

        A rhythm, as of weeks in which most is ended on a Friday, is no smooth course, and shows as
        much at a day that is nobody's limit. It lifts days by a factor: each is laid on the course
        at the legal day. Days about which less than half as many end say too little; those after
        it count, as a rush can only empty them.
        """
        if self.excess is None:
            return 0.0
        rows = pd.DataFrame(self.excess.series["histogram"]).set_index("value").sort_index()
        sums = rows[["count", "expected"]].rolling(WINDOW["below"] + 1).sum()
        usual = sums.loc[0.0, "expected"]
        apart = (sums.index < -WINDOW["below"]) | (sums.index > WINDOW["below"])
        enough = sums["expected"] >= usual / 2
        away = sums[apart & enough] if (apart & enough).any() else sums[apart]
        most = usual * (away["count"] / away["expected"] - 1).max()
        return float(self.may_leave(float(most / self.subject.cases["ended"].sum())))

    @property
    def rush(self) -> bool:
        """Whether clearly more cases end at the legal day than a smooth course or a rhythm has."""
        return self.hurried is not None and self.hurried[1] > max(self.elsewhere, 0.0)

    @cached_property
    def punctual(self) -> float | None:
        """Share of cases whose legal day has passed that ended by then; open ones did not."""
        if "due" not in self.subject.cases:
            return None
        due = self.subject.cases[self.subject.cases["due"]]
        return self.may_leave(float(due["on_time"].mean())) if len(due) else None

    @cached_property
    def by_region(self) -> Points | None:
        """Regions without names, by the share of their cases that ended on time."""
        if self.punctual is None:
            return None
        due = self.subject.cases[self.subject.cases["due"]]
        rows = pd.DataFrame({"rated": due["region"], "period": due["case"],
                             "score": due["on_time"].astype(float)})  # fmt: skip
        groups = rows.groupby("rated")["score"].agg(["size", "mean"])
        within = max(self.punctual * (1 - self.punctual), 1e-6)
        between = float(groups["mean"].var() - (within / groups["size"]).mean())
        rng, salt = np.random.default_rng(self.params.seed), salt_of(self.data)
        try:
            found = points_of(rows, between, within, salt, FLOORS, self.params.level, rng)
        except AnalysisError:
            return None
        rounded = (np.array(self.may_leave(v.tolist())) for v in (found.raters, found.score))
        raters, score = rounded
        return replace(found, raters=raters, score=score)

    @cached_property
    def open_ages(self) -> tuple[tuple[int, float], ...]:
        """Share of open cases by the days for which they have been open, from so many on."""
        cases = self.subject.cases
        age = cases.loc[cases["ended"] == 0, "duration"]
        if self.subject.last is None or len(age) < FLOORS.raters:
            return ()
        place = np.searchsorted(AGES[1:], age, side="left")
        shares = np.bincount(place, minlength=len(AGES)) / len(age)
        return tuple(zip(AGES, self.may_leave(shares.tolist()), strict=True))

    @cached_property
    def entered(self) -> float | None:
        """Cases of the last month for each one of the three before; none where there are few."""
        if self.subject.last is None:
            return None
        counts = self.subject.cases["received"].dt.to_period("M").value_counts().sort_index()
        if len(counts) <= 3 or counts.iloc[-4:].min() < FLOORS.raters:
            return None
        return self.may_leave(float(counts.iloc[-1] / counts.iloc[-4:-1].mean()))

    def named(self, key: str) -> str:
        """What the dataset, or the contract, calls a route or group."""
        own = self.description.words.get(key) or ROUTES.get(key)
        return own.of(self.language) if own else key.replace("_", " ")

    @property
    def arms(self) -> tuple[str, str]:
        """What is looked at, and what it is held against."""
        if self.subject.last is None:
            return self.named("group"), self.named("others")
        return self.named(self.params.route), self.named(self.params.compared_with)

    @property
    def days(self) -> str:
        """The unit of times, in the plural."""
        return (self.description.words.get("duration") or DAY).plural(self.language)

    @cached_property
    def medians(self) -> tuple[float, float]:
        """When half of the cases of both had ended."""
        rows = {row["treated"]: row["value"] for row in self.result.series["medians"]}
        return self.may_leave((rows[1] or np.nan, rows[0] or np.nan))

    @property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that sentences name."""
        value, low, high = (float(np.expm1(v)) for v in self.range)
        near, far = (self.percent(v) for v in sorted((abs(low), abs(high))))
        found = {
            "one": self.arms[0],
            "other": self.arms[1],
            "days": self.days,
            "value": percent_change(value, self.language),
            "much": self.percent(abs(value)),
            "likely": percent_span(low, high, self.language),
            "sides": span(near, far, self.language),
            "level": self.percent(self.params.level, 0),
            "smallest": self.percent(self.params.smallest_effect, 0),
            "legal": self.number(self.params.legal_days),
        }
        if self.params.model == "median":
            found |= dict(zip(("first", "second"), map(self.half, self.medians), strict=True))
        if self.hurried is not None:
            share, low, high = self.hurried
            found |= {"hurried": self.percent(share)}
            found |= {"likely_hurried": span(self.percent(low), self.percent(high), self.language)}
            found |= {"elsewhere": self.percent(self.elsewhere)}
        if self.punctual is not None:
            found |= {"on_time": self.percent(self.punctual)}
        return found

    def half(self, value: float) -> str:
        """A length of time with one decimal."""
        return self.number(value, 1)

    @property
    def range(self) -> tuple[float, float, float]:
        """The log ratio of times with its limits."""
        one = self.ratio
        return one.value, one.low or 0.0, one.high or 0.0

    def told_of(self, cases: pd.DataFrame) -> bool:
        """Whether cases of a route are enough to be told of: ended ones, and regions of them."""
        few = noise_of(self.data) is not None and "region" in cases
        return bool(
            cases["ended"].sum() >= FLOORS.raters
            and not (few and cases["region"].nunique() < FEWEST_REGIONS)
        )

    def recorded_over(self) -> Iterator[Recorded]:
        """Cases of all routes together, and of each that is told of; none of a ready frame."""
        cases, asked = self.subject.cases, self.params
        if "region" not in cases:
            return
        name, every = f"complaints/{asked.kind}", regions_of(self.data, "complaints", asked.region)
        yield recorded(name, every, cases["received"])
        told = cases.groupby("route").filter(self.told_of)
        yield from recorded_by(name, told, ("route",), "received", asked.region)

    def facts(self) -> Mapping[str, Any]:
        """Numbers that both languages must agree on, rounded as published."""
        found: dict[str, Any] = {
            "change_percent": [round(float(100 * np.expm1(v)), 1) for v in self.range]
        }
        if self.hurried is not None:
            found["hurried_percent"] = [round(100 * v, 2) for v in self.hurried]
        return found
