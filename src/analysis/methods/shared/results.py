"""Pieces of results and refusals that many methods need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from analysis.errors import AnalysisError, DesignError, EstimationError, Problem
from analysis.result import Estimate


def refuse(problems: Iterable[Problem]) -> None:
    """Refuse if there is any problem.

    Raises
    ------
    DesignError: with all of them.
    """
    if problems := list(problems):
        raise DesignError(problems)


def at_least(where: str, number: int, least: int, remedy: str) -> list[Problem]:
    """The problem of what is there too rarely; none where it is not."""
    what = f"are {number}; at least {least} are needed"
    return [] if number >= least else [Problem(where, what, remedy)]


@contextmanager
def estimating(
    where: str, remedy: str = "", error: type[AnalysisError] = EstimationError
) -> Iterator[None]:
    """Turn a ValueError of the numerics into a refusal that says what would fix it.

    Raises
    ------
    EstimationError: or the error given.
    """
    try:
        yield
    except ValueError as found:
        raise error([Problem(where, str(found), remedy)]) from None


def symmetric(
    name: str, value: Any, error: Any, critical: float, support: int | None = None
) -> Estimate:
    """An estimate whose limits lie ``critical`` errors on either side."""
    middle, margin = float(value), critical * float(error)
    return Estimate(name, middle, float(error), middle - margin, middle + margin, support)


def records(**columns: Iterable[Any]) -> tuple[dict[str, Any], ...]:
    """Columns of equal length as flat records of plain values."""
    rows = zip(*(np.asarray(c, dtype=object).tolist() for c in columns.values()), strict=True)
    return tuple(dict(zip(columns, row, strict=True)) for row in rows)


def null_quantiles(values: np.ndarray) -> tuple[dict[str, Any], ...]:
    """Quantiles of an estimate over possible draws if there were no effect; from shape (B,)."""
    shares = np.linspace(0, 1, 101)
    return records(share=shares, value=np.quantile(values, shares))
