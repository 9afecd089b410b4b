"""The site: every report that ran well is exported, every other keeps its last good page."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from analysis.disclosure.memory import editions_kept, editions_published
from analysis.errors import Problem, PublishError, RunError, refusal
from analysis.publish.site.drafts import Attempt, Drafted, attempt
from analysis.publish.site.lists.library import render_library
from analysis.publish.site.paging import FURTHER
from analysis.publish.site.record import (
    Entry,
    Further,
    Outcome,
    Runs,
    Status,
    Wanted,
    page_file,
    read_pages,
    read_status,
    runs_below,
    write_pages,
    write_whole,
)
from analysis.publish.site.rested import FILE as RESTED
from analysis.publish.site.rested import Rested, as_json, conflicts, forgotten, read_rested, redrawn
from analysis.publish.site.workers import each
from analysis.stats.pooling.families import FAMILIES, Family


def publish(
    runs: Path,
    site: Path,
    same: frozenset[str] = frozenset(),
    wanted: Wanted = None,
    family: Family = FAMILIES[-1],
    ahead: Mapping[str, Attempt] | None = None,
    further: Further | None = None,
) -> list[Outcome]:
    """Export every report under ``runs`` into ``site``, with the site's own pages around them.

    A report that failed, or whose pages cannot be made, does not stop the others: it keeps
    its last good pages, marked in the index, and its problems are returned. Reports in ``same``
    have pages in ``site`` from the very same runs, which stay. Reports that are not ``wanted``
    leave the site; what their pages rested on stays on record, as they have been read. Claims are
    judged together as ``family`` says. Pages ``ahead``, by the name of their report, are made.
    Lists name ``further`` reports that could be on the site.

    Raises
    ------
    PublishError: the record of the site itself cannot be read.
    """
    site.mkdir(parents=True, exist_ok=True)
    # Until it is renewed below, every report counts as not renewed.
    entries = {
        name: entry.model_copy(update={"stale": True, "cause": 0})
        for name, entry in read_pages(site).items()
        if wanted is None or wanted.get(entry.report)
    }
    rested = read_rested(site)
    outcomes = []
    found = runs_below(runs, wanted)
    stays = {one.folder for one in found if one.name in same and one.name in entries}
    ready = ahead or {}
    left = [one for one in found if one.folder not in stays and one.name not in ready]
    made = each(attempt, [(one, site) for one in left])
    for one in found:
        outcome, earlier = Outcome(one.report, "published"), entries.get(one.name)
        if one.folder in stays and earlier is not None:
            entries[one.name] = earlier.model_copy(update={"stale": False, "cause": 0})
        else:
            pages = ready[one.name] if one.name in ready else next(made)
            built = _judged(one, pages, earlier, rested)
            if isinstance(built, Drafted):
                for file, draft in built.drafts.items():
                    draft.replace(site / file)
                entries[one.name] = built.entry.following(earlier)
                rested[one.report] = built.rested.after(rested.get(one.report))
            else:
                outcome = built
                if earlier is not None:
                    why = {"stale": True, "cause": outcome.code}
                    entries[one.name] = earlier.model_copy(update=why)
        outcomes.append(outcome)
    _remove_pages(site, entries)
    for part in [file for file in site.iterdir() if FURTHER.fullmatch(file.name)]:
        part.unlink()
    write_pages(site, entries)
    write_whole(site / RESTED, as_json(rested))
    for file, text in render_library(entries, family, further).items():
        write_whole(site / file, text)
    return outcomes


def _judged(
    one: Runs,
    made: Attempt,
    earlier: Entry | None,
    rested: Mapping[str, Rested],
) -> Drafted | Outcome:
    """A report ready to be written; or why it keeps its last good pages, or has none."""
    try:
        if not isinstance(made, Drafted):
            raise PublishError(made)
        _refuse_beside(made, earlier, rested)
    except Exception as failure:
        if isinstance(made, Drafted):
            made.withdraw()
        problems = tuple(refusal(failure).problems)
        state: Literal["kept", "failed"] = "failed" if earlier is None else "kept"
        stopped = failed_run(one)
        if stopped is None:
            said = tuple(map(str, problems))
            code = PublishError.exit_code
            return Outcome(one.report, state, problems, code, said, page_failed=True)
        return Outcome(
            one.report, state, problems, stopped.code or RunError.exit_code, told(stopped)
        )
    return made


def failed_run(one: Runs) -> Status | None:
    """The first run of a report that failed; ``None`` where all came to their end."""
    for language in one.languages:
        with suppress(PublishError):
            status = read_status(one.folder / language)
            if status.status != "done":
                return status
    return None


def told(status: Status) -> tuple[str, ...]:
    """What stopped a run, as far as a page may say it: our refusals hold no value of a cell."""
    lines = [line.strip() for line in (status.error or "").splitlines() if line.strip()]
    return tuple(lines[1:] or lines) if status.code not in (0, RunError.exit_code) else ()


def _remove_pages(site: Path, entries: Mapping[str, Entry]) -> None:
    """Remove the pages of reports, and of languages, that are on the site no more."""
    stays = {page_file(name, c) for name, entry in entries.items() for c in entry.languages}
    for name, before in read_pages(site).items():
        for language in before.languages:
            if (file := page_file(name, language)) not in stays:
                (site / file).unlink(missing_ok=True)


def report_pages(site: Path) -> list[Path]:
    """The page of every report of the site in every language it has, sorted."""
    return [
        site / page_file(name, language)
        for name, entry in sorted(read_pages(site).items())
        for language in entry.languages
    ]


def _refuse_beside(built: Drafted, earlier: Entry | None, shown: Mapping[str, Rested]) -> None:
    """Two reports must not write one file, nor give away together what neither does alone."""
    report = built.entry.report
    if earlier is not None and earlier.report != report:
        what = f"would replace the pages of {earlier.report}"
        raise PublishError([Problem(report, what, "Give one of them another name")])
    before = shown.get(report)
    problems = [
        *conflicts(report, built.rested, shown),
        *redrawn(report, built.rested, before, editions_kept),
        *forgotten(built.rested, shown, editions_published),
    ]
    if problems:
        raise PublishError(problems)
