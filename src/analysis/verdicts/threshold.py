"""What crossing a cut-off changed, and whether units were moved across it.

A cut-off is doubted where scores pile up on it, or lack short of it, so that honest scores would
look as odd in at most so many of a hundred datasets as were allowed beforehand, over all cut-offs
(Holm). A doubted cut-off that is a round number is held against other scores as round: units were
moved over it where more lie on it than on nearly all of those, else a liking for round scores may
explain it. Of a doubted cut-off no effect is told. Of the others, fine scores are compared by the
method ``rdd`` with its robust limits, and by its honest ones, which allow any course as curved as
the data are, as a second look. Where a window holds too few different scores, the honest limits are
the headline, and the second look compares those within so many points of the cut-off, by
``randomisation``, as if the last point had been drawn by lot.

A direction is claimed where both ranges leave out no change, and nothing known before jumps; too
small to matter where both lie within the smallest effect. Certainty is high where balance and
placebo cut-offs were looked at and passed and no cut-off was doubted, else moderate; a direction is
of low certainty where another window, or leaving out the nearest, gives the other sign.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd
import scipy

from analysis.data.frames.cases.scores import MINIMUM_DISTINCT, MINIMUM_WINDOW, measured_scores
from analysis.data.frames.cases.thresholds import Scored
from analysis.errors import DesignError, EstimationError
from analysis.methods import randomisation, rdd
from analysis.result import Result
from analysis.stats.thresholds.discontinuity import density_p_value
from analysis.stats.thresholds.honest import curvature_of
from analysis.stats.thresholds.moved import Moved, moved_over
from analysis.verdicts import draw
from analysis.verdicts.rule import Certainty, Key, Verdict

POWER = 0.8
WINDOWS, DONUTS = (3.0, 5.0, 7.0, 10.0), (0.0, 1.0, 2.0)
"""Points within which, and leaving out so many, whole-number scores are compared again."""
DONUT_SHARES = (0.0, 0.1, 0.25, 0.5)
"""The same for fine scores, of the window."""
BAND = 10
"""Points on each side within which whole-number scores are compared."""
ROUND = (10, 5)
"""Numbers whose multiples people like, those they like more first."""
MINIMUM_OTHERS = 2
"""Other round scores, fewer of which say little of a liking for them."""
AS_FULL = 1 / 8
"""The share of them that may be as full where scores are said to be moved: with few, none."""
Shares = tuple[float, float, float]
"""A jump and its limits, as shares of the level just short of the cut-off."""


@dataclass(frozen=True)
class Density:
    """Whether scores were moved across one cut-off: p over all of them; none where not looked.

    ``others`` are the other scores as round as a doubted cut-off, of which as much can be told.
    """

    cutoff: float
    p: float | None
    doubted: bool
    moved: Moved | None
    others: tuple[Moved, ...] = ()

    @property
    def crossed(self) -> bool:
        """Whether units were moved over it: doubted, and no liking for round scores explains it."""
        if self.moved is None or not self.doubted:
            return self.doubted
        share, low, _ = self.moved.share
        if share < 0 or not roundness(self.cutoff):
            return share > 0
        as_full = sum(one.share[0] >= low for one in self.others)
        return len(self.others) >= MINIMUM_OTHERS and as_full <= AS_FULL * len(self.others)


def roundness(score: float) -> int:
    """Of which round number a score is a multiple, of ten or five; 0 where of neither."""
    return next((step for step in ROUND if score % step == 0), 0)


@dataclass(frozen=True)
class Jumped:
    """A jump in the unit of the outcome, and the level just short of the cut-off."""

    numbers: Shares
    error: float
    level: float
    p: float
    fewer: int
    """Units compared on the side that has fewer."""

    @property
    def shares(self) -> Shares:
        """The jump with its limits, as shares."""
        value, low, high = (number / self.level for number in self.numbers)
        return value, low, high


def jumped(result: Result) -> Jumped:
    """The jump that the method ``rdd`` gave."""
    one, level = result.headline, float(result.options["level_short_of_it"])
    numbers = one.value, float(one.low or 0.0), float(one.high or 0.0)
    error = float(one.standard_error or math.inf)
    p = float(result.options.get("p", 2 * scipy.stats.norm.sf(abs(one.value) / error)))
    return Jumped(numbers, error, level, p, int(min(result.options["rows"])))


class Asked(draw.Asked, Protocol):
    """What is asked of cut-offs, as the report's parameters say it."""

    @property
    def treated(self) -> str:
        """The side that is treated: above or below."""

    @property
    def window(self) -> int:
        """Points on each side within which whole-number scores are compared."""

    @property
    def width(self) -> float:
        """The same for fine scores; 0 for what the data choose."""

    @property
    def donut(self) -> float:
        """Those nearer to the cut-off are left out."""

    @property
    def curvature(self) -> float:
        """The most that the course may bend; 0 for as much as the data do."""

    @property
    def reach(self) -> int:
        """From how many points short of a cut-off scores may be moved."""


def verdict_of_threshold(
    shares: Shares,
    second: Shares | None,
    smallest: float,
    *,
    counted: bool,
    balanced: bool | None,
    sound: bool,
    turned: bool = False,
) -> Verdict:
    """The verdict on a jump.

    Parameters
    ----------
    sound: placebo cut-offs passed and no cut-off is doubted.
    turned: within another window, or without the nearest, the jump has the other sign.
    """
    ranges = [shares, *([second] if second else [])]
    key: Key = "cannot_tell"
    if second is None or balanced is False:
        return Verdict(key)
    if all(high < 0 for _, _, high in ranges):
        key = "fewer" if counted else "lower"
    elif all(low > 0 for _, low, _ in ranges):
        key = "more" if counted else "higher"
    elif all(-smallest <= low and high <= smallest for _, low, high in ranges):
        key = "too_small_to_matter"
    certainty: Certainty = "high" if balanced and sound else "moderate"
    if turned and key != "too_small_to_matter":
        certainty = "low"
    return Verdict(key, certainty) if key != "cannot_tell" else Verdict(key)


@dataclass(frozen=True)
class ExaminedThreshold:
    """Cut-offs held against smooth courses, and what crossing them changed where that may be told.

    ``estimate`` asks a method of a frame; ``rounded`` gives averages of recorded counts as they may
    leave.
    """

    given: Scored
    asked: Asked
    estimate: Callable[..., Result]
    rounded: Callable[[Any], Any]

    @property
    def above(self) -> bool:
        """Whether units above a cut-off are treated."""
        return bool(self.asked.treated == "above")

    @cached_property
    def densities(self) -> tuple[Density, ...]:
        """Each cut-off, held against a smooth course of scores."""
        from statsmodels.stats.multitest import multipletests

        looked = [self._looked(cutoff) for cutoff in self.given.cutoffs]
        known = [p for p, _ in looked if p is not None]
        adjusted = iter(multipletests(known, method="holm")[1]) if known else iter(())
        found = []
        for cutoff, (p, moved) in zip(self.given.cutoffs, looked, strict=True):
            over_all = None if p is None else float(next(adjusted))
            doubted = over_all is not None and over_all < self.asked.doubt
            others = self._as_round(cutoff, moved) if moved and doubted else ()
            found.append(Density(cutoff, over_all, doubted, moved, others))
        return tuple(found)

    def _as_round(self, cutoff: float, line: Moved) -> tuple[Moved, ...]:
        """What lies on other scores as round as a cut-off, where its excess could be seen."""
        step, score = roundness(cutoff), self.given.scores["score"]
        if not step:
            return ()
        # So far from the ends of the scale that something may lack between.
        room = self.asked.reach + 2
        first, last = math.ceil((score.min() + room) / step) * step, score.max() - room
        places = (place for place in np.arange(first, last + 1, step) if place != cutoff)
        found = [one for _, one in map(self._looked, places) if one is not None]
        return tuple(one for one in found if one.share[2] - one.share[0] < line.share[0])

    def _looked(self, cutoff: float) -> tuple[float | None, Moved | None]:
        scores, number = (self.given.scores[c].to_numpy(float) for c in ("score", "number"))
        turned = 1 if self.above else -1
        try:
            if not self.given.whole:
                own = self.given.frame.loc[self.given.frame["cutoff"] == cutoff, "score"]
                return density_p_value(np.sort(turned * (own.to_numpy(float) - cutoff))), None
            every = np.arange(scores.min(), scores.max() + 1)
            counts = np.zeros(every.size)
            counts[(scores - every[0]).astype(int)] = number
            others = tuple(turned * c for c in self.given.cutoffs if c != cutoff)
            moved = moved_over(
                counts[::turned],
                (turned * every)[::turned],
                turned * cutoff,
                others,
                reach=self.asked.reach,
                level=self.asked.level,
                draws=max(self.asked.draws, 199),
                rng=np.random.default_rng(self.asked.seed),
            )
        except ValueError:
            return None, None
        return moved.p_value, moved

    @property
    def doubted(self) -> tuple[Density, ...]:
        """Cut-offs around which scores are uneven: units may have been moved across."""
        return tuple(one for one in self.densities if one.doubted)

    @property
    def crossed(self) -> tuple[Density, ...]:
        """Cut-offs across which units were moved."""
        return tuple(one for one in self.densities if one.crossed)

    @cached_property
    def told(self) -> tuple[float, ...]:
        """Cut-offs of which an effect is told."""
        if not self.given.measured:
            return ()
        return tuple(one.cutoff for one in self.densities if not one.doubted)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Units at these cut-offs, with their distance ``x``, 0 or more if treated."""
        frame = self.given.frame
        return measured_scores(frame[frame["cutoff"].isin(self.told)], 0.0, above=self.above)

    @cached_property
    def coarse(self) -> bool:
        """Whether windows hold too few different scores for robust limits."""
        if not self.given.whole:
            return False
        different = self.rows.groupby(["own_cutoff", self.rows["x"] >= 0])["score"].nunique()
        if different.min() <= MINIMUM_DISTINCT:
            return True
        try:
            self._asked(self.rows, "outcome", self.asked.donut, limits="robust")
        except (DesignError, EstimationError):
            return True
        return False

    @cached_property
    def result(self) -> Result | None:
        """What the method gave over the cut-offs of which an effect is told."""
        return self._asked(self.rows, "outcome", self.asked.donut) if self.told else None

    @cached_property
    def jump(self) -> Jumped | None:
        """What crossing changed, over the cut-offs of which it is told."""
        return jumped(self.result) if self.result else None

    @cached_property
    def bend(self) -> float:
        """The most that the course may bend, in every look at whole-number scores."""
        if self.asked.curvature:
            return self.asked.curvature
        rows = self.rows[self.rows["x"].abs() <= BAND]
        return curvature_of(rows["x"].to_numpy(float), rows["outcome"].to_numpy(float))

    def of(
        self,
        rows: pd.DataFrame,
        column: str = "outcome",
        width: float = 0.0,
        donut: float | None = None,
    ) -> Jumped:
        """The jump of a column over some units.

        Raises
        ------
        AnalysisError: too few units, or an outcome that tells nothing.
        """
        start = self.asked.donut if donut is None else donut
        return jumped(self._asked(rows, column, start, width))

    def _asked(
        self,
        rows: pd.DataFrame,
        column: str,
        donut: float,
        width: float = 0.0,
        limits: str = "",
    ) -> Result:
        """What the method ``rdd`` says of a column."""
        options: dict[str, Any] = {"treated": self.asked.treated, "level": self.asked.level}
        options["limits"] = limits or ("honest" if self.coarse else "robust")
        if options["limits"] == "honest":
            if self.given.whole:
                rows = rows[rows["x"].abs() <= BAND]
            # Of what was known before the course may bend as much as of what came after.
            options["curvature"] = self.bend if self.coarse else (self.asked.curvature or None)
        if chosen := width or self.asked.width:
            options["width"] = chosen
        if donut and self.given.whole:
            # The line lies between two scores: the nearest on each side are half a point away.
            rows, donut = rows[(rows["x"] + 0.5).abs() > donut], 0.0
        given = rows[["unit", "score", "cutoff"]].assign(outcome=rows[column].astype(float))
        return self.estimate(rdd.METHOD, given.reset_index(drop=True), donut=donut, **options)

    def near(self) -> pd.DataFrame:
        """Units within so many points of their cut-off, weighted so that cut-offs count alike."""
        rows = self.rows
        place = np.where(rows["x"] >= 0, rows["x"] + 1, -rows["x"])
        start = self.asked.donut
        found = rows[(place > start) & (place <= start + self.asked.window)]
        return found.assign(
            treated=(found["x"] >= 0).astype(int), stratum=found["own_cutoff"].map("{:g}".format)
        )

    @cached_property
    def by_lot(self) -> Shares | None:
        """The difference of those nearest to the line, as if drawn by lot, as shares."""
        near = self.near()
        given = near[["unit", "stratum", "treated", "outcome"]].reset_index(drop=True)
        asked = {"draws": self.asked.draws, "level": self.asked.level}
        try:
            found = self.estimate(randomisation.METHOD, given, **asked).headline
        except (DesignError, EstimationError):
            return None
        means = near[near["treated"] == 0].groupby("stratum")["outcome"].mean()
        level = float(np.average(means, weights=near.groupby("stratum").size()[means.index]))
        numbers = (found.value, float(found.low or 0.0), float(found.high or 0.0))
        return (numbers[0] / level, numbers[1] / level, numbers[2] / level) if level > 0 else None

    @cached_property
    def effect(self) -> Shares | None:
        """What crossing changed, as shares of the level just short; nothing where not told."""
        found: Shares | None = self.rounded(self.jump.shares) if self.jump else None
        return found

    @cached_property
    def second(self) -> Shares | None:
        """The same by the second look."""
        if not self.told:
            return None
        if self.coarse:
            found = self.by_lot
        else:
            one = self._tried_limits()
            found = one.shares if one else None
        shares: Shares | None = self.rounded(found) if found else None
        return shares

    def _tried_limits(self) -> Jumped | None:
        try:
            result = self._asked(self.rows, "outcome", self.asked.donut, limits="honest")
        except (DesignError, EstimationError):
            return None
        return jumped(result)

    @cached_property
    def by_cutoff(self) -> dict[float, Shares]:
        """What crossing each cut-off changed."""
        found = {}
        for cutoff in self.told:
            one = self._tried(self.rows[self.rows["own_cutoff"] == cutoff])
            if one:
                found[cutoff] = self.rounded(one.shares)
        return found

    @cached_property
    def balance(self) -> tuple[Shares, float] | None:
        """The jump of what was known before, which there should not be, and its p."""
        if "before" not in self.rows or not self.told:
            return None
        one = self._tried(self.rows[self.rows["before"].notna()].reset_index(drop=True), "before")
        return (self.rounded(one.shares), one.p) if one else None

    @property
    def balanced(self) -> bool | None:
        """Whether nothing known before jumps; none where it was not looked at."""
        return None if self.balance is None else self.balance[1] >= 1 - self.asked.level

    @cached_property
    def placebos(self) -> tuple[tuple[float, Shares, float], ...]:
        """Jumps where nothing begins, in the middle between cut-offs, each with its p."""
        found = []
        for segment in self._between():
            middle = float(np.median(segment["score"]))
            middle = round(middle) if self.given.whole else middle
            rows = segment.assign(cutoff=middle).drop(columns=["x", "own_cutoff"])
            one = self._tried(measured_scores(rows, 0.0, above=self.above))
            if one:
                found.append((middle, self.rounded(one.shares), one.p))
        return tuple(found)

    def _between(self) -> Iterator[pd.DataFrame]:
        """Units of each stretch of scores without a cut-off inside."""
        rows = self.rows.drop_duplicates("score" if "number" in self.rows else ["unit"])
        last = self.told[-1] if self.told else 0.0
        for cutoff in self.told:
            own = rows[rows["own_cutoff"] == cutoff]
            low, high = own["score"] < cutoff, own["score"] > cutoff
            if cutoff == self.told[0] or self.given.cutoffs.index(cutoff) == 0:
                yield own[low]
            if cutoff != last or self.given.cutoffs[-1] == cutoff:
                yield own[high]

    @property
    def placebos_pass(self) -> bool | None:
        """Whether there are no more such jumps than chance makes (Holm); none where not looked."""
        from statsmodels.stats.multitest import multipletests

        if not self.placebos:
            return None
        p = multipletests([p for _, _, p in self.placebos], method="holm")[1].min()
        return bool(p >= 1 - self.asked.level)

    @cached_property
    def within(self) -> tuple[tuple[float, Shares], ...]:
        """The jump within narrower and wider windows."""
        return tuple(self._windows())

    @cached_property
    def without(self) -> tuple[tuple[float, Shares], ...]:
        """The jump with those nearest to the cut-off left out."""
        return tuple((points, shares) for points, shares in self._donuts() if points > 0)

    @property
    def turned(self) -> int:
        """How many of these jumps have another sign than the headline."""
        value = self.effect[0] if self.effect else 0.0
        return sum(bool(shares[0] * value < 0) for _, shares in (*self.within, *self.without))

    def _windows(self) -> Iterator[tuple[float, Shares]]:
        if self.coarse:
            for width in WINDOWS:
                if one := self._tried(self.rows, width=width):
                    yield width, self.rounded(one.shares)
        elif self.jump and self.result:
            for row in self.result.series["by_bandwidth"]:
                numbers = (float(row[key]) / self.jump.level for key in ("value", "low", "high"))
                yield float(row["width"]), self.rounded(tuple(numbers))

    def _donuts(self) -> Iterator[tuple[float, Shares]]:
        if self.result is None:
            return
        steps: tuple[float, ...] = DONUTS
        if not self.coarse:
            width = max(self.result.options["bandwidth"])
            steps = tuple(share * width for share in DONUT_SHARES)
        for donut in steps:
            if one := self._tried(self.rows, donut=donut):
                yield float(donut), self.rounded(one.shares)

    def _tried(self, rows: pd.DataFrame, column: str = "outcome", **how: Any) -> Jumped | None:
        """The jump over some units; none where they are too few to tell."""
        try:
            one = self.of(rows, column, **how)
        except (DesignError, EstimationError):
            return None
        return one if one.fewer >= MINIMUM_WINDOW and one.level > 0 else None

    @property
    def verdict(self) -> Verdict:
        """On what crossing changed."""
        if self.effect is None:
            return Verdict("cannot_tell")
        return verdict_of_threshold(
            self.effect,
            self.second,
            self.asked.smallest_effect,
            counted=self.given.counted,
            balanced=self.balanced,
            sound=bool(self.placebos_pass) and not self.doubted,
            turned=self.turned > 0,
        )

    @property
    def detectable(self) -> float | None:
        """A share that the headline's range would find in four of five such datasets."""
        if self.jump is None:
            return None
        _, low, high = self.jump.numbers
        return (
            float((high - low) / 2 + scipy.stats.norm.ppf(POWER) * self.jump.error)
            / self.jump.level
        )
