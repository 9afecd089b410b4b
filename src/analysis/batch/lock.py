"""One run of a project at a time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.errors import Problem, RunError

FILE = Path("build/lock")
READ = (Path("notebooks"), Path("params"), Path("data"), Path(__file__).parents[1])
"""What runs read: of the project, and this package."""


def touched(file: Path = FILE) -> bool:
    """Whether something that runs read is younger than the beginning of the last run.

    A hint, for nothing but speed: what is due is told by digests, half a second later.
    """
    try:
        before = file.stat().st_mtime
        return any(changed > before for folder in READ for changed in _changed(folder))
    except OSError:
        return True


def _changed(folder: Path) -> Iterator[float]:
    """When each file and folder below was last changed, in seconds."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in [*folders, *files]:
            yield os.lstat(os.path.join(place, name)).st_mtime


@contextmanager
def only_one(wait: float = 0.0, file: Path = FILE) -> Iterator[None]:
    """Hold the project's lock; the system lets go of it however the process ends.

    Raises
    ------
    RunError: another run holds it after ``wait`` seconds, or ``build`` cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = file.open("a+", encoding="utf-8")
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise RunError([Problem(str(file.parent), what, "Make room, or allow writing")]) from None
    with handle:
        _take(handle, wait)
        handle.seek(0)
        handle.truncate()
        handle.write(f"process {os.getpid()}")
        handle.flush()
        yield


def _take(handle, wait: float) -> None:  # type: ignore[no-untyped-def]
    """Until the lock is ours."""
    try:
        import fcntl
    except ImportError:
        return
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= deadline:
                handle.seek(0)
                holder = handle.read(80) or "another process"
                remedy = "Wait for it to end, or give --wait SECONDS"
                raise RunError([Problem("build", f"is in use by {holder}", remedy)]) from None
            time.sleep(0.2)
        else:
            return
