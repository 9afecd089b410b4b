"""Kernels for reports: a provisioner that forks them from a warm parent, and their manager.

The provisioner is registered as ``analysis-warm``; plain papermill, nbclient and Jupyter use it
with ``JUPYTER_DEFAULT_PROVISIONER_NAME=analysis-warm``. Where no kernel can be forked it starts an
ordinary one and says so in the log.

References
----------
Jupyter client, "Customizing the kernel's runtime environment" (kernel provisioning).
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from analysis.batch import warm

NAME = "analysis-warm"


class WarmProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Forks a kernel from the warm parent of this process; an ordinary kernel where it cannot."""

    forked = False

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel; where that cannot be, start an ordinary one and say so in the log."""
        cwd = str(kwargs.get("cwd") or Path.cwd())
        env = dict(kwargs.get("env") or os.environ)
        try:
            arguments = kernel_arguments(cmd)
            # The parent takes seconds to start: a server must go on meanwhile.
            self.process = await asyncio.to_thread(
                lambda: warm.ready_parent().fork(arguments, cwd, env)
            )
        except warm.ForkUnavailableError as reason:
            self.log.warning("Started an ordinary kernel: %s", reason)
            return await super().launch_kernel(cmd, **{**kwargs, "env": {**env, **warm.PINNED}})
        self.forked = True
        # Without a group of processes the library signals the kernel itself, by its connection.
        self.pid, self.pgid = self.process.pid, None
        self.cwd = cwd
        return self.connection_info


def kernel_arguments(cmd: list[str]) -> list[str]:
    """The arguments of a kernel: what follows ``python -m ipykernel_launcher``.

    Raises
    ------
    ForkUnavailableError: the command starts another program, which cannot be forked from ours.
    """
    ours = os.path.realpath(cmd[0]) == os.path.realpath(sys.executable)
    # A link of the same name in another environment has the same program, but other packages.
    ours = ours and Path(cmd[0]).parent == Path(sys.executable).parent
    rest = [part for part in cmd[1:] if part != "-Xfrozen_modules=off"]
    if not ours or rest[:2] != ["-m", "ipykernel_launcher"]:
        raise warm.ForkUnavailableError("the kernel is of another environment")
    return rest[2:]


class PromptClient(AsyncKernelClient):  # type: ignore[misc]
    """A client that is ready when the kernel has answered.

    The library listens for another 0.2 s until nothing comes, for which it has no setting; here
    the kernel's own ``idle`` says that nothing more will come.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return once the kernel has answered on both channels.

        Raises
        ------
        RuntimeError: the kernel died or did not answer in time, as the library says it.
        """
        deadline = time.monotonic() + (timeout or float("inf"))
        while time.monotonic() < deadline:
            request = self.kernel_info()
            with suppress(Empty):
                reply = await _answer_to(self.shell_channel, request, 1.0)
                self._handle_kernel_info_reply(reply)
                state = ""
                # It may have been sent too early to hear.
                while state != "idle":
                    message = await _answer_to(self.iopub_channel, request, 0.2)
                    state = message["content"].get("execution_state")
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")


async def _answer_to(channel: Any, request: str, limit: float) -> Any:
    """The next message that answers a request.

    Raises
    ------
    Empty: nothing came for ``limit`` seconds.
    """
    while True:
        message = await channel.get_msg(timeout=limit)
        if message["parent_header"].get("msg_id") == request:
            return message


class ReportKernelManager(AsyncKernelManager):  # type: ignore[misc]
    """Warm kernels that talk over Unix sockets in a private folder: no port is open to others.

    The library's own default puts all sockets of a folder under one name, so that two kernels
    at once would hear each other. ``environment`` is that of the report.
    """

    transport = "ipc"
    environment: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.client_factory = PromptClient
        self._sockets = tempfile.TemporaryDirectory(prefix="analysis-")
        self.ip = str(Path(self._sockets.name) / "kernel")

    @property
    def kernel_spec(self) -> Any:
        """The kernel's specification, which names the provisioner."""
        spec = super().kernel_spec
        if spec is not None:
            spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": NAME}}
        return spec

    async def start_kernel(self, **settings: Any) -> Any:
        """Start the kernel with the report's environment."""
        settings["env"] = {**os.environ, **self.environment, **settings.get("env", {})}
        started = await super().start_kernel(**settings)
        # A client that connects before there is a socket tries again only after 0.1 s.
        end = time.monotonic() + 5.0
        while not self._sockets_open() and time.monotonic() < end:
            await asyncio.sleep(0.002)
        return started

    def _sockets_open(self) -> bool:
        """Whether the kernel has opened all its sockets."""
        ports = (self.shell_port, self.iopub_port, self.stdin_port, self.control_port, self.hb_port)
        return all(Path(f"{self.ip}-{port}").exists() for port in ports)

    def kill_from_any_thread(self) -> None:
        """Kill the kernel; may be called from another thread."""
        if getattr(self.provisioner, "process", None) is not None:
            self.provisioner.process.kill()

    def cleanup_resources(self, restart: bool = False) -> Any:
        """Remove the folder of sockets with the kernel."""
        if not restart:
            self._sockets.cleanup()
        return super().cleanup_resources(restart)
