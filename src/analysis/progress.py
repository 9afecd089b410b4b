"""What is told of long files while they are read: to whoever watches, and to nobody else.

The command line watches where a person sits before it. Notebooks and kernels do not, so that no
output of theirs holds it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

LARGE = 20 << 20
"""Bytes from which reading a file takes seconds."""
SEEN: ContextVar[Callable[[str], None] | None] = ContextVar("who is told", default=None)


@contextmanager
def watched(show: Callable[[str], None]) -> Iterator[None]:
    """A context in which long files are told of."""
    token = SEEN.set(show)
    try:
        yield
    finally:
        SEEN.reset(token)


def tell(text: str) -> None:
    """A line for whoever watches."""
    if show := SEEN.get():
        show(text)


@contextmanager
def reading(file: Path, name: str) -> Iterator[list[int]]:
    """Tell before and after that a large file is read; rows read are added to what it gives."""
    size, started, rows = file.stat().st_size, time.monotonic(), list[int]()
    if size >= LARGE:
        tell(f"reading {name} ({size >> 20:,} MB) …")
    yield rows
    if size >= LARGE:
        tell(f"{name}: {sum(rows):,} rows read in {time.monotonic() - started:.0f} s")
