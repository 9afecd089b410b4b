"""Editions of the site: built aside, verified, and put in place in one step.

``site`` is a symbolic link to a folder of ``<site>-editions``; replacing a link is one operation of
the file system, so that a reader, also from ``file://``, has the old site or the new one. Whatever
stops the building (a full disk, a signal, a loss of power) leaves the link as it was.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import digest
from analysis.errors import Problem, PublishError
from analysis.publish.site import record
from analysis.publish.site.inputs import inputs_of
from analysis.publish.site.paging import STATE
from analysis.stats.pooling.families import FAMILIES, Family

if TYPE_CHECKING:
    from analysis.publish.site.drafts import Ahead

KEPT = 2
"""Editions that stay: the one shown, and the one a reader may still have open."""
LISTS = "lists"
"""Where it is kept what lists of reports rest on besides; pages have a dash in their names."""


def publish_edition(
    runs: Path,
    site: Path,
    *,
    wanted: record.Wanted = None,
    kept: int = KEPT,
    family: Family = FAMILIES[-1],
    ahead: Ahead | None = None,
    further: record.Further | None = None,
) -> list[record.Outcome]:
    """Build a whole new edition and show it; pages whose runs did not change are taken over.

    Parameters
    ----------
    wanted: the languages of each report that is to be on the site; all that ran unless given.
    kept: editions that stay.
    family: how the claims of all reports are judged together.
    ahead: pages that were made while other reports ran.
    further: reports that are not on the site and could be, by their titles.

    Raises
    ------
    PublishError: the edition cannot be written or is not whole; the last one stays.
    """
    site = site.absolute()
    try:
        return _publish(runs, site, wanted, kept, family, ahead, further or {})
    except OSError as error:
        what = f"cannot be written ({error.strerror or type(error).__name__})"
        remedy = "The last edition stays. Make room, or allow writing, and publish again"
        raise PublishError([Problem(f"folder {site.name}", what, remedy)]) from None


def _publish(
    runs: Path,
    site: Path,
    wanted: record.Wanted,
    kept: int,
    family: Family,
    ahead: Ahead | None,
    further: record.Further,
) -> list[record.Outcome]:
    editions = editions_of(site)
    found = {one.name: one for one in record.runs_below(runs, wanted)}
    inputs = {name: inputs_of(one) for name, one in found.items()}
    lists = digest.of_value([family, further])
    if _is_shown(site, editions, inputs, lists):
        return [record.Outcome(one.report, "published") for one in found.values()]
    # Imported here: rendering takes seconds to load, which an unchanged site does not have.
    from analysis.publish.site.build import publish

    editions.mkdir(parents=True, exist_ok=True)
    current = _current(site)
    draft = editions / f"draft-{os.getpid()}"
    for leftover in editions.glob("draft-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        _link_pages(current, draft)
        before, _ = _read_inputs(current, editions)
        same = frozenset(name for name, seen in inputs.items() if before.get(name) == seen)
        made = {} if ahead is None else ahead.of(inputs)
        outcomes = publish(runs, draft, same, wanted, family, made, further)
        good = {outcome.report for outcome in outcomes if outcome.state == "published"}
        shown = {name: seen for name, seen in inputs.items() if found[name].report in good}
        mark_stale(draft)
        verify(draft)
        stays = record.read_pages(draft)
        final = _put_in_place(draft, site, editions, current, kept)
        # Beside the edition, not in it: digests of runs hold their duration, a site does not.
        known = {name: seen for name, seen in {**before, **shown}.items() if name in stays}
        text = json.dumps({**known, LISTS: lists}, sort_keys=True, indent=1)
        record.write_whole(_inputs_file(final, editions), text + "\n")
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return outcomes


def editions_of(site: Path) -> Path:
    """The folder of a site's editions."""
    return site.absolute().with_name(f"{site.name}-editions")


def _is_shown(site: Path, editions: Path, inputs: dict[str, str], lists: str) -> bool:
    """Whether the site already holds exactly these reports, all renewed and so judged together."""
    if not inputs or not site.is_symlink() or not site.is_dir():
        return False
    entries = record.read_pages(site)
    known, listed = _read_inputs(_current(site), editions)
    # Pages whose runs are gone stay, and are neither among the inputs nor renewed.
    stale = any(entry.stale for entry in entries.values())
    return known == inputs and listed == lists and not stale


def _current(site: Path) -> Path | None:
    return site.resolve() if site.is_dir() else None


def _link_pages(current: Path | None, draft: Path) -> None:
    """Link the pages of the last edition; writing a page replaces its link, not its bytes."""
    draft.mkdir(parents=True)
    for file in sorted(current.iterdir()) if current else ():
        if file.is_file() and not file.name.startswith("."):
            try:
                os.link(file, draft / file.name)
            except OSError:
                shutil.copyfile(file, draft / file.name)


def _inputs_file(edition: Path, editions: Path) -> Path:
    return editions / f"{edition.name}.json"


def _read_inputs(edition: Path | None, editions: Path) -> tuple[dict[str, str], str]:
    """Names of reports that have their pages with what these were made from; the same of lists."""
    if edition is None:
        return {}, ""
    try:
        content = json.loads(_inputs_file(edition, editions).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}, ""
    pages = record.read_pages(edition)
    known = {str(name): str(seen) for name, seen in content.items() if name in pages}
    return known, str(content.get(LISTS, ""))


def mark_stale(folder: Path) -> None:
    """Pages of reports that were not renewed say since when; renewed ones do not."""
    from analysis.publish.site.notice import with_notice

    for entry in record.read_pages(folder).values():
        for language in entry.languages:
            file = folder / entry.address(language)
            text = file.read_text(encoding="utf-8")
            marked = with_notice(text, entry.edition if entry.stale else "", language, entry.cause)
            if marked != text:
                record.write_whole(file, marked)


def verify(folder: Path) -> None:
    """Refuse an edition in which a page is missing or cut off.

    Raises
    ------
    PublishError: with every page that is not whole.
    """
    pages = record.read_pages(folder)
    files = [
        record.page_file(n, language) for n, one in pages.items() for language in one.languages
    ]
    problems = [
        Problem(name, "is not a whole page", "Publish again")
        for name in [*files, "index.html", "index.zh.html"]
        if not (folder / name).is_file() or not _ends_well(folder / name)
    ]
    PublishError.raise_for(problems)


def _ends_well(file: Path) -> bool:
    with file.open("rb") as handle:
        handle.seek(0, os.SEEK_END)
        handle.seek(max(0, handle.tell() - 16))
        return handle.read().rstrip().endswith(b"</html>")


def _put_in_place(draft: Path, site: Path, editions: Path, current: Path | None, kept: int) -> Path:
    """Put the draft in place, unless it is what is shown already; returns what is shown."""
    if current is not None and site.is_symlink() and _equal(draft, current):
        return current
    numbers = [int(folder.name) for folder in editions.iterdir() if folder.name.isdigit()]
    final = editions / str(max(numbers, default=0) + 1)
    draft.rename(final)
    _sync(final)
    if site.is_dir() and not site.is_symlink():
        # A site from before editions: its pages stand in the new edition already.
        site.rename(editions / "before")
    link = site.with_name(f".{site.name}-{os.getpid()}")
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(final, site.parent))
    link.replace(site)
    _sync(site.parent)
    for old in old_editions(site, kept):
        remove_edition(old)
    shutil.rmtree(editions / "before", ignore_errors=True)
    return final


def old_editions(site: Path, kept: int) -> list[Path]:
    """Editions beyond the newest, oldest first; never the one that is shown."""
    site = site.absolute()
    editions = editions_of(site)
    found = [each for each in editions.glob("*") if each.name.isdigit() and each.is_dir()]
    old = sorted(found, key=lambda each: int(each.name))[: max(0, len(found) - kept)]
    return [each for each in old if each.resolve() != site.resolve()]


def remove_edition(folder: Path) -> None:
    """Remove an edition and what stands beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_name(f"{folder.name}.json").unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Wait until the folder's entries are on the disk, before anything points to them."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _equal(one: Path, other: Path) -> bool:
    # The state of the reports tells of every run, and is written into the edition shown.
    names, others = (
        {name for name in os.listdir(folder) if not STATE.fullmatch(name)}
        for folder in (one, other)
    )
    return names == others and all(
        os.path.samefile(one / name, other / name)
        or (one / name).read_bytes() == (other / name).read_bytes()
        for name in names
    )
