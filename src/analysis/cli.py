"""The command line: one line per command, problems in words, an exit code per kind of error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from analysis.errors import AnalysisError, ParamsError, Problem

SITE = Path("build/site")


def main() -> None:
    """Entry point of ``analysis``."""
    commands(prog_name="analysis")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="analysis")
def commands() -> None:
    """Compare regulatory interventions across regions, and publish the reports."""


def in_project(command: Callable[..., None]) -> Callable[..., None]:
    """Run a command from the project's root, and turn our errors into words and exit codes."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            os.chdir(project_root())
            command(*args, **kwargs)
        except AnalysisError as error:
            click.echo(str(error), err=True)
            sys.exit(error.exit_code)

    return wrapped


def project_root() -> Path:
    """The nearest folder from here upwards that holds ``params`` and ``notebooks``.

    Raises
    ------
    ParamsError: there is none.
    """
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "params").is_dir() and (folder / "notebooks").is_dir():
            return folder
    raise ParamsError(
        [
            Problem(
                "current folder",
                "is not inside a project",
                "Change to the folder that holds params/ and notebooks/",
            )
        ]
    )


@commands.command()
@click.argument("targets", nargs=-1, required=True)
@in_project
def check(targets: tuple[str, ...]) -> None:
    """Check datasets (folders), suites or params files without running anything."""
    from analysis.batch.plan import plan
    from analysis.data.dataset import read_dataset

    for target in targets:
        if Path(target).is_dir():
            dataset = read_dataset(target)
            rows = ", ".join(f"{name} {len(frame):,}" for name, frame in dataset.tables.items())
            click.echo(f"{target}: obeys the contract ({dataset.about.status}; rows: {rows})")
        else:
            for run in plan([target]):
                click.echo(f"{run.report} [{run.language}]: can run")


@commands.command()
@click.argument("targets", nargs=-1, required=True)
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="kernels at once")
@click.option("--language", type=click.Choice(["en", "zh"]), multiple=True, help="only these")
@in_project
def run(targets: tuple[str, ...], jobs: int, language: tuple[str, ...]) -> None:
    """Run suites, reports or params files; go on after a failure (then exit with 14)."""
    from analysis.batch.execute import execute_all
    from analysis.batch.plan import plan
    from analysis.batch.status import Status

    runs = plan(targets, language)
    click.echo(f"Running {len(runs)} notebooks, {jobs} at once")

    def show(status: Status, finished: int, total: int) -> None:
        mark = "ok" if status.done else "FAILED"
        name = f"{status.report} [{status.language}]"
        click.echo(f"  [{finished}/{total}] {name}: {mark} in {status.seconds:.1f} s")
        if status.error:
            click.echo(f"      {status.error}", err=True)

    statuses = execute_all(runs, jobs, show)
    failed = [status for status in statuses if not status.done]
    if failed:
        click.echo(f"{len(failed)} of {len(statuses)} failed", err=True)
        sys.exit(14)


@commands.command()
@click.option("--site", default=SITE, type=click.Path(path_type=Path), show_default=True)
@in_project
def publish(site: Path) -> None:
    """Turn executed notebooks into one offline page per report and language, and an index."""
    from analysis.batch.status import RUNS
    from analysis.publish.site import publish as publish_site

    outcomes = publish_site(RUNS, site)
    for outcome in outcomes:
        click.echo(f"  {outcome.report}: {outcome.state}")
        for problem in outcome.problems:
            click.echo(f"      {problem}", err=True)
    click.echo(f"Open {site / 'index.html'}")
    if any(outcome.state != "published" for outcome in outcomes):
        sys.exit(15)


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("data/simulated/province"))
@click.option("--counties", default=120, show_default=True)
@click.option("--months", default=60, show_default=True)
@click.option("--complaints-per-month", default=25.0, show_default=True, help="per county")
@click.option("--enterprises", default=3000, show_default=True, help="mean per county")
@click.option(
    "--selection",
    type=click.Choice(["level", "spike", "none"]),
    default="level",
    show_default=True,
    help="what makes counties adopt",
)
@click.option("--seed", default=2026, show_default=True)
@in_project
def simulate(folder: Path, **options: Any) -> None:
    """Write a fictional province with known true effects; same options, same bytes."""
    from analysis.data.records import write
    from analysis.data.simulate import Options

    click.echo(f"Wrote {write(Options(**options), folder)}")


@commands.command()
def methods() -> None:
    """List the methods, one line each."""
    from analysis import methods as registry

    for name in registry.names():
        click.echo(f"{name:<10} {registry.summary(name)}")


@commands.command()
@in_project
def dictionary() -> None:
    """Write the data dictionary of the contract, in English and Chinese."""
    from analysis.data.dictionary import write

    for file in write(Path("docs")):
        click.echo(f"Wrote {file}")
