"""Digests: of plain values, files, the package's source and the installed packages."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent
ABOVE = ("batch", "publish", "cli.py")
"""What stands above notebooks: no layer below imports it, so no number can depend on it."""


def of_value(value: Any) -> str:
    """SHA-256 of a plain value, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def of_bytes(data: bytes) -> str:
    """SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def of_file(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@lru_cache
def source(*leave_out: str) -> dict[str, str]:
    """File to digest, of the package without the parts named."""
    files = sorted(
        file
        for file in PACKAGE.rglob("*")
        if file.is_file() and file.suffix not in {".pyc", ".pyo"}
    )
    named = {file.relative_to(PACKAGE).as_posix(): file for file in files}
    return {
        name: of_file(file)
        for name, file in named.items()
        if name.split("/")[0] not in leave_out and "__pycache__" not in name
    }


@lru_cache
def packages() -> dict[str, str]:
    """Installed packages and Python, by version.

    Read from the names of folders: reading the description of each takes a tenth of a second.
    """
    found = {"python": platform.python_version()}
    for name in _installed(sys.path):
        package, _, version = name.removesuffix(".dist-info").partition("-")
        found.setdefault(package.lower(), version)
    return found


def _installed(folders: Iterable[str]) -> list[str]:
    names = []
    for folder in folders:
        if os.path.isdir(folder):
            names += [name for name in os.listdir(folder) if name.endswith(".dist-info")]
    return sorted(names)
