"""The site: every report that ran well is exported, every other keeps its last good page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from analysis import digest
from analysis.errors import Problem, PublishError
from analysis.page.plates import Summary
from analysis.page.wording import LANGUAGES, unmarked
from analysis.publish.pages.machine_paths import without_machine_paths
from analysis.publish.pages.page import Page, read_page
from analysis.publish.pages.render import Imprint, export
from analysis.publish.pages.scan import refuse_identifiers
from analysis.publish.site.changes import read_changes, sentences
from analysis.publish.site.library import addresses, render_library
from analysis.publish.site.record import (
    Answer,
    Entry,
    Outcome,
    Status,
    page_file,
    page_name,
    read_json,
    read_pages,
    read_status,
    report_folders,
    report_name,
    write_pages,
    write_whole,
)
from analysis.publish.site.rested import FILE as RESTED
from analysis.publish.site.rested import Rested, as_json, conflicts, read_rested
from analysis.result import plain


@dataclass(frozen=True)
class Built:
    """A report ready to be written: its pages by file name, its line in the index, its ground."""

    entry: Entry
    files: dict[str, str]
    rested: Rested


def publish(runs: Path, site: Path, same: frozenset[str] = frozenset()) -> list[Outcome]:
    """Export every report under ``runs`` into ``site``, with the site's own pages around them.

    A report that failed, or whose pages cannot be made, does not stop the others: it keeps
    its last good pages, marked in the index, and its problems are returned. Reports in ``same``
    have pages in ``site`` from the very same runs, which stay.

    Raises
    ------
    PublishError: the record of the site itself cannot be read.
    """
    site.mkdir(parents=True, exist_ok=True)
    # Until it is renewed below, every report counts as not renewed.
    entries = {
        name: entry.model_copy(update={"stale": True}) for name, entry in read_pages(site).items()
    }
    rested = read_rested(site)
    outcomes = []
    for folder in report_folders(runs):
        name, report = page_name(folder), report_name(folder)
        if name in same:
            entries[name] = entries[name].model_copy(update={"stale": False})
            outcomes.append(Outcome(report, "published"))
            continue
        try:
            built = build(folder)
            _refuse_beside(built, entries.get(name), rested)
        except PublishError as error:
            outcomes.append(
                Outcome(report, "kept" if name in entries else "failed", error.problems)
            )
            continue
        for file, text in built.files.items():
            write_whole(site / file, text)
        entries[name] = built.entry.following(entries.get(name))
        rested[report] = built.rested
        outcomes.append(Outcome(report, "published"))
    write_pages(site, entries)
    write_whole(site / RESTED, as_json(rested))
    for file, text in render_library(entries).items():
        write_whole(site / file, text)
    return outcomes


def report_pages(site: Path) -> list[Path]:
    """The page of every report of the site in every language, sorted."""
    return [
        site / page_file(name, language)
        for name in sorted(read_pages(site))
        for language in LANGUAGES
    ]


def build(folder: Path) -> Built:
    """The pages of a report from its runs.

    Raises
    ------
    PublishError: a run failed, or a page cannot be made.
    """
    statuses = {language: _done(folder / language) for language in LANGUAGES}
    pages = _pages(folder, statuses)
    _refuse_differing(folder, pages)
    files = {
        page_file(page_name(folder), language): export(page, _imprint(folder, statuses[language]))
        for language, page in pages.items()
    }
    for page in pages.values():
        refuse_identifiers(files, page.end, tuple(p for q in pages.values() for p in q.provenance))
    return Built(_entry(folder, statuses, pages), files, Rested.of(pages["en"].end.rests_on))


def _done(folder: Path) -> Status:
    status = read_status(folder)
    if status.status != "done":
        where = f"{report_name(folder.parent)} ({folder.name})"
        reason = ((status.error or "").strip() or "no reason given").splitlines()[0]
        raise PublishError([Problem(where, f"failed: {reason}", "See its run folder")])
    return status


def _pages(folder: Path, statuses: Mapping[str, Status]) -> dict[str, Page]:
    """The report in every language, or the problems of all languages together."""
    pages: dict[str, Page] = {}
    problems: list[Problem] = []
    for language, status in statuses.items():
        where = f"{report_name(folder)} ({language})"
        notebook = read_json(folder / language / "notebook.ipynb")
        # A notebook belongs to the run whose status stands beside it, by its content key.
        if notebook.get("metadata", {}).get("analysis", {}).get("key", "") != status.key:
            problems.append(Problem(where, "holds the notebook of another run", "Run it again"))
            continue
        try:
            pages[language] = read_page(without_machine_paths(notebook), language)
        except PublishError as error:
            problems += [replace(item, where=f"{where}, {item.where}") for item in error.problems]
    if problems:
        raise PublishError(problems)
    return pages


def _refuse_differing(folder: Path, pages: Mapping[str, Page]) -> None:
    """Both languages, and the record of each run, must hold the same numbers and counts."""
    on_page: dict[str, str] = {}
    in_record: dict[str, str] = {}
    lines = {code: [line.numbers for line in page.end.site_lines] for code, page in pages.items()}
    for language, page in pages.items():
        told = lines[language]
        shown = [page.end.facts, page.end.verdict, page.marks, plain(page.end.rests_on), told]
        on_page[f"the page in {language}"] = digest.of_value(shown)
        record = read_json(folder / language / "result.json")
        kept = [record.get("facts"), record.get("verdict"), page.marks, record.get("rests_on")]
        # The record holds no lines for the site: those of the first page stand in.
        kept.append(next(iter(lines.values())))
        in_record[f"the record of the run in {language}"] = digest.of_value(kept)
    numbers = on_page | in_record
    first, *others = numbers
    if different := [name for name in others if numbers[name] != numbers[first]]:
        what = f"holds other numbers in {' and '.join(different)} than in {first}"
        raise PublishError([Problem(report_name(folder), what, "Run both languages again")])


def _refuse_beside(built: Built, earlier: Entry | None, shown: Mapping[str, Rested]) -> None:
    """Two reports must not write one file, nor give away together what neither does alone."""
    report = built.entry.report
    if earlier is not None and earlier.report != report:
        what = f"would replace the pages of {earlier.report}"
        raise PublishError([Problem(report, what, "Give one of them another name")])
    if problems := list(conflicts(report, built.rested, shown)):
        raise PublishError(problems)


def _imprint(folder: Path, status: Status) -> Imprint:
    name, language = page_name(folder), status.language
    other = next(each for each in LANGUAGES if each != language)
    return Imprint(
        title=status.title,
        name=name,
        edition=status.edition,
        sibling=page_file(name, other),
        **addresses(language),
        changes=sentences(read_changes(folder / language), language, status.notebook),
    )


def _entry(folder: Path, statuses: Mapping[str, Status], pages: Mapping[str, Page]) -> Entry:
    english = pages["en"]
    return Entry(
        name=page_name(folder),
        report=report_name(folder),
        titles={language: status.title for language, status in statuses.items()},
        verdict=english.summary.verdict,
        verdict_words={language: page.summary.verdict_words for language, page in pages.items()},
        edition=statuses["en"].edition,
        simulated=english.summary.simulated,
        internal=english.summary.internal,
        p_value=english.end.facts.get("p_value"),
        scope={language: page.summary.scope for language, page in pages.items()},
        answers={language: _answer(page.summary) for language, page in pages.items()},
        site_lines={language: page.end.site_lines for language, page in pages.items()},
        provenance={
            language: [line for plate in page.provenance for line in plate.entries]
            for language, page in pages.items()
        },
    )


def _answer(summary: Summary) -> Answer:
    """The answer in one language, its first sentence without bold."""
    return Answer(
        number=summary.number,
        unit=summary.number_unit,
        sentence=unmarked(summary.points[0]),
        certainty=summary.certainty,
        certainty_words=summary.certainty_words,
    )
