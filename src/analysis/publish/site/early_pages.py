"""Pages made while other reports still run, so that publishing need not wait for the last."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import PublishError
from analysis.page.wording import LANGUAGES
from analysis.publish.site.inputs import inputs_of
from analysis.publish.site.record import name_of

if TYPE_CHECKING:
    from analysis.publish.site.build import Built

MOST = 50
"""Reports held in memory, a few megabytes each; what is over is made when publishing."""


class Ahead:
    """Makes the pages of a report when its runs have ended, in a thread beside the others."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._worker = ThreadPoolExecutor(1)
        self._made: dict[str, Future[tuple[str, Built | None]]] = {}

    def begin(self) -> None:
        """Get ready while nothing has ended yet."""
        self._worker.submit(_get_ready)

    def ended(self, report: str) -> None:
        """The runs of the report ended."""
        folder = self._runs / report
        if len(self._made) < MOST and all((folder / language).is_dir() for language in LANGUAGES):
            self._made[name_of(folder)] = self._worker.submit(_make, folder)

    def take(self, folder: Path) -> Built | None:
        """The pages of a report, where they were made from the very runs that stand there now."""
        future = self._made.pop(name_of(folder), None)
        seen, built = future.result() if future else ("", None)
        return built if built is not None and seen == inputs_of(folder) else None

    def close(self) -> None:
        """Make nothing more."""
        self._worker.shutdown(cancel_futures=True)


def _get_ready() -> None:
    """Import what pages need, and make the site's own pages, of which most are always the same."""
    import_module("analysis.publish.site.build")
    from analysis.publish.site.library import render_library

    render_library({})


def _make(folder: Path) -> tuple[str, Built | None]:
    """What pages are made from, and the pages; none where they are refused: publishing says why."""
    from analysis.publish.site.build import build

    seen = inputs_of(folder)
    try:
        return seen, build(folder)
    except (PublishError, OSError):
        return seen, None
