"""Find which runs are due and why, execute them, and remember each as it ends."""

from __future__ import annotations

import glob
import traceback
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.batch import history
from analysis.batch.keys import Keys, Parts
from analysis.batch.plan import Planned, Run, list_runs
from analysis.batch.status import (
    VERSION,
    Finished,
    Status,
    clear_leftovers,
    json_bytes,
    last_status,
    put_in_place,
    runs_folder,
)
from analysis.batch.suites.listing import Refused
from analysis.data.fingerprint import Prints
from analysis.errors import ParamsError

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


@dataclass(frozen=True)
class Tonight:
    """Every run asked for, with why it is due, beside those that cannot run."""

    tasks: list[Task]
    planned: Planned

    @property
    def due(self) -> list[Task]:
        """What is to be run, without what was refused."""
        able = {(run.report, run.language) for run in self.planned.runs}
        return [t for t in self.tasks if t.why and (t.run.report, t.run.language) in able]

    @property
    def asked(self) -> int:
        """How many runs were asked for, those that cannot be planned among them."""
        names = {(task.run.report, task.run.language) for task in self.tasks}
        names |= {(one.report, code) for one in self.planned.refused for code in one.languages}
        return len(names)


def planned_tasks(
    targets: Iterable[str], languages: tuple[str, ...], keys: Keys, *, again: bool
) -> Tonight:
    """Every run asked for; data are not checked yet.

    Raises
    ------
    ParamsError: something is wrong with a suite, or a target does not exist.
    """
    planned = list_runs(targets, languages)
    ParamsError.raise_for(planned.problems)
    return Tonight([_task(run, keys, again) for run in planned.runs], planned)


def _task(run: Run, keys: Keys, again: bool) -> Task:
    parts = keys.parts(run)
    why = "asked for" if again else _why_due(run, parts, keys.prints)
    return Task(replace(run, key=parts.key if parts else ""), parts, why)


def _why_due(run: Run, parts: Parts | None, prints: Prints) -> str:
    previous = last_status(runs_folder(), run.report, run.language)
    if previous is None or parts is None:
        return "never run"
    folder = runs_folder() / run.report / run.language
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

    clear_leftovers(runs_folder())
    parts = {(task.run.report, task.run.language): task.parts for task in due}
    for finished in finished_runs([task.run for task in due], executor, settings):
        status = finished.status
        _remember_and_place(finished, parts[status.report, status.language], prints)
        yield status


def _remember_and_place(finished: Finished, parts: Parts | None, prints: Prints | None) -> None:
    """Remember the run, then put its files in place: pages compare it with the history."""
    status, record, files = finished.status, finished.record, dict(finished.files)
    if record is not None and parts is not None and prints is not None:
        changed = history.changed_since_last_edition(status, parts, record, prints)
        files |= {} if changed is None else {"since.json": json_bytes(changed)}
    history.remember(status, parts, record)
    put_in_place(replace(finished, files=files), runs_folder())


def remember_refused(refused: Iterable[Refused], edition: str) -> Iterator[Status]:
    """Reports that cannot run: remembered and put in place like runs that failed."""
    for one in refused:
        for report in _reports_of(one):
            for language in one.languages:
                previous = last_status(runs_folder(), report, language) or {}
                status = Status(
                    version=VERSION,
                    report=report,
                    notebook=report.split("/")[0],
                    language=language,
                    status="failed",
                    title=str(previous.get("title") or report),
                    edition=edition,
                    seconds=0.0,
                    error=str(one.error),
                    attempts=0,
                    kernel="",
                    code=one.error.exit_code,
                )
                cause = one.error.__cause__
                told = "".join(traceback.format_exception(cause)) if cause else ""
                files = {"traceback.txt": told.encode("utf-8")} if told else {}
                _remember_and_place(Finished(status, files, None), None, None)
                yield status


def _reports_of(refused: Refused) -> list[str]:
    """The report; of a matrix that cannot be listed, those it had when it last could."""
    if not refused.many:
        return [refused.report]
    notebook, stem = refused.report.split("/", maxsplit=1)
    before = sorted((runs_folder() / notebook).glob(f"{glob.escape(stem)}-*"))
    return [f"{notebook}/{folder.name}" for folder in before] or [refused.report]
