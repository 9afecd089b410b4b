"""Results kept between the languages of one report: JSON, read back as the dataclass it was.

The runner names a folder in ``ANALYSIS_RESULTS``, one per source and environment; without it, as
in plain papermill, everything is computed. Text is kept, never code, so that a file from
elsewhere can at worst be wrong, and a file that is not what it says is computed anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock
from pydantic import TypeAdapter
from pydantic_core import to_json

from analysis import digest

FOLDER = "ANALYSIS_RESULTS"
Kept = TypeVar("Kept")


def kept(
    name: str, question: Mapping[str, Any], kind: type[Kept], compute: Callable[[], Kept]
) -> Kept:
    """The result of ``compute``, or the one kept by another run that asked the same question.

    Parameters
    ----------
    question: plain values on which the result depends, the same in every language.
    kind: the dataclass of the result, all of whose fields say what they hold.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return compute()
    file = Path(folder) / f"{name}-{digest.of_value(question)}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_suffix(".lock")):
        try:
            return read(file, kind)
        except (OSError, ValueError):
            write(file, compute())
            # Read back, so that both languages work from the very same.
            return read(file, kind)


def write(file: Path, result: Any) -> None:
    """Write a result below its digest, whole or not at all.

    Raises
    ------
    ValueError: a part of the result is no plain value, such as a frame.
    """
    content = to_json(result, inf_nan_mode="constants", fallback=_plain_number)
    write_whole(file, f"{digest.of_bytes(content)}\n".encode() + content)


def write_whole(file: Path, content: bytes) -> None:
    """Write bytes into a file, whole or not at all, whoever reads or dies meanwhile."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _plain_number(value: Any) -> Any:
    """A number of numpy as one of Python."""
    if getattr(value, "ndim", None) == 0:
        return value.item()
    raise ValueError(f"cannot keep a {type(value).__name__}")


def read(file: Path, kind: type[Kept]) -> Kept:
    """Read a result.

    Raises
    ------
    OSError, ValueError: it is missing or damaged.
    """
    stated, _, content = file.read_bytes().partition(b"\n")
    if stated.decode("ascii") != digest.of_bytes(content):
        raise ValueError("is not what it says")
    return TypeAdapter(kind).validate_json(content)
