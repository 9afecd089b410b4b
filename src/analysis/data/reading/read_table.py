"""One table of a dataset, from the owner's files to the contract.

:func:`read_table` is the one way in. A file passes five stages: its bytes become cells
(:func:`read_file`), rows and cells are repaired (:mod:`analysis.data.reading.repair`), columns are
the contract's, persons become keyed hashes, and everything is checked against the contract. What
was done is in the account, what is wrong in the problems. Files are read and none is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import progress
from analysis.data.contract import Table, parse_columns
from analysis.data.reading import distinct
from analysis.data.reading.account import (
    MAPPED,
    Account,
    Line,
    Origin,
    all_of,
    rows_words,
)
from analysis.data.reading.containers.delimited import read_delimited
from analysis.data.reading.containers.excel import read_excel
from analysis.data.reading.containers.typed import read_parquet, read_query
from analysis.data.reading.distinct import Cells, Raw, Wanted, as_cells, plain_name
from analysis.data.reading.mapping import PLAIN, TableMapping
from analysis.data.reading.personal import hashed, project_salt
from analysis.data.reading.repair import (
    Given,
    Names,
    contract_columns,
    without_duplicates,
)
from analysis.data.reading.rows import filled_rows, without_rows
from analysis.errors import ContractError, Problem, nearest

TEXTS, WORKBOOKS = (".csv", ".tsv", ".txt"), (".xlsx", ".xlsm", ".xls")
READERS: dict[str, Callable[[Path, str, TableMapping, Wanted], Raw | list[Raw]]] = {
    **dict.fromkeys(TEXTS, read_delimited),
    **dict.fromkeys(WORKBOOKS, read_excel),
    ".parquet": read_parquet,
}
Part = tuple[dict[str, Given], Raw, TableMapping]
"""Of one file the columns of the contract, the rows kept, and how they are read."""


@dataclass(frozen=True)
class ReadTable:
    """A table: typed frame, origin of its rows, account, and all that is wrong with it."""

    frame: pd.DataFrame
    origin: Origin
    account: Account
    problems: tuple[Problem, ...]


def read_table(
    folder: Path, table: Table, files: Mapping[str, Path], mapping: TableMapping, names: Names
) -> ReadTable:
    """One table of the dataset in ``folder``.

    Parameters
    ----------
    files: the owner's files by the names shown, in the order in which they are stacked.
    mapping: of the table; :data:`analysis.data.reading.mapping.PLAIN` where there is none.
    names: tables already read, for lookups.
    """
    mappings = mapping.parts()
    owner_names = set().union(*(_owner_names(table, part) for part in mappings))
    needed = {plain_name(name) for name in owner_names}
    wanted = needed.__contains__
    readers: list[Callable[[], list[Raw]]] = [
        partial(read_file, file, name, mapping, wanted) for name, file in files.items()
    ]
    if mapping.sql:
        readers = [lambda: [read_query(folder, table.name, mapping)]]
    found, problems = all_of(readers)
    raws = [raw for sheets in found for raw in sheets]
    parts: list[Part] = []
    if table.name in mapping.targets:
        from analysis.data.reading import regions_named

        names = {**names, table.name: regions_named.own_names(raws, table, mapping)}
    for raw in raws:
        absent = [problem for part in mappings for problem in _missing_columns(table, part, raw)]
        missing = list(dict.fromkeys(absent))
        problems += missing
        # Of a plain CSV every row is read.
        whole = missing or (mapping is PLAIN and raw.source.form != "Excel")
        left = raw if whole else without_rows(raw, mapping)
        for part in () if missing else mappings:
            held = (
                left
                if mapping.wide is None
                else filled_rows(left, part.owner_names(mapping.wide.numbers)[0], part.empty)
            )
            columns, wrong = contract_columns(held, table, part, names)
            problems += wrong
            parts.append((columns, held, part))
    again: list[Line] = []
    frame, origin, broken = _checked(parts, table, mapping, folder, again)
    if mapping.limits and not frame.empty:
        from analysis.data.reading import working_days

        frame, late = working_days.with_limits(frame, mapping, names.get("calendar"), origin)
        broken += late
    progress.tell(f"{table.name}: {len(frame):,} rows checked")
    lines = (*(line for raw in raws for line in raw.lines), *again)
    sources = tuple(raw.source for raw in raws)
    unused = dict.fromkeys(n for raw in raws for n in raw.names if plain_name(n) not in needed)
    account = Account(table.name, sources, lines, len(frame), tuple(unused))
    # What is wrong with a row of a wide file is wrong with each of its numbers.
    return ReadTable(frame, origin, account, tuple(dict.fromkeys([*problems, *broken])))


def _checked(
    parts: list[Part], table: Table, mapping: TableMapping, folder: Path, again: list[Line]
) -> tuple[pd.DataFrame, Origin, list[Problem]]:
    """The files one below the other, typed and held against the contract."""
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return pd.DataFrame(), Origin((table.name,), none, none), []
    columns = _stacked([columns for columns, _, _ in parts])
    if personal := [c.name for c in table.columns if c.personal and c.name in columns]:
        salt = project_salt(folder)
        columns |= {name: hashed(as_cells(columns[name]), salt) for name in personal}
    origin = _origin(parts, table, mapping)
    frame, problems = parse_columns(table, columns, origin)
    if mapping is not PLAIN:
        problems = [replace(one, remedy=MAPPED.get(one.what, one.remedy)) for one in problems]
    frame, origin, repeated = without_duplicates(frame, origin, table, mapping, again)
    problems += repeated
    if not problems and "period" in frame:
        # Records have no periods.
        from analysis.data.reading import cumulative

        sheets = [raw.source.sheet for _, raw, _ in parts]
        problems = cumulative.asked_about(frame, table, mapping, origin, sheets)
        if mapping.spans:
            frame, problems, lines = cumulative.differenced(frame, table, origin)
            again.extend(lines)
    if frame.empty and mapping is not PLAIN:
        what, remedy = "holds no row that is kept", "Look at the file and at the rules on rows"
        problems.append(Problem(origin.name, what, remedy))
    return frame, origin, problems


def read_file(file: Path, name: str, mapping: TableMapping, wanted: Wanted) -> list[Raw]:
    """One file of a table; of a workbook each of its sheets that are read.

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
        with progress.reading(file, name) as rows:
            read = reader(file, name, mapping, wanted)
            raws = read if isinstance(read, list) else [read]
            rows.extend(raw.source.rows for raw in raws)
        return raws
    except (OSError, MemoryError) as error:
        what = f"cannot be read ({type(error).__name__})"
        raise ContractError([Problem(name, what, "Check the disk and the rights")]) from None


def _owner_names(table: Table, mapping: TableMapping) -> set[str]:
    """The owner's columns that a mapping reads."""
    names = {owner for name in table.names for owner in mapping.owner_names(name)}
    rules = {rule.column for rule in (*mapping.keep_rows, *mapping.leave_out)}
    return names | rules | {*mapping.fill_down}


def _missing_columns(table: Table, mapping: TableMapping, raw: Raw) -> Iterator[Problem]:
    """Columns named in the mapping or needed by the contract that a file does not have.

    Names of the owner's columns are offered only where most were found and they are near what
    was looked for: in a file without a header they are the cells of a record.
    """
    file, known = raw.source.file, {plain_name(name): name for name in raw.names}
    held = {*mapping.columns, *mapping.constants}
    sought = [
        (column, owner_name)
        for column in table.columns
        if column.name not in mapping.constants
        and (column.needed({*known, *held}) or column.name in mapping.columns)
        for owner_name in mapping.owner_names(column.name)
    ]
    absent = [(column, name) for column, name in sought if plain_name(name) not in known]
    if len(absent) == len(sought) and sought and mapping is not PLAIN:
        where = f"{file}, {rows_words(raw.source.header)}"
        remedy = "Correct header, delimiter or columns in dataset.yml"
        yield Problem(where, "holds none of the columns that are named", remedy)
        return
    headed = 2 * len(absent) <= len(sought)
    for column, name in absent:
        close = nearest(plain_name(name), list(known)) if headed else ""
        remedy = close if close.startswith("Did") else f"{column.en} ({column.kind})"
        shown = name if name == column.name else f"{name} ({column.name})"
        yield Problem(f"{file}, column {shown}", "is missing", remedy)
    rules = [rule.column for rule in (*mapping.keep_rows, *mapping.leave_out)]
    for name in (*rules, *mapping.fill_down):
        if plain_name(name) not in known:
            yield Problem(f"{file}, column {name}", "is missing", "A rule on rows names it")
    if mapping is PLAIN:
        yield from _unknown(table, raw, missing=bool(absent))


def _unknown(table: Table, raw: Raw, *, missing: bool) -> Iterator[Problem]:
    """Columns outside the contract; unnamed where no header stands in the first row."""
    file = raw.source.file
    strange = [name for name in raw.names if name not in table.names]
    if missing and len(strange) == len(raw.names):
        what = "holds no name of a column of the contract"
        remedy = "Write the header first, or a mapping in dataset.yml: analysis init"
        yield Problem(f"{file}, row 1", what, remedy)
        return
    for number in (n for n, name in enumerate(raw.names, 1) if not name):
        remedy = "Name it, or delete it where it is empty, in a copy of the file"
        yield Problem(f"{file}, column {number}", "has no name", remedy)
    for name in filter(None, strange):
        remedy = nearest(name, table.names)
        yield Problem(f"{file}, column {name}", "is not in the contract", remedy)


def _stacked(parts: list[dict[str, Given]]) -> dict[str, Given]:
    """The columns of several files one below the other; texts and typed columns become texts."""
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Given] = {}
    none = [distinct.constant("", len(next(iter(part.values())))) for part in parts]
    for name in dict.fromkeys(name for part in parts for name in part):
        given = [part.get(name, empty) for part, empty in zip(parts, none, strict=True)]
        if any(isinstance(column, Cells) for column in given):
            columns[name] = distinct.stack([as_cells(column) for column in given])
        else:
            columns[name] = pd.concat(given, ignore_index=True)
    return columns


def _origin(parts: list[Part], table: Table, mapping: TableMapping) -> Origin:
    raws = [raw for _, raw, _ in parts]
    files = tuple(raw.source.file for raw in raws)
    file_of_row = np.repeat(np.arange(len(raws)), [len(raw.rows) for raw in raws])
    owner_names = {name: " + ".join(mapping.owner_names(name)) for name in table.names}
    rows = np.concatenate([raw.rows for raw in raws])
    if mapping.wide is None:
        return Origin(files, file_of_row, rows, owner_names)
    numbers = mapping.wide.numbers
    own = tuple({numbers: part.owner_names(numbers)[0]} for _, _, part in parts)
    return Origin(files, file_of_row, rows, owner_names, own)
