"""What kinds of comparison differ in: how their numbers are named and written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from analysis.data.published import comparisons
from analysis.data.published.comparisons import Compared
from analysis.data.published.figures import PrintedFigure
from analysis.page.numbers import in_full, number, percent, size_decimals
from analysis.page.wording import capital, lower
from analysis.reports.figures import FiguresReport
from analysis.reports.published_figures.samples import SampleFunnel, funnel_of
from analysis.reports.published_figures.topic import Cell, Topic


class Rates(Topic):
    """Counts per 1,000 of a base."""

    find = comparisons.rates

    def amount(self, value: float, item: Compared) -> str:
        """With the decimals of the rate itself."""
        return number(value, self.brief.language, size_decimals(item.value or 0))

    def tick(self, value: float) -> str:
        """Whole numbers."""
        return in_full(value, self.brief.language)

    def exact(self, value: float, item: Compared) -> str:  # noqa: ARG002
        """With one decimal."""
        return number(value, self.brief.language, 1)


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
        return number(value, self.brief.language, 2 if (item.value or 0) < 1 else 1)

    def tick(self, value: float) -> str:
        """As short as it can be."""
        return in_full(value, self.brief.language, size_decimals(value) if value < 1 else 0)

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
        return in_full(value, self.brief.language)

    def exact(self, value: float, item: Compared) -> str:
        """Money only."""
        return self.brief.money(value, item.figure.unit)


class Samples(Topic):
    """Tested and passed."""

    find = comparisons.samples

    @cached_property
    def funnel(self) -> SampleFunnel:
        """What chance alone would allow."""
        return funnel_of(self.items)

    def name(self, item: Compared) -> str:
        """What was sampled."""
        scope = item.figure.scope
        return self.brief.named("scopes", scope) if scope else super().name(item)

    def printed(self, figure: PrintedFigure | None, item: Compared) -> Cell:
        """Numbers with separators in both languages."""
        text, value = super().printed(figure, item)
        return (in_full(figure.number, self.brief.language) if figure else text), value

    @property
    def labels(self) -> list[str]:
        """With the letter that stands in the drawing."""
        return [f"{letter(position)} {label}" for position, label in enumerate(super().labels)]

    @cached_property
    def facts(self) -> Mapping[str, object]:
        """With the common rate, and how many lie outside of what chance allows."""
        pooled = percent(self.funnel.pooled, self.brief.language)
        return {**super().facts, "pooled": pooled, "outside": self.funnel.outside}


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
        return percent(value, self.brief.language, 0, signed=True)

    def value(self, item: Compared) -> str:
        """The change with both levels."""
        if item.base is None:
            return super().value(item)
        return self.brief.say(
            "{value}, from about {earlier} to {level}",
            value=self.brief.shown(item.figure),
            earlier=self._earlier(item),
            level=self.brief.shown(item.base),
        )

    def count(self, item: Compared) -> Cell:
        """The earlier level."""
        if item.base is None or item.count is None:
            return super().count(item)
        text = self._earlier(item)
        if item.base.bound == "at_least":
            text = self.brief.say("at least {value}", value=text)
        return text, round(item.count, 3)

    def _earlier(self, item: Compared) -> str:
        """Whole numbers for counts, two decimals for small rates."""
        level, unit = item.count or 0, item.base.unit if item.base else ""
        return self.brief.amount(float(round(level)) if level >= 100 else round(level, 2), unit)


class Progress(Topic):
    """What was done of targets."""

    find = comparisons.progress
    references = (0.0, 1.0)

    def label(self, item: Compared) -> str:
        """Done, target and share."""
        return self.brief.say(
            "{name}: {done} of {target} ({value})",
            name=self.name(item),
            done=number(item.figure.number, self.brief.language),
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
        return (in_full(figure.number, self.brief.language) if done and figure else text), value

    def count(self, item: Compared) -> Cell:
        """The target, marked where it is implied."""
        text, value = super().count(item)
        return (text if item.base else self.brief.say("about {value}", value=text)), value


class Stages(Topic):
    """One column a stage, one row a document."""

    find = comparisons.stages


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
