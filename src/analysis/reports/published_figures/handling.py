"""Complaint handling and recovery, and what inspections found."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from analysis.data.published.profile import Ratio, Share, handling_shares, recovery, yields
from analysis.page.charts import style
from analysis.page.charts.rows import Row, draw_rows, height
from analysis.page.numbers import number, percent, size_decimals
from analysis.page.plates import Column, Figure, Table, TableData
from analysis.page.printed_figures import FiguresBrief
from analysis.page.wording import lower


def handling_figure(brief: FiguresBrief) -> Figure:
    """Printed shares of complaint handling; with an interval where both counts are printed."""
    say, language = brief.say, brief.language
    shares = handling_shares(brief.published, brief.params.level)
    shares = tuple(sorted(shares, key=lambda s: brief.order.index(s.figure.source)))
    with_counts = [s for s in shares if s.interval]

    def row(item: Share) -> Row:
        span = item.interval
        return Row(
            say(
                "{name}, {place}: {value}",
                name=_share_name(brief, item),
                place=brief.place(item.figure.source),
                value=_share_text(brief, item),
            ),
            item.value,
            span.low if span else None,
            span.high if span else None,
            brief.published.level(item.figure.region),
            hollow=span is None,
        )

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        draw_rows(
            axes,
            [row(item) for item in shares],
            width,
            lambda value: percent(value, language, 0),
            say("Share"),
        )

    return Figure(
        **brief.plate("handling"),
        title=say(
            "Of {all} shares in complaint handling, {given} can be traced to counts",
            all=len(shares),
            given=len(with_counts),
        ),
        caption=say(
            "Filled: both counts are printed, bar is the exact {level} binomial interval. Hollow: "
            "no counts, so no interval can be given. A rate of cases closed on time and a share of "
            "cases closed so far do not contradict each other: cases still open may not be due. "
            "Different years and levels of government; no ranking.",
            level=percent(brief.params.level, language, 0),
        ),
        alt=say(
            "Shares in complaint handling: {parts}.",
            parts=say("; ").join(row(item).label for item in shares),
        ),
        images=style.render(draw, language, False, height(len(shares))),
        table=TableData(
            (
                Column("share", say("Share")),
                Column("document", say("Document")),
                Column("value", say("Value"), "end"),
            ),
            tuple(
                (
                    _share_name(brief, s),
                    brief.place(s.figure.source),
                    _share_text(brief, s),
                )
                for s in shares
            ),
            tuple((s.figure.id, s.figure.source, round(s.value, 4)) for s in shares),
        ),
    )


def _share_name(brief: FiguresBrief, item: Share) -> str:
    if item.whole is None:
        return brief.name(item.figure)
    return brief.say(
        "{part}, of {whole}",
        part=brief.name(item.figure),
        whole=brief.name(item.whole, sentence=True),
    )


def _share_text(brief: FiguresBrief, item: Share) -> str:
    if item.interval is None:
        return brief.say("{value}, no counts", value=brief.shown(item.figure))
    low, high = (percent(v, brief.language) for v in (item.interval.low, item.interval.high))
    value = percent(item.value, brief.language)
    return brief.say("{value} ({low} to {high})", value=value, low=low, high=high)


def recovery_table(brief: FiguresBrief) -> Table:
    """What was recovered or saved, and per case where cases are printed."""
    say = brief.say
    per_case = {ratio.first.id: ratio for ratio in recovery(brief.published)}
    names = (
        "consumer_losses_recovered",
        "enterprise_losses_recovered",
        "enterprise_losses_avoided",
    )
    found = [f for f in brief.published.figures.values() if f.indicator in names]
    found.sort(key=lambda f: brief.order.index(f.source))
    rows, values = [], []
    for figure in found:
        ratio = per_case.get(figure.id)
        text = say("no number of cases printed")
        if ratio:
            text = say("{value} per case closed", value=brief.money(ratio.value.value))
        rows.append((brief.name(figure), brief.place(figure.source), brief.shown(figure), text))
        each = round(ratio.value.value, 2) if ratio else None
        values.append((figure.id, figure.source, figure.value, each))
    return Table(
        **brief.plate("recovery"),
        title=say(
            "Losses recovered: per case only where the cases are printed, in {given} of {all} sums",
            given=len(per_case),
            all=len(found),
        ),
        caption=say(
            "For consumers and for enterprises are different things. The cases closed include "
            "tip-offs and requests, so a sum per complaint would be larger."
        ),
        data=TableData(
            (
                Column("indicator", say("Indicator")),
                Column("document", say("Document")),
                Column("sum", say("Printed"), "end"),
                Column("per_case", say("Per case")),
            ),
            tuple(rows),
            tuple(values),
        ),
    )


def inspection_figure(brief: FiguresBrief) -> Figure:
    """Officers, hazards and problems per establishment, enterprise or piece of equipment."""
    say, language = brief.say, brief.language
    found = sorted(yields(brief.published), key=lambda r: brief.order.index(r.first.source))

    def row(item: Ratio) -> Row:
        return Row(
            say(
                "{name}, {place}: {value}",
                name=_ratio_name(brief, item),
                place=brief.place(item.first.source),
                value=_ratio_text(brief, item),
            ),
            item.value.value,
            item.value.low,
            item.value.high,
            brief.published.level(item.first.region),
        )

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        draw_rows(
            axes,
            [row(item) for item in found],
            width,
            lambda value: number(value, language, size_decimals(value) if value < 1 else 0),
            say("Per one inspected (logarithmic)"),
            logarithmic=True,
        )

    low, high = (f(r.value.value for r in found if _finds(r)) for f in (min, max))
    return Figure(
        **brief.plate("inspections"),
        title=say(
            "Problems and hazards found run from {low} to {high} per one inspected: the documents "
            "do not count the same thing",
            low=number(low, language, 2),
            high=number(high, language, 1),
        ),
        caption=say(
            "Bars: exact 95% Poisson intervals where both counts are exact, otherwise the range "
            "that printed rounding allows. A high number can mean worse premises, closer "
            "inspection or finer counting; the documents do not say how premises were chosen. "
            "Different years and levels of government; no ranking."
        ),
        alt=say(
            "Found per one inspected: {parts}.",
            parts=say("; ").join(row(item).label for item in found),
        ),
        images=style.render(draw, language, False, height(len(found))),
        table=_ratio_data(brief, found),
    )


def _finds(item: Ratio) -> bool:
    return item.first.unit in ("hazard", "problem")


def _ratio_name(brief: FiguresBrief, item: Ratio) -> str:
    return brief.say(
        "{first} per {second}",
        first=brief.name(item.first),
        second=lower(brief.published.name("indicators", item.second.indicator, brief.language)),
    )


def _ratio_text(brief: FiguresBrief, item: Ratio) -> str:
    decimals = 2 if item.value.value < 1 else 1
    value, low, high = (
        number(v, brief.language, decimals)
        for v in (item.value.value, item.value.low, item.value.high)
    )
    if low == high:
        return value
    return brief.say("{value} ({low} to {high})", value=value, low=low, high=high)


def _ratio_data(brief: FiguresBrief, found: Sequence[Ratio]) -> TableData:
    say = brief.say
    return TableData(
        (
            Column("ratio", say("Found per inspected")),
            Column("document", say("Document")),
            Column("first", say("Found"), "end"),
            Column("second", say("Inspected"), "end"),
            Column("value", say("Per one"), "end"),
        ),
        tuple(
            (
                _ratio_name(brief, r),
                brief.place(r.first.source),
                brief.shown(r.first),
                brief.shown(r.second),
                _ratio_text(brief, r),
            )
            for r in found
        ),
        tuple(
            (
                f"{r.first.id}/{r.second.id}",
                r.first.source,
                r.first.value,
                r.second.value,
                round(r.value.value, 4),
            )
            for r in found
        ),
    )
