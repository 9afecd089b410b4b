"""Columns that come with types: Parquet files and answers of databases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from analysis import digest
from analysis.data.reading.account import Ledger, Source
from analysis.data.reading.distinct import Cells, cells_of, plain_name
from analysis.data.reading.mapping import TableMapping
from analysis.data.reading.raw import Raw, Wanted, require_distinct
from analysis.errors import ContractError, Problem


def read_parquet(file: Path, name: str, mapping: TableMapping, wanted: Wanted) -> Raw:
    """A Parquet file; its columns keep their types.

    Raises
    ------
    ContractError: damaged, or times with a zone while none is named in ``dataset.yml``.
    """
    try:
        names = pyarrow.parquet.read_schema(file).names
        require_distinct(names, wanted, name)
        chosen = [own for own in names if wanted(plain_name(own))]
        table = pyarrow.parquet.read_table(file, columns=chosen)
    except (pa.ArrowException, OSError):
        what, remedy = "cannot be read as Parquet", "Export it again"
        raise ContractError([Problem(name, what, remedy)]) from None
    source = Source(name, digest.of_file(file), "Parquet", table.num_rows)
    return raw_of(table, names, source, mapping, base=1)


def raw_of(
    table: pa.Table, names: list[str], source: Source, mapping: TableMapping, base: int
) -> Raw:
    """A table in memory; its first row has the number ``base + 1``."""
    columns = {
        plain_name(own): typed(table.column(own), mapping.time_zone, f"{source.file}, column {own}")
        for own in table.column_names
    }
    rows = np.arange(base + 1, base + 1 + table.num_rows)
    return Raw(source, tuple(names), columns, rows, Ledger(source.file))


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
        column = pc.local_timestamp(column.cast(pa.timestamp("us", tz=time_zone)))
        return column.to_pandas()
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        raise ContractError([Problem(where, "holds no plain values", "Leave the column out")])
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    if pa.types.is_date(column.type):
        return column.cast(pa.timestamp("us")).to_pandas()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return cells_of(column)
    return column.to_pandas()
