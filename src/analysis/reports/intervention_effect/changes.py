"""Estimates as changes in per cent of what was expected: numbers, columns and cells."""

from __future__ import annotations

from analysis.disclosure.gate import NUMBER
from analysis.page.numbers import percent_cell, percent_change, percent_span
from analysis.page.plates import Column
from analysis.page.wording import Say
from analysis.result import Estimate
from analysis.verdicts.effect import share
from analysis.verdicts.robustness import Answer


def changes(
    estimate: Estimate, expected: float | None = None
) -> tuple[float, float | None, float | None]:
    """An estimate as a share of what was expected, with its limits."""
    low, high = (None if v is None else share(v, expected) for v in (estimate.low, estimate.high))
    return share(estimate.value, expected), low, high


def change_columns(say: Say) -> tuple[Column, ...]:
    """The columns of a change and its range."""
    return (
        Column("change", say("Change"), "end", NUMBER),
        Column("low", say("Range from"), "end", NUMBER),
        Column("high", say("Range to"), "end", NUMBER),
    )


def change_cells(
    estimate: Estimate | None, say: Say, language: str, expected: float | None = None
) -> list[tuple[str, object]]:
    """Their cells; in words where there is no estimate."""
    if estimate is None:
        return [(say("cannot be estimated"), None), ("", None), ("", None)]
    return [percent_cell(change, language) for change in changes(estimate, expected)]


def in_words(answer: Answer, language: str) -> dict[str, str] | None:
    """``value`` and ``span`` for a sentence; none where either is missing."""
    if answer.estimate is None:
        return None
    value, low, high = changes(answer.estimate, answer.expected)
    if low is None or high is None:
        return None
    span = percent_span(low, high, language)
    return {"value": percent_change(value, language), "span": span}
