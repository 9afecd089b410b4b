"""What a dataset holds, as digests: of its files, and of its tables and regions as read."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import digest, stored
from analysis.data.contract import Table
from analysis.data.dataset import Dataset, in_order, read_dataset
from analysis.data.description import Description, Sources, read_description, table_sources
from analysis.data.reading.account import Account
from analysis.data.reading.containers.typed import read_query, sqlite_file
from analysis.data.reading.mapping import PLAIN
from analysis.data.records.location import RecordSource
from analysis.data.regions.hierarchy import lies_in, parents_of
from analysis.data.tables import TABLES
from analysis.project import locate

MOST_ROWS = 5_000_000
"""Above this, row by row digests are not kept and a change is told by its size only."""


@dataclass(frozen=True)
class Print:
    """One table as it is read: its digest, its rows, and rows and digest by region if it has any.

    ``account`` is the digest of what pages show beside the rows: names of columns and files, what
    was repaired and left out.
    """

    sha256: str
    rows: int
    regions: dict[str, tuple[int, str]]
    account: str = ""


class Prints:
    """Prints of tables, kept in a folder under the digests of the files they were read from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.whole = cache(digest.of_file)
        """The digest of a file, read once per planning."""

    def of(self, folder: Path, tables: set[str] | None, files: Mapping[str, str]) -> ReadPrints:
        """Prints of the tables of a dataset, read only where its files or the code are new.

        Parameters
        ----------
        files: digests of all that the tables are read from, by name.

        Raises
        ------
        ParamsError, ContractError: as :func:`analysis.data.dataset.read_dataset`.
        """
        asked = [sorted(files.items()), sorted(tables or ()), digest.source(*digest.ABOVE)]
        file = self.folder / f"{digest.of_value(asked)}.json"
        try:
            return stored.read(file, ReadPrints)
        except (OSError, ValueError):
            made = self._make(read_dataset(folder, tables))
        stored.write(file, made)
        return made

    def rows(self, sha256: str) -> np.ndarray | None:
        """Digests of the rows of a table seen before, sorted; ``None`` where not kept."""
        with suppress(OSError, ValueError):
            return np.asarray(np.load(self.folder / f"{sha256}.npy", allow_pickle=False))
        return None

    def _make(self, dataset: Dataset) -> ReadPrints:
        self.folder.mkdir(parents=True, exist_ok=True)
        parents = parents_of(dataset.tables["regions"]) if "regions" in dataset.tables else {}
        read_as = dataset.description.read_as
        prints = {
            # A database answers in any order.
            name: self._of(
                frame,
                TABLES[name],
                dataset.accounts.get(name),
                ordered=not read_as.get(name, PLAIN).sql,
            )
            for name, frame in dataset.tables.items()
        }
        return ReadPrints(prints, parents)

    def _of(
        self, frame: pd.DataFrame, table: Table, account: Account | None, *, ordered: bool
    ) -> Print:
        hashed = row_digests(frame, table)
        if not ordered:
            order = np.argsort(hashed, kind="stable")
            frame, hashed = frame.iloc[order], hashed[order]
        made = Print(
            digest.of_bytes(hashed.tobytes()),
            len(frame),
            _by_region(frame, hashed),
            digest.of_value([sorted(frame.columns), _told(account)]),
        )
        if len(frame) <= MOST_ROWS:
            sorted_rows = io.BytesIO()
            np.save(sorted_rows, np.sort(hashed))
            stored.write_whole(self.folder / f"{made.sha256}.npy", sorted_rows.getvalue())
        return made


def _told(account: Account | None) -> list[Any]:
    """What an account says, whatever the bytes of the files: a file may be saved anew."""
    if account is None:
        return []
    files = [(source.file, source.sheet, source.rows) for source in account.sources]
    return [files, account.lines, account.unused]


@dataclass(frozen=True)
class ReadPrints:
    """The tables of a dataset as read, by name, and each region's upper one."""

    tables: dict[str, Print]
    parents: dict[str, str]


def row_digests(frame: pd.DataFrame, table: Table) -> np.ndarray:
    """A digest of each row as read; a person counts by the others of the same hash only.

    Columns stand in the order of their names: a file may have them in any.
    """
    plain = {}
    for name in sorted(frame.columns):
        column = frame[name]
        if name in table.names and table.column(name).personal:
            # With another salt the hashes are other ones, and nothing that is worked out is.
            column = pd.Series(pd.factorize(column)[0], column.index)
        plain[name] = column.astype("str") if column.dtype == object else column
    hashed = pd.util.hash_pandas_object(pd.DataFrame(plain), index=False)
    return np.asarray(hashed, dtype=np.uint64)


def _by_region(frame: pd.DataFrame, hashed: np.ndarray) -> dict[str, tuple[int, str]]:
    """Rows and digest of each region, in the order of the file."""
    if "region_code" not in frame or frame.empty:
        return {}
    codes, names = pd.factorize(frame["region_code"], use_na_sentinel=False)
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(names) + 1))
    rows = np.split(hashed[order], edges[1:-1])
    digests = [digest.of_bytes(each.tobytes()) for each in rows]
    return {str(n): (len(r), d) for n, r, d in zip(names, rows, digests, strict=True)}


def data_read(
    path: str, tables: set[str] | None, region: str, prints: Prints
) -> dict[str, dict[str, Any]]:
    """What a run reads, by table or file: ``digest``, and ``rows`` and ``sha256`` as read.

    A table counts by its rows as read and by what its account says, so that a file may be saved
    anew; records that are counted where they lie count by the bytes of their files.

    Parameters
    ----------
    tables: names of tables, or ``None`` for every file of the folder.
    region: where given, a table with regions counts by the rows of that region only.

    Raises
    ------
    ParamsError, ContractError: as :func:`analysis.data.dataset.read_dataset`.
    """
    folder = locate(path)
    description = read_description(folder)
    found: dict[str, dict[str, Any]] = {"dataset.yml": {"digest": _as_read(description)}}
    sources, _ = table_sources(folder, description)
    names = in_order(sources, description, None if tables is None else tuple(tables))
    chosen = {name: sources[name] for name in names}
    found |= _tables_read(folder, description, chosen, prints)
    if tables is None:
        used = {file for files in chosen.values() for file in files.values()}
        others = (f for f in sorted(folder.iterdir()) if f.is_file() and f.name[0] != ".")
        found |= {f.name: {"digest": prints.whole(f)} for f in others if f not in used}
    if description.records and (tables is None or "complaints" in tables):
        found |= _records_read(folder, description.records, prints)
    files = {name: str(part["digest"]) for name, part in found.items()}
    known = prints.of(folder, tables, files)
    for name, one in known.tables.items():
        part = found.setdefault(name, {"digest": one.sha256})
        part |= {"rows": one.rows, "sha256": one.sha256}
        part["digest"] = digest.of_value([one.sha256, one.account])
        # Behind a crosswalk a region's rows may stand under codes that are no longer its own.
        if region and one.regions and "crosswalk" not in sources:
            inside = {c: v for c, v in one.regions.items() if lies_in(c, region, known.parents)}
            part["digest"] = digest.of_value([sorted(inside.items()), one.account])
    return found


def _as_read(description: Description) -> str:
    """The digest of what ``dataset.yml`` says; remarks and blank lines in it say nothing."""
    return digest.of_value([description.model_dump_json(), description.unseen])


def _records_read(folder: Path, source: RecordSource, prints: Prints) -> dict[str, dict[str, Any]]:
    """Digests of the files that hold records; of a database, of its panel, which is asked for."""
    if source.files:
        files = source.paths(folder)
        return {str(f.relative_to(folder)): {"digest": prints.whole(f)} for f in files}
    panel = read_dataset(folder, {"complaints"}).panel
    return {name: {"digest": value} for name, value in panel.hashes.items()} if panel else {}


def _tables_read(
    folder: Path, description: Description, sources: Sources, prints: Prints
) -> dict[str, dict[str, Any]]:
    """Tables by the bytes of all their files, or by the answer of their database."""
    found: dict[str, dict[str, Any]] = {}
    for name, named in sources.items():
        mapping = description.read_as.get(name, PLAIN)
        files = dict(named)
        if database := sqlite_file(folder, mapping.url):
            files[database.name] = database
        elif mapping.sql:
            answer = read_query(folder, name, mapping).source
            found[name] = {"digest": answer.sha256, "rows": answer.rows}
            continue
        parts = [[shown, prints.whole(file)] for shown, file in files.items() if file.is_file()]
        found[name] = {"digest": digest.of_value(parts)}
    return found


def changed_rows(prints: Prints, old: str, new: str) -> tuple[int, int] | None:
    """How many rows left and came between two versions of a file, or ``None`` where unknown."""
    before, after = prints.rows(old), prints.rows(new)
    if before is None or after is None:
        return None
    sides = np.repeat([-1.0, 1.0], [len(before), len(after)])
    _, position = np.unique(np.concatenate([before, after]), return_inverse=True)
    net = np.bincount(position, weights=sides)
    return int(-net[net < 0].sum()), int(net[net > 0].sum())
