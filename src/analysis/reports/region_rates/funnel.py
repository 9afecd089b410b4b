"""The funnel: every region's rate by its size, between the limits of chance and usual variation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from analysis.page.charts import style
from analysis.page.charts.labels import short
from analysis.page.numbers import PER_EXPOSURE, number, percent
from analysis.page.plates import Figure
from analysis.page.wording import capital, joined
from analysis.reports.region_rates.answer import HIGH, LOW, WITHIN, Region, RegionsBrief

NAMED = {"wide": 8, "narrow": 3}
"""Regions named in each drawing; the table names all."""
Series = Sequence[Mapping[str, Any]]
MARKS = {HIGH: "^", LOW: "v", WITHIN: "o"}


def funnel_figure(brief: RegionsBrief) -> Figure:
    """Rates by exposure, with both limits and the overall rate."""
    say, language = brief.say, brief.language
    high, low = (len(brief.standing(kind)) for kind in (HIGH, LOW))
    limits = brief.result.series["funnel"]

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        _limits(axes, brief, limits, width)
        for kind, mark in MARKS.items():
            _dots(axes, brief.standing(kind), kind, mark)
        _names(axes, brief, width)
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, language)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, language)))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        across = say("{exposure} (mean)", exposure=capital(brief.exposure_name))
        axes.set_xlabel(short(across, width, 0.6))
        axes.set_ylabel(say("Rate per 1,000 a year"))
        axes.grid(axis="x", visible=False)

    return Figure(
        **brief.plate("funnel"),
        title=_title(brief, high, low),
        caption=_caption(brief),
        alt=say(
            "Scatter of {shown} {regions}: {exposure} across, {unit} upwards, with limits that "
            "narrow from left to right around {pooled}. {high} lie above the limits by a margin "
            "that chance does not explain, {low} below.",
            shown=number(len(brief.shown), language),
            regions=brief.regions,
            exposure=brief.exposure_name,
            unit=brief.unit,
            pooled=brief.rate(brief.pooled[0]),
            high=number(high, language),
            low=number(low, language),
        ),
        images=style.render(draw, language, brief.simulated),
        table=brief.table,
    )


def _title(brief: RegionsBrief, high: int, low: int) -> str:
    say, language = brief.say, brief.language
    if not high + low:
        return say(
            "None of the {shown} {regions} shown stands out from chance and usual variation",
            shown=number(len(brief.shown), language),
            regions=brief.regions,
        )
    return say(
        "Standing out among the {shown} {regions} shown: {high} above the funnel, {low} below",
        shown=number(len(brief.shown), language),
        regions=brief.regions,
        high=number(high, language),
        low=number(low, language),
    )


def _caption(brief: RegionsBrief) -> str:
    say, language = brief.say, brief.language
    text = say(
        "Line: all {regions} together. Bands: where {inner} and 99.8% of {regions} would lie if "
        "they differed only by chance and by the variation that is usual between them.",
        regions=brief.regions,
        inner=percent(brief.result.level, language, 0),
    )
    hidden = say(
        "{count} {regions} whose counts are withheld are not drawn.",
        count=number(brief.withheld, language),
        regions=brief.regions,
    )
    return joined(language, text, hidden if brief.withheld else "")


def _limits(axes: Axes, brief: RegionsBrief, limits: Series, width: str) -> None:
    along = np.array([row["size"] for row in limits]) / brief.comparison.years
    line = {key: PER_EXPOSURE * np.array([row[key] for row in limits]) for key in limits[0]}
    for low, high, alpha in (("outer_low", "outer_high", 0.10), ("low", "high", 0.16)):
        axes.fill_between(along, line[low], line[high], color=style.COLOURS["chance"], alpha=alpha)
    pooled = brief.pooled[0]
    axes.plot(along[[0, -1]], [pooled, pooled], color=style.INK, linewidth=1.2)
    axes.annotate(
        brief.rate(pooled),
        (along[-1], pooled),
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
        fontsize=style.SMALL,
    )
    shares = {"high": percent(brief.result.level, brief.language, 0), "outer_high": "99.8%"}
    for key, share in shares.items() if width == "wide" else ():
        axes.annotate(
            share,
            (along[0], line[key][0]),
            xytext=(2, 2),
            textcoords="offset points",
            fontsize=style.SMALL,
            color=style.QUIET,
        )


def _dots(axes: Axes, regions: tuple[Region, ...], kind: str, mark: str) -> None:
    axes.plot(
        [region.exposure for region in regions],
        [region.rate for region in regions],
        linestyle="none",
        marker=mark,
        markersize=4 if kind == WITHIN else 7,
        color=style.COLOURS[kind],
        alpha=0.75 if kind == WITHIN else 1.0,
        clip_on=False,
    )


def _names(axes: Axes, brief: RegionsBrief, width: str) -> None:
    """The regions farthest from the overall rate by name, each beside its mark."""
    pooled = brief.pooled[0]
    apart = sorted(
        brief.standing(HIGH, LOW), key=lambda one: -abs(np.sqrt(one.rate) - np.sqrt(pooled))
    )
    for region in apart[: NAMED[width]]:
        axes.annotate(
            short(region.name, "narrow", 0.4),
            (region.exposure, region.rate),
            xytext=(6, 1),
            textcoords="offset points",
            va="bottom",
            fontsize=style.SMALL,
            color=style.COLOURS[region.standing],
        )
