"""What kinds of comparison differ in: how their numbers are named and written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.data.published import comparisons
from analysis.data.published.comparisons import Compared
from analysis.data.published.figures import PrintedFigure
from analysis.data.published.tables import Row
from analysis.page.charts import style
from analysis.page.charts.axes import Cell
from analysis.page.marks import marks_of
from analysis.page.numbers import size_decimals
from analysis.page.plates import Figure
from analysis.page.wording import capital, lower
from analysis.reports.figures import FiguresReport
from analysis.reports.published_figures.topic import Topic
from analysis.stats.pooling.rates import Limits, funnel_limits

FUNNEL = ((0.95, 0.28), (0.998, 0.14))
"""About two and three standard errors, the usual limits of a funnel, and the shade of each."""


class Rates(Topic):
    """Counts per 1,000 of a base."""

    find = comparisons.rates

    def amount(self, value: float, item: Compared) -> str:
        """With the decimals of the rate itself."""
        return self.brief.number(value, size_decimals(item.value or 0))

    def tick(self, value: float) -> str:
        """Whole numbers."""
        return self.brief.in_full(value)

    def exact(self, value: float, item: Compared) -> str:  # noqa: ARG002
        """With one decimal."""
        return self.brief.number(value, 1)


class Shares(Topic):
    """Printed percentages, and shares of printed counts."""

    find = comparisons.shares

    def name(self, item: Compared) -> str:
        """A share that follows from counts names both."""
        if item.base is None:
            return super().name(item)
        whole = self.brief.name(item.base, sentence=True)
        return self.brief.say("{part}, of {whole}", part=super().name(item), whole=whole)


class Ratios(Topic):
    """One figure per other."""

    find = comparisons.ratios

    def name(self, item: Compared) -> str:
        """Both figures."""
        base = item.base or item.figure
        second = lower(self.brief.named("indicators", base.indicator))
        return self.brief.say("{first} per {second}", first=super().name(item), second=second)

    def code(self, item: Compared) -> str:
        """The numbers of both."""
        return f"{item.id}/{item.base.id}" if item.base else item.id

    def amount(self, value: float, item: Compared) -> str:
        """Small ratios with two decimals."""
        return self.brief.number(value, 2 if (item.value or 0) < 1 else 1)

    def tick(self, value: float) -> str:
        """As short as it can be."""
        return self.brief.in_full(value, size_decimals(value) if value < 1 else 0)

    def value(self, item: Compared) -> str:
        """Without limits where rounding leaves no room."""
        span = item.interval
        if span and self.amount(span.low, item) == self.amount(span.high, item):
            return self.amount(span.value, item)
        return super().value(item)


class Amounts(Topic):
    """Sums of money per case."""

    find = comparisons.amounts
    digits = 2

    def name(self, item: Compared) -> str:
        """Where figures of the whole have a name of their own, a part is named by its scope."""
        scope, language = item.figure.scope, self.brief.language
        if item.is_rest:
            return item.row[f"rest_{language}"]
        if not any(row["name_en"] for row in self.rows("comparisons")):
            return super().name(item)
        if scope:
            return capital(self.brief.named("scopes", scope))
        return item.row.get(f"name_{language}") or super().name(item)

    def amount(self, value: float, item: Compared) -> str:
        """Money, in the words of the topic where it has some."""
        money = self.brief.money(value, item.figure.unit)
        return self.words("given", value=money) or money

    def tick(self, value: float) -> str:
        """Whole numbers."""
        return self.brief.in_full(value)

    def exact(self, value: float, item: Compared) -> str:
        """Money only."""
        return self.brief.money(value, item.figure.unit)


class Samples(Topic):
    """Tested and passed."""

    find = comparisons.samples

    @cached_property
    def counts(self) -> np.ndarray:
        """Tested and passed where the result is printed, shape (2, items)."""
        given = [(round(i.figure.number), i.count) for i in self.drawn if i.count is not None]
        return np.array(given, dtype=float).reshape(-1, 2).T

    @property
    def pooled(self) -> float:
        """The common pass rate."""
        tested, passed = self.counts.sum(axis=1)
        return float(passed / tested) if tested else math.nan

    def limits(self, tested: np.ndarray, level: float) -> Limits:
        """What chance alone would allow around the common rate."""
        return funnel_limits(self.pooled, tested, level, "binomial")

    def figure(self, **plate: Any) -> Figure:
        """Pass rates by size between the limits of a funnel."""
        marks = marks_of(self.brief.simulated, self.brief.internal)
        images = style.render(self._draw, self.brief.language, marks, 0.95)
        return Figure(**plate, images=images)

    def _draw(self, axes: Axes, width: str) -> None:
        sizes = np.unique(np.geomspace(10, 1.15 * self.counts[0].max(initial=10), 120).astype(int))
        for level, shade in FUNNEL:
            band = self.limits(sizes, level)
            axes.fill_between(
                sizes, band.low, band.high, color=style.QUIET, alpha=shade, linewidth=0
            )
        axes.axhline(self.pooled, color=style.INK, linewidth=1)
        for position, item in enumerate(self.drawn):
            span, at = item.interval, item.figure.number
            if span is None:
                continue
            colour = style.COLOURS[self.brief.colour(item.figure.region)]
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
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: self.tick(v)))
        axes.set_xlabel(self.words("axis"))
        axes.set_ylabel(self.words("axis_up"))

    def name(self, item: Compared) -> str:
        """What was sampled."""
        scope = item.figure.scope
        return self.brief.named("scopes", scope) if scope else super().name(item)

    def printed(self, figure: PrintedFigure | None, item: Compared) -> Cell:
        """Numbers with separators in both languages."""
        text, value = super().printed(figure, item)
        return (self.brief.in_full(figure.number) if figure else text), value

    @property
    def labels(self) -> list[str]:
        """With the letter that stands in the drawing."""
        return [f"{letter(position)} {label}" for position, label in enumerate(super().labels)]

    @cached_property
    def facts(self) -> Mapping[str, object]:
        """With the common rate, and how many lie outside of what chance allows."""
        inner, (tested, passed) = self.limits(self.counts[0], FUNNEL[0][0]), self.counts
        outside = int(((passed / tested < inner.low) | (passed / tested > inner.high)).sum())
        return {**super().facts, "pooled": self.brief.percent(self.pooled), "outside": outside}


class Growth(Topic):
    """Reported changes."""

    find = comparisons.growth
    references = (0.0,)

    def document(self, item: Compared) -> str:
        """With the period of the change."""
        change = item.figure
        return self.brief.document(change.source, (change.start, change.end), change.region)

    def row_label(self, item: Compared) -> str:
        """With the period of the change."""
        period = self.brief.period(item.figure.start, item.figure.end)
        name = self.brief.say("{name}, {period}", name=self.name(item), period=period)
        return self.brief.say("{name}: {value}", name=name, value=self.value(item))

    def tick(self, value: float) -> str:
        """With its sign."""
        return self.brief.percent(value, 0, signed=True)

    def value(self, item: Compared) -> str:
        """The change with both levels."""
        if item.base is None:
            return super().value(item)
        text = (
            "{value}, from about {earlier} to {level}"
            if item.base.bound == "exact"
            else "{value}, from {earlier} to {level}"
        )
        return self.brief.say(
            text,
            value=self.brief.shown(item.figure),
            earlier=self._earlier(item),
            level=self.brief.shown(item.base),
        )

    def count(self, item: Compared) -> Cell:
        """The earlier level."""
        if item.base is None or item.count is None:
            return super().count(item)
        return self._earlier(item), round(item.count, 3)

    def _earlier(self, item: Compared) -> str:
        """Whole numbers for counts, two decimals for small rates."""
        level, unit = item.count or 0, item.base.unit if item.base else ""
        level = float(round(level)) if level >= 100 else round(level, 2)
        return self.brief.bounded(item.base, self.brief.amount(level, unit))


class Progress(Topic):
    """What was done of targets."""

    find = comparisons.progress
    references = (0.0, 1.0)

    def label(self, item: Compared) -> str:
        """Done, target and share."""
        return self.brief.say(
            "{name}: {done} of {target} ({value})",
            name=self.name(item),
            done=self.brief.number(item.figure.number),
            target=self.count(item)[0],
            value=self.value(item),
        )

    def row_label(self, item: Compared) -> str:
        """The same: it names no document."""
        return self.label(item)

    def value(self, item: Compared) -> str:
        """The share, whether the target is printed or not."""
        return self.amount(item.value or 0, item)

    def printed(self, figure: PrintedFigure | None, item: Compared) -> Cell:
        """What was done, with separators in both languages."""
        text, value = super().printed(figure, item)
        done = figure is item.figure and figure is not None
        return (self.brief.in_full(figure.number) if done and figure else text), value

    def count(self, item: Compared) -> Cell:
        """The target, marked where it is implied."""
        text, value = super().count(item)
        return (text if item.base else self.brief.say("about {value}", value=text)), value


class Stages(Topic):
    """One column a stage, one row a document."""

    find = comparisons.stages

    def lines(self, columns: Sequence[Row]) -> Iterable[Iterable[Cell]]:
        """One line for each document, whether it prints the stages or not."""
        items = {(item.figure.source, item.figure.region): item for item in self.given}
        return ((self._cell(source, row, items) for row in columns) for source in self.brief.order)

    def _cell(self, source: str, row: Row, items: Mapping[tuple[str, str], Compared]) -> Cell:
        if row["shows"] == "document":
            return self.brief.document(source), source
        if row["shows"] == "stage":
            whole = self.brief.published.whole(row["column"], source)
            return (self.brief.shown(whole), whole.value) if whole else self.missing
        item = items.get((source, self.brief.published.region_of(source)))
        return self.cells[row["shows"]](item) if item else self.missing


KINDS: Mapping[str, type[Topic]] = {
    "rate": Rates,
    "share": Shares,
    "ratio": Ratios,
    "amount": Amounts,
    "sample": Samples,
    "stages": Stages,
    "growth": Growth,
    "progress": Progress,
}


def topics(brief: FiguresReport) -> dict[str, Topic]:
    """Every topic by name, in order."""
    rows = brief.published.tables["topics"]
    return {row["topic"]: KINDS[row["kind"]](brief, row["topic"]) for row in rows}


def letter(position: int) -> str:
    """A, B, … Z, A2, B2, …"""
    turn, rest = divmod(position, 26)
    return chr(ord("A") + rest) + (str(turn + 1) if turn else "")
