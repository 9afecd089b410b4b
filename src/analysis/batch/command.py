"""The work of the commands ``analysis run``, ``history`` and ``power``."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import click

from analysis.batch import history
from analysis.batch.keys import Keys, results_folder
from analysis.batch.night import Night, now
from analysis.batch.status import Status
from analysis.data.dataset import Dataset, datasets_kept
from analysis.disclosure.memory import Made
from analysis.errors import ParamsError, Problem, RunError

if TYPE_CHECKING:
    from analysis.batch.runner import Task, Tonight


@datasets_kept()
def dry_run(
    targets: tuple[str, ...], languages: tuple[str, ...], options: Mapping[str, Any]
) -> int:
    """Print which runs are due and why, and run nothing; returns the exit code of such a run.

    Raises
    ------
    AnalysisError: something is wrong with a suite; with ``strict``, with any report.
    """
    from analysis.batch.runner import planned_tasks

    tonight = planned_tasks(targets, languages, Keys(), again=options["again"])
    _check(tonight, options["strict"])
    able = {(run.report, run.language) for run in tonight.planned.runs}
    for task in tonight.tasks:
        if (task.run.report, task.run.language) not in able:
            continue
        if options["mode"] == "json":
            line = {"report": task.run.report, "language": task.run.language, "why": task.why}
            click.echo(json.dumps({**line, "key": task.run.key}, ensure_ascii=False))
        else:
            click.echo(f"  {task.name}: {task.why or 'nothing to do'}")
    for one in tonight.planned.refused:
        if options["mode"] == "json":
            refused = {"report": one.report, "refused": [str(p) for p in one.error.problems]}
            click.echo(json.dumps(refused, ensure_ascii=False))
        else:
            click.echo(f"  {one.report} [{', '.join(one.languages)}]: {one.error}", err=True)
    if options["mode"] is None:
        click.echo(f"{len(tonight.due)} of {tonight.asked} would run")
    return _exit_code([one.error.exit_code for one in tonight.planned.refused], bool(able))


def _check(
    tonight: Tonight, strict: bool, checked: Callable[[Dataset], None] | None = None
) -> None:
    """Ask of the data whether they carry what is due; what ran under the same key has passed.

    Raises
    ------
    AnalysisError: with ``strict``, anything is wrong.
    """
    tonight.planned.check((task.run for task in tonight.due), checked, apart=not strict)
    if strict:
        tonight.planned.raise_for_all()


def _exit_code(codes: Sequence[int], others: bool) -> int:
    """0 where nothing failed; 14 where the others went on, else the code of the first refusal."""
    if not codes:
        return 0
    return RunError.exit_code if others else codes[0]


class Beside(Protocol):
    """What is done beside the runs, such as pages of those that have ended."""

    def start(self) -> None:
        """Called while the process that forks kernels is still importing."""

    def ran(self, report: str) -> None:
        """Called when the last run of a report has ended, well or not."""


def run_due(
    targets: tuple[str, ...],
    languages: tuple[str, ...],
    options: Mapping[str, Any],
    beside: Beside | None = None,
) -> Night:
    """Plan, then execute what is due; what cannot run fails alone.

    Parameters
    ----------
    beside: what else is done in this process, where any run is due.

    Raises
    ------
    AnalysisError: something is wrong with a suite, and nothing has started; with ``strict``, with
        any report.
    """
    from analysis.batch.progress import progress
    from analysis.batch.runner import planned_tasks, remember_refused

    keys, parent, made, began = Keys(), None, Made(), now()
    with datasets_kept() as datasets:
        tonight = planned_tasks(targets, languages, keys, again=options["again"])
        if tonight.due and not options["scheduler"]:
            from analysis.batch import warm

            # The process that forks kernels imports what they need while data are checked.
            parent = warm.started_parent(targets)
        _check(tonight, options["strict"], made.add)
        _note(made)
    due, ended = tonight.due, list[Status]()
    if due and beside is not None:
        beside.start()
    with progress(due, ended, tonight.asked, options["jobs"], options["mode"]) as show:
        for status in remember_refused(tonight.planned.refused, began[:10]):
            ended.append(status)
            show(status)
        if due:
            if parent is not None:
                # Each kernel would read and check the same tables anew.
                parent.hand_over(datasets.lasting())
            left = Counter(task.run.report for task in due)
            for status in _executed(due, keys, options):
                ended.append(status)
                show(status)
                left[status.report] -= 1
                if beside is not None and not left[status.report]:
                    beside.ran(status.report)
    codes = [status.code for status in ended if not status.done]
    reports = {task.run.report for task in tonight.tasks} | {status.report for status in ended}
    return Night(
        began=began,
        ended=now(),
        targets=targets,
        reports=tuple(sorted(reports)),
        asked=tonight.asked,
        due=len(due),
        done=sum(status.done for status in ended),
        failed=tuple(sorted({status.report for status in ended if not status.done})),
        code=_exit_code(codes, bool(tonight.planned.runs)),
    )


def _note(made: Made) -> None:
    """Note before anything runs what counts were made: what is killed may be published so far.

    Raises
    ------
    RunError: the project cannot be written.
    """
    try:
        made.note()
    except OSError as error:
        what = f"cannot be written ({error.strerror or type(error).__name__})"
        remedy = "What is published of protected counts is kept there: allow writing this folder"
        raise RunError([Problem(".protected", what, remedy)]) from None


def _executed(due: Sequence[Task], keys: Keys, options: Mapping[str, Any]) -> Iterator[Status]:
    """Execute what is due; yields how each ended."""
    # Imported here: papermill takes a second, which a run with nothing to do does not have.
    from analysis.batch.execute import Settings
    from analysis.batch.runner import execute_due

    results = str(results_folder())
    settings = Settings(limit=options["limit"], retries=options["retries"], results=results)
    _warn_of_clock(settings.edition)
    with _ended_by_signal(), _executor(options["scheduler"], options["jobs"]) as executor:
        # What was imported is never garbage, and no longer looked through.
        gc.freeze()
        yield from execute_due(due, executor, settings, keys.prints)


def _warn_of_clock(edition: str) -> None:
    """Say so where this run is dated before the last edition: the clock was or is wrong."""
    if (last := history.latest_edition()) > edition:
        what = f"The date of this run, {edition}, is before that of the last edition, {last}"
        click.echo(f"{what}: look at the clock of this machine", err=True)


@contextmanager
def _executor(scheduler: str, jobs: int) -> Iterator[Executor]:
    """Where runs are executed: threads of this process, or workers of a Dask cluster.

    Raises
    ------
    ParamsError: Dask is not installed, or its scheduler does not answer.
    """
    if not scheduler:
        with ThreadPoolExecutor(max_workers=jobs) as executor:
            yield executor
        return
    try:
        from distributed import Client

        client = Client(scheduler, timeout=10)
    except ImportError:
        what = "needs the package distributed"
        remedy = "In the project's folder: pip install -e '.[cluster]'"
        raise ParamsError([Problem("--scheduler", what, remedy)]) from None
    except (OSError, ValueError):
        where, remedy = f"--scheduler {scheduler}", "Start it with: dask scheduler"
        raise ParamsError([Problem(where, "does not answer", remedy)]) from None
    with client:
        # A run that fails says so itself; Dask must not start it elsewhere a second time.
        yield client.get_executor(retries=0, pure=False)


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """End kernels and this process on SIGTERM; what was finished is kept, the site untouched."""
    from analysis.batch import warm

    def end(*_: object) -> None:
        warm.stop_parent()
        click.echo("Ended by SIGTERM; what was finished is kept", err=True)
        sys.stderr.flush()
        # Threads that wait for a kernel cannot be joined in time; nothing of theirs is half-done.
        os._exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
