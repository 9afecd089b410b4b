"""Estimates as changes in per cent of what was expected: numbers, columns and cells."""

from __future__ import annotations

import math

import numpy as np

from analysis.data.frames.panels.panel import NEVER
from analysis.data.frames.study import Study
from analysis.disclosure.gate import NUMBER
from analysis.page.numbers import percent_cell, percent_change, percent_span
from analysis.page.plates import Column
from analysis.page.wording import Say
from analysis.result import Estimate, Result
from analysis.robustness import Answer


def share(value: float, expected: float | None) -> float:
    """A change as a share of what was expected, ``None`` where it is a logarithm."""
    return math.expm1(value) if expected is None else value / expected


def expected_of(study: Study, result: Result) -> float:
    """Rate or level of a period that adopters would have had since they adopted.

    With the weights of the estimate: as the method says, or every region alike.
    """
    stated = [check.value for check in result.checks if check.name == "expected_rate"]
    if stated and stated[0] is not None:
        return stated[0]
    panel = study.protected or study.panel
    values = panel.matrix(panel.measured)
    values = values / panel.matrix("exposure") if panel.counted else values
    starts = panel.adoption.to_numpy()[:, None]
    treated = (starts > NEVER) & (np.arange(1, values.shape[1] + 1) >= starts)
    mean = float(values[treated & np.isfinite(values)].mean())
    return mean / math.exp(result.headline.value)


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
