"""Whether a draw looks like one, and the verdict on what being drawn changed.

A draw is doubted where a draw by lot would look as little like one, in what was known before it or
along its list, in at most so many of a hundred draws as were allowed beforehand; both are looked
at, and each is allowed half. Of a doubted draw no effect is told. Else drawn and undrawn differ by
chance alone: a direction is claimed where the range of the difference leaves out no change, and it
is too small to matter where the range lies within the smallest effect. Certainty is high where
the draw could be looked at, four in five of those drawn were visited and no strata were thrown
together, else moderate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd

from analysis.data.frames.cases.draws import FEWEST_RECORDS, Drawn
from analysis.methods import randomisation
from analysis.result import Check, Result
from analysis.stats.pooling.exact import Interval, share_interval
from analysis.stats.resampling.jackknife import minimum_detectable
from analysis.verdicts.rule import Certainty, Key, Verdict

VISITED, POWER = 0.8, 0.8
TENTHS = 10
MOST_GROUPS = 12
Shares = tuple[float, float, float]
"""A difference and its limits, as shares of the mean of those not drawn."""


@dataclass(frozen=True)
class DrawJudged:
    """p of balance and of runs along the list, where looked at, and whether the draw is doubted."""

    balance: float | None
    runs: float | None
    doubted: bool

    @property
    def looked(self) -> bool:
        """Whether anything could be looked at."""
        return self.balance is not None or self.runs is not None


def judge_draw(checks: tuple[Check, ...], doubt: float) -> DrawJudged:
    """Hold the checks of a draw against how often a draw by lot may be doubted."""
    found = {check.name: check.value for check in checks if check.name in ("balance", "runs")}
    allowed = doubt / max(len(found), 1)
    doubted = any(p is not None and p < allowed for p in found.values())
    return DrawJudged(found.get("balance"), found.get("runs"), doubted)


def verdict_of_draw(
    shares: Shares, smallest: float, visited: float | None, joined: int, *, looked: bool = True
) -> Verdict:
    """The verdict on a difference between drawn and undrawn, of a draw that is not doubted."""
    _, low, high = shares
    followed = looked and visited is not None and visited >= VISITED and not joined
    certainty: Certainty = "high" if followed else "moderate"
    key: Key = "cannot_tell"
    if high < 0 or low > 0:
        key = "fewer" if high < 0 else "more"
    elif -smallest <= low and high <= smallest:
        key = "too_small_to_matter"
    return Verdict(key, certainty) if key != "cannot_tell" else Verdict(key)


class Asked(Protocol):
    """What is asked of a draw, as its report's parameters say it."""

    @property
    def draws(self) -> int:
        """Draws by lot that it is held against."""

    @property
    def doubt(self) -> float:
        """How often a draw by lot may be doubted."""

    @property
    def smallest_effect(self) -> float:
        """The smallest share that matters."""

    @property
    def level(self) -> float:
        """Of ranges."""

    @property
    def seed(self) -> int:
        """Of all random numbers."""


def mean_of(frame: pd.DataFrame, treated: int, column: str) -> float:
    """The mean of one arm that stands for the whole list."""
    own = frame[frame["treated"] == treated]
    return float(np.average(own[column], weights=own["weight"]))


@dataclass(frozen=True)
class ExaminedDraw:
    """A draw held against draws by lot, and what being drawn changed where that may be told.

    ``estimate`` asks the method ``randomisation`` of a frame; ``rounded`` gives averages of
    recorded counts as they may leave.
    """

    given: Drawn
    asked: Asked
    estimate: Callable[..., Result]
    rounded: Callable[[Any], Any]

    @cached_property
    def judged(self) -> DrawJudged:
        """The draw, held against draws by lot."""
        if not self.given.covariates and "place" not in self.given.frame:
            return judge_draw((), self.asked.doubt)
        options = randomisation.Options(draws=self.asked.draws, covariates=self.given.covariates)
        rng = np.random.default_rng(self.asked.seed)
        # Along several lists there is no one order: there, places are held by balance alone.
        one = self.given.frame["stratum"].nunique() == 1
        given = self.given.frame if one else self.given.frame.drop(columns="place", errors="ignore")
        if not one and "place" in self.given.covariates:
            given = given.assign(along=self.given.frame["place"])
            names = tuple("along" if c == "place" else c for c in self.given.covariates)
            options = options.model_copy(update={"covariates": names})
        return judge_draw(randomisation.check_draw(given, options, rng), self.asked.doubt)

    @property
    def told(self) -> bool:
        """Whether an effect is told: something was measured, and the draw is not doubted."""
        return self.given.measured and not self.judged.doubted

    @property
    def stated(self) -> str:
        """The column whose difference is stated: the outcome, else what was known before."""
        if self.told:
            return "outcome"
        return "place" if "place" in self.given.frame else self.given.covariates[0]

    @cached_property
    def result(self) -> Result:
        """The difference between drawn and undrawn."""
        return self.difference(self.given.frame)

    def difference(self, frame: pd.DataFrame) -> Result:
        """Of some units."""
        given = frame[["unit", "stratum", "treated"]].assign(outcome=frame[self.stated])
        asked = {"draws": self.asked.draws, "level": self.asked.level}
        return self.estimate(given.reset_index(drop=True), **asked)

    def shares(self, result: Result, frame: pd.DataFrame) -> Shares:
        """A difference as a share of the mean of those not drawn, with its range."""
        one, mean = result.headline, mean_of(frame, 0, self.stated)
        value, low, high = (float(v or 0.0) / mean for v in (one.value, one.low, one.high))
        found = value, low, high
        # To three digits an average tells nothing of one unit.
        shares: Shares = self.rounded(found)
        return shares

    @cached_property
    def effect(self) -> Shares | None:
        """What being drawn changed; nothing where it is not told."""
        return self.shares(self.result, self.given.frame) if self.told else None

    @cached_property
    def by_group(self) -> dict[str, Shares]:
        """The same in each kind of stratum that has records enough."""
        found = {}
        groups = self.given.frame.groupby("group", sort=True)
        if self.told and 1 < groups.ngroups <= MOST_GROUPS:
            for name, own in groups:
                if own.groupby("treated")["outcome"].sum().min() >= FEWEST_RECORDS:
                    found[str(name)] = self.shares(self.difference(own), own)
        return found

    @property
    def verdict(self) -> Verdict:
        """On what being drawn changed."""
        if self.effect is None:
            return Verdict("cannot_tell")
        given = self.given
        return verdict_of_draw(
            self.effect,
            self.asked.smallest_effect,
            given.visited,
            given.joined,
            looked=self.judged.looked,
        )

    @property
    def detectable(self) -> float | None:
        """A share that would be found in four of five such draws."""
        error = self.result.headline.standard_error
        if not self.told or error is None:
            return None
        found = minimum_detectable(error, self.asked.level, POWER, math.inf)
        return found / mean_of(self.given.frame, 0, self.stated)

    @cached_property
    def along_list(self) -> tuple[Interval, ...]:
        """Share drawn in each tenth of the list, from its head."""
        tenth = np.minimum((self.given.frame["place"] * TENTHS).astype(int), TENTHS - 1)
        return tuple(
            share_interval(int(own.sum()), len(own), self.asked.level)
            for _, own in self.given.frame["treated"].groupby(tenth)
        )

    @cached_property
    def along_numbers(self) -> float | None:
        """How place and number drawn go together, from −1 to 1, where numbers are known."""
        if not {"place", "number"} <= set(self.given.frame):
            return None
        known = self.given.frame[["place", "number"]].dropna()
        return float(np.corrcoef(known["place"], known["number"])[0, 1])

    def means(self) -> Iterator[tuple[str, float, float, float]]:
        """Each thing known before: its mean of the drawn and of others, their standard gap."""
        for name in self.given.covariates:
            drawn, others = (mean_of(self.given.frame, arm, name) for arm in (1, 0))
            yield name, drawn, others, (drawn - others) / float(self.given.frame[name].std())
