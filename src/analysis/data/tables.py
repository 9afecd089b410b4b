"""The tables of the data contract: ``tables.csv``, ``columns.csv`` and ``choices.csv`` here."""

from __future__ import annotations

from pathlib import Path

from analysis.data.contract import Table, declared_tables
from analysis.data.published.tables import PUBLISHED_TABLES

TABLES: dict[str, Table] = {
    table.name: table for table in (*declared_tables(Path(__file__).parent), *PUBLISHED_TABLES)
}
COMPLAINTS = TABLES["complaints"]
