"""Scores around cut-offs, whether they were moved, and what crossing changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.frames.cases.thresholds import Scored
from analysis.data.settings import Words
from analysis.disclosure.recorded import EVERYWHERE, Recorded, recorded, regions_of
from analysis.methods import randomisation, rdd
from analysis.page.numbers import percent_change, percent_span
from analysis.reports.rating_threshold.params import RatingThresholdParams
from analysis.reports.report import Report
from analysis.result import Result
from analysis.verdicts.threshold import Density, ExaminedThreshold, Shares

UNIT = Words(en="visit", en_plural="visits", zh="检查", zh_measure="次")
RARE = 0.0001


class Thresholds(Report):
    """Scores, the cut-offs that decide on something, and what came after."""

    params: RatingThresholdParams
    subject: Scored

    @cached_property
    def found(self) -> ExaminedThreshold:
        """The cut-offs held against smooth courses, and what crossing them changed."""
        return ExaminedThreshold(self.subject, self.params, self.estimate, self.may_leave)

    @property
    def result(self) -> Result | None:
        """What the method gave; nothing where no effect is told."""
        return self.found.result

    @cached_property
    def seen(self) -> Density:
        """The cut-off that is shown: the most doubtful one, first of those that were crossed."""
        return min(
            self.found.densities, key=lambda one: (not one.crossed, 1.0 if one.p is None else one.p)
        )

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Units that are compared, or bins of scores, as the cell of the notebook takes them."""
        if not self.found.told:
            return self._bins()
        rows, width = self.found.rows, self.bandwidth
        near = rows[(rows["x"].abs() < width) & (rows["x"].abs() >= self.params.donut)]
        weight = 1 - near["x"].abs() / width
        treated = (near["x"] >= 0).astype(int)
        return near.assign(stated=near["outcome"], treated=treated, weight=weight)

    @property
    def uneven(self) -> list[float]:
        """Doubted lines of which it cannot be told whether scores were moved over them."""
        return [one.cutoff for one in self.found.doubted if not one.crossed]

    @property
    def bandwidth(self) -> float:
        """How far from the line fine scores are compared."""
        options = self.result.options if self.result else {}
        return float(max(options.get("bandwidth", (0.0,))))

    def _bins(self) -> pd.DataFrame:
        moved = self.seen.moved
        if moved is None:
            return pd.DataFrame(columns=["stated", "treated", "weight"])
        at = moved.scores == moved.cutoff
        found = pd.DataFrame({"stated": moved.counts, "treated": at.astype(int), "weight": 1.0})
        for power in range(moved.design.shape[1]):
            found[f"p{power}"] = moved.design[:, power]
        return found[moved.outside | at]

    @property
    def formula(self) -> str:
        """What the notebook's cell fits to the frame."""
        if not self.found.told:
            return " + ".join(["stated ~ 0 + treated", *(c for c in self.frame if c[0] == "p")])
        return "stated ~ treated * x"

    @property
    def family(self) -> Any:
        """How what it fits varies: bins as counts, all else alike."""
        from statsmodels.genmod.families import Gaussian, Poisson

        return Gaussian() if self.found.told else Poisson()

    @property
    def plain_value(self) -> float | None:
        """The number that the cell works out again."""
        if self.result is not None:
            estimates = self.result.estimates
            return float(estimates[0 if self.found.coarse else 1].value)
        moved = self.seen.moved
        if moved is None:
            return None
        at = moved.scores == moved.cutoff
        return float(np.log(moved.counts[at][0] / moved.course[at][0]))

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that compare; none where scores alone are looked at."""
        if not self.found.told:
            return ()
        return (rdd.METHOD.name, *([randomisation.METHOD.name] if self.found.coarse else []))

    @property
    def verdict_key(self) -> str:
        """On the cut-offs where no effect is told, else on the effect."""
        if not self.found.told:
            if self.found.crossed:
                return "manipulated"
            return "uneven" if self.found.doubted else "not_seen"
        return self.found.verdict.graded

    def named(self, key: str) -> Words:
        """What the dataset calls a thing; of units, visits where it does not say."""
        own = self.description.words.get(key)
        return own or (UNIT if key == "unit" else self.words(key))

    @property
    def outcome(self) -> str:
        """What was counted or measured afterwards; blank where nothing was."""
        key = self.params.outcome or ("outcome" if self.subject.measured else "")
        return self.named(key).plural(self.language) if key else ""

    def listed(self, values: Sequence[float]) -> str:
        """Scores in a row."""
        return self.say(", ").join(self.point(value) for value in values)

    def point(self, value: float) -> str:
        """A score as it is written."""
        whole = float(value).is_integer()
        return self.number(value, 0) if whole else f"{value:.3g}".replace("-", "−")

    @property
    def numbers(self) -> Mapping[str, str]:
        """Words and numbers that sentences name."""
        asked, found = self.params, self.found
        below = asked.treated == "below"
        say = self.say
        told = {
            "here": say("just below the line") if below else say("just over the line"),
            "there": say("just above it") if below else say("just short of it"),
            "count": self.number(self.subject.units),
            "units": self.named("unit").plural(self.language),
            "cutoffs": self.listed(self.subject.cutoffs),
            "told": self.listed(found.told),
            "doubted": self.listed([one.cutoff for one in found.doubted]),
            "crossed": self.listed([one.cutoff for one in found.crossed]),
            "uneven": self.listed(self.uneven),
            "months": self.number(asked.horizon_months),
            "window": self.number(asked.window),
            "band": self.point(self.bandwidth),
            "reach": self.number(asked.reach),
            "level": self.percent(asked.level, 0),
            "smallest": self.percent(asked.smallest_effect, 0),
            "doubt": self.percent(asked.doubt, 0),
            "regraded": self.percent(self.subject.regraded),
        }
        return told | (self.spoken(found.effect) if found.effect else {})

    def spoken(self, shares: Shares) -> dict[str, str]:
        """A change and its range in words."""
        value, low, high = shares
        return {
            "value": percent_change(value, self.language),
            "likely": percent_span(low, high, self.language),
        }

    def rarity(self, p: float) -> str:
        """In what share of honest datasets something would be seen."""
        if p < RARE:
            return self.say("fewer than {share}", share=self.percent(RARE, 2))
        return self.percent(p, 2 if p < 100 * RARE else 0)

    def recorded_over(self) -> Iterator[Recorded]:
        """The scores that are asked about; none of a ready frame."""
        if self.subject.where:
            asked, table = self.params.region, "inspections"
            days = self.data.tables[table]["visited_on"]
            name = f"{table}/{self.params.selection or EVERYWHERE}"
            yield recorded(name, regions_of(self.data, table, asked), days)
            yield recorded(f"{name}/scores", self.subject.where, days, asked or EVERYWHERE)

    def facts(self) -> Mapping[str, Any]:
        """Numbers that both languages must agree on, rounded as published."""
        found: dict[str, Any] = {"doubted": [one.cutoff for one in self.found.doubted]}
        found["crossed"] = [one.cutoff for one in self.found.crossed]
        for one in self.found.densities:
            if one.moved is not None:
                found[f"moved {one.cutoff:g}"] = round(self.may_leave(one.moved.share[0]), 3)
        if self.found.effect:
            found["relative_percent"] = [round(100 * v, 1) for v in self.found.effect]
        return found
