"""Printed figures put beside one another: one function a kind of comparison.

Which indicators are compared, against what, in which order and in which words stands in
``topics.csv``, ``comparisons.csv`` and the tables of words. Each function takes the rows of a
topic in ``comparisons.csv`` and the level of the intervals of shares; intervals of rates are 95 %.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from analysis.data.published.audit_rules import earlier, quotient
from analysis.data.published.figures import PrintedFigure, Published
from analysis.data.published.tables import Row
from analysis.stats.pooling.exact import Interval, rate_interval, share_interval

PER = 1000


@dataclass(frozen=True)
class Compared:
    """A printed figure and what another one makes of it.

    figure: the count, sum, change, number tested or number done.
    base: what it is put against, as printed: base of a rate, whole, cases, level, result of a
        sample, target. ``None`` where the document does not print it.
    value: what is drawn; ``None`` where it cannot be given.
    count: a number worked out beside it: passed, earlier level, target.
    row: what ``comparisons.csv`` says of it; empty where it needs nothing said.
    """

    figure: PrintedFigure
    base: PrintedFigure | None = None
    value: float | None = None
    interval: Interval | None = None
    count: float | None = None
    row: Row = field(default_factory=dict)
    is_rest: bool = False
    printed: PrintedFigure | None = None
    mark: float | None = None

    @property
    def id(self) -> str:
        """Its number: that of its figure, marked where it is the rest of a whole."""
        return f"{self.figure.id}-rest" if self.is_rest else self.figure.id


Found = Iterator[Compared]
Rows = Sequence[Row]
Find = Callable[[Published, Rows, float], Found]


def in_order(published: Published, found: Found) -> tuple[Compared, ...]:
    """What is compared, by document and region."""

    def by_document(item: Compared) -> tuple[int, bool, str]:
        source, region = item.figure.source, item.figure.region
        return published.documents.index(source), region != published.region_of(source), region

    return tuple(sorted(found, key=by_document))


def _of_one(first: PrintedFigure, second: PrintedFigure) -> bool:
    """Whether both speak of one region in one document."""
    return (first.source, first.region) == (second.source, second.region)


def _against(
    figure: PrintedFigure, base: PrintedFigure | None, row: Row, span: Interval | None
) -> Compared:
    """A figure with what it is put against, and the result with its limits."""
    return Compared(figure, base, None if span is None else span.value, span, row=row)


def _per(figure: PrintedFigure, base: PrintedFigure, per: float = 1) -> Interval:
    """One figure per other: by chance where both count exactly, else as far as rounding allows."""
    if figure.measures == "event" and figure.bound == base.bound == "exact":
        return rate_interval(round(figure.number), base.number / per)
    return quotient(figure, base, per)


def _share(part: PrintedFigure, whole: PrintedFigure, level: float) -> Interval:
    return share_interval(round(part.number), round(whole.number), level)


def rates(published: Published, rows: Rows, _: float) -> Found:
    """Counts per 1,000 of their base, where the document prints it."""
    for row in rows:
        bases = {(f.source, f.region): f for f in published.counts(row["base"]) if not f.scope}
        for figure in published.counts(row["indicator"]):
            if row["narrowed"] == "True" or not figure.scope:
                base = bases.get((figure.source, figure.region))
                yield _against(figure, base, row, None if base is None else _per(figure, base, PER))


def shares(published: Published, rows: Rows, level: float) -> Found:
    """Shares that follow from printed counts, then printed percentages."""
    derivable = [terms for _, terms in published.related("share_derivable")]
    for row in rows:
        for part, whole in derivable:
            if (part.indicator, whole.indicator) == (row["indicator"], row["base"]):
                yield _against(part, whole, row, _share(part, whole, level))
        for figure in published.figures.values():
            if (figure.kind, figure.indicator, "") == ("share_pct", row["indicator"], row["base"]):
                yield Compared(figure, value=figure.number / 100, row=row)


def ratios(published: Published, rows: Rows, _: float) -> Found:
    """One figure per other, as the relations pair them."""
    for _relation, (first, second) in published.related("ratio"):
        for row in rows:
            if first.indicator == row["indicator"] and row["base"] in ("", second.indicator):
                yield _against(first, second, row, _per(first, second))


def amounts(published: Published, rows: Rows, _: float) -> Found:
    """Sums of money with the cases they are for, then what a part leaves of its whole."""
    cases = {terms[0].id: terms[1] for _, terms in published.related("ratio")}
    by_pair = {(row["indicator"], row["base"]): row for row in rows}
    found = []
    for indicator in dict.fromkeys(row["indicator"] for row in rows):
        for figure in published.counts(indicator):
            base = cases.get(figure.id)
            row = by_pair.get((indicator, base.indicator if base else ""), {})
            value = figure.number / base.number if base and row.get("base") else None
            found.append(Compared(figure, base if value else None, value, row=row))
    yield from found
    for whole, part in product(found, found):
        row = part.row
        if part.figure.part_of == whole.figure.id and row.get("rest_en"):
            yield Compared(whole.figure, whole.base, _rest(whole, part), row=row, is_rest=True)


def _rest(whole: Compared, part: Compared) -> float | None:
    """What is left per case when a part is taken out of both sums and cases."""
    if whole.base is None or part.base is None:
        return None
    left = whole.figure.number - part.figure.number
    return left / (whole.base.number - part.base.number)


def samples(published: Published, rows: Rows, level: float) -> Found:
    """Tested figures, each with its own result; a part of what is listed is not listed again."""
    listed: set[str] = set()
    for base in dict.fromkeys(row["base"] for row in rows):
        for tested in published.counts(base):
            if tested.part_of not in listed:
                listed.add(tested.id)
                results = [row for row in rows if row["base"] == base]
                yield _sample(published, results, tested, level)


def _sample(published: Published, rows: Rows, tested: PrintedFigure, level: float) -> Compared:
    for row in rows:
        for result in published.counts(row["indicator"]):
            if _of_one(result, tested) and result.scope == tested.scope:
                whole, number = round(tested.number), result.number
                passed = round(tested.number - number if row["complement"] == "True" else number)
                span = share_interval(passed, whole, level)
                return Compared(tested, result, span.value, span, passed, row)
    return Compared(tested)


def stages(published: Published, rows: Rows, level: float) -> Found:
    """The share of one stage in another, of each document that prints the other."""
    for row in rows:
        pairs = product(published.counts(row["base"]), published.counts(row["indicator"]))
        for whole, part in pairs:
            if _of_one(whole, part) and not whole.scope and not part.scope:
                yield _against(part, whole, row, _share(part, whole, level))


def growth(published: Published, _: Rows, __: float) -> Found:
    """Every reported change, with the earlier level where the level is printed."""
    for change in published.figures.values():
        if change.kind == "change_pct":
            level = published.figures.get(change.growth_of)
            before = None if level is None else earlier(change, level)
            yield Compared(change, level, change.number / 100, count=before)


def progress(published: Published, _: Rows, __: float) -> Found:
    """What was done of each target that is printed, or that a printed progress implies."""
    for row, figures in published.related("progress", "progress_of_unstated"):
        done, printed = figures[0], published.figures.get(row["result"])
        if row["type"] == "progress":
            base, target = figures[1], figures[1].number
        elif printed is None or printed.number in (0, 100):
            continue
        else:
            base, target = None, float(round(100 * done.number / printed.number))
        gone = year_gone_by(done.end)
        yield Compared(done, base, done.number / target, count=target, printed=printed, mark=gone)


def year_gone_by(day: dt.date) -> float:
    """The share of its year that has gone by at the end of a day."""
    last = dt.date(day.year, 12, 31)
    return day.timetuple().tm_yday / last.timetuple().tm_yday
