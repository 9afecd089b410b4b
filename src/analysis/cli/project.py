"""The group of all commands, and the project they run in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from pathlib import Path
from typing import Any

import click

from analysis.digest import VERSION
from analysis.errors import AnalysisError, ParamsError, Problem
from analysis.progress import watched
from analysis.project import BUILD, found_project, looked_in

PATH = click.Path(path_type=Path)
PROGRESS = "ANALYSIS_PROGRESS"
"""Asks for lines on long files also where no person reads them."""
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION)
def commands() -> None:
    """Compare regulatory interventions across regions, and publish the reports."""


def in_project(command: Callable[..., None]) -> Callable[..., None]:
    """Run a command from the project's root, and turn our errors into words and exit codes."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        before = os.environ.get(BUILD)
        try:
            if chosen := kwargs.pop("build", None) or before:
                # Also for kernels and other processes, whatever folder they run in.
                os.environ[BUILD] = str(Path(chosen).expanduser().absolute())
            root = project_root()
            if "targets" in kwargs:
                kwargs["targets"] = tuple(_from_root(target, root) for target in kwargs["targets"])
            os.chdir(root)
            with _watched():
                command(*args, **kwargs)
        except AnalysisError as error:
            click.echo(str(error), err=True)
            sys.exit(error.exit_code)
        finally:
            os.environ.pop(BUILD, None)
            os.environ.update({} if before is None else {BUILD: before})

    return wrapped


def _watched() -> AbstractContextManager[None]:
    """Tell of long files on the error stream where a person reads it, or where that is asked."""
    if not (sys.stderr.isatty() or os.environ.get(PROGRESS)):
        return nullcontext()
    return watched(lambda text: click.echo(text, err=True))


def _from_root(target: str, root: Path) -> str:
    """A path as it is named here, so that it is still found from the root; else as it is."""
    here = Path(target)
    return str(here.resolve()) if here.exists() and not (root / here).exists() else target


def project_root() -> Path:
    """The project around the current folder, or the one that the environment names.

    Raises
    ------
    ParamsError: there is none.
    """
    if folder := found_project():
        return folder
    remedy = f"Change to the folder that holds params/ and notebooks/. {looked_in()}"
    raise ParamsError([Problem("current folder", "is not inside a project", remedy)])
