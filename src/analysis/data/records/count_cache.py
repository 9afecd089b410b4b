"""The panel of records in files or a database, with the cells of every file kept.

Cells of a file are kept under the digest of the file, of the expression and of all that shapes
it. A new month that comes as a new file costs the counting of that file; the panel is balanced
from all cells. A database is asked every time: it has no digest that could be trusted.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import digest, stored
from analysis.data.records import engines, expression
from analysis.data.records import groupings as cells
from analysis.data.records.location import RecordSource
from analysis.errors import ContractError, Problem

FOLDER = "ANALYSIS_PANELS"
"""Names the folder where cells are kept; else ``build/cache/panels`` of the project."""

SHAPES = (
    "records/groupings.py",
    "records/expression.py",
    "records/engines.py",
    "regions/crosswalk.py",
)
"""Files of this package on which what is counted depends."""


@dataclass(frozen=True)
class RecordPanel:
    """Records counted by region, month and dimension, balanced with explicit zeros.

    ``frame`` has ``region_code``, ``month`` (number), the dimensions and ``MEASURES``; the
    columns of records that were there are in ``held``. ``counted_anew`` tells, by file, how
    many months were counted and not found kept. ``hashes`` are digests by file; of a database,
    of the panel itself.
    """

    frame: pd.DataFrame
    held: tuple[str, ...]
    hashes: Mapping[str, str]
    counted_anew: Mapping[str, int]


def keep_folder() -> Path | None:
    """Where cells are kept, or ``None`` outside a project."""
    named = os.environ.get(FOLDER)
    if named:
        return Path(named)
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "params").is_dir() and (folder / "notebooks").is_dir():
            return folder / "build" / "cache" / "panels"
    return None


def record_panel(
    folder: Path,
    source: RecordSource,
    regions: Sequence[str],
    *,
    by: Sequence[str] = ("kind",),
    crosswalk: pd.DataFrame | None = None,
    keep: Path | None = None,
) -> RecordPanel:
    """The panel of a dataset's records.

    Parameters
    ----------
    folder: of the dataset.
    regions: codes that records may have.
    by: dimensions, ``kind`` among them.
    crosswalk: as :func:`analysis.data.regions.crosswalk.lookup` gives it.
    keep: where cells are kept; nothing is kept without it.

    Raises
    ------
    ContractError: records cannot be reached or read, or break a rule of the contract.
    """
    files = source.paths(folder) if source.files else []
    place = source.files or f"table {source.table}"
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        count = _Count(source, tuple(by), crosswalk, stack)
        digests = {str(file.relative_to(folder)): digest.of_file(file) for file in files}
        if keep is None or not files:
            pieces = [count.of(files, work / "cells.parquet")]
        else:
            pieces = [
                count.kept(file, digests[str(file.relative_to(folder))], keep) for file in files
            ]
        frame = _balanced(pieces, by, crosswalk, regions, place)
        held = [json.loads(_metadata(piece)) for piece in pieces]
    hashes = digests or {place: _of_frame(frame)}
    names = tuple(name for name in held[0] if all(name in other for other in held))
    return RecordPanel(frame, names, hashes, count.anew)


class _Count:
    """Counting of one source; connects when the first file must be counted."""

    def __init__(
        self,
        source: RecordSource,
        by: tuple[str, ...],
        crosswalk: pd.DataFrame | None,
        stack: ExitStack,
    ) -> None:
        self.source, self.by, self.crosswalk, self.stack = source, by, crosswalk, stack
        self.anew: dict[str, int] = {}
        self._connection: Any = None

    def shape(self) -> str:
        """Digest of all that shapes cells beside the file."""
        here = Path(__file__).parents[1]
        code = {name: digest.of_file(here / name) for name in SHAPES}
        versions = {name: digest.packages().get(name) for name in ("ibis_framework", "duckdb")}
        moves = None if self.crosswalk is None else self.crosswalk.to_csv(index=False)
        source = self.source.model_dump(exclude={"files", "url", "table"})
        return digest.of_value([code, versions, source, self.by, moves])

    def kept(self, file: Path, content: str, keep: Path) -> Path:
        """The cells of a file, counted by one process at a time unless they are kept."""
        keep.mkdir(parents=True, exist_ok=True)
        target = keep / f"{digest.of_value([content, self.shape(), file.suffix])}.parquet"
        with stored.alone(target.with_suffix(".lock")):
            return target if whole(target) else self.of([file], target)

    def of(self, files: list[Path], target: Path) -> Path:
        """Count, and write whole or not at all."""
        import ibis
        import pyarrow.compute
        import pyarrow.parquet

        if self._connection is None:
            self._connection = self.stack.enter_context(engines.engine(self.source))
        moves = self.crosswalk
        if moves is not None:
            days = {name: moves[name].dt.date for name in ("first_day", "last_day")}
            moves = ibis.memtable(moves.assign(**days))
        records = engines.records_in(self._connection, self.source, files)
        with engines.told(self.source, files):
            table = expression.counted(records, self.by, moves, check=True).to_pyarrow()
        table = table.replace_schema_metadata({"columns": json.dumps(records.columns)})
        name = files[0].name if len(files) == 1 else (self.source.files or self.source.table)
        self.anew[name] = len(pyarrow.compute.unique(table["month"]))
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        pyarrow.parquet.write_table(table, draft, write_page_checksum=True)
        draft.replace(target)
        return target


def whole(file: Path) -> bool:
    """Whether cells are there and their pages are what was written."""
    import pyarrow.parquet

    try:
        pyarrow.parquet.read_table(file, page_checksum_verification=True)
        _metadata(file)
    except (OSError, ValueError, KeyError):
        return False
    return True


def _metadata(file: Path) -> str:
    import pyarrow.parquet

    # A damaged file can lose its metadata as a whole.
    text: str = (pyarrow.parquet.read_schema(file).metadata or {})[b"columns"].decode()
    return text


def _balanced(
    pieces: Sequence[Path],
    by: Sequence[str],
    crosswalk: pd.DataFrame | None,
    regions: Sequence[str],
    place: str,
) -> pd.DataFrame:
    parts = 1 if crosswalk is None else cells.PARTS
    with engines.engine(RecordSource(files="cells.parquet")) as connection:
        held = connection.read_parquet([str(piece) for piece in dict.fromkeys(pieces)])
        _refuse(held, parts, regions, place)
        panel: pd.DataFrame = expression.balanced(held, by, parts=parts).to_pandas()
    return panel.sort_values(["region_code", "month", *by], ignore_index=True)


def _refuse(held: Any, parts: int, regions: Sequence[str], place: str) -> None:
    """Refuse cells of records that break a rule: how many, and what would fix them."""
    kinds = list(cells.DIMENSIONS["kind"])
    counted = held.group_by("region_code", "kind", dated=held["month"] != expression.UNKNOWN_MONTH)
    sums = {name: held[name].sum() for name in ("records", cells.BROKEN)}
    rows = counted.aggregate(**sums).to_pandas()
    add = "Add the regions, or lead former ones to present ones in crosswalk"
    rules = {
        "received_on": (~rows["dated"], "has no day", "Give every record its day"),
        "region_code": (~rows["region_code"].isin(regions), "is not in regions", add),
        "kind": (~rows["kind"].isin(kinds), "is no allowed word", f"Allowed: {', '.join(kinds)}"),
    }
    counts = {name: rows.loc[bad, "records"].sum() / parts for name, (bad, _, _) in rules.items()}
    problems = [
        Problem(f"{place}, column {name}, {counts[name]:,.0f} records", what, remedy)
        for name, (_, what, remedy) in rules.items()
        if counts[name]
    ]
    if broken := rows[cells.BROKEN].sum() / parts:
        where = f"{place}, columns channel, outcome and claimant_prior_cases"
        what = f"hold {broken:,.0f} words or numbers that the contract does not allow"
        problems.append(Problem(where, what, "Compare them with the data dictionary"))
    if problems:
        raise ContractError(problems)


def _of_frame(frame: pd.DataFrame) -> str:
    hashed = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return sha256(hashed.tobytes()).hexdigest()
