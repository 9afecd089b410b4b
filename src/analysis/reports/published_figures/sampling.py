"""Sampling pass rates with exact intervals and funnel limits."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.data.published.profile import Sampling, samplings
from analysis.page.charts import style
from analysis.page.numbers import number, percent
from analysis.page.plates import Column, Figure, TableData
from analysis.page.printed_figures import FiguresBrief
from analysis.stats.pooling.rates import funnel_limits

LETTERS = "ABCDEFGHIJ"
FUNNEL_LEVELS = (0.95, 0.998)
"""About two and three standard errors, the usual limits of a funnel."""


def sampling_figure(brief: FiguresBrief) -> Figure:
    """Pass rates against what chance alone would allow around their common rate."""
    say, language = brief.say, brief.language
    everything = sorted(
        samplings(brief.published, brief.params.level),
        key=lambda s: brief.order.index(s.tested.source),
    )
    given = [s for s in everything if s.passed is not None and s.interval]
    tested = [round(s.tested.number) for s in given]
    pooled = sum(s.passed or 0 for s in given) / sum(tested)
    sizes = np.unique(np.geomspace(10, 1.15 * max(tested), 120).astype(int))
    limits = [funnel_limits(pooled, sizes, level, "binomial") for level in FUNNEL_LEVELS]
    outside = [s for s in given if _outside(s, pooled)]

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        for limit, shade in zip(limits, (0.28, 0.14), strict=True):
            axes.fill_between(
                sizes, limit.low, limit.high, color=style.QUIET, alpha=shade, linewidth=0
            )
        axes.axhline(pooled, color=style.INK, linewidth=1)
        for letter, item in zip(LETTERS, given, strict=False):
            _point(axes, brief, letter, item)
        axes.set_ylim(0.55, 1.03)
        axes.set_xlim(8, 1.15 * max(tested))
        axes.xaxis.set_major_locator(MaxNLocator(6 if width == "wide" else 4))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: percent(v, language, 0)))
        axes.set_xlabel(say("Batches tested"))
        axes.set_ylabel(say("Passed"))

    names = say("; ").join(
        say(
            "{letter} {name}, {place}: {value}",
            letter=letter,
            name=_scope(brief, item),
            place=brief.place(item.tested.source),
            value=_text(brief, item),
        )
        for letter, item in zip(LETTERS, given, strict=False)
    )
    return Figure(
        **brief.plate("sampling"),
        title=say(
            "{outside} of {all} pass rates lie outside what chance allows around the common rate "
            "of {pooled}",
            outside=len(outside),
            all=len(given),
            pooled=percent(pooled, language),
        ),
        caption=say(
            "{names}. Bars: exact {level} binomial intervals. Dark and light: 95% and 99.8% limits "
            "around the common rate. Goods and ways of choosing samples differ, so lying outside "
            "need not mean better or worse. For {left} more samplings no result is printed. "
            "Different years; no ranking.",
            names=names,
            level=percent(brief.params.level, language, 0),
            left=len(everything) - len(given),
        ),
        alt=say("Funnel of pass rates by batches tested: {parts}.", parts=names),
        images=style.render(draw, language, False, 0.95),
        table=_data(brief, everything),
    )


def _outside(item: Sampling, pooled: float) -> bool:
    size = np.array([round(item.tested.number)])
    limits = funnel_limits(pooled, size, FUNNEL_LEVELS[0], "binomial")
    value = (item.passed or 0) / item.tested.number
    return bool(value < limits.low[0] or value > limits.high[0])


def _point(axes: Axes, brief: FiguresBrief, letter: str, item: Sampling) -> None:
    if item.interval is None:
        return
    colour = style.COLOURS[brief.published.level(item.tested.region)]
    at = item.tested.number
    axes.plot([at, at], [item.interval.low, item.interval.high], color=colour, alpha=0.6)
    axes.plot(at, item.interval.value, "o", color=colour, markersize=6)
    axes.annotate(
        letter,
        (at, item.interval.value),
        xytext=(7, -4),
        textcoords="offset points",
        color=colour,
    )


def _scope(brief: FiguresBrief, item: Sampling) -> str:
    return brief.published.name("scopes", item.tested.scope, brief.language)


def _text(brief: FiguresBrief, item: Sampling) -> str:
    if item.interval is None:
        return brief.say("no result printed")
    return brief.say(
        "{value} ({low} to {high})",
        value=percent(item.interval.value, brief.language),
        low=percent(item.interval.low, brief.language),
        high=percent(item.interval.high, brief.language),
    )


def _data(brief: FiguresBrief, items: list[Sampling]) -> TableData:
    say = brief.say
    return TableData(
        (
            Column("goods", say("Sampled")),
            Column("document", say("Document")),
            Column("tested", say("Batches tested"), "end"),
            Column("passed", say("Passed"), "end"),
            Column("rate", say("Pass rate"), "end"),
        ),
        tuple(
            (
                _scope(brief, s),
                brief.place(s.tested.source),
                number(s.tested.number, brief.language),
                say("not printed") if s.passed is None else number(s.passed, brief.language),
                _text(brief, s),
            )
            for s in items
        ),
        tuple(
            (
                s.tested.id,
                s.tested.source,
                s.tested.value,
                s.passed,
                round(s.interval.value, 4) if s.interval else None,
            )
            for s in items
        ),
    )
