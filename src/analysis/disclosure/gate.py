"""Refuse tables with small counts or identifiers, in the kernel and again for the page."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, Final

from analysis.errors import Problem

COUNT: Final = "count"
"""Role of a column of counts of records, which must have passed disclosure control."""

DERIVED: Final = "derived"
"""Role of a column worked out from the counts of its row, and withheld with them."""

NUMBER: Final = "number"
"""Role of a column of other numbers: estimates, years, how many regions, what is printed, codes."""

IDENTITIES = frozenset(
    f"{who}{what}"
    for who in ("officer", "enterprise", "claimant", "complaint", "inspection", "case", "sample")
    for what in ("_id", "_name")
) | {"officer", "enterprise", "claimant", "rated", "rater"}
"""Keys of columns that name a person, an enterprise or a single record."""

WHOLE = re.compile(r"\d+([, '’]\d{3})*([.]0+)?")
"""A whole number as a text, with or without marks of thousands; spaces of any width are one."""
AROUND = re.compile(r"^[^\w%]+|[^\w%]+$")
"""Brackets, stars and signs around a number; one of per cent counts nothing."""
NUMERIC = re.compile(r"\d+([, '’]\d{3})*[.]\d+")


def table_problems(
    columns: Iterable[tuple[str, str]],
    cells: Sequence[Sequence[Any]],
    protected: str,
    where: str,
) -> list[Problem]:
    """Everything in a table that may not leave.

    A column of whole numbers is one of counts unless its role says what else it holds.

    Parameters
    ----------
    columns: key and role of each. cells: row by row, raw values and the texts that a page shows
        in rows of their own. protected: the mark of what its counts were made from
        (``Store.mark``), blank where they are as recorded.
    """
    problems = []
    for number, (key, role) in enumerate(columns):
        column = f"{where}, column {number + 1}"
        if key in IDENTITIES:
            remedy = "Show groups, never single officers, enterprises, complainants or records"
            problems.append(Problem(column, f"names {key}", remedy))
        if role == COUNT and not protected:
            remedy = "Take them from the protected store (analysis.disclosure.store)"
            problems.append(Problem(column, "holds counts that were not protected", remedy))
        if not role and _whole(row[number] for row in cells):
            what = "holds whole numbers, which are counts unless its role says what else"
            remedy = "Mark it: role='count' with numbers of the protected store, or role='number'"
            problems.append(Problem(column, what, remedy))
    return problems


def _whole(cells: Iterable[Any]) -> bool:
    """Whether all numbers of a column, numpy's and those in texts too, are whole, and there is one.

    Cells without a number, such as words for what is withheld, tell nothing either way.
    """
    found = [whole for cell in cells if (whole := _whole_cell(cell)) is not None]
    return bool(found) and all(found)


def _whole_cell(cell: Any) -> bool | None:
    """Whether a cell is a whole number; ``None`` where it is no number at all."""
    if isinstance(cell, Real) and not isinstance(cell, bool):
        return float(cell).is_integer() if math.isfinite(cell) else None
    text = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else ""
    text = AROUND.sub("", "".join(c for c in text if unicodedata.category(c) != "Cf"))
    if WHOLE.fullmatch(text):
        return True
    return False if NUMERIC.fullmatch(text) else None
