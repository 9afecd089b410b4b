"""Which regions numbers of recorded cases are of: of two that differ by a few, these follow.

No protected store counts samples, cases, visits or results: what is told of them is told of at
least five regions together, and the site refuses what beside it would tell of fewer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.regions.hierarchy import lies_in, parents_in

REGION, EVERYWHERE = "region", "all"


@dataclass(frozen=True)
class Recorded:
    """Numbers of recorded cases: of what, from which period to which, and of which regions.

    ``outcome`` names the table and what subsets it: numbers of other subsets are other numbers.
    ``within`` is the region asked about, where the regions are those that happen to have cases:
    these change by themselves from one span to the next. It is blank where they are all of it.
    """

    outcome: str
    periods: tuple[str, str]
    regions: tuple[str, ...]
    within: str = ""


def recorded(
    outcome: str, regions: Iterable[object], days: pd.Series, within: str = ""
) -> Recorded:
    """Numbers of all cases of some days."""
    first, last = (f"{day:%Y-%m}" for day in (days.min(), days.max()))
    return Recorded(outcome, (first, last), tuple(sorted({*map(str, regions)})), within)


def recorded_by(
    outcome: str, rows: pd.DataFrame, columns: Sequence[str], days: str, asked: str
) -> Iterator[Recorded]:
    """Numbers of each group of rows, which have their ``region`` and the column of ``days``."""
    for names, own in rows.groupby(list(columns), observed=True):
        key = "/".join((outcome, *map(str, names)))
        yield recorded(key, own[REGION], own[days], asked or EVERYWHERE)


def regions_of(dataset: Dataset, table: str, asked: str) -> list[str]:
    """Regions of a table, at whatever time, that lie in the one asked about, or all."""
    codes = dataset.tables[table]["region_code"].dropna().astype(str).unique()
    parents = parents_in(dataset) if asked else {}
    return [code for code in codes if not asked or lies_in(code, asked, parents)]
