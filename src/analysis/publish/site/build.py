"""The site: every report that ran well is exported, every other keeps its last good page."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from analysis.disclosure.editions import FILE as COUNTS
from analysis.disclosure.editions import Edition, as_text, carried, given_away, read_counts
from analysis.errors import Problem, PublishError
from analysis.page.wording import LANGUAGES
from analysis.publish.pages.page import Page, read_page
from analysis.publish.pages.render import Imprint, export, warnings_of
from analysis.publish.pages.scan import refuse_identifiers
from analysis.publish.pages.scrub import scrubbed
from analysis.publish.site.changes import read_since, sentences
from analysis.publish.site.library import addresses, render_library
from analysis.publish.site.record import (
    Entry,
    Line,
    Outcome,
    Status,
    name_of,
    page_file,
    read_json,
    read_pages,
    read_status,
    report_folders,
    report_of,
    write_pages,
    write_whole,
)

if TYPE_CHECKING:
    from analysis.publish.site.early_pages import Ahead


@dataclass(frozen=True)
class Built:
    """A report ready to be written: its pages by file name, its line in the index, its counts."""

    entry: Entry
    files: dict[str, str]
    counts: Edition


def publish(
    runs: Path, site: Path, same: frozenset[str] = frozenset(), ahead: Ahead | None = None
) -> list[Outcome]:
    """Export every report under ``runs`` into ``site``, with the site's own pages around them.

    A report that failed, or whose pages cannot be made, does not stop the others: it keeps
    its last good pages, marked in the index, and its problems are returned. Reports in ``same``
    have pages in ``site`` from the very same runs, which stay. Pages that were made ``ahead`` are
    taken from there.

    Raises
    ------
    PublishError: the record of the site itself cannot be read.
    """
    site.mkdir(parents=True, exist_ok=True)
    entries = {name: mark(entry, stale=True) for name, entry in read_pages(site).items()}
    counts: dict[str, Edition] = dict(read_counts(site))
    outcomes = []
    for folder in report_folders(runs):
        name, report = name_of(folder), report_of(folder)
        if name in same:
            entries[name] = mark(entries[name], stale=False)
            outcomes.append(Outcome(report, "published"))
            continue
        try:
            built = (ahead and ahead.take(folder)) or build(folder)
            _refuse_clash(entries.get(name), report)
            _refuse_given_away(built.counts, counts.get(report, {}), report)
        except PublishError as error:
            state: Literal["kept", "failed"] = "kept" if name in entries else "failed"
            outcomes.append(Outcome(report, state, error.problems))
            continue
        for file, text in built.files.items():
            write_whole(site / file, text)
        entries[name] = built.entry.after(entries.get(name))
        counts[report] = carried(built.counts, counts.get(report, {}))
        warnings = [w for file, text in built.files.items() for w in warnings_of(file, text)]
        outcomes.append(Outcome(report, "published", tuple(warnings)))
    write_pages(site, entries)
    if any(counts.values()) or (site / COUNTS).exists():
        write_whole(site / COUNTS, as_text(counts))
    for file, text in render_library(entries).items():
        write_whole(site / file, text)
    return outcomes


def report_pages(site: Path) -> list[Path]:
    """The page of every report of the site in every language, sorted."""
    listed = sorted(read_pages(site))
    return [site / page_file(name, language) for name in listed for language in LANGUAGES]


def mark(entry: Entry, *, stale: bool) -> Entry:
    """The entry with the mark set."""
    return entry.model_copy(update={"stale": stale})


def build(folder: Path) -> Built:
    """The pages of a report from its runs.

    Raises
    ------
    PublishError: a run failed, or a page cannot be made.
    """
    statuses = {language: _done(folder / language) for language in LANGUAGES}
    notebooks = {name: read_json(folder / name / "notebook.ipynb") for name in LANGUAGES}
    _refuse_other_run(folder, statuses, notebooks)
    pages = _pages(folder, notebooks)
    _refuse_other_numbers(folder, pages)
    files = {
        page_file(name_of(folder), language): export(page, _imprint(folder, statuses[language]))
        for language, page in pages.items()
    }
    for page in pages.values():
        refuse_identifiers(files, page.end, tuple(p for q in pages.values() for p in q.provenance))
    return Built(_entry(folder, statuses, pages), files, _counts(folder, pages))


def _done(folder: Path) -> Status:
    status = read_status(folder)
    if status.status != "done":
        where = f"{report_of(folder.parent)} ({folder.name})"
        reason = ((status.error or "").strip() or "no reason given").splitlines()[0]
        raise PublishError([Problem(where, f"failed: {reason}", "See its run folder")])
    return status


def _refuse_other_run(
    folder: Path, statuses: dict[str, Status], notebooks: dict[str, dict[str, Any]]
) -> None:
    """A notebook belongs to the run whose status stands beside it, by its content key."""
    problems = []
    for language, status in statuses.items():
        key = notebooks[language].get("metadata", {}).get("analysis", {}).get("key", "")
        if key != status.key:
            where = f"{report_of(folder)} ({language})"
            problems.append(Problem(where, "holds the notebook of another run", "Run it again"))
    if problems:
        raise PublishError(problems)


def _pages(folder: Path, notebooks: dict[str, dict[str, Any]]) -> dict[str, Page]:
    """The report in every language, or the problems of all languages together."""
    pages: dict[str, Page] = {}
    problems: list[Problem] = []
    for language, notebook in notebooks.items():
        try:
            pages[language] = read_page(scrubbed(notebook), language)
        except PublishError as error:
            place = f"{report_of(folder)} ({language})"
            problems += [replace(item, where=f"{place}, {item.where}") for item in error.problems]
    if problems:
        raise PublishError(problems)
    return pages


def _refuse_other_numbers(folder: Path, pages: dict[str, Page]) -> None:
    """Both languages, and the record of each run, must hold the same numbers."""
    facts = {
        f"the page in {language}": _hash(page.end.facts, page.end.verdict, page.simulated)
        for language, page in pages.items()
    }
    for language, page in pages.items():
        record = read_json(folder / language / "result.json")
        own = _hash(record.get("facts"), record.get("verdict"), page.simulated)
        facts[f"the record of the run in {language}"] = own
    first, *others = facts
    different = [name for name in others if facts[name] != facts[first]]
    if different:
        what = f"holds other numbers in {' and '.join(different)} than in {first}"
        raise PublishError([Problem(report_of(folder), what, "Run both languages again")])


def _hash(*facts: Any) -> str:
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _counts(folder: Path, pages: dict[str, Page]) -> Edition:
    """What the pages show of counts, the same in every language."""
    shown = [page.counts for page in pages.values()]
    if any(other != shown[0] for other in shown):
        what = "its languages withhold different counts, which gives both away"
        raise PublishError([Problem(report_of(folder), what, "Run both languages again")])
    return shown[0]


def _refuse_given_away(now: Edition, before: Edition, report: str) -> None:
    """Two editions must not give away what each withholds."""
    problems = given_away(now, before)
    if problems:
        placed = [replace(item, where=f"{report}, {item.where}") for item in problems]
        raise PublishError(placed)


def _imprint(folder: Path, status: Status) -> Imprint:
    name = name_of(folder)
    other = next(language for language in LANGUAGES if language != status.language)
    return Imprint(
        title=status.title,
        name=name,
        edition=status.edition,
        sibling=page_file(name, other),
        **addresses(status.language),
        since=sentences(read_since(folder / status.language), status.language, status.notebook),
    )


def _entry(folder: Path, statuses: dict[str, Status], pages: dict[str, Page]) -> Entry:
    english = pages["en"]
    return Entry(
        name=name_of(folder),
        report=report_of(folder),
        titles={language: status.title for language, status in statuses.items()},
        verdict=english.summary.verdict,
        verdict_words={language: page.summary.verdict_words for language, page in pages.items()},
        edition=statuses["en"].edition,
        simulated=english.simulated,
        scope={language: page.summary.scope for language, page in pages.items()},
        provenance={language: _lines(page) for language, page in pages.items()},
    )


def _lines(page: Page) -> list[Line]:
    listed = [entry for plate in page.provenance for entry in plate.entries]
    return [Line(label=entry["label"], value=entry["value"]) for entry in listed]


def _refuse_clash(entry: Entry | None, report: str) -> None:
    """Two reports must not write the same file."""
    if entry is not None and entry.report != report:
        what = f"would replace the pages of {entry.report}"
        raise PublishError([Problem(report, what, "Give one of them another name")])
