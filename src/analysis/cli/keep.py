"""``analysis prune``: what of the past may go."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import click

from analysis.cli.project import commands, in_project
from analysis.cli.run import AT, BUILD, site_folder


@commands.command()
@click.option("--editions", type=click.IntRange(min=1), help="editions of the site that stay")
@click.option("--days", type=click.IntRange(min=1), help="days of the history that stay")
@click.option("--dry-run", is_flag=True, help="only list what would go")
@AT
@BUILD
@in_project
def prune(editions: int | None, days: int | None, dry_run: bool, site: Path | None) -> None:
    """Remove old editions, old history, runs of retired reports and caches of older code.

    What stays is what any suite says under keep: (2 editions and 400 days where none does), and
    always the edition shown and the last good run of every report.
    """
    from analysis.batch.lock import one_run_at_a_time
    from analysis.batch.prune import Leftover, leftovers, size_of
    from analysis.batch.status import runs_folder
    from analysis.batch.suites import kept, languages_of
    from analysis.publish.site import record
    from analysis.publish.site.edition import old_editions, remove_edition

    keep = kept()
    shown = site_folder(site)
    with one_run_at_a_time():
        seen = record.reports_seen(runs_folder(), shown)
        wanted = languages_of(seen)
        gone = [] if wanted is None else [report for report in seen if report not in wanted]
        old = old_editions(shown, editions or keep.editions)
        found = [
            Leftover(f"edition {e.name} of the site", size_of(e), partial(remove_edition, e))
            for e in old
        ]
        today = dt.date.today()  # noqa: DTZ011  a local date, as that of editions
        found += leftovers(days or keep.days, gone, today)
        for each in found:
            click.echo(
                f"  {'would delete' if dry_run else 'deleted'}: {each.what}, {size(each.size)}"
            )
            if not dry_run:
                each.remove()
    total = size(sum(each.size for each in found))
    click.echo(f"{len(found)} {'would go' if dry_run else 'gone'}, about {total}")


def size(count: int) -> str:
    """Bytes for a person."""
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"
