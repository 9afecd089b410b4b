"""``analysis history``, ``methods`` and ``power``: what was run, and what could be."""

from __future__ import annotations

import click

from analysis.cli.project import commands, in_project


@commands.group()
def history() -> None:
    """What every run gave, and what changed since the last good one, and why."""


@history.command("list")
@click.argument("report", default="")
@click.option("--most", default=50, show_default=True)
@in_project
def history_list(report: str, most: int) -> None:
    """The latest runs, newest first."""
    from analysis.batch.views import history_lines

    click.echo("\n".join(history_lines(report, most)))


@history.command("show")
@click.argument("number", type=int)
@in_project
def history_show(number: int) -> None:
    """One run: status, duration, key, headline numbers, verdict and parts of its key."""
    from analysis.batch.views import history_entry

    click.echo(history_entry(number))


@history.command("diff")
@click.argument("number", type=int)
@in_project
def history_diff(number: int) -> None:
    """What changed between a run and the last good one of its report before it."""
    from analysis.batch.views import history_changes

    click.echo(history_changes(number))


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
    from analysis.batch.views import power_lines

    click.echo("\n".join(power_lines(report, draws, effects)))
