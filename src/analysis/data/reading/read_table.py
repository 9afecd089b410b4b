"""A table of a dataset as its mapping reads it, with the account of what was done to it.

The one way in: :func:`read_table` gives the frame of the contract, the account and everything
that is wrong. It reads files and writes none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data.contract import Table, check_columns, check_key, parse_columns, sharing
from analysis.data.reading.account import Account, Ledger
from analysis.data.reading.distinct import Cells, constant, plain_name, stack
from analysis.data.reading.mapping import PLAIN, TableMapping
from analysis.data.reading.origin import Origin, rows_words
from analysis.data.reading.personal import hashed, project_salt
from analysis.data.reading.query import read_query
from analysis.data.reading.raw import Raw
from analysis.data.reading.repair import contract_columns, without_rows
from analysis.data.reading.sources import read_file
from analysis.errors import ContractError, Problem, nearest

Names = Mapping[str, pd.DataFrame]
"""Tables read before, in which a ``lookup`` finds names."""


@dataclass(frozen=True)
class Taken:
    """A table: typed frame, origin of its rows, account, and all that is wrong with it."""

    frame: pd.DataFrame
    origin: Origin
    account: Account
    problems: tuple[Problem, ...]


def read_table(
    folder: Path, table: Table, files: Mapping[str, Path], mapping: TableMapping, names: Names
) -> Taken:
    """One table of the dataset in ``folder``.

    Parameters
    ----------
    files: the owner's files by the names shown, in the order in which they are stacked.
    mapping: of the table; :data:`analysis.data.reading.mapping.PLAIN` where there is none.
    names: tables already read, for lookups.
    """
    raws, problems = _read_all(folder, table, files, mapping)
    parts: list[tuple[dict[str, pd.Series | Cells], Raw]] = []
    for raw in raws:
        found = missing_columns(table, mapping, raw)
        problems += found
        if found:
            continue
        left = without_rows(raw, mapping)
        columns, wrong = contract_columns(left, table, mapping, names)
        problems += wrong
        parts.append((columns, left))
    ledgers = [raw.ledger for raw in raws]
    if not parts:
        account = _account(table, raws, ledgers, 0, mapping)
        return Taken(pd.DataFrame(), Origin.plain(table.name, 0), account, tuple(problems))
    columns = _stacked([columns for columns, _ in parts])
    columns = _without_persons(columns, table, folder)
    origin = _origin([raw for _, raw in parts], table, mapping)
    frame, wrong = parse_columns(table, columns, origin)
    problems += [*check_columns(table, columns, origin.name), *wrong]
    last = Ledger(origin.name)
    frame, origin, repeated = _single(frame, origin, table, mapping, last)
    problems += check_key(table, frame, origin) if repeated else []
    if frame.empty and mapping is not PLAIN:
        what, remedy = "holds no row that is kept", "Look at the file and at the rules on rows"
        problems.append(Problem(origin.name, what, remedy))
    account = _account(table, raws, [*ledgers, last], len(frame), mapping)
    return Taken(frame, origin, account, tuple(problems))


def _read_all(
    folder: Path, table: Table, files: Mapping[str, Path], mapping: TableMapping
) -> tuple[list[Raw], list[Problem]]:
    """Every file of the table; a file that cannot be read does not hide what others hold."""
    needed = {plain_name(name) for name in owner_names(table, mapping)}

    def wanted(name: str) -> bool:
        return name in needed

    raws: list[Raw] = []
    problems: list[Problem] = []
    try:
        if mapping.sql:
            raws.append(read_query(folder, table.name, mapping))
    except ContractError as error:
        problems += error.problems
    for name, file in files.items():
        try:
            raws.append(read_file(file, name, mapping, wanted))
        except ContractError as error:
            problems += error.problems
    return raws, problems


def owner_names(table: Table, mapping: TableMapping) -> set[str]:
    """The owner's columns that a mapping reads."""
    names = {own for name in table.names for own in mapping.owners(name)}
    return names | {rule.column for rule in (*mapping.keep_rows, *mapping.leave_out)}


def missing_columns(table: Table, mapping: TableMapping, raw: Raw) -> list[Problem]:
    """Columns named in the mapping or needed by the contract that a file does not have.

    Names of the owner's columns are offered only where most were found and they are near what
    was looked for: in a file without a header they are the cells of a record.
    """
    file, known = raw.source.file, {plain_name(name): name for name in raw.names}
    looked = [
        (name, own)
        for name in table.names
        if name not in mapping.constants
        and (table.column(name).required or name in mapping.columns)
        for own in mapping.owners(name)
    ]
    absent = [(name, own) for name, own in looked if plain_name(own) not in known]
    if len(absent) == len(looked) and looked and mapping is not PLAIN:
        where = f"{file}, {rows_words(raw.source.header)}"
        remedy = "Correct header, delimiter or columns in dataset.yml"
        return [Problem(where, "holds none of the columns that are named", remedy)]
    headed = 2 * len(absent) <= len(looked)
    problems = []
    for name, own in absent:
        close = nearest(plain_name(own), list(known)) if headed else ""
        meaning = f"{table.column(name).en} ({table.column(name).kind})"
        shown = own if own == name else f"{own} ({name})"
        remedy = close if close.startswith("Did") else meaning
        problems.append(Problem(f"{file}, column {shown}", "is missing", remedy))
    problems += [
        Problem(f"{file}, column {rule.column}", "is missing", "A rule on rows names it")
        for rule in (*mapping.keep_rows, *mapping.leave_out)
        if plain_name(rule.column) not in known
    ]
    if mapping is PLAIN:
        problems += _unknown(table, raw, missing=bool(problems))
    return problems


def _unknown(table: Table, raw: Raw, *, missing: bool) -> list[Problem]:
    """Columns outside the contract; unnamed where no header stands in the first row."""
    file = raw.source.file
    strange = [name for name in raw.names if name not in table.names]
    if missing and len(strange) == len(raw.names):
        what = "holds no name of a column of the contract"
        remedy = "Write the header first, or a mapping in dataset.yml: analysis init"
        return [Problem(f"{file}, row 1", what, remedy)]
    return [
        Problem(f"{file}, column {name}", "is not in the contract", nearest(name, table.names))
        for name in strange
    ]


def _stacked(parts: list[dict[str, pd.Series | Cells]]) -> dict[str, pd.Series | Cells]:
    """The columns of several files one below the other; texts and typed columns become texts."""
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, pd.Series | Cells] = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        sizes = [len(next(iter(part.values()))) for part in parts]
        given = [
            part.get(name, constant("", size)) for part, size in zip(parts, sizes, strict=True)
        ]
        if all(isinstance(column, pd.Series) for column in given):
            columns[name] = pd.concat(given, ignore_index=True)
        else:
            columns[name] = stack([as_cells(column) for column in given])
    return columns


def as_cells(column: pd.Series | Cells) -> Cells:
    """A column as texts."""
    from analysis.data.reading.sources import cells_of_series

    return column if isinstance(column, Cells) else cells_of_series(column)


def _without_persons(
    columns: dict[str, pd.Series | Cells], table: Table, folder: Path
) -> dict[str, pd.Series | Cells]:
    personal = [c.name for c in table.columns if c.personal and c.name in columns]
    if not personal:
        return columns
    salt = project_salt(folder)
    return columns | {name: hashed(as_cells(columns[name]), salt) for name in personal}


def _origin(raws: list[Raw], table: Table, mapping: TableMapping) -> Origin:
    files = tuple(raw.source.file for raw in raws)
    place = np.repeat(np.arange(len(raws)), [len(raw.rows) for raw in raws])
    owners = {name: " + ".join(mapping.owners(name)) for name in table.names}
    return Origin(files, place, np.concatenate([raw.rows for raw in raws]), owners)


def _single(
    frame: pd.DataFrame, origin: Origin, table: Table, mapping: TableMapping, ledger: Ledger
) -> tuple[pd.DataFrame, Origin, bool]:
    """Rows without those that are there twice, as the mapping says; each exclusion counted.

    The last of what is returned says whether any two rows of the table shared a key.
    """
    rule, key = mapping.duplicates, list(table.key)
    if not key or any(name not in frame for name in key):
        return frame, origin, False
    shared = sharing(frame, key)
    out = np.zeros(len(frame), dtype=bool)
    if rule.exact == "drop" and shared.size:
        again = frame.iloc[shared].duplicated(keep="first").to_numpy()
        out[shared[again]] = True
        _note(ledger, origin, out, "is there twice, alike in every column")
    if rule.keep != "none":
        left = shared[~out[shared]]
        over = frame.iloc[left].duplicated(key, keep=rule.keep).to_numpy()
        gone = np.zeros(len(frame), dtype=bool)
        gone[left[over]] = True
        _note(ledger, origin, gone, f"shares its key with another row: the {rule.keep} is kept")
        out |= gone
    if not out.any():
        return frame, origin, bool(shared.size)
    return frame[~out].reset_index(drop=True), origin.take(~out), True


def _note(ledger: Ledger, origin: Origin, out: np.ndarray, rule: str) -> None:
    for file, rows in origin.by_file(np.flatnonzero(out)):
        ledger.file = file
        ledger.excluded(rule, rows)


def _account(
    table: Table, raws: list[Raw], ledgers: list[Ledger], kept: int, mapping: TableMapping
) -> Account:
    used = {plain_name(name) for name in owner_names(table, mapping)}
    unused = tuple(dict.fromkeys(n for raw in raws for n in raw.names if plain_name(n) not in used))
    lines = tuple(line for ledger in ledgers for line in ledger.lines)
    sources = tuple(replace(raw.source) for raw in raws)
    return Account(table.name, sources, lines, kept, unused)
