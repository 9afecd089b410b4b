"""Printed figures put beside one another, as the tables of topics and comparisons say.

This module knows kinds of comparison. Which indicators are compared, against what, in which
order and in which words stands in ``topics.csv``, ``comparisons.csv`` and the tables of words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from analysis.data.published.figures import PrintedFigure, Published
from analysis.data.published.tables import rows_of
from analysis.stats.pooling.exact import Interval, rate_interval, share_interval
from analysis.stats.pooling.reported import earlier_level

PER = 1000
Words = tuple[str, str]
"""English and Chinese."""


@dataclass(frozen=True)
class Comparison:
    """One indicator of a topic, as ``comparisons.csv`` has it."""

    indicator: str
    base: str
    narrowed: bool
    complement: bool
    example: bool
    name: Words
    rest: Words


@dataclass(frozen=True)
class TopicColumn:
    """One column of the table of a topic."""

    key: str
    shows: str
    label: Words


@dataclass(frozen=True)
class Topic:
    """One comparison of a page: its kind, its indicators, the columns of its table, its words."""

    name: str
    kind: str
    logarithmic: bool
    comparisons: tuple[Comparison, ...]
    columns: tuple[TopicColumn, ...]
    words: Mapping[str, Words]


@dataclass(frozen=True)
class Compared:
    """A printed figure and what another one makes of it.

    figure: the count, sum, change, number tested or number done.
    base: what it is put against, as printed: base of a rate, whole, cases, level, result of a
        sample, target. ``None`` where the document does not print it.
    value: what is drawn; ``None`` where it cannot be given.
    count: a number worked out beside it: passed, earlier level, target.
    """

    figure: PrintedFigure
    base: PrintedFigure | None = None
    value: float | None = None
    interval: Interval | None = None
    count: float | None = None
    comparison: Comparison | None = None
    is_rest: bool = False
    printed: PrintedFigure | None = None
    mark: float | None = None

    @property
    def id(self) -> str:
        """Its number: that of its figure, marked where it is the rest of a whole."""
        return f"{self.figure.id}-rest" if self.is_rest else self.figure.id


def read_topics(published: Published) -> dict[str, Topic]:
    """All topics by name, in the order of their table."""
    rows = {
        name: rows_of(published.dataset.tables[name])
        for name in ("topics", "comparisons", "topic_columns", "topic_words")
    }

    def of(table: str, topic: str) -> list[dict[str, str]]:
        return [row for row in rows[table] if row["topic"] == topic]

    return {
        row["topic"]: Topic(
            name=row["topic"],
            kind=row["kind"],
            logarithmic=row["logarithmic"] == "True",
            comparisons=tuple(_comparison(r) for r in of("comparisons", row["topic"])),
            columns=tuple(
                TopicColumn(r["column"], r["shows"], (r["label_en"], r["label_zh"]))
                for r in of("topic_columns", row["topic"])
            ),
            words={
                r["use"]: (r["words_en"], r["words_zh"]) for r in of("topic_words", row["topic"])
            },
        )
        for row in rows["topics"]
    }


def _comparison(row: Mapping[str, str]) -> Comparison:
    return Comparison(
        indicator=row["indicator"],
        base=row["base"],
        narrowed=row["narrowed"] == "True",
        complement=row["complement"] == "True",
        example=row["example"] == "True",
        name=(row["name_en"], row["name_zh"]),
        rest=(row["rest_en"], row["rest_zh"]),
    )


def compare(published: Published, topic: Topic, level: float) -> tuple[Compared, ...]:
    """What a topic compares, by document and region, then as its kind orders them.

    Parameters
    ----------
    level: level of the intervals of shares; intervals of rates are 95 %.
    """
    found = KINDS[topic.kind](published, topic.comparisons, level)

    def by_document(item: Compared) -> tuple[int, bool, str]:
        source, region = item.figure.source, item.figure.region
        return published.documents.index(source), region != published.region_of(source), region

    return tuple(sorted(found, key=by_document))


Found = Iterator[Compared]
Rows = Sequence[Comparison]


def _chosen(published: Published, row: Comparison) -> list[PrintedFigure]:
    return [f for f in published.counts(row.indicator) if row.narrowed or not f.scope]


def _of_one(first: PrintedFigure, second: PrintedFigure) -> bool:
    """Whether both speak of one region in one document."""
    return (first.source, first.region) == (second.source, second.region)


def _quotient(figure: PrintedFigure, base: PrintedFigure, per: float = 1) -> Interval:
    """One figure per other: by chance where both count exactly, else as far as rounding allows."""
    size = base.number / per
    if figure.measures == "event" and figure.bound == base.bound == "exact":
        return rate_interval(round(figure.number), size)
    low, high = figure.range.low / base.range.high, figure.range.high / base.range.low
    return Interval(figure.number / size, per * low, per * high)


def _rates(published: Published, rows: Rows, _: float) -> Found:
    for row in rows:
        bases = {(f.source, f.region): f for f in published.counts(row.base) if not f.scope}
        for figure in _chosen(published, row):
            base = bases.get((figure.source, figure.region))
            span = None if base is None else _quotient(figure, base, PER)
            value = None if span is None else span.value
            yield Compared(figure, base, value, span, comparison=row)


def _shares(published: Published, rows: Rows, level: float) -> Found:
    derivable = [terms for _, terms in published.related("share_derivable")]
    for row in rows:
        for part, whole in derivable:
            if (part.indicator, whole.indicator) == (row.indicator, row.base):
                span = share_interval(round(part.number), round(whole.number), level)
                yield Compared(part, whole, span.value, span, comparison=row)
        for figure in published.figures.values():
            if not row.base and figure.kind == "share_pct" and figure.indicator == row.indicator:
                yield Compared(figure, value=figure.number / 100, comparison=row)


def _ratios(published: Published, rows: Rows, _: float) -> Found:
    for _relation, (first, second) in published.related("ratio"):
        for row in rows:
            if first.indicator == row.indicator and row.base in ("", second.indicator):
                span = _quotient(first, second)
                yield Compared(first, second, span.value, span, comparison=row)


def _amounts(published: Published, rows: Rows, _: float) -> Found:
    """Sums of money with the cases they are for, then what a part leaves of its whole."""
    cases = {terms[0].id: terms[1] for _, terms in published.related("ratio")}
    by_pair = {(row.indicator, row.base): row for row in rows}
    found = []
    for indicator in dict.fromkeys(row.indicator for row in rows):
        for figure in published.counts(indicator):
            base = cases.get(figure.id)
            row = by_pair.get((indicator, base.indicator if base else ""))
            value = figure.number / base.number if base and row and row.base else None
            found.append(Compared(figure, base if value else None, value, comparison=row))
    yield from found
    for whole, part in product(found, found):
        row = part.comparison
        if part.figure.links.get("part_of") == whole.id and row and any(row.rest):
            yield Compared(whole.figure, whole.base, _rest(whole, part), None, None, row, True)


def _rest(whole: Compared, part: Compared) -> float | None:
    """What is left per case when a part is taken out of both sums and cases."""
    if whole.base is None or part.base is None:
        return None
    left = whole.figure.number - part.figure.number
    return left / (whole.base.number - part.base.number)


def _samples(published: Published, rows: Rows, level: float) -> Found:
    """Tested figures, each with its own result; a part of what is listed is not listed again."""
    listed: set[str] = set()
    for base in dict.fromkeys(row.base for row in rows):
        for tested in published.counts(base):
            if tested.links.get("part_of") in listed:
                continue
            listed.add(tested.id)
            yield _sample(published, [row for row in rows if row.base == base], tested, level)


def _sample(published: Published, rows: Rows, tested: PrintedFigure, level: float) -> Compared:
    for row in rows:
        for result in published.counts(row.indicator):
            if _of_one(result, tested) and result.scope == tested.scope:
                whole = round(tested.number)
                passed = round(tested.number - result.number if row.complement else result.number)
                span = share_interval(passed, whole, level)
                return Compared(tested, result, span.value, span, passed, row)
    return Compared(tested)


def _stages(published: Published, rows: Rows, level: float) -> Found:
    """The share of one stage in another, of each document that prints the other."""
    for row in rows:
        for whole, part in product(published.counts(row.base), published.counts(row.indicator)):
            if whole.scope or part.scope or not _of_one(whole, part):
                continue
            span = share_interval(round(part.number), round(whole.number), level)
            yield Compared(part, whole, span.value, span, comparison=row)


def _growths(published: Published, _: Rows, __: float) -> Found:
    """Every reported change, with the earlier level where the level is printed."""
    for change in published.figures.values():
        if change.kind == "change_pct":
            level = published.figures.get(change.links.get("growth_of", ""))
            earlier = None if level is None else _earlier(change, level)
            yield Compared(change, level, change.number / 100, count=earlier)


def _earlier(change: PrintedFigure, level: PrintedFigure) -> float:
    whole = None
    if level.bound == "exact" and level.precision:
        whole = earlier_level(level.number, change.number, change.step, level.precision)
    return level.number / (1 + change.number / 100) if whole is None else whole


def _progress(published: Published, _: Rows, __: float) -> Found:
    """What was done of each target that is printed, or that a printed progress implies."""
    for relation, figures in published.related("progress", "progress_of_unstated"):
        done, printed = figures[0], published.figures.get(relation.result)
        if relation.type == "progress":
            base, target = figures[1], figures[1].number
        elif printed is None or printed.number in (0, 100):
            continue
        else:
            base, target = None, float(round(100 * done.number / printed.number))
        gone = year_gone_by(done.end)
        yield Compared(done, base, done.number / target, count=target, printed=printed, mark=gone)


def year_gone_by(day: dt.date) -> float:
    """The share of its year that has gone by at the end of a day."""
    start, end = dt.date(day.year, 1, 1), dt.date(day.year + 1, 1, 1)
    return ((day - start).days + 1) / (end - start).days


KINDS: Mapping[str, Callable[[Published, Rows, float], Found]] = {
    "rate": _rates,
    "share": _shares,
    "ratio": _ratios,
    "amount": _amounts,
    "sample": _samples,
    "stages": _stages,
    "growth": _growths,
    "progress": _progress,
}
