"""One function per kind of relation, under its name: what other figures give, whether it agrees.

Each takes the figure that is tested, the figures it is tested against, and the number of
things named in a list. The tolerance is half of the last printed digit of every figure that
enters, so that a difference by rounding alone is no contradiction.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analysis.data.published.figures import PrintedFigure
from analysis.stats.pooling.exact import Interval
from analysis.stats.pooling.reported import earlier_level, smallest_whole, whole_part

AGREES, ROUNDED = "agrees", "agrees_after_rounding"
CONTRADICTS, OPEN = "contradicts", "cannot_be_checked"
NEAR = 1e-9


@dataclass(frozen=True)
class Outcome:
    """A verdict with the computed value, in ``unit`` (that of the tested figure if empty)."""

    verdict: str
    computed: float | None = None
    tolerance: float | None = None
    unit: str = ""


Terms = Sequence[PrintedFigure]
Rule = Callable[[PrintedFigure, Terms, int], Outcome]


def judge(result: PrintedFigure, allowed: Interval) -> Outcome:
    """Printed against computed: equal, equal within rounding, or not."""
    printed = result.range
    tolerance = (allowed.high - allowed.low + printed.high - printed.low) / 2
    if abs(printed.value - allowed.value) < NEAR:
        return Outcome(AGREES, allowed.value, tolerance)
    meet = printed.low <= allowed.high + NEAR and allowed.low <= printed.high + NEAR
    return Outcome(ROUNDED if meet else CONTRADICTS, allowed.value, tolerance)


def total(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """The terms add up to the result."""
    ranges = [term.range for term in terms]
    low, high = sum(one.low for one in ranges), sum(one.high for one in ranges)
    return judge(result, Interval(sum(one.value for one in ranges), low, high))


def partial_sum(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """The terms add up to the result at most."""
    computed = sum(term.number for term in terms)
    return Outcome(AGREES if computed <= result.number + NEAR else CONTRADICTS, computed, 0.0)


def part_of(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """The result is at most the whole."""
    printed, whole, unit = result.range, terms[0].range, terms[0].unit
    if printed.value <= whole.value + NEAR:
        return Outcome(AGREES, whole.value, 0.0, unit)
    verdict = ROUNDED if printed.low <= whole.high else CONTRADICTS
    return Outcome(verdict, whole.value, whole.high - whole.value, unit)


def same_thing(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """Both report one number."""
    return judge(result, terms[0].range)


def difference(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """The result is the first term less the second."""
    first, second = (term.range for term in terms)
    low, high = first.low - second.high, first.high - second.low
    return judge(result, Interval(first.value - second.value, low, high))


def share(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """The result is 100 times the first term over the second."""
    first, second = terms
    return judge(result, quotient(first, second, per=100))


def quotient(first: PrintedFigure, second: PrintedFigure, per: float = 1) -> Interval:
    """One figure per so many of another, as far as the rounding of both allows."""
    above, below = first.range, second.range
    low, high = per * above.low / below.high, per * above.high / below.low
    return Interval(per * above.value / below.value, low, high)


def share_without_numerator(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """Some whole part of the printed whole must print as the result."""
    whole = round(terms[0].number)
    found = whole_part(result.number, result.step, whole)
    if found is not None:
        return Outcome(OPEN, float(round(result.number * whole / 100)), None, terms[0].unit)
    nearest = 100 * round(result.number * whole / 100) / whole
    return Outcome(CONTRADICTS, nearest, result.step / 2)


def share_of_unstated(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """Some whole number must be the whole of which the terms are the printed share."""
    parts = sum(term.number for term in terms)
    low, high = 100 * parts / result.range.high, 100 * parts / result.range.low
    implied = 100 * parts / result.number
    nearest = round(implied)
    exists = low - NEAR <= nearest <= high + NEAR
    return Outcome(OPEN if exists else CONTRADICTS, float(nearest), (high - low) / 2, terms[0].unit)


def progress_of_target(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """Some whole number of the target must print as the progress."""
    target = terms[0]
    found = whole_part(result.number, result.step, round(target.number))
    computed = result.number * target.number / 100
    return Outcome(CONTRADICTS if found is None else OPEN, computed, None, target.unit)


def growth(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """Some earlier level must print as the growth; that level itself is not printed."""
    level = terms[0]
    found = _whole_earlier(result, level)
    fails = found is None and level.bound == "exact" and level.precision and level.whole_units
    return Outcome(CONTRADICTS if fails else OPEN, earlier(result, level), None, level.unit)


def earlier(change: PrintedFigure, level: PrintedFigure) -> float:
    """The level from which it changed: in whole steps where one prints as the change.

    Of a level that is printed as "at least", the lowest that it can have been, to three digits.
    """
    if level.bound == "at_least":
        lowest = level.range.low / (1 + change.range.high / 100)
        step = 10.0 ** (math.floor(math.log10(lowest)) - 2)
        return math.floor(lowest / step) * step
    whole = _whole_earlier(change, level)
    return level.number / (1 + change.number / 100) if whole is None else whole


def _whole_earlier(change: PrintedFigure, level: PrintedFigure) -> float | None:
    if level.bound != "exact" or not level.precision:
        return None
    return earlier_level(level.number, change.number, change.step, level.precision)


def weighted_mean(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """What the months between must have grown by, were all months of one size a year before."""
    printed = sum(term.months for term in terms)
    known = sum(term.months * term.number for term in terms)
    if printed >= result.months:
        mean, half = known / printed, result.step / 2
        return judge(result, Interval(mean, mean - half, mean + half))
    return Outcome(OPEN, (result.number * result.months - known) / (result.months - printed))


def year_span(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """Last year less first year, both counted."""
    first, last = (int(term.date[:4]) for term in terms)
    return judge(result, Interval(*[last - first + 1] * 3))


def order(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """The result is not before the term."""
    return Outcome(AGREES if result.start >= terms[0].start else CONTRADICTS)


def count_list(result: PrintedFigure, _: Terms, named: int) -> Outcome:
    """As many as are named beside it."""
    return Outcome(AGREES if result.number == named else CONTRADICTS, float(named), 0.0)


def open_list(result: PrintedFigure, _: Terms, named: int) -> Outcome:
    """At least as many as are named beside it."""
    count = float(named)
    return Outcome(OPEN if result.number >= count else CONTRADICTS, count)


def lone_share(figure: PrintedFigure, _: Terms, __: int) -> Outcome:
    """A share without counts: the smallest whole that could print it."""
    if figure.number in (0, 100) or figure.bound == "at_least":
        return Outcome(OPEN)
    whole = smallest_whole(figure.number, figure.step)
    return Outcome(OPEN, None if whole is None else float(whole), None, "whole")


def lone_change(_: PrintedFigure, __: Terms, ___: int) -> Outcome:
    """A change without any level."""
    return Outcome(OPEN)


def all_full(_: PrintedFigure, terms: Terms, __: int) -> Outcome:
    """Shares that are all 100 %: how many; nothing in them varies."""
    return Outcome(OPEN, float(len(terms) + 1), None, "figure")


def after_document(_: PrintedFigure, __: Terms, ___: int) -> Outcome:
    """A count up to a day after its document was published."""
    return Outcome(CONTRADICTS)


def region_above(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """A region has no more than the region it lies in."""
    whole = terms[0].range
    fits = result.range.low <= whole.high + NEAR or terms[0].bound == "at_least"
    return Outcome(AGREES if fits else CONTRADICTS, whole.value)


def target_of_result(result: PrintedFigure, terms: Terms, _: int) -> Outcome:
    """A target asks for no less than was reached in the year before."""
    reached = terms[0].range
    # What is asked for "at least" is met from its number on.
    fits = result.number >= reached.low - NEAR
    return Outcome(AGREES if fits else CONTRADICTS, reached.value)


NAMED = (
    *(partial_sum, part_of, same_thing, difference, share, share_without_numerator),
    *(share_of_unstated, progress_of_target, growth, weighted_mean, year_span, order),
    *(count_list, open_list, lone_share, lone_change),
    *(all_full, after_document, region_above, target_of_result),
)
RULES: Mapping[str, Rule] = {rule.__name__: rule for rule in NAMED} | {
    "sum": total,
    "progress": share,
    "progress_of_unstated": share_of_unstated,
}
"""Relations of other types print nothing that could be checked: they only allow a number."""
