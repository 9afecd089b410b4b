"""A table asked of a database by one SELECT of the owner's."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from analysis import digest
from analysis.data.reading.account import Source
from analysis.data.reading.mapping import TableMapping
from analysis.data.reading.raw import Raw
from analysis.data.reading.typed import raw_of
from analysis.errors import ContractError, Problem

SQLITE = "sqlite:///"
FROM_VARIABLE = "env:"


def address(mapping: TableMapping, where: str) -> str:
    """The database's address; ``env:NAME`` is looked up, so that no password is written down.

    Raises
    ------
    ContractError: the variable is not set.
    """
    if not mapping.url.startswith(FROM_VARIABLE):
        return mapping.url
    name = mapping.url.removeprefix(FROM_VARIABLE)
    if not os.environ.get(name):
        problem = Problem(f"{where}.url", f"the environment variable {name} is not set")
        raise ContractError([problem])
    return os.environ[name]


def read_query(folder: Path, name: str, mapping: TableMapping) -> Raw:
    """What the database answers, row by row from number 1.

    Raises
    ------
    ContractError: the database cannot be reached or refuses the query.
    """
    where = f"dataset.yml, mapping.{name}"
    url = address(mapping, where)
    try:
        table = _sqlite(folder, url, mapping.sql) if url.startswith(SQLITE) else _ibis(url, mapping)
    except ContractError:
        raise
    except ImportError:
        remedy = "Install it: pip install 'ibis-framework[duckdb]', or [postgres], …"
        raise ContractError([Problem(f"{where}.url", "needs Ibis", remedy)]) from None
    except Exception as error:  # whatever a driver raises, and its words may quote cells
        what = f"is refused by the database ({type(error).__name__})"
        raise ContractError([Problem(f"{where}.sql", what, "Try the query there")]) from None
    source = Source(f"{name} (query)", _digest(table), "query", table.num_rows)
    return raw_of(table, list(table.column_names), source, mapping, base=0)


def sqlite_file(folder: Path, url: str) -> Path | None:
    """The file of a SQLite address in the dataset's folder."""
    return folder / url.removeprefix(SQLITE) if url.startswith(SQLITE) else None


def _sqlite(folder: Path, url: str, sql: str) -> pa.Table:
    from analysis.data.reading.sources import inside

    given = url.removeprefix(SQLITE)
    if not inside(folder, given) or not (folder / given).is_file():
        remedy = "Name a file of the dataset's folder: sqlite:///records.db"
        raise ContractError([Problem("dataset.yml, url", "names no file here", remedy)])
    connection = sqlite3.connect(f"{(folder / given).resolve().as_uri()}?mode=ro", uri=True)
    try:
        frame = pd.read_sql_query(sql, connection, dtype_backend="pyarrow")
    finally:
        connection.close()
    return pa.Table.from_pandas(frame, preserve_index=False)


def _ibis(url: str, mapping: TableMapping) -> pa.Table:
    import ibis

    connection: Any = ibis.connect(url)
    try:
        if connection.name == "duckdb":
            # Ibis 12 asks DuckDB 2 for the columns of a query by a name that is gone.
            answer: pa.Table = connection.con.sql(mapping.sql).to_arrow_table()
        else:
            answer = connection.sql(mapping.sql).to_pyarrow()
    finally:
        connection.disconnect()
    return answer


def _digest(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return digest.of_bytes(sink.getvalue().to_pybytes())
