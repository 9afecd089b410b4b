"""A first picture of any result: its course over event time, or its estimates."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from analysis import methods
from analysis.disclosure.gate import NUMBER
from analysis.errors import ParamsError, Problem
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.chart import Chart
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.points import Point, Points
from analysis.page.numbers import in_full, percent
from analysis.page.plates import Figure
from analysis.page.wording import translator
from analysis.result import RELATIVE, Result

COURSE = "by_event_time"


def plot(result: Result, *, language: str = "en") -> Figure:
    """The effect by time since the start where the result has it, else its estimates in rows.

    Raises
    ------
    ParamsError: something else than a result is given.
    """
    if not isinstance(result, Result):
        what = f"is given a {type(result).__name__}; it takes a result, as estimate gives it"
        raise ParamsError([Problem("plot", what, "Give plot(result)")])
    chart = _course(result, language) if COURSE in result.series else _rows(result, language)
    text = methods.load(result.method).words["line"].of(language)
    return chart.figure(
        key=result.method,
        language=language,
        simulated=result.sample.status == "simulated",
        internal=result.sample.internal,
        title=text,
        caption=translator(language)(
            "Likely ranges at {level}.", level=percent(result.level, language, 0)
        ),
        alt=text,
    )


def _shown(result: Result, value: float | None) -> float | None:
    """A value as a share of what was expected where its unit is a logarithm."""
    if value is None:
        return None
    return math.expm1(value) if result.unit in RELATIVE else value


def _values(result: Result, language: str) -> Axis:
    """The axis of values: changes in per cent, or numbers."""
    if result.unit in RELATIVE:
        write = partial(percent, language=language, signed=True)
        head = translator(language)("Change")
        return Axis(partial(write, decimals=0), head, cell=write, role=NUMBER)
    return Axis(partial(in_full, language=language, decimals=2), result.unit, role=NUMBER)


def _course(result: Result, language: str) -> Chart:
    points = []
    for record in result.series[COURSE]:
        value, low, high = (_shown(result, record[name]) for name in ("value", "low", "high"))
        if value is not None:
            at = int(record["event_time"])
            side = "before" if at < 0 else "after"
            points.append(Point(at, value, low, high, side, hollow=low is None))
    say = translator(language)
    time: dict[str, Any] = {"whole": True, "key": "event_time"}
    return Points(
        tuple(points),
        Axis(
            partial(in_full, language=language), say("Periods since the start"), role=NUMBER, **time
        ),
        _values(result, language),
        references=(Reference(0.0),),
        upright=(Reference(-0.5, dashed=True),),
    )


def _rows(result: Result, language: str) -> Chart:
    rows = [
        Interval(item.name, shown, _shown(result, item.low), _shown(result, item.high))
        for item in result.estimates
        if (shown := _shown(result, item.value)) is not None
    ]
    say = translator(language)
    return Intervals(tuple(rows), _values(result, language), head=say("Estimates"))
