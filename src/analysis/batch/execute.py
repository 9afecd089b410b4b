"""Execute the notebooks of runs; the only module that knows papermill."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import threading
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import nbformat
import papermill
import yaml
from nbclient.exceptions import CellExecutionError, DeadKernelError
from papermill.engines import papermill_engines
from papermill.execute import raise_for_execution_errors

from analysis.batch import warm
from analysis.batch.kernels import ReportKernelManager
from analysis.batch.plan import Run
from analysis.batch.status import VERSION, Finished, Status, json_bytes
from analysis.errors import AnalysisError, RunError

END_MIME = "application/vnd.analysis.end+json"
PAUSE = 1.0
"""Seconds before the first retry; each further one waits twice as long."""

QUICK = {
    # Nothing is written while the notebook runs: it is put in place whole, or not at all.
    "autosave_cell_every": 0,
    # The kernel is ended by signal. Waiting for its exit hooks costs 0.8 s a report.
    "shutdown_kernel": "immediate",
    "log_output": False,
}
"""Settings of papermill and nbclient that spare waits."""


@dataclass(frozen=True)
class Settings:
    """How runs are executed, on this machine or on another.

    Parameters
    ----------
    limit: seconds a report may take.
    retries: how often a dead kernel or a failure of input or output is tried again.
    results: folder of results that the languages of a report share, or blank.
    root: the project's folder, in which kernels start; the current one unless told otherwise.
    edition: ISO date of the edition, today unless told otherwise.
    """

    limit: float = 1800.0
    retries: int = 2
    results: str = ""
    root: str = field(default_factory=lambda: str(Path.cwd()))
    edition: str = field(
        default_factory=lambda: dt.date.today().isoformat()  # noqa: DTZ011  a local date
    )


class TooLongError(Exception):
    """The report took longer than its time limit."""


def finished_runs(
    runs: Iterable[Run], executor: Executor, settings: Settings
) -> Iterator[Finished]:
    """Execute runs on any executor of ``concurrent.futures``; yields each when it has ended."""
    waiting = [executor.submit(execute, run, settings) for run in runs]
    for future in as_completed(waiting):
        yield future.result()


def execute(run: Run, settings: Settings) -> Finished:
    """Execute one run; a dead kernel or broken input or output is tried again, nothing else."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="analysis-run-") as folder:
        output = Path(folder) / "notebook.ipynb"
        for attempts in count(1):
            output.unlink(missing_ok=True)
            record, kernel, error = None, "", None
            try:
                record, kernel = run_notebook(run, settings, output)
            except Exception as failure:  # any failure is this run's own; the others go on
                error = failure
            if error is None or attempts > settings.retries or not worth_retrying(error):
                break
            time.sleep(PAUSE * 2 ** (attempts - 1))
        status = Status(
            VERSION,
            run.report,
            run.notebook.stem,
            run.language,
            "failed" if error else "done",
            run.title,
            settings.edition,
            round(time.monotonic() - started, 1),
            None if error is None else failure_in_words(error),
            run.key,
            attempts,
            kernel,
            0 if error is None else code_of(error),
        )
        return Finished(status, _files(run, output, record), record)


def _files(run: Run, output: Path, record: dict[str, Any] | None) -> dict[str, bytes]:
    """The files of a run by name; a notebook that failed is kept as ``failed.ipynb``."""
    # Without the language, so that the file can be run again.
    values = {name: value for name, value in run.values.items() if name != "language"}
    params = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
    files = {"params.yml": params.encode("utf-8")}
    if output.exists():
        files["failed.ipynb" if record is None else output.name] = output.read_bytes()
    if record is not None:
        files["result.json"] = json_bytes(record)
    return files


def run_notebook(run: Run, settings: Settings, output: Path) -> tuple[dict[str, Any], str]:
    """Write the executed notebook; returns its end-of-notebook record and the kind of kernel.

    Raises
    ------
    TooLongError: the time limit was reached.
    Exception: whatever papermill raised, or no record: without one the run failed.
    """
    environment = {"ANALYSIS_RESULTS": settings.results}
    with limited_kernel(settings, environment) as (manager, started):
        notebook = execute_cells(run, settings, output, manager)
    notebook.metadata["analysis"] = {"title": run.title, "report": run.report, "key": run.key}
    output.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    for cell in reversed(notebook.cells):
        for item in cell.get("outputs", []):
            if END_MIME in item.get("data", {}):
                forked = getattr(started[-1].provisioner, "forked", False)
                return dict(item["data"][END_MIME]), "warm" if forked else "ordinary"
    raise RuntimeError("the notebook came to no end-of-notebook record")


def execute_cells(run: Run, settings: Settings, output: Path, manager: type) -> Any:
    """The notebook as ``papermill.execute_notebook`` leaves it, step by step.

    In one step it would copy the whole and write it with indents, seven milliseconds, only for
    another copy to be written here. A notebook that broke off is written by papermill, with marks.
    """
    path = str(Path(settings.root) / run.notebook)
    kernel: dict[str, Any] = {"kernel_name": "python3", "progress_bar": False}
    prepared = papermill.execute_notebook(
        path, None, parameters=dict(run.values), prepare_only=True, **kernel
    )
    resources = {"metadata": {"path": settings.root}}
    notebook = papermill_engines.execute_notebook_with_engine(
        None, prepared, kernel_manager_class=manager, resources=resources, **kernel, **QUICK
    )
    raise_for_execution_errors(notebook, str(output))
    nbformat.validate(notebook)
    return notebook


@contextmanager
def limited_kernel(
    settings: Settings, variables: Mapping[str, str]
) -> Iterator[tuple[type, list[ReportKernelManager]]]:
    """A class of kernel managers for one run, and those made of it; kernels end at the time limit.

    Raises
    ------
    TooLongError: the time limit was reached.
    """
    started: list[ReportKernelManager] = []
    expired = threading.Event()

    class Manager(ReportKernelManager):
        """The kernel of this run."""

        environment: ClassVar[Mapping[str, str]] = variables

        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            started.append(self)

    def end_at_limit() -> None:
        expired.set()
        for manager in started:
            manager.kill_from_any_thread()

    timer = threading.Timer(settings.limit, end_at_limit)
    timer.daemon = True
    timer.start()
    try:
        yield Manager, started
    except Exception as failure:
        if expired.is_set():
            raise TooLongError(f"took longer than {settings.limit:g} s") from failure
        raise
    finally:
        timer.cancel()


def worth_retrying(failure: Exception) -> bool:
    """Whether another try may succeed: after a dead kernel or an error of input and output."""
    if isinstance(failure, (DeadKernelError, OSError, warm.ForkUnavailableError)):
        return True
    return isinstance(failure, RuntimeError) and str(failure).startswith("Kernel d")


def code_of(failure: Exception) -> int:
    """The exit code of what a cell refused; of all else, that of a run that broke off."""
    refusals = {kind.__name__: kind.exit_code for kind in AnalysisError.__subclasses__()}
    return refusals.get(str(getattr(failure, "ename", "")), RunError.exit_code)


def failure_in_words(failure: Exception) -> str:
    """What went wrong, for the log: our own errors in full, others by their last line.

    Papermill's errors carry whole cells and tracebacks; a log gets neither.
    """
    if isinstance(failure, (papermill.PapermillExecutionError, CellExecutionError)):
        cell = getattr(failure, "exec_count", "?")
        return f"cell {cell}: {failure.ename}: {str(failure.evalue).strip()[:2000]}"
    if isinstance(failure, DeadKernelError):
        return "the kernel died"
    if isinstance(failure, TooLongError):
        return str(failure)
    return traceback.format_exception_only(failure)[-1].strip()[:2000]
