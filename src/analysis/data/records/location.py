"""Where a dataset's complaint records lie, when they are too many to read: ``records`` in
``dataset.yml``."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Self
from urllib.parse import parse_qs, urlsplit
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, model_validator

from analysis.data.reading.mapping import ValueMap
from analysis.data.tables import COMPLAINTS
from analysis.errors import ContractError, Problem, nearest

SUFFIXES = {".csv", ".parquet"}
VARIABLE = re.compile(r"^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$")
REQUIRED = ("received_on", "region_code", "kind")
"""Columns without which records cannot be counted."""


class RecordSource(BaseModel):
    """Complaint records in files of the folder, or in a table of a database.

    Parameters
    ----------
    files: a pattern inside the dataset's folder, ``complaints/*.parquet``. A file a month is
        best: what was counted of a file is kept until the file changes.
    url: the engine that counts, DuckDB if left out: ``postgresql://host/database``,
        ``spark://local``, ``spark://host:7077``, or what :func:`ibis.connect` takes. No password:
        the database's own means (``PGPASSWORD``, ``~/.pgpass``) hold it, or the whole URL stands
        in a variable of the environment, ``${NAME}``.
    table: of the database; ``schema.table`` where it is in a schema.
    time_zone: in which a moment becomes a day; needed where days of receipt are moments.
    columns: the contract's name to the owner's name.
    values: the contract's name to the owner's words and ours, as in a mapping of files.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: str = ""
    url: str = ""
    table: str = ""
    time_zone: str = ""
    columns: dict[str, str] = Field(default_factory=dict)
    values: dict[str, ValueMap] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        path, zone, known = PurePosixPath(self.files), self.time_zone, COMPLAINTS.names
        unclear = bool(self.files) == bool(self.table)
        outside = path.is_absolute() or ".." in path.parts
        unread = bool(self.files) and path.suffix not in SUFFIXES
        secret = has_password(self.url)
        strange = bool(zone) and zone not in available_timezones()
        rules = [
            (unclear, "names neither or both of files and table; give one"),
            (self.table and not self.url, "names a table without the url of its database"),
            (outside, "names files outside the dataset's folder"),
            (unread, "names files that are neither .csv nor .parquet"),
            (secret, "holds a password; use PGPASSWORD, ~/.pgpass or a url of ${VARIABLE}"),
            (strange, "names a time_zone that is not in the IANA list, such as Asia/Shanghai"),
        ]
        looking = [name for name, value in self.values.items() if value.lookup or value.patterns]
        rules += [(bool(looking), f"looks up values of {', '.join(looking)}; list the words")]
        wrong = [text for broken, text in rules if broken]
        strangers = [name for name in {**self.columns, **self.values} if name not in known]
        wrong += [f"names column '{name}'. {nearest(name, known)}" for name in strangers]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def name(self) -> str:
        """What a message calls it."""
        return self.files or f"table {self.table}"

    def resolved_url(self) -> str:
        """The URL, read from the environment where it stands there.

        Raises
        ------
        ContractError: the variable is not set.
        """
        found = VARIABLE.match(self.url)
        url = os.environ.get(found[1], "") if found else self.url
        if found and not url:
            where = f"dataset.yml, records.url, variable {found[1]}"
            raise ContractError([Problem(where, "is not set", "Set it to the database's URL")])
        return url

    def paths(self, folder: Path) -> list[Path]:
        """The files that the pattern finds, in order.

        Raises
        ------
        ContractError: there are none, or they lie outside the folder.
        """
        found = sorted(path for path in folder.glob(self.files) if path.is_file())
        where = "dataset.yml, records.files"
        if not found:
            raise ContractError([Problem(where, "finds no file", "Correct the pattern")])
        root = folder.resolve()
        if any(not path.resolve().is_relative_to(root) for path in found):
            remedy = "Replace links by the files themselves"
            raise ContractError([Problem(where, "finds a file outside the folder", remedy)])
        return found


def has_password(url: str) -> bool:
    """Whether a URL holds a password, before the host or among its options."""
    if not url or VARIABLE.match(url):
        return False
    try:
        parts = urlsplit(url)
        secrets = {"password", "token", "secret"} & parse_qs(parts.query).keys()
        return bool(secrets) or parts.password is not None
    except ValueError:
        return True
