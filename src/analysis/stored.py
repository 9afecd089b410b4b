"""Results kept between the languages of one report: plain JSON, read back as what it was.

The runner names a folder in ``ANALYSIS_RESULTS``, one per source and environment; without it, as
in plain papermill, everything is computed. Text is kept, never code, so that a file from
elsewhere can at worst be wrong, and a file that is not what it says is computed anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from analysis import digest

FOLDER = "ANALYSIS_RESULTS"
Kept = TypeVar("Kept")


def kept(
    name: str, question: Mapping[str, Any], types: Mapping[str, type], compute: Callable[[], Kept]
) -> Kept:
    """What ``compute`` gives, computed once per question by all runs of a suite.

    Parameters
    ----------
    question: plain values on which the result depends, the same in every language.
    types: the dataclasses that the result is made of, by name.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return compute()
    file = Path(folder) / f"{name}-{digest.of_value(question)}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    with alone(file.with_suffix(".lock")):
        try:
            result: Kept = read(file, types)
        except (OSError, ValueError, KeyError, TypeError):
            write(file, compute())
            # Read back, so that both languages work from the very same.
            result = read(file, types)
        return result


def write(file: Path, result: Any) -> None:
    """A result with its digest, whole or not at all."""
    content = encode(result)
    text = json.dumps({"digest": digest.of_value(content), "content": content})
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def read(file: Path, types: Mapping[str, type]) -> Any:
    """A result.

    Raises
    ------
    OSError, ValueError, KeyError, TypeError: it is missing or damaged.
    """
    whole = json.loads(file.read_text(encoding="utf-8"))
    if whole["digest"] != digest.of_value(whole["content"]):
        raise ValueError("is not what it says")
    return decode(whole["content"], types)


def encode(value: Any) -> Any:
    """Plain JSON that remembers dataclasses, tuples and mappings; numbers keep every digit.

    Raises
    ------
    TypeError: a value of another kind.
    """
    if is_dataclass(value) and not isinstance(value, type):
        content = {field.name: encode(getattr(value, field.name)) for field in fields(value)}
        return {"is": type(value).__name__, "of": content}
    if isinstance(value, tuple):
        return {"is": "tuple", "of": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {"is": "mapping", "of": [[encode(k), encode(v)] for k, v in value.items()]}
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"cannot keep a {type(value).__name__}")


def decode(value: Any, types: Mapping[str, type]) -> Any:
    """The value that was encoded."""
    if isinstance(value, list):
        return [decode(item, types) for item in value]
    if not isinstance(value, dict):
        return value
    kind, content = value["is"], value["of"]
    if kind == "tuple":
        return tuple(decode(item, types) for item in content)
    if kind == "mapping":
        return {decode(k, types): decode(v, types) for k, v in content}
    return types[kind](**{name: decode(item, types) for name, item in content.items()})


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time; the system lets go when a process dies."""
    try:
        import fcntl
    except ImportError:
        # Without file locks both languages may compute, which costs time and nothing else.
        yield
        return
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
