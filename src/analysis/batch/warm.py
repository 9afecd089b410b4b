"""Start the process that forks kernels, ask it for kernels, and end it with this process."""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from multiprocessing.connection import Client, Connection, wait
from pathlib import Path
from typing import Any

THREADS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
PINNED = {f"{library}_NUM_THREADS": "1" for library in THREADS} | {"VECLIB_MAXIMUM_THREADS": "1"}
"""Kernels run side by side; each gets one thread for linear algebra."""
PARENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    # Arrow's allocator would start a thread on import, and threads do not survive a fork.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""What the parent needs beside, before it imports anything."""
START_LIMIT = 120.0


class ForkUnavailableError(Exception):
    """No kernel can be forked here; the words say why."""


class Kernel:
    """A forked kernel by its connection to the parent; for Jupyter it behaves as a ``Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.exit: int | None = None
        if not connection.poll(START_LIMIT):
            raise TimeoutError
        answer = connection.recv()
        if isinstance(answer, str):
            raise ForkUnavailableError(answer)
        self.pid: int = answer

    def poll(self) -> int | None:
        """The exit code, or ``None`` while it runs."""
        try:
            if self.exit is None and self.connection.poll():
                self.exit = self.connection.recv()
        except (EOFError, OSError):
            # The parent is gone, and its kernels with it.
            self.exit = -signal.SIGKILL
        return self.exit

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and to what it started."""
        with contextlib.suppress(OSError):
            self.connection.send(signum)
        if signum == signal.SIGKILL:
            # Nobody needs to wait for what cannot be refused; the parent buries it.
            self.exit = -signal.SIGKILL

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def wait(self) -> int | None:
        """Close the connection, which ends the kernel if it still runs; returns its exit code."""
        code = self.poll()
        self.connection.close()
        self.exit = -signal.SIGKILL if code is None else code
        return self.exit


class WarmParent:
    """A process that has imported everything, and its socket in a private folder."""

    def __init__(self, targets: Sequence[str] = ()) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="analysis-warm-")
        self.socket = str(Path(self.folder.name) / "parent")
        # It has no name, so that what is handed over is gone however the processes end.
        self.handed_over = tempfile.TemporaryFile()  # noqa: SIM115  closed when the parent ends
        self.length = 0
        number = self.handed_over.fileno()
        self.process = subprocess.Popen(  # noqa: S603  our own module
            [sys.executable, "-m", "analysis.batch.parent", self.socket, str(number), *targets],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(number,),
            env={**os.environ, **PINNED, **PARENT},
        )
        self.ready = False

    def hand_over(self, content: Any) -> None:
        """Give data to all kernels forked from now on, in place of what was given before.

        ``content`` is a :class:`analysis.data.dataset.KeptDatasets`, which each kernel would read
        anew.
        """
        self.length = 0
        # Where there is no room for it, each kernel reads for itself.
        with contextlib.suppress(OSError):
            self.handed_over.seek(0)
            self.handed_over.truncate()
            pickle.dump(content, self.handed_over, pickle.HIGHEST_PROTOCOL)
            self.handed_over.flush()
            self.length = self.handed_over.tell()

    def wait_until_ready(self) -> None:
        """Return once it has imported everything.

        Raises
        ------
        ForkUnavailableError: it does not come so far.
        """
        if self.ready:
            return
        assert self.process.stdout is not None  # noqa: S101  it is a pipe
        answer_line = "it took too long"
        if wait([self.process.stdout.fileno()], START_LIMIT):
            answer_line = self.process.stdout.readline().decode().strip() or "it ended"
        if answer_line != "ready":
            self.stop()
            raise ForkUnavailableError(f"the warm parent did not start ({answer_line})")
        self.ready = True

    def fork(self, argv: list[str], cwd: str, env: dict[str, str]) -> Kernel:
        """Fork a new kernel.

        Raises
        ------
        ForkUnavailableError: the parent is gone.
        """
        try:
            connection = Client(self.socket, "AF_UNIX")
            connection.send((argv, cwd, {**env, **PINNED}, self.length))
            return Kernel(connection)
        except (OSError, EOFError) as error:
            raise ForkUnavailableError("the warm parent went away") from error

    def stop(self) -> None:
        """End it, and every kernel it forked."""
        if not self.ready:
            # It has no kernel yet and is still importing, which nobody needs to wait for.
            self.process.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        with contextlib.suppress(OSError):
            # Where there was no room for it, closing tries once more to write.
            self.handed_over.close()
        self.folder.cleanup()


_lock = threading.RLock()
_parents: list[WarmParent] = []


def started_parent(targets: Sequence[str] = ()) -> WarmParent | None:
    """The parent of this process, started if there is none or it died; ``None`` without fork.

    It imports while runs are checked: only :func:`ready_parent` waits for it. ``targets`` are the
    suites and reports that will run; other kinds of report import for themselves.
    """
    if not hasattr(os, "fork") or not hasattr(socket, "AF_UNIX"):
        return None
    with _lock:
        while _parents and _parents[0].process.poll() is not None:
            _parents.pop().stop()
        if not _parents:
            _parents.append(WarmParent(targets))
        return _parents[0]


def ready_parent() -> WarmParent:
    """The parent of this process, ready to fork.

    Raises
    ------
    ForkUnavailableError: there is no fork on this system, or the parent does not start.
    """
    with _lock:
        started = started_parent()
        if started is None:
            raise ForkUnavailableError("this system has no fork")
        started.wait_until_ready()
        return started


def stop_parent() -> None:
    """End the parent of this process, if there is one."""
    with _lock:
        while _parents:
            _parents.pop().stop()


atexit.register(stop_parent)
