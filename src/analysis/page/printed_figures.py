"""What reports on published figures are written from, and how they name and write a figure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from analysis.data.published.figures import Figure, Published
from analysis.data.published.printed_number import FULL_WIDTH
from analysis.page.numbers import number, period_span
from analysis.page.wording import Say, lower, translator
from analysis.params import FiguresQuestion

LEVEL_WORDS = {
    "nation": "nation",
    "province": "province",
    "city": "city",
    "district": "district",
    "county": "county",
}
ORDER = ("nation", "province", "city", "district", "county")
BOUND_WORDS = {"at_least": "at least {value}", "about": "about {value}"}


@dataclass(frozen=True)
class FiguresBrief:
    """Published figures with the parameters of a report on them."""

    holds_hypothetical: ClassVar[bool] = False
    """Whether a figure shows invented numbers beside the printed ones."""
    published: Published
    params: FiguresQuestion

    @property
    def language(self) -> str:
        """``en`` or ``zh``."""
        return self.params.language

    @property
    def say(self) -> Say:
        """The translator of the report's language."""
        return translator(self.language)

    def plate(self, key: str) -> dict[str, Any]:
        """What every Plate of this report carries."""
        return {"key": key, "language": self.language, "simulated": False}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The documents by level of government, then by name: an order, not a ranking."""
        sources = self.published.sources

        def place(source: str) -> tuple[int, str]:
            return ORDER.index(self.published.level(sources.at[source, "region_code"])), source

        return tuple(sorted(sources.index, key=place))

    @property
    def scope(self) -> dict[str, str]:
        """Place and years, for the header and the filters of the list of reports."""
        description = self.published.dataset.description
        days = [day for source in self.order for day in self._span(source)]
        years = sorted(str(day.year) for day in days)
        return {
            "place": (description.place or description.title).of(self.language),
            "period": period_span(years[0], years[-1], self.language),
        }

    def figure(self, key: str) -> Figure:
        """A figure by its number."""
        return self.published.figures[key]

    def region(self, source: str) -> str:
        """The region that a document reports on."""
        code = self.published.sources.at[source, "region_code"]
        return self.published.name("regions", code, self.language)

    def level(self, source: str) -> str:
        """Its level of government."""
        code = self.published.sources.at[source, "region_code"]
        return self.say(LEVEL_WORDS[self.published.level(code)])

    def place(self, source: str) -> str:
        """Region, level of government and year: ``Shandong (province, 2023)``."""
        return self.say(
            "{region} ({level}, {period})",
            region=self.region(source),
            level=self.level(source),
            period=self.span(source),
        )

    def span(self, source: str) -> str:
        """The period of most counts of a document, in words."""
        return self.period(*self._span(source))

    def dates(self, source: str) -> str:
        """The same period as ISO dates."""
        return "/".join(day.isoformat() for day in self._span(source))

    def _span(self, source: str) -> tuple[dt.date, dt.date]:
        spans = [
            (f.start, f.end)
            for f in self.published.figures.values()
            if f.source == source and f.kind == "level" and f.start != f.end
        ]
        return max(sorted(set(spans)), key=spans.count)

    def period(self, start: dt.date, end: dt.date) -> str:
        """A year, a run of months, or a day."""
        if start == end:
            return self.say("{day} {month} {year}", **_parts(end, self.language))
        if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
            years = str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
            return self.say("{years}", years=years)
        if end.day < 28:
            return self.say("to {day} {month} {year}", **_parts(end, self.language))
        if (start.year, start.month) == (end.year, end.month):
            return self.say("{month} {year}", **_parts(end, self.language))
        return self.say(
            "{first}–{month} {year}",
            first=_month(start, self.language),
            **_parts(end, self.language),
        )

    def name(self, figure: Figure, sentence: bool = False) -> str:
        """What a figure measures, with its scope; ``sentence`` for use inside one."""
        name = self.published.name("indicators", figure.indicator, self.language)
        if sentence and not name[:2].isupper():
            name = lower(name)
        if figure.kind == "target_progress_pct":
            name = self.say("{name}, progress", name=name)
        if not figure.scope:
            return name
        scope = self.published.name("scopes", figure.scope, self.language)
        return self.say("{name} ({scope})", name=name, scope=scope)

    def shown(self, figure: Figure) -> str:
        """A figure as printed: the characters in Chinese, the number in English."""
        if figure.value is None:
            return figure.token.translate(FULL_WIDTH) if self.language == "zh" else figure.date
        value = self.amount(figure.value, figure.unit, figure.kind == "change_pct")
        if self.language == "zh":
            token = figure.token.translate(FULL_WIDTH)
            if figure.kind == "change_pct":
                return value
            return token if any(c.isdigit() for c in token) else f"{token}（{value}）"
        text = BOUND_WORDS.get(figure.bound)
        return self.say(text, value=value) if text else value

    def amount(self, value: float, unit: str, signed: bool = False) -> str:
        """A number with its unit where that is per cent or money, as the language writes it."""
        if unit == "percent":
            return number(value, self.language, decimals_of(value), signed) + "%"
        if unit == "yuan":
            return self.money(value)
        if self.language == "zh" and abs(value) >= 1e5:
            return number(value / 1e4, "zh", decimals_of(value / 1e4)) + "万"
        return number(value, self.language, decimals_of(value), signed)

    def money(self, value: float) -> str:
        """A sum in yuan; in Chinese with 万 and 亿, in English with millions and billions."""
        steps = (
            ((1e8, "亿元"), (1e4, "万元"))
            if self.language == "zh"
            else ((1e9, " billion yuan"), (1e6, " million yuan"))
        )
        for step, words in steps:
            if abs(value) >= step:
                scaled = value / step
                return number(scaled, self.language, decimals_of(scaled)) + words
        words = "元" if self.language == "zh" else " yuan"
        return number(value, self.language, 0) + words


def decimals_of(value: float, most: int = 2) -> int:
    """As many decimals as the number needs, at most two."""
    return next((d for d in range(most) if abs(round(value, d) - value) < 1e-9), most)


def _parts(day: dt.date, language: str) -> dict[str, object]:
    return {"day": day.day, "month": _month(day, language), "year": day.year}


def _month(day: dt.date, language: str) -> str:
    return str(day.month) if language == "zh" else day.strftime("%B")
