"""A comparison as a figure or a table, whatever its topic."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.page.charts import style
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.rows import Row, Rows
from analysis.page.plates import Column, Figure, Table, TableData
from analysis.reports.figures import FiguresReport
from analysis.reports.published_figures.kinds import Samples, Stages, letter, topics
from analysis.reports.published_figures.topic import Cell, Topic

AT_START = ("name", "document", "compared_with", "value_in_words")
"""What a table sets at the start of a column; all else is numbers."""


def comparison(brief: FiguresReport, name: str) -> Figure | Table:
    """One topic of ``topics.csv``: a figure where it has an axis, else a table."""
    topic = topics(brief)[name]
    title, caption, alt = (topic.words(use) for use in ("title", "caption", "alt"))
    data = _stage_data(topic) if isinstance(topic, Stages) else _data(topic)
    if "axis" not in topic.said:
        return Table(**brief.plate(name), title=title, caption=caption, data=data)
    if not isinstance(topic, Samples):
        return _rows(topic).figure(
            **brief.plate(name), title=title, caption=caption, alt=alt, table=data
        )
    images = style.render(partial(_draw_samples, topic), brief.language, False, 0.95)
    return Figure(
        **brief.plate(name), title=title, caption=caption, alt=alt, images=images, table=data
    )


def _columns(topic: Topic) -> tuple[Column, ...]:
    label = f"label_{topic.brief.language}"
    return tuple(
        Column(row["column"], row[label], "start" if row["shows"] in AT_START else "end")
        for row in topic.rows("topic_columns")
    )


def _data(topic: Topic) -> TableData:
    """One line for each number compared."""
    shows = [row["shows"] for row in topic.rows("topic_columns")]
    lines = ((topic.cells[show](item) for show in shows) for item in topic.items)
    return TableData.of(_columns(topic), lines)


def _stage_data(topic: Topic) -> TableData:
    """One line for each document, whether it prints the stages or not."""
    brief, published = topic.brief, topic.brief.published
    items = {(item.figure.source, item.figure.region): item for item in topic.given}
    missing: Cell = brief.say("not printed"), None

    def cell(source: str, row: Mapping[str, str]) -> Cell:
        item = items.get((source, published.region_of(source)))
        if row["shows"] == "document":
            return brief.document(source), source
        if row["shows"] == "stage":
            whole = published.whole(row["column"], source)
            return (brief.shown(whole), whole.value) if whole else missing
        return topic.cells[row["shows"]](item) if item else missing

    rows = topic.rows("topic_columns")
    lines = ((cell(source, row) for row in rows) for source in published.documents)
    return TableData.of(_columns(topic), lines)


def _rows(topic: Topic) -> Rows:
    """One row for each number that has a value, under the heading of its document."""
    return Rows(
        tuple(
            Row(
                topic.row_label(item),
                item.value or 0.0,
                item.interval.low if item.interval else None,
                item.interval.high if item.interval else None,
                topic.brief.colour(item.figure.region),
                hollow=item.base is None,
                mark=item.mark,
                group=topic.brief.document(item.figure.source, region=item.figure.region),
            )
            for item in topic.drawn
        ),
        Axis(topic.tick, topic.words("axis"), logarithmic=topic.logarithmic),
        tuple(Reference(value) for value in topic.references),
    )


def _draw_samples(topic: Samples, axes: Axes, width: str) -> None:
    funnel = topic.funnel
    for (low, high), shade in zip(funnel.limits, (0.28, 0.14), strict=False):
        axes.fill_between(funnel.sizes, low, high, color=style.QUIET, alpha=shade, linewidth=0)
    axes.axhline(funnel.pooled, color=style.INK, linewidth=1)
    for position, item in enumerate(topic.drawn):
        span, at = item.interval, item.figure.number
        if span is None:
            continue
        colour = style.COLOURS[topic.brief.colour(item.figure.region)]
        axes.plot([at, at], [span.low, span.high], color=colour, alpha=0.6)
        axes.plot(at, span.value, "o", color=colour, markersize=6)
        axes.annotate(
            letter(position),
            (at, span.value),
            xytext=(7, -4),
            textcoords="offset points",
            color=colour,
        )
    axes.xaxis.set_major_locator(MaxNLocator(6 if width == "wide" else 4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: topic.tick(v)))
    axes.set_xlabel(topic.words("axis"))
    axes.set_ylabel(topic.words("axis_up"))
