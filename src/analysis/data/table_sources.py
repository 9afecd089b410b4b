"""Which files of a dataset's folder hold which table, mapped or not."""

from __future__ import annotations

from pathlib import Path

from analysis.data.description import Description
from analysis.data.reading.mapping import inside
from analysis.data.tables import CONTRACT
from analysis.errors import Problem, nearest

DEFAULTS = (".csv", ".parquet", ".xlsx")
"""Endings of ``<table>…`` beside ``dataset.yml`` that need not be named."""
OUTSIDE = (
    "names a path outside the dataset's folder",
    "Files of a dataset lie in its folder; copy or move them there",
)
Sources = dict[str, dict[str, Path]]
"""By table, its files by the names shown; none for a query."""


def table_files(folder: Path, description: Description) -> dict[str, Path]:
    """Which file holds which table that has no mapping: named in ``files``, or ``<table>.csv``…"""
    files = {name: _default(folder, name) for name in CONTRACT} | description.files
    return {n: folder / f for n, f in files.items() if f and n not in description.read_as}


def _default(folder: Path, name: str) -> str:
    """The file in which a table stands that names none, if there is one."""
    files = (f"{name}{ending}" for ending in DEFAULTS)
    return next((file for file in files if (folder / file).is_file()), "")


def table_sources(folder: Path, description: Description) -> tuple[Sources, list[Problem]]:
    """The files of every table, mapped or not, and what is wrong with their names."""
    what, known = "is not a table of the contract", list(CONTRACT)
    strange = [name for name in description.files if name not in CONTRACT]
    problems = [Problem(f"dataset.yml, files.{n}", what, nearest(n, known)) for n in strange]
    found: Sources = {}
    for name, file in table_files(folder, description).items():
        if name in description.files and not inside(folder, description.files[name]):
            problems.append(Problem(f"dataset.yml, files.{name}", *OUTSIDE))
        elif name in CONTRACT:
            found[name] = {file.relative_to(folder).as_posix(): file}
    for name, mapping in description.read_as.items():
        where = f"dataset.yml, {'frames' if name in description.frames else 'mapping'}.{name}"
        if name in description.files:
            problems.append(Problem(where, "is named under files, too", "Name its files there"))
        patterns = mapping.files or tuple(filter(None, [_default(folder, name)]))
        if not patterns and not mapping.sql:
            problems.append(Problem(where, "names no files and no query", "Add files: or sql:"))
        found[name], wrong = _matching(folder, patterns, where)
        problems += wrong
    return found, problems


def _matching(
    folder: Path, patterns: tuple[str, ...], where: str
) -> tuple[dict[str, Path], list[Problem]]:
    """The files that names and patterns mean, in the order given, and what is wrong with them."""
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    for pattern in patterns:
        if not inside(folder, pattern):
            problems.append(Problem(where, *OUTSIDE))
            continue
        globbed = any(mark in pattern for mark in "*?[")
        found = sorted(folder.glob(pattern)) if globbed else [folder / pattern]
        out = [file for file in found if not file.resolve().is_relative_to(folder.resolve())]
        if out:
            problems.append(Problem(where, "finds a link that leads out of the dataset's folder"))
        if globbed and not found:
            names = sorted(file.name for file in folder.iterdir() if file.is_file())
            problems.append(Problem(where, "matches no file", nearest(pattern, names)))
        files |= {f.relative_to(folder).as_posix(): f for f in found if f not in out}
    return files, problems
