"""Runs become executed notebooks: the only place that knows papermill."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
import yaml
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, DeadKernelError

from analysis.batch.plan import Run

RUNS = Path("build/runs")
END_MIME = "application/vnd.analysis.end+json"
VERSION = 1


class SocketKernelManager(AsyncKernelManager):  # type: ignore[misc]
    """Kernels that talk over Unix sockets in a private folder: no port is open to others.

    The library's own default puts all sockets of a folder under one name, so that two kernels
    at once would hear each other.
    """

    transport = "ipc"

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._sockets = tempfile.TemporaryDirectory(prefix="analysis-")
        self.ip = str(Path(self._sockets.name) / "kernel")

    def cleanup_resources(self, restart: bool = False) -> Any:
        """The folder goes with the kernel."""
        if not restart:
            self._sockets.cleanup()
        return super().cleanup_resources(restart)


@dataclass(frozen=True)
class Status:
    """What became of a run; written as ``status.json`` beside the executed notebook."""

    version: int
    report: str
    notebook: str
    language: str
    status: str
    title: str
    edition: str
    seconds: float
    error: str | None

    @property
    def done(self) -> bool:
        """Whether the notebook came to its end."""
        return self.status == "done"


def execute_all(
    runs: Iterable[Run],
    jobs: int,
    report: Callable[[Status, int, int], None],
    folder: Path = RUNS,
) -> list[Status]:
    """Execute runs, each in its own kernel; a failure stops only its own.

    Parameters
    ----------
    report: called with a status, how many are finished, and how many there are.
    """
    planned = list(runs)
    today = dt.date.today().isoformat()  # noqa: DTZ011  an edition is a local date
    statuses: list[Status] = []
    executor: Executor
    with ThreadPoolExecutor(max_workers=jobs) as executor:
        waiting = [executor.submit(execute, run, folder, today) for run in planned]
        for future in as_completed(waiting):
            statuses.append(future.result())
            report(statuses[-1], len(statuses), len(planned))
    return statuses


def execute(run: Run, folder: Path, edition: str) -> Status:
    """Execute one run into a private folder, then put it in place whole."""
    final = folder / run.report / run.language
    private = final.with_name(f"{run.language}.part-{os.getpid()}")
    shutil.rmtree(private, ignore_errors=True)
    private.mkdir(parents=True)
    started = time.monotonic()
    error: str | None = None
    try:
        record = _run_notebook(run, private)
    except Exception as failure:  # any failure is this run's own; the others go on
        record, error = None, _describe(failure)
    status = Status(
        VERSION,
        run.report,
        run.notebook.stem,
        run.language,
        "failed" if error else "done",
        run.title,
        edition,
        round(time.monotonic() - started, 1),
        error,
    )
    (private / "params.yml").write_text(_params_text(run), encoding="utf-8")
    _write_json(private / "status.json", asdict(status))
    if record is not None:
        _write_json(private / "result.json", record)
    shutil.rmtree(final, ignore_errors=True)
    private.rename(final)
    return status


def _run_notebook(run: Run, folder: Path) -> dict[str, Any]:
    """Execute and return the end-of-notebook record; without one the run failed."""
    output = folder / "notebook.ipynb"
    papermill.execute_notebook(
        str(run.notebook),
        str(output),
        parameters=dict(run.values),
        kernel_name="python3",
        progress_bar=False,
        log_output=False,
        kernel_manager_class=SocketKernelManager,
    )
    notebook = nbformat.read(output, as_version=4)
    notebook.metadata["analysis"] = {"title": run.title, "report": run.report}
    nbformat.write(notebook, output)
    for cell in reversed(notebook.cells):
        for item in cell.get("outputs", []):
            if END_MIME in item.get("data", {}):
                return dict(item["data"][END_MIME])
    raise RuntimeError("the notebook came to no end-of-notebook record")


def _describe(failure: Exception) -> str:
    """What went wrong, for the log: our own errors in full, others by their last line.

    Papermill's errors carry whole cells and tracebacks; a log gets neither.
    """
    if isinstance(failure, (papermill.PapermillExecutionError, CellExecutionError)):
        cell = getattr(failure, "exec_count", "?")
        return f"cell {cell}: {failure.ename}: {str(failure.evalue).strip()[:2000]}"
    if isinstance(failure, DeadKernelError):
        return "the kernel died"
    last = traceback.format_exception_only(failure)[-1].strip()
    return last[:2000]


def _params_text(run: Run) -> str:
    """The params as given, without the language, so that the file can be run again."""
    given = {name: value for name, value in run.values.items() if name != "language"}
    return str(yaml.safe_dump(given, sort_keys=False, allow_unicode=True))


def _write_json(file: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
    file.write_text(text + "\n", encoding="utf-8")
