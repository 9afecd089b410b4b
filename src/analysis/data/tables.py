"""The tables of the data contract: ``tables.csv``, ``columns.csv`` and ``choices.csv`` here.

Kinds of ready frames are declared in the same way in ``ready``: a dataset names the file of one
under ``frames`` in ``dataset.yml``, and it is read, checked and documented like any other table.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.data.contract import Table
from analysis.data.declarations import declared_tables
from analysis.data.published.tables import PUBLISHED_TABLES

HERE = Path(__file__).parent
READY: dict[str, Table] = {table.name: table for table in declared_tables(HERE / "ready")}
"""Frames that a notebook takes as they stand, by kind."""
CONTRACT: dict[str, Table] = {
    table.name: table for table in (*declared_tables(HERE), *PUBLISHED_TABLES)
}
TABLES: dict[str, Table] = CONTRACT | READY
"""Everything that a dataset may hold."""
COMPLAINTS = TABLES["complaints"]
NAMED_IN = {"outcomes": "outcome", "exposures": "exposure", "interventions": "intervention"}
"""Tables whose rows a question names, and the column that holds the names."""


def of_records(table: str) -> bool:
    """Whether each row of a table is a single event, person or enterprise, and none a count."""
    known = TABLES.get(table)
    keys = () if known is None else known.key
    return known is not None and any(k.endswith("_id") or known.column(k).personal for k in keys)


def named(tables: Mapping[str, pd.DataFrame], table: str) -> list[str]:
    """The names in a table of outcomes, exposures or interventions; none where it is not there."""
    return sorted(tables[table][NAMED_IN[table]].astype(str).unique()) if table in tables else []


def named_outcomes(tables: Mapping[str, pd.DataFrame], records: bool) -> list[str]:
    """What can be an outcome: the counts given and, where there are ``records``, their kinds."""
    kinds = COMPLAINTS.column("kind").allowed if records else ()
    return sorted({*named(tables, "outcomes"), *kinds})
