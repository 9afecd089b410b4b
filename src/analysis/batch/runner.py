"""What is due and why, and its execution on any executor, remembered as it ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.batch.history import History, causes, in_words, since
from analysis.batch.keys import Keys, Parts
from analysis.batch.plan import Run, check_runs, list_runs, refuse
from analysis.batch.status import (
    RUNS,
    Finished,
    Status,
    clear_leftovers,
    folder_of,
    json_bytes,
    last,
    put,
)

if TYPE_CHECKING:
    from analysis.batch.execute import Settings
    from analysis.disclosure.editions import Edition


@dataclass(frozen=True)
class Task:
    """A run with its key and why it is due; ``why`` is blank where nothing is to be done."""

    run: Run
    parts: Parts | None
    why: str

    @property
    def name(self) -> str:
        """Report and language."""
        return f"{self.run.report} [{self.run.language}]"


@dataclass(frozen=True)
class Desk:
    """Where a project's runs and their memory are kept."""

    runs: Path = RUNS
    keys: Keys = dataclasses.field(default_factory=Keys)
    history: History = dataclasses.field(default_factory=History)


def prepare(
    targets: Iterable[str],
    languages: tuple[str, ...],
    desk: Desk,
    *,
    again: bool = False,
    soon: Callable[[], None] = lambda: None,
) -> list[Task]:
    """Every run that was asked for, and which are due.

    ``soon`` is called where some are, before their data are checked.

    Raises
    ------
    AnalysisError: with everything wrong in suites, params and data; nothing has started.
    """
    runs, errors = list_runs(targets, languages)
    tasks = [_task(run, desk, again) for run in runs]
    if not errors and any(task.why for task in tasks):
        soon()
    # What ran to its end under the same key has passed the same checks.
    refuse([*errors, *check_runs(task.run for task in tasks if task.why)])
    return tasks


def _task(run: Run, desk: Desk, again: bool) -> Task:
    parts = desk.keys.parts(run)
    key = parts.key if parts else ""
    why = "asked for" if again else _why(run, parts, desk)
    return Task(dataclasses.replace(run, key=key), parts, why)


def _why(run: Run, parts: Parts | None, desk: Desk) -> str:
    stood = last(desk.runs, run.report, run.language)
    if stood is None or parts is None:
        return "never run"
    folder = folder_of(desk.runs, run.report, run.language)
    if stood.get("status") != "done":
        return "failed last time"
    if not all((folder / name).is_file() for name in ("notebook.ipynb", "result.json")):
        return "its files are missing"
    if stood.get("key") == parts.key:
        return ""
    before = desk.history.last_good(run.report, run.language)
    if before is None or before.parts is None:
        return "changed"
    return f"changed: {in_words(causes(before.parts, parts, desk.keys.prints))}"


def execute_due(
    tasks: Iterable[Task],
    executor: Executor,
    settings: Settings,
    desk: Desk,
    report: Callable[[Status], None],
    earlier: Mapping[str, Edition] | None = None,
) -> list[Status]:
    """Execute what is due; each run is put in place and remembered when it ends.

    ``earlier`` is what tables of counts showed in the last edition, by name of the report.
    """
    due = {(task.run.report, task.run.language): task for task in tasks if task.why}
    if not due:
        return []
    # Imported here: papermill takes a second, which a suite with nothing to do does not have.
    from analysis.batch.execute import finished_runs
    from analysis.disclosure.editions import edition_text

    clear_leftovers(desk.runs)
    statuses = []
    runs = [
        dataclasses.replace(task.run, earlier=edition_text(earlier or {}, task.run.report))
        for task in due.values()
    ]
    for finished in finished_runs(runs, executor, settings):
        status = finished.status
        _keep(finished, due[status.report, status.language], desk)
        statuses.append(status)
        report(status)
    return statuses


def _keep(finished: Finished, task: Task, desk: Desk) -> None:
    """History first: what a page says of its last edition comes from there."""
    status = finished.status
    files = dict(finished.files)
    if finished.record is not None and task.parts is not None:
        changed = _since(status, task.parts, finished.record, desk)
        files |= {} if changed is None else {"since.json": json_bytes(changed)}
    desk.history.record(status, task.parts, finished.record)
    put(dataclasses.replace(finished, files=files), desk.runs)


def _since(
    status: Status, parts: Parts, record: Mapping[str, Any], desk: Desk
) -> dict[str, Any] | None:
    """What changed since the last edition that was another one."""
    last_one = desk.history.last_good(status.report, status.language)
    same = last_one if last_one and last_one.key == status.key else None
    other = desk.history.last_good(status.report, status.language, unlike=status.key)
    return since(same, other, status.edition, parts, record, desk.keys.prints)
