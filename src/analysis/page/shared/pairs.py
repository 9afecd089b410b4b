"""Pairs of interventions: which did more, on which conditions, and what would have been found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analysis.page.charts.axes import Cell, Reference
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.plates import Figure, Notes
from analysis.page.shared.log_points import LogPoints
from analysis.page.wording import capital, joined
from analysis.stats.joint.contrasts import Contrast, detectable

REFUSED_WORDS = {
    "few_with_one": "fewer than five {regions}, or three that move independently, had exactly one "
    "of the two on either side",
    "subset": "all {regions} with one of them had the other as well",
    "overlap": "most {regions} had both, and what the two do together cannot be told",
    "no_kind_in_common": "no kind of {region} took up both",
    "few_degrees": "too few {regions} tell the difference",
}
SPAN_WORDS = {
    "week": "Compared over the first {n} weeks of each.",
    "month": "Compared over the first {n} months of each.",
    "quarter": "Compared over the first {n} quarters of each.",
    "year": "Compared over the first {n} years of each.",
}
PAIR_WORDS = {
    "pair": "Pair",
    "value": "Difference",
    "low": "Range from",
    "high": "Range to",
    "plain": "Plain difference",
    "trend_break": "With own slopes",
    "both_share": "Have both",
    "answer": "Answer",
}
CHANGES = ("value", "low", "high", "plain", "trend_break")
LEFT_OUT = 0.15
"""An interaction, of which a page says what it would move where the model has it not apart."""
POWER = 0.8


@dataclass(frozen=True)
class Pairs:
    """Contrasts as a report shows them, of whose numbers it knows ``pairs`` and ``stand``.

    Parameters
    ----------
    names: of interventions in a sentence, by key, in their order. frequency: week, month, quarter
        or year.
    """

    report: LogPoints
    names: Mapping[str, str]
    contrasts: tuple[Contrast, ...]
    frequency: str
    level: float

    @cached_property
    def standing(self) -> tuple[Contrast, ...]:
        """The pairs of which one did more, the largest difference first."""
        found = [c for c in self.contrasts if c.stands(self.level)]
        return tuple(sorted(found, key=lambda c: -abs(c.look.value if c.look else 0)))

    @property
    def verdict_key(self) -> str:
        """Whether one did more than another."""
        told = any(contrast.look is not None for contrast in self.contrasts)
        return "one_did_more" if self.standing else "none_stands" if told else "not_comparable"

    def of(self, contrast: Contrast) -> dict[str, str]:
        """The two of a pair by name, first the one under which fewer were recorded."""
        names = [list(self.names.values())[contrast.pair[place]] for place in _order(contrast)]
        return {"first": names[0], "second": names[1]}

    def against(self, contrast: Contrast) -> str:
        """The two of a pair, one against the other."""
        return self.report.say("{first} against {second}", **self.of(contrast))

    def difference(self, contrast: Contrast) -> tuple[str, str]:
        """The difference of the one with fewer records against the other, and its range."""
        value, (low, high) = contrast.look.value if contrast.look else 0.0, contrast.limits
        if value >= 0:
            value, low, high = -value, -high, -low
        shares = [self.report.share(one) for one in (low, high)]
        if self.report.ratios or max(shares) > 0:
            return self.report.change(value), self.report.likely(low, high)
        return self._fewer(value), self.report.say(
            "{first} to {last} fewer",
            first=self.report.percent(-max(shares)),
            last=self.report.percent(-min(shares)),
        )

    def _fewer(self, value: float) -> str:
        """How many fewer under one than under the other: two at one time, so nothing fell."""
        share = self.report.share(value)
        if self.report.ratios or share > 0:
            return self.report.change(value)
        return self.report.say("{size} fewer", size=self.report.percent(-share))

    def grounds(self, contrast: Contrast) -> tuple[str, ...]:
        """What a contrast that stands was held against."""
        found, look = contrast.trend_break, contrast.look
        if found is None or look is None:
            return ()
        text = self.report.say(
            "With a slope of their own for the adopters of each, the difference is {value}.",
            value=self._fewer(found.value if look.value < 0 else -found.value),
        )
        return text, self._span(contrast)

    def untold(self) -> str:
        """Pairs of which nothing can be said, and pairs whose difference does not stand."""
        report = self.report
        refused = sum(c.look is None for c in self.contrasts)
        open_ = len(self.contrasts) - refused - len(self.standing)
        found = []
        if open_ and self.standing:
            found.append(
                report.say(
                    "For {open} of {pairs} pairs we cannot tell which did more.",
                    open=report.number(open_),
                )
            )
        if 0 < refused < len(self.contrasts):
            found.append(
                report.say(
                    "{refused} of {pairs} pairs cannot be compared at all.",
                    refused=report.number(refused),
                )
            )
        return joined(report.language, *found)

    def more(self, smallest: float) -> str:
        """What would be needed to know more, never what to do."""
        open_ = [c for c in self.contrasts if c.look and not c.stands(self.level)]
        needed = {c.pair: detectable(c, self.contrasts, self.level, POWER) for c in open_}
        least, wanted = min(needed.values(), default=math.inf), math.log1p(smallest)
        if not wanted < least < math.inf:
            return ""
        nearest = next(c for c in open_ if needed[c.pair] == least)
        return self.report.say(
            "Between {first} and {second} a difference of {least} would be found in four cases out "
            "of five; to find one of {smallest} would take about {times} times as many {regions} "
            "with exactly one of the two.",
            least=self.report.percent(math.expm1(least), 0),
            smallest=self.report.percent(smallest, 0),
            times=self.report.number(math.ceil((least / wanted) ** 2)),
            **self.of(nearest),
        )

    def figure(self, records: Iterable[Mapping[str, Any]]) -> Figure:
        """Every pair: how much more the first did than the second, over the family.

        Parameters
        ----------
        records: the series ``contrasts`` of joint estimates.
        """
        report, say = self.report, self.report.say
        told = [*map(_fewer_first, records)]
        rows = [self._row(record) for record in told if record["value"] is not None]
        text = (
            "In {stand} of {pairs} pairs one did more than the other"
            if len(self.contrasts) > 1
            else "One of the two did more than the other"
        )
        shown = tuple(rows) or (Interval(say("no pair can be compared"), 0.0),)
        return Intervals(shown, report.change_axis(say("Difference")), (Reference(0.0),)).figure(
            **report.plate("pairs"),
            title=say(text) if self.standing else say("Of no pair can we tell which did more"),
            caption=say(
                "Change under the first against the second; left of the line fewer. Ranges hold "
                "for every pair at once (Holm). Full: stands also with slopes of their own "
                "for adopters; hollow: does not. The table has the plain difference over all "
                "periods and kinds beside it."
            ),
            alt=say(
                "Differences between interventions, pair by pair, with their likely ranges. Of "
                "{pairs}, {stand} also stand with slopes of their own for adopters."
            ),
            table=report.worded(PAIR_WORDS, map(self._line, told), ("pair", "answer")),
        )

    def _row(self, record: Mapping[str, Any]) -> Interval:
        (label, code), stands = self._pair_cell(record), bool(record["stands"])
        key = "headline" if stands else "other"
        return Interval(label, *self.report.ranged(record), key, not stands, code=code)

    def _pair_cell(self, record: Mapping[str, Any]) -> tuple[str, str]:
        first, second = (self.names[record[key]] for key in ("first", "second"))
        label = self.report.say("{first} against {second}", first=capital(first), second=second)
        return label, f"{record['first']} - {record['second']}"

    def _line(self, record: Mapping[str, Any]) -> list[Cell]:
        report, stands = self.report, bool(record["stands"])
        say = report.say
        why = say("; ").join(say(REFUSED_WORDS[key]) for key in record["refused"].split())
        answer = say("one did more") if stands else why or say("cannot tell")
        share = (report.percent(record["both_share"], 0), round(record["both_share"], 4))
        changes = report.cells(record[key] for key in CHANGES)
        return [self._pair_cell(record), *changes, share, (answer, stands)]

    def head_to_head(self) -> Notes:
        """On which conditions one can be compared with another, pair by pair."""
        say = self.report.say
        rule = say(
            "A difference is told only from {regions} with exactly one of the two, over the same "
            "time since the start, and stands only if it holds with every pair allowed for and "
            "also with a slope of their own for the adopters of each."
        )
        points = (rule, *(capital(self._conditions(one)) for one in self.contrasts))
        return Notes(**self.report.plate("head_to_head"), title=say("Head to head"), points=points)

    def _conditions(self, contrast: Contrast) -> str:
        """What a pair can be told from, or why it cannot, and what is left out."""
        return joined(
            self.report.language,
            *(self._refused(contrast) if contrast.refused else self._told_from(contrast)),
            self._left_out(contrast),
        )

    def _refused(self, contrast: Contrast) -> Iterator[str]:
        say, pair = self.report.say, self.of(contrast)
        why = say("; ").join(say(REFUSED_WORDS[key]) for key in contrast.refused)
        yield say(
            "{first} and {second}: cannot tell which did more, because {why}.", why=why, **pair
        )

    def _told_from(self, contrast: Contrast) -> Iterator[str]:
        report, overlap, pair = self.report, contrast.overlap, self.of(contrast)
        one, other = (overlap.alone[place] for place in _order(contrast))
        yield report.say(
            "{first} and {second}: {one} and {other} {regions} have exactly one, {share} of the "
            "adopters of the rarer one have both.",
            one=report.number(one),
            other=report.number(other),
            share=report.percent(overlap.share, 0),
            **pair,
        )
        yield self._span(contrast)
        if not contrast.stands(self.level):
            yield report.say("No difference stands.")

    def _left_out(self, contrast: Contrast) -> str:
        """What an interaction that the model has not apart would do to the effects."""
        if contrast.bend is None:
            return ""
        one, other = (abs(LEFT_OUT * contrast.bend[place]) for place in _order(contrast))
        return self.report.say(
            "What the two do together is not in the model; one of {size} would move the effect of "
            "{first} by about {one} and that of {second} by about {other}.",
            size=self.report.percent(LEFT_OUT, 0),
            one=self.report.percent(one, 0),
            other=self.report.percent(other, 0),
            **self.of(contrast),
        )

    def _span(self, contrast: Contrast) -> str:
        return self.report.say(SPAN_WORDS[self.frequency], n=self.report.number(contrast.span))


def _order(contrast: Contrast) -> tuple[int, int]:
    """Places of the two of a pair, first that of the one under which fewer were recorded."""
    return (1, 0) if contrast.look is not None and contrast.look.value > 0 else (0, 1)


def _fewer_first(record: Mapping[str, Any]) -> dict[str, Any]:
    """A pair seen from the intervention under which fewer were recorded."""
    if not record["value"] or record["value"] < 0:
        return dict(record)
    swapped = {"first": "second", "second": "first", "low": "high", "high": "low"}
    turned = {key: record[swapped.get(key, key)] for key in record}
    negative = [*CHANGES, "stands"]
    return turned | {key: None if turned[key] is None else -turned[key] for key in negative}
