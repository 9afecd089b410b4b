"""A dataset: a folder of contract tables with a ``dataset.yml`` beside them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from analysis import digest
from analysis.data.contract import check_links
from analysis.data.description import (
    Description,
    Sources,
    read_description,
    table_sources,
)
from analysis.data.reading.account import Account, RowProblem
from analysis.data.reading.containers.typed import sqlite_file
from analysis.data.reading.mapping import PLAIN, TableMapping
from analysis.data.reading.read_table import ReadTable, read_table
from analysis.data.records.count_cache import RecordPanel, cache_folder, record_panel
from analysis.data.regions.code_checks import check_region_codes, fill_names, names_optional
from analysis.data.regions.present_regions import counts_by_origin, on_present_regions
from analysis.data.tables import TABLES, of_records
from analysis.data.views import dataset_line, dataset_view
from analysis.errors import ContractError, Problem, nearest
from analysis.project import locate

Kept = TypeVar("Kept")


@dataclass(frozen=True, repr=False)
class Dataset:
    """The tables of a folder, typed and checked.

    Complaint records that lie in many files or a database are not a table but ``panel``.
    ``recorded`` holds the table ``outcomes`` by the regions of then, where some have changed.
    """

    folder: Path
    description: Description
    tables: Mapping[str, pd.DataFrame]
    hashes: Mapping[str, str]
    panel: RecordPanel | None = None
    accounts: Mapping[str, Account] = field(default_factory=dict)
    recorded: pd.DataFrame | None = None
    worked_out: dict[Hashable, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        return dataset_line(self.folder.name, self.description, self.tables)

    def _repr_html_(self) -> str:
        return dataset_view(self.description, self.tables, self.accounts, self.panel)

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


def read_dataset(path: str | Path, tables: Iterable[str] | None = None) -> Dataset:
    """Read and check a dataset; ``tables`` limits it to those needed, with regions if it has them.

    Raises
    ------
    ParamsError: the folder does not exist.
    ContractError: with every violation in every table.
    """
    folder = locate(path)
    wanted = None if tables is None else tuple(sorted(set(tables)))
    kept = KEPT.get()
    return _sound(folder, wanted) if kept is None else kept.read(folder, wanted)


def _sound(folder: Path, wanted: Wanted, kept: KeptTables | None = None) -> Dataset:
    dataset, problems = examine(folder, wanted, kept)
    ContractError.raise_for(problems)
    return dataset


Wanted = tuple[str, ...] | None
"""Names of tables, or all."""
Asked = tuple[Path, Wanted, tuple[object, ...]]
"""What was read: the folder, the tables wanted, and when the files were last changed."""
KeptTables = dict[tuple[str, ...], ReadTable]
"""Tables of one folder: by name, and those read before in which a mapping may look names up."""
MOST_KEPT = 16
"""Folders, the last asked for; what several reports want of one shares its tables."""


@dataclass
class KeptDatasets:
    """Datasets read so far; a table is read again only where a file of its folder changed."""

    datasets: dict[Asked, Dataset] = field(default_factory=dict)
    tables: dict[tuple[Path, tuple[object, ...]], KeptTables] = field(default_factory=dict)

    def read(self, folder: Path, wanted: Wanted) -> Dataset:
        """The dataset, as :func:`read_dataset` gives it."""
        stamp = _stamp(folder)
        asked = (folder, wanted, stamp)
        self.tables[folder, stamp] = self.tables.pop((folder, stamp), {})
        if asked not in self.datasets:
            self.datasets[asked] = _sound(folder, wanted, self.tables[folder, stamp])
            while len(self.tables) > MOST_KEPT:
                self._forget(next(iter(self.tables)))
        return self.datasets[asked]

    def _forget(self, one: tuple[Path, tuple[object, ...]]) -> None:
        del self.tables[one]
        self.datasets = {key: kept for key, kept in self.datasets.items() if key[::2] != one}

    def lasting(self) -> KeptDatasets:
        """Those that another process need not read: all but what a database must be asked for."""
        asked = [key for key in self.datasets if all(isinstance(part, tuple) for part in key[2])]
        return KeptDatasets({key: self.datasets[key] for key in asked})


KEPT: ContextVar[KeptDatasets | None] = ContextVar("kept datasets", default=None)
"""Where :func:`read_dataset` looks first; set by the runner, and in kernels by what forked them."""


@contextmanager
def datasets_kept() -> Iterator[KeptDatasets]:
    """A context in which hundreds of reports that read one dataset read it once."""
    kept = KeptDatasets()
    token = KEPT.set(kept)
    try:
        yield kept
    finally:
        KEPT.reset(token)


def _stamp(folder: Path) -> tuple[object, ...]:
    """When the files of a dataset were last changed; for a database always another answer."""
    description = read_description(folder)
    sources, _ = table_sources(folder, description)
    databases = [sqlite_file(folder, m.url) for m in description.read_as.values() if m.sql]
    used = [folder / "dataset.yml", *filter(None, databases)]
    used += [file for files in sources.values() for file in files.values()]
    if description.records and description.records.files:
        used += description.records.paths(folder)
    stats = [(file, file.stat()) for file in used if file.is_file()]
    stamp = [(str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats]
    return (*stamp, *(object() for database in databases if database is None))


def examine(
    folder: Path, wanted: Wanted = None, kept: KeptTables | None = None
) -> tuple[Dataset, list[Problem]]:
    """A dataset as far as it can be read, and everything that is wrong with it.

    ``kept`` are tables of the folder as it stands that were read before; it is added to.

    Raises
    ------
    ParamsError, ContractError: as :func:`read_description`.
    """
    description = read_description(folder)
    sources, problems = table_sources(folder, description)
    if "regions" not in sources and (not description.frames or "regions" in (wanted or ())):
        remedy = "Every dataset of tables lists its regions"
        problems.append(Problem("regions.csv", "does not exist", remedy))
    records = description.records
    if records and "complaints" in sources:
        remedy = "Keep the table or the key records in dataset.yml"
        problems.append(Problem("table complaints", "stands beside other records", remedy))
    taken, wrong = _read_tables(folder, description, sources, wanted, {} if kept is None else kept)
    problems += wrong
    frames = {name: table.frame for name, table in sorted(taken.items())}
    origins = {name: table.origin for name, table in taken.items()}
    problems += check_links(TABLES, frames, origins)
    problems += _open_records(description, taken)
    if year := description.scheme_year:
        problems += check_region_codes(frames, origins, year)
    hashes = {"dataset.yml": digest.of_file(folder / "dataset.yml")}
    accounts = {name: table.account for name, table in sorted(taken.items())}
    hashes |= {s.file: s.sha256 for account in accounts.values() for s in account.sources}
    panel = recorded = None
    if not problems:
        try:
            moves = None
            if "crosswalk" in frames:
                outcomes = frames.get("outcomes")
                frames, moves = on_present_regions(frames, origins)
                recorded = None if outcomes is None else counts_by_origin(outcomes, moves)
            if records and (wanted is None or "complaints" in wanted):
                codes, cache = frames["regions"]["region_code"].tolist(), cache_folder()
                panel = record_panel(folder, records, codes, crosswalk=moves, cache=cache)
        except ContractError as error:
            problems += error.problems
    hashes |= {} if panel is None else panel.hashes
    return Dataset(folder, description, frames, hashes, panel, accounts, recorded), problems


def _read_tables(
    folder: Path, description: Description, sources: Sources, wanted: Wanted, kept: KeptTables
) -> tuple[dict[str, ReadTable], list[Problem]]:
    """The tables wanted, and all that is wrong in them."""
    taken: dict[str, ReadTable] = {}
    problems: list[Problem] = []
    for name in in_order(sources, description, wanted):
        mapping = description.read_as.get(name, PLAIN)
        problems += _absent_targets(name, mapping, sources)
        frames = {other: table.frame for other, table in taken.items()}
        # The standard knows the names of its regions, which a row may leave out.
        named = name == "regions" and description.scheme_year
        table = names_optional(TABLES[name]) if named else TABLES[name]
        asked = (name, *(() if mapping is PLAIN else taken))
        if asked not in kept:
            read = read_table(folder, table, sources[name], mapping, frames)
            kept[asked] = fill_names(read) if named else read
        taken[name] = kept[asked]
        problems += [_of_table(problem, name) for problem in taken[name].problems]
        problems += _levels_added_up(description, name, mapping, taken[name].frame)
    return taken, problems


def _levels_added_up(
    description: Description, name: str, mapping: TableMapping, frame: pd.DataFrame
) -> list[Problem]:
    """Scores and rates that are read as sums since January, which they do not come to."""
    if not mapping.spans or name != "outcomes" or "value" not in frame:
        return []
    outcomes = frame["outcome"][frame["value"].notna()].dropna().unique()
    what = "is read as a sum since January, and levels such as scores and rates do not add up"
    remedy = "Write adds_up: true if it is an amount; else give each period's own number"
    return [
        Problem(f"dataset.yml, words.{outcome}", what, remedy)
        for outcome in outcomes
        if description.word(outcome).adds_up is not True
    ]


def _of_table(problem: Problem, name: str) -> Problem:
    """The problem with the table that was read: one file may hold several."""
    return replace(problem, table=name) if isinstance(problem, RowProblem) else problem


def in_order(sources: Sources, description: Description, wanted: Wanted) -> list[str]:
    """The tables to read, those in which names are looked up before those that look."""
    targets = {name: mapping.targets - {name} for name, mapping in description.read_as.items()}
    chosen = {*(sources if wanted is None else wanted), "regions", "crosswalk"} & sources.keys()
    chosen |= {target for name in chosen for target in targets.get(name, ())} & sources.keys()
    return sorted(chosen, key=lambda name: (bool(targets.get(name)), name))


def _absent_targets(name: str, mapping: TableMapping, sources: Sources) -> list[Problem]:
    what = "looks in a table that the dataset does not hold"
    lookups = f"dataset.yml, mapping.{name}.values.{{}}.lookup"
    return [
        Problem(lookups.format(column), what, nearest(values.target, list(sources)))
        for column, values in mapping.values.items()
        if values.lookup and values.target not in {*sources, "regions"}
    ]


def _open_records(description: Description, taken: Mapping[str, ReadTable]) -> list[Problem]:
    """Tables of records and persons where single figures are said to be printed already."""
    if description.disclosure != "public":
        return []
    what = "is a table of records, which disclosure: public does not cover"
    remedy = "Only figures that were printed are public: leave the table, or disclosure, out"
    return [
        Problem(f"table {name}", what, remedy)
        for name in [*taken, *(["complaints"] if description.records else [])]
        if of_records(name)
    ]
