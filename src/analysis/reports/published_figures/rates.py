"""Counts per 1,000 registered entities, and openly where no denominator is printed."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from analysis.data.published.profile import DENOMINATOR, Rate, rates
from analysis.page.charts import style
from analysis.page.charts.rows import Row, draw_rows, height
from analysis.page.numbers import number, size_decimals
from analysis.page.plates import Column, Figure, TableData
from analysis.page.printed_figures import FiguresBrief


def rates_figure(brief: FiguresBrief) -> Figure:
    """Rates where a document prints both a count and its registered entities."""
    say, language = brief.say, brief.language
    everything = sorted(rates(brief.published), key=lambda r: brief.order.index(r.figure.source))
    given = [item for item in everything if item.rate is not None]
    with_base = {item.figure.source for item in given}

    def row(item: Rate) -> Row:
        if item.rate is None:
            raise ValueError("a row needs a rate")
        label = say(
            "{name}, {place}: {value}",
            name=brief.name(item.figure),
            place=brief.place(item.figure.source),
            value=_rate_text(brief, item),
        )
        level = brief.published.level(item.figure.region)
        return Row(label, item.rate.value, item.rate.low, item.rate.high, level)

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        draw_rows(
            axes,
            [row(item) for item in given],
            width,
            lambda value: number(value, language),
            say("Per 1,000 registered market entities (logarithmic)"),
            logarithmic=True,
        )

    return Figure(
        **brief.plate("rates"),
        title=say(
            "Only {with_base} of {all} documents print how many entities are registered; a rate "
            "can be given for {given} of {counts} counts",
            with_base=len(with_base),
            all=len(brief.order),
            given=len(given),
            counts=len(everything),
        ),
        caption=say(
            "Counts per 1,000 market entities registered in the same region. Bars: exact 95% "
            "Poisson intervals for cases, otherwise the range that printed rounding allows; a bar "
            "to the edge is open above. Different years, levels of government and definitions: "
            "the same name may count new units of a year in one region and all units in another. "
            "Order by level of government; no ranking. For the other {left} counts no denominator "
            "is printed, and none is guessed.",
            left=len(everything) - len(given),
        ),
        alt=say(
            "Rates per 1,000 registered entities: {parts}.",
            parts=say("; ").join(row(item).label for item in given),
        ),
        images=style.render(draw, language, False, height(len(given))),
        table=_rate_data(brief, everything),
    )


def _rate_text(brief: FiguresBrief, item: Rate) -> str:
    if item.rate is None:
        return brief.say("no registered entities printed")
    decimals = size_decimals(item.rate.value)
    low, high = (number(v, brief.language, decimals) for v in (item.rate.low, item.rate.high))
    value = number(item.rate.value, brief.language, decimals)
    if not math.isfinite(item.rate.high):
        return brief.say("at least {value}", value=value)
    return brief.say("{value} ({low} to {high})", value=value, low=low, high=high)


def _rate_data(brief: FiguresBrief, items: list[Rate]) -> TableData:
    say = brief.say
    rows, values = [], []
    for item in items:
        figure, base = item.figure, item.denominator
        rows.append(
            (
                brief.name(figure),
                brief.place(figure.source),
                brief.shown(figure),
                brief.shown(base) if base else say("not printed"),
                _rate_text(brief, item),
            )
        )
        values.append(
            (
                figure.id,
                figure.source,
                figure.value,
                base.value if base else None,
                round(item.rate.value, 4) if item.rate else None,
            )
        )
    return TableData(
        (
            Column("indicator", say("Indicator")),
            Column("document", say("Document")),
            Column("count", say("Printed"), "end"),
            Column(
                "denominator",
                brief.published.name("indicators", DENOMINATOR, brief.language),
                "end",
            ),
            Column("rate", say("Per 1,000 registered entities"), "end"),
        ),
        tuple(rows),
        tuple(values),
    )
