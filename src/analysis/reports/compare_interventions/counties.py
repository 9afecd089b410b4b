"""The effect in each region, from protected counts: on tiles, and in a funnel."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy

from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Cell
from analysis.page.charts.funnel import Band, Funnel
from analysis.page.charts.points import Point
from analysis.page.charts.tiles import Tile, Tiles
from analysis.page.numbers import percent_cell
from analysis.page.plates import Figure, Notes, TableData
from analysis.page.wording import capital
from analysis.reports.compare_interventions.answer import Interventions
from analysis.reports.compare_interventions.tables import data_of

COUNTY_WORDS = {
    "region": "{region}",
    "value": "Change",
    "low": "Range from",
    "high": "Range to",
    "apart": "Stands apart",
}
ACROSS = 12
"""Tiles in a row where the dataset does not place them."""
POINTS = 40


def tiles(report: Interventions) -> Figure | Notes:
    """Every region that had one intervention alone, shaded by its own effect."""
    found, say = report.regional, report.say
    if found is None:
        return _none(report, "tiles")
    values = dict(zip(report.regional_codes, np.expm1(found.value), strict=True))
    shade = Axis(lambda v: report.percent(v, 0, signed=True), say("Change"), role=NUMBER)
    squares = tuple(
        Tile(row, column, report.region_name(code), values.get(code), code)
        for code, row, column in _places(report)
    )
    chart = Tiles(squares, shade, capital(report.region), say("not under it alone"))
    return chart.figure(**_words(report, "tiles"), table=_table(report))


def funnel(report: Interventions) -> Figure | Notes:
    """What each recorded over what the average effect leads to expect, by how much it tells."""
    found, say = report.regional, report.say
    if found is None:
        return _none(report, "funnel")
    tells = 1 / found.error**2
    apart = found.false_discovery <= report.params.false_discoveries
    points = tuple(
        Point(tells[i], found.ratio[i], key="high" if apart[i] else "within",
              size=6 if apart[i] else 4,
              label=report.region_name(report.regional_codes[i]) if apart[i] else "")
        for i in np.argsort(found.false_discovery, kind="stable")
    )  # fmt: skip
    sizes = np.geomspace(tells.min(), tells.max(), POINTS)
    width = scipy.stats.norm.ppf(0.5 + report.params.level / 2) / np.sqrt(sizes)
    band = Band(list(sizes), list(np.exp(-width)), list(np.exp(width)), report.numbers["level"])
    along = Axis(report.in_full, say("How much a {region} tells"), logarithmic=True, role=NUMBER)
    up = Axis(lambda v: report.in_full(v, 1), say("Recorded over expected"), role=NUMBER)
    chart = Funnel(points, (band,), 1.0, say("average effect"), along, up)
    name = report.named(report.regions_of)
    title = say("How far {regions} under {name} lie from its average effect", name=name)
    return chart.figure(**_words(report, "funnel") | {"title": title}, table=_table(report))


def _words(report: Interventions, key: str) -> dict[str, Any]:
    """Key, title, caption and alternative text of both figures."""
    found, say, name = report.regional, report.say, report.named(report.regions_of)
    apart = found.false_discovery <= report.params.false_discoveries if found else np.zeros(0)
    text = (
        "Standing apart from the average effect under {name}: {n} of {told} {regions}"
        if apart.any()
        else "Under {name}, none of {told} {regions} stands apart from the average effect"
    )
    words = {"n": report.number(int(apart.sum())), "told": report.number(len(apart)), "name": name}
    return {
        **report.plate(key),
        "title": say(text, **words),
        "caption": say(
            "{Regions} under {name} alone for at least four periods, from protected counts, drawn "
            "towards the average by how little each tells. Standing apart: at most {share} false "
            "among them. A {region} apart says where to look, not what was done well.",
            name=name,
            share=report.percent(report.params.false_discoveries, 0),
        ),
        "alt": say("The effect of {name} in {told} {regions}; standing apart: {n}.", **words),
    }


def _table(report: Interventions) -> TableData:
    return data_of(report, COUNTY_WORDS, _lines(report))


def _lines(report: Interventions) -> Iterator[list[Cell]]:
    found, say = report.regional, report.say
    if found is None:
        return
    ends = zip(report.regional_codes, found.value, found.low, found.high, strict=True)
    for (code, *numbers), chance in zip(ends, found.false_discovery, strict=True):
        apart = bool(chance <= report.params.false_discoveries)
        cells = [percent_cell(math.expm1(number), report.language) for number in numbers]
        yield [
            (report.region_name(code), code),
            *cells,
            (say("yes") if apart else say("no"), apart),
        ]


def _places(report: Interventions) -> Iterator[tuple[str, int, int]]:
    """Code, row and column of each region: as given, else in order of codes."""
    table = report.data.tables["regions"].set_index("region_code")
    codes = sorted(report.panel.names)
    rows = table.reindex(codes)
    given = {"tile_row", "tile_column"} <= set(rows) and rows["tile_row"].notna().all()
    for number, code in enumerate(codes):
        own = rows.loc[code]
        place = (own["tile_row"], own["tile_column"]) if given else divmod(number, ACROSS)
        yield code, int(place[0]), int(place[1])


def _none(report: Interventions, key: str) -> Notes:
    point = report.say(
        "No effect of single {regions} is given: fewer than five had one intervention alone for "
        "four periods or more."
    )
    title = report.say("Effects of single {regions}")
    return Notes(**report.plate(key), title=title, points=(point,))
