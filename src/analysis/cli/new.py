"""``analysis new``: a project of one's own, outside the source of this package."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import yaml

from analysis.cli.project import FOLDER, commands
from analysis.errors import AnalysisError, ParamsError, Problem

PACKAGE = Path(__file__).parents[1]
FILES = Path(__file__).parent / "files"
INVENTED = "data/simulated/"


@commands.command()
@click.argument("folder", type=FOLDER)
def new(folder: Path) -> None:
    """Start a project in FOLDER: notebooks, settings, example data, two commands and a README."""
    try:
        reports = start(folder.expanduser().absolute())
    except AnalysisError as error:
        click.echo(str(error), err=True)
        raise SystemExit(error.exit_code) from None
    click.echo(f"Wrote {folder} with {reports} reports on example data. Next:")
    click.echo(f"  cd {folder}")
    click.echo("  analysis run default --publish   # or: make reports")


def start(folder: Path) -> int:
    """Write the project; returns how many reports its suite lists.

    Raises
    ------
    ParamsError: the folder holds something already, or cannot be written.
    """
    if folder.exists() and any(folder.iterdir()):
        what, remedy = "holds files already", "Name a new folder; nothing there is changed"
        raise ParamsError([Problem(f"folder {folder.name}", what, remedy)])
    try:
        return _write(folder, source())
    except OSError as error:
        what = f"cannot be written ({error.strerror or type(error).__name__})"
        raise ParamsError([Problem(f"folder {folder.name}", what, "Name another one")]) from None


def source() -> Path:
    """Where notebooks, settings and data are: in the installed package, or around its source."""
    packed = PACKAGE / "starter"
    return packed if packed.is_dir() else PACKAGE.parents[1]


def _write(folder: Path, given: Path) -> int:
    for notebook in sorted((given / "notebooks").glob("*.ipynb")):
        _write_notebook(notebook, folder)
    for data in sorted((given / "data").glob("*")):
        if data.is_dir() and data.name != "simulated":
            shutil.copytree(data, folder / "data" / data.name)
    shutil.copytree(given / "examples", folder / "examples", ignore=_compiled)
    kept = dict(_reports(given / "params"))
    for name, text in kept.items():
        file = folder / "params" / f"{name}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    listed = [name for name in _listed(given) if name in kept]
    suite = folder / "params" / "suites" / "default.yml"
    suite.parent.mkdir(parents=True, exist_ok=True)
    lines = ["# What a schedule regenerates.", "reports:", *(f"  - {name}" for name in listed)]
    suite.write_text("\n".join([*lines, "languages: [en, zh]"]) + "\n", encoding="utf-8")
    for file in FILES.iterdir():
        name = file.name.replace("dot.", ".")
        (folder / name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    return len(listed)


_compiled = shutil.ignore_patterns("__pycache__")


def _write_notebook(notebook: Path, folder: Path) -> None:
    """A copy that says where its project is, for schedulers that run it elsewhere."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["metadata"]["analysis"] = {"project": str(folder)}
    file = folder / "notebooks" / notebook.name
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(text + "\n", encoding="utf-8")


def _reports(params: Path) -> Iterator[tuple[str, str]]:
    """Reports on data that come with the project, and their settings."""
    for file in sorted(params.glob("*/*.yml")):
        text = file.read_text(encoding="utf-8")
        if file.parent.name != "suites" and INVENTED not in text:
            yield f"{file.parent.name}/{file.stem}", text


def _listed(given: Path) -> list[str]:
    suite = yaml.safe_load((given / "params/suites/default.yml").read_text(encoding="utf-8"))
    return [name for name in suite["reports"] if isinstance(name, str)]
