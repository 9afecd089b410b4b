"""The command line: one line per command, problems in words, an exit code per kind of error."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from analysis.digest import VERSION
from analysis.errors import AnalysisError, ContractError, ParamsError, Problem

SITE = Path("build/site")
LARGE = 20 << 20
"""Bytes from which reading a file takes seconds."""
PATH = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, file_okay=False)


def main() -> None:
    """Entry point of ``analysis``."""
    # Notebook schemas hold no address in need of RFC 3987; to build its grammars takes a second.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    try:
        commands(prog_name="analysis")
    finally:
        # Python looks for garbage among all that was imported as it ends, a fifth of a second;
        # DuckDB prints a page about what was not looked through.
        (gc.unfreeze if "duckdb" in sys.modules else gc.freeze)()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION)
def commands() -> None:
    """Compare regulatory interventions across regions, and publish the reports."""


def in_project(command: Callable[..., None]) -> Callable[..., None]:
    """Run a command from the project's root, and turn our errors into words and exit codes."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            root = project_root()
            if "targets" in kwargs:
                kwargs["targets"] = tuple(_from_root(target, root) for target in kwargs["targets"])
            os.chdir(root)
            command(*args, **kwargs)
        except AnalysisError as error:
            click.echo(str(error), err=True)
            sys.exit(error.exit_code)

    return wrapped


def _from_root(target: str, root: Path) -> str:
    """A path as it is named here, so that it is still found from the root; else as it is."""
    here = Path(target)
    return str(here.resolve()) if here.exists() and not (root / here).exists() else target


def project_root() -> Path:
    """The nearest folder from here upwards that holds ``params`` and ``notebooks``.

    Raises
    ------
    ParamsError: there is none.
    """
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "params").is_dir() and (folder / "notebooks").is_dir():
            return folder
    remedy = "Change to the folder that holds params/ and notebooks/"
    raise ParamsError([Problem("current folder", "is not inside a project", remedy)])


@commands.command()
@click.argument("targets", nargs=-1, required=True)
@click.option(
    "--sources", type=FOLDER, help="folder of the documents that published figures were read off"
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="write what was read, repaired, left out and refused as JSON, of one dataset",
)
@in_project
def check(targets: tuple[str, ...], sources: Path | None, report: Path | None) -> None:
    """Check datasets (folders), suites or params files without running anything.

    Of a dataset, shows what was read, repaired, left out and refused: counts and row numbers,
    never a value.
    """
    from analysis.batch.plan import plan

    folders = [target for target in targets if Path(target).is_dir()]
    if report is not None and len(folders) != 1:
        raise ParamsError([Problem("--report", "is of one dataset", "Name one folder")])
    for target in targets:
        if Path(target).is_dir():
            check_dataset(target, sources, report)
        else:
            for run in plan([target]):
                click.echo(f"{run.report} [{run.language}]: can run")


def large_files(folder: Path) -> list[tuple[str, int]]:
    """The files of a dataset that take a while, and their bytes."""
    from analysis.data.description import read_description, table_sources

    sources, _ = table_sources(folder, read_description(folder))
    files = {name: file for found in sources.values() for name, file in found.items()}
    sizes = {name: file.stat().st_size for name, file in files.items() if file.is_file()}
    return [(name, size) for name, size in sizes.items() if size >= LARGE]


def undrawable(dataset: Any) -> int:
    """How many regions have a name that figures cannot draw in full."""
    from analysis.page.charts.letters import lacking

    regions = dataset.tables.get("regions", ())
    names = [regions[name] for name in ("name_en", "name_zh") if name in regions]
    return sum(any(map(lacking, map(str, pair))) for pair in zip(*names, strict=True))


def check_dataset(target: str, sources: Path | None, report: Path | None) -> None:
    """The account of one dataset, and everything that is wrong with it."""
    from analysis.data.checkup import account_lines, write_report
    from analysis.data.dataset import examine
    from analysis.disclosure.store import unprotectable

    for name, size in large_files(Path(target)):
        click.echo(f"reading {name} ({size >> 20:,} MB) …", err=True)
    dataset, problems = examine(Path(target))
    problems = problems or unprotectable(dataset)
    if report is not None:
        write_report(dataset, problems, report)
    click.echo("\n".join(account_lines(dataset, problems)))
    if strange := undrawable(dataset):
        what = f"{strange} names of regions hold characters that figures cannot draw"
        click.echo(f"noted: {what}; 〓 stands for each there")
    ContractError.raise_for(problems)
    if dataset.has("figures"):
        check_figures(target, sources)
    rows = ", ".join(f"{name} {len(frame):,}" for name, frame in dataset.tables.items())
    click.echo(f"{target}: obeys the contract ({dataset.description.status}; rows: {rows})")


@commands.command()
@click.argument("folder", type=FOLDER)
@click.argument("files", nargs=-1, required=True, type=PATH)
@in_project
def init(folder: Path, files: tuple[Path, ...]) -> None:
    """Look at exports and write a first dataset.yml with guesses to correct; changes no file."""
    from analysis.data.first_look.draft import write_draft

    written = write_draft(folder, files)
    click.echo(f"Wrote {written}: look at every line, then run: analysis check {folder}")


def check_figures(target: str, sources: Path | None) -> None:
    """Published figures against their own rules and, where given, against the documents."""
    from analysis.data.published.documents import check_documents, read_documents
    from analysis.data.published.figures import read_published

    dataset = read_published(target).dataset
    if sources is None:
        return
    ContractError.raise_for(check_documents(dataset, read_documents(dataset, sources)))
    uncovered = dataset.tables["uncovered"]
    for source, figures in dataset.tables["figures"].groupby("source", sort=False):
        others = (uncovered["source"] == source).sum()
        click.echo(f"  {source}: {len(figures)} figures, {others} other numbers")
    for row in uncovered.to_dict("records"):
        where = f"{row['source']}, line {row['line']:.0f}, offset {row['offset']:.0f}"
        click.echo(f"  {where}: {row['run']} ({row['reason']})")


@commands.command()
@click.argument("targets", nargs=-1, required=True)
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="kernels at once")
@click.option("--language", type=click.Choice(["en", "zh"]), multiple=True, help="only these")
@click.option("--dry-run", is_flag=True, help="list what would be done and why")
@click.option("--again", is_flag=True, help="run what has not changed, too")
@click.option("--publish", "publishing", is_flag=True, help="then build the site")
@click.option("--site", default=SITE, type=PATH, show_default=True)
@click.option("--scheduler", default="", help="address of a Dask scheduler, tcp://…")
@click.option("--limit", default=1800.0, show_default=True, help="seconds a report may take")
@click.option("--retries", default=2, show_default=True, help="of dead kernels and of I/O")
@click.option("--wait", default=0.0, show_default=True, help="seconds to wait for another run")
@click.option("--quiet", "mode", flag_value="quiet", help="failures only")
@click.option("--log-json", "mode", flag_value="json", help="one JSON object a line")
@in_project
def run(targets: tuple[str, ...], language: tuple[str, ...], **options: Any) -> None:
    """Run what has changed of suites, reports or params files; go on after a failure.

    Exits with 14 where a report failed, with 15 where a page cannot be made.
    """
    from analysis.batch.lock import changed_since_last_run, one_run_at_a_time

    if options["dry_run"]:
        from analysis.batch.command import dry_run

        dry_run(targets, language, options)
        return
    likely = options["again"] or changed_since_last_run()
    with one_run_at_a_time(options["wait"]):
        if likely and not options["scheduler"]:
            from analysis.batch import warm

            # Its imports take a second, ours half of one: both at once where there are two cores.
            warm.started_parent()
        from analysis.batch.command import run_due

        failed = run_due(targets, language, options)
        refused = options["publishing"] and _publish(options["site"])
    if failed or refused:
        sys.exit(14 if failed else 15)


@commands.command()
@click.option("--site", default=SITE, type=PATH, show_default=True)
@click.option("--pdf", is_flag=True, help="print every report as a PDF beside its page, too")
@in_project
def publish(site: Path, pdf: bool) -> None:
    """Turn executed notebooks into one offline page per report and language, and an index."""
    from analysis.batch.lock import one_run_at_a_time

    with one_run_at_a_time():
        refused = _publish(site)
        if pdf:
            from analysis.publish.pages.pdf import print_pages
            from analysis.publish.site.build import report_pages

            for file in print_pages(report_pages(site)):
                click.echo(f"  printed {file}")
    click.echo(f"Open {site / 'index.html'}")
    if refused:
        sys.exit(15)


def _publish(site: Path) -> bool:
    """Build the site; whether a page was refused."""
    from analysis.batch.status import RUNS
    from analysis.disclosure.memory import remember
    from analysis.publish.site.edition import publish_edition

    outcomes = publish_edition(RUNS, site)
    remember(Path.cwd())
    bad = [outcome for outcome in outcomes if outcome.state != "published"]
    for outcome in bad:
        click.echo(f"  {outcome.report}: {outcome.state}", err=True)
        for problem in outcome.problems:
            click.echo(f"      {problem}", err=True)
    return bool(bad)


@commands.group()
def history() -> None:
    """What every run gave, and what changed since the last good one, and why."""


@history.command("list")
@click.argument("report", default="")
@click.option("--most", default=50, show_default=True)
@in_project
def history_list(report: str, most: int) -> None:
    """The latest runs, newest first."""
    from analysis.batch.command import history_lines

    click.echo("\n".join(history_lines(report, most)))


@history.command("show")
@click.argument("number", type=int)
@in_project
def history_show(number: int) -> None:
    """One run: status, duration, key, headline numbers, verdict and parts of its key."""
    from analysis.batch.command import history_entry

    click.echo(history_entry(number))


@history.command("diff")
@click.argument("number", type=int)
@in_project
def history_diff(number: int) -> None:
    """What changed between a run and the last good one of its report before it."""
    from analysis.batch.command import history_changes

    click.echo(history_changes(number))


@commands.command()
@click.argument("folder", type=PATH, default=Path("data/simulated/province"))
@click.option(
    "--world",
    type=click.Choice(["plain", "gaming", "selected", "null"]),
    default="gaming",
    show_default=True,
    help="all is as recorded; half of it is recording; who takes part differs; nothing happens",
)
@click.option("--counties", type=int, help="120; with --records 2,850", show_default=False)
@click.option("--months", type=int, help="60; with --records 12", show_default=False)
@click.option(
    "--records", type=int, help="write about so many records of a nation, in files by month"
)
@click.option("--format", "suffix", type=click.Choice(["parquet", "csv"]), help="of those files")
@click.option("--complaints-per-month", default=25.0, show_default=True, help="per county")
@click.option("--enterprises", default=3000, show_default=True, help="mean per county")
@click.option(
    "--selection",
    type=click.Choice(["level", "spike", "none"]),
    help="what makes counties adopt, where not as in the world",
)
@click.option("--seed", default=2026, show_default=True)
@in_project
def simulate(
    folder: Path, records: int | None, suffix: str | None, complaints_per_month: float, **rest: Any
) -> None:
    """Write a fictional province with known true effects; same options, same bytes."""
    from analysis.simulated.nation import Nation, write_nation
    from analysis.simulated.province_records import write
    from analysis.simulated.worlds import Options

    options = {name: value for name, value in rest.items() if value is not None}
    if records is None:
        options |= {"complaints_per_month": complaints_per_month}
        click.echo(f"Wrote {write(Options(**options), folder)}")
        return
    nation = Nation(records=records, suffix=suffix or "parquet", **options)
    written = write_nation(nation, folder)
    click.echo(f"Wrote {folder} with {written:,} records")


@commands.command()
@in_project
def salt() -> None:
    """Make the salt from which the noise of protected counts is drawn, if there is none yet."""
    from analysis.data.reading.personal import NAME, VARIABLE, project_salt
    from analysis.disclosure.noise import fingerprint

    mark = fingerprint(project_salt(Path.cwd()))
    where = os.environ.get(VARIABLE) or NAME
    click.echo(f"The salt in {where} has the fingerprint {mark}. Keep it, and keep it secret:")
    click.echo("with another one all counts are drawn anew, and old pages give counts away.")


@commands.command()
def methods() -> None:
    """List the methods, one line each."""
    from analysis import methods as registry

    width = max(map(len, registry.names()))
    for name in registry.names():
        summary = registry.load(name).description.partition("\n")[0]
        click.echo(f"{name:<{width}}  {summary}")


@commands.command()
@click.argument("report")
@click.option("--draws", default=200, show_default=True, help="of starts dealt to other regions")
@click.option("--effect", "effects", multiple=True, type=float, help="in per cent, such as -10")
@in_project
def power(report: str, draws: int, effects: tuple[float, ...]) -> None:
    """How often a report's method would find effects on its own panel, and the smallest it would.

    About a minute for 200 draws of a small panel.
    """
    from analysis.batch.command import power_lines

    click.echo("\n".join(power_lines(report, draws, effects)))


@commands.command()
@in_project
def dictionary() -> None:
    """Write the data dictionary of the contract, in English and Chinese."""
    from analysis.data.dictionary import write

    for file in write(Path("docs")):
        click.echo(f"Wrote {file}")
