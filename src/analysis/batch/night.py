"""What became of the last run of a schedule, for whoever keeps it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from analysis import stored
from analysis.batch.status import json_bytes
from analysis.errors import PublishError
from analysis.project import build_folder


@dataclass(frozen=True)
class Night:
    """One run of targets: when, how many reports it was about, and what became of them.

    Parameters
    ----------
    began, ended: ISO times with their zone.
    reports: all that the targets list.
    asked, due, done: counts of runs, each in one language.
    failed: reports that failed or were refused, their pages included.
    code: with which the command ended.
    """

    began: str
    ended: str
    targets: tuple[str, ...]
    reports: tuple[str, ...]
    asked: int
    due: int
    done: int
    failed: tuple[str, ...]
    code: int

    @classmethod
    def of_publishing(cls, at: str, code: int) -> Night:
        """Pages alone, of whatever ran before."""
        return cls(at, at, (), (), 0, 0, 0, (), code)

    def with_pages(self, failed: Sequence[str]) -> Night:
        """The same night with reports whose pages failed; its code says so where nothing else."""
        code = self.code or (PublishError.exit_code if failed else 0)
        every = tuple(sorted({*self.failed, *failed}))
        return replace(self, failed=every, code=code, ended=now())

    def as_told(self) -> dict[str, Any]:
        """What the state of the reports says of it."""
        return {name: value for name, value in asdict(self).items() if name != "reports"}

    def write(self) -> None:
        """Keep it until the next run."""
        file = _file()
        file.parent.mkdir(parents=True, exist_ok=True)
        stored.write_whole(file, json_bytes(self.as_told()))


def last_night() -> dict[str, Any] | None:
    """The last run as plain values; ``None`` where there was none, or it cannot be read."""
    try:
        content = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _file() -> Path:
    return build_folder() / "last-run.json"


def now() -> str:
    """The time here, to the second."""
    return dt.datetime.now().astimezone().isoformat(timespec="seconds")
