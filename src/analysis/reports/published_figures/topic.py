"""One comparison in the words of a page: names, values with their range, cells and facts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from analysis.data.published.comparisons import Compared, Find, in_order
from analysis.data.published.figures import PrintedFigure
from analysis.data.published.tables import Row, choices
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Cell, Reference
from analysis.page.charts.rows import Row as Bar
from analysis.page.charts.rows import Rows
from analysis.page.plates import Column, Figure, Table, TableData
from analysis.page.wording import bold
from analysis.reports.figures import FiguresReport

SINCE = choices("figures", "compared_with")
EXAMPLE = ("document", "value", "low", "high", "figure")
AT_START = ("name", "document", "compared_with", "value_in_words")
"""What a table sets at the start of a column; all else is numbers."""


@dataclass(frozen=True)
class Topic:
    """One row of ``topics.csv`` as a report writes it; kinds of comparison inherit it."""

    brief: FiguresReport
    key: str
    find: ClassVar[Find]
    """What it compares."""
    digits: ClassVar[int] = 4
    """To how many digits results stand in the download."""
    references: ClassVar[tuple[float, ...]] = ()
    """Values that a drawing is held against."""

    @cached_property
    def items(self) -> tuple[Compared, ...]:
        """Everything that it compares or would compare."""
        published = self.brief.published
        found = type(self).find(published, self.rows("comparisons"), self.brief.params.level)
        return in_order(published, found)

    def rows(self, table: str) -> list[Row]:
        """What a table says of the topic."""
        return [row for row in self.brief.published.tables[table] if row["topic"] == self.key]

    @property
    def given(self) -> list[Compared]:
        """What the documents print both numbers of."""
        return [item for item in self.items if item.base]

    @property
    def drawn(self) -> list[Compared]:
        """What has a value."""
        return [item for item in self.items if item.value is not None]

    @cached_property
    def said(self) -> Mapping[str, str]:
        """The topic's words by use, with fields in braces."""
        return self.brief.published.words("topic_words", self.key, self.brief.language)

    def words(self, use: str, **fields: object) -> str:
        """The topic's words for a use with its facts, or other fields; empty where it has none."""
        return bold(self.said[use]).format(**(fields or self.facts)) if use in self.said else ""

    def plate(self) -> Figure | Table:
        """A figure where it has an axis, else a table."""
        given = self.brief.plate(self.key)
        given |= {"title": self.words("title"), "caption": self.words("caption")}
        if "axis" not in self.said:
            return Table(**given, data=self.table())
        return self.figure(**given, alt=self.words("alt"), table=self.table())

    def table(self) -> TableData:
        """Its columns as ``topic_columns.csv`` has them."""
        rows, label = self.rows("topic_columns"), f"label_{self.brief.language}"
        columns = (
            Column(
                row["column"], row[label], "start" if row["shows"] in AT_START else "end", NUMBER
            )
            for row in rows
        )
        return TableData.of(columns, self.lines(rows))

    def lines(self, columns: Sequence[Row]) -> Iterable[Iterable[Cell]]:
        """One line for each number compared."""
        return ((self.cells[row["shows"]](item) for row in columns) for item in self.items)

    def figure(self, **plate: Any) -> Figure:
        """One row for each number that has a value, under the heading of its document."""
        bars = tuple(
            Bar(
                self.row_label(item),
                item.value or 0.0,
                item.interval.low if item.interval else None,
                item.interval.high if item.interval else None,
                self.brief.colour(item.figure.region),
                hollow=item.base is None,
                mark=item.mark,
                group=self.brief.document(item.figure.source, region=item.figure.region),
            )
            for item in self.drawn
        )
        logarithmic = self.brief.published.row("topics", self.key)["logarithmic"] == "True"
        axis = Axis(self.tick, self.words("axis"), logarithmic=logarithmic, role=NUMBER)
        return Rows(bars, axis, tuple(map(Reference, self.references))).figure(**plate)

    # How a number is named and written. Kinds of comparison replace some of these.

    def name(self, item: Compared) -> str:
        """What is compared."""
        return self.brief.name(item.figure)

    def document(self, item: Compared) -> str:
        """Whose number it is."""
        return self.brief.document(item.figure.source, region=item.figure.region)

    def label(self, item: Compared) -> str:
        """Name, document and value in one line."""
        return self.brief.say(
            "{name}, {place}: {value}",
            name=self.name(item),
            place=self.document(item),
            value=self.value(item),
        )

    def row_label(self, item: Compared) -> str:
        """Name and value, where the document stands above."""
        return self.brief.say("{name}: {value}", name=self.name(item), value=self.value(item))

    def amount(self, value: float, item: Compared) -> str:  # noqa: ARG002
        """A result of an item, or a limit of it, as a number."""
        return self.brief.percent(value)

    def tick(self, value: float) -> str:
        """A result on the axis."""
        return self.brief.percent(value, 0)

    def exact(self, value: float, item: Compared) -> str:
        """A result as it stands in the answer."""
        return self.amount(value, item)

    def value(self, item: Compared) -> str:
        """The result with its range, or what is missing."""
        if item.base is None or item.value is None:
            return self.words("missing", value=self.brief.shown(item.figure))
        text = self.amount(item.value, item)
        if item.interval is None:
            return text
        if not math.isfinite(item.interval.high):
            return self.brief.say("at least {value}", value=text)
        low, high = (self.amount(v, item) for v in (item.interval.low, item.interval.high))
        return self.brief.say("{value} ({low} to {high})", value=text, low=low, high=high)

    @property
    def missing(self) -> Cell:
        """In place of what a document does not print."""
        return self.brief.say("not printed"), None

    def count(self, item: Compared) -> Cell:
        """The number worked out beside the printed ones."""
        if item.count is None:
            return self.missing
        return self.brief.in_full(item.count), item.count

    def code(self, item: Compared) -> str:
        """Its number in the download."""
        return item.id

    def printed(self, figure: PrintedFigure | None, item: Compared) -> Cell:
        """A figure of an item as printed."""
        if item.is_rest:
            return self.brief.say("computed"), None
        if figure is None:
            return self.missing
        return self.brief.shown(figure), figure.value

    @cached_property
    def cells(self) -> Mapping[str, Callable[[Compared], Cell]]:
        """Text and value of everything that a column can show."""

        def result(item: Compared) -> Cell:
            return self.value(item), None if item.value is None else round(item.value, self.digits)

        since = {word: meaning[self.brief.language] for word, meaning in SINCE.items()}
        return {
            "name": lambda c: (self.name(c), self.code(c)),
            "document": lambda c: (self.document(c), c.figure.source),
            "figure": lambda c: self.printed(c.figure, c),
            "base": lambda c: self.printed(c.base, c),
            "printed": lambda c: self.printed(c.printed, c),
            "count": self.count,
            "value": result,
            "value_in_words": result,
            "bare_value": lambda c: (self.brief.in_full(c.value or 0), result(c)[1]),
            "compared_with": lambda c: (since[c.figure.compared_with], c.figure.compared_with),
            "mark": lambda c: (self.brief.percent(c.mark or 0, 0), round(c.mark or 0, 3)),
        }

    # What the words of a topic may name.

    @cached_property
    def facts(self) -> Mapping[str, object]:
        """The fields of ``FIELDS``, for the words of the topic."""
        number = self.brief.number
        events = [c.value for c in self.drawn if c.value and c.figure.measures == "event"] or [0]
        marked = [c for c in self.drawn if c.mark is not None]
        behind = sum((c.value or 0) < (c.mark or 0) for c in marked)
        whole = [c for c in self.given if not c.figure.scope and not c.is_rest]
        return {
            "all": len(self.items),
            "given": len(self.given),
            "left": len(self.items) - len(self.given),
            "documents": len(self.brief.order),
            "given_documents": len({item.figure.source for item in self.given}),
            "first_printed": len(self._first_printed),
            "least": number(min(events), 2),
            "most": number(max(events), 1),
            "ahead": len(marked) - behind,
            "behind": behind,
            "parts": self._joined(self.labels),
            "totals": self._joined(
                self.brief.say("{place} {value}", place=self.document(c), value=self.value(c))
                for c in whole
            ),
            "printing": self._joined(dict.fromkeys(map(self.document, self.drawn))),
            "level": self.brief.percent(self.brief.params.level, 0),
            "outside": 0,
            "pooled": "",
            **dict.fromkeys(EXAMPLE, ""),
            **self._example(),
        }

    @property
    def labels(self) -> list[str]:
        """The label of everything drawn."""
        return [self.label(item) for item in self.drawn]

    def _joined(self, texts: Iterable[str]) -> str:
        return self.brief.say("; ").join(texts)

    @property
    def _first_printed(self) -> set[str]:
        """The documents that print the first indicator of the topic."""
        first = [row["indicator"] for row in self.rows("comparisons")[:1]]
        counts = (figure for name in first for figure in self.brief.published.counts(name))
        return {figure.source for figure in counts if not figure.scope}

    def _example(self) -> Mapping[str, str]:
        """Of what may stand in the answer, the number that is known least exactly."""
        may = [item for item in self.given if item.row.get("example") == "True"]
        if not may:
            return {}
        item = max(may, key=lambda c: c.interval.high - c.interval.low if c.interval else 0)
        numbers = (item.value, *((item.interval.low, item.interval.high) if item.interval else ()))
        return {
            "document": self.document(item),
            "figure": self.brief.number(item.figure.number),
            **{
                name: self.exact(value or 0, item)
                for name, value in zip(EXAMPLE[1:], numbers, strict=False)
            },
        }
