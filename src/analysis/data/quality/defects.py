"""Defects of tables: what each is, how much of a table it is in, and what to see to first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.data.quality.columns import column_defects
from analysis.data.quality.found import Defect
from analysis.data.quality.over_time import time_defects

FIRST = (
    "closed_only", "duplicates", "gap", "hole", "break", "vanished", "appeared", "late",
)  # fmt: skip
"""What moves numbers, the gravest first; all others are to be known and allowed for."""
FIGURES = frozenset(("truth", "regions", "calendar", "breaks", "strata", "costs", "interventions"))
"""Tables of reference: no rows come in over time."""


@dataclass(frozen=True)
class Quality:
    """Defects in the order in which to see to them, and rows by month of each table."""

    defects: tuple[Defect, ...]
    months: Mapping[str, pd.Series]

    @property
    def first(self) -> tuple[Defect, ...]:
        """Those that move numbers."""
        return tuple(one for one in self.defects if one.code in FIRST)


def quality_of(tables: Mapping[str, pd.DataFrame], names: Iterable[str] = ()) -> Quality:
    """Everything that is found in the named tables, or in all that rows come into."""
    chosen = {*names} or {name for name in tables if name not in FIGURES}
    declared = tables.get("breaks", pd.DataFrame({"from_day": pd.to_datetime([])}))["from_day"]
    found: list[Defect] = []
    months: dict[str, pd.Series] = {}
    for name in sorted(chosen & set(tables)):
        if tables[name].empty:
            continue
        rows, defects = time_defects(name, tables[name], declared)
        if rows is not None:
            months[name] = rows
        found += [*defects, *column_defects(name, tables[name])]
    order = {code: place for place, code in enumerate(FIRST)}
    found.sort(key=lambda one: (order.get(one.code, len(FIRST)), -one.share, one.table, one.column))
    return Quality(tuple(found), months)
