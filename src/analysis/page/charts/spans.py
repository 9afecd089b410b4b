"""What was in force where and when: a bar per spell over a calendar, a row per region."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from analysis.disclosure.gate import NUMBER
from analysis.page.charts import style
from analysis.page.charts.axes import Periods
from analysis.page.charts.chart import Chart
from analysis.page.charts.gutter import name_rows, share_of_height
from analysis.page.charts.labels import legend
from analysis.page.numbers import period
from analysis.page.plates import Column, TableData


@dataclass(frozen=True)
class Span:
    """One spell: from and to which period, both within it; 0 and ``None`` where it goes beyond.

    ``key`` gives its colour, ``words`` what it is.
    """

    row: int
    start: int
    end: int | None
    key: str
    words: str


@dataclass(frozen=True)
class Spans(Chart):
    """Rows from the top in the order given; ``parts`` are the colours with their words."""

    rows: tuple[tuple[str, str], ...]
    spans: tuple[Span, ...]
    along: Periods
    parts: tuple[tuple[str, str], ...]
    heads: tuple[str, str, str, str]
    """Headings of the table: region, what, from, to."""

    def draw(self, axes: Axes, width: str) -> None:
        """Bars of a row lie over one another, the one in question on top."""
        middles, sizes = name_rows(axes, [name for name, _ in self.rows], width)
        last = len(self.along.labels)
        for part, (key, _) in enumerate(reversed(self.parts)):
            own = [span for span in self.spans if span.key == key]
            starts = [max(span.start, 1) - 0.5 for span in own]
            ends = [(span.end or last) + 0.5 for span in own]
            axes.barh(
                [middles[span.row] for span in own],
                [end - start for start, end in zip(starts, ends, strict=True)],
                left=starts,
                height=[(0.8 - 0.4 * part) * sizes[span.row] for span in own],
                color=style.COLOURS[key],
            )
        axes.set_xlim(0.5, last + 0.5)
        self.along.dress(axes, width)
        legend(axes, [Patch(color=style.COLOURS[key], label=words) for key, words in self.parts])

    def height(self, width: str) -> float:
        """Room for every row."""
        return share_of_height([name for name, _ in self.rows], width, 0.9)

    def table(self) -> TableData:
        """A line a spell; blank where it goes beyond the periods shown."""
        written = [(period(p, self.along.language), p) for p in self.along.labels]
        beyond = ("", "")
        keys = ("region", "intervention", "start", "end")
        return TableData.of(
            tuple(
                Column(key, head, role=NUMBER) for key, head in zip(keys, self.heads, strict=True)
            ),
            (
                (
                    self.rows[span.row],
                    (span.words, span.words),
                    written[span.start - 1] if span.start else beyond,
                    written[span.end - 1] if span.end else beyond,
                )
                for span in self.spans
            ),
        )
