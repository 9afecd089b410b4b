"""What is due and why, and its execution on any executor, remembered as it ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.batch.history import History, causes, changes_since, in_words
from analysis.batch.keys import Keys, Parts
from analysis.batch.plan import Run, check_runs, list_runs
from analysis.batch.status import (
    RUNS,
    Finished,
    Status,
    clear_leftovers,
    folder_of,
    json_bytes,
    last_status,
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
class Project:
    """Where the runs of a project, their keys and their history are kept."""

    runs: Path = RUNS
    keys: Keys = dataclasses.field(default_factory=Keys)
    history: History = dataclasses.field(default_factory=History)


def prepare(
    targets: Iterable[str],
    languages: tuple[str, ...],
    project: Project,
    *,
    again: bool = False,
    when_due: Callable[[], None] = lambda: None,
) -> list[Task]:
    """Every run that was asked for, and which are due.

    ``when_due`` is called if any run is due, before the data are checked.

    Raises
    ------
    AnalysisError: with everything wrong in suites, params and data; nothing has started.
    """
    runs, problems = list_runs(targets, languages)
    tasks = [_task(run, project, again) for run in runs]
    if not problems and any(task.why for task in tasks):
        when_due()
    # What ran to its end under the same key has passed the same checks.
    check_runs((task.run for task in tasks if task.why), problems)
    return tasks


def _task(run: Run, project: Project, again: bool) -> Task:
    parts = project.keys.parts(run)
    key = parts.key if parts else ""
    why = "asked for" if again else _why(run, parts, project)
    return Task(dataclasses.replace(run, key=key), parts, why)


def _why(run: Run, parts: Parts | None, project: Project) -> str:
    previous = last_status(project.runs, run.report, run.language)
    if previous is None or parts is None:
        return "never run"
    folder = folder_of(project.runs, run.report, run.language)
    if previous.get("status") != "done":
        return "failed last time"
    if not all((folder / name).is_file() for name in ("notebook.ipynb", "result.json")):
        return "its files are missing"
    if previous.get("key") == parts.key:
        return ""
    before = project.history.last_good(run.report, run.language)
    if before is None or before.parts is None:
        return "changed"
    return f"changed: {in_words(causes(before.parts, parts, project.keys.prints))}"


def execute_due(
    tasks: Iterable[Task],
    executor: Executor,
    settings: Settings,
    project: Project,
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

    clear_leftovers(project.runs)
    statuses = []
    runs = [
        dataclasses.replace(task.run, earlier=edition_text(earlier or {}, task.run.report))
        for task in due.values()
    ]
    for finished in finished_runs(runs, executor, settings):
        status = finished.status
        _keep(finished, due[status.report, status.language], project)
        statuses.append(status)
        report(status)
    return statuses


def _keep(finished: Finished, task: Task, project: Project) -> None:
    """Remember the run, then put its files in place: pages compare it with the history."""
    status = finished.status
    files = dict(finished.files)
    if finished.record is not None and task.parts is not None:
        changed = _since_last_edition(status, task.parts, finished.record, project)
        files |= {} if changed is None else {"since.json": json_bytes(changed)}
    project.history.record(status, task.parts, finished.record)
    put(dataclasses.replace(finished, files=files), project.runs)


def _since_last_edition(
    status: Status, parts: Parts, record: Mapping[str, Any], project: Project
) -> dict[str, Any] | None:
    """What changed since the last edition that was another one."""
    last_one = project.history.last_good(status.report, status.language)
    same = last_one if last_one and last_one.key == status.key else None
    other = project.history.last_good(status.report, status.language, unlike=status.key)
    return changes_since(same, other, status.edition, parts, record, project.keys.prints)
