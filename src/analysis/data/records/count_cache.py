"""Records in files or a database counted by region and month, with the counts of files kept.

Counts of a file are kept under the digest of the file, of the expression and of all that shapes
it: a new month that comes as a new file costs the counting of that file. The panel is made from
all counts. A database is asked every time: it has no digest that could be trusted.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute
import pyarrow.parquet
from filelock import FileLock

from analysis import digest
from analysis.data.records import engines, expression, groupings
from analysis.data.records.location import RecordSource
from analysis.data.regions import crosswalk as crosswalks
from analysis.errors import ContractError, Problem
from analysis.project import build_folder, found_project

FOLDER_VARIABLE = "ANALYSIS_PANELS"
"""Names the folder where counts are kept; else ``cache/panels`` where the project builds."""

COUNTED_BY = (groupings, expression, engines, crosswalks)
"""Modules on which what is counted depends."""


@dataclass(frozen=True)
class RecordPanel:
    """Records counted by region, month and dimension, balanced with explicit zeros.

    ``frame`` has ``region_code``, ``month`` (number), the dimensions and ``MEASURES``; ``units``
    what :func:`analysis.data.records.expression.units` gives;
    ``columns`` are those that the records have. ``counted_anew`` tells, by file, how many months
    were counted and not found kept. ``hashes`` are digests by file; of a database, of the panel
    itself.
    """

    frame: pd.DataFrame
    units: pd.DataFrame
    columns: tuple[str, ...]
    hashes: Mapping[str, str]
    counted_anew: Mapping[str, int]


def cache_folder() -> Path | None:
    """Where counts are kept, or ``None`` outside a project."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    if (project := found_project()) is None:
        return None
    return project / build_folder() / "cache" / "panels"


def record_panel(
    folder: Path,
    source: RecordSource,
    regions: Sequence[str],
    *,
    by: Sequence[str] = ("kind",),
    crosswalk: pd.DataFrame | None = None,
    cache: Path | None = None,
) -> RecordPanel:
    """The panel of a dataset's records.

    Parameters
    ----------
    folder: of the dataset.
    regions: codes that records may have.
    by: dimensions, ``kind`` among them.
    crosswalk: as :func:`analysis.data.regions.crosswalk.lookup` gives it.
    cache: where counts are kept; nothing is kept without it.

    Raises
    ------
    ContractError: records cannot be reached or read, or break a rule of the contract.
    """
    files = {str(f.relative_to(folder)): f for f in source.paths(folder)} if source.files else {}
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        counting = _Counting(folder, source, tuple(by), crosswalk, stack)
        hashes = {name: digest.of_file(file) for name, file in files.items()}
        if cache is None or not files:
            counts = [counting.count(list(files.values()), work / "counts.parquet")]
        else:
            counts = [counting.cached(file, hashes[name], cache) for name, file in files.items()]
        frame, units = counting.balanced(counts, regions)
        metadata = [pyarrow.parquet.read_schema(file).metadata for file in counts]
    columns = [json.loads(each[b"columns"]) for each in metadata]
    if not hashes:
        rows = pd.util.hash_pandas_object(frame, index=False).to_numpy()
        hashes = {source.name: sha256(rows.tobytes()).hexdigest()}
    common = tuple(name for name in columns[0] if all(name in other for other in columns))
    return RecordPanel(frame, units, common, hashes, counting.anew)


@dataclass
class _Counting:
    """Counting of one source."""

    folder: Path
    source: RecordSource
    by: tuple[str, ...]
    crosswalk: pd.DataFrame | None
    stack: ExitStack
    anew: dict[str, int] = field(default_factory=dict)

    @cached_property
    def connection(self) -> Any:
        """Made when the first file must be counted."""
        own = self.crosswalk is not None
        return self.stack.enter_context(engines.engine(self.source, self.folder, own_table=own))

    def way(self) -> str:
        """Digest of all that shapes counts beside the file."""
        code = [digest.of_file(Path(str(module.__file__))) for module in COUNTED_BY]
        versions = {name: digest.packages().get(name) for name in ("ibis_framework", "duckdb")}
        crosswalk = None if self.crosswalk is None else self.crosswalk.to_csv(index=False)
        source = self.source.model_dump(exclude={"files", "url", "table"})
        return digest.of_value([code, versions, source, self.by, crosswalk])

    def cached(self, file: Path, content: str, cache: Path) -> Path:
        """The counts of a file; one process counts them, others wait and find them kept."""
        cache.mkdir(parents=True, exist_ok=True)
        target = cache / f"{digest.of_value([content, self.way(), file.suffix])}.parquet"
        with FileLock(target.with_suffix(".lock")):
            return target if intact(target) else self.count([file], target)

    def count(self, files: list[Path], target: Path) -> Path:
        """Count, and write whole or not at all."""
        records = engines.records_in(self.connection, self.source, files)
        moves = self.crosswalk
        crosswalk = None if moves is None else expression.ready_to_join(moves)
        remedy = "Compare its columns with the data dictionary: days as YYYY-MM-DD, whole counts"
        with engines.refusing_errors(self.source, files, remedy):
            cells = expression.counted(records, self.by, crosswalk, check=True)
            table = cells.to_pyarrow()
        table = table.replace_schema_metadata({"columns": json.dumps(records.columns)})
        name = files[0].name if len(files) == 1 else (self.source.files or self.source.table)
        self.anew[name] = len(pyarrow.compute.unique(table["month"]))
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        pyarrow.parquet.write_table(table, draft)
        seal_of(target).write_text(digest.of_file(draft))
        draft.replace(target)
        return target

    def balanced(
        self, counts: Sequence[Path], regions: Sequence[str]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The panel and the units of all counts, of records that must obey the contract."""
        scale = 1 if self.crosswalk is None else groupings.MILLIONTHS
        with engines.engine(RecordSource(files="counts.parquet")) as connection:
            # Files alike to the byte share their counts, and count once.
            cells = connection.read_parquet([str(file) for file in dict.fromkeys(counts)])
            _refuse_broken(cells, scale, regions, self.source.name)
            panel = expression.balanced(cells, self.by, scale=scale).to_pandas()
            units = expression.units(cells).to_pandas()
        panel = panel.sort_values(["region_code", "month", *self.by], ignore_index=True)
        return panel, units


def intact(file: Path) -> bool:
    """Whether counts are there, byte for byte as they were written."""
    seal = seal_of(file)
    return file.is_file() and seal.is_file() and seal.read_text() == digest.of_file(file)


def seal_of(file: Path) -> Path:
    """The file beside counts that holds their digest.

    Checksums of Parquet cover its pages only: a changed byte elsewhere can turn a column of texts
    into one of bytes and still be read.
    """
    return file.with_suffix(".sha256")


def _refuse_broken(cells: Any, scale: int, regions: Sequence[str], where: str) -> None:
    """Refuse counts of records that break a rule: how many, and what would fix them."""
    kinds = list(groupings.DIMENSIONS["kind"])
    dated = cells["month"] != expression.UNKNOWN_MONTH
    sums = {name: cells[name].sum() for name in ("records", groupings.BROKEN)}
    rows = cells.group_by("region_code", "kind", dated=dated).aggregate(**sums).to_pandas()
    add = "Add the regions, or lead former ones to present ones in crosswalk"
    rules = {
        "received_on": (~rows["dated"], "has no day", "Give every record its day"),
        "region_code": (~rows["region_code"].isin(regions), "is not in regions", add),
        "kind": (~rows["kind"].isin(kinds), "is no allowed word", f"Allowed: {', '.join(kinds)}"),
    }
    problems = []
    for name, (bad, what, remedy) in rules.items():
        if count := rows.loc[bad, "records"].sum() / scale:
            column = f"{where}, column {name}, {count:,.0f} records"
            problems.append(Problem(column, what, remedy))
    if broken := rows[groupings.BROKEN].sum() / scale:
        columns = f"{where}, columns channel, outcome and claimant_prior_cases"
        what = f"hold {broken:,.0f} words or numbers that the contract does not allow"
        problems.append(Problem(columns, what, "Compare them with the data dictionary"))
    if problems:
        raise ContractError(problems)
