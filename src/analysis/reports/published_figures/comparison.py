"""A comparison as a figure or a table, whatever its topic."""

from __future__ import annotations

from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.page.charts import style
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.rows import Row, Rows
from analysis.page.plates import Column, Figure, Table, TableData
from analysis.page.printed_figures import FiguresBrief
from analysis.reports.published_figures.kinds import Samples, letter, topics
from analysis.reports.published_figures.topic import Cell, TopicBrief

AT_START = ("name", "document", "compared_with", "value_in_words")
"""What a table sets at the start of a column; all else is numbers."""


def comparison(brief: FiguresBrief, name: str) -> Figure | Table:
    """One topic of ``topics.csv``: a figure where it has an axis, else a table."""
    topic = topics(brief)[name]
    title, caption, alt = (topic.words(use) for use in ("title", "caption", "alt"))
    data = _stage_data(topic) if topic.topic.kind == "stages" else _data(topic)
    if "axis" not in topic.topic.words:
        return Table(**brief.plate(name), title=title, caption=caption, data=data)
    if not isinstance(topic, Samples):
        return _rows(topic).figure(
            **brief.plate(name), title=title, caption=caption, alt=alt, table=data
        )
    images = style.render(partial(_draw_samples, topic), brief.language, False, 0.95)
    return Figure(
        **brief.plate(name), title=title, caption=caption, alt=alt, images=images, table=data
    )


def _columns(topic: TopicBrief) -> tuple[Column, ...]:
    chinese = topic.brief.language == "zh"
    return tuple(
        Column(c.key, c.label[chinese], "start" if c.shows in AT_START else "end")
        for c in topic.topic.columns
    )


def _data(topic: TopicBrief) -> TableData:
    """One line for each number compared."""
    lines = []
    for item in topic.items:
        lines.append([topic.cells[column.shows](item) for column in topic.topic.columns])
    return _table(topic, lines)


def _stage_data(topic: TopicBrief) -> TableData:
    """One line for each document, whether it prints the stages or not."""
    published = topic.brief.published
    items = {(item.figure.source, item.figure.region): item for item in topic.given}
    missing = topic.brief.say("not printed"), None
    lines = []
    for source in published.documents:
        line: list[Cell] = []
        item = items.get((source, published.region_of(source)))
        for column in topic.topic.columns:
            if column.shows == "stage":
                whole = published.whole(column.key, source)
                line.append((topic.brief.shown(whole), whole.value) if whole else missing)
            elif column.shows == "document":
                line.append((topic.brief.document(source), source))
            else:
                line.append(topic.cells[column.shows](item) if item else missing)
        lines.append(line)
    return _table(topic, lines)


def _table(topic: TopicBrief, lines: list[list[Cell]]) -> TableData:
    texts = tuple(tuple(text for text, _ in line) for line in lines)
    return TableData(_columns(topic), texts, tuple(tuple(v for _, v in line) for line in lines))


def _rows(topic: TopicBrief) -> Rows:
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
        Axis(topic.tick, topic.words("axis"), logarithmic=topic.topic.logarithmic),
        tuple(Reference(value) for value in topic.references),
    )


def _draw_samples(topic: Samples, _: Canvas, axes: Axes, width: str) -> None:
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
