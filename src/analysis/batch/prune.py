"""What is kept of the past and may go: old history, runs of reports that are gone, old caches."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from analysis.batch import history
from analysis.batch.keys import cache_folder, results_folder
from analysis.batch.status import runs_folder

DAY = 86_400


@dataclass(frozen=True)
class Leftover:
    """One thing that may go: what it is, how large it is in bytes, and how it goes."""

    what: str
    size: int
    remove: Callable[[], object]


def leftovers(days: int, gone: Iterable[str], today: dt.date) -> Iterator[Leftover]:
    """What is older than ``days``, and the runs of reports that nothing names any more.

    Stays: the last good run of every report and language, whatever its age, against which the
    next is compared.
    """
    before = (today - dt.timedelta(days=days)).isoformat()
    if rows := history.old_runs(before):
        what = f"{len(rows)} runs of the history before {before}"
        yield Leftover(what, history.bytes_of(rows), partial(history.forget, rows))
    for report in gone:
        if (folder := runs_folder() / report).is_dir():
            yield Leftover(f"the last run of {report}, which is retired", *_folder(folder))
    for folder in sorted((cache_folder() / "results").glob("*")):
        if folder.is_dir() and folder != results_folder():
            yield Leftover("kept results of another version of the code", *_folder(folder))
    youngest = time.time() - days * DAY
    old = [f for f in (cache_folder() / "prints").glob("*") if f.stat().st_mtime < youngest]
    if old:
        size = sum(file.stat().st_size for file in old)
        yield Leftover(f"{len(old)} digests of files of then", size, partial(_unlink, old))


def _folder(folder: Path) -> tuple[int, Callable[[], object]]:
    """The size of a folder, and its removal."""
    return size_of(folder), partial(shutil.rmtree, folder, ignore_errors=True)


def size_of(folder: Path) -> int:
    """Bytes of the files below a folder, each counted once."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return sum(file.stat().st_size // max(1, file.stat().st_nlink) for file in files)


def _unlink(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
