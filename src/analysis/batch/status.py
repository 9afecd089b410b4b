"""The status and files of a run, and how they are put into their folder, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.project import build_folder

VERSION = 1


@dataclass(frozen=True)
class Status:
    """What became of a run; written as ``status.json`` beside the executed notebook.

    ``code`` is that of what stopped it, as commands end with it; 0 where nothing did.
    """

    version: int
    report: str
    notebook: str
    language: str
    status: str
    title: str
    edition: str
    seconds: float
    error: str | None
    key: str = ""
    attempts: int = 1
    kernel: str = "warm"
    code: int = 0

    @property
    def done(self) -> bool:
        """Whether the notebook came to its end."""
        return self.status == "done"

    @property
    def refused(self) -> bool:
        """Whether it was never started."""
        return not self.done and self.attempts == 0


@dataclass(frozen=True)
class Finished:
    """A run that has ended, with the bytes of its files: it can come from another machine."""

    status: Status
    files: Mapping[str, bytes]
    record: Mapping[str, Any] | None


def runs_folder() -> Path:
    """Where the folders of runs are."""
    return build_folder() / "runs"


def put_in_place(finished: Finished, runs: Path) -> Path:
    """Write the files of a run into a folder beside its own, then exchange the two."""
    final = runs / finished.status.report / finished.status.language
    private = final.with_name(f"{final.name}.part-{os.getpid()}")
    old = final.with_name(f"{final.name}.old-{os.getpid()}")
    private.mkdir(parents=True)
    for name, content in finished.files.items():
        (private / name).write_bytes(content)
    (private / "status.json").write_bytes(json_bytes(asdict(finished.status)))
    if final.exists():
        final.rename(old)
    private.rename(final)
    shutil.rmtree(old, ignore_errors=True)
    return final


def last_status(runs: Path, report: str, language: str) -> dict[str, Any] | None:
    """The status of the last run of a report, or ``None`` where it cannot be read."""
    try:
        file = runs / report / language / "status.json"
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def clear_leftovers(runs: Path) -> None:
    """Remove what runs left that were killed while their files were written."""
    for pattern in ("*/*/*.part-*", "*/*/*.old-*"):
        for folder in runs.glob(pattern):
            shutil.rmtree(folder, ignore_errors=True)


def json_bytes(content: Mapping[str, Any]) -> bytes:
    """Sorted JSON, for people and machines."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
    return (text + "\n").encode("utf-8")
