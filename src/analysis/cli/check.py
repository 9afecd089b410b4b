"""``analysis check``, ``init``, ``dictionary``: look at data and settings, run nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from analysis.cli.project import FOLDER, PATH, commands, in_project
from analysis.errors import ContractError, ParamsError, Problem


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
    from analysis.data.dataset import datasets_kept

    folders = [target for target in targets if Path(target).is_dir()]
    if report is not None and len(folders) != 1:
        raise ParamsError([Problem("--report", "is of one dataset", "Name one folder")])
    for target in targets:
        if Path(target).is_dir():
            check_dataset(target, sources, report)
            continue
        with datasets_kept():
            for run in plan([target]):
                click.echo(f"{run.report} [{run.language}]: can run")


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

    dataset, problems = examine(Path(target))
    problems = problems or unprotectable(dataset)
    if report is not None:
        write_report(dataset, problems, report)
    click.echo("\n".join(account_lines(dataset, problems)))
    if strange := undrawable(dataset):
        what = f"{strange} names of regions hold characters that figures cannot draw"
        click.echo(f"noted: {what}; their codes stand there")
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
@in_project
def dictionary() -> None:
    """Write the data dictionary of the contract, in English and Chinese."""
    from analysis.data.dictionary import write

    for file in write(Path("docs")):
        click.echo(f"Wrote {file}")
