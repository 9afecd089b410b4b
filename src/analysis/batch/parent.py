"""The warm parent: one single-threaded process that has imported everything and forks kernels.

    python -m analysis.batch.parent SOCKET FILE [TARGET …]

It listens on a Unix socket. One connection is one kernel: the client sends the arguments, folder
and variables of a kernel and ``length``, and receives its process number, or a text that says why
there is none; later its exit code. It may send numbers of signals between. A connection that
closes takes its kernel with it, and the end of standard input takes everything, so that no kernel
outlives the process that asked for it. ``FILE`` is the number of an open file with the datasets
that the client has read, ``length`` their length in bytes: kernels find them as if read. What
kernels tell of the words they have drawn, later kernels know. The targets are the suites and
reports for whose kinds it imports; without any, for all kinds.
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import pickle
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

MOST_TOLD = 1 << 20
"""Bytes of one message of a kernel."""


class Parent:
    """Accepts connections, forks, passes signals on, and tells each client how its kernel ended."""

    def __init__(self, listener: socket.socket, file: int) -> None:
        self.listener = listener
        self.file = file
        self.length = 0
        self.datasets: Any = None
        self.selector = selectors.DefaultSelector()
        self.clients: dict[int, Connection] = {}
        """The connection of each kernel, by its process number."""
        # A message arrives whole or not at all, and nobody waits for one.
        self.words_in, self.words_out = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.words_in.setblocking(False)
        self.words_out.setblocking(False)
        self.wake_reader, self.wake_writer = os.pipe()
        os.set_blocking(self.wake_reader, False)
        os.set_blocking(self.wake_writer, False)

    def serve(self) -> None:
        """Handle events until standard input ends."""
        signal.set_wakeup_fd(self.wake_writer)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.selector.register(self.wake_reader, selectors.EVENT_READ, self.report_ended)
        self.selector.register(self.words_in, selectors.EVENT_READ, self.learn)
        self.selector.register(0, selectors.EVENT_READ, self.end_with_client)
        while True:
            for key, _ in self.selector.select():
                if key.fileobj in self.selector.get_map():
                    key.data(key.fileobj)

    def accept(self, listener: socket.socket) -> None:
        """Open a connection to a client that wants a kernel."""
        connection = Connection(listener.accept()[0].detach())
        self.selector.register(connection, selectors.EVENT_READ, self.fork)

    def fork(self, connection: Connection) -> None:
        """Read which kernel the client wants, and fork it."""
        request = message_from(connection)
        if request is None:
            self.drop(connection)
            return
        argv, cwd, env, length = request
        self.unpack_datasets(length)
        if (count := thread_count()) > 1:
            send(connection, f"the warm parent has {count} threads")
            self.drop(connection)
            return
        pid = os.fork()
        if pid == 0:
            self.become_kernel(argv, cwd, env)
        self.clients[pid] = connection
        self.selector.modify(connection, selectors.EVENT_READ, partial(self.pass_signal_on, pid))
        send(connection, pid)

    def drop(self, connection: Connection) -> None:
        """Close the connection to a client."""
        self.selector.unregister(connection)
        connection.close()

    def unpack_datasets(self, length: int) -> None:
        """Unpack the datasets that were handed over, unless that was done before."""
        if length == self.length:
            return
        with mmap.mmap(self.file, length, access=mmap.ACCESS_READ) as content:
            self.datasets = pickle.loads(content)  # noqa: S301  from our own client
        self.length = length
        gc.freeze()

    def learn(self, _: socket.socket) -> None:
        """Keep what a kernel has worked out about the words of its drawings."""
        from analysis.page.charts.words import remember

        # What cannot be read is worked out again; no other kernel may be lost for it.
        with contextlib.suppress(Exception):
            remember(pickle.loads(self.words_in.recv(MOST_TOLD)))  # noqa: S301  from our own kernel

    def pass_signal_on(self, pid: int, connection: Connection) -> None:
        """Pass a client's signal on to its kernel; kill the kernel if the client is gone."""
        signum = message_from(connection)
        if signum is None:
            self.drop(connection)
        signal_group(pid, signal.SIGKILL if signum is None else signum)

    def report_ended(self, _: int) -> None:
        """Tell clients that their kernels ended; only here does a process number become free."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.wake_reader, 4096)
        for pid in list(self.clients):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            # What the kernel started must not outlive it.
            signal_group(pid, signal.SIGKILL)
            connection = self.clients.pop(pid)
            if not connection.closed:
                send(connection, os.waitstatus_to_exitcode(status))
                self.drop(connection)

    def end_with_client(self, _: int) -> NoReturn:
        """Kill all kernels and end, because the process that asked for them is gone."""
        for pid in self.clients:
            signal_group(pid, signal.SIGKILL)
        os._exit(0)

    def become_kernel(self, argv: list[str], cwd: str, env: dict[str, str]) -> NoReturn:
        """In the forked process: close what belongs to the parent, then run a kernel."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for opened in list(self.selector.get_map().values()):
                if not isinstance(opened.fileobj, int):
                    opened.fileobj.close()  # type: ignore[attr-defined]
            self.selector.close()
            for number in (self.wake_reader, self.wake_writer, self.file):
                os.close(number)
            run_kernel(argv, cwd, env, self.datasets, self.words_out)
            status = 0
        except SystemExit as leaving:
            status = leaving.code if isinstance(leaving.code, int) else 1
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(status)


def message_from(connection: Connection) -> Any:
    """The next message of a client; ``None`` where it is gone."""
    try:
        return connection.recv()
    except (EOFError, OSError):
        return None


def send(connection: Connection, content: int | str) -> None:
    """Send a message to a client, if it is still there."""
    with contextlib.suppress(OSError):
        connection.send(content)


def signal_group(pid: int, signum: int) -> None:
    """Send a signal to a kernel and to what it started.

    The kernel may have ended, or may not lead a process group yet.
    """
    try:
        os.killpg(pid, signum)
    except ProcessLookupError:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)


def run_kernel(
    argv: list[str], cwd: str, env: dict[str, str], datasets: Any, line: socket.socket
) -> None:
    """Run a kernel with its own session, environment, folder and random numbers.

    Parameters
    ----------
    datasets: :class:`analysis.data.dataset.KeptDatasets`, what the client has read before, or
        nothing.
    line: takes what the parent shall tell later kernels.
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
    os.environ.update(env)
    os.chdir(cwd)
    # Most reports are over before there are so many; to look for garbage costs a fiftieth of one.
    gc.set_threshold(200_000, 20, 100)
    # All kernels would draw the same numbers otherwise.
    random.seed()
    np.random.seed()  # noqa: NPY002
    from analysis.data.dataset import KEPT, KeptDatasets

    # Cells run in tasks of this context, so that what they read is looked up here.
    KEPT.set(KeptDatasets() if datasets is None else datasets)
    # Nothing of a report belongs in the history of a person's IPython.
    argv = [*argv, "--HistoryManager.enabled=False"]
    application = IPKernelApp.instance(parent_handle=os.getppid())
    application.initialize(argv)
    application.shell.events.register("post_run_cell", teller(line))
    application.start()


def teller(line: socket.socket) -> Callable[[object], None]:
    """What tells the parent after each cell which words its drawings have laid out.

    A notebook that sets matplotlib to lay words out in another way keeps them to itself.
    """
    from analysis.page.charts import words

    told, settings = words.sizes(), words.settings()

    def tell(_: object) -> None:
        nonlocal told
        if words.sizes() != told and words.settings() == settings:
            # What does not fit or finds no room is told with what comes next, or never.
            with contextlib.suppress(OSError):
                line.send(pickle.dumps(words.worked_out_since(told), pickle.HIGHEST_PROTOCOL))
                told = words.sizes()

    return tell


def named_kinds(targets: Sequence[str]) -> list[str]:
    """The kinds of report that targets name, by the words of their suites alone; else all.

    A suite is read in full where it is planned: here a kind too many costs a moment, as does one
    that is missed, whose kernels import for themselves.
    """
    from analysis.batch.suites.listing import SUITES
    from analysis.reports import kind

    said = ""
    for target in targets:
        file = SUITES / f"{Path(target).stem}.yml"
        said += f" {target} "
        with contextlib.suppress(OSError, ValueError):
            said += file.read_text(encoding="utf-8")
    return [name for name in kind.names() if f"{name}/" in said] or list(kind.names())


def thread_count() -> int:
    """How many threads this process has; forking more than one is unsafe."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()


def main(path: str, file: int, targets: Sequence[str]) -> None:
    """Preload, listen, say ``ready``, serve."""
    if sys.path and (sys.path[0] == "" or Path(sys.path[0]) == Path.cwd()):
        del sys.path[0]
    # An interrupt at the terminal reaches every process; kernels get theirs from the client.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Looking for garbage while importing takes a sixth of the time and finds next to nothing.
    gc.disable()
    from analysis.reports.preload import preload

    preload(named_kinds(targets))
    gc.freeze()
    gc.enable()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    Parent(listener, file).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
