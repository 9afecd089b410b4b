"""The client's side of the warm parent: started once, asked for kernels, ended with the process."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import pickle
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
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
    """A forked kernel, by its connection to the parent."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.received = b""
        self.exit: int | None = None
        answer = self._line(START_LIMIT)
        if "refused" in answer:
            raise ForkUnavailableError(answer["refused"])
        self.pid = int(answer["pid"])
        connection.setblocking(False)

    def poll(self) -> int | None:
        """The exit code, or ``None`` while it runs."""
        if self.exit is not None:
            return self.exit
        try:
            content = self.connection.recv(4096)
        except BlockingIOError:
            return None
        except OSError:
            content = b""
        self.received += content
        if b"\n" in self.received:
            self.exit = int(json.loads(self.received.split(b"\n")[0])["exit"])
        elif not content:
            # The parent is gone, and its kernels with it.
            self.exit = -9
        return self.exit

    def send_signal(self, signum: int) -> None:
        """To the kernel and what it started; the parent knows whether it still lives."""
        with contextlib.suppress(OSError):
            self.connection.sendall(json.dumps({"signal": signum}).encode() + b"\n")

    def close(self) -> None:
        """Ends the kernel, should it still run."""
        if self.exit is None:
            self.exit = -9
        self.connection.close()

    def _line(self, limit: float) -> dict[str, Any]:
        self.connection.settimeout(limit)
        while b"\n" not in self.received:
            content = self.connection.recv(4096)
            if not content:
                raise ForkUnavailableError("the warm parent went away")
            self.received += content
        line, self.received = self.received.split(b"\n", 1)
        return dict(json.loads(line))


class WarmParent:
    """A process that has imported everything, and its socket in a private folder."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="analysis-warm-")
        self.socket = str(Path(self.folder.name) / "parent")
        # It has no name, so that what is handed over is gone however the processes end.
        self.handed = tempfile.TemporaryFile()  # noqa: SIM115  closed when the parent ends
        self.length = 0
        number = self.handed.fileno()
        self.process = subprocess.Popen(  # noqa: S603  our own module
            [sys.executable, "-m", "analysis.batch.parent", self.socket, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(number,),
            env={**os.environ, **PINNED, **PARENT},
        )
        self.ready = False

    def hand_over(self, content: Any) -> None:
        """Data for kernels forked from now on, in place of what was handed over before."""
        self.length = 0
        try:
            self.handed.seek(0)
            self.handed.truncate()
            pickle.dump(content, self.handed, pickle.HIGHEST_PROTOCOL)
            self.handed.flush()
        except OSError:
            # No room for it: each kernel reads for itself.
            return
        self.length = self.handed.tell()

    def wait(self) -> None:
        """Until it has imported everything.

        Raises
        ------
        ForkUnavailableError: it does not come so far.
        """
        if self.ready:
            return
        said = self._first_line()
        if said != "ready":
            self.stop()
            raise ForkUnavailableError(f"the warm parent did not start ({said or 'it ended'})")
        self.ready = True

    def fork(self, argv: list[str], cwd: str, env: dict[str, str]) -> Kernel:
        """A new kernel.

        Raises
        ------
        ForkUnavailableError: the parent is gone.
        """
        connection = socket.socket(socket.AF_UNIX)
        request = {"argv": argv, "cwd": cwd, "env": {**env, **PINNED}, "handed": self.length}
        try:
            connection.connect(self.socket)
            connection.sendall(json.dumps(request).encode() + b"\n")
            return Kernel(connection)
        except ForkUnavailableError:
            connection.close()
            raise
        except OSError as error:
            connection.close()
            raise ForkUnavailableError("the warm parent went away") from error

    @property
    def alive(self) -> bool:
        """Whether it can still fork."""
        return self.process.poll() is None

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
            self.handed.close()
        self.folder.cleanup()

    def _first_line(self) -> str:
        assert self.process.stdout is not None  # noqa: S101  it is a pipe
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(START_LIMIT):
                return "it took too long"
        return self.process.stdout.readline().decode().strip()


_lock = threading.Lock()
_parents: list[WarmParent] = []


def parent() -> WarmParent:
    """The parent of this process, started when first needed and again should it have died.

    Raises
    ------
    ForkUnavailableError: there is no fork on this system, or the parent does not start.
    """
    if not hasattr(os, "fork") or not hasattr(socket, "AF_UNIX"):
        raise ForkUnavailableError("this system has no fork")
    with _lock:
        while _parents and not _parents[0].alive:
            _parents.pop().stop()
        if not _parents:
            _parents.append(WarmParent())
        _parents[0].wait()
        return _parents[0]


def begin() -> None:
    """Start the parent of this process without waiting: it imports while runs are checked."""
    if not hasattr(os, "fork") or not hasattr(socket, "AF_UNIX"):
        return
    with _lock:
        if not _parents:
            _parents.append(WarmParent())


def hand_over(content: Any) -> None:
    """Data for the kernels of this process, where a parent was begun that can hold them.

    ``content`` is a :class:`analysis.data.dataset.KeptDatasets`, which each kernel would read anew.
    """
    with _lock:
        for one in _parents:
            one.hand_over(content)


def stop() -> None:
    """End the parent of this process, if there is one."""
    with _lock:
        while _parents:
            _parents.pop().stop()


atexit.register(stop)
