"""Engines that count records where they lie: DuckDB, PostgreSQL, Spark, or any other of Ibis.

No message of a driver is shown: it can hold the host, the user or the value of a cell.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from analysis.data.records import connections
from analysis.data.records.location import REQUIRED, RecordSource
from analysis.data.tables import COMPLAINTS
from analysis.errors import ContractError, Problem

MEMORY = "3GB"
"""DuckDB spills to disk above this; with Python and Arrow a process stays under 4 GB."""

EXTRAS = {"postgres": "postgres", "postgresql": "postgres", "spark": "spark"}
NAME = re.compile(r'"[^"]+"|[^".]+')
"""A part of the name of a table; one in quotation marks may hold a point."""
LINE = re.compile(r"\bLine: (\d+)")


@contextmanager
def engine(
    source: RecordSource, folder: Path = Path(), *, own_table: bool = False
) -> Iterator[Any]:
    """A connection in the time zone of the source; closed at the end, but for Spark's session.

    Files of databases lie in ``folder``, that of the dataset. A server is asked to refuse whatever
    would write, unless we bring a temporary table of our own, as a crosswalk is.

    Raises
    ------
    ContractError: it cannot be reached, its package is missing, or it knows no time zones.
    """
    url = source.resolved_url()
    try:
        connection = _connect(url, folder)
        _set_time_zone(connection, source.time_zone)
        if connection.name == "postgres" and not own_table:
            connection.raw_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY").close()
    except ContractError:
        raise
    except ImportError:
        extra = EXTRAS.get(url.split(":")[0], "")
        remedy = f"pip install -e '.[{extra}]'" if extra else "Install what Ibis asks for"
        raise _refused("records.url", "needs a package that is not installed", remedy) from None
    except Exception as error:  # drivers raise what they like, and tell host and user
        where, what = "dataset.yml, records.url", "cannot be reached"
        raise connections.refused(error, where, what) from None
    try:
        with warnings.catch_warnings():
            # Ibis 12, DuckDB 2 and PySpark 4 call what pandas 3 and Arrow will drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield connection
    finally:
        if connection.name != "pyspark":
            connection.disconnect()


def _refused(where: str, what: str, remedy: str) -> ContractError:
    return ContractError([Problem(f"dataset.yml, {where}", what, remedy)])


def _connect(url: str, folder: Path) -> Any:
    import duckdb
    import ibis

    if not url or url == "duckdb://":
        connection = ibis.duckdb.connect(memory_limit=MEMORY, preserve_insertion_order=False)
        # It would draw its progress into the notebook that waits for it. Where ipywidgets are not
        # installed it cannot, and in Jupyter refuses to be told so.
        with suppress(duckdb.InvalidInputException):
            connection.raw_sql("SET enable_progress_bar = false")
        return connection
    if url.startswith("spark://"):
        return ibis.pyspark.connect(_spark(url))
    return connections.connected(url, folder)


def _spark(url: str) -> Any:
    from pyspark.sql import SparkSession

    master = "local[*]" if url == "spark://local" else url
    session = SparkSession.getActiveSession()
    if session is not None:
        return session
    builder = SparkSession.builder.master(master).config("spark.ui.enabled", "false")
    if master == "local[*]":
        # One machine: two hundred shuffle partitions cost more than the counting.
        builder = builder.config("spark.sql.shuffle.partitions", "8")
        builder = builder.config("spark.driver.host", "localhost")
        # Its workers would be the first python3 of the path, which may be another version.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return builder.getOrCreate()


def _set_time_zone(connection: Any, zone: str) -> None:
    """Moments become days in the zone of the connection, as each engine's own cast has it."""
    if not zone:
        return
    if connection.name == "pyspark":
        connection._session.conf.set("spark.sql.session.timeZone", zone)
    elif connection.name == "duckdb":
        connection.raw_sql(f"SET TimeZone = '{zone}'")
    elif connection.name == "postgres":
        connection.raw_sql(f"SET TIME ZONE '{zone}'").close()
    else:
        what = f"is not supported on {connection.name}"
        raise _refused("records.time_zone", what, "Give days of receipt there, not moments")


def records_in(connection: Any, source: RecordSource, files: Sequence[Path] = ()) -> Any:
    """The records as an Ibis table with the contract's column names.

    Raises
    ------
    ContractError: the table or a column is missing, or moments lack a time zone.
    """
    with refusing_errors(source, files, "Check files, table and encoding"):
        raw = _files(connection, source, files) if source.files else _table(connection, source)
        columns = raw.columns
    named = {name: source.columns.get(name, name) for name in COMPLAINTS.names}
    missing = [name for name in named if named[name] not in columns]
    wrong = [name for name in missing if name in REQUIRED or name in source.columns]
    if wrong:
        remedy = "Name the owner's column under records.columns"
        where = f"{source.name}, column"
        raise ContractError([Problem(f"{where} {n}", "is missing", remedy) for n in wrong])
    records = raw.select(**{name: raw[named[name]] for name in named if name not in missing})
    records = records.mutate(
        **{
            name: records[name].substitute(dict(values.words), else_=values.other or records[name])
            for name, values in source.values.items()
            if name not in missing
        }
    )
    _require_days(connection, records, source)
    return records


def _table(connection: Any, source: RecordSource) -> Any:
    *above, name = [part.strip('"') for part in NAME.findall(source.table)]
    return connection.table(name, database=tuple(above) or None)


def _files(connection: Any, source: RecordSource, files: Sequence[Path]) -> Any:
    names = [str(file) for file in files]
    if files[0].suffix == ".parquet":
        if connection.name == "duckdb":
            return connection.read_parquet(names)
        first, *others = (connection.read_parquet(name) for name in names)
        return first.union(*others) if others else first
    if connection.name != "duckdb":
        remedy = "Leave out the url, or give Parquet"
        raise _refused("records.files", "are CSV, which only DuckDB reads here", remedy)
    with files[0].open(encoding="utf-8-sig", errors="replace") as handle:
        header = {name.strip().strip('"') for name in handle.readline().split(",")}
    date = "TIMESTAMPTZ" if source.time_zone else "DATE"
    kinds = {"whole": "BIGINT", "number": "DOUBLE", "date": date}
    named = {source.columns.get(column.name, column.name): column for column in COMPLAINTS.columns}
    types = {name: kinds.get(named[name].kind, "VARCHAR") for name in named if name in header}
    return connection.read_csv(names, header=True, types=types)


def _require_days(connection: Any, records: Any, source: RecordSource) -> None:
    """Refuse moments without a time zone, and texts for days."""
    problems = []
    for name in [day for day in ("received_on", "closed_on") if day in records.columns]:
        where, kind = f"{source.name}, column {name}", records[name].type()
        if not source.time_zone and kind.is_timestamp() and _is_moment(connection, records, name):
            remedy = "Say in which records.time_zone a day begins"
            problems.append(Problem(where, "holds moments", remedy))
        elif not (kind.is_timestamp() or kind.is_date()):
            problems.append(Problem(where, "does not hold days", "Give it the type of a date"))
    if problems:
        raise ContractError(problems)


def _is_moment(connection: Any, records: Any, name: str) -> bool:
    """Whether a column of times is of moments, and not of a clock on some wall."""
    if connection.name != "pyspark":
        return bool(records[name].type().timezone)
    # Spark does not tell Ibis which of its times have a time zone.
    query = connection.compile(records.select(name).limit(0))
    return bool(connection._session.sql(query).schema[0].dataType.typeName() == "timestamp")


@contextmanager
def refusing_errors(source: RecordSource, files: Sequence[Path], remedy: str) -> Iterator[None]:
    """An error of the engine becomes ours, with file and row but without its message.

    Raises
    ------
    ContractError
    """
    try:
        yield
    except ContractError:
        raise
    except Exception as error:
        name = files[0].name if len(files) == 1 else source.name
        line = LINE.search(str(error))
        where = f"{name}, row {line[1]}" if line else name
        if not files:
            raise connections.refused(error, where) from None
        what = f"cannot be read ({type(error).__name__})"
        raise ContractError([Problem(where, what, remedy)]) from None
