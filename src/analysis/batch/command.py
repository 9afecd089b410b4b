"""The work of the commands ``analysis run``, ``history`` and ``power``."""

from __future__ import annotations

import dataclasses
import gc
import json
import math
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import click

from analysis.batch import history
from analysis.batch.keys import Keys, results_folder
from analysis.batch.plan import check_runs, plan
from analysis.batch.status import Status
from analysis.data.dataset import datasets_kept
from analysis.disclosure.memory import Made
from analysis.errors import ParamsError, Problem


@datasets_kept()
def dry_run(
    targets: tuple[str, ...], languages: tuple[str, ...], options: Mapping[str, Any]
) -> None:
    """Print which runs are due and why, and run nothing.

    Raises
    ------
    AnalysisError: something is wrong.
    """
    from analysis.batch.runner import planned_tasks

    tasks, problems = planned_tasks(targets, languages, Keys(), again=options["again"])
    due = [task for task in tasks if task.why]
    check_runs((task.run for task in due), problems)
    for task in tasks:
        if options["mode"] == "json":
            line = {"report": task.run.report, "language": task.run.language, "why": task.why}
            click.echo(json.dumps({**line, "key": task.run.key}, ensure_ascii=False))
        else:
            click.echo(f"  {task.name}: {task.why or 'nothing to do'}")
    if options["mode"] is None:
        click.echo(f"{len(due)} of {len(tasks)} would run")


def run_due(
    targets: tuple[str, ...], languages: tuple[str, ...], options: Mapping[str, Any]
) -> int:
    """Plan, then execute what is due; returns how many runs failed.

    Raises
    ------
    AnalysisError: something is wrong, and nothing has started.
    """
    from analysis.batch.progress import progress
    from analysis.batch.runner import execute_due, planned_tasks

    keys, parent, made = Keys(), None, Made()
    with datasets_kept() as datasets:
        tasks, problems = planned_tasks(targets, languages, keys, again=options["again"])
        due = [task for task in tasks if task.why]
        if due and not problems and not options["scheduler"]:
            from analysis.batch import warm

            # The process that forks kernels imports what they need while data are checked.
            parent = warm.started_parent()
        # What ran to its end under the same key has passed the same checks.
        check_runs((task.run for task in due), problems, made.add)
        # Before anything runs: what is killed may be published as far as it came.
        made.note()
    ended: list[Status] = []
    with progress(due, ended, len(tasks), options["jobs"], options["mode"]) as show:
        if not due:
            return 0
        # Imported here: papermill takes a second, which a run with nothing to do does not have.
        from analysis.batch.execute import Settings

        if parent is not None:
            # Each kernel would read and check the same tables anew.
            parent.hand_over(datasets.lasting())
        results = str(results_folder())
        settings = Settings(limit=options["limit"], retries=options["retries"], results=results)
        with _ended_by_signal(), _executor(options["scheduler"], options["jobs"]) as executor:
            # What was imported is never garbage, and no longer looked through.
            gc.freeze()
            for status in execute_due(due, executor, settings, keys.prints):
                ended.append(status)
                show(status)
    return sum(not status.done for status in ended)


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


def history_lines(report: str, most: int) -> list[str]:
    """The latest runs of the history, one line each."""
    lines = []
    for one in history.latest_runs(report, most):
        number = one.headline.get("relative_percent")
        shown = f"{number[0]} %" if isinstance(number, list) and number else ""
        what = one.error.splitlines()[0] if one.error else f"{one.verdict} {shown}".strip()
        name = f"{one.report} [{one.language}]"
        lines.append(f"{one.id:>5} {one.edition} {name}: {one.status}, {one.seconds:.1f} s, {what}")
    return lines or ["No run yet"]


def history_entry(number: int) -> str:
    """One run of the history as JSON.

    Raises
    ------
    ParamsError: there is none of that number.
    """
    content = dataclasses.asdict(history.run_numbered(number))
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)


def history_changes(number: int) -> str:
    """What changed between a run and the last good one before it, and why.

    Raises
    ------
    ParamsError: there is no run of that number.
    """
    new = history.run_numbered(number)
    old = history.last_good_run(new.report, new.language, new.id)
    name = f"{new.report} [{new.language}]"
    if old is None:
        return f"{name}: no good run before"
    lines = [f"{name}: run {new.id} against run {old.id} of {old.edition}"]
    lines += [
        f"  {key}: {old.headline.get(key)} → {new.headline.get(key)}"
        for key in sorted(new.headline)
        if old.headline.get(key) != new.headline.get(key)
    ]
    if old.verdict != new.verdict:
        lines.append(f"  verdict: {old.verdict} → {new.verdict or new.status}")
    if old.parts is not None and new.parts is not None:
        causes = history.causes(old.parts, new.parts, Keys().prints)
        lines.append(f"  why: {history.causes_in_words(causes)}")
    return "\n".join(lines)


@datasets_kept()
def power_lines(report: str, draws: int, effects: tuple[float, ...]) -> list[str]:
    """How a report's method would fare on its own panel, one line per effect in per cent.

    Raises
    ------
    ParamsError: the report compares nothing over time, or an effect is no change of a count.
    AnalysisError: as the report's own check.
    """
    from analysis.data.frames.study import Study
    from analysis.power import study_power

    run = plan([report], ("en",))[0]
    study = run.kind.question.ask(run.kind.read(run.params), run.params)
    problems = []
    if not isinstance(study, Study):
        what = "asks for no effect of an intervention"
        problems.append(Problem(f"report {report}", what, "Name one of intervention_effect/"))
    if any(effect <= -100 for effect in effects):
        problems.append(Problem("--effect", "is a fall of all or more", "Give per cent above -100"))
    ParamsError.raise_for(problems)
    logs = tuple(math.log1p(effect / 100) for effect in effects)
    found = study_power(study, effects=logs, draws=draws)
    lines = ["  effect   found (error)  covered  refused"]
    for row in found.rows:
        effect = f"{100 * math.expm1(row.effect):+7.1f}%"
        share = f"{row.found:9.3f} ({row.error:.3f})  {row.covered:7.3f}"
        lines.append(f"{effect} {share}  {row.refused:7}")
    if found.detectable is None:
        return [*lines, f"No effect tried is found in {found.wanted:.0%} of draws"]
    percent = 100 * math.expm1(math.copysign(found.detectable, found.rows[-1].effect))
    return [*lines, f"Smallest effect found in {found.wanted:.0%} of draws: {percent:+.1f}%"]
