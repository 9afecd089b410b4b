"""What every method returns: estimates with their sample, checks and series."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from analysis.errors import EstimationError, ParamsError, Problem

NARROWEST = 1e-9
"""An interval of log points no wider than this is rounding: data that do not vary have no error."""
LARGEST = 20.0
"""No ratio of counts lies beyond exp(20), some hundred million, nor could a page print it."""
REMEDY = "Use longer periods, other units or another method, or leave out what never varies"


@dataclass(frozen=True)
class Estimate:
    """One number with its uncertainty.

    Parameters
    ----------
    name: what is estimated, as a key (``overall``, ``event_time=2``).
    value: the estimate, in the unit of its result.
    standard_error: its standard error, or ``None`` where none can be given.
    low, high: limits of the interval at the result's level, or ``None``.
    support: how many treated regions stand behind it.
    """

    name: str
    value: float
    standard_error: float | None = None
    low: float | None = None
    high: float | None = None
    support: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is no number.

        Raises
        ------
        EstimationError: a number is not finite, or there is one limit without the other.
        """
        where = f"estimate {self.name}"
        numbers = (self.value, self.standard_error, self.low, self.high)
        _require_finite(where, numbers)
        if (self.low is None) is not (self.high is None):
            raise EstimationError([Problem(where, "has one limit without the other", REMEDY)])


def _require_finite(where: str, numbers: Iterable[float | None]) -> None:
    if not all(number is None or math.isfinite(number) for number in numbers):
        what = "is not a finite number, or its error or limits are not"
        raise EstimationError([Problem(where, what, REMEDY)])


@dataclass(frozen=True)
class Check:
    """One thing the estimate rests on: whether it held, and a sentence for each language.

    ``passed`` is ``None`` where the data cannot tell, ``value`` where no number can be given.
    """

    name: str
    passed: bool | None
    value: float | None = None
    threshold: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no number.

        Raises
        ------
        EstimationError: the value or the threshold is not finite.
        """
        _require_finite(f"check {self.name}", (self.value, self.threshold))


Internal: TypeAlias = Literal["", "internal", "open"]
"""For readers inside only: protected counts, or ``open`` ones as recorded; blank for everyone."""


@dataclass(frozen=True)
class Sample:
    """What the estimate was computed from, and what was left out, by reason.

    ``status`` is that of the dataset, ``real`` or ``simulated``, blank where it is not known;
    ``internal`` says whether it is for readers inside only, and then whether its counts are open.
    ``without`` are the regions of the panel that the method could not use.
    """

    rows: int
    units: int
    treated: int
    first_period: str
    last_period: str
    dropped: Mapping[str, int] = field(default_factory=dict)
    status: str = ""
    internal: Internal = ""
    without: tuple[str, ...] = ()


RELATIVE = ("log points", "log rate ratio", "log hazard ratio", "log time ratio")
"""Units in which a value v is a change by exp(v) − 1."""


LEVEL = "units of the outcome"
"""Unit of a change of a level; what was expected stands in the check ``expected_rate``."""


@dataclass(frozen=True, repr=False)
class Result:
    """The one shape of every method's answer.

    ``estimates[0]`` is the headline. ``series`` holds what figures draw, by name: lists of
    flat records. ``options`` are the options as run.
    """

    method: str
    estimand: str
    unit: str
    level: float
    estimates: tuple[Estimate, ...]
    sample: Sample
    checks: tuple[Check, ...] = ()
    series: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse estimates that say nothing.

        Raises
        ------
        EstimationError: an interval without width, as data that never vary give, or a ratio
            beyond any that counts can have.
        """
        for found in self.estimates:
            low, high = found.low, found.high
            if low is None or high is None:
                continue
            size = max(abs(low), abs(high))
            relative = self.unit in RELATIVE
            where, what = f"estimate {found.name}", ""
            if high - low <= (NARROWEST if relative else 1e-12 * size):
                what = "has no error: what it rests on does not vary"
            elif relative and size > LARGEST:
                what = "is a ratio beyond any that can be"
            if what:
                raise EstimationError([Problem(where, what, REMEDY)])

    @property
    def headline(self) -> Estimate:
        """The estimate the method is run for."""
        return self.estimates[0]

    @property
    def degrees(self) -> float:
        """Degrees of freedom of the headline; one less than adopters where the method has none."""
        return float(self.options.get("degrees", max(self.sample.treated - 1, 1)))

    @property
    def expected(self) -> float | None:
        """What adopters were expected to have, in the unit of the estimates; none of logarithms."""
        if self.unit in RELATIVE:
            return None
        return next((c.value for c in self.checks if c.name == "expected_rate"), None)

    def tidy(self) -> pd.DataFrame:
        """One row per estimate: name, value, standard error, limits, support."""
        return pd.DataFrame([plain(estimate) for estimate in self.estimates])

    def to_json(self) -> str:
        """Sorted JSON without NaN: the same result is the same bytes."""
        return json.dumps(plain(self), sort_keys=True, ensure_ascii=False, allow_nan=False)

    def in_words(self, value: float) -> str:
        """A value in plain numbers: in per cent where the unit is a logarithm."""
        if self.unit in RELATIVE:
            return f"{100 * math.expm1(value):+.1f} %".replace("-", "−")
        return f"{value:.4g}".replace("-", "−")

    def __repr__(self) -> str:
        found, sample = self.headline, self.sample
        text = f"<{self.method}: {self.in_words(found.value)}"
        if found.low is not None and found.high is not None:
            low, high = self.in_words(found.low), self.in_words(found.high)
            text += f" ({100 * self.level:g} % interval {low} to {high})"
        unit = f"from {self.unit}" if self.unit in RELATIVE else self.unit
        treated = f", {sample.treated} treated" if sample.treated else ""
        return f"{text}, {unit}; {sample.units} units{treated}>"

    def _repr_html_(self) -> str:
        """The estimates, the sample and the checks; that data are simulated, where it is known."""
        table = self.tidy()
        if self.unit in RELATIVE:
            table.insert(2, "change", table["value"].map(self.in_words))
        sample = pd.Series(plain(self.sample)).drop(["dropped", "status", "internal", "without"])
        sample = pd.concat([sample, pd.Series(dict(self.sample.dropped), dtype=object)])
        checks = pd.DataFrame([plain(check) for check in self.checks])
        parts = [
            f"<p><b>{html.escape(repr(self))}</b></p><p>{html.escape(self.estimand)}</p>",
            "<p><b>Simulated data.</b></p>" if self.sample.status == "simulated" else "",
            "<p><b>For internal use only.</b></p>" if self.sample.internal else "",
            table.to_html(index=False, float_format=lambda value: f"{value:.4f}"),
            sample.to_frame("sample").to_html(),
            "" if checks.empty else checks.iloc[:, :4].to_html(index=False),
        ]
        return "".join(parts)


def compare(*results: Result) -> pd.DataFrame:
    """The headlines of results side by side, with the options in which they differ.

    Raises
    ------
    ParamsError: something else than a result is given.
    """
    if wrong := [given for given in results if not isinstance(given, Result)]:
        what = f"is given a {type(wrong[0]).__name__}; it takes results, as estimate gives them"
        raise ParamsError([Problem("compare", what, "Give compare(result, other, …)")])
    # Numbers such as degrees of freedom are what a run settled, not what it was asked.
    options = [
        {key: value for key, value in result.options.items() if not isinstance(value, float)}
        for result in results
    ]
    differ = [
        key
        for key in dict.fromkeys(key for own in options for key in own)
        if len({repr(own[key]) for own in options if key in own}) > 1
    ]
    rows = [
        {
            "method": result.method,
            **{k: v for k, v in plain(result.headline).items() if k not in ("name", "support")},
            "change": math.expm1(result.headline.value) if result.unit in RELATIVE else None,
            "unit": result.unit,
            "level": result.level,
            "units": result.sample.units,
            "treated": result.sample.treated,
            "options": ", ".join(f"{key}={own[key]}" for key in differ if key in own),
        }
        for result, own in zip(results, options, strict=True)
    ]
    return pd.DataFrame(rows)


Record = dict[str, float | int | None]


def event_path(
    event_times: Iterable[int], values: np.ndarray, margins: np.ndarray, support: np.ndarray
) -> tuple[Record, ...]:
    """The series ``by_event_time``: value, band and number of regions at each event time.

    A value that cannot be estimated is ``None``; where the margin is not a number the value
    stands without its band.
    """
    return tuple(
        {
            "event_time": int(time),
            "value": float(value) if np.isfinite(value) else None,
            "low": float(value - margin) if np.isfinite(margin) else None,
            "high": float(value + margin) if np.isfinite(margin) else None,
            "regions": int(regions),
        }
        for time, value, margin, regions in zip(event_times, values, margins, support, strict=True)
    )


PLAIN = frozenset({str, int, bool, type(None)})
"""Types of JSON that need no look at their value."""


def plain(value: Any) -> Any:
    """The value as plain JSON types; not-a-number and infinity become ``None``."""
    if type(value) in PLAIN:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
