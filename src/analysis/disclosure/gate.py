"""Refuse tables with small counts or identifiers, in the kernel and again for the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from analysis.errors import Problem

COUNT: Final = "count"
"""Role of a column of counts of records, which must have passed disclosure control."""

DERIVED: Final = "derived"
"""Role of a column worked out from the counts of its row, and withheld with them."""

IDENTITIES = frozenset(
    f"{who}{what}"
    for who in ("officer", "enterprise", "claimant", "complaint", "inspection", "case", "sample")
    for what in ("_id", "_name")
) | {"officer", "enterprise", "claimant"}
"""Keys of columns that name a person, an enterprise or a single record."""


def table_problems(
    columns: Iterable[tuple[str, str]],
    values: Sequence[Sequence[Any]],
    threshold: int | None,
    where: str,
) -> list[Problem]:
    """Everything in a table that may not leave.

    Parameters
    ----------
    columns: key and role of each. values: raw values row by row. threshold: as recorded by
        disclosure control, or ``None`` where the table did not pass it.
    """
    problems = []
    for number, (key, role) in enumerate(columns):
        column = f"{where}, column {number + 1}"
        if key in IDENTITIES:
            remedy = "Show groups, never single officers, enterprises, complainants or records"
            problems.append(Problem(column, f"names {key}", remedy))
        if role != COUNT:
            continue
        if threshold is None:
            remedy = "Pass the table through disclosure.protect"
            problems.append(
                Problem(column, "holds counts that passed no disclosure control", remedy)
            )
        elif any(_small(row[number], threshold) for row in values):
            problems.append(Problem(column, f"holds counts from 1 to {threshold - 1}"))
    return problems


def _small(value: Any, threshold: int) -> bool:
    return isinstance(value, (int, float)) and 0 < value < threshold
