"""The project that data, notebooks and runs belong to, found from wherever a notebook runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

VARIABLE = "ANALYSIS_PROJECT"
"""Names the project's folder where it is not around the current one."""
BUILD = "ANALYSIS_BUILD"
"""Names the folder of runs, history, caches and the site; else ``build`` in the project."""
MOST = 20
"""Notebooks beside a run whose metadata are looked at."""


def project_around(folder: Path) -> Path | None:
    """The project that a folder is or lies in."""
    return next((each for each in (folder, *folder.parents) if _is_project(each)), None)


def _is_project(folder: Path) -> bool:
    return (folder / "params").is_dir() and (folder / "notebooks").is_dir()


def named_projects() -> Iterator[tuple[str, Path]]:
    """Who names a project, and its folder: the environment, then a notebook that lies here.

    Schedulers copy a notebook into a folder of their own and run it there: its metadata say
    ``"analysis": {"project": "FOLDER"}``.
    """
    if given := os.environ.get(VARIABLE):
        yield VARIABLE, Path(given).expanduser()
    for file in sorted(Path.cwd().glob("*.ipynb"))[:MOST]:
        if folder := _project_of(file, file.stat().st_mtime_ns):
            yield f"the metadata of {file.name}", Path(folder).expanduser()


@lru_cache(maxsize=MOST)
def _project_of(notebook: Path, modified: int) -> str:  # noqa: ARG001  read again where it changed
    """The project that a notebook's metadata name; blank where they name none."""
    try:
        said = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]["analysis"]["project"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return said if isinstance(said, str) else ""


def found_project() -> Path | None:
    """The project around the current folder, or else the first that is named and is there."""
    named = (folder for _, folder in named_projects() if _is_project(folder))
    return project_around(Path.cwd()) or next(named, None)


def locate(path: str | Path) -> Path:
    """The path as given, or below the nearest folder above that holds it, or in a named project.

    A notebook opened in JupyterLab runs in ``notebooks/``, papermill in the project's root, a
    scheduler anywhere; all name a dataset the same way.
    """
    given = Path(path).expanduser()
    if given.is_absolute() or given.exists():
        return given
    folders = [*Path.cwd().parents, *(folder for _, folder in named_projects())]
    return next((f for each in folders if (f := each / given).exists()), given)


def place_in_project(path: str | Path) -> str:
    """A folder by its place in the project, or whole outside: one name however it is spelled."""
    return _place_in_project(str(path), os.getcwd())


@lru_cache(maxsize=1024)
def _place_in_project(path: str, _: str) -> str:
    folder = locate(path).resolve()
    project = project_around(Path.cwd()) or project_around(folder)
    inside = project is not None and folder.is_relative_to(project.resolve())
    return folder.relative_to(project.resolve()).as_posix() if project and inside else str(folder)


def looked_in() -> str:
    """In words, where a path was looked for that is not there."""
    named = [f"{who} ({folder})" for who, folder in named_projects()]
    where = [f"{Path.cwd()} and the folders above it", *named]
    if not os.environ.get(VARIABLE):
        where.append(f"{VARIABLE}, which is not set")
    return f"Looked in {'; '.join(where)}"


def build_folder() -> Path:
    """Where runs, history, caches and the site are kept."""
    return Path(os.environ.get(BUILD) or "build")
