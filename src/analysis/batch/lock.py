"""A lock, so that a project is run once at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.errors import Problem, RunError
from analysis.project import build_folder

LOCK = "lock"
HOLDER = "lock-holder"
"""Which process took the lock last; its age is when that run began."""
READ = (Path("notebooks"), Path("params"), Path("data"), Path(__file__).parents[1])
"""What runs read: of the project, and this package."""


def changed_since_last_run() -> bool:
    """Whether any file that runs read has changed since the last run began.

    A hint, for nothing but speed: what is due is told by digests, half a second later.
    """
    try:
        before = (build_folder() / HOLDER).stat().st_mtime
        return any(changed > before for folder in READ for changed in _change_times(folder))
    except OSError:
        return True


def _change_times(folder: Path) -> Iterator[float]:
    """When each file and folder below a folder was last changed, in seconds."""
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in [*folders, *files]:
            yield os.lstat(os.path.join(path, name)).st_mtime


@contextmanager
def one_run_at_a_time(wait: float = 0.0) -> Iterator[None]:
    """Hold the project's lock; the system lets go of it however the process ends.

    Raises
    ------
    RunError: another run holds it after ``wait`` seconds, or ``build`` cannot be written.
    """
    from filelock import FileLock, Timeout

    build = build_folder()
    lock, last = FileLock(build / LOCK, poll_interval=0.2), build / HOLDER
    try:
        build.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait)
        last.write_text(f"process {os.getpid()}", encoding="utf-8")
    except Timeout:
        holder = last.read_text(encoding="utf-8") if last.exists() else "another process"
        remedy = "Wait for it to end, or give --wait SECONDS"
        raise RunError([Problem(build.name, f"is in use by {holder}", remedy)]) from None
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        remedy = "Make room, allow writing, or name another folder with --build"
        raise RunError([Problem(build.name, what, remedy)]) from None
    try:
        yield
    finally:
        lock.release()
