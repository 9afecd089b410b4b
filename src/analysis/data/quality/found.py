"""One defect of a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Defect:
    """``share`` of the rows, months or cells that it is in; ``where``: a month, or how many."""

    code: str
    table: str
    column: str
    share: float
    where: str = ""
