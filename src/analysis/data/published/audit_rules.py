"""One function per kind of relation: what the other figures give, and whether it agrees.

Each takes the figure that is tested, the figures it is tested against, and the number of
things named in a list. The tolerance is half of the last printed digit of every figure that
enters, so that a difference by rounding alone is no contradiction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analysis.data.published.figures import PrintedFigure
from analysis.data.published.printed_number import Range
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
Rule = Callable[[PrintedFigure, Terms, int | None], Outcome]


def judge(result: PrintedFigure, computed: float, allowed: Range) -> Outcome:
    """Printed against computed: equal, equal within rounding, or not."""
    tolerance = (allowed.high - allowed.low + result.range.high - result.range.low) / 2
    if abs(result.number - computed) < NEAR:
        return Outcome(AGREES, computed, tolerance)
    verdict = ROUNDED if result.range.meets(allowed) else CONTRADICTS
    return Outcome(verdict, computed, tolerance)


def total(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """The terms add up to the result."""
    low = sum(term.range.low for term in terms)
    high = sum(term.range.high for term in terms)
    return judge(result, sum(term.number for term in terms), Range(low, high))


def partial_total(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """The terms add up to the result at most."""
    computed = sum(term.number for term in terms)
    return Outcome(AGREES if computed <= result.number + NEAR else CONTRADICTS, computed, 0.0)


def part(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """The result is at most the whole."""
    whole = terms[0]
    if result.number <= whole.number + NEAR:
        return Outcome(AGREES, whole.number, 0.0, whole.unit)
    verdict = ROUNDED if result.range.low <= whole.range.high else CONTRADICTS
    return Outcome(verdict, whole.number, whole.range.high - whole.number, whole.unit)


def same(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """Both report one number."""
    return judge(result, terms[0].number, terms[0].range)


def difference(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """The result is the first term less the second."""
    first, second = terms
    allowed = Range(first.range.low - second.range.high, first.range.high - second.range.low)
    return judge(result, first.number - second.number, allowed)


def share(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """The result is 100 times the first term over the second."""
    first, second = terms
    low = 100 * first.range.low / second.range.high
    high = 100 * first.range.high / second.range.low
    return judge(result, 100 * first.number / second.number, Range(low, high))


def share_without_numerator(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """Some whole part of the printed whole must print as the result."""
    whole = round(terms[0].number)
    found = whole_part(result.number, result.step, whole)
    if found is not None:
        return Outcome(OPEN, float(round(result.number * whole / 100)), None, terms[0].unit)
    nearest = 100 * round(result.number * whole / 100) / whole
    return Outcome(CONTRADICTS, nearest, result.step / 2)


def share_of_unstated(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """Some whole number must be the whole of which the terms are the printed share."""
    parts = sum(term.number for term in terms)
    low, high = 100 * parts / result.range.high, 100 * parts / result.range.low
    implied = 100 * parts / result.number
    nearest = round(implied)
    exists = low - NEAR <= nearest <= high + NEAR
    return Outcome(OPEN if exists else CONTRADICTS, float(nearest), (high - low) / 2, terms[0].unit)


def progress_of_target(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """Some whole number of the target must print as the progress."""
    target = terms[0]
    found = whole_part(result.number, result.step, round(target.number))
    computed = result.number * target.number / 100
    return Outcome(CONTRADICTS if found is None else OPEN, computed, None, target.unit)


def growth(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """Some earlier level must print as the growth; that level itself is not printed."""
    level = terms[0]
    implied = level.number / (1 + result.number / 100)
    if level.bound != "exact" or level.precision is None:
        return Outcome(OPEN, implied, None, level.unit)
    found = earlier_level(level.number, result.number, result.step, level.precision)
    if found is None and level.whole_units:
        return Outcome(CONTRADICTS, implied, None, level.unit)
    return Outcome(OPEN, implied if found is None else found, None, level.unit)


def weighted_mean(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """What the months between must have grown by, were all months of one size a year before."""
    months = [_months(term) for term in terms]
    missing = _months(result) - sum(months)
    known = sum(m * term.number for m, term in zip(months, terms, strict=True))
    if missing <= 0:
        mean = known / sum(months)
        step = result.step / 2
        return judge(result, mean, Range(mean - step, mean + step))
    return Outcome(OPEN, (result.number * _months(result) - known) / missing)


def years(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """Last year less first year, both counted."""
    first, last = (int(term.date[:4]) for term in terms)
    return judge(result, last - first + 1, Range(last - first + 1, last - first + 1))


def order(result: PrintedFigure, terms: Terms, _: int | None) -> Outcome:
    """The result is not before the term."""
    return Outcome(AGREES if result.start >= terms[0].start else CONTRADICTS)


def closed_list(result: PrintedFigure, _: Terms, named: int | None) -> Outcome:
    """As many as are named beside it."""
    count = named or 0
    return Outcome(AGREES if result.number == count else CONTRADICTS, float(count), 0.0)


def open_list(result: PrintedFigure, _: Terms, named: int | None) -> Outcome:
    """At least as many as are named beside it."""
    count = named or 0
    return Outcome(OPEN if result.number >= count else CONTRADICTS, float(count))


def unsupported_share(figure: PrintedFigure) -> Outcome:
    """A share without counts: the smallest whole that could print it."""
    if figure.number in (0, 100) or figure.bound == "at_least":
        return Outcome(OPEN)
    whole = smallest_whole(figure.number, figure.step)
    return Outcome(OPEN, None if whole is None else float(whole), None, "whole")


def unsupported_change(_: PrintedFigure) -> Outcome:
    """A change without any level."""
    return Outcome(OPEN)


def _months(figure: PrintedFigure) -> int:
    """Calendar months that the figure's period touches."""
    years_between = figure.end.year - figure.start.year
    return 12 * years_between + figure.end.month - figure.start.month + 1


RULES: Mapping[str, Rule] = {
    "sum": total,
    "partial_sum": partial_total,
    "part_of": part,
    "same_thing": same,
    "difference": difference,
    "share": share,
    "progress": share,
    "share_without_numerator": share_without_numerator,
    "share_of_unstated": share_of_unstated,
    "progress_of_unstated": share_of_unstated,
    "progress_of_target": progress_of_target,
    "growth": growth,
    "weighted_mean": weighted_mean,
    "year_span": years,
    "order": order,
    "count_list": closed_list,
    "open_list": open_list,
}
"""Relations of other types print nothing that could be checked: they only allow a number."""
