"""``analysis simulate`` and ``salt``: what a project makes for itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from analysis.cli.project import PATH, commands, in_project


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
