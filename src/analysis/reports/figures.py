"""What reports on printed figures share: how they name and write a figure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

import pandas as pd

from analysis.data.published.figures import PrintedFigure, Published
from analysis.data.reading.distinct import FULL_WIDTH
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Cell
from analysis.page.numbers import WAN, in_full, number, period_span
from analysis.page.plates import Column, Provenance, Table, TableData
from analysis.page.wording import lower
from analysis.params import FiguresQuestion
from analysis.reports.report import Report

BOUND_WORDS = {"at_least": "at least {value}", "about": "about {value}"}
AND_WORDS = {"first": "{first} and {last}", "years": "{years} and {last}"}
COUNT_WORDS = {
    "en": ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "zh": ("一", "两", "三", "四", "五", "六", "七", "八", "九", "十"),
}
LARGE = ((1e9, " billion"), (1e6, " million"))
Days = tuple[dt.date, dt.date]


class FiguresReport(Report):
    """A report on printed figures."""

    STATUS_WORDS = "real, as printed"
    """What the numbers are."""
    params: FiguresQuestion

    @property
    def published(self) -> Published:
        """The figures."""
        published: Published = self.subject
        return published

    @property
    def frame(self) -> pd.DataFrame:
        """One row per printed figure."""
        return self.data.tables["figures"]

    @property
    def chinese(self) -> bool:
        """Which of two words is meant: the English one first."""
        return self.language == "zh"

    @property
    def order(self) -> tuple[str, ...]:
        """The documents by level of government, then by name: an order, not a ranking."""
        return self.published.documents

    @cached_property
    def years(self) -> list[str]:
        """The years in which the periods of the documents begin or end."""
        days = (day for source in self.order for day in self.span(source))
        return sorted({str(day.year) for day in days})

    @property
    def scope(self) -> dict[str, str]:
        """Region and years, for the header and the filters of the list of reports."""
        years = period_span(self.years[0], self.years[-1], self.language)
        return {"place": self.place, "period": years}

    def figure(self, key: str) -> PrintedFigure:
        """A figure by its number."""
        return self.published.figures[key]

    def named(self, table: str, key: str) -> str:
        """The name of an indicator, scope, region or level."""
        return self.published.name(table, key, self.language)

    def home(self, source: str) -> str:
        """The region that a document reports on."""
        return self.named("regions", self.published.region_of(source))

    def level(self, source: str) -> str:
        """Its level of government."""
        return self.published.level(self.published.region_of(source))

    def colour(self, region: str) -> str:
        """The colour of a region's level of government."""
        return self.published.row("levels", self.published.level(region))["colour"]

    def levels(self, level: str, count: int) -> str:
        """So many of a level of government: ``a province``, ``two counties``."""
        names, word = self.published.row("levels", level), self.count_word(count)
        if self.chinese:
            return f"{word}个{names['noun_zh']}"
        return f"{word} {names['plural_en']}" if count > 1 else f"a {names['name_en']}"

    def count_word(self, count: int) -> str:
        """A small number as a word before what is counted."""
        words = COUNT_WORDS[self.language]
        return words[count - 1] if 0 < count <= len(words) else number(count, self.language)

    def listed(self, texts: Sequence[str], what: str = "first") -> str:
        """``a, b and c``; ``what`` is ``years`` where they are."""
        *others, last = texts
        if not others:
            return last
        return self.say(AND_WORDS[what], last=last, **{what: self.say(", ").join(others)})

    def document(self, source: str, days: Days | None = None, region: str = "") -> str:
        """Region, level of government and period: ``Shandong (province, 2023)``.

        ``days`` and ``region`` are those of a single figure, where it has its own.
        """
        code = region or self.published.region_of(source)
        return self.say(
            "{region} ({level}, {period})",
            region=self.named("regions", code),
            level=self.named("levels", self.published.level(code)),
            period=self.period(*(days or self.span(source))),
        )

    def length(self, months: int) -> str:
        """A length of time: ``six months``, ``a year``."""
        if months == 12:
            return self.say("a year")
        return self.say("{count} months", count=self.count_word(months))

    def span(self, source: str) -> Days:
        """The period of most counts of a document."""
        printed = [f for f in self.published.figures.values() if f.source == source]
        counts = [f for f in printed if f.kind == "level" and f.start != f.end] or printed
        spans = [(f.start, f.end) for f in counts]
        return max(sorted(set(spans)), key=spans.count)

    def period(self, start: dt.date, end: dt.date) -> str:
        """A year, a run of months, or a day."""
        last = {"day": end.day, "month": _month(end, self.language), "year": end.year}
        if start == end:
            return self.say("{day} {month} {year}", **last)
        if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
            dash = "—" if self.chinese else "–"
            years = dash.join(dict.fromkeys((str(start.year), str(end.year))))
            return self.say("{years}", years=years)
        if end.day < 28:
            return self.say("to {day} {month} {year}", **last)
        if (start.year, start.month) == (end.year, end.month):
            return self.say("{month} {year}", **last)
        return self.say("{first}–{month} {year}", first=_month(start, self.language), **last)

    def name(self, figure: PrintedFigure, sentence: bool = False) -> str:
        """What a figure measures, with its scope; ``sentence`` for use inside one."""
        name = self.named("indicators", figure.indicator)
        if sentence and not name[:2].isupper():
            name = lower(name)
        if figure.kind == "target_progress_pct":
            name = self.say("{name}, progress", name=name)
        if not figure.scope:
            return name
        return self.say("{name} ({scope})", name=name, scope=self.named("scopes", figure.scope))

    def shown(self, figure: PrintedFigure) -> str:
        """A figure as printed: the characters in Chinese, the number in English."""
        characters = figure.characters.translate(FULL_WIDTH)
        if figure.value is None:
            return characters if self.chinese else figure.date
        value = self.amount(figure.value, figure.unit, figure.kind == "change_pct")
        if self.chinese:
            if figure.kind == "change_pct":
                return value
            if not any(character.isdigit() for character in characters):
                return f"{characters}（{value}）"
            if self.published.row("units", figure.unit).get("measures") == "money":
                return self._money_as_printed(characters, figure.value, figure.unit)
            return characters
        return self.bounded(figure, value)

    def bounded(self, figure: PrintedFigure | None, value: str) -> str:
        """A text with how exact a figure is: at least, or about, so much."""
        words = BOUND_WORDS.get(figure.bound) if figure else None
        return self.say(words, value=value) if words else value

    def _money_as_printed(self, characters: str, value: float, unit: str) -> str:
        """Chinese characters of a sum with its unit; below ten thousand in full, never in 万."""
        written = self.published.row("units", unit)["written_zh"]
        if abs(value) < WAN and "万" in characters:
            return number(value, "zh", decimals_of(value)) + written
        return characters if characters.endswith(written) else characters + written

    def amount(self, value: float, unit: str, signed: bool = False) -> str:
        """A number with its unit where that is per cent or money, as the language writes it."""
        measures = self.published.row("units", unit).get("measures")
        if measures == "percent":
            return number(value, self.language, decimals_of(value), signed) + "%"
        if measures == "money":
            return self.money(value, unit)
        # An audit adds up to the last digit, which 万 with two decimals may not show.
        whole = float(value).is_integer()
        if self.chinese and whole and abs(value) >= WAN and value % (WAN / 100):
            return in_full(value, "zh", decimals_of(value), signed).replace(",", "")
        return number(value, self.language, decimals_of(value), signed)

    def money(self, value: float, unit: str) -> str:
        """A sum of money; in Chinese with 万 and 亿, in English with millions and billions."""
        written = self.published.row("units", unit)[f"written_{self.language}"]
        written = written if self.chinese else f" {written}"
        for step, word in () if self.chinese else LARGE:
            if abs(value) >= step:
                scaled = value / step
                return number(scaled, "en", decimals_of(scaled)) + word + written
        return number(value, self.language, 0) + written

    def counted(self, key: str, label: str, counts: Iterable[int]) -> tuple[Column, list[Cell]]:
        """A column of counts."""
        return Column(key, label, "end", NUMBER), [(self.in_full(count), count) for count in counts]

    def document_column(self, sources: Iterable[str]) -> tuple[Column, list[Cell]]:
        """A column of documents."""
        return Column("document", self.say("Document")), [(self.document(s), s) for s in sources]

    def documents(self) -> Table:
        """The documents with level of government, period, and how many figures each prints."""
        say, order, level = self.say, self.order, self.level
        tables, figures = self.data.tables, self.published.figures.values()
        inferred = (figure.source for figure in figures if figure.period_basis == "inferred")

        def counts(key: str, label: str, sources: Iterable[str]) -> tuple[Column, list[Cell]]:
            of = Counter(sources)
            return self.counted(key, label, (of[source] for source in order))

        return Table(
            **self.plate("documents"),
            title=say(
                "{count} figures from {documents} documents of different years and levels",
                count=self.number(len(figures)),
                documents=len(order),
            ),
            caption=say(
                "Figures: numbers with a meaning. Other numbers: dates of documents, list "
                "numbers, names and idioms, each listed with its reason. Period inferred: the "
                "document prints no period for the figure."
            ),
            data=TableData.by_column(
                (Column("document", say("Region")), [(self.home(s), s) for s in order]),
                (
                    Column("level", say("Level of government")),
                    [(self.named("levels", level(s)), level(s)) for s in order],
                ),
                (
                    Column("period", say("Most counts cover"), role=NUMBER),
                    [
                        (self.period(*span), "/".join(map(dt.date.isoformat, span)))
                        for span in map(self.span, order)
                    ],
                ),
                counts("figures", say("Figures"), (figure.source for figure in figures)),
                counts("inferred", say("Period inferred"), inferred),
                counts("other", say("Other numbers"), tables["uncovered"]["source"]),
                counts("mechanisms", say("Mechanisms"), tables["mechanisms"]["source"]),
            ),
        )

    def provenance(self) -> Provenance:
        """Where the numbers come from and with what they were made."""
        disclosure = self.say(
            "published aggregates only; no enterprise or person is named, and masked regions stay "
            "masked"
        )
        return self._provenance(disclosure, status=self.say(self.STATUS_WORDS))


def decimals_of(value: float, most: int = 2) -> int:
    """As many decimals as the number needs, at most two."""
    return next((d for d in range(most) if abs(round(value, d) - value) < 1e-9), most)


def _month(day: dt.date, language: str) -> str:
    return str(day.month) if language == "zh" else day.strftime("%B")
