"""A dataset: a folder of contract tables with a ``dataset.yml`` beside them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from analysis import digest
from analysis.data.contract import check_links
from analysis.data.description import Description, locate, read_description
from analysis.data.reading.account import Account
from analysis.data.reading.mapping import PLAIN, TableMapping
from analysis.data.reading.query import sqlite_file
from analysis.data.reading.read_table import Taken, read_table
from analysis.data.reading.sources import DEFAULTS, inside, matching, named
from analysis.data.records.count_cache import RecordPanel, cache_folder, record_panel
from analysis.data.regions.code_checks import (
    check_region_codes,
    fill_names,
    names_optional,
    scheme_year,
)
from analysis.data.regions.present_regions import on_present_regions
from analysis.data.tables import TABLES
from analysis.errors import ContractError, Problem, nearest

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Dataset:
    """The tables of a folder, typed and checked.

    Complaint records that lie in many files or a database are not a table but ``panel``.
    """

    folder: Path
    description: Description
    tables: Mapping[str, pd.DataFrame]
    hashes: Mapping[str, str]
    panel: RecordPanel | None = None
    accounts: Mapping[str, Account] = field(default_factory=dict)
    worked_out: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: Hashable, compute: Callable[[], Kept]) -> Kept:
        """What ``compute`` gives, worked out once for all questions to this dataset.

        Hundreds of reports ask one dataset; what comes back is shared and must not be changed.
        """
        if key not in self.worked_out:
            self.worked_out[key] = compute()
        kept: Kept = self.worked_out[key]
        return kept

    def has(self, table: str) -> bool:
        """Whether the dataset holds that table."""
        return table in self.tables or (table == "complaints" and self.panel is not None)


def table_files(folder: Path, description: Description) -> dict[str, Path]:
    """Which file holds which table that has no mapping: named in ``files``, or ``<table>.csv``…"""
    found = {
        name: folder / f"{name}{suffix}"
        for name in TABLES
        for suffix in sorted(DEFAULTS, reverse=True)
        if (folder / f"{name}{suffix}").is_file()
    }
    found |= {name: folder / file for name, file in description.files.items()}
    return {name: file for name, file in found.items() if name not in description.mapping}


Sources = dict[str, Mapping[str, Path]]
"""By table, its files by the names shown; none for a query."""


def table_sources(folder: Path, description: Description) -> tuple[Sources, list[Problem]]:
    """The files of every table, mapped or not, and what is wrong with their names."""
    problems = [
        Problem(
            f"dataset.yml, files.{name}",
            "is not a table of the contract",
            nearest(name, list(TABLES)),
        )
        for name in description.files
        if name not in TABLES
    ]
    found: Sources = {}
    for name, file in table_files(folder, description).items():
        if name in description.files and not inside(folder, description.files[name]):
            remedy = "Files of a dataset lie in its folder; copy or move them there"
            what = "names a path outside the dataset's folder"
            problems.append(Problem(f"dataset.yml, files.{name}", what, remedy))
        elif name in TABLES:
            found[name] = named(folder, [file])
    for name, mapping in description.mapping.items():
        where = f"dataset.yml, mapping.{name}"
        if name in description.files:
            problems.append(Problem(where, "is named under files, too", "Name its files there"))
        default = next(
            (f"{name}{end}" for end in DEFAULTS if (folder / f"{name}{end}").is_file()), ""
        )
        patterns = mapping.files or ((default,) if default else ())
        if not patterns and not mapping.sql:
            problems.append(Problem(where, "names no files and no query", "Add files: or sql:"))
        files, wrong = matching(folder, patterns, where)
        problems += wrong
        found[name] = named(folder, files)
    return found, problems


def read_dataset(path: str | Path, tables: Iterable[str] | None = None) -> Dataset:
    """Read and check a dataset; ``tables`` limits it to those needed (``regions`` always).

    Raises
    ------
    ParamsError: the folder does not exist.
    ContractError: with every violation in every table.
    """
    folder = locate(path)
    description = read_description(folder)
    sources, _ = table_sources(folder, description)
    used = [
        *(file for files in sources.values() for file in files.values()),
        *_databases(folder, description),
        *(
            description.records.paths(folder)
            if description.records and description.records.files
            else []
        ),
    ]
    stamp: list[object] = [
        (str(file), file.stat().st_mtime_ns, file.stat().st_size)
        for file in (folder / "dataset.yml", *used)
        if file.is_file()
    ]
    if any(
        mapping.sql and not sqlite_file(folder, mapping.url)
        for mapping in description.mapping.values()
    ):
        # A database tells nothing of its changes: it is asked every time.
        stamp.append(object())
    wanted = None if tables is None else tuple(sorted({*tables, "regions", "crosswalk"}))
    return _read((folder, wanted, tuple(stamp)))


def _databases(folder: Path, description: Description) -> list[Path]:
    files = (sqlite_file(folder, mapping.url) for mapping in description.mapping.values())
    return [file for file in files if file is not None]


Asked = tuple[Path, tuple[str, ...] | None, tuple[object, ...]]
"""What was read: the folder, the tables wanted, and when the files were last changed."""
MOST_HELD = 8
_held: dict[Asked, Dataset] = {}


def _read(asked: Asked) -> Dataset:
    """Reading is repeated only when a file changed."""
    if asked not in _held:
        dataset, problems = examine(*asked[:2])
        if problems:
            raise ContractError(problems)
        hold({asked: dataset})
    return _held[asked]


def held() -> dict[Asked, Dataset]:
    """What this process has read, for another to :func:`hold`; never what must be asked anew."""
    return {
        asked: dataset
        for asked, dataset in _held.items()
        if all(isinstance(part, tuple) for part in asked[2])
    }


def hold(read: Mapping[Asked, Dataset]) -> None:
    """Datasets that need not be read again while their files stay as they are."""
    _held.update(read)
    while len(_held) > MOST_HELD:
        del _held[next(iter(_held))]


def examine(folder: Path, wanted: tuple[str, ...] | None = None) -> tuple[Dataset, list[Problem]]:
    """A dataset as far as it can be read, and everything that is wrong with it.

    Raises
    ------
    ParamsError, ContractError: as :func:`read_description`.
    """
    description = read_description(folder)
    sources, problems = table_sources(folder, description)
    if "regions" not in sources:
        problems.append(Problem("regions.csv", "does not exist", "Every dataset lists its regions"))
    if description.records and "complaints" in sources:
        remedy = "Keep the table or the key records in dataset.yml"
        problems.append(Problem("table complaints", "stands beside other records", remedy))
    taken: dict[str, Taken] = {}
    year = scheme_year(description.region_scheme)
    for name in _in_order(sources, description, wanted):
        mapping = description.mapping.get(name, PLAIN)
        problems += _absent_targets(name, mapping, sources)
        names = {other: table.frame for other, table in taken.items()}
        listed = name == "regions" and year is not None
        table = names_optional(TABLES[name]) if listed else TABLES[name]
        held = read_table(folder, table, sources[name], mapping, names)
        taken[name] = fill_names(held) if listed else held
        problems += taken[name].problems
    frames = {name: table.frame for name, table in sorted(taken.items())}
    origins = {name: table.origin for name, table in taken.items()}
    problems += check_links(TABLES, frames, origins)
    if year is not None and "regions" in frames:
        moved = set(frames["crosswalk"].get("old_code", ())) if "crosswalk" in frames else set()
        problems += check_region_codes(frames["regions"], origins["regions"], moved, year)
    hashes = {"dataset.yml": digest.of_file(folder / "dataset.yml")}
    accounts = {name: table.account for name, table in sorted(taken.items())}
    hashes |= {s.file: s.sha256 for account in accounts.values() for s in account.sources}
    panel = None
    if not problems:
        try:
            frames, moves = on_present_regions(frames, origins)
            panel = _record_panel(folder, description, frames, moves, wanted)
        except ContractError as error:
            problems += error.problems
    hashes |= {} if panel is None else panel.hashes
    return Dataset(folder, description, frames, hashes, panel, accounts), problems


def _record_panel(
    folder: Path,
    description: Description,
    frames: Mapping[str, pd.DataFrame],
    moves: pd.DataFrame | None,
    wanted: tuple[str, ...] | None,
) -> RecordPanel | None:
    """Records that lie elsewhere, counted, where the dataset has such and they are wanted."""
    if description.records is None or (wanted is not None and "complaints" not in wanted):
        return None
    codes = frames["regions"]["region_code"].tolist()
    return record_panel(folder, description.records, codes, crosswalk=moves, cache=cache_folder())


def _in_order(
    sources: Sources, description: Description, wanted: tuple[str, ...] | None
) -> list[str]:
    """The tables to read, those in which names are looked up before those that look."""
    targets = {
        name: {values.lookup.partition(".")[0] for values in mapping.values.values()} - {""}
        for name, mapping in description.mapping.items()
    }
    chosen = set(sources if wanted is None else wanted) & sources.keys()
    for name in sorted(chosen):
        chosen |= targets.get(name, set()) & sources.keys()
    return sorted(chosen, key=lambda name: (bool(targets.get(name)), name))


def _absent_targets(name: str, mapping: TableMapping, sources: Sources) -> list[Problem]:
    return [
        Problem(
            f"dataset.yml, mapping.{name}.values.{column}.lookup",
            "looks in a table that the dataset does not hold",
            nearest(values.lookup.partition(".")[0], list(sources)),
        )
        for column, values in mapping.values.items()
        if values.lookup and values.lookup.partition(".")[0] not in {*sources, "regions"}
    ]
