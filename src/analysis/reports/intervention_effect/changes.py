"""Estimates in log points as changes in per cent: numbers, columns and cells."""

from __future__ import annotations

import math

from analysis.page.numbers import percent_cell, percent_change, percent_span
from analysis.page.plates import Column
from analysis.page.wording import Say
from analysis.result import Estimate


def changes(estimate: Estimate) -> tuple[float, float | None, float | None]:
    """An estimate as a share of what was expected, with its limits."""
    low, high = (None if v is None else math.expm1(v) for v in (estimate.low, estimate.high))
    return math.expm1(estimate.value), low, high


def change_columns(say: Say) -> tuple[Column, ...]:
    """The columns of a change and its range."""
    return (
        Column("change", say("Change"), "end"),
        Column("low", say("Range from"), "end"),
        Column("high", say("Range to"), "end"),
    )


def change_cells(estimate: Estimate | None, say: Say, language: str) -> list[tuple[str, object]]:
    """Their cells; in words where there is no estimate."""
    if estimate is None:
        return [(say("cannot be estimated"), None), ("", None), ("", None)]
    return [percent_cell(share, language) for share in changes(estimate)]


def in_words(estimate: Estimate | None, language: str) -> dict[str, str] | None:
    """``value`` and ``span`` for a sentence; none where either is missing."""
    if estimate is None:
        return None
    value, low, high = changes(estimate)
    if low is None or high is None:
        return None
    span = percent_span(low, high, language)
    return {"value": percent_change(value, language), "span": span}
