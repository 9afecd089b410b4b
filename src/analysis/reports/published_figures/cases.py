"""The enforcement funnel, and fines per case."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from analysis.data.published.profile import CASES, Fine, case_counts, fines
from analysis.page.charts import style
from analysis.page.charts.rows import Row, draw_rows, height
from analysis.page.numbers import number, percent
from analysis.page.plates import Column, Figure, Table, TableData
from analysis.page.printed_figures import FiguresBrief
from analysis.stats.pooling.exact import share_interval


def cases_table(brief: FiguresBrief) -> Table:
    """Opened, closed, major and transferred cases, side by side with what is not printed."""
    say, language = brief.say, brief.language
    counts = case_counts(brief.published)
    rows, values = [], []
    for source in brief.order:
        own = counts.get(source, {})
        texts = [brief.shown(own[k]) if k in own else say("not printed") for k in CASES]
        share, value = say("not printed"), None
        if "major_cases_closed" in own:
            major, closed = (round(own[k].number) for k in ("major_cases_closed", "cases_closed"))
            span = share_interval(major, closed, brief.params.level)
            share = say(
                "{value} ({low} to {high})",
                value=percent(span.value, language),
                low=percent(span.low, language),
                high=percent(span.high, language),
            )
            value = round(span.value, 4)
        rows.append((brief.place(source), *texts, share))
        values.append((source, *(own[k].value if k in own else None for k in CASES), value))
    columns = [Column("document", say("Document"))]
    columns += [Column(k, brief.published.name("indicators", k, language), "end") for k in CASES]
    columns.append(Column("major_share", say("Major, of closed"), "end"))
    return Table(
        **brief.plate("cases"),
        title=say(
            "{given} of {all} documents print cases of all kinds; only {whole} prints how many "
            "were opened",
            given=len(counts),
            all=len(brief.order),
            whole=sum("cases_opened" in own for own in counts.values()),
        ),
        caption=say(
            "Exact {level} binomial intervals. What counts as major is set by each bureau. Cases "
            "closed may have been opened in an earlier period. Half a year in one region and a "
            "whole year in the other; no ranking.",
            level=percent(brief.params.level, language, 0),
        ),
        data=TableData(tuple(columns), tuple(rows), tuple(values)),
    )


def fines_figure(brief: FiguresBrief) -> Figure:
    """Fines and confiscations per closed case."""
    say, language = brief.say, brief.language
    found = sorted(fines(brief.published), key=lambda f: brief.order.index(f.fines.source))
    whole = [f for f in found if not f.fines.scope and not f.rest]

    def row(item: Fine) -> Row:
        label = say(
            "{name}, {place}: {value}",
            name=_name(brief, item),
            place=brief.place(item.fines.source),
            value=brief.money(item.per_case),
        )
        return Row(label, item.per_case, colour=brief.published.level(item.fines.region))

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        draw_rows(
            axes,
            [row(item) for item in found],
            width,
            lambda value: number(value, language),
            say("Yuan per closed case (logarithmic)"),
            logarithmic=True,
        )

    return Figure(
        **brief.plate("fines"),
        title=say(
            "Fines and confiscations per closed case: {parts}; a few major cases decide the mean",
            parts=say("; ").join(
                say(
                    "{place} {value}",
                    place=brief.place(f.fines.source),
                    value=brief.money(f.per_case),
                )
                for f in whole
            ),
        ),
        caption=say(
            "Sums divided by cases closed. A mean of fines has no interval here, because single "
            "fines are not printed. Other cases: the whole less the major ones. Cases without a "
            "fine are included. Half a year against a whole year, county against district, 2023 "
            "against 2020; no ranking."
        ),
        alt=say(
            "Yuan per closed case: {parts}.",
            parts=say("; ").join(row(item).label for item in found),
        ),
        images=style.render(draw, language, False, height(len(found), 0.13)),
        table=TableData(
            (
                Column("cases", say("Cases")),
                Column("document", say("Document")),
                Column("fines", say("Fines and confiscations"), "end"),
                Column("closed", say("Closed"), "end"),
                Column("per_case", say("Yuan per case"), "end"),
            ),
            tuple(
                (
                    _name(brief, f),
                    brief.place(f.fines.source),
                    say("computed") if f.rest else brief.shown(f.fines),
                    say("computed") if f.rest else brief.shown(f.cases),
                    number(f.per_case, language),
                )
                for f in found
            ),
            tuple(
                (
                    f"{f.fines.id}{'-rest' if f.rest else ''}",
                    f.fines.source,
                    None if f.rest else f.fines.value,
                    None if f.rest else f.cases.value,
                    round(f.per_case, 2),
                )
                for f in found
            ),
        ),
    )


def _name(brief: FiguresBrief, item: Fine) -> str:
    if item.rest:
        return brief.say("Other than major cases")
    if item.fines.scope:
        name = brief.published.name("scopes", item.fines.scope, brief.language)
        return name[:1].upper() + name[1:]
    return brief.say("All cases")
