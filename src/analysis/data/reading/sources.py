"""Which files a table is read from, and the reader of each kind of file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from analysis.data.reading.delimited import read_delimited
from analysis.data.reading.distinct import Cells, cells_of
from analysis.data.reading.excel import read_excel
from analysis.data.reading.mapping import TableMapping
from analysis.data.reading.raw import Raw, Wanted
from analysis.data.reading.typed import read_parquet
from analysis.errors import ContractError, Problem, nearest

READERS = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".xlsx": read_excel,
    ".xlsm": read_excel,
    ".parquet": read_parquet,
}
DEFAULTS = (".csv", ".parquet", ".xlsx")
"""Endings of ``<table>…`` beside ``dataset.yml`` that need not be named."""


def read_file(file: Path, name: str, mapping: TableMapping, wanted: Wanted) -> Raw:
    """One file of a table.

    Raises
    ------
    ContractError: it is missing, of a kind that is not read, or damaged.
    """
    if not file.is_file():
        raise ContractError([Problem(name, "does not exist", "It is named in dataset.yml")])
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        remedy = "Save it as CSV, Excel workbook (.xlsx) or Parquet"
        raise ContractError([Problem(name, "is of a kind that is not read", remedy)])
    try:
        return reader(file, name, mapping, wanted)
    except (OSError, MemoryError) as error:
        what = f"cannot be read ({type(error).__name__})"
        raise ContractError([Problem(name, what, "Check the disk and the rights")]) from None


def inside(folder: Path, given: str) -> bool:
    """Whether a file named in ``dataset.yml`` lies in the dataset's folder, links followed."""
    path = Path(given)
    if path.is_absolute() or ".." in path.parts or "\0" in given:
        return False
    return (folder / path).resolve().is_relative_to(folder.resolve())


def matching(
    folder: Path, patterns: tuple[str, ...], where: str
) -> tuple[list[Path], list[Problem]]:
    """The files that names and patterns mean, in the order given, and what is wrong with them."""
    files: list[Path] = []
    problems: list[Problem] = []
    for pattern in patterns:
        if not inside(folder, pattern):
            remedy = "Files of a dataset lie in its folder; copy or move them there"
            problems.append(Problem(where, "names a path outside the dataset's folder", remedy))
            continue
        globbed = any(mark in pattern for mark in "*?[")
        found = sorted(folder.glob(pattern)) if globbed else [folder / pattern]
        out = [file for file in found if not file.resolve().is_relative_to(folder.resolve())]
        if out:
            problems.append(Problem(where, "finds a link that leads out of the dataset's folder"))
        if globbed and not found:
            names = sorted(file.name for file in folder.iterdir() if file.is_file())
            problems.append(Problem(where, "matches no file", nearest(pattern, names)))
        files += [file for file in found if file not in files and file not in out]
    return files, problems


def named(folder: Path, files: list[Path]) -> Mapping[str, Path]:
    """Files by the names shown: their paths below the folder."""
    return {file.relative_to(folder).as_posix(): file for file in files}


def cells_of_series(column: pd.Series) -> Cells:
    """A typed column as texts: days without a time, whole numbers without a point."""
    if pd.api.types.is_datetime64_any_dtype(column):
        texts = column.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_bool_dtype(column):
        texts = column.astype("string").str.lower()
    elif pd.api.types.is_float_dtype(column):
        texts = column.astype("string").str.replace(r"\.0$", "", regex=True)
    else:
        texts = column.astype("string")
    return cells_of(pa.array(texts.astype(object).where(texts.notna(), None), pa.string()))
