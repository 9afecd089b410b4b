"""What a dataset's files hold, as digests: of whole files, and of the rows of each region."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import digest, stored
from analysis.data.dataset import examine, read_dataset
from analysis.data.description import (
    Description,
    read_description,
    table_files,
    table_sources,
)
from analysis.data.project import locate
from analysis.data.reading.delimited import decoded
from analysis.data.reading.mapping import PLAIN
from analysis.data.reading.typed import read_query, sqlite_file
from analysis.data.records.location import RecordSource
from analysis.data.regions.hierarchy import lies_in, parents_of

MOST_ROWS = 5_000_000
"""Above this, row by row digests are not kept and a change is told by its size only."""


@dataclass(frozen=True)
class Print:
    """One file: its digest, its rows, and rows and digest by region where it has regions."""

    sha256: str
    rows: int
    regions: dict[str, tuple[int, str]]


class Prints:
    """Prints of files, kept in a folder under the digest of the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.whole = cache(digest.of_file)
        """The digest of a file, read once per planning."""
        self.of = cache(self._of)
        """The print of a table's file, read only where its bytes are new."""

    def _of(self, file: Path) -> Print:
        sha256 = self.whole(file)
        try:
            return stored.read(self.folder / f"{sha256}.json", Print)
        except (OSError, ValueError):
            return self._make(file, sha256)

    def rows(self, sha256: str) -> np.ndarray | None:
        """Digests of the rows of a file seen before, sorted; ``None`` where not kept."""
        with suppress(OSError, ValueError):
            return np.asarray(np.load(self.folder / f"{sha256}.npy", allow_pickle=False))
        return None

    def _make(self, file: Path, sha256: str) -> Print:
        frame = read_plain(file)
        hashed = pd.util.hash_pandas_object(frame, index=False).to_numpy(dtype=np.uint64)
        made = Print(sha256, len(frame), _by_region(frame, hashed))
        self.folder.mkdir(parents=True, exist_ok=True)
        if len(frame) <= MOST_ROWS:
            sorted_rows = io.BytesIO()
            np.save(sorted_rows, np.sort(hashed))
            stored.write_whole(self.folder / f"{sha256}.npy", sorted_rows.getvalue())
        stored.write(self.folder / f"{sha256}.json", made)
        return made


def read_plain(file: Path) -> pd.DataFrame:
    """A table as its file holds it: texts of a CSV, values of a Parquet file."""
    if file.suffix == ".parquet":
        return pd.read_parquet(file)
    text, _ = decoded(file.read_bytes(), "", file.name)
    return pd.read_csv(io.BytesIO(text), dtype="string", keep_default_na=False)


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
    """What a run reads, by file: ``digest``, and ``rows`` and ``sha256`` of the file.

    Parameters
    ----------
    tables: names of tables, or ``None`` for every file of the folder.
    region: where given, a table with regions counts by the rows of that region only.

    Raises
    ------
    ParamsError, ContractError: as :func:`analysis.data.description.read_description`.
    """
    folder = locate(path)
    description = read_description(folder)
    files = table_files(folder, description)
    if tables is None:
        chosen = {f.name: f for f in sorted(folder.iterdir()) if f.is_file() and f.name[0] != "."}
    else:
        chosen = {name: files[name] for name in sorted(tables & files.keys())}
    chosen = {name: file for name, file in chosen.items() if file.is_file()}
    whole = chosen | {"dataset.yml": folder / "dataset.yml"}
    found: dict[str, dict[str, Any]] = {n: {"digest": prints.whole(f)} for n, f in whole.items()}
    if description.records and (tables is None or "complaints" in tables):
        found |= _records_read(folder, description.records, prints)
    found |= _mapped(folder, description, tables, prints, set(found))
    for name, file in chosen.items():
        if file.suffix in {".csv", ".parquet"}:
            known = prints.of(file)
            found[name] |= {"rows": known.rows, "sha256": known.sha256}
            # Behind a crosswalk a region's rows may stand under codes that are no longer its own.
            if region and known.regions and "crosswalk" not in files:
                parents = _parents(folder, files)
                inside = {c: v for c, v in known.regions.items() if lies_in(c, region, parents)}
                found[name]["digest"] = digest.of_value(sorted(inside.items()))
    return found


def _records_read(folder: Path, source: RecordSource, prints: Prints) -> dict[str, dict[str, Any]]:
    """Digests of the files that hold records; of a database, of its panel, which is asked for."""
    if source.files:
        files = source.paths(folder)
        return {str(f.relative_to(folder)): {"digest": prints.whole(f)} for f in files}
    panel = read_dataset(folder, {"complaints"}).panel
    return {name: {"digest": value} for name, value in panel.hashes.items()} if panel else {}


def _mapped(
    folder: Path, description: Description, tables: set[str] | None, prints: Prints, done: set[str]
) -> dict[str, dict[str, Any]]:
    """Tables with a mapping, by the bytes of all their files or the answer of their database.

    A table in which another looks names up counts with it; ``dataset.yml`` counts always.
    """
    sources, _ = table_sources(folder, description)
    names = set(sources) if tables is None else tables & sources.keys()
    mappings = description.read_as
    names |= {t for n in names & mappings.keys() for t in mappings[n].targets}
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(names & sources.keys() - done):
        mapping = mappings.get(name, PLAIN)
        files = dict(sources[name])
        if database := sqlite_file(folder, mapping.url):
            files[database.name] = database
        elif mapping.sql:
            answer = read_query(folder, name, mapping).source
            found[name] = {"digest": answer.sha256, "rows": answer.rows}
            continue
        parts = [[shown, prints.whole(file)] for shown, file in files.items() if file.is_file()]
        found[name] = {"digest": digest.of_value(parts)}
    return found


def _parents(folder: Path, files: dict[str, Path]) -> dict[str, str]:
    if "regions" in files:
        return parents_of(read_plain(files["regions"]))
    return parents_of(examine(folder, ("regions",))[0].tables["regions"])


def changed_rows(prints: Prints, old: str, new: str) -> tuple[int, int] | None:
    """How many rows left and came between two versions of a file, or ``None`` where unknown."""
    before, after = prints.rows(old), prints.rows(new)
    if before is None or after is None:
        return None
    sides = np.repeat([-1.0, 1.0], [len(before), len(after)])
    _, position = np.unique(np.concatenate([before, after]), return_inverse=True)
    net = np.bincount(position, weights=sides)
    return int(-net[net < 0].sum()), int(net[net > 0].sum())
