"""Databases opened to be read only, and what a driver says when it cannot, in words of ours.

A driver makes a file that is not there, and what it says of a refusal can hold the host, the user
or a value. Nothing of it is shown but which of these it was.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

from analysis.errors import ContractError, Problem

DUCKDB, SQLITE = "duckdb://", "sqlite://"
REFUSALS = (
    (r"could not set lock|database is locked|being used by another", "is locked by another program",
     "Close it there, or copy the file"),
    (r"password authentication|no password|access denied|authentication failed|invalid password",
     "refuses the user or the password", "Set PGPASSWORD, ~/.pgpass, or the variable of the url"),
    (r"role .* does not exist", "does not know the user", "Correct the user in the url"),
    (r"database .* does not exist|unknown database", "has no database of that name",
     "Correct the name behind the last / of the url"),
    (r"could not translate host|name or service|nodename nor|resolve", "names a host nobody knows",
     "Correct the host in the url"),
    (r"connection refused|actively refused", "is not served at that port",
     "Correct the port, or start the server"),
    (r"timeout expired|timed out|no route|network is unreachable", "does not answer",
     "Check network and firewall"),
    (r"file is not a database|not a valid duckdb|not a duckdb database|different duckdb version",
     "is no database of that kind", "Correct the file in the url"),
    (r"(relation|table|view) .*(does not exist|not found)|no such table|table with name",
     "has no such table", "Correct its name; quote one with capitals"),
    (r"column .*(does not exist|not found)|no such column|referenced column",
     "has no such column", "Correct its name; quote one with capitals"),
    (r"permission denied|insufficient privilege", "does not let this user read it",
     "Ask for the right to SELECT"),
    (r"read.only|cannot execute .* in a read", "is asked to do more than read", "Write a SELECT"),
    (r"syntax error|parser error", "does not understand the query", "Try it there"),
)  # fmt: skip
"""What drivers say, told apart without showing it: pattern, what is wrong, what would mend it."""


def connected(url: str, folder: Path) -> Any:
    """A connection of Ibis; files are those that are there, and are opened to be read only.

    Parameters
    ----------
    folder: of the dataset, in which relative paths lie.

    Raises
    ------
    ContractError: the url names no file.
    """
    import ibis

    with warnings.catch_warnings():
        # Ibis and its drivers warn of what they will drop from one another.
        warnings.simplefilter("ignore")
        if url.startswith((DUCKDB, SQLITE)) and url not in (DUCKDB, SQLITE):
            return _file(url, folder)
        return ibis.connect(url)


def _file(url: str, folder: Path) -> Any:
    import ibis

    kind, _, rest = url.partition("://")
    places = (folder / rest.lstrip("/"), Path(rest))
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        remedy = f"Write {kind}://FILE below the dataset's folder, or the whole path"
        raise ContractError([Problem("dataset.yml, url", "names no file here", remedy)])
    if kind == "sqlite":
        connection = ibis.sqlite.connect(file)
        connection.con.execute("PRAGMA query_only = ON")
        return connection
    with file.open("rb") as start:
        if start.read(6) == b"SQLite":
            # DuckDB would look for an extension on the network.
            remedy = "Write sqlite:// in the url"
            raise ContractError([Problem("dataset.yml, url", "names a file of SQLite", remedy)])
    connection = ibis.duckdb.connect(file, read_only=True)
    # It would draw its progress into the notebook that waits for it.
    connection.raw_sql("SET enable_progress_bar = false")
    return connection


def refused(error: Exception, where: str, otherwise: str = "cannot be read") -> ContractError:
    """What a driver raised as a problem of ours, ``otherwise`` where it is none of those known."""
    said = str(error).casefold()
    for pattern, what, remedy in REFUSALS:
        if re.search(pattern, said):
            return ContractError([Problem(where, what, remedy)])
    what = f"{otherwise} ({type(error).__name__})"
    return ContractError([Problem(where, what, "Try the address and the query there")])
