"""Pages before they are judged: made at the end, or while other reports still run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import Problem, refusal
from analysis.publish.site.inputs import inputs_of
from analysis.publish.site.one_report import build
from analysis.publish.site.record import Entry, Runs, write_through
from analysis.publish.site.rested import Rested
from analysis.publish.site.workers import MANY


@dataclass(frozen=True)
class Drafted:
    """A report whose pages are written and wait to be judged, by file name.

    They are written where they were made: the process that judges moves them, and reads none.
    """

    entry: Entry
    drafts: dict[str, Path]
    rested: Rested

    def withdraw(self) -> None:
        """Remove the pages."""
        for draft in self.drafts.values():
            draft.unlink(missing_ok=True)


Attempt = Drafted | tuple[Problem, ...]
"""The pages of a report, or what is wrong with it."""


def attempt(asked: tuple[Runs, Path]) -> Attempt:
    """The pages of a report, written in a folder; what is wrong with it stops no other."""
    one, folder = asked
    drafts: dict[str, Path] = {}
    try:
        built = build(one)
        for number, (file, text) in enumerate(built.files.items()):
            # By its report: two reports may ask for the same file, and one of them is refused.
            draft = folder / f".{one.report.replace('/', '+')}.{number}.draft"
            drafts[file] = draft
            write_through(draft, text)
    except Exception as failure:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
        return tuple(refusal(failure).problems)
    return Drafted(built.entry, drafts, built.rested)


class Ahead:
    """Pages made while other reports still run, in a thread of the process that runs them.

    Only so many as are not worth other processes at the end. They are known by what they were
    made from: those whose runs are others when the site is built are made anew.
    """

    def __init__(self, editions: Path) -> None:
        self.folder = editions / "ahead"
        self.thread = ThreadPoolExecutor(1)
        self.asked = 0
        self.pages: dict[str, Attempt] = {}
        shutil.rmtree(self.folder, ignore_errors=True)

    def make(self, find: Callable[[], list[Runs]]) -> None:
        """Make the pages of a report whose last run has ended; ``find`` gives its runs, or none."""
        self.asked += 1
        if self.asked <= MANY:
            self.thread.submit(self._make, find)

    def _make(self, find: Callable[[], list[Runs]]) -> None:
        # Where nothing can be written, the edition says so.
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            for one in find():
                seen = inputs_of(one)
                self.pages[seen] = attempt((one, self.folder))

    def of(self, inputs: Mapping[str, str]) -> dict[str, Attempt]:
        """What was made of exactly these runs, by the name of the report."""
        self.thread.shutdown()
        return {name: self.pages[seen] for name, seen in inputs.items() if seen in self.pages}

    def close(self) -> None:
        """Remove what was not taken."""
        self.thread.shutdown(cancel_futures=True)
        shutil.rmtree(self.folder, ignore_errors=True)
