"""The pages of one report, made from its runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from analysis import digest
from analysis.errors import Problem, PublishError
from analysis.page.plates import Summary
from analysis.page.wording import unmarked
from analysis.publish.pages.machine_paths import without_machine_paths
from analysis.publish.pages.page import Page, read_page
from analysis.publish.pages.render import Imprint, export
from analysis.publish.pages.scan import refuse_identifiers
from analysis.publish.site.lists.changes import read_changes, sentences
from analysis.publish.site.lists.library import addresses
from analysis.publish.site.record import (
    Answer,
    Entry,
    Runs,
    Status,
    page_file,
    page_name,
    read_json,
    read_status,
    report_name,
)
from analysis.publish.site.rested import Rested
from analysis.result import plain


@dataclass(frozen=True)
class Built:
    """A report ready to be written: its pages by file name, its line in the index, its ground."""

    entry: Entry
    files: dict[str, str]
    rested: Rested


def build(one: Runs) -> Built:
    """The pages of a report from its runs.

    Raises
    ------
    PublishError: a run failed, or a page cannot be made.
    """
    folder = one.folder
    statuses = {language: _done(folder / language) for language in one.languages}
    pages = _pages(folder, statuses)
    _refuse_differing(folder, pages)
    files = {
        page_file(one.name, language): export(page, _imprint(folder, statuses, language))
        for language, page in pages.items()
    }
    for page in pages.values():
        refuse_identifiers(files, page.end, tuple(p for q in pages.values() for p in q.provenance))
    first = next(iter(pages.values()))
    return Built(_entry(folder, statuses, pages), files, Rested.of(first.end.rests_on))


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


def _imprint(folder: Path, statuses: Mapping[str, Status], language: str) -> Imprint:
    name, status = page_name(folder), statuses[language]
    other = next((each for each in statuses if each != language), "")
    return Imprint(
        title=status.title,
        name=name,
        edition=status.edition,
        sibling=page_file(name, other) if other else "",
        **addresses(language),
        changes=sentences(
            read_changes(folder / language), language, status.notebook, status.edition
        ),
    )


def _entry(folder: Path, statuses: Mapping[str, Status], pages: Mapping[str, Page]) -> Entry:
    first = next(iter(pages.values()))
    return Entry(
        name=page_name(folder),
        report=report_name(folder),
        titles={language: status.title for language, status in statuses.items()},
        verdict=first.summary.verdict,
        verdict_words={language: page.summary.verdict_words for language, page in pages.items()},
        edition=max(status.edition for status in statuses.values()),
        languages=tuple(pages),
        simulated=first.summary.simulated,
        internal=first.summary.internal,
        p_value=first.end.facts.get("p_value"),
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
