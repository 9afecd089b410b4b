"""The warm parent: one single-threaded process that has imported everything and forks kernels.

    python -m analysis.batch.parent SOCKET FILE

It listens on a Unix socket. One connection is one kernel: the client sends a line
``{"argv": […], "cwd": "…", "env": {…}, "handed": …}`` and receives ``{"pid": …}`` or
``{"refused": …}``, later ``{"exit": …}``; it may send ``{"signal": …}`` between. A connection that
closes takes its kernel with it, and the end of standard input takes everything, so that no kernel
outlives the process that asked for it. ``FILE`` is the number of an open file with the datasets
that the client has read, ``handed`` their length in bytes: kernels find them as if read.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import mmap
import os
import pickle
import selectors
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

PRELOAD = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    # Loaded by each kernel at its start otherwise.
    "ipykernel.debugger",
    "IPython.core.debugger",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
    "matplotlib.backends.backend_svg",
    "encodings.utf_8_sig",
    "pandas.core.reshape.reshape",
    "pyarrow.pandas_compat",
    "scipy.stats",
)
"""What kernels import. Never ``matplotlib_inline.backend_inline``: its figures would vanish."""


@dataclass
class Child:
    """A forked kernel: its process, its connection, and what of a message has come in."""

    pid: int
    connection: socket.socket
    received: bytes = b""


class Parent:
    """Accepts connections, forks, passes signals on, and tells each client how its kernel ended."""

    def __init__(self, listener: socket.socket, file: int) -> None:
        self.listener = listener
        self.file = file
        self.length = 0
        self.datasets: Any = None
        self.selector = selectors.DefaultSelector()
        self.children: dict[int, Child] = {}
        self.waiting: dict[socket.socket, bytes] = {}
        self.wake, self.wakeup = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self.wakeup, False)

    def serve(self) -> None:
        """Until standard input ends."""
        signal.set_wakeup_fd(self.wakeup)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.selector.register(self.wake, selectors.EVENT_READ, self.reap)
        self.selector.register(0, selectors.EVENT_READ, self.stop)
        while True:
            for key, _ in self.selector.select():
                if key.fileobj in self.selector.get_map():
                    key.data(key.fileobj)

    def accept(self, listener: socket.socket) -> None:
        """A client that wants a kernel."""
        connection, _ = listener.accept()
        self.waiting[connection] = b""
        self.selector.register(connection, selectors.EVENT_READ, self.request)

    def request(self, connection: socket.socket) -> None:
        """Read what is wanted; fork when the line is whole."""
        content = connection.recv(1 << 16)
        if not content:
            self.selector.unregister(connection)
            del self.waiting[connection]
            connection.close()
            return
        self.waiting[connection] += content
        if not content.endswith(b"\n"):
            return
        wanted = json.loads(self.waiting.pop(connection))
        self.selector.unregister(connection)
        self.take(int(wanted["handed"]))
        if (count := threads()) > 1:
            send(connection, {"refused": f"the warm parent has {count} threads"})
            connection.close()
            return
        pid = os.fork()
        if pid == 0:
            self.become_kernel(connection, wanted)
        child = Child(pid, connection)
        self.children[pid] = child
        self.selector.register(connection, selectors.EVENT_READ, lambda _: self.message(child))
        send(connection, {"pid": pid})

    def take(self, length: int) -> None:
        """Unpack the datasets that were handed over, unless that is done."""
        if length == self.length:
            return
        with mmap.mmap(self.file, length, access=mmap.ACCESS_READ) as content:
            self.datasets = pickle.loads(content)  # noqa: S301  from our own client
        self.length = length
        gc.freeze()

    def message(self, child: Child) -> None:
        """A signal to pass on; a closed connection ends the kernel."""
        try:
            content = child.connection.recv(1 << 16)
        except ConnectionError:
            content = b""
        if not content:
            self.selector.unregister(child.connection)
            child.connection.close()
            signal_group(child.pid, signal.SIGKILL)
            return
        *lines, child.received = (child.received + content).split(b"\n")
        for line in lines:
            signal_group(child.pid, int(json.loads(line)["signal"]))

    def reap(self, _: int) -> None:
        """Tell clients whose kernels ended; only here does a process number become free."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.wake, 4096)
        for pid in list(self.children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            # What the kernel started must not outlive it.
            signal_group(pid, signal.SIGKILL)
            child = self.children.pop(pid)
            if child.connection.fileno() < 0:
                continue  # its client has gone
            send(child.connection, {"exit": os.waitstatus_to_exitcode(status)})
            self.selector.unregister(child.connection)
            child.connection.close()

    def stop(self, _: int) -> NoReturn:
        """The client is gone: so are its kernels."""
        for pid in self.children:
            signal_group(pid, signal.SIGKILL)
        os._exit(0)

    def become_kernel(self, connection: socket.socket, wanted: dict[str, Any]) -> NoReturn:
        """In the forked process: let go of everything of the parent, then be a kernel."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.selector.close()
            held = [self.listener, connection, *self.waiting]
            for opened in [*held, *(child.connection for child in self.children.values())]:
                opened.close()
            for number in (self.wake, self.wakeup, self.file):
                os.close(number)
            run_kernel(wanted, self.datasets)
            status = 0
        except SystemExit as leaving:
            status = leaving.code if isinstance(leaving.code, int) else 1
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(status)


def send(connection: socket.socket, content: dict[str, Any]) -> None:
    """One line; a client that has gone needs none."""
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(content).encode() + b"\n")


def signal_group(pid: int, signum: int) -> None:
    """Send a signal to a kernel and to what it started.

    The kernel may have ended, or may not lead a process group yet.
    """
    try:
        os.killpg(pid, signum)
    except ProcessLookupError:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)


def run_kernel(wanted: dict[str, Any], datasets: Any) -> None:
    """A kernel of its own: session, environment, folder, random numbers, and datasets read before.

    ``datasets`` is :class:`analysis.data.dataset.KeptDatasets` or nothing.
    """
    import random

    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    silent = os.open(os.devnull, os.O_RDWR)
    os.dup2(silent, 0)
    # Standard output was the line to the client.
    os.dup2(2, 1)
    os.close(silent)
    os.environ.clear()
    os.environ.update(wanted["env"])
    os.chdir(wanted["cwd"])
    # Most reports are over before there are so many; to look for garbage costs a fiftieth of one.
    gc.set_threshold(200_000, 20, 100)
    # All kernels would draw the same numbers otherwise.
    random.seed()
    np.random.seed()  # noqa: NPY002
    from analysis.data.dataset import KEPT, KeptDatasets

    # Cells run in tasks of this context, so that what they read is looked up here.
    KEPT.set(KeptDatasets() if datasets is None else datasets)
    # Nothing of a report belongs in the history of a person's IPython.
    argv = [*wanted["argv"], "--HistoryManager.enabled=False"]
    IPKernelApp.launch_instance(argv, parent_handle=os.getppid())


def preload() -> list[str]:
    """Import what kernels and every kind of report import.

    Returns
    -------
    What could not be had, which is no failure.
    """
    from analysis.reports import kind

    missing = []
    # statsmodels imports polars where it finds it, and polars starts threads, which forbid forking.
    sys.modules.setdefault("polars", None)  # type: ignore[arg-type]
    for name in (*PRELOAD, *(name for one in kind.names() for name in kind.find(one).modules())):
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    if sys.modules["polars"] is None:
        del sys.modules["polars"]
    with contextlib.suppress(ImportError):
        from analysis.page.charts.style import rehearse
        from analysis.page.numbers import number
        from analysis.page.wording import LANGUAGES, catalogue

        rehearse()
        for language in LANGUAGES:
            catalogue(language)
            # Reads the locale, which takes as long as a figure.
            number(0.5, language, 1)
    return missing


def threads() -> int:
    """How many threads this process has; forking more than one is unsafe."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()


def main(path: str, file: int) -> None:
    """Preload, listen, say ``ready``, serve."""
    if sys.path and (sys.path[0] == "" or Path(sys.path[0]) == Path.cwd()):
        del sys.path[0]
    # An interrupt at the terminal reaches every process; kernels get theirs from the client.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Looking for garbage while importing takes a sixth of the time and finds next to nothing.
    gc.disable()
    preload()
    if threads() > 1:
        sys.stdout.write(f"refused {threads()} threads\n")
        return
    gc.freeze()
    gc.enable()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    Parent(listener, file).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
