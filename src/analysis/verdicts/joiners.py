"""What joining a programme did to what is recorded of an enterprise, against like ones.

The headline is the log ratio of records after joining to before, of joiners to like ones of the
same region and time. A direction needs its range to leave out no change, a doubly robust second
look to lie on the same side at 90 %, a date made up one span earlier to show nothing, and those
whose application was refused not to give the other side. It is too small to matter where the range
lies within the smallest effect, and that against those refused is not all beyond it. Certainty is
moderate where those refused give the same side, too (or are within twice the smallest effect), and
the made-up date leaves out a change as large; else low: joiners chose to join.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd

from analysis.data.frames.cases.draws import FEWEST_RECORDS
from analysis.data.frames.cases.joiners import Joined
from analysis.errors import EstimationError, Problem
from analysis.stats.panels.doubly_robust import doubly_robust_effects
from analysis.stats.resampling.jackknife import (
    jackknife_covariance,
    jackknife_groups,
    simultaneous_critical,
    t_critical,
)
from analysis.verdicts.rule import Key, Verdict, side, tells, within

NARROWER = 0.9
AFTER, MOST_GROUPS = 2, 40
"""The period after joining, and groups of regions left out, of the second look."""
Range = tuple[float, float, float]
SPANS = {"": ("before", "after"), "made_up": ("earlier", "before")}


class Asked(Protocol):
    """What is asked of joiners, as the report's parameters say it."""

    @property
    def smallest_effect(self) -> float:
        """The smallest share that matters."""

    @property
    def level(self) -> float:
        """Of ranges."""

    @property
    def seed(self) -> int:
        """Of all random numbers."""


def verdict_of_joining(
    ratio: Range,
    second: Range | None,
    smallest: float,
    *,
    made_up: Range | None,
    refused: Range | None,
) -> Verdict:
    """Of a log ratio; ``made_up``: at a date made up; ``refused``: against refused applicants."""
    value, low, high = ratio
    if second is None or (made_up is not None and side(*made_up[1:])):
        return Verdict("cannot_tell")
    key: Key = "cannot_tell"
    _, least, most = refused or (0.0, -math.inf, math.inf)
    bound, agrees = None, least > 0 if value > 0 else most < 0
    if high < 0 and second[2] < 0 and not least > 0:
        key = "fewer"
    elif low > 0 and second[1] > 0 and not most < 0:
        key = "more"
    elif (
        within(low, high, smallest)
        and most >= math.log1p(-smallest)
        and (least <= math.log1p(smallest))
    ):
        key, bound = "too_small_to_matter", 2 * math.log1p(smallest)
        agrees = -bound < least and most < bound
    if key == "cannot_tell":
        return Verdict(key)
    firm = agrees and made_up is not None and tells(made_up, value, bound)
    return Verdict(key, "moderate" if firm else "low")


@dataclass(frozen=True)
class ExaminedJoiners:
    """Joiners beside like ones, before and after."""

    given: Joined
    asked: Asked

    def _sums(self, frame: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray:
        """Records and months of both arms in some spans by region; shape (G, 2, S, 2)."""
        prefixes = [("months_" + n, n) if n[0] != "q" else ("m" + n[1:], n) for n in names]
        columns = [column for months, n in prefixes for column in (n, months)]
        sums = frame.groupby(["region", "treated"])[columns].sum().unstack(fill_value=0)
        arms = [sums.xs(arm, axis=1, level=1).to_numpy(float) for arm in (0, 1)]
        return np.stack(arms, axis=1).reshape(len(sums), 2, len(names), 2)

    def _ratios(self, sums: np.ndarray, base: int) -> tuple[np.ndarray, np.ndarray]:
        """Log ratios of ratios to the first ``base`` spans, and without each region in turn."""

        def logs(whole: np.ndarray) -> np.ndarray:
            before = whole[..., :base, :].sum(axis=-2)
            with np.errstate(divide="ignore", invalid="ignore"):
                rate = np.log(whole[..., 0] / whole[..., 1])
                first = np.log(before[..., 0] / before[..., 1])
                return np.asarray(
                    (rate - first[..., None])[..., 1, :] - (rate - first[..., None])[..., 0, :]
                )

        whole = sums.sum(axis=0)
        return logs(whole), logs(whole - sums)

    def _ratio(self, frame: pd.DataFrame, names: tuple[str, str]) -> Range | None:
        """One log ratio of ratios with its range, by leaving out one region at a time."""
        sums = self._sums(frame, names)
        if sums.sum(axis=0)[..., 0].min() < FEWEST_RECORDS or len(sums) <= 1:
            return None
        values, without = self._ratios(sums, 1)
        if not np.isfinite(without).all():
            return None
        error = math.sqrt(jackknife_covariance(without[:, 1:], values[1:])[0, 0])
        half = t_critical(self.asked.level, len(sums) - 1) * error
        value = float(values[1])
        return value, value - half, value + half

    @cached_property
    def ratio(self) -> Range:
        """The headline."""
        found = self._ratio(self.given.frame, ("before", "after"))
        if found is None:
            what = "has no error: records of one region decide it"
            raise EstimationError([Problem("ratio of records", what, "Look at a longer time")])
        return found

    @cached_property
    def made_up(self) -> Range | None:
        """The same for a date one span earlier."""
        return self._ratio(self.given.frame, ("earlier", "before"))

    @property
    def passed(self) -> bool | None:
        """Whether the made-up date shows nothing; none where it could not be looked at."""
        return None if self.made_up is None else self.made_up[1] <= 0 <= self.made_up[2]

    @property
    def telling(self) -> bool:
        """Whether the made-up date shows nothing, and would have shown as large a change."""
        if self.made_up is None or not self.passed:
            return False
        little = self.verdict.key == "too_small_to_matter"
        bound = 2 * math.log1p(self.asked.smallest_effect) if little else None
        return tells(self.made_up, self.ratio[0], bound)

    @property
    def by_refused(self) -> int:
        """The side of the change against those refused: 1 that of the headline, −1 the other."""
        if self.refused is None:
            return 0
        return side(*self.refused[1:]) * (1 if self.ratio[0] > 0 else -1)

    @cached_property
    def refused(self) -> Range | None:
        """Joiners against those whose application was refused."""
        own = self.given.frame[self.given.frame["treated"] == 1]
        if self.given.refused.empty:
            return None
        return self._ratio(
            pd.concat([own, self.given.refused], ignore_index=True), ("before", "after")
        )

    @cached_property
    def second(self) -> Range | None:
        """Doubly robust, at nine in ten: changes of rates, as a log ratio to what was expected."""
        frame = self.given.frame
        frame = frame[(frame["months_before"] > 0) & (frame["months_after"] > 0)]
        rates = [(frame[n] / frame[f"months_{n}"]).to_numpy() for n in ("before", "after")]
        known = [np.log1p(frame["months"]), frame["individual"]]
        known += [frame["industry"] == name for name in sorted(frame["industry"].unique())[1:]]
        known = [np.asarray(values, dtype=float) for values in known if np.std(values) > 0]
        covariates = np.repeat(np.stack(known)[:, :, None], 2, axis=2)
        codes, names = pd.factorize(frame["region"], sort=True)
        rng = np.random.default_rng(self.asked.seed)
        groups = jackknife_groups(len(names), MOST_GROUPS, rng)[codes]
        treated = frame["treated"].to_numpy() == 1
        starts = np.where(treated, AFTER, 0)
        try:
            cells = doubly_robust_effects(np.stack(rates, axis=1), starts, covariates, groups)
        except ValueError:
            return None
        effects = cells.mean(cells.period == AFTER)
        number = groups.max() + 1
        after = np.array([rates[1][treated].mean(), *(
            rates[1][treated & (groups != g)].mean() for g in range(number))])  # fmt: skip
        if (after <= effects).any() or (after <= 0).any():
            return None
        logs = np.log(after / (after - effects))
        error = math.sqrt(jackknife_covariance(logs[1:, None], logs[:1])[0, 0])
        half = t_critical(NARROWER, number - 1) * error
        return float(logs[0]), float(logs[0] - half), float(logs[0] + half)

    @cached_property
    def by_quarter(self) -> tuple[tuple[int, Range], ...]:
        """Log ratios by quarter from joining, against the time before; a band for all."""
        shown = [q for q in self.given.quarters if q >= self.given.quarters[0] // 2]
        sums = self._sums(self.given.frame, tuple(f"q{q}" for q in shown))
        base = sum(q < 0 for q in shown)
        values, without = self._ratios(sums, base)
        if not np.isfinite(values).all() or not np.isfinite(without).all():
            return ()
        covariance = jackknife_covariance(without, values)
        errors = np.sqrt(np.diag(covariance))
        degrees, rng = np.full(len(values), len(sums) - 1), np.random.default_rng(self.asked.seed)
        wide = simultaneous_critical(covariance, self.asked.level, degrees, rng)
        return tuple(
            (quarter, (float(v), float(v - c * e), float(v + c * e)))
            for quarter, v, e, c in zip(shown, values, errors, wide, strict=True)
        )

    def balance(self) -> dict[str, tuple[float, ...]]:
        """What is known before, of joiners, others and like ones, with both standard gaps."""
        joined = self.given.frame[self.given.frame["treated"] == 1]
        alike = self.given.frame[self.given.frame["treated"] == 0]
        found = {}
        for name in ("months", "individual", "before"):
            values = [rows[name] for rows in (joined, self.given.pool, alike)]
            if name == "before":
                values = [12 * rows["before"] / rows["months_before"].clip(lower=1)
                          for rows in (joined, self.given.pool, alike)]  # fmt: skip
            means = [float(one.mean()) for one in values]
            spread = float(values[0].std()) or 1.0
            gaps = ((means[0] - means[k]) / spread for k in (1, 2))
            found[name] = (means[0], means[1], means[2], *gaps)
        return found

    @property
    def verdict(self) -> Verdict:
        """On joining."""
        return verdict_of_joining(
            self.ratio,
            self.second,
            self.asked.smallest_effect,
            made_up=self.made_up,
            refused=self.refused,
        )
