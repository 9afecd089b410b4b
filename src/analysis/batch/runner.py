"""Find which runs are due and why, execute them, and remember each as it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.batch import history
from analysis.batch.keys import Keys, Parts
from analysis.batch.plan import Run, list_runs
from analysis.batch.status import (
    RUNS,
    Finished,
    Status,
    clear_leftovers,
    json_bytes,
    last_status,
    put_in_place,
)
from analysis.data.fingerprint import Prints
from analysis.errors import Problem

if TYPE_CHECKING:
    from analysis.batch.execute import Settings


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


def planned_tasks(
    targets: Iterable[str], languages: tuple[str, ...], keys: Keys, *, again: bool
) -> tuple[list[Task], list[Problem]]:
    """Every run asked for, with why it is due, and what is wrong; data are not checked yet."""
    runs, problems = list_runs(targets, languages)
    return [_task(run, keys, again) for run in runs], problems


def _task(run: Run, keys: Keys, again: bool) -> Task:
    parts = keys.parts(run)
    why = "asked for" if again else _why_due(run, parts, keys.prints)
    return Task(replace(run, key=parts.key if parts else ""), parts, why)


def _why_due(run: Run, parts: Parts | None, prints: Prints) -> str:
    previous = last_status(RUNS, run.report, run.language)
    if previous is None or parts is None:
        return "never run"
    folder = RUNS / run.report / run.language
    if previous.get("status") != "done":
        return "failed last time"
    if not all((folder / name).is_file() for name in ("notebook.ipynb", "result.json")):
        return "its files are missing"
    if previous.get("key") == parts.key:
        return ""
    before = history.last_good_run(run.report, run.language)
    if before is None or before.parts is None:
        return "changed"
    return f"changed: {history.causes_in_words(history.causes(before.parts, parts, prints))}"


def execute_due(
    due: Sequence[Task],
    executor: Executor,
    settings: Settings,
    prints: Prints,
) -> Iterator[Status]:
    """Execute runs; yields how each ended, once it is remembered and its files are in place."""
    # Imported here: papermill takes a second, which a suite with nothing to do does not have.
    from analysis.batch.execute import finished_runs

    clear_leftovers(RUNS)
    parts = {(task.run.report, task.run.language): task.parts for task in due}
    for finished in finished_runs([task.run for task in due], executor, settings):
        status = finished.status
        _remember_and_place(finished, parts[status.report, status.language], prints)
        yield status


def _remember_and_place(finished: Finished, parts: Parts | None, prints: Prints) -> None:
    """Remember the run, then put its files in place: pages compare it with the history."""
    status, record, files = finished.status, finished.record, dict(finished.files)
    if record is not None and parts is not None:
        changed = history.changed_since_last_edition(status, parts, record, prints)
        files |= {} if changed is None else {"since.json": json_bytes(changed)}
    history.remember(status, parts, record)
    put_in_place(replace(finished, files=files), RUNS)
