"""``analysis run`` and ``publish``: params files become executed notebooks, and these a site."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analysis.cli.project import PATH, commands, in_project
from analysis.errors import PublishError

if TYPE_CHECKING:
    from analysis.batch.night import Night
    from analysis.batch.suites import Named
    from analysis.publish.site.drafts import Ahead

STATE = "status.html"


BUILD = click.option(
    "--build", type=PATH, help="folder of runs, history and the site; else build in the project"
)
AT = click.option("--site", type=PATH, help="folder of the site; else site in the build folder")


@commands.command()
@click.argument("targets", nargs=-1, required=True)
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="kernels at once")
@click.option("--language", type=click.Choice(["en", "zh"]), multiple=True, help="only these")
@click.option("--dry-run", is_flag=True, help="list what would be done and why")
@click.option("--again", is_flag=True, help="run what has not changed, too")
@click.option("--strict", is_flag=True, help="run nothing where any report is refused")
@click.option("--publish", "publishing", is_flag=True, help="then build the site")
@AT
@BUILD
@click.option("--scheduler", default="", help="address of a Dask scheduler, tcp://…")
@click.option("--limit", default=1800.0, show_default=True, help="seconds a report may take")
@click.option("--retries", default=2, show_default=True, help="of dead kernels and of I/O")
@click.option("--wait", default=0.0, show_default=True, help="seconds to wait for another run")
@click.option("--quiet", "mode", flag_value="quiet", help="failures only")
@click.option("--log-json", "mode", flag_value="json", help="one JSON object a line")
@in_project
def run(targets: tuple[str, ...], language: tuple[str, ...], **options: Any) -> None:
    """Run what has changed of suites, reports or params files; go on after a failure.

    A report that is refused fails alone. Exits with 14 where a report failed and others went on,
    with the code of the refusal where nothing could run, with 15 where only a page failed.
    """
    from analysis.batch.lock import changed_since_last_run, one_run_at_a_time

    if options["dry_run"]:
        from analysis.batch.command import dry_run

        if code := dry_run(targets, language, options):
            sys.exit(code)
        return
    likely = options["again"] or changed_since_last_run()
    with one_run_at_a_time(options["wait"]):
        if likely and not options["scheduler"]:
            from analysis.batch import warm

            # Its imports take a second, ours half of one: both at once where there are two cores.
            warm.started_parent(targets)
        from analysis.batch.command import run_due

        if options["publishing"]:
            with contextlib.closing(_Pages(options["site"])) as pages:
                night = run_due(targets, language, options, pages)
                night = publish_reports(options["site"], night, pages.ahead)
        else:
            night = run_due(targets, language, options)
        night.write()
    if night.code:
        sys.exit(night.code)


class _Pages:
    """Makes pages of reports that have run while others still run."""

    def __init__(self, site: Path | None) -> None:
        self.site = site_folder(site)
        self.ahead: Ahead | None = None
        self.named: Named | None = None

    def start(self) -> None:
        """Load what makes pages while kernels are made ready, which leaves a core idle."""
        from analysis.batch.suites import named_reports
        from analysis.publish.pages.templates import prepare
        from analysis.publish.site.drafts import Ahead
        from analysis.publish.site.edition import editions_of
        from analysis.publish.site.lists.register import register

        # Read once: it takes half a second where a suite asks a dataset for its regions.
        self.named = named_reports()
        importlib.import_module("analysis.publish.site.build")
        prepare()
        register("en")
        self.ahead = Ahead(editions_of(self.site))

    def ran(self, report: str) -> None:
        """Begin with the pages of a report."""
        from analysis.batch.status import runs_folder
        from analysis.publish.site.record import runs_of

        folder = runs_folder() / report
        wanted = None if self.named is None else self.named.languages_of([report])
        if self.ahead is not None:
            self.ahead.make(lambda: runs_of(folder, wanted))

    def close(self) -> None:
        """Remove what no edition took."""
        if self.ahead is not None:
            self.ahead.close()


@commands.command()
@AT
@BUILD
@click.option("--pdf", is_flag=True, help="print every report as a PDF beside its page, too")
@in_project
def publish(site: Path | None, pdf: bool) -> None:
    """Turn executed notebooks into one offline page per report and language, and an index."""
    from analysis.batch.lock import one_run_at_a_time

    with one_run_at_a_time():
        night = publish_reports(site, None)
        if pdf:
            from analysis.publish.pages.pdf import print_pages
            from analysis.publish.site.build import report_pages

            for file in print_pages(report_pages(site_folder(site))):
                click.echo(f"  printed {file}")
    click.echo(f"Open {site_folder(site) / 'index.html'}")
    if night.code:
        sys.exit(night.code)


def site_folder(given: Path | None) -> Path:
    """Where the site is."""
    from analysis.project import build_folder

    return build_folder() / "site" if given is None else given


def publish_reports(given: Path | None, night: Night | None, ahead: Ahead | None = None) -> Night:
    """Build the site, and tell the night of the reports it asked for whose page failed."""
    from analysis.batch.history import remember_page
    from analysis.batch.night import Night, last_night, now
    from analysis.batch.status import runs_folder
    from analysis.batch.suites import family, further_than, kept, languages_of
    from analysis.disclosure.memory import remember
    from analysis.publish.site import record
    from analysis.publish.site.edition import publish_edition
    from analysis.publish.site.state import write_state

    site, runs = site_folder(given), runs_folder()
    seen = record.reports_seen(runs, site)
    outcomes = publish_edition(
        runs,
        site,
        wanted=languages_of(seen),
        kept=kept().editions,
        family=family(),
        ahead=ahead,
        further=further_than(seen),
    )
    remember(Path.cwd())
    bad = [outcome for outcome in outcomes if outcome.state != "published"]
    asked = bad if night is None else [one for one in bad if one.report in night.reports]
    for outcome in bad:
        if outcome.page_failed:
            remember_page(outcome.report, "\n".join(map(str, outcome.problems)))
    # What failed as it ran has been said.
    for outcome in asked if night is None else [one for one in asked if one.page_failed]:
        click.echo(f"  {outcome.report}: {outcome.state}", err=True)
        for problem in outcome.problems:
            click.echo(f"      {problem}", err=True)
    if more := len(bad) - len(asked):
        click.echo(f"  {more} other reports are not up to date, see {STATE}", err=True)
    if night is None:
        code = PublishError.exit_code if bad else 0
        told, night = last_night(), Night.of_publishing(now(), code)
    else:
        night = night.with_pages([one.report for one in asked])
        told = night.as_told()
    write_state(site, record.read_pages(site), outcomes, told)
    return night
