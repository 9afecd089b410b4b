"""Other reports that a report works on with: by name, and through what their kinds offer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.data.description import locate
from analysis.errors import ParamsError, Problem, nearest
from analysis.params import Params
from analysis.reports.kind import Kind, find, names
from analysis.strict_yaml import read_yaml


def others_of(params: Params) -> Iterator[tuple[str, Kind, Params]]:
    """Name, kind and parameters of each report that one works on with.

    Raises
    ------
    ParamsError: there is no such report, or its own parameters are wrong.
    """
    for name in getattr(params, "across", []):
        file = locate(Path("params") / f"{name}.yml")
        if not file.is_file():
            folders = (locate(Path("params") / kind) for kind in names())
            known = [f"{one.parent.name}/{one.stem}" for f in folders for one in f.glob("*.yml")]
            raise ParamsError([Problem(f"report {name}", "does not exist", nearest(name, known))])
        kind = find(str(name).split("/")[0])
        values = read_yaml(file, ParamsError)
        yield name, kind, kind.params({**values, "language": params.language})


def opened(kind: Kind, params: Params) -> Any:
    """The object that the notebook of a report works with."""
    return kind.report.read(params.model_dump())
