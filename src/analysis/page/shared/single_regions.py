"""The effect in each region, from protected counts: on tiles, and in a funnel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy

from analysis.data.regions.tiles import tile_places
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Cell
from analysis.page.charts.funnel import Band, Funnel
from analysis.page.charts.points import Point
from analysis.page.charts.tiles import Tile, Tiles
from analysis.page.numbers import percent_cell
from analysis.page.plates import Figure, Notes, TableData
from analysis.page.shared.log_points import RANGE_WORDS, LogPoints
from analysis.page.wording import capital
from analysis.stats.joint.region_effects import RegionEffects
from analysis.studies.counties import HELD

COUNTY_WORDS = {"region": "{region}", **RANGE_WORDS, "apart": "Stands apart"}
POINTS = 40


@dataclass(frozen=True)
class SingleRegions:
    """Effects of an intervention in single regions, as a report shows them.

    Parameters
    ----------
    name: of the intervention, in a sentence. found, codes: effects and whose they are.
    names: of all regions, those without an effect among them. table: ``regions`` of the dataset.
    level: of ranges. share: of false findings among regions that stand apart.
    """

    report: LogPoints
    name: str
    found: RegionEffects | None
    codes: list[str]
    names: Mapping[str, tuple[str, str]]
    table: pd.DataFrame
    level: float
    share: float

    def tiles(self) -> Figure | Notes:
        """Every region that had the intervention alone, shaded by its own effect."""
        if self.found is None:
            return self._none("tiles")
        report, say = self.report, self.report.say
        values = dict(zip(self.codes, np.expm1(self.found.value), strict=True))
        shade = Axis(lambda v: report.percent(v, 0, signed=True), say("Change"), role=NUMBER)
        squares = tuple(
            Tile(row, column, self._region(code), values.get(code), code)
            for code, row, column in tile_places(self.table, list(self.names))
        )
        chart = Tiles(squares, shade, capital(report.region), say("not under it alone"))
        return chart.figure(**self._words("tiles"), table=self._lines())

    def funnel(self) -> Figure | Notes:
        """What each recorded over what the average effect leads to expect, by how much it tells."""
        if self.found is None:
            return self._none("funnel")
        report, say, found, apart = self.report, self.report.say, self.found, self.apart
        tells = 1 / found.error**2
        points = tuple(
            Point(tells[i], found.ratio[i], key="high" if apart[i] else "within",
                  size=6 if apart[i] else 4,
                  label=self._region(self.codes[i]) if apart[i] else "")
            for i in np.argsort(found.false_discovery, kind="stable")
        )  # fmt: skip
        sizes = np.geomspace(np.min(tells), np.max(tells), POINTS)
        width = scipy.stats.norm.ppf(0.5 + self.level / 2) / np.sqrt(sizes)
        within = report.percent(self.level, 0)
        band = Band(list(sizes), list(np.exp(-width)), list(np.exp(width)), within)
        along = Axis(
            report.in_full, say("How much a {region} tells"), logarithmic=True, role=NUMBER
        )
        up = Axis(lambda v: report.in_full(v, 1), say("Recorded over expected"), role=NUMBER)
        chart = Funnel(points, (band,), 1.0, say("average effect"), along, up)
        words = self._words("funnel") | {
            "title": say(
                "How far {regions} under {name} lie from its average effect", name=self.name
            ),
            "caption": say(
                "From left to right: how much a {region} tells, one over the square of its error. "
                "Upwards: what it recorded over what the average effect of {name} leads to expect, "
                "as it is, not drawn towards the average. Shaded: where {level} would lie by "
                "chance. From protected counts.",
                name=self.name,
                level=within,
            ),
            "alt": say(
                "Points of {told} {regions} by how much each tells, over the band of chance; "
                "standing apart: {n}.",
                told=report.number(len(apart)),
                n=report.number(int(apart.sum())),
            ),
        }
        return chart.figure(**words, table=self._lines())

    @cached_property
    def apart(self) -> np.ndarray:
        """Which stand apart."""
        none = np.zeros(0, dtype=bool)
        return none if self.found is None else self.found.false_discovery <= self.share

    def _words(self, key: str) -> dict[str, Any]:
        """Key, title, caption and alternative text of both figures."""
        report, say = self.report, self.report.say
        text = (
            "Standing apart from the average effect under {name}: {n} of {told} {regions}"
            if self.apart.any()
            else "Under {name}, none of {told} {regions} stands apart from the average effect"
        )
        words = {"n": report.number(int(self.apart.sum())), "told": report.number(len(self.apart)),
                 "name": self.name}  # fmt: skip
        return {
            **report.plate(key),
            "title": say(text, **words),
            "caption": say(
                "{Regions} under {name} alone for at least four periods, from protected counts, "
                "drawn towards the average by how little each tells; in simulated provinces at "
                "least {held} of such ranges held the effect of their own {region}. Standing "
                "apart: at most {share} false among them. A {region} apart says where to look, not "
                "what was done well.",
                name=self.name,
                held=report.percent(HELD, 0),
                share=report.percent(self.share, 0),
            ),
            "alt": say("The effect of {name} in {told} {regions}; standing apart: {n}.", **words),
        }

    def _lines(self) -> TableData:
        report, found = self.report, self.found
        lines: list[list[Cell]] = []
        if found is not None:
            effects = np.expm1(np.stack([found.value, found.low, found.high], axis=1))
            lines = [
                [
                    (self._region(code), code),
                    *(percent_cell(float(one), report.language) for one in own),
                    (report.say("yes") if apart else report.say("no"), bool(apart)),
                ]
                for code, own, apart in zip(self.codes, effects, self.apart, strict=True)
            ]
        return report.worded(COUNTY_WORDS, lines, ("region", "apart"))

    def _region(self, code: str) -> str:
        return self.names[code][self.report.language == "zh"]

    def _none(self, key: str) -> Notes:
        report = self.report
        point = report.say(
            "No effect of single {regions} is given: fewer than five had one intervention alone "
            "for four periods or more with records enough."
        )
        title = report.say("Effects of single {regions}")
        return Notes(**report.plate(key), title=title, points=(point,))
