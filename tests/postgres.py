"""A private PostgreSQL server on a socket in a folder of its own, for tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOT_ROOT = "nobody"
"""PostgreSQL refuses to run as root."""


def binaries() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``, which Debian keeps off the path."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """The URL of a server that lives as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    options = {"capture_output": True, "cwd": folder}
    if os.geteuid() == 0:
        shutil.chown(folder, NOT_ROOT)
        options |= {"user": NOT_ROOT, "extra_groups": []}
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-sync"],
        check=True,
        **options,
    )
    control = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    only_here = f"-c listen_addresses='' -k {folder} -F"
    # Its output goes to a file: the server would hold a pipe open.
    quiet = options | {"capture_output": False, "stdout": subprocess.DEVNULL}
    subprocess.run([*control, "-o", only_here, "start"], check=True, **quiet)
    try:
        yield f"postgresql://tester@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet)
        shutil.rmtree(folder, ignore_errors=True)
