"""Show the progress of a suite to a person or a log."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from itertools import count

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from analysis.batch.runner import Task
from analysis.batch.status import Status

Show = Callable[[Status], None]


@contextmanager
def progress(
    due: Sequence[Task], ended: Sequence[Status], total: int, jobs: int, mode: str | None
) -> Iterator[Show]:
    """Show a suite while it runs; gives a function that is told of each run that ended.

    Parameters
    ----------
    ended: the runs that have ended, once they have.
    total: how many runs were asked for.
    mode: ``quiet`` tells failures only, ``json`` writes one object a line, ``None`` tells all.
    """
    started = time.monotonic()
    if mode is None:
        click.echo(f"{len(due)} of {total} to run, {jobs} at once")
    as_bar = mode is None and due and Console().is_terminal
    with _bar(due, jobs) if as_bar else nullcontext(_lines(len(due), mode)) as show:
        yield show
    seconds, done = time.monotonic() - started, sum(one.done for one in ended)
    refused = sum(one.refused for one in ended)
    if mode == "json":
        end = {"event": "end", "ran": len(due), "failed": len(ended) - done, "refused": refused}
        rest = {"seconds": round(seconds, 1), "unchanged": max(0, total - len(due) - refused)}
        click.echo(json.dumps(end | rest))
    elif mode is None and ended:
        click.echo(f"{done} done, {len(ended) - done} failed in {seconds:.1f} s")


def _lines(total: int, mode: str | None) -> Show:
    number, said = count(1), set[tuple[str, str | None]]()

    def show(status: Status) -> None:
        if mode == "json":
            line = {"event": "run", **asdict(status)}
            click.echo(json.dumps(line, ensure_ascii=False, sort_keys=True))
        elif status.refused:
            # The languages of a report are refused for the same reasons.
            if (status.report, status.error) not in said:
                click.echo(_sentence(status), err=True)
            said.add((status.report, status.error))
        elif mode is None:
            click.echo(f"  [{next(number)}/{total}] {_sentence(status)}")
        elif not status.done:
            click.echo(_sentence(status), err=True)

    return show


def _sentence(status: Status) -> str:
    name = f"{status.report} [{status.language}]"
    if status.refused:
        return f"{status.report}: {status.error}"
    if not status.done:
        return f"{name}: FAILED after {status.seconds:.1f} s\n      {status.error}"
    note = "" if status.kernel == "warm" else " (an ordinary kernel: no fork here)"
    tries = f", {status.attempts} tries" if status.attempts > 1 else ""
    return f"{name}: ok in {status.seconds:.1f} s{tries}{note}"


@contextmanager
def _bar(due: Sequence[Task], jobs: int) -> Iterator[Show]:
    """A bar with what runs now: runs start in order, so it is the first few that have not ended."""
    running = TextColumn("{task.description}", markup=False)
    waiting = [task.name for task in due]
    with Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), running) as bar:
        line = bar.add_task(", ".join(waiting[:jobs]), total=len(due))

        def show(status: Status) -> None:
            if (name := f"{status.report} [{status.language}]") in waiting:
                waiting.remove(name)
            bar.console.print(_sentence(status), markup=False, highlight=False)
            bar.update(line, advance=not status.refused, description=", ".join(waiting[:jobs]))

        yield show
