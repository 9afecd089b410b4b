"""One region beside its likeness, as a reader sees a synthetic control and its placebos."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any

import numpy as np

from analysis.data.dataset import Dataset
from analysis.data.regions.tiles import tile_places
from analysis.disclosure.gate import NUMBER
from analysis.disclosure.regions import shown_of
from analysis.page.charts.axes import Axis, Periods, Reference
from analysis.page.charts.bars import Bar, Bars
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.lines import Line, Lines, Shade
from analysis.page.charts.tiles import Tile, Tiles
from analysis.page.numbers import PER_EXPOSURE, period, period_span
from analysis.page.plates import Figure, Notes
from analysis.page.shared.log_points import LogPoints
from analysis.page.wording import capital, joined
from analysis.result import Check, Result
from analysis.verdicts.alone import Single

SHADE_WORDS = {
    "all": "all others",
    "all_low": "All others, from",
    "all_high": "All others, to",
    "half": "middle half of them",
    "half_low": "Middle half, from",
    "half_high": "Middle half, to",
}
LIMITS = {"all": (0.0, 1.0), "half": (0.25, 0.75)}
"""What the shades of placebos hold."""
SHOWN = 12


class Likeness(LogPoints):
    """What a report shows of one region held against a likeness made of others."""

    data: Dataset
    subject: Single

    @cached_property
    def matched(self) -> Result | None:
        """Other weights, such as from predictors, where the report has some."""
        return None

    @property
    def counted(self) -> bool:
        """Whether changes are relative, as those of counts are."""
        return self.subject.panel.counted

    @property
    def result(self) -> Result:
        """The synthetic control; where nothing can be matched, the plain comparison."""
        return self.subject.result

    @property
    def name(self) -> str:
        """The region's name in the language of the report."""
        return self.named(self.subject.code)

    def named(self, code: str) -> str:
        """A region's name in the language of the report."""
        return self.subject.panel.names[code][self.language == "zh"]

    def check(self, name: str, result: Result | None = None) -> Check:
        """A check of a result by its name."""
        return next(c for c in (result or self.result).checks if c.name == name)

    def shown(self, values: Any) -> tuple[float, ...]:
        """A path of the region without periods whose small counts are withheld."""
        return shown_of(self.data, self.subject.panel, self.subject.code, values)

    @property
    def limited(self) -> bool:
        """Whether those are left out that cannot be followed as closely; never of plain means."""
        return float(self.result.options["fit_limit"]) < 1

    @property
    def rank(self) -> dict[str, str]:
        """The place among placebos: r and n."""
        detail = self.check("placebo_rank").detail
        return {key: self.number(detail[key]) for key in ("rank", "among")}

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """Numbers and names that sentences use."""
        panel, periods = self.subject.panel, self.subject.panel.periods
        donors = len(panel.regions) - 1
        before, after = self.subject.start - 1, len(periods) - self.subject.start + 1
        counts = {"donors": donors, "before": before, "after": after, "acted": self.subject.acted}
        return {
            **{key: self.number(count) for key, count in counts.items()},
            **self.rank,
            "name": self.name,
            "level": self.percent(self.result.level, 0),
            "value": self.change(self.result.headline.value),
            "likely": self.likely_of(self.result.headline),
            "began": period(panel.label(self.subject.start), self.language),
            "span": period_span(periods[0], periods[-1], self.language),
        }

    def paths(self) -> Figure:
        """What was recorded, and what the others lead to expect."""
        say, (up, scale, unit) = self.say, self._rate()
        rows = self.result.series["path"]
        observed, without = ([scale * row[key] for row in rows] for key in ("observed", "without"))
        lines = (
            Line("early", self.name, self.shown(observed)),
            Line("never", say("expected from the others"), self.shown(without)),
        )
        text = (
            "The expected path is made of {donors} {regions} that did not act, weighted so that it "
            "follows {name} before the start."
            if self.subject.synthetic
            else "The expected path is the mean of {donors} {regions} that did not act, moved to "
            "the level of {name} before the start."
        )
        return Lines(lines, self._periods(), up, self._start()).figure(
            **self.plate("paths"),
            title=say("{name} since {began}: {value} against what others lead to expect"),
            caption=joined(self.language, say("In {unit}.", unit=unit), say(text)),
            alt=say("Two lines, {span}: {name}, and what others lead to expect of it: {value}."),
        )

    def gaps(self) -> Figure:
        """The gap to the expected path, over those of donors taken for the region."""
        say, series = self.say, self.result.series
        kept = {row["region"] for row in series["placebos"] if row["kept"]} - {self.subject.code}
        paths: dict[str, list[float]] = {}
        for row in series["placebo_paths"]:
            paths.setdefault(row["region"], []).append(self.share(row["value"]))
        own = [self.share(row["value"]) for row in series["by_event_time"]]
        others = np.array([path for code, path in paths.items() if code in kept])
        shades = []
        for key, limits in LIMITS.items():
            low, high = (tuple(np.quantile(others, share, axis=0)) for share in limits)
            first, last = (say(SHADE_WORDS[f"{key}_{end}"]) for end in ("low", "high"))
            shades.append(Shade(say(SHADE_WORDS[key]), low, high, (first, last), key))
        line = Line("early", self.name, self.shown(own))
        up = self.change_axis(say("Gap to the expected path"), self.result.headline.value)
        text = (
            "Shaded: the gaps that comparison {regions} show when each is taken for the one "
            "that acted; of those that can be followed as closely, each beside its own noise."
            if self.limited
            else "Shaded: the gaps that all comparison {regions} show when each is taken for "
            "the one that acted."
        )
        return Lines((line,), self._periods(), up, self._start(), tuple(shades)).figure(
            **self.plate("gaps"),
            title=say("A gap as large beside the one before is as rare as {rank} in {among}"),
            caption=say(text),
            alt=say(
                "The gap of {name} before and since {began}, over the gaps of others as shades."
            ),
        )

    def ranks(self) -> Figure:
        """How large each gap since the start is beside that before, the largest first."""
        say, rows = self.say, [r for r in self.result.series["placebos"] if r["kept"]]
        rows = sorted(rows, key=lambda row: -row["ratio"])
        own = next(row for row in rows if row["region"] == self.subject.code)
        shown = rows[:SHOWN] if own in rows[:SHOWN] else [*rows[: SHOWN - 1], own]
        bars = tuple(
            Bar(
                self.named(row["region"]),
                (float(row["ratio"]),),
                self.in_full(row["ratio"], 1),
                row["region"],
                key="high" if row is own else "",
            )
            for row in shown
        )
        across = Axis(
            partial(self.in_full, decimals=1),
            say("Gap since the start over that before"),
            key="ratio",
            role=NUMBER,
        )
        text = (
            "Root mean squared gaps. Only {regions} that can be followed as closely; the first "
            "{shown} are drawn."
            if self.limited
            else "Root mean squared gaps of all {regions}; the first {shown} are drawn."
        )
        return Bars(bars, (("other", say("Ratio")),), across, capital(self.region)).figure(
            **self.plate("ranks"),
            title=say("{name} has place {rank} of {among} by its gap beside that before the start"),
            caption=say(text, shown=self.number(len(shown))),
            alt=say("Bars of gaps since the start over those before; {name} is {rank} of {among}."),
        )

    def weights(self) -> Figure | Notes:
        """Of whom the expected path is made, on tiles."""
        say, table = self.say, self.data.tables["regions"]
        if self.subject.synthetic is None:
            point = say(
                "Nothing was matched: all {donors} comparison {regions} have the same weight."
            )
            return self.notes("weights", say("Weights"), point)
        given = {row["region"]: row["weight"] for row in (self.matched or self.result).series[
            "weights"]}  # fmt: skip
        codes = self.subject.panel.regions
        tiles = tuple(
            Tile(row, column, self.named(code), None if code == self.subject.code
                 else given.get(code, 0.0), code)
            for code, row, column in tile_places(table, codes)
        )  # fmt: skip
        heavy = sorted(given, key=lambda code: -given[code])[:5]
        gap = "" if self.language == "zh" else " "
        listed = say(", ").join(f"{self.named(c)}{gap}{self.percent(given[c], 0)}" for c in heavy)
        shade = Axis(lambda v: self.percent(v, 0), say("Weight"), role=NUMBER)
        text = (
            "Matched on predictors, the most weight: {listed}"
            if self.matched
            else "The most weight: {listed}"
        )
        return Tiles(tiles, shade, capital(self.region), self.name).figure(
            **self.plate("weights"),
            title=say(text, listed=listed),
            caption=say("Weights add to 100%. They say who is alike, not who did well."),
            alt=say(
                "Tiles of {donors} comparison {regions} by weight; the most: {listed}.",
                listed=listed,
            ),
        )

    def leave_one_out(self) -> Figure:
        """The headline without each of those that move it most."""
        say, whole = self.say, self.result.headline.value
        rows = self.result.series["leave_one_out"]
        without = {row["region"]: row["value"] for row in rows}
        most = sorted(without, key=lambda code: -abs(without[code] - whole))[:SHOWN]
        bars = [Interval(say("all together"), self.share(whole), key="headline", code="all")]
        bars += [
            Interval(
                say("without {other}", other=self.named(code)),
                self.share(without[code]),
                code=code,
            )
            for code in most
        ]
        first, last = (self.change(end(without.values())) for end in (min, max))
        axis = self.change_axis(like=whole)
        return Intervals(tuple(bars), axis, (Reference(0.0),), say("Left out")).figure(
            **self.plate("leave_one_out"),
            title=say(
                "Without any one comparison {region}: from {first} to {last}",
                first=first,
                last=last,
            ),
            caption=say(
                "Those that move it most; the others' weights are scaled up, not found anew."
            ),
            alt=say(
                "Dots of the estimate without each of {n} comparison {regions} in turn, beside "
                "that of all together, {whole}.",
                n=self.number(len(most)),
                whole=self.change(whole),
            ),
        )

    def _periods(self) -> Periods:
        return Periods(self.subject.panel.periods, self.language, self.say("Period"))

    def _start(self) -> tuple[Reference]:
        return (Reference(self.subject.start - 0.5, self.say("start"), dashed=True),)

    def _rate(self) -> tuple[Axis, float, str]:
        """The axis of what is followed, by what the panel's numbers are multiplied for it, its "
        "unit."""
        panel, say = self.subject.panel, self.say
        text, scale = self.outcome, 1.0
        if self.unit:
            text = say("{outcome} ({unit})", unit=self.unit)
        if self.counted and panel.has_exposure:
            scale = PER_EXPOSURE * (panel.per_year if panel.yearly else 1)
            text = say("{outcome} per 1,000 {exposure} a year")
        write = partial(self.in_full, decimals=1)
        return Axis(self.in_full, capital(text), cell=write, role=NUMBER), scale, text
