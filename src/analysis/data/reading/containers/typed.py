"""Tables that come with types: Parquet files, and what a database answers to one SELECT."""

from __future__ import annotations

import os
import sqlite3
import warnings
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from analysis import digest
from analysis.data.reading.account import Source
from analysis.data.reading.distinct import Cells, Raw, Wanted, cells_of, needed_columns, plain_name
from analysis.data.reading.mapping import TableMapping, inside
from analysis.data.records import connections
from analysis.errors import ContractError, Problem

SQLITE = "sqlite://"
WRITE_AHEAD = b"\x02\x02"
"""Bytes 18 and 19 of a SQLite file that is written through a log beside it."""
FROM_VARIABLE = "env:"


def read_parquet(file: Path, name: str, mapping: TableMapping, wanted: Wanted) -> Raw:
    """A Parquet file; its columns keep their types.

    Raises
    ------
    ContractError: damaged, or times with a zone while none is named in ``dataset.yml``.
    """
    try:
        names = pyarrow.parquet.read_schema(file).names
        needed = needed_columns(names, wanted, name)
        chosen = [names[number] for number in needed.values()]
        table = pyarrow.parquet.read_table(file, columns=chosen)
    except (pa.ArrowException, OSError):
        what, remedy = "cannot be read as Parquet", "Export it again"
        raise ContractError([Problem(name, what, remedy)]) from None
    source = Source(name, digest.of_file(file), "Parquet", table.num_rows)
    return raw_of(table, names, source, mapping, base=1)


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
        if url.startswith(SQLITE):
            table = _sqlite(folder, url, mapping.sql)
        else:
            table = _ibis(folder, url, mapping)
    except ContractError:
        raise
    except ImportError:
        remedy = "Install it: pip install 'ibis-framework[duckdb]', or [postgres], …"
        raise ContractError([Problem(f"{where}.url", "needs Ibis", remedy)]) from None
    except Exception as error:  # whatever a driver raises, and its words may quote cells
        what = "is refused by the database"
        raise connections.refused(error, f"{where}, the database", what) from None
    source = Source(f"{name} (query)", "", "query", table.num_rows)
    raw = raw_of(table, list(table.column_names), source, mapping, base=0)
    return replace(raw, source=replace(source, sha256=_digest(table)))


def sqlite_file(folder: Path, url: str) -> Path | None:
    """The file of a SQLite address in the dataset's folder."""
    return folder / _beside(url) if url.startswith(SQLITE) else None


def _beside(url: str) -> str:
    """The file that an address of SQLite names, below the dataset's folder."""
    return url.removeprefix(SQLITE).lstrip("/")


def _sqlite(folder: Path, url: str, sql: str) -> pa.Table:
    given = _beside(url)
    if not given or not inside(folder, given) or not (folder / given).is_file():
        remedy = "Name a file of the dataset's folder: sqlite:///records.db"
        raise ContractError([Problem("dataset.yml, url", "names no file here", remedy)])
    file = (folder / given).resolve()
    address = f"{file.as_uri()}?mode=ro"
    with file.open("rb") as start:
        logged = start.read(20)[18:] == WRITE_AHEAD
    if logged and not file.with_name(f"{file.name}-wal").exists():
        # Nobody has it open: SQLite would leave a log of its own in the owner's folder.
        address += "&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        frame = pd.read_sql_query(sql, connection, dtype_backend="pyarrow")
    return pa.Table.from_pandas(frame, preserve_index=False)


def _ibis(folder: Path, url: str, mapping: TableMapping) -> pa.Table:
    connection: Any = connections.connected(url, folder)
    try:
        with warnings.catch_warnings():
            # Ibis 12 and its drivers warn of what they will drop from one another.
            warnings.simplefilter("ignore")
            if connection.name == "duckdb":
                # Ibis 12 asks DuckDB 2 for the columns of a query by a name that is gone.
                answer: pa.Table = connection.con.sql(mapping.sql).to_arrow_table()
            elif connection.name == "postgres":
                answer = _postgres(connection.con, mapping.sql)
            else:
                answer = connection.sql(mapping.sql).to_pyarrow()
    finally:
        connection.disconnect()
    return answer


def _postgres(connection: Any, sql: str) -> pa.Table:
    """The answer in a transaction that only reads; Ibis would make a view to learn its columns."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute(sql)
        names = [column.name for column in cursor.description]
        rows = cursor.fetchall()
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pa.table([pa.array(list(column)) for column in columns], names=names)


def _digest(table: pa.Table) -> str:
    """Of the rows in an order of their own: a database may answer in any."""
    sink = pa.BufferOutputStream()
    table = table.cast(pa.schema([(f.name, _sortable(f.type)) for f in table.schema]))
    table = table.sort_by([(name, "ascending") for name in table.column_names]).combine_chunks()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return digest.of_bytes(sink.getvalue().to_pybytes())


def _sortable(kind: pa.DataType) -> pa.DataType:
    """A type that Arrow puts in order; words of a list, as databases have, are texts."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def raw_of(
    table: pa.Table, names: list[str], source: Source, mapping: TableMapping, base: int
) -> Raw:
    """A table in memory; its first row has the number ``base + 1``."""
    columns = {}
    for name in table.column_names:
        where = f"{source.file}, column {name}"
        columns[plain_name(name)] = typed(table.column(name), mapping.time_zone, where)
    rows = np.arange(base + 1, base + 1 + table.num_rows)
    return Raw(source, tuple(names), columns, rows, [])


def typed(column: pa.ChunkedArray, time_zone: str, where: str) -> Cells | pd.Series:
    """A column as texts, or as numbers, truths or times where it holds those.

    Raises
    ------
    ContractError: times with a zone while none is named, or a column of lists or structures.
    """
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz:
        if not time_zone:
            remedy = "Name the zone whose days count in dataset.yml, for example Asia/Shanghai"
            raise ContractError([Problem(where, "holds times with a zone", remedy)])
        return pc.local_timestamp(column.cast(pa.timestamp("us", tz=time_zone))).to_pandas()
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        raise ContractError([Problem(where, "holds no plain values", "Leave the column out")])
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    if pa.types.is_date(column.type):
        return column.cast(pa.timestamp("us")).to_pandas()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return cells_of(column)
    return column.to_pandas()
